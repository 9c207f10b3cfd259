"""Charts: the data behind them, and the text for those who do not see them."""

from __future__ import annotations

from datetime import UTC, datetime

import altair as alt
import pytest

from planner.app.editing.assessment import Assessment, assess
from planner.app.editing.assessment_charts import statuses_by_dialer, transfers_by_dialer
from planner.app.editing.edited_lines import open_lines
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import Status
from planner.report.charts.figure import STATUS_COLOURS, Spec
from tests.support.builders import solar


def view(dialers: int, **lines: tuple[int, int]) -> Assessment:
    problem = Problem(
        dialers=[Dialer(dialer_id=f"D{n + 1}", ports=100) for n in range(dialers)],
        campaigns=[solar(start="2026-01-01", schedule="Mon-Sun 00:00-24:00")],
        assignments=[
            LineAssignment(campaign_id="Solar", dialer_id=name, dial_lines=n, agent_lines=a)
            for name, (n, a) in lines.items()
        ],
    )
    return assess(open_lines(problem), datetime(2026, 6, 1, 12, tzinfo=UTC))


def rows(spec: Spec) -> list[dict[str, object]]:
    """The data of a chart that the grammar of Vega-Lite accepts."""
    alt.LayerChart.from_dict(spec).to_dict()
    return spec["data"]["values"]


def test_transfers_show_both_states_of_the_lines() -> None:
    figure = transfers_by_dialer(view(2, D1=(95, 5)), view(2, D1=(95, 5), D2=(95, 5)))
    # 95 + 5 lines carry 79.260393 transfers an hour (Engset).
    assert [(row["Transfers an hour"], row["Loaded lines"]) for row in rows(figure.spec)] == [
        (pytest.approx(79.260393, abs=1e-5), pytest.approx(79.260393, abs=1e-5)),
        (0, pytest.approx(79.260393, abs=1e-5)),
    ]
    assert figure.alt == "Handled transfers an hour by dialer: D1 79.3; D2 0."


def test_statuses_add_up_to_the_whole_time_and_are_told_by_their_labels() -> None:
    figure = statuses_by_dialer(view(2, D1=(95, 5)))
    data = rows(figure.spec)
    assert [(row["Dialer"], row["Status"], row["Label"]) for row in data] == [
        ("D1", "Running and Dialing", "60 %"),
        ("D1", "Stopped Due to All Agent Lines Busy", "40 %"),
    ]
    assert sum(row["Share"] for row in data) == pytest.approx(1)
    assert figure.alt == (
        "Share of time by status and dialer: "
        "D1 60 % Running and Dialing, 40 % Stopped Due to All Agent Lines Busy."
    )


def test_charts_without_lines_say_so() -> None:
    assert "no lines yet" in statuses_by_dialer(view(1)).alt
    assert rows(statuses_by_dialer(view(1)).spec) == []


def test_many_dialers_are_not_all_read_out() -> None:
    many = view(9)
    assert transfers_by_dialer(many, many).alt.endswith("D6 0; and 3 more.")


@pytest.mark.parametrize("status", Status)
def test_white_labels_are_legible_on_every_status_colour(status: Status) -> None:
    # WCAG 2.2, 1.4.3: contrast of text at least 4.5, relative luminance as defined there.
    channels = [int(STATUS_COLOURS[status][i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5
