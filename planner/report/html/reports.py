"""A projection, and a trade-off, as one HTML file each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures
from planner.report.charts.projection import projection_figures
from planner.report.charts.studies import frontier_chart
from planner.report.html.page import bullet_list, drawn_figure, heading, html_table, page
from planner.report.plans.given_up import left_out_sentences
from planner.report.projections.days import EXPLAINED, day_sentences
from planner.report.projections.joint import joint_sentences
from planner.report.projections.projection import next_sentences
from planner.report.studies import frontier as frontier_report
from planner.report.words import amount, duration, share
from planner.studies.frontier import Frontier

_COLUMNS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("Dial lines", "dial_lines", str),
    ("Agent lines", "agent_lines", str),
    ("Transfers an hour", "transfers_per_hour", amount),
    ("Answers an hour", "live_answers_per_hour", amount),
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


def frontier_page(found: Frontier) -> str:
    """The chart, the plans, and how to read them."""
    if not found.points:
        return page("Frontier", [bullet_list(frontier_report.frontier_text(found).splitlines())])
    return page(
        "Throughput, what survives, and abandoned calls",
        [
            drawn_figure(1, "Plans to choose from", frontier_chart(found)),
            _table(tuple(frontier_report.titles(found)), frontier_report.rows(found)),
            bullet_list(frontier_report.EXPLAINED),
            *_listed("To make one of them again", frontier_report.how_to_plan(found)),
            *_listed("Against the lines as they are", _against(found)),
            *_listed("Searches that gave nothing more", frontier_report.sweep_sentences(found)),
            *_listed("Cannot run", list(left_out_sentences(found.left_out))),
        ],
    )


def _against(found: Frontier) -> list[str]:
    now = found.current
    if now is None:
        return []
    told = [f"Plan {p.number}: {frontier_report.against_sentence(p, now)}" for p in found.points]
    return [frontier_report.current_sentence(found), *told]


def _listed(title: str, items: list[str], level: int = 2) -> list[str]:
    return [heading(title, level), bullet_list(items)] if items else []


def _table(titles: tuple[str, ...], rows: list[list[str]]) -> str:
    return html_table([title.removeprefix(">") for title in titles], rows)
