"""Rounds of a search that look for better plans, by every way that suits the fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from planner.optimize.heuristics.agent_annealing import QUICK, THOROUGH, Pace, Placing
from planner.optimize.heuristics.cell_annealing import Annealing
from planner.optimize.heuristics.construction import Rebuilding, is_few
from planner.optimize.heuristics.diving import dive
from planner.optimize.heuristics.restricted_master_heuristic import (
    choose_columns,
    enrich,
    promising,
)
from planner.optimize.master.column_generation import Relaxation
from planner.optimize.model.columns import Column, rounded_columns
from planner.optimize.search_state import Standing

#: Relaxations on the way of a dive are solved within this share of the gap asked for.
DIVE_SHARE = 0.3
#: Steps of a twin between comparisons, at most, where limits tie the dialers of campaigns.
TIED_STEPS = 16_000
#: A dive takes about so many steps.
STEPS = 25
#: Better by less than this, relatively, is nothing.
SMALLEST_GAIN = 1e-6


class Improving:
    """Looks for plans better than the best one so far, which ``standing`` keeps.

    ``finished`` says when nothing more is wanted.
    """

    def __init__(self, standing: Standing, finished: Callable[[], bool]) -> None:
        self._standing = standing
        self._model, self._master = standing.model, standing.master
        self._finished = finished
        self._enriched = False
        self._dive: list[tuple[Column, float]] = []
        self.rounds = 0

    def round(self, relaxation: Relaxation, afresh: bool) -> bool:
        """Look for a better plan by every way that suits the fleet; whether one was found.

        It begins with the best plan, or afresh with the relaxation's mix.
        """
        best = self._standing
        before = best.value
        self.rounds += 1
        first = self.rounds == 1
        seed = best.options.seed + 2 * self.rounds
        rebuilding = Rebuilding(self._master, relaxation.duals, seed)
        place, few = self._may_place(), is_few(self._model)
        plan = self._begin(rebuilding, relaxation, afresh)
        for pace in self._paces(first or afresh) if plan and place else ():
            if plan and not self._finished():
                plan = self._place(plan, pace)
        late = place and not best.small  # fine changes first: they find more on large fleets
        if plan and not late and (self._model.tied or not place) and not self._finished():
            if place:
                rebuilding.start(None, plan)
            plan = self._rebuild(rebuilding, first and not place)
        plan = plan or best.columns or (rebuilding.begun() if first else None)
        if first and few and best.columns is not None:
            return True  # boxes first: the plan is the best already, mostly
        if plan and (not few or best.columns is None) and not self._finished():
            self._anneal(plan)
        again = late and self._model.tied and not self._finished()
        if again and rebuilding.start(None, best.columns):
            self._rebuild(rebuilding, False)
        if best.small and not self._finished():
            self._choose_from_pool(relaxation)
        return best.value > before + SMALLEST_GAIN * abs(before)

    def _begin(
        self, rebuilding: Rebuilding, relaxation: Relaxation, afresh: bool
    ) -> list[Column] | None:
        """The plan that a round begins with, completed by the rebuilding; None where that fails."""
        first, known = self.rounds == 1, self._standing.columns
        dives = first and self._may_dive()
        mix: Iterable[tuple[Column, float]] | None = None
        if dives:
            mix = self._dive = self._dived(relaxation)
        elif first or afresh or not known:
            mix = self._dive or relaxation.mix
        if not rebuilding.start(mix, known):
            return None
        self._standing.take(rebuilding)
        return rebuilding.columns() if dives or afresh or not known else self._standing.columns

    def _may_dive(self) -> bool:
        return self._model.tied and not self._standing.small and not self._standing.large

    def _dived(self, relaxation: Relaxation) -> list[tuple[Column, float]]:
        """The heaviest columns at the end of a dive."""
        last = dive(
            self._master,
            relaxation,
            steps=STEPS,
            target=self._standing.target,
            stop=self._standing.interrupted,
            precision=self._standing.precision(DIVE_SHARE),
        )
        return [(column, 1.0) for column in rounded_columns(self._model, last.mix)]

    def _rebuild(self, rebuilding: Rebuilding, first: bool) -> list[Column]:
        rebuilding.run(
            first=first,
            enough=self._standing.enough,
            interrupted=self._standing.interrupted,
            on_better=lambda: self._standing.take(rebuilding),
        )
        self._standing.take(rebuilding)
        return rebuilding.columns()

    def _may_place(self) -> bool:
        """Whether agents are moved by steps that share out dial lines exactly."""
        return not is_few(self._model) and self._model.move_cost == 0

    def _paces(self, first: bool) -> tuple[Pace, ...]:
        """How agents are moved in a round, one after the other.

        Being thorough does not pay at first where carriers limit dialers, whose number of lines
        stays. Where limits tie the dialers of campaigns together, it is dear.
        """
        carriers = not all(k.is_ports for k in self._model.capacities)
        if first and (carriers or (self._model.tied and not self._standing.small)):
            return (QUICK,)
        if self._model.tied:
            steps = min(THOROUGH.steps, TIED_STEPS // max(self._model.campaigns, 1))
            return (THOROUGH._replace(steps=steps),)
        return (QUICK, THOROUGH) if first else (THOROUGH,)

    def _place(self, columns: list[Column], pace: Pace) -> list[Column]:
        """Move agents between dialers in a plan that holds every limit."""
        seed = self._standing.options.seed + self.rounds
        placing = Placing(self._model, seed, pace.stricter)
        placing.run(
            columns,
            pace,
            enough=self._standing.enough,
            interrupted=self._standing.interrupted,
            on_better=lambda: self._standing.keep(placing.columns()),
        )
        return placing.columns()

    def _anneal(self, columns: Sequence[Column]) -> None:
        """Make fine changes to a plan, which may break limits, until it is good."""
        seed = self._standing.options.seed + self.rounds
        annealing = Annealing(self._model, self._standing.bound, seed)
        annealing.run(
            columns,
            enough=self._standing.enough,
            interrupted=self._standing.interrupted,
            on_better=lambda: self._standing.keep(annealing.columns()),
        )

    def _choose_from_pool(self, relaxation: Relaxation) -> None:
        """Integer master over the most promising columns, then refilling."""
        if not self._enriched:
            self._enriched = True
            enrich(self._master, relaxation, self._standing.interrupted)
        hint = {k.campaign: k for k in self._standing.columns or ()}
        chosen = choose_columns(
            self._model,
            promising(self._master, relaxation, self._standing.columns or (), self._standing.value),
            hint,
            seed=self._standing.options.seed,
            seconds=self._standing.seconds_left(),
            stop=self._standing.stop,
        )
        if chosen is not None:
            self._standing.keep(chosen)
            self._standing.offer(chosen, relaxation)
