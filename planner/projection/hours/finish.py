"""Dial lists that are to be done in time: what they need an hour, and when they will be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from planner.contracts.answers import Finish
from planner.contracts.problem import Campaign, Dialer, Problem
from planner.projection.hours.calendar import Spell, open_spells, with_calendar

_HOUR = timedelta(hours=1)
#: Attempts an hour that no fleet makes: asked where no hours are left, so that all is missing.
NEVER = 1e12
#: How far it is looked ahead for the end of a list.
LOOK_AHEAD = timedelta(days=366)


def with_attempts_needed(problem: Problem, at: datetime) -> Problem:
    """The problem with the attempts an hour that lists with ``finish_by`` need from a moment on.

    The same problem where no campaign has one, or all are known already.
    """
    needs = {
        c.campaign_id: attempts_needed(problem, c, at)
        for c in problem.campaigns
        if c.finish_by is not None and c.min_attempts_per_hour == 0
    }
    changed = {
        c.campaign_id: c.model_copy(update={"min_attempts_per_hour": needs[c.campaign_id]})
        for c in problem.campaigns
        if c.campaign_id in needs
    }
    if not changed:
        return problem
    campaigns = tuple(changed.get(c.campaign_id, c) for c in problem.campaigns)
    return problem.model_copy(update={"campaigns": campaigns})


def end_of_day(day: date, campaign: Campaign) -> datetime:
    """When a day is over on a campaign's clock, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), campaign.zone).astimezone(UTC)


def attempts_needed(problem: Problem, campaign: Campaign, at: datetime) -> float:
    """Attempts an hour that are needed for a list to be done by the end of its day.

    Parameters
    ----------
    problem : whose outages count: times in which all dialers of the campaign are out are no hours
    campaign : with ``finish_by`` and a list; read on the clock of its zone
    at : from when on, with a UTC offset

    Returns
    -------
    Attempts left over the open hours left; 0 for an empty list, :data:`NEVER` without any hours.

    Notes
    -----
    `docs/folder.md`, `finish_by`.
    """
    if campaign.finish_by is None or not campaign.attempts_left:
        return 0.0
    end = end_of_day(campaign.finish_by, campaign)
    hours = sum((s.end - s.start) / _HOUR for s in running_spells(problem, campaign, at, end))
    return campaign.attempts_left / hours if hours > 0 else NEVER


def running_spells(
    problem: Problem, campaign: Campaign, start: datetime, end: datetime
) -> list[Spell]:
    """Times in which a campaign's windows are open and one of its dialers is in service."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    dialers = [d for d in problem.dialers if problem.may_use(campaign, d)]
    if start >= end or not dialers:
        return []
    spells = list(open_spells(with_calendar(campaign), start, end))
    for out in _all_out(problem, dialers, start, end):
        spells = [part for spell in spells for part in _without(spell, out)]
    return spells


def _all_out(
    problem: Problem, dialers: Sequence[Dialer], start: datetime, end: datetime
) -> list[Spell]:
    """Times in which none of the dialers is in service."""
    found = [Spell(start, end)]
    for dialer in dialers:
        own = [Spell(o.start, o.end) for o in problem.outages if o.dialer_id == dialer.dialer_id]
        own.sort()
        apart: list[Spell] = []
        for spell in own:  # outages may overlap
            if apart and spell.start <= apart[-1].end:
                apart[-1] = Spell(apart[-1].start, max(apart[-1].end, spell.end))
            else:
                apart.append(spell)
        found = [
            Spell(max(a.start, b.start), min(a.end, b.end))
            for a in found
            for b in apart
            if a.start < b.end and b.start < a.end
        ]
    return found


def _without(spell: Spell, out: Spell) -> list[Spell]:
    parts = [
        Spell(spell.start, min(spell.end, out.start)),
        Spell(max(spell.start, out.end), spell.end),
    ]
    return [part for part in parts if part.start < part.end]


def finishes(
    problem: Problem, attempts_per_hour: Sequence[float], at: datetime
) -> tuple[Finish, ...]:
    """What each list with ``finish_by`` needs, gets, and when it will be done at that.

    ``attempts_per_hour`` is by campaign, in the problem's order, while it runs.
    """
    return tuple(
        Finish(
            campaign_id=c.campaign_id,
            finish_by=c.finish_by,
            attempts_needed_per_hour=None
            if c.min_attempts_per_hour >= NEVER
            else c.min_attempts_per_hour,
            attempts_per_hour=rate,
            expected=_expected(problem, c, rate, at),
        )
        for c, rate in zip(problem.campaigns, attempts_per_hour, strict=True)
        if c.finish_by is not None
    )


def _expected(problem: Problem, campaign: Campaign, rate: float, at: datetime) -> datetime | None:
    """When the list is done at so many attempts an hour; None if not within a year."""
    if rate <= 0 or campaign.attempts_left is None:
        return None
    hours = campaign.attempts_left / rate
    if hours > LOOK_AHEAD / _HOUR:
        return None
    left = hours * _HOUR
    for spell in running_spells(problem, campaign, at, at + LOOK_AHEAD):
        length = spell.end - spell.start
        if left <= length:
            return (spell.start + left).astimezone(campaign.zone)
        left -= length
    return None
