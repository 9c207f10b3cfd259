"""What a plan says about itself: what limits it, why each line is there, what would help most."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from planner.contracts.answers import PoolUse, Worth
from planner.contracts.problem import Problem
from planner.contracts.result import CampaignTotals, DialerUse, PlanResult, PlanStatus, Progress
from planner.evaluation.reasons import Explanation, explain
from planner.evaluation.worth.held import told_limits
from planner.optimize.infeasible.needed import needed_to_keep_all
from planner.optimize.one_more import OneMore, one_more
from planner.optimize.search_result import SearchResult
from planner.pipeline.planning import Clock


def with_reasons(
    problem: Problem,
    result: PlanResult,
    clock: Clock,
    stop: Callable[[], bool],
    on_progress: Callable[[Progress], None] = lambda _: None,
    *,
    compared: bool = True,
    outcome: SearchResult | None = None,
) -> PlanResult:
    """The result with what binds and the reason of each line.

    ``compared``: also with what one more is worth, what limits cost and what would help most, as
    far as the time limit goes, which counts anew for that;
    ``outcome`` is the search that found the plan, from which those for that go on.
    """
    assert result.plan is not None
    found = explain(problem, result.plan, result.options)
    more = OneMore()
    if compared and result.status is not PlanStatus.RELAXED:
        more = _one_more(problem, result, found, clock, stop, on_progress, outcome)
    update = {
        "campaigns": tuple(
            _with_worth(row, "agent_line", more.of("agent_lines", row.campaign_id))
            for row in result.campaigns
        ),
        "dialers": tuple(
            _with_worth(
                _with_worth(use, "port", more.of("ports", use.dialer_id)),
                "call_per_second",
                more.of("cps", use.dialer_id),
            )
            for use in result.dialers
        ),
        "pools": tuple(
            _with_worth(use, "agent_line", more.of("pool", use.pool)) for use in result.pools
        ),
        "binding": told_limits(problem, found.held, more.tried),
        "helps": more.helps,
        "helps_stopped_early": more.cut_off,
        "why": found.why,
        "stranded": found.stranded,
        "seconds": clock.seconds,
    }
    if result.given_up and not stop():
        update |= needed_to_keep_all(problem, result.options, stop).told()
    return result.model_copy(update=update)


def _one_more(
    problem: Problem,
    result: PlanResult,
    found: Explanation,
    clock: Clock,
    stop: Callable[[], bool],
    on_progress: Callable[[Progress], None],
    outcome: SearchResult | None,
) -> OneMore:
    """What one more of each is worth, and each limit less."""
    if result.value is None or result.plan is None:
        return OneMore()
    plan, value = result.plan, result.value.value_per_hour
    bound = value if result.bound_per_hour is None else result.bound_per_hour
    if result.limits_tightened and outcome is not None and outcome.plan is not None:
        # Best plans by the tables are compared, with the limits as they were asked for.
        plan, value = outcome.plan, outcome.value or value
        bound = max(bound, value)

    def tell(done: int, of: int) -> None:
        on_progress(
            Progress(
                value_per_hour=value,
                bound_per_hour=bound,
                seconds=clock.seconds,
                phase=f"what would help: {done} of {of}",
            )
        )

    return one_more(
        problem,
        result.options,
        plan,
        value,
        bound,
        found,
        stop,
        tell,
        None if outcome is None else outcome.warm,
    )


Told = TypeVar("Told", CampaignTotals, DialerUse, PoolUse)


def _with_worth(row: Told, of: str, worth: Worth | None) -> Told:
    """The row with what one more is worth, as it was where that is not known."""
    if worth is None:
        return row
    name = f"value_of_one_more_{of}"
    ends = {name: worth.value, f"{name}_low": worth.low, f"{name}_high": worth.high}
    return row.model_copy(update=ends)
