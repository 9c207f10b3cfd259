"""One cause of many conflicts: a column in which campaigns ask for too much, and what mends all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from planner.contracts.answers import Conflict
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanOptions
from planner.contracts.values.told import amount, share_set
from planner.optimize.infeasible.campaign_constraints import CALL_PARTS
from planner.optimize.infeasible.constraints import locked_only
from planner.optimize.infeasible.feasibility import FeasibilityTests
from planner.optimize.search import optimize

#: A repair is tried with a plan so close, within so long [s].
REPAIR_GAP, REPAIR_SECONDS = 0.05, 10.0
#: More names than this are counted, not listed.
MOST_NAMES = 6


@dataclass(frozen=True)
class Column:
    """What campaigns ask for in one column, and what it may be lowered to, the highest first."""

    name: str
    levels: tuple[float, ...]
    lowered: Callable[[Campaign, float], float]


def common_causes(
    problem: Problem, options: PlanOptions, stop: Callable[[], bool] = lambda: False
) -> tuple[Conflict, ...]:
    """Columns that, lowered for all campaigns that ask for more, alone give a plan.

    Each is tried with a plan. The least change of each is told.

    Parameters
    ----------
    problem : proven to have no plan
    options : failures at once, locks, and the time limit [s] of this search too
    stop : polled between trials
    """
    end = time.monotonic() + options.time_limit
    found = []
    for column in _columns(problem):
        tests = FeasibilityTests(options, end, stop)
        level = _highest(problem, column, options, tests)
        if level is None:
            continue
        mended = _lowered(problem, column, level)
        limited = options.model_copy(update={"gap": REPAIR_GAP, "time_limit": REPAIR_SECONDS})
        outcome = optimize(mended, limited, stop=stop)
        if outcome.plan is not None and outcome.value is not None:
            found.append(_conflict(problem, column, level, outcome.value))
    return tuple(found)


def _columns(problem: Problem) -> Iterator[Column]:
    """Of columns in which several campaigns ask for something."""

    def asked(name: str, least: float) -> list[float]:
        return [v for c in problem.campaigns if (v := getattr(c, name)) > least]

    # To let campaigns go without lines (min_dialers 0) mends nothing that they ask for.
    for name, least in (("min_dialers", 1), ("min_agent_lines", 1)):
        values = asked(name, least)
        if len(values) > 1:
            levels = tuple(range(int(max(values)) - 1, least - 1, -1))
            yield Column(name, levels, partial(_at_most, name))
    shares = asked("survivable_share", 0)
    if len(shares) > 1:
        highest = min(int(100 * max(shares) + 1e-6), 99)
        steps = tuple(step / 100 for step in range(highest, -1, -1))
        yield Column("survivable_share", steps, lambda c, level: min(c.survivable_share, level))
    if len(asked("min_transfers_per_hour", 0)) > 1:
        yield Column(
            "min_transfers_per_hour", CALL_PARTS, lambda c, part: c.min_transfers_per_hour * part
        )


def _at_most(name: str, campaign: Campaign, level: float) -> int:
    return min(int(getattr(campaign, name)), int(level))


def _highest(
    problem: Problem, column: Column, options: PlanOptions, tests: FeasibilityTests
) -> float | None:
    """The highest level at which there is a plan; None where none helps. Fewer asked, more fit."""

    def fails(place: int) -> bool:
        lowered = _lowered(problem, column, column.levels[place])
        return tests.is_infeasible(locked_only(lowered, options.keep_current)) is not False

    low, high = 0, len(column.levels) - 1
    if high < 0 or fails(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if fails(middle) else (low, middle)
    return column.levels[high]


def _lowered(problem: Problem, column: Column, level: float) -> Problem:
    rows = tuple(
        c.model_copy(update={column.name: column.lowered(c, level)}) for c in problem.campaigns
    )
    return problem.model_copy(update={"campaigns": rows})


def _conflict(problem: Problem, column: Column, level: float, value: float) -> Conflict:
    """Who asks for more than can be had, beside what there is, and the one change."""
    changed = [c for c in problem.campaigns if column.lowered(c, level) != getattr(c, column.name)]
    asked = _range([getattr(c, column.name) for c in changed], column.name)
    who = _named([c.campaign_id for c in changed])
    words = f"{_count(len(changed))} for {asked} ({column.name}): {who}"
    to = (
        f"{share_set(level)} of what each asks for"
        if column.name.startswith("min_transfers")
        else ""
    )
    to = to or _spelt(level, column.name)
    return Conflict(
        requirements=(words, *_what_there_is(problem, column)),
        relaxations=(
            f"{column.name} of {to} for {'these' if len(changed) > 1 else 'this one'}: a plan "
            f"made with that brings {value:,.0f} an hour",
        ),
        smallest=False,
    )


def _count(campaigns: int) -> str:
    return f"{campaigns} campaigns ask" if campaigns > 1 else "1 campaign asks"


def _what_there_is(problem: Problem, column: Column) -> Iterator[str]:
    if column.name == "min_dialers":
        count = sum(d.in_service and d.ports > 0 for d in problem.dialers)
        yield f"{count} dialers are in service" if count != 1 else "1 dialer is in service"
    elif column.name == "survivable_share":
        count = len({d.domain for d in problem.dialers if d.in_service and d.ports > 0})
        yield (
            f"dialers in service fail in {count} groups"
            if count != 1
            else ("all dialers in service fail together")
        )


def _range(values: Sequence[Any], column: str) -> str:
    low, high = (_spelt(end, column) for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def _spelt(value: float, column: str) -> str:
    if column == "survivable_share":
        return share_set(value)
    words = {"min_dialers": "dialer", "min_agent_lines": "agent line"}.get(column)
    if words is None:
        return f"{amount(value)} an hour"
    return f"{value:g} {words}" if value == 1 else f"{value:g} {words}s"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
