"""What a plan does to each campaign, told before it is taken."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from planner.app.editing.assessment import Assessment
from planner.app.editing.effects import Effect, change_words, effects, loss_sentences
from planner.app.session.text import moment_words, plain
from planner.report.words import amount


def show_effects(now: Assessment, then: Assessment) -> None:
    """Losses over a tenth in words, and every campaign in a table, the largest loss first."""
    found = effects(now, then)
    if told := loss_sentences(found):
        st.warning(
            "**What this plan takes away:**\n\n" + "\n".join(f"- {plain(text)}" for text in told),
            icon=":material/trending_down:",
        )
    st.markdown("What it does to each campaign:")
    right = {
        name: st.column_config.TextColumn(name, alignment="right")
        for name in ("Now", "With the plan", "Change")
    }
    st.dataframe(
        pd.DataFrame([_record(effect) for effect in found]),
        hide_index=True,
        column_config=right,
        alt="What the plan does to each campaign",
    )
    if any(effect.has_list for effect in found):
        st.caption(
            "Lists end as dated if nothing else changes: by the attempts of these lines in the "
            "hours in which the campaign runs."
        )


def _record(effect: Effect) -> dict[str, str]:
    return {
        "Campaign": effect.campaign_id,
        "An hour": effect.unit,
        "Now": amount(effect.now),
        "With the plan": amount(effect.then),
        "Change": change_words(effect),
        "List ends now": _end(effect, effect.ends_now),
        "List ends with the plan": _end(effect, effect.ends_then),
    }


def _end(effect: Effect, moment: datetime | None) -> str:
    if not effect.has_list:
        return "endless"
    return "not done" if moment is None else moment_words(moment)
