"""How far figures of the lines on the board hold, where VICIdial dials them otherwise today."""

from __future__ import annotations

import streamlit as st

from planner.app.session.text import plain
from planner.app.session.vicidial_site import site_settings
from planner.contracts.problem import Problem
from planner.vicidial.regime_notes import regime_sentences


def show_site_notes(problem: Problem) -> None:
    """Tell it, if the fleet was read from a VICIdial system and there is anything to tell."""
    settings = site_settings(problem)
    told = list(regime_sentences(settings.regimes)) if settings is not None else []
    if told:
        st.caption(":material/warning: " + " ".join(plain(sentence) for sentence in told))
