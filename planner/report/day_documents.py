"""The plans of a week as JSON, and as CSV with the interval in each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planner.contracts.result import AssignmentFigures
from planner.report.documents import plan_document, to_json
from planner.studies.week import IntervalPlan, WeekPlan
from planner.studies.week_spans import Idle, Moment
from planner.tables.folder import projection_table
from planner.tables.writing import write_csv, write_text
from planner.version import __version__

#: What comes first in each row of the tables of a week.
INTERVAL_COLUMNS = ("interval", "from", "to")
LINE_COLUMNS = ("campaign_id", "dialer_id", "dial_lines", "agent_lines", "locked")


def week_document(week: WeekPlan) -> dict[str, Any]:
    """The plans of a week as plain data; ``plan`` of an interval is a place in ``plans``.

    Values of ``totals`` are sums over the hours that have a plan, those of ``plans`` per hour.
    Times are ISO 8601 with their UTC offset; only ``seconds`` vary between runs.
    """
    zone = ZoneInfo(week.timezone)
    return {
        "status": week.status.value,
        "week": week.monday.isoformat(),
        "timezone": week.timezone,
        "totals": week.totals().model_dump(),
        "intervals": [_interval(week, interval, zone) for interval in week.intervals],
        "plans": [
            plan_document(result, problem)
            for result, problem in zip(week.plans, week.problems, strict=True)
        ],
        "options": week.options.model_dump(exclude={"seed"}),
        "seed": week.options.seed,
        "version": __version__,
    }


def moment_document(moment: Moment) -> dict[str, Any]:
    """What a plan of one moment adds to a plan's document."""
    return {
        "at": moment.at.isoformat(),
        "timezone": moment.timezone,
        "idle": _idle_rows(moment.idle),
    }


def write_week(folder: Path, week: WeekPlan) -> None:
    """Write day.csv (lines), projection.csv (figures) and plan.json.

    Lines of many intervals are no ``assignments.csv``: read as one, each interval would replace
    the one before.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    write_csv(folder / "day.csv", [*INTERVAL_COLUMNS, *LINE_COLUMNS], _line_rows(week))
    figures = list(_figures(week))
    columns, rows = projection_table([item for _, item in figures])
    places = [place for place, _ in figures]
    write_csv(
        folder / "projection.csv",
        [*INTERVAL_COLUMNS, *columns],
        ([*place, *row] for place, row in zip(places, rows, strict=True)),
    )
    write_text(folder / "plan.json", to_json(week_document(week)))


def _interval(week: WeekPlan, interval: IntervalPlan, zone: ZoneInfo) -> dict[str, Any]:
    result = week.result_of(interval)
    value = result and result.value
    number, start, end = _place(interval, zone)
    return {
        "interval": number,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "hours": interval.hours,
        "plan": interval.plan,
        "status": result and result.status.value,
        "value_per_hour": value and value.value_per_hour,
        "bound_per_hour": result and result.bound_per_hour,
        "gap": result and result.gap,
        "lines_moved": interval.lines_moved,
        "lines_added": interval.lines_added,
        "running": list(interval.running),
        "idle": _idle_rows(interval.idle),
        "dialers_out": list(interval.dialers_out),
    }


def _idle_rows(idle: Iterable[Idle]) -> list[dict[str, str]]:
    return [{"campaign_id": item.campaign_id, "why": item.why.value} for item in idle]


def _place(interval: IntervalPlan, zone: ZoneInfo) -> tuple[int, datetime, datetime]:
    return interval.interval, interval.start.astimezone(zone), interval.end.astimezone(zone)


def _line_rows(week: WeekPlan) -> Iterator[list[object]]:
    zone = ZoneInfo(week.timezone)
    for interval in week.intervals:
        result = week.result_of(interval)
        if result is not None and result.plan is not None:
            for item in result.plan.assignments:
                yield [*_place(interval, zone), *(getattr(item, name) for name in LINE_COLUMNS)]


def _figures(
    week: WeekPlan,
) -> Iterator[tuple[tuple[int, datetime, datetime], AssignmentFigures]]:
    zone = ZoneInfo(week.timezone)
    for interval in week.intervals:
        result = week.result_of(interval)
        for item in result.figures if result is not None else ():
            yield _place(interval, zone), item
