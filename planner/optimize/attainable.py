"""Where the search for the nearest plan begins: what each campaign could have alone, annealed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanOptions, Progress
from planner.evaluation.limits.alone import most_dialers, most_surviving
from planner.optimize.heuristics.annealing import CHUNKS, Annealing, cell_pace
from planner.optimize.model.columns import least_columns
from planner.optimize.model.model import Model, to_line_plan
from planner.optimize.model.usage import Usage
from planner.optimize.search import optimize
from planner.optimize.search_result import SearchResult
from planner.optimize.search_state import worth_of_people
from planner.optimize.warm_start import start_columns

#: The plan that begins a search is so close to the best of its problem.
START_GAP = 0.01
#: How annealing that counts shortfalls begins and how soon it ends: a per cent is dear, and lines
#: change hands all the same.
BEGIN_WARMTH, BEGIN_STEPS = 100.0, 9_000


def first_plan(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> SearchResult | None:
    """A plan that falls short of little, or at least lets campaigns run; None without one in time.

    Requirements are lowered to what the dialers in service allow each campaign alone: dialers that
    it may use, and failure domains among them. Where that can be had by all together, nothing that
    was lowered could have been kept. Else they are asked to run, and for nothing more. What is
    never given up (priority 0) is not lowered.

    Parameters
    ----------
    problem : in which not everything can be had
    options : the time limit [s] is for both
    """
    end = time.monotonic() + options.time_limit
    for share, lower in ((0.5, partial(_alone, problem, options.failures)), (1.0, _running)):
        left = end - time.monotonic()
        if left <= 0 or stop():
            break
        campaigns = tuple(lower(c) if c.priority > 0 else c for c in problem.campaigns)
        update = {
            "time_limit": share * left,
            "gap": max(options.gap, START_GAP),
            "move_cost": 0.0,
        }
        lowered = problem.model_copy(update={"campaigns": campaigns})
        outcome = optimize(lowered, options.model_copy(update=update), on_progress, stop)
        if outcome.plan is not None:
            return outcome
    return None


def _running(campaign: Campaign) -> Campaign:
    nothing = dict.fromkeys(
        ("min_transfers_per_hour", "min_attempts_per_hour", "survivable_share"), 0.0
    )
    return campaign.model_copy(update=nothing | {"min_dialers": min(campaign.min_dialers, 1)})


def _alone(problem: Problem, failures: int, campaign: Campaign) -> Campaign:
    """The campaign with what the dialers in service allow it."""
    dialers = most_dialers(problem, campaign)
    share = math.floor(100 * most_surviving(problem, campaign, failures) + 1e-9) / 100
    update: dict[str, object] = {
        "min_dialers": min(campaign.min_dialers, dialers),
        "survivable_share": min(campaign.survivable_share, share),
    }
    if not dialers:
        update |= {"min_transfers_per_hour": 0.0, "min_attempts_per_hour": 0.0}
    return campaign.model_copy(update=update)


def annealed_plan(
    model: Model, seed: int, enough: float, start: LinePlan | None, stop: Callable[[], bool]
) -> LinePlan | None:
    """A plan found by annealing alone, from one that may break limits; None where none was found.

    ``enough`` is what ends it, in what the model's aim maximises.
    """
    if model.dialers == 0 or model.box.is_empty():
        return None
    begun = {k.campaign: k for k in least_columns(model)} | start_columns(model, start)
    pace = cell_pace(model, BEGIN_WARMTH, most_chunks=CHUNKS)
    pace = pace._replace(steps=min(pace.steps, BEGIN_STEPS))
    annealing = Annealing(model, pace, worth_of_people(model), seed)
    annealing.run(
        [begun[c] for c in range(model.campaigns)],
        enough=lambda: enough,
        interrupted=stop,
        on_better=lambda: None,
    )
    if annealing.value == -np.inf:
        return None
    columns = annealing.columns()
    if not (Usage(model, columns).fits() and all(k.holds_own_limits for k in columns)):
        return None
    lines = zip(*((k.dial_lines, k.agent_lines) for k in columns), strict=True)
    return to_line_plan(model, *(np.array(mine) for mine in lines))
