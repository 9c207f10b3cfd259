"""The moment that the pages look at, and the clock that they tell times on: each chosen once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import streamlit as st

from planner.app.session.text import CLOCK, reader_zone

__all__ = ["pick_clock", "pick_moment", "reader_zone"]

#: Where a session keeps the moment that it chose, in UTC; none while it looks at now.
_MOMENT = "moment"


def pick_moment(label: str, key: str) -> datetime:
    """A field for the moment that all pages look at; now while it is blank, which it says.

    What is picked on one page stands on the others.
    """
    known: datetime | None = st.session_state.get(_MOMENT)
    if key not in st.session_state:  # the field was not on the page
        st.session_state[key] = known and known.astimezone(reader_zone()).replace(tzinfo=None)
    is_now = st.session_state[key] is None
    picked = st.datetime_input(
        f"{label} now, or at" if is_now else label,
        value=None,
        key=key,
        help=f"Blank is now. The same moment on every page, on the clock of {reader_zone().key}.",
    )
    moment = None if picked is None else picked.replace(tzinfo=reader_zone()).astimezone(UTC)
    st.session_state[_MOMENT] = moment
    return moment or datetime.now(UTC)


def chosen_moment() -> datetime:
    """The moment that all pages look at, on the clock that they tell times on."""
    known: datetime | None = st.session_state.get(_MOMENT)
    return (known or datetime.now(UTC)).astimezone(reader_zone())


def is_picked() -> bool:
    """Whether a moment was picked: else the pages look at now."""
    return st.session_state.get(_MOMENT) is not None


def pick_clock(zones: Iterable[str], key: str) -> None:
    """A field for the time zone of all times on all pages, at first that of the browser."""
    own = st.context.timezone or "UTC"
    known = list(dict.fromkeys([own, *zones, "UTC"]))
    st.session_state.setdefault(CLOCK, own)
    if st.session_state[CLOCK] not in known:
        known.append(st.session_state[CLOCK])
    if key not in st.session_state:
        st.session_state[key] = st.session_state[CLOCK]

    def choose() -> None:
        # The fields of moments show the same moment on the new clock.
        st.session_state[CLOCK] = st.session_state[key]
        for field in _FIELDS:
            st.session_state.pop(field, None)

    st.selectbox(
        "Clock",
        known,
        key=key,
        on_change=choose,
        format_func=lambda zone: f"{zone} (yours)" if zone == own else zone,
        help="The time zone of all times on all pages",
    )


#: The fields of :func:`pick_moment` on the pages.
_FIELDS = ("at", "status-at", "handout-at")
