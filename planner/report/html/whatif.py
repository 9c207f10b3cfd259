"""A comparison as one HTML file: losses first, then the moves, and all limits broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from planner.contracts.comparison import Comparison, Replanned, World
from planner.report.charts.losses import legend_sentence, losses_chart
from planner.report.charts.studies import tornado_chart, worlds_chart
from planner.report.html.page import bullet_list, drawn_figure, heading, html_table, page
from planner.report.html.page import paragraph as said
from planner.report.plans.given_up import (
    NEEDED,
    broken_sentences,
    given_up_sentences,
    left_out_sentences,
    needed_sentences,
)
from planner.report.plans.losses import TITLES as LOSS_TITLES
from planner.report.plans.losses import breach_lists, campaign_lines, loss_sentences, total_lines
from planner.report.plans.moves import calls_on_the_way, move_sentences, way_sentence
from planner.report.studies.whatif import (
    BACK,
    back_sentences,
    first_move_sentences,
    lost_sentences,
    status_sentences,
    titled_columns,
    unasked_sentences,
    without_plan_sentences,
)


def comparison_page(found: Comparison, *, fleet: str = "", on: date | None = None) -> str:
    """Scenarios side by side, and of each the losses, the moves, and what does not hold.

    Parameters
    ----------
    fleet : its name, such as that of its folder
    on : the day on which it was made
    """
    told = " ".join([f"Fleet {fleet}." if fleet else "", f"Made on {on:%d %b %Y}." if on else ""])
    compared = "the plan, for there are no current lines" if found.base_is_plan else "the lines now"
    parts = [
        said(f"{told} Before is {compared}; figures are for an hour while running.".strip()),
        _table(*titled_columns(found), 2),
    ]
    number = 1
    if len(found.worlds) > 1:
        parts.append(drawn_figure(number, "In all, and what survives", worlds_chart(found)))
        number += 1
    for world in found.worlds:
        parts += _scenario(found.base, world, number)
        number += 1
    if found.tornado is not None and found.tornado.rows:
        parts.append(drawn_figure(number, "What the aim hangs on", tornado_chart(found.tornado)))
    return page("What if", [*parts, *_listed("Notes", list(found.notes))])


def _scenario(base: World, world: World, number: int) -> Iterator[str]:
    yield heading(f"{world.name}: {', '.join(world.expressions) or 'nothing changes'}")
    yield bullet_list(loss_sentences(base, world))
    if world.replanned is not None and world.replanned.outcome is None:
        yield from _listed("No plan was found", without_plan_sentences(world.replanned), level=3)
    lines = [*total_lines(base, world), *campaign_lines(base, world)]
    yield _table(LOSS_TITLES, [list(line.told()) for line in lines], 1)
    title = lines[0].name.lower()
    yield said(f"Under the totals, the {title} of each campaign, the largest loss first.")
    yield drawn_figure(number, f"{world.name}: what is left", losses_chart(base, world))
    yield said(legend_sentence(world))
    yield from _listed("Lines that cannot run", lost_sentences(world.kept), level=3)
    yield from _listed("Statuses that change", status_sentences(base.kept, world.kept), level=3)
    if world.replanned is not None and world.replanned.outcome is not None:
        yield from _moves(world.replanned)
    for state, broken in breach_lists(base, world):
        yield from _listed(f"Limits broken, {state[0].lower()}{state[1:]}", list(broken), level=3)


def _moves(found: Replanned) -> Iterator[str]:
    yield from _listed("Given up", list(given_up_sentences(found.given_up)), level=3)
    yield from _listed(NEEDED, list(needed_sentences(found.needed, found.needed_search)), level=3)
    yield from _listed("Cannot run", list(left_out_sentences(found.left_out)), level=3)
    yield from _listed("Kept, but costs much", unasked_sentences(found), level=3)
    yield from _listed("First moves", first_move_sentences(found), level=3)
    moves = [
        f"{move.step}. {told}"
        for move, told in zip(found.moves, move_sentences(found.moves), strict=True)
    ]
    call = calls_on_the_way(found)
    moves += filter(None, [way_sentence(found.value_before_moves, found.moves, call)])
    yield from _listed("Moves, in this order", moves or ["No line has to move."], level=3)
    yield from _listed(BACK, back_sentences(found), level=3)
    broken = list(broken_sentences(found.limits_broken))
    yield from _listed("Limits that the simulation breaks", broken, level=3)


def _listed(title: str, items: list[str], level: int = 2) -> list[str]:
    return [heading(title, level), bullet_list(items)] if items else []


def _table(titles: Sequence[str], rows: list[list[str]], named: int) -> str:
    return html_table([title.removeprefix(">") for title in titles], rows, named)
