"""Moments as text: ISO in UTC, which is the same in every database."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Tell the moment it is."""
    return datetime.now(UTC).isoformat()


def moment(text: str) -> datetime:
    """The moment that a text tells; of a damaged text the first there is: one row, not a page."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
