"""A live snapshot as rows: read once for all who look, the same for every fleet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import LineAssignment
from planner.contracts.values.fields import Moment
from planner.tables.rows import read_rows
from planner.tables.sheets import csv_sheet

#: What faults call it; an address may hold what is nobody's business.
SNAPSHOT = "live snapshot"
#: More faults are counted, not told.
_MOST_FAULTS = 1000


class LiveRow(LineAssignment):
    """A row of a live file, with the moment when it was true, where it says so."""

    as_of: Moment | None = None


class Snapshot(NamedTuple):
    """The rows of a live file, with their lines in it, the file's time, and its faults."""

    rows: tuple[LiveRow, ...]
    lines: tuple[int, ...]
    at: datetime
    faults: tuple[Fault, ...] = ()
    name: str = SNAPSHOT


def read_snapshot(content: bytes, at: datetime | None = None, name: str = SNAPSHOT) -> Snapshot:
    """Read ``assignments.csv`` as a dialer's reporting writes it.

    Parameters
    ----------
    content : the bytes of the file
    at : when the file was written; None: now
    """
    moment = at or datetime.now(UTC)
    try:
        found = read_rows(csv_sheet(name, content), LiveRow)
    except InputError as error:
        return Snapshot((), (), moment, tuple(error.faults), name)
    rows = [item for item in found.items if isinstance(item, LiveRow)]
    faults = [*found.faults, *_twice(name, rows, found.lines, found.faults)]
    return Snapshot(tuple(rows), tuple(found.lines), moment, _fewer(name, faults), name)


def read_apart(
    content: bytes,
    at: datetime,
    *,
    on_progress: Callable[..., None],  # noqa: ARG001 - it takes seconds
    stop: Callable[[], bool],  # noqa: ARG001
) -> Snapshot:
    """As :func:`read_snapshot`, for a process that is told of progress and of stops."""
    return read_snapshot(content, at)


def _twice(
    name: str, rows: Sequence[LiveRow], lines: Sequence[int], known: Sequence[Fault]
) -> list[Fault]:
    """Rows whose campaign and dialer an earlier row has; rows with faults name nobody surely."""
    faulty = {fault.line for fault in known}
    first: dict[tuple[str, str], int] = {}
    found = []
    for line, row in zip(lines, rows, strict=True):
        if line in faulty:
            continue
        before = first.setdefault((row.campaign_id, row.dialer_id), line)
        if before != line:
            value = f"{row.campaign_id} on {row.dialer_id}"
            wanted = f"each campaign and dialer once; line {before} has them too"
            found.append(Fault(name, line, "campaign_id", value, wanted))
    return found


def _fewer(name: str, faults: list[Fault]) -> tuple[Fault, ...]:
    if len(faults) <= _MOST_FAULTS:
        return tuple(faults)
    rest = f"fewer faults; {len(faults) - _MOST_FAULTS:,} more are not told"
    return (*faults[:_MOST_FAULTS], Fault(name, None, None, None, rest))
