"""Moments as text: ISO in UTC, which sorts and is the same in every database."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Tell the moment it is."""
    return datetime.now(UTC).isoformat()


def moment(text: str) -> datetime:
    """The moment that a text tells."""
    return datetime.fromisoformat(text)
