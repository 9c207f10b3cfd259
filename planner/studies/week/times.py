"""One time of a week: its lines, the limits they hold, and what they bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.limits.check_sums import overfull_pools
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.model.columns import read_splits
from planner.optimize.model.model import build_model, to_line_plan
from planner.optimize.model.requirements import Aim
from planner.optimize.model.rows import MOST_POOL_SETS
from planner.optimize.shortfalls import asked_of, plan_shortfalls

#: Shares of the free ports of dialers that a campaign may get.
SHARES = (0.25, 0.5, 1.0)
#: Lines that it gets or loses on a dialer, and dial lines that come with an agent line.
STEPS, RATIOS = (1, 2, 4, 8), (4, 8)
#: Shares of the dial lines of another time that are tried where its lines break a limit.
FEWER = (1.0, 0.97, 0.94, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: (dial lines, agent lines) by (campaign id, dialer id).
Lines = Mapping[tuple[str, str], tuple[int, int]]
#: Places of dial and of agent lines in ``[dial or agent, dialer]``: a column, the lines of a
#: campaign.
DIAL, AGENT = 0, 1


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
    """That one time comes after another in a week, how often, and how long in all [h]."""

    before: int
    after: int
    hours: float
    count: int = 1


class Measured(NamedTuple):
    """Columns of one campaign ``[column, dial or agent, dialer]``, and what they bring and use."""

    lines: Ints
    holds: Bools  # [column] whether the campaign keeps its own limits
    used: Floats  # [column, row] of what campaigns share
    worth: Floats  # [column, dialer] net value per hour

    def some(self, which: slice | Bools) -> Measured:
        """Some of them."""
        lines, holds, used, worth = self
        return Measured(lines[which], holds[which], used[which], worth[which])

    def at(self, place: int) -> Measured:
        """One of them."""
        return self.some(slice(place, place + 1))


class Node:
    """A time with the lines that it has so far; no campaign falls shorter than in the plan given.

    Columns are read from the optimiser's tables, many at once.
    """

    def __init__(self, time: Time, redundancy: float, failures: int) -> None:
        self.hours = time.hours
        problem = time.problem
        short = plan_shortfalls(problem, asked_of(problem, failures), time.plan)
        options = PlanOptions(redundancy=redundancy, failures=failures)
        self._model = model = build_model(problem, options, Aim(short))
        self._limits = model.limits + SEARCH_ROUNDING * (1.0 + np.abs(model.limits))
        # So many sets of pools hang together that there are not rows for all of them.
        self._seats = sum(row.is_pool for row in model.capacities) >= MOST_POOL_SETS
        self.index: Mapping[str, int] = problem.campaign_index
        self.dialers = model.dialers
        self.lines = np.zeros((model.campaigns, 2, model.dialers), np.int64)
        for (campaign, dialer), pair in time.plan.lines().items():
            self.lines[self.index[campaign], :, problem.dialer_index[dialer]] = pair
        #: The lines to begin with.
        self.first = self.lines.copy()
        self._used = np.zeros((model.campaigns, len(model.capacities)))
        self._worth = np.zeros((model.campaigns, model.dialers))
        self._fitted: dict[tuple[str, bytes], Measured | None] = {}
        self.put(self.lines)

    def put(self, lines: Ints) -> None:
        """Take lines ``[campaign, dial or agent, dialer]`` that hold every limit."""
        self.lines = lines.copy()
        for name, c in self.index.items():
            found = self.measured(name, lines[c][None])
            self._used[c], self._worth[c] = found.used[0], found.worth[0]

    def column(self, name: str) -> Ints:
        """The lines of a campaign."""
        column: Ints = self.lines[self.index[name]]
        return column

    def as_column(self, name: str, lines: Lines) -> Ints:
        """Lines of a campaign that are told by dialer."""
        dialers = self._model.problem.dialers
        return np.array([lines.get((name, d.dialer_id), (0, 0)) for d in dialers], np.int64).T

    def plan(self) -> LinePlan:
        """All lines."""
        return to_line_plan(self._model, self.lines[:, DIAL], self.lines[:, AGENT])

    def aim(self) -> float:
        """The aim of the lines, moves left aside [value/h]."""
        return float(self._aims(self._worth.sum(axis=0)[None])[0])

    def measured(self, name: str, lines: Ints) -> Measured:
        """Columns of a campaign with what they bring and use, whatever others have."""
        model, c = self._model, self.index[name]
        box = model.box
        dial, agent = lines[:, DIAL], lines[:, AGENT]
        holds = ((dial >= box.n_low[c]) & (dial <= box.n_high[c])).all(axis=1)
        holds &= ((agent >= box.a_low[c]) & (agent <= box.a_high[c])).all(axis=1)
        runs = (dial >= np.maximum(agent, 1)) & (agent >= model.min_agent_lines[c])
        holds &= (runs | ((dial == 0) & (agent == 0))).all(axis=1)
        holds &= agent.sum(axis=1) <= model.agents[c]
        holds &= dial.sum(axis=1) <= model.max_dial_lines[c]
        dial, agent = (np.where(holds[:, None], part, 0) for part in (dial, agent))
        found = read_splits(model, c, dial, agent)
        per_dial, per_agent, per_attempt = model.row_coefficients(c)
        used = dial @ per_dial.T + agent @ per_agent.T + found.attempts @ per_attempt.T
        worth = model.worth(c, found.calls, found.attempts)
        return Measured(lines, holds & found.holds, used, worth)

    def aims(self, name: str, found: Measured) -> Floats:
        """The aim with each column instead of the campaign's own, whatever limits say [value/h]."""
        others = self._worth.sum(axis=0) - self._worth[self.index[name]]
        return self._aims(others + found.worth)

    def fits(self, name: str, found: Measured) -> Bools:
        """Which columns hold every limit beside the lines of the others."""
        others = self._used.sum(axis=0) - self._used[self.index[name]]
        fits: Bools = found.holds & (others + found.used <= self._limits).all(axis=1)
        if self._seats:
            for k in np.flatnonzero(fits).tolist():
                fits[k] = not self._overfull({name: found.lines[k]})
        return fits

    def aim_with(self, columns: Mapping[str, Measured]) -> float | None:
        """The aim with one other column for some campaigns; None where a limit is broken."""
        if not all(found.holds[0] for found in columns.values()):
            return None
        used, worth = self._used.sum(axis=0), self._worth.sum(axis=0)
        for name, found in columns.items():
            c = self.index[name]
            used = used + found.used[0] - self._used[c]
            worth = worth + found.worth[0] - self._worth[c]
        if (used > self._limits).any():
            return None
        if self._overfull({name: found.lines[0] for name, found in columns.items()}):
            return None
        return float(self._aims(worth[None])[0])

    def take(self, columns: Mapping[str, Measured]) -> None:
        """Take one other column for some campaigns."""
        for name, found in columns.items():
            c = self.index[name]
            self.lines[c], self._used[c], self._worth[c] = (
                found.lines[0],
                found.used[0],
                found.worth[0],
            )

    def grown(self, name: str) -> Ints:
        """Columns of a campaign with more lines on free ports, or with fewer."""
        model, now = self._model, self.column(name)
        ports = self.lines[:, DIAL] + model.agent_cost * self.lines[:, AGENT]
        free = model.ports - ports.sum(axis=0)
        steps = list(self._steps(name, now, free))
        found = np.repeat(now[None], len(SHARES) + len(steps), axis=0)
        for k, share in enumerate(SHARES):
            found[k, DIAL] += np.where(now[DIAL] > 0, np.rint(share * free).astype(np.int64), 0)
        for k, (d, dial, agents) in enumerate(steps, len(SHARES)):
            found[k, DIAL, d] = max(now[DIAL, d] + dial, 0)
            found[k, AGENT, d] += agents
        return found

    def _steps(self, name: str, now: Ints, free: Ints) -> Iterator[tuple[int, int, int]]:
        """Dialer, dial lines more, agent lines more."""
        problem, campaign = self._model.problem, self._model.problem.campaigns[self.index[name]]
        least = max(campaign.min_agent_lines, 1)
        for d, dialer in enumerate(problem.dialers):
            if not dialer.in_service or not problem.may_use(campaign, dialer):
                continue
            dial, agents = int(now[DIAL, d]), int(now[AGENT, d])
            for more in sorted({round(share * int(free[d])) for share in SHARES} | {*STEPS}):
                yield d, more, 0
            for less in STEPS:
                yield d, -less, 0
            for step in (-1, 1) if campaign.is_live_transfer else ():
                if agents + step >= least:
                    yield d, max(agents + step - dial, 0), step
                    yield d, -step, step
                    for ratio in RATIOS:
                        yield d, ratio * step, step

    def fitted(self, name: str, column: Ints) -> Measured | None:
        """The lines, or the most of them with which a campaign keeps its own limits."""
        key = name, column.tobytes()
        if key not in self._fitted:
            self._fitted[key] = self._fit(name, column)
        return self._fitted[key]

    def _fit(self, name: str, column: Ints) -> Measured | None:
        box, c = self._model.box, self.index[name]
        column = self._on_shift(name, column)
        tried = np.repeat(column[None], len(FEWER), axis=0)
        fewer = np.rint(np.array(FEWER)[:, None] * column[DIAL]).astype(np.int64)
        locked = (box.n_low[c] > 0) | (box.a_low[c] > 0)
        tried[:, DIAL] = np.where(locked, column[DIAL], np.maximum(fewer, column[AGENT]))
        found = self.measured(name, tried)
        first = int(found.holds.argmax())
        return found.at(first) if found.holds[first] else None

    def _on_shift(self, name: str, column: Ints) -> Ints:
        """The lines that dialers can have, without agents beyond those on shift.

        These are taken where most are.
        """
        model, c = self._model, self.index[name]
        dial = np.minimum(column[DIAL], model.box.n_high[c])
        if not model.problem.campaigns[c].is_live_transfer:
            return np.array([dial, column[AGENT]])
        agents = np.minimum(column[AGENT], np.minimum(model.box.a_high[c], dial))
        may_go = model.box.a_low[c] == 0
        for _ in range(max(int(agents.sum() - model.agents[c]), 0)):
            most = int(np.where(may_go, agents, -1).argmax())
            if not may_go[most] or agents[most] == 0:
                break
            agents[most] -= 1
        return np.array([np.where(agents > 0, dial, 0), agents])

    def _aims(self, worth: Floats) -> Floats:
        """The aim of what dialers bring ``[column, dialer]``, moves left aside [value/h]."""
        model = self._model
        total = worth.sum(axis=1)
        left = (worth @ ~model.lost.T).min(axis=1, initial=np.inf)
        aims: Floats = (1 - model.weight) * total + model.weight * np.minimum(left, total)
        return aims

    def _overfull(self, columns: Mapping[str, Ints]) -> bool:
        """Whether some agent lines find no agents, where pools have them."""
        if not self._seats:
            return False
        agents = self.lines[:, AGENT].copy()
        for name, column in columns.items():
            agents[self.index[name]] = column[AGENT]
        return overfull_pools(self._model.problem, agents) is not None
