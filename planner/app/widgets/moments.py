"""The moment that a page looks at."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st


def reader_zone() -> ZoneInfo:
    """The time zone of the reader's browser."""
    return ZoneInfo(st.context.timezone or "UTC")


def pick_moment(label: str, key: str) -> datetime:
    """A field for a moment in the reader's zone; now while it is blank."""
    picked = st.datetime_input(
        label,
        value=None,
        key=key,
        help="In your time zone; blank is now.",
    )
    if picked is None:
        return datetime.now(UTC)
    return picked.replace(tzinfo=reader_zone())
