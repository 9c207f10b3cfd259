"""Keeps the calls of each campaign on each dialer by day, for what was seen there."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from planner.calibration.attempts import Attempts, Floats
from planner.calibration.clock import day_of, local_seconds
from planner.calibration.tallies import Tallies
from planner.contracts.problem import Problem


class PairDay(NamedTuple):
    """A day of a campaign on a dialer."""

    campaign: str
    dialer: str
    day: int


class Calls(NamedTuple):
    """Calls of one day there, in the order of their launches; NaN for what did not happen."""

    launched: Floats
    ended: Floats
    requested: Floats
    connected: Floats
    released: Floats


class DayCollector:
    """Takes in attempts piece by piece.

    Parameters
    ----------
    problem : whose campaigns' time zones cut the days
    timezone : of the others
    """

    def __init__(self, problem: Problem | None = None, timezone: str | None = None) -> None:
        campaigns = problem.campaigns if problem is not None else ()
        self.problem = problem
        self.zones = {campaign.campaign_id: campaign.zone for campaign in campaigns}
        self.zone = ZoneInfo(timezone or "UTC")
        self.tallies = Tallies(self.zones, self.zone)
        self._parts: dict[PairDay, list[Calls]] = {}

    def add(self, attempts: Attempts) -> None:
        """Take in a piece of a log."""
        self.tallies.add(attempts)
        pairs = attempts.campaign * len(attempts.dialers) + attempts.dialer
        for pair in np.unique(pairs).tolist():
            rows = np.flatnonzero(pairs == pair)
            part = attempts.where(rows)
            campaign, dialer = divmod(pair, len(attempts.dialers))
            name = attempts.campaigns[campaign]
            days = day_of(local_seconds(part.launched, self.zones.get(name, self.zone)))
            columns = Calls(
                part.launched, part.ended, part.requested, part.connected, part.released
            )
            for day in np.unique(days).tolist():
                key = PairDay(name, attempts.dialers[dialer], day)
                mine = days == day
                self._parts.setdefault(key, []).append(Calls(*(c[mine] for c in columns)))

    def calls(self) -> dict[PairDay, Calls]:
        """All calls by campaign, dialer and day, sorted."""
        found = {}
        for key in sorted(self._parts):
            columns = [np.concatenate(parts) for parts in zip(*self._parts[key], strict=True)]
            order = np.argsort(columns[0], kind="stable")
            found[key] = Calls(*(column[order] for column in columns))
        return found
