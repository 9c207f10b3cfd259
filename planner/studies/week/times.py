"""One time of a week: its lines, the limits they hold, and what they bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.evaluation.arrays import PlanArrays, lost_dialers
from planner.evaluation.limits.check import (
    REQUIREMENT_RULES,
    campaign_breaches,
    check,
    dialer_breaches,
    trunk_breaches,
)
from planner.optimize.shortfalls import asked_of

#: Shares of the free ports of dialers that a campaign may get.
SHARES = (0.25, 0.5, 1.0)
#: Shares of the dial lines of another time that are tried where its lines break a limit.
FEWER = (1.0, 0.97, 0.94, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
Ints = NDArray[np.int64]
#: (dial lines, agent lines) by (campaign id, dialer id).
Lines = Mapping[tuple[str, str], tuple[int, int]]
#: Dial and agent lines of a campaign, by dialer.
Column = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Time:
    """Times of a week in which the same campaigns run, and the same before and after.

    ``hours`` is how long they last in all; ``problem`` has no lines but those that are locked.
    """

    problem: Problem
    hours: float
    plan: LinePlan


@dataclass(frozen=True)
class Follows:
    """That one time comes after another in a week, and how long the later one lasts in all [h]."""

    before: int
    after: int
    hours: float


class Node:
    """A time with the lines that it has so far."""

    def __init__(self, time: Time, redundancy: float, failures: int) -> None:
        self._problem, self.hours = time.problem, time.hours
        self._redundancy, self._failures = redundancy, failures
        self._spared = ~lost_dialers(time.problem, failures)
        self._asked = asked_of(time.problem, failures)
        self.index: Mapping[str, int] = time.problem.campaign_index
        self.dialers = len(time.problem.dialers)
        self.arrays = PlanArrays(time.problem, time.plan)
        #: The columns to begin with.
        self.first = {name: self.column(name) for name in self.index}
        self._short = {name: self._shortfalls(self.arrays, name) for name in self.index}
        self._held: dict[tuple[str, Column], bool] = {}

    def column(self, name: str) -> Column:
        """The lines of a campaign."""
        c = self.index[name]
        dial, agents = self.arrays.dial_lines[c].tolist(), self.arrays.agent_lines[c].tolist()
        return tuple(zip(dial, agents, strict=True))

    def as_column(self, name: str, lines: Lines) -> Column:
        """Lines of a campaign that are told by dialer."""
        return tuple(lines.get((name, d.dialer_id), (0, 0)) for d in self._problem.dialers)

    def plan(self) -> LinePlan:
        """All lines."""
        return _line_plan(self.arrays)

    def aim(self, arrays: PlanArrays) -> float:
        """The aim of lines, moves left aside [value/h]."""
        net = arrays.net_values().sum(axis=0)
        total = float(net.sum())
        surviving = float((self._spared @ net).min(initial=total))
        return (1 - self._redundancy) * total + self._redundancy * surviving

    def grown(self, name: str) -> Iterator[Column]:
        """Columns of a campaign with more lines on free ports, or with fewer."""
        problem, now = self._problem, self.column(name)
        campaign = problem.campaigns[self.index[name]]
        free = [
            dialer.ports - int(used)
            for dialer, used in zip(problem.dialers, self.arrays.ports.sum(axis=0), strict=True)
        ]
        allowed = [
            d
            for d, dialer in enumerate(problem.dialers)
            if dialer.in_service and problem.may_use(campaign, dialer)
        ]
        for share in SHARES:
            yield tuple(
                (dial + (round(share * free[d]) if dial else 0), agents)
                for d, (dial, agents) in enumerate(now)
            )
        for d in allowed:
            dial, agents = now[d]
            for more in {round(share * free[d]) for share in SHARES} | {1, 2, 4, 8}:
                yield _put(now, d, (dial + more, agents))
            for less in (1, 2, 4, 8):
                yield _put(now, d, (max(dial - less, 0), agents))
            if campaign.is_live_transfer:
                for step in (-1, 1):
                    if agents + step >= max(campaign.min_agent_lines, 1):
                        yield _put(now, d, (max(dial, agents + step), agents + step))
                        yield _put(now, d, (dial - step, agents + step))
                        for ratio in (4, 8):
                            yield _put(now, d, (dial + ratio * step, agents + step))

    def fitted(self, name: str, column: Column) -> Column | None:
        """The lines, or the most of them with which a campaign keeps its own limits."""
        column, locked = self._on_shift(name, column), self._locked(name)
        for share in FEWER:
            fewer = tuple(
                (dial, agents) if d in locked else (max(round(share * dial), agents), agents)
                for d, (dial, agents) in enumerate(column)
            )
            if self.holds(name, fewer):
                return fewer
        return None

    def _on_shift(self, name: str, column: Column) -> Column:
        """The lines without agent lines beyond those on shift, taken where most are."""
        campaign = self._problem.campaigns[self.index[name]]
        if not campaign.is_live_transfer:
            return column
        locked = self._locked(name)
        agents = [agents for _, agents in column]
        open_places = [d for d in range(len(column)) if d not in locked]
        for _ in range(max(sum(agents) - campaign.agent_lines, 0)):
            most = max(open_places, key=lambda d: agents[d], default=None)
            if most is None or agents[most] == 0:
                break
            agents[most] -= 1
        return tuple(
            (dial if left else 0, left) for (dial, _), left in zip(column, agents, strict=True)
        )

    def _locked(self, name: str) -> dict[int, tuple[int, int]]:
        """Locked lines of a campaign by dialer; on a dialer out of service a lock is void."""
        problem = self._problem
        return {
            problem.dialer_index[a.dialer_id]: (a.dial_lines, a.agent_lines)
            for a in problem.assignments
            if a.locked
            and a.campaign_id == name
            and problem.dialers[problem.dialer_index[a.dialer_id]].in_service
        }

    def holds(self, name: str, column: Column) -> bool:
        """Whether a campaign keeps its own limits with these lines, whatever others have."""
        known = self._held.get((name, column))
        if known is None:
            known = self._held[name, column] = self._keeps(name, column)
        return known

    def changed(self, columns: Mapping[str, Column]) -> PlanArrays | None:
        """The lines with others for some campaigns; None where a limit is broken."""
        if not all(self.holds(name, column) for name, column in columns.items()):
            return None
        arrays = self._with(columns)
        problem = self._problem
        ports = arrays.ports.sum(axis=0)
        if any(ports[d] > dialer.ports for d, dialer in enumerate(problem.dialers)):
            return None
        if any(True for _ in dialer_breaches(arrays, range(len(problem.dialers)))):
            return None
        if any(True for _ in trunk_breaches(arrays, problem.trunk_groups)):
            return None
        if problem.pools or problem.limits:
            found = check(problem, _line_plan(arrays), self._failures)
            if any(breach.rule not in REQUIREMENT_RULES for breach in found):
                return None
        return arrays

    def put(self, name: str, column: Column) -> PlanArrays:
        """The lines with others for one campaign, whatever limits say."""
        return self._with({name: column})

    def _with(self, columns: Mapping[str, Column]) -> PlanArrays:
        return self.arrays.changed({
            (self.index[name], d): lines
            for name, column in columns.items()
            for d, lines in enumerate(column)
        })  # fmt: skip

    def _keeps(self, name: str, column: Column) -> bool:
        if any(dial < agents or agents < 0 for dial, agents in column):
            return False
        if any(column[d] != lines for d, lines in self._locked(name).items()):
            return False
        arrays = self._with({name: column})
        found = campaign_breaches(arrays, [self.index[name]], self._failures)
        rules = {breach.rule for breach in found}
        before = self._short[name]
        if rules and (rules - REQUIREMENT_RULES or not before.any()):
            return False
        return bool((self._shortfalls(arrays, name) <= before).all())

    def _shortfalls(self, arrays: PlanArrays, name: str) -> Ints:
        """By how much a campaign falls short of each kind of requirement ``[kind]``."""
        c = self.index[name]
        row = arrays.row(c)
        here = arrays.dial_lines[c : c + 1], arrays.agent_lines[c : c + 1]
        found = self._asked.shortfalls(c, *here, row.handled[None], row.attempts[None])
        short: Ints = found[0]
        return short


def _put(column: Column, d: int, lines: tuple[int, int]) -> Column:
    return (*column[:d], lines, *column[d + 1 :])


def _line_plan(arrays: PlanArrays) -> LinePlan:
    problem = arrays.problem
    locked = {(a.campaign_id, a.dialer_id) for a in problem.assignments if a.locked}
    lines = (
        LineAssignment(
            campaign_id=campaign.campaign_id,
            dialer_id=dialer.dialer_id,
            dial_lines=int(arrays.dial_lines[c, d]),
            agent_lines=int(arrays.agent_lines[c, d]),
            locked=(campaign.campaign_id, dialer.dialer_id) in locked,
        )
        for c, campaign in enumerate(problem.campaigns)
        for d, dialer in enumerate(problem.dialers)
        if arrays.in_use[c, d]
    )
    return LinePlan(assignments=tuple(lines))
