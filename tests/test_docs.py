"""The documents: what they link to is there, and the version is that of the newest release."""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner import __version__
from planner.cli.main import _parser, main
from tests.support.notebook import kept, outputs

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("", "docs", "data")
    for path in (ROOT / folder).glob("*.md")
)


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    document = ROOT / name
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    for link in links:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{name}: {link}"
        assert not anchor or anchor in anchors(target), f"{name}: {link}"


def test_the_newest_entry_of_the_changelog_is_the_version_at_work() -> None:
    newest = re.search(r"^## (\S+) \((.+)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    version, date = newest.groups()
    assert __version__.partition(".dev")[0] == version
    assert (date == "unreleased") == (".dev" in __version__)


def test_every_command_has_its_page_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| `planner (\w+)[^|]*\|.*\]\(docs/", readme, re.MULTILINE)
    commands = {"check", "plan", "project", "whatif", "frontier", "batch", "app"}
    assert {*rows} == commands | {"calibrate", "vicidial"}
    assert "| `planner examples DIR` |" in readme


def options_of(
    parser: argparse.ArgumentParser, command: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """Every option of every command, with the command's first word."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from options_of(below, (*command, name))
        elif command:
            yield from ((command[0], o) for o in action.option_strings if o.startswith("--"))


def test_every_option_stands_on_the_page_of_its_command_or_among_those_of_all() -> None:
    pages = {path.stem: path.read_text() for path in (ROOT / "docs").glob("*.md")}
    pages |= {"check": pages["folder"], "examples": ""}
    common = pages["plan"].partition("Of every command")[2].partition("\n## ")[0]
    known = {"--help", *re.findall(r"--[a-z][a-z-]*", common)}
    missing = {
        (command, option)
        for command, option in options_of(_parser())
        if option not in known and option not in re.findall(r"--[a-z][a-z-]*", pages[command])
    }
    assert not missing


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "CHANGELOG.md"])
def test_files_of_the_project_that_a_document_names_are_there(name: str) -> None:
    ours = [
        "/" + path.relative_to(ROOT).as_posix()
        for room in ("planner", "tests", ".ci")
        for path in (ROOT / room).rglob("*")
    ]
    for named in re.findall(
        r"`([\w./-]+\.(?:py|js)|[\w-]+(?:/[\w-]+)*/)`", (ROOT / name).read_text()
    ):
        end = "/" + named.strip("/")
        assert any(path.endswith(end) for path in ours) or (ROOT / named).exists(), named


def test_the_guide_says_why_each_library_is_needed() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text().partition("## Dependencies")[2]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    needed = [*project["dependencies"], *(line for extra in extras for line in extra)]
    needed = [line for line in needed if not line.startswith("planner[")]
    for name in (re.split(r"[\[<>=]", line)[0] for line in needed):
        assert re.search(rf"\b{name}\b", guide), name


def test_the_readme_shows_what_the_example_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(ROOT / "data" / "quickstart")]) == 0
    shown = (
        (ROOT / "README.md").read_text().partition("prints:\n\n```text\n")[2].partition("```")[0]
    )
    assert capsys.readouterr().out == shown


def test_the_notebook_prints_what_it_shows() -> None:
    notebook = json.loads((ROOT / "docs" / "python.ipynb").read_text(encoding="utf-8"))
    assert outputs(notebook) == kept(notebook)
