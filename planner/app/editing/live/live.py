"""What the dialers report right now, laid over the lines of a problem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from planner.app.editing.live.live_rows import LiveRow, Snapshot
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import AssignmentStop, LineAssignment, Problem
from planner.contracts.values.lookalikes import hint

Pair = tuple[str, str]

#: Wrong ids for which one that looks alike is sought: each is held against all of the fleet.
_MOST_HINTS = 20


class LiveState(NamedTuple):
    """A campaign on a dialer as it is known now.

    Attributes
    ----------
    busy_agent_lines : None if not known
    status : who stopped it
    lines : dial and agent lines there, None: those of the plan
    at : when it was true, None: now
    """

    busy_agent_lines: int | None
    status: AssignmentStop
    lines: tuple[int, int] | None = None
    at: datetime | None = None


Live = Mapping[Pair, LiveState]


def with_live(problem: Problem, live: Live, untold: Iterable[Pair] = ()) -> Problem:
    """The problem with what is known now; never more busy lines than a row has.

    Lines are those that the dialers report, also where the plan has others or none. What is not
    told has no row: nobody knows its status.
    """
    hidden = set(untold)

    def now(item: LineAssignment) -> LineAssignment:
        state = live.get((item.campaign_id, item.dialer_id))
        if state is None:
            return item
        dial, agents = state.lines or (item.dial_lines, item.agent_lines)
        busy = state.busy_agent_lines
        update = {
            "dial_lines": dial,
            "agent_lines": agents,
            "busy_agent_lines": None if busy is None else min(busy, agents),
            "status": state.status,
        }
        return item.model_copy(update=update)

    planned = {(a.campaign_id, a.dialer_id) for a in problem.assignments}
    more = [
        LineAssignment(campaign_id=c, dialer_id=d, dial_lines=0, agent_lines=0)
        for (c, d), state in live.items()
        if (c, d) not in planned and state.lines not in (None, (0, 0))
    ]
    shown = (
        now(item)
        for item in (*problem.assignments, *more)
        if (item.campaign_id, item.dialer_id) not in hidden
    )
    return problem.model_copy(update={"assignments": tuple(shown)})


def live_of(snapshot: Snapshot, problem: Problem) -> Live:
    """What a snapshot says of a fleet.

    Raises
    ------
    InputError
        With every fault: those of the table, rows of one campaign and dialer twice, and ids that
        the problem does not have.
    """
    faults = [*snapshot.faults, *_unknown(snapshot, problem)]
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.line or 0))
    return {(row.campaign_id, row.dialer_id): _state(row, snapshot.at) for row in snapshot.rows}


def _unknown(snapshot: Snapshot, problem: Problem) -> Iterable[Fault]:
    told = {(fault.line, fault.column) for fault in snapshot.faults}
    known = {"campaign_id": problem.campaign_index, "dialer_id": problem.dialer_index}
    hints: dict[tuple[str, str], str] = {}
    for line, row in zip(snapshot.lines, snapshot.rows, strict=True):
        for column, ids in known.items():
            value = getattr(row, column)
            if value not in ids and (line, column) not in told:
                if (column, value) not in hints and len(hints) < _MOST_HINTS:
                    hints[column, value] = hint(value, ids)
                wanted = f"a {column[:-3]} of this fleet{hints.get((column, value), '')}"
                yield Fault(snapshot.name, line, column, value, wanted)


def _state(row: LiveRow, at: datetime) -> LiveState:
    lines = row.dial_lines, row.agent_lines
    return LiveState(row.busy_agent_lines, row.status, lines, row.as_of or at)


def untold(
    problem: Problem, live: Live, now: datetime, longest: timedelta
) -> tuple[list[Pair], list[Pair]]:
    """Rows of the plan that a source leaves out, and rows whose state is too old to be shown.

    So is one that is as far ahead: how old it is cannot be known.
    """
    planned = [(a.campaign_id, a.dialer_id) for a in problem.assignments if a.dial_lines]
    missing = [pair for pair in planned if pair not in live]
    old = [
        pair
        for pair, state in live.items()
        if state.at is not None and abs(now - state.at) > longest
    ]
    return missing, old


def oldest(live: Live) -> datetime | None:
    """When the oldest state was true, None where none has a moment."""
    return min((state.at for state in live.values() if state.at is not None), default=None)


def newest(live: Live) -> datetime | None:
    """When the newest state was true, None where none has a moment."""
    return max((state.at for state in live.values() if state.at is not None), default=None)


def other_lines(problem: Problem, live: Live) -> list[str]:
    """Where the dialers have other lines than the plan, in words."""
    planned = {
        (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in problem.assignments
    }
    return [
        f"{pair[0]} on {pair[1]}: {_words(state.lines)} there, "
        f"{_words(planned.get(pair, (0, 0)))} in the plan"
        for pair, state in live.items()
        if state.lines is not None and state.lines != planned.get(pair, (0, 0))
    ]


def _words(lines: tuple[int, int]) -> str:
    if lines == (0, 0):
        return "no lines"
    dial, agents = lines
    one = "line" if (agents or dial) == 1 else "lines"
    return f"{dial} dial and {agents} agent {one}" if agents else f"{dial} dial {one}"


def with_typed(live: Live, typed: Mapping[Pair, int | None]) -> tuple[Live, list[str], set[Pair]]:
    """A new live state with the busy lines that were typed where the source tells none.

    Returns
    -------
    The state, a sentence for each typed number that the source has replaced, and which these are.
    """
    found, words, replaced = dict(live), [], set()
    for pair, busy in typed.items():
        state = live.get(pair)
        if state is None:
            continue
        if state.busy_agent_lines is None:
            found[pair] = state._replace(busy_agent_lines=busy)
            continue
        replaced.add(pair)
        if state.busy_agent_lines != busy:
            words.append(
                f"{pair[0]} on {pair[1]}: {'blank' if busy is None else busy} was typed; the live "
                f"data says {state.busy_agent_lines} busy, which is used."
            )
    return found, words, replaced


def typed_busy(
    problem: Problem, typed: Mapping[Pair, object], live: Live
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
