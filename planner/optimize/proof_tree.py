"""Writes down what the bound of a search rests on, while it splits boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.contracts.result import PlanOptions
from planner.evaluation.proof.record import Node, Proof
from planner.optimize.master.column_generation import Relaxation
from planner.optimize.model.box import Box
from planner.optimize.model.duals import Duals
from planner.optimize.model.model import Model
from planner.optimize.model.needs import Need
from planner.optimize.model.requirements import FLOORS, KINDS

#: Duals below this are written as none.
SMALLEST = 1e-13


class ProofTree:
    """The boxes of a search as nodes; each box knows the number of its own."""

    def __init__(self, model: Model, needs: Sequence[Need]) -> None:
        self._model, self._needs = model, needs
        self.nodes = [Node()]

    def restart(self) -> None:
        """Begin anew with the whole problem as the only box."""
        self.nodes = [Node()]

    def split(self, box: Box, parts: tuple[Box, Box]) -> tuple[Box, Box]:
        """Note that a box was split at a number of lines; the parts with numbers of their own."""
        less, more = parts
        for name, what in (("n_high", "dial"), ("a_high", "agent")):
            changed = np.argwhere(getattr(less, name) != getattr(box, name))
            if len(changed):
                c, d = changed[0].tolist()
                problem = self._model.problem
                place = problem.campaigns[c].campaign_id, problem.dialers[d].dialer_id
                node = self.nodes[box.node]
                node.split = [*place, what, int(getattr(less, name)[c, d])]
        return self._numbered(box, less, more)

    def tell_apart(self, box: Box, parts: tuple[Box, Box], target: float) -> tuple[Box, Box]:
        """Note that a box was split by what the worst failure takes."""
        less, more = parts
        self.nodes[box.node].taken = [float(more.loss_low), float(target)]
        return self._numbered(box, less, more)

    def _numbered(self, box: Box, less: Box, more: Box) -> tuple[Box, Box]:
        first = len(self.nodes)
        self.nodes += [Node(), Node()]
        self.nodes[box.node].children = [first, first + 1]
        return less.numbered(first), more.numbered(first + 1)

    def leaf(self, box: Box, relaxation: Relaxation) -> None:
        """Note the duals from which the bound of a box follows."""
        duals, bounds = relaxation.proven_by()
        told = self._told(duals)
        names = [c.campaign_id for c in self._model.problem.campaigns]
        if bounds is not None:  # which the checker need not come below
            told["campaigns"] = {
                name: bound
                for c, (name, bound) in enumerate(zip(names, bounds.tolist(), strict=True))
                if self._model.survivable[c] > 0 or np.isfinite(self._model.abandon_limit[c])
            }
        self.nodes[box.node].duals = told

    def empty(self, box: Box, duals: Duals | None) -> None:
        """Note that a box holds no plan: at these duals, or as a campaign has no split in it."""
        node = self.nodes[box.node]
        node.empty, node.duals = True, self._told(duals)

    def _told(self, duals: Duals | None) -> dict[str, Any]:
        """Duals by the names of their rows."""
        model = self._model
        told: dict[str, Any] = {"rows": {}, "dial_lines": {}, "abandoned": {}}
        told |= {"failure": [], "short": [], "needs": []}
        told["short"] = [0.0] * len(model.aim.sums)
        if duals is None:
            return told
        for price, row in zip(duals.capacity.tolist(), model.capacities, strict=True):
            if price > SMALLEST:
                told["rows"][row.name] = told["rows"].get(row.name, 0.0) + price
        for price, campaign in zip(duals.dial_lines.tolist(), model.problem.campaigns, strict=True):
            if price > SMALLEST:
                told["dial_lines"][campaign.campaign_id] = price
        for price, campaign in zip(duals.abandon.tolist(), model.problem.campaigns, strict=True):
            if price > SMALLEST:
                told["abandoned"][campaign.campaign_id] = price
        told["needs"] = self._told_needs(duals)
        if model.weight > 0 and model.aim.is_value:
            told["failure"] = duals.failure.tolist()
        told["short"] = duals.short.tolist()
        return told

    def _told_needs(self, duals: Duals) -> list[list[Any]]:
        """Prices of what campaigns must reach, where that is a row; of which floor, by place."""
        told: list[list[Any]] = []
        places: dict[int, int] = {}
        for price, need in zip(duals.need.tolist(), self._needs, strict=True):
            place = 0
            if need.kind == FLOORS:
                place = places.get(need.campaign, 0)
                places[need.campaign] = place + 1
            if price > SMALLEST:
                name = self._model.problem.campaigns[need.campaign].campaign_id
                told.append([name, KINDS[need.kind], place, price])
        return told

    def proof(self, options: PlanOptions, bound: float | None) -> Proof:
        """The claim that no plan is worth more, or that there is none, with these nodes."""
        model = self._model
        names = [c.campaign_id for c in model.problem.campaigns]
        aim = model.aim
        counted = None
        if aim.counted is not None:
            counted = [[names[c], KINDS[k]] for c, k in np.argwhere(aim.counted).tolist()]
        most = [
            [names[c], KINDS[k], int(aim.most[c, k])] for c, k in np.argwhere(aim.most > 0).tolist()
        ]
        sums = [
            [[[names[c], KINDS[k]] for c, k in np.argwhere(which).tolist()], total]
            for which, total in aim.sums
        ]
        return Proof(
            redundancy=options.redundancy,
            failures=options.failures,
            move_cost=options.move_cost,
            keep_current=options.keep_current,
            bound=bound,
            nodes=self.nodes,
            counted=counted,
            most=most,
            sums=sums,
        )
