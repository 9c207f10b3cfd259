"""What a batch is given: a folder of planning folders, long tables, or scenarios of one base."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.studies.batch.input.items import Broken, Files, FleetScenario, Item
from planner.studies.batch.input.long_tables import PLAN_ID, LongTables, long_table_files
from planner.studies.batch.input.scenarios import Scenarios
from planner.studies.batch.input.spool import Spool
from planner.studies.batch.input.stream import table_stream
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
    scenarios : of each fleet, where scenarios change many; else 0
    """

    count: int
    items: Callable[[], Iterator[Item]]
    base: Problem | None = None
    frames: dict[str, Sheet] = field(default_factory=dict)
    orphans: tuple[Fault, ...] = ()
    scenarios: int = 0


@contextmanager
def open_problems(source: Path, scenarios: Path | None, work: Path) -> Iterator[Problems]:
    """Open the problems of a batch.

    Parameters
    ----------
    source : one of ``FORMS``; with scenarios also the planning folder or workbook that they change
    scenarios : a table of expressions, each row of which changes the source, or every fleet in it
    work : folder for what must be sorted, which the caller removes

    Raises
    ------
    InputError
        If there is no problem to plan, or what all problems share is wrong.
    """
    if scenarios is None:
        with _fleets(source, work) as fleets:
            yield fleets
        return
    grid = Scenarios(scenarios)
    if not _holds_fleets(source):
        yield Problems(len(grid), grid.items, base=read_folder(source))
        return
    with _fleets(source, work) as fleets:
        yield Problems(
            fleets.count * len(grid),
            lambda: _fleet_scenarios(fleets.items(), grid),
            frames=fleets.frames,
            orphans=fleets.orphans,
            scenarios=len(grid),
        )


def _holds_fleets(source: Path) -> bool:
    """Whether this is a folder of many fleets, and not one planning folder or workbook."""
    if not os.path.isdir(source):
        return False
    tables = long_table_files(source)
    if not tables:
        return bool(_names(source))
    try:
        with table_stream(next(iter(tables.values()))) as (sheet, _):
            return PLAN_ID in sheet.header.cells
    except InputError:
        return False  # told where it is read as one planning folder


def _fleet_scenarios(fleets: Iterator[Item], grid: Scenarios) -> Iterator[Item]:
    """Every scenario of every fleet, fleet by fleet."""
    number = 0
    for fleet in fleets:
        for scenario in grid.items():
            source = FleetScenario(fleet.plan_id, fleet.source, scenario.plan_id, scenario.source)  # type: ignore[arg-type]
            yield Item(number, f"{fleet.plan_id}: {scenario.plan_id}", source, fleet.hint)
            number += 1


@contextmanager
def _fleets(source: Path, work: Path) -> Iterator[Problems]:
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
    if _is_one_fleet(files):
        wanted = f"{FORMS}; this is one planning folder, which planner plan plans"
        raise InputError([Fault(str(source), None, None, None, wanted)])
    with Spool(work / "rows.sqlite") as spool:
        tables = LongTables(files, spool)
        if not len(tables):
            raise InputError([Fault(str(source), None, None, None, "at least one row")])
        yield Problems(
            len(tables), tables.items, frames=tables.frames, orphans=tuple(tables.orphans)
        )


def _is_one_fleet(tables: Mapping[str, Path]) -> bool:
    """Whether no table says which problem its rows are of; those that cannot be read may."""
    for path in tables.values():
        try:
            with table_stream(path) as (sheet, _):
                if PLAN_ID in sheet.header.cells:
                    return False
        except InputError:
            return False
    return True


def _nested(source: Path) -> Problems:
    """Every planning folder and workbook in a folder, in the order of their names."""
    names = _names(source)
    if not names:
        raise InputError([Fault(str(source), None, None, None, FORMS)])
    # A folder and a workbook may have one name: nobody knows which is meant.
    by_id: dict[str, list[str]] = {}
    for name in names:
        by_id.setdefault(_plan_id(name), []).append(name)
    folded = Counter(plan_id.casefold() for plan_id in by_id)

    def items() -> Iterator[Item]:
        for number, (plan_id, found) in enumerate(by_id.items()):
            hint = ""
            if folded[plan_id.casefold()] > 1:
                hint = "another fleet's name differs from this one in upper and lower case only"
            yield Item(number, plan_id, _fetched(source, found), hint)

    return Problems(len(by_id), items)


def _names(source: Path) -> list[str]:
    with os.scandir(source) as entries:
        return sorted(
            entry.name
            for entry in entries
            if not entry.name.startswith((".", "~$"))
            and (entry.name.lower().endswith(EXCEL_SUFFIX) or entry.is_dir())
        )


def _plan_id(name: str) -> str:
    """The name of a folder or workbook as text that can be written."""
    stem = name[: -len(EXCEL_SUFFIX)] if name.lower().endswith(EXCEL_SUFFIX) else name
    return stem.encode("utf-8", "backslashreplace").decode()


def _fetched(source: Path, names: list[str]) -> Files | Broken:
    if len(names) > 1:
        wanted = f"one fleet of this name, not {' and '.join(names)}"
        return Broken((Fault(names[-1], None, None, None, wanted),))
    try:
        return Files(folder_content(source / names[0]))
    except InputError as error:
        return Broken(error.faults)
