"""What to set, for whoever sets it: dialer by dialer, old and new, in an order that works."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from planner.contracts.problem import LineAssignment
from planner.contracts.result import LineChange, Move, PlanResult
from planner.evaluation.differences import line_differences
from planner.report.plans.given_up import plan_loss_sentences
from planner.report.plans.moves import meanwhile
from planner.studies.week.week import WeekPlan
from planner.tables.writing import csv_text, write_text

COLUMNS = (
    "at",
    "step",
    "dialer_id",
    "campaign_id",
    "dial_lines_from",
    "dial_lines_to",
    "agent_lines_from",
    "agent_lines_to",
)


def _counted(name: str) -> tuple[object, ...]:
    """What sorts names as people do: numbers in them by their size."""
    parts = re.split(r"(\d+)", name)
    return (*(int(part) if place % 2 else part for place, part in enumerate(parts)), name)


class Setting(NamedTuple):
    """One row to set: the lines of a campaign on a dialer, before and after; steps count from 1."""

    step: int
    change: LineChange | Move
    note: str = ""


class Occasion(NamedTuple):
    """A moment at which lines are set, and what; None: whenever the page is handed out."""

    at: datetime | None
    settings: tuple[Setting, ...]

    @property
    def dialers(self) -> dict[str, list[Setting]]:
        """The settings of each dialer, in their order; dialers by name, D2 before D10."""
        found: dict[str, list[Setting]] = {}
        for setting in sorted(self.settings, key=lambda s: (_counted(s.change.dialer_id), s.step)):
            found.setdefault(setting.change.dialer_id, []).append(setting)
        return found


class Handout(NamedTuple):
    """What to set, for which fleet."""

    title: str
    fleet: str
    occasions: tuple[Occasion, ...]
    #: Campaigns that lose much of their calls once it is set.
    losses: tuple[str, ...] = ()
    #: Every row in use, changed or not, to check dialers against: there is nothing to set.
    is_list: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are to set."""
        return sum(len(occasion.settings) for occasion in self.occasions)


def of_lines(
    before: Iterable[LineAssignment],
    after: Iterable[LineAssignment],
    *,
    title: str = "Lines to set",
    fleet: str = "",
    at: datetime | None = None,
) -> Handout:
    """What differs between two states of the lines; what gives ports and agents back comes first.

    Parameters
    ----------
    at : when it is to be set, on the clock that it is told on
    """
    return Handout(title, fleet, (Occasion(at, _lowered_first(line_differences(before, after))),))


def of_all_lines(lines: Iterable[LineAssignment], *, fleet: str = "") -> Handout:
    """Every row in use as it is, dialer by dialer: what the dialers must say."""
    used = [item for item in lines if item.dial_lines or item.agent_lines]
    settings = tuple(
        Setting(
            step,
            LineChange(
                campaign_id=item.campaign_id,
                dialer_id=item.dialer_id,
                dial_lines_from=item.dial_lines,
                dial_lines_to=item.dial_lines,
                agent_lines_from=item.agent_lines,
                agent_lines_to=item.agent_lines,
            ),
        )
        for step, item in enumerate(sorted(used, key=lambda item: _counted(item.dialer_id)), 1)
    )
    return Handout("All lines", fleet, (Occasion(None, settings),), is_list=True)


def of_moves(
    moves: Sequence[Move],
    *,
    title: str = "Lines to set",
    fleet: str = "",
    at: datetime | None = None,
) -> Handout:
    """Moves in their own order, in which every step fits."""
    settings = tuple(
        Setting(move.step, move, meanwhile(move) if move.breaks else "") for move in moves
    )
    return Handout(title, fleet, (Occasion(at, settings),))


def of_plan(
    result: PlanResult,
    before: Iterable[LineAssignment],
    *,
    fleet: str = "",
    at: datetime | None = None,
) -> Handout:
    """A plan's moves, in order where it has them, else what differs from the lines before."""
    losses = tuple(plan_loss_sentences(result.losses))
    if result.moves:
        return of_moves(result.moves, fleet=fleet, at=at)._replace(losses=losses)
    after = result.plan.assignments if result.plan is not None else ()
    return of_lines(before, after, fleet=fleet, at=at)._replace(losses=losses)


def of_week(
    week: WeekPlan,
    before: Sequence[LineAssignment],
    *,
    fleet: str = "",
    zone: ZoneInfo | None = None,
) -> Handout:
    """Every moment of a week at which lines change.

    Parameters
    ----------
    before : the lines before the week
    zone : on whose clock; None: on the week's own
    """
    return Handout(
        f"Lines to set in the week of {week.monday:%a} {week.monday.day} {week.monday:%b %Y}",
        fleet,
        tuple(_occasions(week, before, zone or ZoneInfo(week.timezone))),
    )


def _occasions(
    week: WeekPlan, before: Sequence[LineAssignment], zone: ZoneInfo
) -> Iterator[Occasion]:
    lines = before
    for interval in week.intervals:
        result = week.result_of(interval)
        if result is None or result.plan is None:
            continue  # nobody runs, or nothing was found: the lines stay as they are
        changes = line_differences(lines, result.plan.assignments)
        if changes:
            yield Occasion(interval.start.astimezone(zone), _lowered_first(changes))
        lines = result.plan.assignments


def _lowered_first(changes: Iterable[LineChange]) -> tuple[Setting, ...]:
    """Rows that only take lines away, then those that do both, then those that only add."""

    def kind(change: LineChange) -> tuple[int, int]:
        dial = change.dial_lines_to - change.dial_lines_from
        agent = change.agent_lines_to - change.agent_lines_from
        mixed = 0 if max(dial, agent) <= 0 else 2 if min(dial, agent) >= 0 else 1
        return mixed, dial + agent

    return tuple(Setting(step, change) for step, change in enumerate(sorted(changes, key=kind), 1))


def clock_words(at: datetime | None) -> str:
    """``Mon 30 Nov 2026 09:00 (America/New_York)``; blank where no moment is said."""
    if at is None:
        return ""
    zone = getattr(at.tzinfo, "key", None) or f"UTC{at:%z}"
    return f"{at:%a} {at.day} {at:%b %Y %H:%M} ({zone})"


def table_rows(handout: Handout) -> Iterator[list[object]]:
    """A row of :data:`COLUMNS` for each setting, in the order in which they are made."""
    for occasion in handout.occasions:
        for setting in sorted(occasion.settings, key=lambda s: s.step):
            change = setting.change
            yield [
                "" if occasion.at is None else occasion.at.isoformat(),
                setting.step,
                *(getattr(change, name) for name in COLUMNS[2:]),
            ]


def handout_csv(handout: Handout) -> str:
    """The table as text."""
    return csv_text(COLUMNS, table_rows(handout))


def write_handout(path: Path, handout: Handout) -> None:
    """Write the page to print with its table beside it (``.csv``); of a ``.csv`` that alone.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    from planner.report.html.handout import handout_page

    if path.suffix.lower() != ".csv":
        write_text(path, handout_page(handout))
    write_text(path.with_suffix(".csv"), handout_csv(handout))
