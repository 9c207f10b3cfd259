"""A scenario beside before: what is lost, in total and by campaign, and what does not hold."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from planner.app.session.text import plain
from planner.app.widgets.charts import kept_figure, show_figure
from planner.contracts.comparison import CampaignOutcome, World
from planner.report.charts.losses import legend_sentence, losses_chart
from planner.report.plans.losses import (
    MOVED,
    TITLES,
    UNMOVED,
    Line,
    breach_lists,
    campaign_lines,
    counted,
    loss_sentences,
    total_lines,
)
from planner.report.studies.whatif import lost_sentences, status_sentences
from planner.report.words import amount

_VALUE, _CALLS = "Value an hour", "Transfers or messages an hour"
#: Rows that are seen without scrolling.
_MOST_ROWS = 30
_ROW, _HEAD = 35, 38  # pixels
_NAME = "Total or campaign"
#: Of columns; together they fit beside the moves on a screen of 1280 [pixels].
_WIDTHS = {UNMOVED: 116, MOVED: 106, "Change then": 90}
_FIGURE, _FIRST = 68, 136
#: Longer lists are folded.
_MOST_TOLD = 8


def show_losses(
    base: World, world: World, changes: Sequence[str], by_formula: float | None = None
) -> None:
    """What the scenario is, what is lost, and the table of it.

    Parameters
    ----------
    by_formula : the value before, where it is another by formula: figures are simulated
    """
    said = "; ".join(changes) or "Nothing is changed yet: move a slider, or pick a dialer"
    st.markdown(f"**{plain(world.name)}**: {plain(said)}.")
    first, *others = loss_sentences(base, world)
    st.markdown("\n".join([f"- **{plain(first)}**", *(f"- {plain(text)}" for text in others)]))
    if by_formula is not None:
        simulated = amount(base.kept.value_per_hour)
        st.caption(
            f"Simulated: {simulated} an hour before, where formulas, as on the Plan page, say "
            f"{amount(by_formula)}: they leave out how times vary."
        )
    lines = [*total_lines(base, world), *_of_campaigns(base, world)]
    titles = [_NAME, *(title.removeprefix(">") for title in TITLES[1:])]
    frame = pd.DataFrame([line.told() for line in lines], columns=titles)
    if world.replanned is None or world.replanned.outcome is None:
        frame = frame.iloc[:, :4]
    right = {
        title: st.column_config.TextColumn(
            title, alignment="right", width=_WIDTHS.get(title, _FIGURE)
        )
        for title in frame.columns[1:]
    }
    right[_NAME] = st.column_config.TextColumn(_NAME, width=_FIRST)
    st.dataframe(
        frame,
        hide_index=True,
        column_config=right,
        height=_HEAD + _ROW * min(len(frame), _MOST_ROWS),
        key=f"losses-{world.name}",
        alt="Before and after",
    )


def _of_campaigns(base: World, world: World) -> list[Line]:
    """The rows of the campaigns, by value or by calls where these are not the same."""
    if counted(base, world):
        return campaign_lines(base, world)
    measure = st.segmented_control(
        "By campaign",
        [_VALUE, _CALLS],
        default=_VALUE,
        key=f"measure-{world.name}",
        label_visibility="collapsed",
    )
    return campaign_lines(base, world, _calls if measure == _CALLS else None)


def _calls(campaign: CampaignOutcome) -> float:
    return campaign.handled_per_hour


def show_picture(base: World, world: World) -> None:
    """What is left of each campaign's value."""
    show_figure(kept_figure("losses", (base, world), lambda: losses_chart(base, world)))
    st.caption(legend_sentence(world))


def show_lists(base: World, world: World) -> None:
    """Lines that cannot run, statuses that change, and every limit that is broken."""
    _show_list("Lines that cannot run", lost_sentences(world.kept))
    _show_list("Statuses that change", status_sentences(base.kept, world.kept))
    for state, broken in breach_lists(base, world):
        _show_list(f"Limits broken, {state[0].lower()}{state[1:]}", broken)


def _show_list(title: str, items: Sequence[str]) -> None:
    if not items:
        return
    with st.expander(f"{title}: {len(items)}", expanded=len(items) <= _MOST_TOLD):
        st.markdown("\n".join(f"- {plain(text)}" for text in items))
