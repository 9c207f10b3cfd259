"""What a run of ``write --apply`` set out to do, kept before its first statement."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Contract
from planner.tables.files import content_of
from planner.tables.writing import write_text
from planner.vicidial.settings import Settings
from planner.vicidial.writing.steps import Step

JOURNAL_FILE = "vicidial-undo.json"


class Journal(Contract):
    """The steps, and the settings before the first of them; ``run`` names it in the admin log."""

    database: str
    before: Settings
    steps: tuple[Step, ...]
    run: str = ""
    undone: bool = False


def keep_journal(folder: Path, journal: Journal) -> None:
    """Write the journal, on disk before this returns.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    path = folder / JOURNAL_FILE
    try:
        write_text(path, journal.model_dump_json(indent=1) + "\n")
    except OSError as error:
        wanted = f"a file that can be written, which undoes what is done ({error.strerror})"
        raise InputError([Fault(str(path), None, None, None, wanted)]) from error


def read_journal(folder: Path) -> Journal:
    """The journal of the last run.

    Raises
    ------
    InputError
        If there is none, or somebody changed it.
    """
    path = folder / JOURNAL_FILE
    if not path.is_file():
        wanted = f"a folder with {JOURNAL_FILE}: nothing was applied from here"
        raise InputError([Fault(str(folder), None, None, None, wanted)])
    try:
        return Journal.model_validate_json(content_of(path))
    except ValidationError as error:
        wanted = "the file as it was written: it is damaged, or was changed"
        raise InputError([Fault(str(path), None, None, None, wanted)]) from error
