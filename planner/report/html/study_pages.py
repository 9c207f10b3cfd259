"""A comparison of worlds, and a frontier, each as one HTML file."""

from __future__ import annotations

from collections.abc import Iterator

from planner.contracts.comparison import Comparison, World
from planner.report import frontier as frontier_report
from planner.report import whatif as whatif_report
from planner.report.charts.studies import comparison_figures, frontier_chart
from planner.report.html.page import bullet_list, drawn_figure, heading, html_table, page
from planner.report.whatif import lost_sentences, side_by_side, status_sentences
from planner.studies.frontier import Frontier


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
        moves = [f"{move.step}. {move.instruction}" for move in world.replanned.moves]
        yield from _listed("Moves, in this order", moves, level=3)


def _listed(title: str, items: list[str], level: int = 2) -> list[str]:
    return [heading(title, level), bullet_list(items)] if items else []


def _table(titles: tuple[str, ...], rows: list[list[str]]) -> str:
    return html_table([title.removeprefix(">") for title in titles], rows)
