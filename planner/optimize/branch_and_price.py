"""Branch and price: boxes of splits, relaxed, split and closed until the gap is proven."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.evaluation.proof.record import Proof
from planner.optimize.branching import branch_on_worst_loss, split_box
from planner.optimize.heuristics.construction import constructed
from planner.optimize.heuristics.local_search import refill
from planner.optimize.heuristics.restricted_master_heuristic import reduced_values
from planner.optimize.improvement import PrimalHeuristics
from planner.optimize.kernels import compile_kernels
from planner.optimize.master.column_generation import (
    MOST_ROUNDS,
    Relaxation,
    generate_columns,
    part_at_prices,
)
from planner.optimize.master.initial_duals import first_prices
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column, least_columns, make_column, rounded_columns
from planner.optimize.model.model import to_line_plan
from planner.optimize.model.usage import Usage, plan_value
from planner.optimize.polish import second_stages
from planner.optimize.proof_tree import ProofTree
from planner.optimize.search_result import SearchResult
from planner.optimize.search_state import SearchState
from planner.optimize.warm_start import WarmStart, left_by, lines_there, start_columns

Floats = NDArray[np.float64]

#: A box kept open: minus its bound, its number, what lies in it and what that is worth.
OpenBox = tuple[float, int, Box, Relaxation]


class BranchAndPrice:
    """State of one search: pool and relaxation, best plan, open boxes."""

    def __init__(
        self, state: SearchState, start: LinePlan | None = None, warm: WarmStart | None = None
    ) -> None:
        self._state = state
        self._warm = warm
        self._glances = warm is not None and not state.params.relax
        self._started: dict[int, Column] = {}  # the plan to begin with
        self._fresh: list[Column] = []  # splits of campaigns that were priced anew
        self._params = state.params
        self._start = start
        self._heuristics = PrimalHeuristics(state, self._finished, warm is not None)
        self._model, self._master = state.model, state.master
        self._closed = -np.inf  # highest bound among boxes put aside within the gap
        self._open: list[OpenBox] = []
        self._order = itertools.count()
        self._until_plunge = 0  # boxes to split before one is followed down to a plan again
        self._tree = ProofTree(state.model, state.master.lagrangian.needs)

    def run(self) -> SearchResult:
        """Search until the gap is proven, nothing is left to try, or a limit is reached."""
        if not self._model.box.is_empty():
            compile_kernels(self._state)
        self._state.start_clock()
        self._begin_with_start()
        root = self._root()
        if root is None:
            self._tree.empty(self._model.box, self._master.empty_duals)
            return SearchResult(None, None, None, True, False, proof=self._proof(None))
        self._state.bound = min(self._state.bound, root.bound)
        self._push(self._model.box, root)
        self._update_bound()
        if self._glances:
            return self._glance(root)
        if self._warm is None or not self._finished():
            self._state.offer(rounded_columns(self._model, root.mix), root)
        if self._warm and self._state.columns and not self._finished():
            self._state.offer(self._state.columns, root)
        boxes, stale, proves = 0, 0, self._state.small and self._params.splits
        seeks = proves and self._state.anneals and self._params.thorough
        tight = not self._state.large and root.solved  # if not, it is once there is a plan
        self._part_by_taken()
        turned = False  # whether the relaxation leads elsewhere now than at the last round
        while not self._finished() and boxes < self._params.most_boxes:
            if stale < self._params.most_stale or seeks:
                afresh = stale > 0 or (turned and self._state.small)
                better = self._heuristics.run_round(self._open[0][3] if afresh else root, afresh)
                stale = 0 if better else stale + 1
                waits = not root.solved or self._state.near(self._params.first_precision)
                turned = not tight and (stale > 0 or waits) and not self._finished()
                if turned:
                    root = self._tightened(root)
                    tight = root.solved or stale > 0
                elif tight:
                    self._part_by_taken()
            elif not proves:
                break
            if proves and (stale > 0 or not seeks):
                boxes += self._prove(1 + 2 * stale)
        left = left_by(self._master, root, self._state.columns or ())
        return replace(self._outcome(), warm=left)

    def _begin_with_start(self) -> None:
        """Take the plan to begin with, as the best if it holds every limit of this problem."""
        self._started = columns = start_columns(self._model, self._start)
        if len(columns) == self._model.campaigns:
            self._state.begun = begun = [columns[c] for c in range(self._model.campaigns)]
            if Usage(self._model, begun).fits():
                self._state.keep(begun)

    def _glance(self, first: Relaxation) -> SearchResult:
        """Nothing but a first bound, and a plan near the one to begin with.

        Where a campaign was priced anew its best split takes its place, and the others give way.
        """
        begun = {k.campaign: k for k in least_columns(self._model)} | self._started
        fresh = begun | {k.campaign: k for k in self._fresh}
        prices = self._master.lagrangian.line_prices(first.duals)
        for columns, charged in ((begun, None), (fresh, prices)):
            if self._state.done() or (columns is fresh and not self._fresh):
                break
            sweeps = self._params.glance_sweeps
            found, holds = refill(self._model, list(columns.values()), charged, sweeps)
            if holds:
                self._state.keep(found)
        return self._outcome()

    def _prove(self, rounds: int) -> int:
        """Split boxes, as many as so many rounds do, while that is quick; how many were split."""
        most = self._master.lagrangian.bucket_evaluations()
        most += rounds * self._params.evaluations_per_round
        boxes = 0
        while boxes < rounds * self._params.boxes_per_round:
            if self._finished() or self._master.lagrangian.bucket_evaluations() > most:
                break
            if self._until_plunge <= 0:
                self._until_plunge = self._params.boxes_per_plunge
                boxes += self._plunge(most)
            else:
                self._split(heapq.heappop(self._open))
                self._until_plunge -= 1
                boxes += 1
        return boxes

    def _part_by_taken(self) -> None:
        """Split the boxes of the highest bounds by what the worst failure takes, a few times."""
        for _ in range(self._params.loss_splits_per_round):
            if self._finished():
                break
            _, _, box, relaxation = self._open[0]
            parts = self._parts_by_taken(box, relaxation)
            if parts is None:
                break
            heapq.heappop(self._open)
            self._open_parts(box, relaxation, parts)

    def _parts_by_taken(self, box: Box, relaxation: Relaxation) -> tuple[Box, Box] | None:
        target = self._state.target()
        parts = branch_on_worst_loss(
            self._model,
            box,
            relaxation,
            target,
            self._state.precision(self._params.loss_precision),
            self._params.least_loss_share if self._state.small else 0.0,
        )
        if parts is None:
            return None
        self._closed = max(self._closed, target)  # plans worth less are left out
        return self._tree.tell_apart(box, parts, target)

    def _root(self) -> Relaxation | None:
        """Relaxation of the whole problem; on the way a first plan, if one is found quickly."""
        if self._model.box.is_empty():
            return None
        state = self._state
        begins = state.huge and state.by_boxes and state.anneals and state.columns is None
        if begins:
            self._heuristics.begin()
        first = self._first_bound()
        if first is None:
            self._master.empty_duals = None
            return None
        self._state.begin(first.bound)
        if self._glances:
            return first
        if state.by_boxes:
            state.offer(least_columns(self._model), None)
        elif self._warm is not None and state.columns is not None:
            pass
        else:
            state.offer(constructed(self._master, first.duals)[0], None)
        if (
            state.huge and not begins
        ):  # there the relaxation takes longest, and begins with good plans
            self._push(self._model.box, first)
            self._heuristics.run_round(first, afresh=False)
            self._open.clear()
        if self._state.small:
            return self._relax(first)
        share = self._params.first_precision if self._state.large else self._params.root_precision
        return self._relax(first, self._params.patience, share)

    def _first_bound(self) -> Relaxation | None:
        """A first bound: at the duals to begin with, else at good even prices."""
        state, box = self._state, self._model.box
        if self._warm is not None:
            for column in self._warm.columns_in(self._model):
                self._master.add(column)
            found, self._fresh = self._warm.relaxation(self._master, box)
            if found is not None:
                return found
        return first_prices(self._master, box, state.interrupted, state.precision())

    def _relax(
        self, start: Relaxation, patience: int = MOST_ROUNDS, share: float | None = None
    ) -> Relaxation | None:
        """Relaxation of the whole problem, going on from a bound."""
        return generate_columns(
            self._master,
            self._model.box,
            target=self._state.target(),
            stop=self._state.interrupted,
            on_bound=lambda bound: self._state.report("bound", bound),
            start=start,
            precision=self._state.precision(share),
            patience=patience,
        )

    def _tightened(self, root: Relaxation) -> Relaxation:
        """The root's relaxation, taken further: at first plans wait for a near bound only."""
        tighter = self._relax(root, self._params.patience)
        if tighter is None:
            return root
        self._open = []
        self._tree.restart()
        self._push(self._model.box, tighter)
        self._update_bound()
        return tighter

    def _keep_lines_there(self) -> None:
        """Take the current lines where nothing better was found, however short the search was."""
        columns = start_columns(self._model, lines_there(self._model.problem))
        there = [columns[c] for c in sorted(columns)]
        if there and len(there) == self._model.campaigns and Usage(self._model, there).fits():
            self._state.keep(there)

    def _outcome(self) -> SearchResult:
        for _, _, box, relaxation in self._open:
            self._tree.leaf(box, relaxation)
        self._keep_lines_there()
        if self._state.columns is None:
            empty = not self._open
            bound = None if empty else self._state.bound
            return SearchResult(None, None, bound, empty, not empty, proof=self._proof(bound))
        early = not self._state.done() and self._state.interrupted()
        self._state.settle()
        first, bound = self._state.value, self._state.bound
        if not (self._model.aim.is_value and self._params.polish):
            plan = self._line_plan(self._state.columns)
            return SearchResult(plan, first, bound, False, early, (), self._proof(bound))
        polished = second_stages(
            self._model,
            self._state.columns,
            min(self._state.enough(), first),
            self._state.stop,
        )
        value = plan_value(self._model, polished.columns)
        stages = polished.told(first, value)
        line_plan = self._line_plan(polished.columns)
        return SearchResult(line_plan, value, bound, False, early, stages, self._proof(bound))

    def _proof(self, bound: float | None) -> Proof:
        return self._tree.proof(self._state.options, bound)

    def _line_plan(self, columns: Sequence[Column]) -> LinePlan:
        dial = np.array([k.dial_lines for k in columns])
        agent = np.array([k.agent_lines for k in columns])
        return to_line_plan(self._model, dial, agent)

    def _finished(self) -> bool:
        return not self._open or self._state.done() or self._state.interrupted()

    def _push(self, box: Box, relaxation: Relaxation) -> OpenBox | None:
        """Keep a box open unless the best plan is within the gap of its bound."""
        if relaxation.bound <= self._state.target():
            self._closed = max(self._closed, relaxation.bound)
            self._tree.leaf(box, relaxation)
            return None
        opened = (-relaxation.bound, next(self._order), box, relaxation)
        heapq.heappush(self._open, opened)
        return opened

    def _update_bound(self) -> None:
        """Take the highest bound of all boxes; only while every plan lies in one of them."""
        highest = -self._open[0][0] if self._open else -np.inf
        highest = max(highest, self._closed, self._state.value)
        self._state.bound = min(self._state.bound, highest)

    def _plunge(self, most: int) -> int:
        """Split the highest box, then its better half and so on, down to a plan; how many boxes."""
        halves = self._split(heapq.heappop(self._open))
        boxes = 1
        while halves and not self._finished():
            if self._master.lagrangian.bucket_evaluations() > most:
                break
            better = min(halves)
            self._open.remove(better)
            heapq.heapify(self._open)
            halves = self._split(better)
            boxes += 1
        return boxes

    def _split(self, opened: OpenBox) -> list[OpenBox]:
        """Split a box in two; the halves that are kept open."""
        _, _, box, relaxation = opened
        if relaxation.bound <= self._state.target():
            self._closed = max(self._closed, relaxation.bound)
            self._tree.leaf(box, relaxation)
            self._update_bound()
            return []
        parts = self._parts_by_taken(box, relaxation)
        if parts is None:
            parts = split_box(self._model, box, relaxation, self._losses(box, relaxation))
            parts = parts and self._tree.split(box, parts)
        if parts is None:  # a single plan: its value is its bound
            self._offer_point(box)
            self._tree.leaf(box, relaxation)
        return self._open_parts(box, relaxation, parts or ())

    def _open_parts(self, box: Box, relaxation: Relaxation, parts: Iterable[Box]) -> list[OpenBox]:
        """Relax parts of a box; those that are kept open."""
        kept = []
        for part in parts:
            child = self._part(box, relaxation, part)
            if child is None:
                self._tree.empty(part, self._master.empty_duals)
                continue
            if len(child.mix) == self._model.campaigns:  # nothing is mixed
                self._state.offer(rounded_columns(self._model, child.mix), None)
            half = self._push(part, child)
            if half is not None:
                kept.append(half)
        self._update_bound()
        self._state.report("proof")
        return kept

    def _part(self, box: Box, relaxation: Relaxation, part: Box) -> Relaxation | None:
        """Relaxation of a part of a box; None where it is proven to hold no plan."""
        start = part_at_prices(self._master, box, part, relaxation)
        if start is None:
            self._master.empty_duals = None
            return None
        child = generate_columns(
            self._master,
            part,
            target=self._state.target(),
            stop=self._state.interrupted,
            start=start,
            precision=self._state.precision(),
        )
        if child is None:
            return None
        if child.bound <= relaxation.bound:
            return child
        proof, bounds = relaxation.proven_by()
        return replace(child, bound=relaxation.bound, proof_duals=proof, proof_bounds=bounds)

    def _losses(self, box: Box, relaxation: Relaxation) -> Floats:
        """By how much the bound on each campaign exceeds its best known column inside the box.

        Where it is large, the relaxation mixes splits that break the campaign's own limits.
        """
        columns = self._master.arrays
        inside = columns.inside(box) & columns["holds_own_limits"]
        loss = np.full(self._model.campaigns, np.inf)
        worth = reduced_values(self._master, relaxation)[inside]
        np.minimum.at(loss, columns["campaign"][inside], -worth)
        return loss

    def _offer_point(self, box: Box) -> None:
        columns = [
            make_column(self._model, c, box.n_low[c], box.a_low[c])
            for c in range(self._model.campaigns)
        ]
        self._state.offer(columns, None)
