"""What may be wrong with the database of saved plans, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

_WORDS = (
    ("database is locked", "another program holds it, a backup perhaps: try again in a moment"),
    ("disk is full", "its disk is full: make room there, then try again"),
    ("disk I/O error", "its disk fails or is full: look at it, then try again"),
    ("readonly database", "it may only be read: give the planner's account the right to write it"),
    ("no such table", "it holds no tables of the planner: put the file back, or start again"),
    ("unable to open", "it cannot be opened: put the file back, or start the planner again"),
    ("not a database", "it is no SQLite file: put the file back from a backup"),
    ("malformed", "it is damaged: put the file back from a backup"),
    ("server closed the connection", "it was stopped, or gave no answer for too long"),
    ("connection timeout expired", "nobody answered there in time: see whether it runs"),
    ("statement timeout", "it took too long: see what else it does, then try again"),
    (
        'relation "alembic_version"',
        "it holds no tables of the planner: put them back",
    ),
)


class StoreUnavailable(Exception):
    """The database cannot be used; the message says which one and why, without its password."""


class UnreadableRow(Exception):
    """One row of the database cannot be read; the others can."""


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn faults of the database of this name into :class:`StoreUnavailable`."""
    try:
        yield
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise StoreUnavailable(f"{name} cannot be used: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return next((words for part, words in _WORDS if part in said), said.splitlines()[0])
