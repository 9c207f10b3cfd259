"""Rounds of a search that look for better plans, by every way that suits the fleet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from planner.contracts.result import relative_gap
from planner.optimize.heuristics.annealing import (
    QUICK,
    THOROUGH,
    TIED,
    Annealing,
    Pace,
    cell_pace,
)
from planner.optimize.heuristics.construction import constructed
from planner.optimize.heuristics.restricted_master_heuristic import choose_columns, promising
from planner.optimize.master.column_generation import Relaxation
from planner.optimize.model.columns import Column, least_columns, rounded_columns
from planner.optimize.model.usage import Usage
from planner.optimize.search_state import SearchState, worth_of_people

#: Better by less than this, relatively, is nothing.
SMALLEST_GAIN = 1e-6
#: How many times as hot annealing begins after so many rounds in a row that found nothing: what is
#: near the best plan was tried, so that the way to a better one leads through worse ones.
WARMTH = (1.0, 10.0, 3.0, 30.0)
#: Where pools, limits or costs tie campaigns together, a plan further than this share below the
#: bound is far from the good ones: it begins so much hotter.
FAR, FAR_WARMTH = 0.03, 30.0
#: So many times as long it cools where it begins hotter.
WARM_STEPS = 4
#: How hot it begins on small fleets whose plans come before the relaxation, and cools no longer:
#: what was constructed at first prices is far from the good plans.
FIRST_WARMTH = 30.0
#: How hot it begins where shortfalls count: a per cent is dear, and lines change hands anyway.
SHORT_WARMTH = 300.0
#: How long annealing takes at first where it comes before all pricing, which waits for it.
FIRST_CHUNKS = 150


class PrimalHeuristics:
    """Looks for plans better than the best one so far, which ``state`` keeps.

    ``finished`` says when nothing more is wanted.
    """

    def __init__(
        self, state: SearchState, finished: Callable[[], bool], warm: bool = False
    ) -> None:
        self._state, self._warm = state, warm
        self._model, self._master = state.model, state.master
        self._finished = finished
        self.rounds = 0
        self._stale = 0  # rounds in a row that found nothing

    def begin(self) -> None:
        """A first plan from no lines at all, where pricing takes longest."""
        begun = self._state.begun or least_columns(self._model)
        self._anneal(begun, most_chunks=FIRST_CHUNKS)

    def run_round(self, relaxation: Relaxation, afresh: bool) -> bool:
        """Look for a better plan by every way that suits the fleet; whether one was found.

        It begins with the best plan, or afresh with the relaxation's mix.
        """
        best = self._state
        before = best.value
        self.rounds += 1
        first = self.rounds == 1
        if best.by_boxes:
            if best.columns is None or afresh:
                best.offer(rounded_columns(self._model, relaxation.mix), relaxation)
            if best.anneals and best.params.cell_annealing and not self._finished():
                # A plan that breaks a limit is often near a good one.
                mixed = rounded_columns(self._model, relaxation.mix)
                begun = best.begun if first else None
                if begun is None and self._may_place():
                    chunks = min(TIED.chunks, best.params.most_chunks)
                    self._place(best.columns or mixed, TIED._replace(chunks=chunks))
                self._anneal(begun or best.columns or mixed, near=begun is not None)
            better = best.value > before + SMALLEST_GAIN * abs(before)
            if not first and not (best.anneals and better) and not self._finished():
                self._choose_from_pool(relaxation)
                better = best.value > before + SMALLEST_GAIN * abs(before)
            self._stale = 0 if better else self._stale + 1
            return first or better
        plan = self._begin(relaxation, afresh)
        for pace in self._paces(first or afresh) if plan and self._may_place() else ():
            if plan and not self._finished():
                plan = self._place(plan, pace)
        if plan and best.params.cell_annealing and not self._finished():
            self._anneal(plan)
        better = best.value > before + SMALLEST_GAIN * abs(before)
        self._stale = 0 if better else self._stale + 1
        return better

    def _begin(self, relaxation: Relaxation, afresh: bool) -> list[Column] | None:
        """The plan that a round begins with; None where there is none to improve."""
        known = self._state.columns
        settled = self.rounds > 1 or self._warm or not relaxation.mix
        if settled and known and not afresh:
            return known
        found, complete = constructed(self._master, relaxation.duals, relaxation.mix)
        if not complete:
            return known or (found if self.rounds == 1 else None)
        self._state.offer(found, None)
        return found if afresh or not known else self._state.columns

    def _may_place(self) -> bool:
        """Whether agents are moved by steps that share out dial lines exactly."""
        return self._state.params.agent_annealing and self._model.move_cost == 0

    def _paces(self, first: bool) -> tuple[Pace, ...]:
        """How agents are moved in a round, one after the other.

        Being thorough does not pay at first where carriers limit dialers, whose number of lines
        stays. Where limits tie the dialers of campaigns together, it is dear.
        """
        if self._warm and first:
            return (QUICK,)
        carriers = not all(k.is_ports for k in self._model.capacities)
        if first and (carriers or (self._model.tied and not self._state.small)):
            return (QUICK,)
        if self._model.tied:
            steps = min(
                THOROUGH.steps, self._state.params.tied_steps // max(self._model.campaigns, 1)
            )
            return (THOROUGH._replace(steps=steps),)
        return (QUICK, THOROUGH) if first else (THOROUGH,)

    def _place(self, columns: list[Column], pace: Pace) -> list[Column]:
        """Move agents between dialers in a plan that holds every limit."""
        seed = self._state.options.seed + self.rounds
        placing = Annealing(self._model, pace, self._ceiling(), seed)
        placing.run(
            columns,
            enough=self._state.enough,
            interrupted=self._state.interrupted,
            on_better=lambda: self._keep_checked(placing.columns()),
        )
        return placing.columns()

    def _anneal(
        self, columns: Sequence[Column], near: bool = False, most_chunks: float = np.inf
    ) -> None:
        """Change a plan, which may break limits, until it is good; or only ``near`` it."""
        seed = self._state.options.seed + self.rounds
        warmth, longer = self._warmth(near)
        chunks = min(most_chunks, self._state.params.most_chunks)
        pace = cell_pace(self._model, warmth, longer, chunks)
        annealing = Annealing(self._model, pace, self._ceiling(), seed)
        annealing.run(
            columns,
            enough=self._state.enough,
            interrupted=self._state.interrupted,
            on_better=lambda: self._keep_checked(annealing.columns()),
        )

    def _ceiling(self) -> float:
        """What no plan is worth more than, as far as known."""
        bound = self._state.bound
        values = self._model.aim.is_value and np.isfinite(bound)
        return bound if values else worth_of_people(self._model)

    def _warmth(self, near: bool) -> tuple[float, int]:
        """How hot annealing begins, and how long it cools."""
        hotter = (self._state.small or self._model.special) and self._state.params.thorough
        if near or not hotter:
            return 1.0, 1
        if not self._model.aim.is_value:
            return SHORT_WARMTH, WARM_STEPS
        if self._state.huge and self.rounds == 1 and not (self._model.special or self._warm):
            return FIRST_WARMTH, 1
        warmth = WARMTH[self._stale % len(WARMTH)]
        if self._model.special and relative_gap(self._state.value, self._state.bound) > FAR:
            warmth *= FAR_WARMTH
        return warmth, WARM_STEPS if warmth > 1 else 1

    def _keep_checked(self, columns: list[Column]) -> None:
        """Keep a plan that annealing found, where it holds the fleet's limits by the model too."""
        if not self._model.special or Usage(self._model, columns).fits():
            self._state.keep(columns)

    def _choose_from_pool(self, relaxation: Relaxation) -> None:
        """Integer master over the most promising columns, then refilling."""
        if not self._state.params.restricted_master:
            return
        hint = {k.campaign: k for k in self._state.columns or ()}
        chosen = choose_columns(
            self._model,
            promising(self._master, relaxation, self._state.columns or (), self._state.value),
            hint,
            seed=self._state.options.seed,
            seconds=self._state.seconds_left(),
            stop=self._state.stop,
        )
        if chosen is not None:
            self._state.keep(chosen)
            self._state.offer(chosen, relaxation)
