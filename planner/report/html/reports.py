"""A projection as one HTML file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planner.contracts.comparison import Comparison, World
from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures
from planner.report import frontier as frontier_report
from planner.report import whatif as whatif_report
from planner.report.charts.projection import projection_figures
from planner.report.charts.studies import comparison_figures, frontier_chart
from planner.report.days import EXPLAINED, day_sentences
from planner.report.given_up import broken_sentences, given_up_sentences, left_out_sentences
from planner.report.html.page import bullet_list, drawn_figure, heading, html_table, page
from planner.report.joint import joint_sentences
from planner.report.moves import move_sentences, way_sentence
from planner.report.projection import next_sentences
from planner.report.whatif import (
    first_move_sentences,
    lost_sentences,
    side_by_side,
    status_sentences,
    unasked_sentences,
)
from planner.report.words import amount, duration, share
from planner.studies.frontier import Frontier

_COLUMNS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("Dial lines", "dial_lines", str),
    ("Agent lines", "agent_lines", str),
    ("Transfers/h", "transfers_per_hour", amount),
    ("Answers/h", "live_answers_per_hour", amount),
    ("Abandon rate", "abandon_rate", share),
    ("Paused", "all_busy_share", share),
    ("All busy after", "seconds_to_all_busy_mean", duration),
    ("90 % within", "seconds_to_all_busy_p90", duration),
    ("Within 15 min", "p_all_busy_15min", share),
)


def html_report(projection: Projection) -> str:
    """The projection as a page: what happens next, pictures, figures, notes."""
    when = projection.at.isoformat(sep=" ", timespec="minutes")
    names = [name for name, _, _ in _COLUMNS]
    return page(
        f"Projection from {when} over {projection.hours:g} h",
        [
            heading("What happens next"),
            bullet_list(next_sentences(projection) or ["No lines are assigned."]),
            *_listed("All dialers of a campaign together", joint_sentences(projection)),
            *_listed("From day to day", _day_sentences(projection)),
            *(
                drawn_figure(number, *titled)
                for number, titled in enumerate(projection_figures(projection), start=1)
            ),
            heading("Figures while running"),
            html_table(
                ["Campaign", "Dialer", "Status", *names, "Engine"],
                [_row(f) for f in projection.assignments],
            ),
            *([heading("Notes"), bullet_list(projection.notes)] if projection.notes else []),
        ],
    )


def _day_sentences(projection: Projection) -> list[str]:
    told = day_sentences(projection.assignments)
    return [EXPLAINED, *told] if told else []


def _row(figures: AssignmentFigures) -> list[str]:
    values = [getattr(figures, name) for _, name, _ in _COLUMNS]
    told = [
        "" if value is None else words(value)
        for value, (_, _, words) in zip(values, _COLUMNS, strict=True)
    ]
    return [figures.campaign_id, figures.dialer_id, figures.status, *told, figures.engine]


def comparison_page(found: Comparison) -> str:
    """Worlds side by side, charts, and what happens in each."""
    figures = enumerate(comparison_figures(found), start=1)
    return page(
        "What if",
        [
            _table(whatif_report.TITLES, side_by_side(found)),
            *(drawn_figure(number, *titled) for number, titled in figures),
            *(part for world in found.worlds for part in _world(found.base, world)),
            *_listed("Notes", list(found.notes)),
        ],
    )


def frontier_page(found: Frontier) -> str:
    """The chart, the plans, and how to read them."""
    if not found.points:
        return page("Frontier", [bullet_list(frontier_report.frontier_text(found).splitlines())])
    return page(
        "Throughput, what survives, and abandoned calls",
        [
            drawn_figure(1, "Plans to choose from", frontier_chart(found)),
            _table(frontier_report.TITLES, frontier_report.rows(found)),
            bullet_list(frontier_report.EXPLAINED),
        ],
    )


def _world(base: World, world: World) -> Iterator[str]:
    yield heading(f"{world.name}: {', '.join(world.expressions) or 'nothing changes'}")
    yield from _listed("Lines that cannot run", lost_sentences(world.kept), level=3)
    changed = status_sentences(base.kept, world.kept)
    yield from _listed("Status changes", changed, level=3)
    yield from _listed(
        "Limits that the lines as they are break", list(world.kept.breaches), level=3
    )
    if world.replanned is not None:
        found = world.replanned
        given_up = list(given_up_sentences(found.given_up))
        yield from _listed("Given up", given_up, level=3)
        yield from _listed("Cannot run", list(left_out_sentences(found.left_out)), level=3)
        yield from _listed("Kept, but costs much", unasked_sentences(found), level=3)
        yield from _listed("First moves", first_move_sentences(found), level=3)
        moves = [
            f"{move.step}. {told}"
            for move, told in zip(found.moves, move_sentences(found.moves), strict=True)
        ]
        moves += filter(None, [way_sentence(found.value_before_moves, found.moves)])
        yield from _listed("Moves, in this order", moves, level=3)
        broken = list(broken_sentences(found.limits_broken))
        yield from _listed("Limits that the simulation breaks", broken, level=3)


def _listed(title: str, items: list[str], level: int = 2) -> list[str]:
    return [heading(title, level), bullet_list(items)] if items else []


def _table(titles: tuple[str, ...], rows: list[list[str]]) -> str:
    return html_table([title.removeprefix(">") for title in titles], rows)
