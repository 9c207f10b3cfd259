"""Text of users, such as ids, in places that read markdown; moments in words."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

#: Keeps a directive, an emoji code or an icon name from being recognised; has no width.
_WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """Markdown that shows the text as it is, whatever it contains."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!~|<>$&^=\"'@/])", r"\\\1", " ".join(text.split()))
    return re.sub(r":(?=\S)", f":{_WORD_JOINER}", escaped)


#: Where a session keeps the time zone that it chose for all times.
CLOCK = "clock"


def reader_zone() -> ZoneInfo:
    """The time zone of all times on the pages: the one chosen, else that of the browser."""
    return ZoneInfo(st.session_state.get(CLOCK) or st.context.timezone or "UTC")


def moment_words(moment: datetime) -> str:
    """A moment on the reader's clock: ``Wed 4 Mar 2026 17:02``."""
    local = moment.astimezone(reader_zone())
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
