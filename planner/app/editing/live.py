"""What the dialers report right now, laid over the lines of a problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import AssignmentStop, LineAssignment, Problem
from planner.tables.rows import read_rows
from planner.tables.sheets import csv_sheet


class LiveState(NamedTuple):
    """Busy agent lines of a campaign on a dialer, None if not known, and who stopped it."""

    busy_agent_lines: int | None
    status: AssignmentStop


Live = Mapping[tuple[str, str], LiveState]


def with_live(problem: Problem, live: Live) -> Problem:
    """The problem with what is known now; never more busy lines than a row has."""

    def now(item: LineAssignment) -> LineAssignment:
        state = live.get((item.campaign_id, item.dialer_id))
        if state is None:
            return item
        busy = state.busy_agent_lines
        if busy is not None:
            busy = min(busy, item.agent_lines)
        return item.model_copy(update={"busy_agent_lines": busy, "status": state.status})

    return problem.model_copy(update={"assignments": tuple(now(a) for a in problem.assignments)})


def read_snapshot(name: str, content: bytes, problem: Problem) -> Live:
    """Read ``assignments.csv`` as a dialer's reporting writes it.

    Raises
    ------
    InputError
        With every fault: those of any table, and ids that the problem does not have.
    """
    rows = read_rows(csv_sheet(name, content), LineAssignment)
    faults = list(rows.faults)
    known = {"campaign_id": problem.campaign_index, "dialer_id": problem.dialer_index}
    for line, item in zip(rows.lines, rows.items, strict=True):
        for column, ids in known.items():
            value = getattr(item, column)
            if value not in ids and (name, line, column) not in {
                (f.file, f.line, f.column) for f in rows.faults
            }:
                faults.append(Fault(name, line, column, value, f"a {column[:-3]} of this fleet"))
    if faults:
        raise InputError(faults)
    return {
        (a.campaign_id, a.dialer_id): LiveState(a.busy_agent_lines, a.status) for a in rows.items
    }


def typed_busy(
    problem: Problem, typed: Mapping[tuple[str, str], object], live: Live
) -> tuple[Live, tuple[str, ...]]:
    """Lay typed busy lines over what was known; a sentence for each that cannot be used.

    A blank cell means that it is not known how many are busy.
    """
    found, messages = dict(live), []
    given = {(a.campaign_id, a.dialer_id): a for a in problem.assignments}
    for key, value in typed.items():
        item = given.get(key)
        if item is None:
            continue
        before = live.get(key, LiveState(item.busy_agent_lines, item.status))
        text = "" if value is None else str(value).strip()
        if not text:
            found[key] = before._replace(busy_agent_lines=None)
        elif text.isascii() and text.isdigit() and int(text) <= item.agent_lines:
            found[key] = before._replace(busy_agent_lines=int(text))
        else:
            messages.append(
                f"{key[0]} on {key[1]}: “{text[:20]}” cannot be busy; expected a whole number from "
                f"0 to its {item.agent_lines} agent lines."
            )
    return found, tuple(messages)
