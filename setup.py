"""Puts what lies beside the package into its wheel: the app's script and settings, the examples."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithExamples(build_py):
    """As usual, and ``planner/files`` beside; an editable installation reads the clone's own."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if self.editable_mode:
            return
        shipped = Path(self.build_lib) / "planner" / "files"
        shutil.rmtree(shipped, ignore_errors=True)
        (shipped / ".streamlit").mkdir(parents=True)
        shutil.copy(ROOT / "app.py", shipped)
        shutil.copy(ROOT / ".streamlit" / "config.toml", shipped / ".streamlit")
        shutil.copytree(ROOT / "data", shipped / "data")


setup(cmdclass={"build_py": BuildWithExamples})
