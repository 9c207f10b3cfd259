"""A frontier as text: the plans to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from planner.contracts.problem import LineAssignment
from planner.contracts.result import PlanOptions, PlanStatus
from planner.contracts.values.told import share_at_most, share_in_table, share_set
from planner.report.plans.given_up import left_out_sentences
from planner.report.plans.losses import change
from planner.report.text_layout import NOTHING, bullets, section, table, wrapped
from planner.report.words import amount, share, value_noun, value_per_hour, value_rate, value_title
from planner.studies.frontier import (
    CurrentLines,
    Frontier,
    FrontierPoint,
    Sweep,
    told_options,
)
from planner.tables.cells import columns, spelt
from planner.tables.writing import write_csv
from planner.version import __version__

_VALUE = ">Value an hour"
TITLES = (
    ">Plan",
    _VALUE,
    ">After the worst failure",
    "Worst failure",
    ">Abandon rate",
    ">Weight",
    ">Level",
    ">Proven within",
)


def titles(found: Frontier) -> list[str]:
    """Titles of :func:`rows`."""
    return [f">{value_title(found.counted_calls)}" if t == _VALUE else t for t in TITLES]


def frontier_text(found: Frontier) -> str:
    """The plans, most throughput first, or why there are none."""
    if not found.points:
        return "\n".join(_without_plan(found)) + "\n"
    said = (
        f"Plans that no other plan found beats in {value_noun(found.counted_calls)}, in what "
        "survives the worst failure and in abandoned calls per live answer"
    )
    lines = [
        *wrapped(said, ""),
        *section(
            "An hour while running, by the planning tables", table(titles(found), rows(found))
        ),
        *section("How to read it", bullets(EXPLAINED)),
        *section("To make one of them again", bullets(how_to_plan(found))),
    ]
    if found.current is not None:
        now = found.current
        against = [
            f"Plan {p.number}: {against_sentence(p, now, found.counted_calls)}"
            for p in found.points
        ]
        lines += section(
            "Against the lines as they are", bullets([current_sentence(found), *against])
        )
    lines += section("Searches that gave nothing more", bullets(sweep_sentences(found)))
    lines += section("Cannot run", bullets(left_out_sentences(found.left_out)))
    if found.stopped_early:
        lines += section("Notes", bullets(["Stopped early: some searches are not finished."]))
    return "\n".join(lines) + "\n"


def how_to_plan(found: Frontier) -> list[str]:
    """The command that finds the lines of each plan.

    ``Plan 2: planner plan DIR --redundancy 0.25 --abandon-level 0.5``
    """
    return [f"Plan {p.number}: {command_to_plan(found.options, p)}" for p in found.points]


def command_to_plan(options: PlanOptions, point: FrontierPoint) -> str:
    """The command that finds the lines of a plan, in the folder that the frontier is of."""
    return f"planner plan DIR {told_options(options, point)}".rstrip()


def current_sentence(found: Frontier) -> str:
    """What the lines as they are come to; blank without any."""
    now = found.current
    if now is None:
        return ""
    lost = f" if {now.worst_failure_domain} fails" if now.worst_failure_domain else ""
    count = len(now.breaches)
    broken = "" if not count else f"; {count} limit{'s' if count > 1 else ''} broken"
    left = amount(now.surviving_value_per_hour)
    return (
        f"The lines as they are: {value_rate(now.throughput_value_per_hour, found.counted_calls)}, "
        f"{left} left{lost}, abandon rate {share(now.abandon_rate)}{broken}; by the "
        "planning tables, as the plans."
    )


def against_sentence(point: FrontierPoint, now: CurrentLines, call: str = "") -> str:
    """What a plan gains and what it costs against the lines as they are.

    ``Gains 412.0 of what is left after the worst failure (+7.0 %); costs 95.0 value an hour
    (-1.0 %); abandon rate 1.88 % instead of 2.11 %.``
    """
    gains: list[str] = []
    costs: list[str] = []
    for before, after, what in (
        (
            now.throughput_value_per_hour,
            point.throughput_value_per_hour,
            value_per_hour(call),
        ),
        (
            now.surviving_value_per_hour,
            point.surviving_value_per_hour,
            "of what is left after the worst failure",
        ),
    ):
        step = change(before, after)
        if step != "0 %":
            told = f"{amount(abs(after - before))} {what}"
            told += "" if step == NOTHING else f" ({step})"
            (gains if after > before else costs).append(told)
    same = f"as {'many' if call else 'much'} {value_noun(call)}"
    parts = [
        *([f"gains {' and '.join(gains)}"] if gains else []),
        *([f"costs {' and '.join(costs)}"] if costs else []),
    ] or [f"{same}, and as much left after the worst failure"]
    old, new = share(now.abandon_rate), share(point.abandon_rate)
    parts.append(f"abandon rate {new}" + ("" if old == new else f" instead of {old}"))
    if now.breaches:
        count = len(now.breaches)
        what = f"the {count} limits that are" if count > 1 else "the limit that is"
        parts.append(f"no longer breaks {what} broken now")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def sweep_sentences(found: Frontier) -> list[str]:
    """Searches that gave no plan, and how many gave one that others beat or equal."""
    without = [search for search in found.sweep if search.status in _NOTHING_FOUND]
    by_reason: dict[str, list[Sweep]] = {}
    for search in without:
        by_reason.setdefault(_why_nothing(search), []).append(search)
    told = [f"{_of_which(searches)}: {why}." for why, searches in by_reason.items()]
    with_plan = len(found.sweep) - len(without)
    beaten = with_plan - len(found.points)
    if beaten > 0:
        told.append(
            f"{beaten} of {with_plan} plans found are not shown: another is as good or better in "
            "all three, but for rounding."
        )
    return told


#: Requirements that are named of a search without a plan, at the most.
_NAMED = 4


def _why_nothing(search: Sweep) -> str:
    """``no plan holds all limits: these cannot hold together: ...``."""
    said = _NOTHING_FOUND[search.status]
    if not search.why:
        return said
    rest = len(search.why) - _NAMED
    more = f"; and {rest} more" if rest > 0 else ""
    return f"{said}: these cannot hold together: {'; '.join(search.why[:_NAMED])}{more}"


def _of_which(searches: Sequence[Sweep]) -> str:
    """Which searches of one level, or one after the other, gave nothing for the same reason."""
    levels = dict.fromkeys(search.abandon_level for search in searches)
    words = []
    for level in levels:
        weights = [s.redundancy for s in searches if s.abandon_level == level]
        shown = [share_set(weight) for weight in weights]
        told = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
        plural = "s" if len(shown) > 1 else ""
        words.append(f"weight{plural} {told} on what survives{_of_calls(level)}")
    text = "; ".join(words)
    return f"{text[0].upper()}{text[1:]}"


_NOTHING_FOUND = {
    PlanStatus.INFEASIBLE: "no plan holds all limits",
    PlanStatus.NO_PLAN: "no plan was found in time",
}


def _of_calls(level: float) -> str:
    if level == 1:
        return ""
    return f", at most {share_set(level)} of the abandoned calls"


EXPLAINED = (
    "Weight: the --redundancy of the search that found the plan.",
    "Level: its --abandon-level. 1 keeps the limits of the files; at 0.5 every campaign may "
    "abandon half of what the plan of that weight abandons at level 1.",
    "Proven within: no plan of that weight and level is better by more than this.",
)


def rows(found: Frontier) -> list[list[str]]:
    """Cells of a row for each plan."""
    return [_row(point) for point in found.points]


def _row(point: FrontierPoint) -> list[str]:
    return [
        str(point.number),
        amount(point.throughput_value_per_hour),
        amount(point.surviving_value_per_hour),
        point.worst_failure_domain or NOTHING,
        share_in_table(point.abandon_rate),
        f"{point.redundancy:g}",
        f"{point.abandon_level:g}",
        share_at_most(point.gap),
    ]


def _without_plan(found: Frontier) -> list[str]:
    if not found.conflicts:
        return wrapped("Stopped before any plan was found. A longer --time-limit may help.", "")
    lines = ["No plan meets all requirements."]
    for conflict in found.conflicts:
        lines += section("These cannot hold together", bullets(conflict.requirements))
        lines += section("Any one of these would help", bullets(conflict.relaxations))
    return lines


_LINE_FIELDS = ("campaign_id", "dialer_id", "dial_lines", "agent_lines", "locked")


def frontier_document(found: Frontier) -> dict[str, Any]:
    """The points with their lines, and the searches."""
    return {
        "points": [
            point.model_dump(exclude={"lines"})
            | {
                "plan_options": told_options(found.options, point),
                "assignments": [_line(a) for a in point.lines],
            }
            for point in found.points
        ],
        "sweep": [search.model_dump(mode="json") for search in found.sweep],
        "current": found.current and found.current.model_dump(mode="json"),
        "conflicts": [conflict.model_dump(mode="json") for conflict in found.conflicts],
        "left_out": [item.model_dump(mode="json") for item in found.left_out],
        "stopped_early": found.stopped_early,
        "options": found.options.model_dump(exclude={"seed", "redundancy"}),
        "seed": found.options.seed,
        "version": __version__,
    }


def _line(item: LineAssignment) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _LINE_FIELDS}


def write_frontier_files(folder: Path, found: Frontier) -> None:
    """Write frontier.csv, a row for each plan, and lines.csv, the assignments of each.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    names = [name for name in FrontierPoint.model_fields if name != "lines"]
    write_csv(
        folder / "frontier.csv",
        [*names, "plan_options"],
        (
            [*(getattr(point, name) for name in names), told_options(found.options, point)]
            for point in found.points
        ),
    )
    known = columns(LineAssignment)
    write_csv(folder / "lines.csv", ["number", *known], _lines(found.points, known.values()))


def _lines(points: Iterable[FrontierPoint], names: Iterable[str]) -> Iterator[list[object]]:
    fields = list(names)
    for point in points:
        for item in point.lines:
            yield [point.number, *(spelt(item, name) for name in fields)]
