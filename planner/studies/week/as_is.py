"""A week with the lines as they are: what runs when, and what nobody uses meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.projection.hours.calendar import Spell
from planner.studies.week.spans import RunningSet, among_running, spans


@dataclass(frozen=True)
class TimeAsIs:
    """A time in which the same campaigns run, and their lines; moments in UTC.

    ``kind`` is the same number where the same campaigns run with the same figures; ``lines``
    are those that can run, ``value_per_hour`` is what they bring by the planning tables.
    """

    kind: int
    start: datetime
    end: datetime
    running: tuple[str, ...]
    idle: tuple[str, ...]
    dialers_out: tuple[str, ...]
    lines: LinePlan
    value_per_hour: float
    ports_used: int
    ports: int

    @property
    def hours(self) -> float:
        """Length [h]."""
        return (self.end - self.start) / timedelta(hours=1)


def week_as_is(problem: Problem, week: Spell) -> tuple[TimeAsIs, ...]:
    """Follow a problem's lines through a week, nobody moving one.

    Parameters
    ----------
    problem : its schedules, dates, hourly figures and outages decide, as for a plan of the week
    week : in UTC

    Returns
    -------
    The times in order, without gaps.
    """
    known: list[tuple[RunningSet, LinePlan, float, int]] = []
    found = []
    for span in spans(problem, week):
        here = span.running_set
        same = next((item for item in known if item[0] == here), None)
        if same is None:
            same = here, *_worth(among_running(problem, here))
            known.append(same)
        _, lines, value, ports_used = same
        kind = next(place for place, item in enumerate(known) if item is same)
        up = [dialer for dialer in here.dialers if dialer.in_service]
        found.append(
            TimeAsIs(
                kind=kind,
                start=span.spell.start,
                end=span.spell.end,
                running=tuple(campaign.campaign_id for campaign in here.campaigns),
                idle=tuple(item.campaign_id for item in span.idle),
                dialers_out=tuple(d.dialer_id for d in here.dialers if not d.in_service),
                lines=lines,
                value_per_hour=value,
                ports_used=ports_used,
                ports=sum(dialer.ports for dialer in up),
            )
        )
    return tuple(found)


def _worth(problem: Problem) -> tuple[LinePlan, float, int]:
    """The lines that can run, what they bring in an hour, and how many ports they take."""
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.running.runnable import runnable_lines

    if not problem.campaigns or not problem.assignments:
        return LinePlan(assignments=()), 0.0, 0
    lines = runnable_lines(problem).plan
    found = evaluate(problem, lines, 0.0)
    value = found.value.throughput_value_per_hour
    return lines, value, sum(use.ports_used for use in found.dialers)
