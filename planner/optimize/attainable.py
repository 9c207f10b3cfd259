"""What each campaign could have of what it asks for if it were alone: where the search begins."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanOptions, Progress
from planner.evaluation.limits.alone import most_dialers, most_surviving
from planner.optimize.search import optimize
from planner.optimize.search_result import SearchResult

#: The plan that begins a search is so close to the best of its problem.
START_GAP = 0.01
#: Parts of the calls to be reached that are tried one after the other where all are too many.
PARTS = (1.0, 0.75, 0.5, 0.25, 0.0)


def first_plan(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> SearchResult | None:
    """A plan that falls short of little; None where none was found in time.

    Requirements are lowered to what the dialers in service allow each campaign alone: dialers that
    it may use, and failure domains among them. Where that can be had by all together, nothing that
    was lowered could have been kept. Else less is asked, until there is a plan. What is never given
    up (priority 0) is not lowered.

    Parameters
    ----------
    problem : in which not everything can be had
    options : the time limit [s] is for all trials together
    """
    end = time.monotonic() + options.time_limit
    for asked in _asked(problem, options.failures):
        left = end - time.monotonic()
        if left <= 0 or stop():
            return None
        limited = options.model_copy(
            update={"time_limit": left, "gap": max(options.gap, START_GAP), "move_cost": 0.0}
        )
        outcome = optimize(asked, limited, on_progress, stop)
        if outcome.plan is not None:
            return outcome
    return None


def _asked(problem: Problem, failures: int) -> Iterator[Problem]:
    """Less and less of what is asked for."""
    alone = [_alone(problem, campaign, failures) for campaign in problem.campaigns]
    nothing = [_with_part(campaign, 0.0) for campaign in alone]
    seen = [[_with_part(campaign, part) for campaign in alone] for part in PARTS]
    seen.append([c.model_copy(update={"survivable_share": 0.0}) for c in nothing])
    seen.append([
        c.model_copy(update={"survivable_share": 0.0, "min_dialers": min(c.min_dialers, 1)})
        for c in nothing
    ])  # fmt: skip
    tried: list[list[Campaign]] = []
    for lowered in seen:
        pairs = zip(problem.campaigns, lowered, strict=True)
        campaigns = [less if given.priority > 0 else given for given, less in pairs]
        if campaigns not in tried:
            tried.append(campaigns)
            yield problem.model_copy(update={"campaigns": tuple(campaigns)})


def _with_part(campaign: Campaign, part: float) -> Campaign:
    names = ("min_transfers_per_hour", "min_attempts_per_hour")
    # What no fleet reaches is asked for as infinite: of that there is no part.
    update = {name: part * getattr(campaign, name) if part else 0.0 for name in names}
    return campaign.model_copy(update=update)


def _alone(problem: Problem, campaign: Campaign, failures: int) -> Campaign:
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
