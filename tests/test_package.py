"""The names of the package: there for those who import it, loaded when they are used."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import planner
from planner.contracts.result import PlanOptions  # the same
from planner.pipeline.pipeline import plan, project, simulate
from planner.studies.batch.run import run_batch
from planner.studies.frontier import frontier
from planner.studies.whatif import whatif


def test_every_name_of_the_package_is_there() -> None:
    missing = [name for name in planner.__all__ if not hasattr(planner, name)]
    assert missing == []
    assert not hasattr(planner, "no_such_name")


def test_the_functions_are_not_hidden_by_modules_of_their_names() -> None:
    assert planner.plan is plan
    assert planner.project is project
    assert planner.simulate is simulate
    assert planner.whatif is whatif
    assert planner.frontier is frontier
    assert planner.run_batch is run_batch
    assert planner.PlanOptions is PlanOptions


def test_importing_the_package_loads_its_version_alone() -> None:
    program = "import sys, planner; print([m for m in sys.modules if m.startswith('planner.')])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "['planner.version']\n", "nothing that takes time"


def test_whoever_loads_the_package_has_one_thread_for_small_matrices() -> None:
    program = (
        "import planner, numpy, pathlib; print(len([*pathlib.Path('/proc/self/task').iterdir()]))"
    )
    bare = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}

    def threads(program: str, **given: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env=bare | given,
        )
        return int(done.stdout)

    assert threads(program) == 1
    wanted = min(2, len(os.sched_getaffinity(0)))
    assert threads(program, OPENBLAS_NUM_THREADS="2") == wanted, "whoever wants more has them"


def test_what_browsers_load_is_part_of_the_package() -> None:
    root = Path(__file__).resolve().parents[1]
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["planner"]
    package = root / "planner"
    taken = {path for pattern in patterns for path in package.glob(pattern)}
    loaded = {path for kind in ("js", "css", "svg") for path in package.rglob(f"*.{kind}")}
    assert loaded
    assert loaded <= taken
