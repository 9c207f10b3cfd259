"""What a search leaves for searches of nearly the same problem: its columns, and its duals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.optimize.heuristics.restricted_master_heuristic import reduced_values
from planner.optimize.master.column_generation import Relaxation, at_prices
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column, line_room, make_column
from planner.optimize.model.duals import Duals
from planner.optimize.model.model import Model

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Columns that are handed on for each campaign, those of the least reduced cost.
MOST_COLUMNS = 120


@dataclass(frozen=True)
class WarmStart:
    """A model that was solved, columns of its pool, and its relaxation.

    They are only where a search begins: a bound follows from any duals, and what has to do with
    a change is worked out anew in the problem that has it.
    """

    model: Model
    columns: tuple[Column, ...]
    root: Relaxation
    exact: bool  # whether every campaign is priced exactly, so that splitting boxes is quick

    def columns_in(self, model: Model) -> list[Column]:
        """The columns in another problem; dialers that it has in addition get no lines."""
        same = self._same_columns(model)
        more = model.dialers - self.model.dialers
        found = []
        for k in self.columns:
            lines = k.dial_lines, k.agent_lines
            if more > 0:
                lines = np.pad(lines[0], (0, more)), np.pad(lines[1], (0, more))
            if model.box.contains(k.campaign, *lines):
                found.append(k if same[k.campaign] else make_column(model, k.campaign, *lines))
        return found

    def fewer(self, most: int) -> WarmStart:
        """With so many columns of each campaign at most: the plan's, then the best."""
        count: dict[int, int] = {}
        kept = []
        for column in self.columns:
            count[column.campaign] = count.get(column.campaign, 0) + 1
            if count[column.campaign] <= most:
                kept.append(column)
        return replace(self, columns=tuple(kept))

    def relaxation(
        self, master: RestrictedMaster, box: Box
    ) -> tuple[Relaxation | None, list[Column]]:
        """The bound at the duals, and the best split of each campaign that was priced anew.

        Only campaigns that may differ are. None where the duals are of other rows, or there is no
        plan.
        """
        model, duals = master.model, self._duals_in(master)
        if duals is None:
            return None, []
        same = self._same_splits(model)
        if not same.any():
            return at_prices(master, box, duals), []
        bounds, fresh = self.root.campaign_bounds.copy(), []
        short = master.lagrangian.short_prices(duals)
        for c in np.flatnonzero(~same).tolist():
            prices = master.lagrangian.prices(c, duals)
            split = master.lagrangian.pricer(c, box).best(
                prices, short[c], slack=master.lagrangian.slack
            )
            if split is None:
                return None, []
            bounds[c] = split.bound
            fresh.append(make_column(model, c, split.dial_lines, split.agent_lines))
            master.add(fresh[-1])
        bound = master.lagrangian.bound(box, duals, bounds)
        return Relaxation(bound, (), duals, bounds), fresh

    def _duals_in(self, master: RestrictedMaster) -> Duals | None:
        """The duals for another problem's rows; None where what campaigns must reach differs.

        Those of new rows are 0, and of a new dialer's ports the most of any.
        """
        mine, there = self.root.duals, master.even_duals(0.0)
        if mine.need.shape != there.need.shape or mine.short.shape != there.short.shape:
            return None
        rows = zip(self.model.capacities, mine.capacity.tolist(), strict=True)
        known = {row.name: price for row, price in rows}
        of_ports = [known[row.name] for row in self.model.capacities if row.is_ports]
        most = max(of_ports, default=0.0)
        prices = [known.get(k.name, most if k.is_ports else 0.0) for k in master.model.capacities]
        more = len(there.failure) - len(mine.failure)
        failure = np.pad(mine.failure, (0, more)) if more >= 0 else there.failure
        return master.of_its_rows(replace(mine, capacity=np.array(prices), failure=failure))

    def _same_columns(self, model: Model) -> Bools:
        """Campaigns whose columns earn, use and lack the same in another problem."""
        here, there = self.model.problem, model.problem
        same = self.model.dialers == model.dialers and len(self.model.tables) == len(model.tables)
        same = same and here.limits == there.limits and here.pools == there.pools
        same = same and _rows_of(self.model) == _rows_of(model)
        pairs = zip(here.campaigns, there.campaigns, strict=True)
        alike = np.array([same and mine == other for mine, other in pairs], np.bool_)
        if not alike.any():
            return alike
        alike &= np.all(_may_miss(self.model) == _may_miss(model), axis=1)
        return alike

    def _same_splits(self, model: Model) -> Bools:
        """Campaigns that have the same splits, too: bounds on them hold in another problem."""
        same = self._same_columns(model)
        if not same.any() or not np.array_equal(line_room(self.model), line_room(model)):
            return np.zeros_like(same)
        pairs = zip(model.box.ranges.values(), self.model.box.ranges.values(), strict=True)
        for mine, other in pairs:
            same &= np.all(mine == other, axis=1)
        return same


def _may_miss(model: Model) -> Ints:
    """By how much campaigns may fall short of what they ask for ``[campaign, kind]``."""
    asked = np.array([model.requirements.asked(c) for c in range(model.campaigns)])
    missing: Ints = np.where(asked, model.aim.most, 0)
    return missing


def _rows_of(model: Model) -> list[tuple[object, ...]]:
    """What the rows of the fleet count, whatever their limits."""
    return [
        (
            k.members.tobytes(),
            None if k.pairs is None else k.pairs.tobytes(),
            k.dial,
            np.asarray(k.agent).tobytes(),
            k.attempt,
        )
        for k in model.capacities
    ]


def left_by(master: RestrictedMaster, root: Relaxation, plan: Sequence[Column]) -> WarmStart:
    """What a search leaves: its most promising columns, those of its plan, and its relaxation."""
    order = np.argsort(-reduced_values(master, root), kind="stable")
    kept = {k.key: k for k in plan}
    count = np.zeros(master.model.campaigns, np.int64)
    for i in order:
        column = master.arrays.columns[i]
        if count[column.campaign] < MOST_COLUMNS:
            count[column.campaign] += 1
            kept.setdefault(column.key, column)
    return WarmStart(master.model, tuple(kept.values()), root, master.lagrangian.exact)


def lines_there(problem: Problem) -> LinePlan:
    """What is left of the current lines on the dialers in service."""
    working = {d.dialer_id for d in problem.dialers if d.in_service}
    return LinePlan(
        assignments=tuple(
            item
            for item in problem.assignments
            if item.dial_lines and item.dialer_id in working
            if item.campaign_id in problem.campaign_index
        )
    )


def start_columns(model: Model, start: LinePlan | None) -> dict[int, Column]:
    """A plan to begin with, of the campaigns whose lines there lie in their ranges."""
    if start is None or model.box.is_empty():
        return {}
    problem = model.problem
    dial = np.zeros((model.campaigns, model.dialers), np.int64)
    agent = np.zeros_like(dial)
    for (campaign, dialer), (n, a) in start.lines().items():
        if campaign in problem.campaign_index and dialer in problem.dialer_index:
            place = problem.campaign_index[campaign], problem.dialer_index[dialer]
            dial[place], agent[place] = n, a
    return {
        c: make_column(model, c, dial[c], agent[c])
        for c in range(model.campaigns)
        if model.box.contains(c, dial[c], agent[c])
    }
