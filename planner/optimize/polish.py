"""Second stages: among plans worth enough, even all-busy shares and then few lines moved.

Both change one plan step by step, and take a step only while every limit holds and the plan's
value stays at what the stage before allows. So they never cost more than the gap that was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.result import Stage
from planner.evaluation.rates import rates
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.model import Model
from planner.optimize.model.usage import Usage

Ints = NDArray[np.int64]

#: Lines that change dialers in one step.
STEPS = (8, 4, 2, 1)
#: Work limit: steps tried in a stage.
MOST_TRIALS = 3000
#: A campaign whose dialers' shares differ by less is even.
EVEN = 0.01


class Stages(NamedTuple):
    """What the second stages did to a plan."""

    columns: list[Column]
    spread_before: float  # mean spread of all-busy shares over the dialers of a campaign
    spread_after: float
    added_before: int  # lines that dialers get in addition to their current ones
    added_after: int

    def told(self, value: float, after: float) -> tuple[Stage, ...]:
        """What each stage did, the value of the plan [1/h] first."""
        return (
            Stage(name="value", unit="per hour", before=value, after=after),
            Stage(
                name="all-busy spread",
                unit="share of time",
                before=self.spread_before,
                after=self.spread_after,
            ),
            Stage(
                name="lines added",
                unit="lines",
                before=self.added_before,
                after=self.added_after,
            ),
        )


def second_stages(
    model: Model,
    columns: Sequence[Column],
    least_value: float,
    interrupted: Callable[[], bool] = lambda: False,
) -> Stages:
    """Even out, then calm, a plan without its value falling below ``least_value``."""
    plan = _Plan(model, columns, least_value)
    spread, added = plan.spread(), plan.usage.added
    _even_out(plan, interrupted)
    if model.problem.assignments:
        _calm(plan, interrupted)
    return Stages(plan.columns, spread, plan.spread(), added, plan.usage.added)


class _Plan:
    """A plan as columns, changed where its limits and its value allow."""

    def __init__(self, model: Model, columns: Sequence[Column], least_value: float) -> None:
        self.model = model
        self.columns = list(columns)
        self.usage = Usage(model, columns)
        self.trials = 0
        self._least = least_value
        self._shares: dict[tuple[int, int, int], float] = {}

    def share(self, c: int, dial: int, agent: int) -> float:
        """All-busy share of a cell by the planning tables."""
        key = c, dial, agent
        if key not in self._shares:
            campaign = self.model.problem.campaigns[c]
            self._shares[key] = float(rates(campaign, [dial], [agent]).all_busy_share[0])
        return self._shares[key]

    def shares(self, column: Column) -> dict[int, float]:
        """All-busy share of a campaign by dialer, where it has agents."""
        return {
            d: self.share(column.campaign, int(column.dial_lines[d]), int(column.agent_lines[d]))
            for d in np.flatnonzero(column.agent_lines).tolist()
        }

    def column_spread(self, column: Column) -> float:
        """Largest less smallest all-busy share over a campaign's dialers."""
        found = self.shares(column).values()
        return max(found) - min(found) if len(found) > 1 else 0.0

    def spread(self) -> float:
        """Mean spread over the campaigns that run on several dialers; 0 without one."""
        split = [k for k in self.columns if np.count_nonzero(k.agent_lines) > 1]
        return float(np.mean([self.column_spread(k) for k in split])) if split else 0.0

    def swap_in(self, changed: Sequence[Column], better: Callable[[], bool]) -> bool:
        """Take other columns for their campaigns if all limits hold, and say whether they did."""
        self.trials += 1
        before = [self.columns[k.campaign] for k in changed]
        box = self.model.box
        usable = all(
            k.holds_own_limits
            and box.contains(k.campaign, k.dial_lines, k.agent_lines)
            and _in_use_or_empty(self.model, k)
            for k in changed
        )
        if not usable:
            return False
        self._put(changed)
        enough = self._least - SEARCH_ROUNDING * (1.0 + abs(self._least))
        if self.usage.fits() and self.usage.value() >= enough and better():
            return True
        self._put(before)
        return False

    def _put(self, columns: Sequence[Column]) -> None:
        for column in columns:
            self.usage.add(self.columns[column.campaign], -1.0)
            self.usage.add(column)
            self.columns[column.campaign] = column


def _in_use_or_empty(model: Model, column: Column) -> bool:
    """Whether each cell is empty, or has the agents its campaign needs and a dial line for each."""
    n, a = column.dial_lines, column.agent_lines
    least = model.min_agent_lines[column.campaign]
    return bool(np.all(np.where(n > 0, (a >= least) & (n >= a), a == 0)))


def _even_out(plan: _Plan, interrupted: Callable[[], bool]) -> None:
    """Move dial lines from a campaign's busiest dialer to its least busy one while that helps."""
    for c in range(plan.model.campaigns):
        while plan.trials < MOST_TRIALS and not interrupted():
            spread = plan.column_spread(plan.columns[c])
            if spread <= EVEN or not _even_step(plan, c, spread):
                break


def _even_step(plan: _Plan, c: int, spread: float) -> bool:
    """One step that makes a campaign more even and nobody less by as much; whether there is."""
    shares = plan.shares(plan.columns[c])
    high, low = max(shares, key=lambda d: shares[d]), min(shares, key=lambda d: shares[d])
    others = [
        o
        for o in range(plan.model.campaigns)
        if o != c and plan.columns[o].dial_lines[low] > 0 and plan.columns[o].dial_lines[high] > 0
    ]
    for lines in STEPS:
        moved = _shifted(plan, c, high, low, lines)
        if moved is None:
            continue
        for exchange in [None, *others]:
            changed = [moved]
            if exchange is not None:
                back = _shifted(plan, exchange, low, high, lines)
                if back is None:
                    continue
                changed.append(back)
            was = sum(plan.column_spread(plan.columns[k.campaign]) for k in changed)
            if plan.swap_in(
                changed,
                lambda changed=changed, was=was: (  # type: ignore[misc]
                    sum(plan.column_spread(k) for k in changed) < was - EVEN / 10
                    and plan.column_spread(changed[0]) < spread
                ),
            ):
                return True
    return False


def _shifted(plan: _Plan, c: int, source: int, target: int, lines: int) -> Column | None:
    """A campaign's column with dial lines moved; None where it has too few."""
    column = plan.columns[c]
    dial = column.dial_lines.copy()
    dial[source] -= lines
    dial[target] += lines
    if not plan.model.box.contains(c, dial, column.agent_lines):
        return None
    if dial[source] < max(1, int(column.agent_lines[source])):
        return None
    return make_column(plan.model, c, dial, column.agent_lines)


def _calm(plan: _Plan, interrupted: Callable[[], bool]) -> None:
    """Give all campaigns, else some, else single dialers of theirs their current lines back."""
    plan.trials = 0
    added = plan.usage.added
    if added and plan.swap_in(_all_current(plan), lambda: plan.usage.added < added):
        return
    order = sorted(range(plan.model.campaigns), key=lambda c: -plan.columns[c].added)
    for c in order:
        for column in _calmer(plan, c):
            if plan.trials >= MOST_TRIALS or interrupted():
                return
            added = plan.usage.added
            plan.swap_in([column], lambda added=added: plan.usage.added < added)  # type: ignore[misc]


def _all_current(plan: _Plan) -> list[Column]:
    """The current lines of every campaign that has some and changes them."""
    model = plan.model
    found = []
    for c, column in enumerate(plan.columns):
        dial, agent = model.now_dial_lines[c], model.now_agent_lines[c]
        if column.added and model.box.contains(c, dial, agent):
            found.append(make_column(model, c, dial, agent))
    return found


def _calmer(plan: _Plan, c: int) -> Iterator[Column]:
    """A campaign's current lines, then its plan with one dialer's current lines."""
    model = plan.model
    now_dial, now_agent = model.now_dial_lines[c], model.now_agent_lines[c]
    if model.box.contains(c, now_dial, now_agent):
        yield make_column(model, c, now_dial, now_agent)
    for d in range(model.dialers):
        dial, agent = plan.columns[c].dial_lines.copy(), plan.columns[c].agent_lines.copy()
        if dial[d] != now_dial[d] or agent[d] != now_agent[d]:
            dial[d], agent[d] = now_dial[d], now_agent[d]
            if model.box.contains(c, dial, agent):
                yield make_column(model, c, dial, agent)
