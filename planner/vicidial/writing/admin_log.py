"""VICIdial's admin log: each change noted as the admin page does, and which plans stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from planner.contracts.faults import Fault, InputError
from planner.vicidial.reading.database import Database
from planner.vicidial.writing.steps import LogEntry, Statement

ADMIN_LOG = "vicidial_admin_log"
#: What the log calls a plan that is being written, and one that was taken back.
WRITTEN, UNDONE = "PLANNER WRITE", "PLANNER UNDO"
_SECTION, _PLAN = "PLANNER", "planner: plan in "
#: Until now the begin of a run had no name of its own.
_NAMELESS = "begin"


def run_entry(run: str, code: str) -> LogEntry:
    """A row about a whole run."""
    return LogEntry(section=_SECTION, kind="OTHER", record=run, code=code)


def plan_note(folder: Path) -> str:
    """Which plan a run is of, for people and for :func:`require_last`."""
    return f"{_PLAN}{folder.resolve()}"


def spelt(database: Database, statement: Statement) -> str:
    """A statement with its values in it."""
    values = tuple(database.literal(value) for value in statement.values)
    return f"{statement.text % values};"


def note(
    database: Database, entry: LogEntry, statement: str, user: str, notes: str = "planner"
) -> None:
    """Write a row of the admin log, as the admin page does."""
    database.execute(
        f"INSERT INTO {ADMIN_LOG} SET event_date = NOW(), user = %s, ip_address = %s, "
        "event_section = %s, event_type = %s, record_id = %s, event_code = %s, event_sql = %s, "
        "event_notes = %s",
        (
            user[:20],
            database.client[:15],
            entry.section[:30],
            entry.kind,
            entry.record[:50],
            entry.code,
            statement,
            notes,
        ),
    )


def require_last(database: Database, run: str, folder: Path, say: Callable[[str], None]) -> None:
    """Refuse to take back a plan after which another was written that stands.

    Where the user may not read the log, or it does not know the run, that is not known.

    Raises
    ------
    InputError
        With the plan that is to be undone first.
    """
    try:
        rows = database.query(
            f"SELECT record_id, event_code, event_notes FROM {ADMIN_LOG} "
            "WHERE event_section = %s AND record_id <> %s ORDER BY admin_log_id",
            (_SECTION, _NAMELESS),
        )
    except InputError:
        say(f"the user may not read {ADMIN_LOG}: whether a later plan was written is not known")
        return
    standing: dict[str, str] = {}
    for row in rows:
        if row["event_code"] == WRITTEN:
            standing[row["record_id"]] = str(row["event_notes"] or "").removeprefix(_PLAN)
        elif row["event_code"] == UNDONE:
            standing.pop(row["record_id"], None)
    runs = list(standing)
    if run not in runs or runs[-1] == run:
        return
    last = standing[runs[-1]]
    wanted = f"the plan that was written last, but that in {last} was written after it: undo it "
    wanted += "first"
    raise InputError([Fault(str(folder), None, None, None, wanted)])
