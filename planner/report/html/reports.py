"""A projection as one HTML file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.contracts.result import AssignmentFigures, Projection
from planner.report.charts.projection import projection_figures
from planner.report.html.page import bullet_list, drawn_figure, heading, html_table, page
from planner.report.projection import next_sentences
from planner.report.words import amount, duration, share

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


def _row(figures: AssignmentFigures) -> list[str]:
    values = [getattr(figures, name) for _, name, _ in _COLUMNS]
    told = [
        "" if value is None else words(value)
        for value, (_, _, words) in zip(values, _COLUMNS, strict=True)
    ]
    return [figures.campaign_id, figures.dialer_id, figures.status, *told, figures.engine]
