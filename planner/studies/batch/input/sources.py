"""What a batch is given: a folder of planning folders, long tables, or scenarios of one base."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.studies.batch.input.items import Broken, Files, Item, Source
from planner.studies.batch.input.long_tables import PLAN_ID, LongTables, long_table_files
from planner.studies.batch.input.scenarios import Scenarios
from planner.studies.batch.input.spool import Spool
from planner.tables.folder import EXCEL_SUFFIX, folder_content, read_folder
from planner.tables.sheets import Sheet

FORMS = (
    "a folder of planning folders or .xlsx workbooks, or one with long tables (dialers.csv, "
    f"campaigns.csv, ... or .parquet) whose first column is {PLAN_ID}"
)


@dataclass(frozen=True)
class Problems:
    """The problems of a batch.

    Attributes
    ----------
    count : how many there are
    items : gives them one by one, from the first, whenever it is called
    base : the problem that scenarios change
    frames : headers of long tables
    orphans : faults of rows that name no problem
    """

    count: int
    items: Callable[[], Iterator[Item]]
    base: Problem | None = None
    frames: dict[str, Sheet] = field(default_factory=dict)
    orphans: tuple[Fault, ...] = ()


@contextmanager
def open_problems(source: Path, scenarios: Path | None, work: Path) -> Iterator[Problems]:
    """Open the problems of a batch.

    Parameters
    ----------
    source : one of ``FORMS``, or with scenarios the planning folder or workbook that they change
    scenarios : a table of expressions
    work : folder for what must be sorted, which the caller removes

    Raises
    ------
    InputError
        If there is no problem to plan, or what all problems share is wrong.
    """
    if scenarios is not None:
        grid = Scenarios(scenarios)
        yield Problems(len(grid), grid.items, base=read_folder(source))
        return
    if not os.path.isdir(source):
        raise InputError([Fault(str(source), None, None, None, FORMS)])
    try:
        files = long_table_files(source)
    except OSError as error:
        wanted = f"a folder that can be read ({error.strerror})"
        raise InputError([Fault(str(source), None, None, None, wanted)]) from error
    if not files:
        yield _nested(source)
        return
    with Spool(work / "rows.sqlite") as spool:
        tables = LongTables(files, spool)
        if not len(tables):
            raise InputError([Fault(str(source), None, None, None, "at least one row")])
        yield Problems(
            len(tables), tables.items, frames=tables.frames, orphans=tuple(tables.orphans)
        )


def _nested(source: Path) -> Problems:
    """Every planning folder and workbook in a folder, in the order of their names."""
    with os.scandir(source) as entries:
        names = sorted(
            entry.name
            for entry in entries
            if not entry.name.startswith((".", "~$"))
            and (entry.name.lower().endswith(EXCEL_SUFFIX) or entry.is_dir())
        )
    if not names:
        raise InputError([Fault(str(source), None, None, None, FORMS)])
    taken: set[str] = set()
    for name in names:
        if _plan_id(name) in taken:
            wanted = f"no folder and workbook of the same name {_plan_id(name)}"
            raise InputError([Fault(name, None, None, None, wanted)])
        taken.add(_plan_id(name))

    def items() -> Iterator[Item]:
        for number, name in enumerate(names):
            yield Item(number, _plan_id(name), _fetched(source / name))

    return Problems(len(names), items)


def _plan_id(name: str) -> str:
    """The name of a folder or workbook as text that can be written."""
    stem = name[: -len(EXCEL_SUFFIX)] if name.lower().endswith(EXCEL_SUFFIX) else name
    return stem.encode("utf-8", "backslashreplace").decode()


def _fetched(path: Path) -> Source:
    try:
        return Files(folder_content(path))
    except InputError as error:
        return Broken(error.faults)
