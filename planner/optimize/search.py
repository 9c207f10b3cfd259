"""Branch and price: a plan and a proven bound on the best there is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions, Progress
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.limits.check_sums import overfull_pools
from planner.optimize.branch_and_price import BranchAndPrice
from planner.optimize.model.model import build_model
from planner.optimize.model.requirements import Aim
from planner.optimize.search_params import DEFAULT, SearchParams
from planner.optimize.search_result import SearchResult
from planner.optimize.search_state import SearchState
from planner.optimize.warm_start import WarmStart

Floats = NDArray[np.float64]


def optimize(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    aim: Aim | None = None,
    start: LinePlan | None = None,
    params: SearchParams = DEFAULT,
    warm: WarmStart | None = None,
) -> SearchResult:
    """Best plan of a problem within the requested gap, or the best found until stopped.

    ``aim`` is what is maximised, the value with everything kept where None. ``start`` is a plan to
    begin with, ``params`` what the search may spend and which of its parts take part, ``warm`` what
    a search of nearly the same problem left.
    """
    end = time.monotonic() + options.time_limit
    more_sets: list[frozenset[int]] = []
    while True:
        left = max(end - time.monotonic(), 0.1 * options.time_limit)
        limited = options.model_copy(update={"time_limit": left}) if more_sets else options
        found = _optimize(problem, limited, on_progress, stop, aim, start, more_sets, params, warm)
        overfull = _overfull_pools(problem, found.plan)
        if overfull is None or overfull in more_sets:
            return found
        more_sets.append(overfull)


def _overfull_pools(problem: Problem, plan: LinePlan | None) -> frozenset[int] | None:
    """Pools that a plan asks too much of together, where their sets were too many to count all."""
    if plan is None or not problem.pools:
        return None
    arrays = PlanArrays(problem, plan)
    return overfull_pools(problem, arrays.agent_lines)


def _optimize(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool],
    aim: Aim | None,
    start: LinePlan | None,
    more_sets: Sequence[frozenset[int]],
    params: SearchParams,
    warm: WarmStart | None,
) -> SearchResult:
    model = build_model(problem, options, aim, more_sets)
    if model.campaigns == 0 or model.dialers == 0:
        if np.any(model.min_dialers > 0):
            return SearchResult(None, None, None, True, False)
        return SearchResult(LinePlan(assignments=()), 0.0, 0.0, False, False)
    state = SearchState(model, options, params, on_progress, stop)
    return BranchAndPrice(state, start, warm).run()


@cache
def compile_search() -> None:
    """Have the kernels compiled, once per installation, so that no time limit counts that.

    Those for survival come last: few wait for them.
    """
    dialers = tuple(Dialer(dialer_id=name, ports=2) for name in ("D", "E"))
    plain = Campaign(
        campaign_id="C",
        agent_lines=2,
        attempt_seconds=1.0,
        answer_rate=1.0,
        transfer_rate=1.0,
        talk_seconds=1.0,
    )
    surviving = plain.model_copy(update={"survivable_share": 0.5, "min_dialers": 2})
    for campaign in (plain, surviving):
        problem = Problem(dialers=dialers, campaigns=(campaign,))
        optimize(problem, PlanOptions(time_limit=1.0))
