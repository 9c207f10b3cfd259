"""How long a campaign goes on running on a dialer: until its window, list or dialer ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import Ending, Status
from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.projection.hours.calendar import open_spells
from planner.projection.hours.outages import next_outage
from planner.projection.pairs import Pair

#: Who runs longer than this is taken to run for ever.
LOOK_AHEAD = timedelta(days=15)
#: Rows of these statuses run.
RUNS = (Status.RUNNING, Status.ALL_BUSY)


class Until(NamedTuple):
    """When running ends, infinite for never, and what ends it."""

    seconds: float  # from the moment ``at``
    what: Ending | None
    at: datetime | None

    @property
    def moment(self) -> datetime | None:
        """When that is, on the clock of ``at``; None for never, or beyond all calendars."""
        if self.what is None or self.at is None or self.seconds > LOOK_AHEAD.total_seconds():
            return None
        # Windows and outages end to the microsecond; the end of a list is an estimate.
        digits = 3 if self.what is Ending.LIST else 6
        return self.at + timedelta(seconds=round(self.seconds, digits))


FOR_EVER = Until(float("inf"), None, None)


def window_closes(campaign: Campaign, at: datetime) -> Until:
    """When the window that a campaign is in closes; never where that is weeks away."""
    horizon = at + LOOK_AHEAD
    closes = next(open_spells(campaign, at, horizon)).end  # the others are not looked for
    if closes >= horizon:
        return FOR_EVER
    return Until((closes - at).total_seconds(), Ending.WINDOW, at)


def goes_out(problem: Problem, dialer: Dialer, at: datetime) -> Until:
    """When the next outage of a dialer begins."""
    outage = next_outage(problem, dialer, at)
    if outage is None:
        return FOR_EVER
    return Until((outage - at).total_seconds(), Ending.OUTAGE, at)


def list_ends(
    pairs: Iterable[Pair], attempts_per_hour: Mapping[tuple[str, str], float], at: datetime
) -> dict[str, Until]:
    """When the dial lists end by the rate of attempts of the pairs that run, by campaign id."""
    rates: dict[str, float] = {}
    left: dict[str, int] = {}
    for pair in pairs:
        name, attempts = pair.campaign.campaign_id, pair.campaign.attempts_left
        if attempts is not None and pair.key in attempts_per_hour:
            left[name] = attempts
            rates[name] = rates.get(name, 0.0) + attempts_per_hour[pair.key]
    return {
        name: Until(SECONDS_PER_HOUR * attempts / rates[name], Ending.LIST, at)
        for name, attempts in left.items()
        if rates[name] > 0.0
    }


def sooner(one: Until, other: Until | None) -> Until:
    """Which comes first."""
    return one if other is None or one.seconds <= other.seconds else other
