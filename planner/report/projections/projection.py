"""A projection as text: what happens next, the figures, and a timeline of statuses."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from planner.contracts.problem import Problem
from planner.contracts.projected import Completion, Projection, TimelineStep
from planner.contracts.result import AssignmentFigures, Ending, Engine, Status
from planner.contracts.values.told import share_in_table
from planner.report.documents import assignment_row
from planner.report.projections.days import day_lines
from planner.report.projections.joint import (
    joint_document,
    joint_sentences,
    joint_table,
    step_document,
    write_joint_files,
)
from planner.report.text_layout import NOTHING, WIDTH, Row, bullets, clean, section, table, wrapped
from planner.report.words import (
    all_agent_lines,
    amount,
    duration,
    expected_pauses,
    share,
    to_minute,
)
from planner.tables.folder_writing import write_projection
from planner.tables.writing import write_csv
from planner.version import __version__

#: What a moment of the timeline is told by; dialing is told by tenths of the time paused.
LETTERS = {
    Status.SCHEDULED: "s",
    Status.COMPLETED: "c",
    Status.STOPPED: "x",
    Status.BY_ADMIN: "a",
    Status.BY_DIALER: "d",
    Status.UNSCHEDULED: "u",
}
_SLOTS, _MARKS = 48, 8
#: More lines than this are counted; the files of --out hold them all.
_MOST_SENTENCES = 60
#: Below this chance to be all busy within the hour, no time is promised.
_SELDOM = 0.05
#: Below this chance before the end of running, a pause is called unlikely.
_UNLIKELY = 0.2
_HOUR, _WEEK = timedelta(hours=1), timedelta(days=6)
_DIALING = (Status.RUNNING, Status.ALL_BUSY)


def projection_text(projection: Projection) -> str:
    """What happens next, then figures, first passages, timeline, dial lists and notes."""
    when = projection.at.isoformat(sep=" ", timespec="minutes")
    lines = [
        f"Projection from {when} over {projection.hours:g} h",
        *section("What happens next", _next(projection)),
        *section("While running", _figures(projection.assignments)),
        *section("All dialers of a campaign together", _joint(projection)),
        *section("Until all agent lines are busy", _passage(projection.assignments, projection.at)),
        *section("From day to day", day_lines(projection.assignments)),
        *section("Timeline", _timeline(projection)),
        *section("Dial lists", _completion(projection.completion)),
        *section("Notes", bullets(projection.notes)),
    ]
    return "\n".join(lines) + "\n"


def next_sentences(projection: Projection) -> list[str]:
    """One sentence per campaign and dialer, those whose agent lines are busy first, first."""

    def urgency(figures: AssignmentFigures) -> tuple[bool, float]:
        soon = figures.seconds_to_all_busy_p50
        return figures.status not in _DIALING, float("inf") if soon is None else soon

    rows = sorted(projection.assignments, key=urgency)
    return [next_sentence(figures, projection.at) for figures in rows]


def next_sentence(figures: AssignmentFigures, at: datetime | None = None) -> str:
    """What a manager will see next on the dialer, at a moment.

    ``D1 / Solar: all 5 agent lines busy in about 3.2 min (90 % within 5.7 min); then paused 40 %
    of the time.`` Where running ends within the hour, that comes first: ``D1 / Solar: dials until
    the list ends at about 09:14; a pause before that is unlikely: 3 %.``
    """
    who = f"{figures.dialer_id} / {figures.campaign_id}"
    ends = None if at is None else _ends_soon(figures, at)
    expected = _expected(figures) if ends is None else _until(figures, ends)
    if figures.status in _DIALING:
        return f"{who}: {expected}."
    now = f"{figures.status}. {figures.reason}".strip()
    return f"{who}: {now}" + (f" When running: {expected}." if expected != "no figures" else "")


def list_sentences(projection: Projection, problem: Problem) -> list[str]:
    """How much is left of each dial list that the projection does not see done.

    ``Broadband: 120,000 attempts are left, about 26 hours of dialing at these rates.``
    """
    open_end = {done.campaign_id for done in projection.completion if done.p05 is None}
    told = []
    for campaign in problem.campaigns:
        name, left = campaign.campaign_id, campaign.attempts_left
        if name not in open_end or left is None:
            continue
        rate = sum(
            f.attempts_per_hour or 0.0 for f in projection.assignments if f.campaign_id == name
        )
        hours = ""
        if rate:
            needed = left / rate
            words = f"{needed:,.0f}" if needed >= 10 else f"{needed:.1f}"
            hours = f", about {words} hours of dialing at these rates"
        told.append(f"{name}: {left:,} attempts are left{hours}.")
    return told


def _ends_soon(figures: AssignmentFigures, at: datetime) -> str | None:
    """What ends the running within the hour, and when; None where nothing does."""
    ends, what = figures.runs_until, figures.ends_with
    if ends is None or what is None or ends - at > _HOUR or figures.p_all_busy_60min is None:
        return None
    clock = f"{to_minute(ends):%H:%M}"
    return {
        Ending.WINDOW: f"until its window closes at {clock}",
        Ending.OUTAGE: f"until {figures.dialer_id} goes out of service at {clock}",
        Ending.LIST: f"until the list ends at about {clock}",
    }[what]


def _until(figures: AssignmentFigures, ends: str) -> str:
    """What is expected of a row whose running ends within the hour."""
    chance = figures.p_all_busy_60min or 0.0
    lines = all_agent_lines(figures)
    if figures.status is Status.ALL_BUSY:
        return f"{lines} busy now; dials and pauses {ends}"
    if chance < _UNLIKELY:
        return f"dials {ends}; a pause before that is unlikely: {share(chance)}"
    return f"dials {ends}; {lines} busy before that in {share(chance)} of cases"


def _expected(figures: AssignmentFigures) -> str:
    within = figures.p_all_busy_60min
    if within is None or figures.all_busy_share is None:
        return expected_pauses(figures)
    lines = all_agent_lines(figures)
    paused = f"paused {share(figures.all_busy_share)} of the time"
    if figures.status is Status.ALL_BUSY:
        return f"{lines} busy now; {paused}"
    about = figures.seconds_to_all_busy_mean or figures.seconds_to_all_busy_p50
    if within < _SELDOM or about is None:
        return f"{lines} busy within the hour in {share(within)} of cases; {paused}"
    latest = figures.seconds_to_all_busy_p90
    most = f" (90 % within {duration(latest)})" if latest is not None else ""
    return f"{lines} busy in about {duration(about)}{most}; then {paused}"


def _next(projection: Projection) -> list[str]:
    sentences = next_sentences(projection)
    if not sentences:
        return ["  No lines are assigned."]
    rest = len(sentences) - _MOST_SENTENCES
    told = [line for text in sentences[:_MOST_SENTENCES] for line in wrapped(text, "  ")]
    return told + ([f"  and {rest} more: see the files of --out"] if rest > 0 else [])


def _figures(figures: Sequence[AssignmentFigures]) -> list[str]:
    rows: list[str | list[str]] = []
    for campaign_id in dict.fromkeys(f.campaign_id for f in figures):
        rows.append(campaign_id)
        rows += [_figure_row(f) for f in figures if f.campaign_id == campaign_id]
    titles = [
        ">Dial",
        ">Agent",
        ">Calls an hour",
        ">Abandon rate",
        ">Paused",
        ">Pauses an hour",
        ">Of",
    ]
    return table(["Dialer", *titles, "Made by"], rows) if rows else []


def _joint(projection: Projection) -> list[str]:
    """How many dialers of a campaign pause at once, of campaigns on several of them."""
    sentences = joint_sentences(projection)
    told = [line for text in sentences[:_MOST_SENTENCES] for line in wrapped(text, "  ")]
    return [*told, *joint_table(projection.campaigns_joint)]


def _figure_row(figures: AssignmentFigures) -> list[str]:
    return [
        figures.dialer_id,
        str(figures.dial_lines),
        str(figures.agent_lines),
        _told(figures.handled_per_hour, amount),
        _told(figures.abandon_rate, share_in_table),
        _told(figures.all_busy_share, share_in_table),
        _told(figures.pauses_per_hour, amount),
        _told(figures.mean_pause_seconds, duration),
        "simulation" if figures.engine is Engine.SIMULATE else "formula",
    ]


def _passage(figures: Sequence[AssignmentFigures], at: datetime) -> list[str]:
    """Time until all agent lines are busy; empty when no campaign transfers calls."""
    shown = [
        f
        for f in figures
        if f.p_all_busy_60min is not None or f.seconds_to_all_busy_mean is not None
    ]
    rows: list[Row] = []
    for campaign_id, found in groupby(shown, attrgetter("campaign_id")):
        rows += [campaign_id, *(_passage_row(f, at) for f in found)]
    titles = [">Mean", ">Half within", ">90 % within", ">In 5 min", ">In 15 min", ">In 60 min"]
    return table(["Dialer", *titles, ">Runs until"], rows) if rows else []


def _passage_row(f: AssignmentFigures, at: datetime) -> list[str]:
    return [
        f.dialer_id,
        _told(f.seconds_to_all_busy_mean, duration),
        _told(f.seconds_to_all_busy_p50, duration),
        _told(f.seconds_to_all_busy_p90, duration),
        _told(f.p_all_busy_5min, share_in_table),
        _told(f.p_all_busy_15min, share_in_table),
        _told(f.p_all_busy_60min, share_in_table),
        _told_end(f.runs_until, at),
    ]


def _told_end(ends: datetime | None, at: datetime) -> str:
    """When running ends, with the day where that is another one."""
    if ends is None:
        return NOTHING
    ends = to_minute(ends)
    if ends.date() == at.date():
        return f"{ends:%H:%M}"
    return f"{ends:%a %H:%M}" if ends - at < _WEEK else f"{ends:%a %d %b %H:%M}"


def _timeline(projection: Projection) -> list[str]:
    """One letter per slot of the horizon and row; a legend of those that occur."""
    if not projection.timeline:
        return []
    by_pair: dict[tuple[str, str], list[TimelineStep]] = {}
    for step in projection.timeline:
        by_pair.setdefault((step.dialer_id, step.campaign_id), []).append(step)
    names = {pair: clean(" / ".join(pair)) for pair in by_pair}
    width = min(max(len(name) for name in names.values()), WIDTH - _SLOTS - 4)
    start = projection.timeline[0].start
    slot = max(step.end for step in projection.timeline) - start
    moments = [start + slot * ((number + 0.5) / _SLOTS) for number in range(_SLOTS)]
    rows = {pair: "".join(_letters(steps, moments)) for pair, steps in by_pair.items()}
    used = set("".join(rows.values()))
    legend = [f"{letter} {status}" for status, letter in LETTERS.items() if letter in used]
    if used & set("0123456789"):
        legend.insert(0, "0-9 dialing, paused so many tenths of the time")
    clocks = [start + slot * (number / _MARKS) for number in range(_MARKS)]
    marks = "".join(f"{clock:%H:%M}".ljust(_SLOTS // _MARKS) for clock in clocks)
    told = [f"  {''.ljust(width)}  {marks}".rstrip()]
    for pair, row in rows.items():
        *above, last = textwrap.wrap(names[pair], width)
        told += [f"  {part}" for part in above]
        told.append(f"  {last.ljust(width)}  {row}")
    return [*told, *wrapped("; ".join(legend), "  ")]


def _letters(steps: Sequence[TimelineStep], moments: Sequence[datetime]) -> Iterator[str]:
    place = 0
    for moment in moments:
        while place + 1 < len(steps) and steps[place].end <= moment:
            place += 1
        yield letter_of(steps[place].probabilities)


def letter_of(chances: Mapping[Status, float]) -> str:
    """The likeliest status; dialing and paused count together, told by the tenths paused."""
    paused = chances.get(Status.ALL_BUSY, 0.0)
    dialing = chances.get(Status.RUNNING, 0.0) + paused
    others = {status: chance for status, chance in chances.items() if status not in _DIALING}
    likeliest = max(others, key=lambda status: others[status], default=None)
    if likeliest is not None and others[likeliest] > dialing:
        return LETTERS[likeliest]
    return str(min(int(10 * paused / dialing + 0.5), 9))


def _completion(completion: Sequence[Completion]) -> list[str]:
    rows = [
        [done.campaign_id, *(f"{t:%a %d %b %H:%M}" if t else "later" for t in times)]
        for done in completion
        for times in [(done.p05, done.p50, done.p95)]
    ]
    titles = ["Early (5 % of cases)", "Half of the cases", "Late (95 % of cases)"]
    return table(["Campaign", *titles], rows) if rows else []


def _told(value: float | None, words: Callable[[float], str]) -> str:
    return NOTHING if value is None else words(value)


def projection_document(projection: Projection) -> dict[str, Any]:
    """A projection as plain data; times are ISO 8601 with their UTC offset."""
    return {
        "at": projection.at.isoformat(),
        "hours": projection.hours,
        "assignments": [assignment_row(figures) for figures in projection.assignments],
        "timeline": [
            {
                "campaign_id": step.campaign_id,
                "dialer_id": step.dialer_id,
                "from": step.start.isoformat(),
                "to": step.end.isoformat(),
                "probabilities": {str(key): p for key, p in step.probabilities.items()},
                "low": {str(key): p for key, p in step.low.items()},
                "high": {str(key): p for key, p in step.high.items()},
            }
            for step in projection.timeline
        ],
        "campaigns_joint": [joint_document(joint) for joint in projection.campaigns_joint],
        "timeline_joint": [step_document(step) for step in projection.timeline_joint],
        "completion": [done.model_dump(mode="json") for done in projection.completion],
        "notes": list(projection.notes),
        "version": __version__,
    }


#: The statuses that calls decide: their chances may be simulated, and then have 95 % intervals.
_SIMULATED = (Status.COMPLETED, Status.SCHEDULED, Status.ALL_BUSY, Status.RUNNING)


def write_projection_files(folder: Path, projection: Projection) -> None:
    """Write projection.csv, timeline.csv, completion.csv and the joint files.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    write_projection(folder / "projection.csv", projection.assignments)
    statuses = [status.value for status in Status]
    ends = [f"{status.value} {end}" for status in _SIMULATED for end in ("low", "high")]
    write_csv(
        folder / "timeline.csv",
        [*("campaign_id", "dialer_id", "from", "to"), *statuses, *ends],
        (
            [s.campaign_id, s.dialer_id, s.start, s.end]
            + [s.probabilities.get(status, 0.0) for status in Status]
            + [end.get(status) for status in _SIMULATED for end in (s.low, s.high)]
            for s in projection.timeline
        ),
    )
    write_csv(
        folder / "completion.csv",
        ["campaign_id", "p05", "p50", "p95"],
        ([c.campaign_id, c.p05, c.p50, c.p95] for c in projection.completion),
    )
    write_joint_files(folder, projection)
