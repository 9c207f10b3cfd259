"""The moment that --interval names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from planner.cli.arguments import WeeklyHour
from planner.contracts.problem import Problem
from planner.studies.week.spans import Moment, at_moment, coming_monday, week_of, weekly_moment


def moment_named(
    problem: Problem,
    hour: WeeklyHour | str,
    *,
    at: datetime | None = None,
    week: date | None = None,
) -> Moment:
    """When it is, on the clock of most campaigns or of the zone named, and who cannot run then.

    Parameters
    ----------
    problem : whose campaigns have the clocks
    hour : ``now``, or a weekday and time
    at : what is now; None: this very moment
    week : any day of the week of that hour; None: the coming Monday's
    """
    zone = problem.common_zone
    if not isinstance(hour, WeeklyHour):
        moment = at or datetime.now(UTC)
    else:
        monday = week_of(week) if week else coming_monday(datetime.now(UTC).date())
        zone = ZoneInfo(hour.zone) if hour.zone else zone
        moment = weekly_moment(monday, hour.day, hour.minute, zone)
    return Moment(moment.astimezone(zone), zone.key, at_moment(problem, moment)[1])
