"""The plans of a week as text: a table of its intervals, then the lines of each plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planner.contracts.result import (
    GIVEN_UP_COLUMNS,
    AssignmentFigures,
    PlanResult,
    PlanStatus,
    relative_gap,
)
from planner.contracts.values.told import share_at_most
from planner.report.documents import to_json
from planner.report.plans.given_up import given_up_sentences, left_out_sentences
from planner.report.plans.plan import conflict_lines, lines_table, nearest_lines
from planner.report.plans.plan_document import plan_document
from planner.report.text_layout import NOTHING, bullets, pairs, section, table, wrapped
from planner.report.words import STOPPED_EARLY, aim_parts, amount, share, value_noun, value_title
from planner.studies.week.spans import Idle, Moment
from planner.studies.week.week import IntervalPlan, WeekPlan, WeekTotals
from planner.tables.folder_writing import projection_table
from planner.tables.writing import write_csv, write_text
from planner.version import __version__

#: More names than this in one cell are counted, not listed.
MOST_NAMES = 6
_WITHOUT_PLAN = {
    PlanStatus.INFEASIBLE: "infeasible",
    PlanStatus.NO_PLAN: "not planned",
}


def week_text(week: WeekPlan, call: str = "", *, why: bool = False) -> str:
    """The week at a glance, its intervals, what conflicts, and the lines of each plan.

    ``call`` is what is counted in place of value (:func:`planner.evaluation.notes.counted_calls`).
    With ``why`` each plan tells as well what it cannot use, and the reason of each assignment.
    """
    lines = [
        *wrapped(_title(week), ""),
        *(wrapped(STOPPED_EARLY, "") if any(p.stopped_early for p in week.plans) else []),
        *section("In the week", pairs(total_pairs(week, week.totals(), call))),
        *section("Given up", bullets(_given_up(week))),
        *section("Done in time", bullets(list_sentences(week, call))),
        *section("Intervals", _intervals(week, call)),
    ]
    for place, result in enumerate(week.plans):
        lines += section(f"Plan {place + 1}: {_times(week, place)}", _plan(result, why))
    return "\n".join(lines) + "\n"


def moment_text(moment: Moment) -> str:
    """For which moment a plan is, and who cannot run then; above the plan itself."""
    lines = [
        *wrapped(f"For {moment.at:%a %Y-%m-%d} {_clock(moment.at)} ({moment.timezone})", ""),
        *section("Cannot run then", bullets(f"{i.campaign_id}: {i.why}." for i in moment.idle)),
    ]
    return "\n".join([*lines, "", ""])


def _title(week: WeekPlan) -> str:
    plans, times = len(week.plans), sum(i.plan is not None for i in week.intervals)
    count = f"{plans} {_plural('plan', plans)} for {times} {_plural('interval', times)}"
    return f"Week of Mon {week.monday}, times of {week.timezone}: {count}."


def total_pairs(week: WeekPlan, totals: WeekTotals, call: str = "") -> list[tuple[str, str]]:
    """What the week comes to: names and words.

    ``call`` is what is counted in place of value (:func:`planner.evaluation.notes.counted_calls`).
    """
    hours = f"{totals.hours_planned:g} h"
    if totals.hours_relaxed:
        hours += f"; in {totals.hours_relaxed:g} h of them something is given up"
    if totals.hours_without_plan:
        hours += f"; {totals.hours_without_plan:g} h have no plan"
    if totals.hours_idle:
        hours += f"; in {totals.hours_idle:g} h no campaign can run"
    rows = [("Planned", hours)]
    if totals.hours_planned:
        rows += _values(week, totals, call)
    return rows


def _values(week: WeekPlan, totals: WeekTotals, call: str) -> list[tuple[str, str]]:
    mean = amount(totals.throughput_value / totals.hours_planned)
    title = f"{value_noun(call).capitalize()} in the week"
    rows = [(title, f"{amount(totals.throughput_value)} ({mean} an hour planned)")]
    weight = week.options.redundancy
    if weight:
        rows.append(("Aim", f"{amount(totals.value)}: {aim_parts(weight, call)}"))
    of_what = "of the aim" if weight else f"{'' if call else 'of '}{value_noun(call)}"
    bound = f"at most {amount(totals.bound)} {of_what}, gap {share_at_most(totals.gap)}"
    left = f"{amount(totals.surviving_value)} if the worst failure lasted all these hours"
    rows += [("Best possible", bound), ("Worst failure", left)]
    if any(i.lines_moved is not None for i in week.intervals):
        moved = f"{totals.lines_moved:,} taken from campaigns that go on"
        rows.append(("Lines moved", f"{moved}, {totals.lines_added:,} added"))
    kept = kept_sentence(week, totals, call)
    return [*rows, ("Lines kept", kept)] if kept else rows


def kept_sentence(week: WeekPlan, totals: WeekTotals, call: str = "") -> str:
    """What keeping lines from time to time saves and costs; blank where moves have no price.

    ``2,737 instead of 16,308 lines moved, for 0.26 % of the value``
    """
    freely, moved = week.value_if_lines_move, week.lines_moved_if_they_move
    if freely is None or moved is None or not totals.hours_planned:
        return ""
    of_what = "the aim" if week.options.redundancy else f"the {value_noun(call)}"
    costs = share(kept_cost(week, totals))
    return f"{totals.lines_moved:,} instead of {moved:,} lines moved, for {costs} of {of_what}"


def kept_cost(week: WeekPlan, totals: WeekTotals) -> float:
    """Share of its worth if lines move wherever that gains that a week does not have."""
    freely = week.value_if_lines_move
    return 0.0 if freely is None else max(freely - totals.value, 0.0) / max(abs(freely), 1e-6)


def _given_up(week: WeekPlan) -> Iterator[str]:
    """Which hours give up what, in time order."""
    for place, result in enumerate(week.plans):
        for told in given_up_sentences(result.given_up):
            yield f"{_times(week, place)}: {told}"


def list_sentences(week: WeekPlan, call: str = "") -> Iterator[str]:
    """What lists that are to be done in time need in the week, and get."""
    after = "the value counts its hours after that as well"
    if call:
        after = f"the {value_noun(call)} of its hours after that count as well"
    for item in week.lists:
        done = "not in this week" if item.done is None else f"about {item.done:%a %Y-%m-%d %H:%M}"
        yield (
            f"{item.campaign_id} is to be done by the end of {item.finish_by}: it needs "
            f"{item.attempts_needed:,.0f} attempts in this week until then, the plans make "
            f"{item.attempts:,.0f} (all its hours together count); done: {done}"
            f"{f'; {after}' if item.done else ''}."
        )


def _intervals(week: WeekPlan, call: str) -> list[str]:
    """One row for the same hours of several days, where plan and lines moved are the same."""
    zone = ZoneInfo(week.timezone)
    days: dict[tuple[str, ...], list[date]] = {}
    for interval in week.intervals:
        if interval.running:
            row = (hours_words(interval.start, interval.end, zone), *_row(week, interval))
            days.setdefault(row, []).append(interval.start.astimezone(zone).date())
    titles = ["Days", "Hours", ">Plan", f">{value_title(call)}", ">Gap", ">Moved", "Runs"]
    rows = [(days_words(found), *row) for row, found in days.items()]
    return table(titles, rows) if rows else []


def _row(week: WeekPlan, interval: IntervalPlan) -> list[str]:
    result = week.result_of(interval)
    value = result and result.value
    gap = _gap(week, interval)
    shown = _WITHOUT_PLAN.get(result.status, NOTHING) if result and value is None else NOTHING
    return [
        NOTHING if interval.plan is None else str(interval.plan + 1),
        amount(value.value_per_hour + value.move_cost_per_hour) if value else shown,
        NOTHING if gap is None else share_at_most(gap),
        NOTHING if interval.lines_moved is None else f"{interval.lines_moved:,}",
        who_runs(
            interval.running,
            [item.campaign_id for item in interval.idle],
            interval.dialers_out,
        ),
    ]


def _gap(week: WeekPlan, interval: IntervalPlan) -> float | None:
    """How far a plan is from the bound on its hours at the most."""
    result, bound = week.result_of(interval), interval.bound_per_hour
    if result is None or bound is None or result.value is None:
        return None if result is None else result.gap
    return relative_gap(result.value.value_per_hour, bound)


def who_runs(running: Sequence[str], idle: Sequence[str], out: Sequence[str]) -> str:
    """Who runs, or who does not where that is shorter; which dialers are out."""
    if not idle:
        text = "all campaigns"
    elif len(running) <= MOST_NAMES:
        text = ", ".join(running)
    else:
        text = f"{len(running)} of {len(running) + len(idle)} campaigns"
        if len(idle) <= MOST_NAMES:
            text += f", without {', '.join(idle)}"
    if out:
        text += f"; out of service: {_listed(out)}"
    return text


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"


def _times(week: WeekPlan, place: int) -> str:
    """When a plan holds: ``Mon-Fri 09:00-12:00; Sat 10:00-16:00``, equal hours together."""
    zone = ZoneInfo(week.timezone)
    days: dict[str, list[date]] = {}
    for interval in week.intervals:
        if interval.plan == place:
            days.setdefault(hours_words(interval.start, interval.end, zone), []).append(
                interval.start.astimezone(zone).date()
            )
    return "; ".join(f"{days_words(found)} {hours}" for hours, found in days.items())


def days_words(days: Sequence[date]) -> str:
    """``Mon-Fri``, ``Mon, Wed``: runs of three days or more are joined."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        names = [f"{day:%a}" for day in run]
        parts += [f"{names[0]}-{names[-1]}"] if len(names) > 2 else names
    return ", ".join(parts)


def hours_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """``09:00-12:00``; the day of the end where it is another one."""
    start, end = start.astimezone(zone), end.astimezone(zone)
    if end.date() == start.date():
        return f"{_clock(start)}-{_clock(end)}"
    if end.date() == start.date() + timedelta(days=1) and f"{end:%H:%M}" == "00:00":
        return f"{_clock(start)}-24:00"
    return f"{_clock(start)}-{end:%a} {_clock(end)}"


def _clock(moment: datetime) -> str:
    """``09:00``; with its offset where the clock shows it twice: ``01:30 (UTC-04:00)``."""
    other = moment.replace(fold=1 - moment.fold)
    if moment.utcoffset() == other.utcoffset():
        return f"{moment:%H:%M}"
    offset = f"{moment:%z}"
    return f"{moment:%H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def _plan(result: PlanResult, why: bool) -> list[str]:
    if result.plan is not None:
        reasons = [*(s.words for s in result.stranded), *(r.words for r in result.why)]
        told = [*given_up_sentences(result.given_up), *left_out_sentences(result.left_out)]
        return [*bullets(told), *lines_table(result), *bullets(reasons if why else [])]
    if result.status is PlanStatus.INFEASIBLE:
        return [
            "  No plan meets all requirements.",
            *nearest_lines(result),
            *conflict_lines(result),
        ]
    return ["  Stopped before any plan was found."]


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


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
        "value_if_lines_move": week.value_if_lines_move,
        "lines_moved_if_they_move": week.lines_moved_if_they_move,
        "lists": [item.model_dump(mode="json") for item in week.lists],
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
    """Write day.csv (lines), projection.csv (figures), given_up.csv and plan.json.

    There is no given_up.csv where no interval gives anything up.

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
    given_up = list(_given_up_rows(week))
    if given_up:
        write_csv(folder / "given_up.csv", [*INTERVAL_COLUMNS, *GIVEN_UP_COLUMNS], given_up)
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
        "bound_per_hour": week.bound_of(interval),
        "gap": _gap(week, interval),
        "lines_moved": interval.lines_moved,
        "lines_added": interval.lines_added,
        "running": list(interval.running),
        "idle": _idle_rows(interval.idle),
        "dialers_out": list(interval.dialers_out),
        "given_up": [item.model_dump(mode="json") for item in result.given_up] if result else [],
        "left_out": [item.model_dump(mode="json") for item in result.left_out] if result else [],
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


def _given_up_rows(week: WeekPlan) -> Iterator[list[object]]:
    zone = ZoneInfo(week.timezone)
    for interval in week.intervals:
        result = week.result_of(interval)
        for item in result.given_up if result is not None else ():
            yield [*_place(interval, zone), *(getattr(item, name) for name in GIVEN_UP_COLUMNS)]


def _figures(
    week: WeekPlan,
) -> Iterator[tuple[tuple[int, datetime, datetime], AssignmentFigures]]:
    zone = ZoneInfo(week.timezone)
    for interval in week.intervals:
        result = week.result_of(interval)
        for item in result.figures if result is not None else ():
            yield _place(interval, zone), item
