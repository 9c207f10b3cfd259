"""Which limit the lines come closest to, in words: what to look at before more is typed."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from planner.app.editing.assessment import Assessment
from planner.contracts.values.told import amount_beside, share_beside, share_set

_NONE = "No limit is set on abandoned calls, on calls a second, or on what must survive a failure."


def nearest_sentence(view: Assessment) -> str:
    """The closest of abandon rates, calls a second and what survives, or that none is limited."""
    found = max(_taken(view), key=itemgetter(0), default=None)  # the first of equals
    if found is None:
        return _NONE
    return f"Closest to its limit, of abandon rates, calls a second and survival: {found[1]}."


def _taken(view: Assessment) -> Iterator[tuple[float, str]]:
    """How much of each limit is taken, 1 where it is reached, and the words for it."""
    problem = view.edited.baseline
    totals = {c.campaign_id: c for c in view.evaluation.campaigns}
    for campaign in problem.campaigns:
        name, now = campaign.campaign_id, totals[campaign.campaign_id]
        most, least = campaign.max_abandon_rate, campaign.survivable_share
        if most and now.abandon_rate is not None:
            rate = share_beside(now.abandon_rate, most)
            words = f"{name}, {rate} abandoned of at most {share_set(most)}"
            yield now.abandon_rate / most, words
        if least and now.surviving_share:
            left = share_beside(now.surviving_share, least)
            words = f"{name}, {left} survive where {share_set(least)} must"
            yield least / now.surviving_share, words
    use = {d.dialer_id: d for d in view.evaluation.dialers}
    for dialer in problem.dialers:
        if dialer.cps and dialer.in_service:
            speed = use[dialer.dialer_id].attempts_per_second
            told = f"{amount_beside(speed, dialer.cps)} of {dialer.cps:g}"
            yield speed / dialer.cps, f"{dialer.dialer_id}, {told} calls a second"
