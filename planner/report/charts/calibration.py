"""Charts of a calibration and of a backtest, with the words that say the same."""

from __future__ import annotations

from typing import Any

import altair as alt

from planner.calibration.backtest.result import Backtest
from planner.calibration.backtest.scores import BAND
from planner.calibration.folder_update import FIGURES
from planner.calibration.result import Estimates
from planner.contracts.problem import Campaign
from planner.contracts.values.per_cent import PER_CENT_LABELS
from planner.report.charts.figure import Figure
from planner.report.words import share

_WIDTH, _STEP = 640, 26  # pixels
_LOGS, _IN_USE = "#2f66b3", "#b35c00"


def estimates_chart(estimates: Estimates, campaign: Campaign) -> Figure | None:
    """Each figure of a campaign as a dot with its interval, over the value in use (1)."""
    values: list[dict[str, Any]] = []
    for figure in FIGURES:
        item = estimates.of(campaign.campaign_id, figure)
        used = getattr(campaign, figure, None)
        if item is None or item.value is None or not isinstance(used, (int, float)) or not used:
            continue
        low = item.value if item.low is None else item.low
        high = item.value if item.high is None else item.high
        ends = {"Logs": item.value / used, "From": low / used, "To": high / used}
        values.append({"Figure": figure, **ends})
    if not values:
        return None
    base = alt.Chart(alt.InlineData(values=values), width=_WIDTH, height=alt.Step(_STEP)).encode(
        y=alt.Y("Figure:N", sort=None, title=None, axis=alt.Axis(labelLimit=200))
    )
    scale = alt.Scale(zero=False)
    bars = base.mark_rule(color=_LOGS, strokeWidth=3).encode(
        x=alt.X("From:Q", title="Logs over the value in use", scale=scale), x2="To:Q"
    )
    dots = base.mark_point(color=_LOGS, filled=True, size=70).encode(x=alt.X("Logs:Q", scale=scale))
    one = alt.Chart(alt.InlineData(values=[{"One": 1}])).mark_rule(color=_IN_USE).encode(x="One:Q")
    told = ", ".join(f"{v['Figure']} {v['Logs']:.2f} times the value in use" for v in values)
    return Figure(alt.layer(one, bars, dots), f"Figures of the logs: {told}.")


def coverage_chart(tested: Backtest, titles: dict[str, str]) -> Figure:
    """How often the 90 % band of each figure held, with the interval of that share."""
    values = [
        {
            "Figure": titles[score.figure],
            "Held": score.coverage,
            "From": score.coverage_low,
            "To": score.coverage_high,
        }
        for score in tested.scores
    ]
    base = alt.Chart(alt.InlineData(values=values), width=_WIDTH, height=alt.Step(_STEP)).encode(
        y=alt.Y("Figure:N", sort=None, title=None, axis=alt.Axis(labelLimit=200))
    )
    percent = alt.Axis(labelExpr=PER_CENT_LABELS)
    scale = alt.Scale(domain=[0, 1])
    bars = base.mark_rule(color=_LOGS, strokeWidth=3).encode(
        x=alt.X("From:Q", title="Share of days that the band held", axis=percent, scale=scale),
        x2="To:Q",
    )
    dots = base.mark_point(color=_LOGS, filled=True, size=70).encode(x="Held:Q")
    goal = alt.Chart(alt.InlineData(values=[{"Goal": BAND}])).mark_rule(color=_IN_USE)
    told = ", ".join(f"{v['Figure']} {share(v['Held'])}" for v in values)  # type: ignore[arg-type]
    layers = alt.layer(goal.encode(x="Goal:Q"), bars, dots)
    return Figure(layers, f"The 90 % bands held: {told}.")


def levels_chart(tested: Backtest, titles: dict[str, str]) -> Figure:
    """Calibration plot: what share of days lies below each tenth of the predicted ones."""
    values: list[dict[str, Any]] = [
        {"Figure": titles[figure], "Predicted": place / 10, "Seen": seen}
        for figure, levels in tested.levels.items()
        for place, seen in enumerate(levels, start=1)
    ]
    percent = alt.Axis(labelExpr=PER_CENT_LABELS)
    lines = (
        alt.Chart(alt.InlineData(values=values), width=_WIDTH, height=280)
        .mark_line(point=True)
        .encode(
            x=alt.X("Predicted:Q", axis=percent, title="Share of predicted days below"),
            y=alt.Y("Seen:Q", axis=percent, title="Share of days seen below"),
            color=alt.Color("Figure:N", sort=None, title=None),
        )
    )
    right = (
        alt.Chart(alt.InlineData(values=[{"P": 0, "S": 0}, {"P": 1, "S": 1}]))
        .mark_line(color="#888888", strokeDash=[4, 4])
        .encode(x="P:Q", y="S:Q")
    )
    worst = max(values, key=lambda v: abs(float(v["Seen"]) - float(v["Predicted"])))
    told = f"{worst['Figure']}: {share(float(worst['Seen']))} of days lie below the predicted "
    told += share(float(worst["Predicted"]))
    return Figure(alt.layer(right, lines), f"Farthest from the diagonal is {told}.")
