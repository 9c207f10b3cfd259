"""What is installed, and what a command says where it needs more."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from planner import shipped
from planner.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: Names under which libraries are imported, where it is not the package's.
IMPORTED = {"vl_convert_python": "vl_convert"}


def names(lines: list[str]) -> set[str]:
    found = {re.split(r"[\[<>=]", line)[0].lower().replace("-", "_") for line in lines}
    return {IMPORTED.get(name, name) for name in found} - {"planner"}


def test_every_library_of_an_extra_is_told_with_an_extra_that_brings_it() -> None:
    extras = PROJECT["optional-dependencies"]
    of_extras = {name: names(lines) for name, lines in extras.items() if name != "test"}
    assert set().union(*of_extras.values()) == set(shipped.EXTRAS)
    for library, extra in shipped.EXTRAS.items():
        assert library in of_extras[extra]


def test_all_means_every_extra_but_that_of_the_tests() -> None:
    (everything,) = PROJECT["optional-dependencies"]["all"]
    named = set(everything.partition("[")[2].rstrip("]").split(","))
    assert named == set(PROJECT["optional-dependencies"]) - {"all", "test"}


def test_what_the_package_imports_is_needed_by_it_or_by_an_extra() -> None:
    known = names(PROJECT["dependencies"]) | set(shipped.EXTRAS)
    for path in (ROOT / "planner").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for module in modules:
                top = module.partition(".")[0]
                assert top in known or top in sys.stdlib_module_names or top == "planner", path


def test_a_command_without_its_extra_says_which_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["app", str(ROOT / "data" / "quickstart")]) == 2
    said = capsys.readouterr().err
    assert said == "planner app needs more than is installed: pip install 'planner[app]'.\n"


def test_a_report_that_cannot_be_drawn_is_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def lacking(_: object) -> str:
        raise ModuleNotFoundError("No module named 'vl_convert'", name="vl_convert")

    monkeypatch.setattr("planner.report.html.reports.html_report", lacking)
    folder = str(ROOT / "data" / "quickstart")
    assert main(["project", folder, "--hours", "1", "--out", str(tmp_path)]) == 0
    assert "report.html is left out: it needs pip install 'planner[report]'." in (
        capsys.readouterr().err
    )
    assert (tmp_path / "projection.csv").is_file()
    assert not (tmp_path / "report.html").exists()


def test_examples_are_copied_and_overwrite_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["examples", str(tmp_path / "mine")]) == 0
    for example in ("quickstart", "regional", "sites", "calls"):
        there = {path.name: path.read_bytes() for path in (ROOT / "data" / example).iterdir()}
        copied = {path.name: path.read_bytes() for path in (tmp_path / "mine" / example).iterdir()}
        assert copied == there
    (tmp_path / "mine" / "quickstart" / "dialers.csv").write_text("mine", encoding="utf-8")
    assert main(["examples", str(tmp_path / "mine")]) == 2
    assert "nothing of yours is overwritten" in capsys.readouterr().err
    assert (tmp_path / "mine" / "quickstart" / "dialers.csv").read_text(encoding="utf-8") == "mine"
