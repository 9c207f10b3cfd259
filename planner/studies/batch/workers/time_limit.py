"""The time limit of one problem of a batch: all that is done for it, not its search alone."""

from __future__ import annotations

from planner.contracts.result import PlanOptions

#: What the figures of a plan take, mostly [s].
_FIGURES = 2.0


def within_limit(options: PlanOptions) -> PlanOptions:
    """The options of a search that leaves time for checking its bound and for the figures.

    No search has less than half of the limit.
    """
    from planner.pipeline.planning import CHECKING_SHARE

    search = (options.time_limit - _FIGURES) / (1 + CHECKING_SHARE)
    return options.model_copy(update={"time_limit": max(search, options.time_limit / 2)})
