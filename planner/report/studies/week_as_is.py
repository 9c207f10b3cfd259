"""A week with the lines as they are, in words: its hours, and what a plan of it could use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from planner.contracts.problem import Problem
from planner.projection.hours.calendar import has_calendar
from planner.report.studies.week import days_words, hours_words, who_runs
from planner.report.words import amount, share, value_title, value_words
from planner.studies.week.as_is import TimeAsIs

#: Campaigns that are named.
_MOST_NAMED = 6
_TITLES = ("Days", "Hours", "Runs", "Ports used")


def as_is_titles(call: str = "") -> tuple[str, ...]:
    """Titles of :func:`as_is_rows`; ``call`` is that of :func:`as_is_sentence`."""
    return (*_TITLES, value_title(call))


def as_is_sentence(times: Sequence[TimeAsIs], call: str = "") -> str:
    """What the week comes to if nobody moves a line.

    ``call`` is what is counted in place of value (:func:`planner.evaluation.notes.counted_calls`).
    ``If the lines stay as they are all week, they bring a value of 412,345 in the 96 h in which a
    campaign runs, and use 380 of 980 ports (39 %) on average then.``
    """
    at_work = [time for time in times if time.running]
    hours = sum(time.hours for time in at_work)
    if not hours:
        return "No campaign runs in this week: look at its schedules and dates on the Data page."
    used = sum(time.hours * time.ports_used for time in at_work) / hours
    ports = sum(time.hours * time.ports for time in at_work) / hours
    when = (
        "in all hours of the week"
        if len(at_work) == len(times)
        else (f"in the {round(hours, 1):g} h in which a campaign runs")
    )
    part = f" ({share(used / ports)})" if ports else ""
    worth = value_words(value_as_is(times), call)
    return (
        f"If the lines stay as they are all week, they bring {worth} {when}, and use "
        f"{used:,.0f} of {ports:,.0f} ports{part} on average then."
    )


def needs_plan(times: Sequence[TimeAsIs]) -> bool:
    """Whether times of the week may need lines of their own."""
    return len({time.kind for time in times if time.running}) > 1


def unset_sentence(problem: Problem) -> str:
    """Which campaigns have no calendar yet; blank where all have one."""
    names = [c.campaign_id for c in problem.campaigns if not has_calendar(c)]
    if not names:
        return ""
    rest = len(names) - _MOST_NAMED
    who = ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    return (
        f"Without a start date or weekly hours: {who}. They count as open at every hour here, but "
        "do not run until these are set."
    )


def value_as_is(times: Sequence[TimeAsIs]) -> float:
    """What the lines bring in all of the times together."""
    return sum(time.hours * time.value_per_hour for time in times)


def as_is_rows(times: Sequence[TimeAsIs], zone: ZoneInfo) -> list[tuple[str, ...]]:
    """A row of :func:`as_is_titles` for the same hours of several days."""
    if len(times) == 1 and times[0].running:
        return [("Mon-Sun", "all hours", *_row(times[0]))]
    days: dict[tuple[str, ...], list[date]] = {}
    for time in times:
        if time.running:
            row = (hours_words(time.start, time.end, zone), *_row(time))
            days.setdefault(row, []).append(time.start.astimezone(zone).date())
    return [(days_words(found), *row) for row, found in days.items()]


def _row(time: TimeAsIs) -> tuple[str, ...]:
    return (
        who_runs(time.running, time.idle, time.dialers_out),
        f"{time.ports_used:,} of {time.ports:,}",
        amount(time.value_per_hour),
    )
