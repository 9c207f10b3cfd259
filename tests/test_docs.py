"""The documents: what they link to is there, and the version is that of the newest release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner import __version__

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
