"""What a plan gives up, whom it leaves out, and which limits its simulation breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from planner.app.session.text import plain
from planner.contracts.answers import GivenUp, LeftOut, LimitBroken, Needed, NeededSearch
from planner.report.plans.given_up import (
    NEEDED,
    broken_sentences,
    given_up_sentences,
    left_out_sentences,
    needed_sentences,
)


def show_given_up(
    given_up: Iterable[GivenUp],
    left_out: Iterable[LeftOut] = (),
    limits_broken: Iterable[LimitBroken] = (),
    needed: Iterable[Needed] = (),
    needed_search: NeededSearch = NeededSearch.NOTHING_GIVEN_UP,
) -> None:
    """Each in a box of its own; nothing where there is nothing to tell."""
    told = list(given_up_sentences(given_up))
    if told:
        st.warning(
            f"**Not everything can be had.** This plan gives up:\n\n{_bullets(told)}",
            icon=":material/rule:",
        )
    ways = list(needed_sentences(needed, needed_search))
    if ways and needed_search is not NeededSearch.NOT_SOUGHT:
        st.info(f"**{NEEDED}**:\n\n{_bullets(ways)}", icon=":material/add_circle:")
    out = list(left_out_sentences(left_out))
    if out:
        st.info(f"Cannot run:\n\n{_bullets(out)}", icon=":material/block:")
    broken = list(broken_sentences(limits_broken))
    if broken:
        st.warning(
            f"**The simulation of this plan breaks limits:**\n\n{_bullets(broken)}",
            icon=":material/warning:",
        )


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {plain(text)}" for text in sentences)
