"""Dial lists that are to be done in time, over the hours of a week together.

A list needs so many attempts in the week; hours that bring more may do more. So every time is
planned first as if nothing were asked. Where the sum of attempts is short of the need, the hours
that make least are asked for more, up to a level with which the sum is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from planner.contracts.problem import Campaign, Contract, Problem
from planner.projection.hours.calendar import Spell
from planner.projection.hours.finish import NEVER, end_of_day, running_spells
from planner.studies.week.spans import RunningSet, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HOUR = timedelta(hours=1)
#: Rounding of sums of attempts.
ROUNDING = 1e-9


@dataclass(frozen=True)
class ListNeed:
    """The attempts that a list needs in a week, until the end of its day or of the week."""

    campaign_id: str
    until: datetime  # in UTC
    per_hour: float  # attempts, if all hours make the same
    hours: float  # in which it runs until then

    @property
    def attempts(self) -> float:
        """Attempts in all."""
        return self.per_hour * self.hours

    def counts_in(self, span: Span) -> bool:
        """Whether the attempts of a time of the week count: the list runs, its day is not over."""
        running = {c.campaign_id for c in span.running_set.campaigns}
        return self.campaign_id in running and span.spell.end <= self.until


class WeekList(Contract):
    """A list to be done in time: attempts it needs in the week, and gets by the end of its day.

    ``done`` is when the last of the list is called at the attempts of the plans; None where that is
    not in this week.
    """

    campaign_id: str
    finish_by: date
    attempts_needed: float
    attempts: float
    done: datetime | None


def told_list(
    problem: Problem, need: ListNeed, made: Sequence[tuple[Span, float]], now: datetime
) -> WeekList:
    """What a list gets from the attempts an hour ``made`` in the times in which it runs.

    Times before ``now`` do not count.
    """
    campaign = problem.campaigns[problem.campaign_index[need.campaign_id]]
    left, counted, done = float(campaign.attempts_left or 0), 0.0, None
    for span, rate in made:
        start = max(span.spell.start, now)
        hours = (span.spell.end - start) / _HOUR
        if hours <= 0:
            continue
        if done is None and rate > 0 and left <= rate * hours:
            done = (start + left / rate * _HOUR).astimezone(campaign.zone)
        left -= rate * hours
        counted += rate * hours if need.counts_in(span) else 0.0
    assert campaign.finish_by is not None
    return WeekList(
        campaign_id=need.campaign_id,
        finish_by=campaign.finish_by,
        attempts_needed=need.attempts,
        attempts=counted,
        done=done,
    )


def list_needs(problem: Problem, week: Spell, now: datetime) -> tuple[ListNeed, ...]:
    """What lists with ``finish_by`` need in the rest of a week.

    ``problem`` has the attempts an hour that they need from ``now`` or the beginning of the week
    on. A list whose day is over, or without any hours left, is not among them: all of it is missing
    in every hour. A list that has longer than the week needs its share of hours.
    """
    found = []
    for c in problem.campaigns:
        if c.finish_by is not None and 0 < c.min_attempts_per_hour < NEVER:
            until = end_of_day(c.finish_by, c)
            spells = running_spells(problem, c, max(week.start, now), min(until, week.end))
            hours = sum((s.end - s.start) / _HOUR for s in spells)
            found.append(ListNeed(c.campaign_id, until, c.min_attempts_per_hour, hours))
    return tuple(found)


def asking(
    running_set: RunningSet, names: Iterable[str], levels: Mapping[str, float]
) -> RunningSet:
    """A running set whose lists are asked for these levels of attempts an hour, or for nothing."""
    lists = set(names)

    def asked(c: Campaign) -> Campaign:
        if c.campaign_id not in lists:
            return c
        level = levels.get(c.campaign_id, 0.0)
        kept = {"min_attempts_per_hour": level}
        return c.model_copy(update=kept if level > 0 else kept | {"finish_by": None})

    return replace(running_set, campaigns=tuple(asked(c) for c in running_set.campaigns))


def asked_by_time(
    hours: Sequence[float], made: Sequence[float], most: Sequence[float], needed: float
) -> list[float] | None:
    """The attempts an hour that each time is asked for, so that their sum is just enough.

    Parameters
    ----------
    hours, made, most : of each time: its length [h], the attempts an hour that it makes if nothing
        is asked, and those that it can be asked for at the most
    needed : attempts in all

    Returns
    -------
    One level for all times. Where the sum is enough without being asked for, less where a time
    makes less; else more where it makes more, and less where it cannot be asked for more. None
    where the sum cannot be enough.
    """
    import numpy as np

    length, free, top = np.array(hours), np.array(made), np.array(most)
    if length @ free >= needed:
        highest, least, top = float(free.max()), np.zeros_like(free), free
    else:
        highest, least = needed / float(length.min()), free

    def asked(level: float) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.maximum(np.minimum(level, top), least)
        return found

    if length @ asked(highest) < needed * (1 - ROUNDING):
        return None
    # The sum is straight between the levels at which a time begins or ends to count.
    levels = np.unique([0.0, highest, *least, *top])
    level = float(np.interp(needed, [length @ asked(one) for one in levels], levels))
    return [float(one) for one in asked(level)]
