"""A first plan while people wait: after a failure its moves are wanted, not a close bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, Progress
from planner.optimize.search import optimize
from planner.optimize.search_params import DEFAULT
from planner.optimize.search_result import SearchResult
from planner.pipeline.planning import Clock

#: After this share of its time a search whose best plan is so far from its bound is on a bad way.
EARLY, FAR = 0.3, 0.03
#: Setting up is not counted as the search's time; all in all it may take so many times that.
LATEST = 1.2
#: Shares of the time for a plan without the price of moves, and for going on from it with that.
FREELY, FROM_THERE = 0.5, 0.2


def first_answer(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> SearchResult:
    """A good plan soon: no box is split, which takes as long as all the rest.

    Where moves have a price, a first plan may be hard to build, and what is near a bad one is bad.
    Then a plan without that price is sought, which is quick, and the search goes on from there.
    """
    limit = options.time_limit
    params = replace(DEFAULT, splits=False)
    clock = Clock()
    planned = far = False

    def note(told: Progress) -> None:
        nonlocal planned, far
        value, bound = told.value_per_hour, told.bound_per_hour
        planned = value is not None
        late = told.seconds > EARLY * limit
        far = value is not None and bound is not None and late and _is_far(value, bound)
        on_progress(told)

    def ends() -> bool:
        if far and options.move_cost > 0:
            return True
        return stop() or (planned and clock.spent > LATEST * limit)

    found = optimize(problem, options, note, ends, params=params)
    if options.move_cost == 0 or found.bound is None or stop():
        return found
    if found.value is not None and not _is_far(found.value, found.bound):
        return found
    left = LATEST * limit - clock.spent
    if left < FREELY * limit:
        return found
    free = options.model_copy(update={"move_cost": 0.0, "time_limit": FREELY * limit})
    start = optimize(problem, free, stop=stop, params=params).plan
    rest = options.model_copy(update={"time_limit": FROM_THERE * limit})
    after = optimize(problem, rest, on_progress, stop, start=start, params=params)
    if after.value is None or (found.value is not None and after.value <= found.value):
        return found
    if after.bound is not None and after.bound <= found.bound:
        return after
    return replace(after, bound=found.bound, proof=found.proof)  # what is told is what is checked


def _is_far(value: float, bound: float) -> bool:
    return bound - value > FAR * abs(bound)
