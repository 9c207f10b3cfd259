"""Which database: a SQLite file in the user's data folder, or what ``PLANNER_DB`` names."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from planner.app.store.faults import StoreUnavailable

DATABASE_VARIABLE = "PLANNER_DB"
_FILE = "plans.db"
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_EXPECTED = "expected postgresql://user@host/name or sqlite:////folder/file.db"


def store_url() -> str:
    """The database's address: ``PLANNER_DB``, else a file in the user's data folder."""
    given = os.environ.get(DATABASE_VARIABLE, "").strip()
    if given:
        return given
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return f"sqlite:///{Path(base) / 'planner' / _FILE}"


def read_address(address: str) -> Path | URL:
    """The SQLite file that an address names, else the server.

    Raises
    ------
    StoreUnavailable
        If it is no address; it may hold a password, so it is not repeated, not even in part.
    """
    if address.split("?", maxsplit=1)[0].count("@") > 1:
        # Everything after the first @ would pass for the host, and be shown.
        raise StoreUnavailable(
            f"{DATABASE_VARIABLE} has more than one @: write an @ of the password as %40"
        )
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StoreUnavailable(f"{DATABASE_VARIABLE} is no database address; {_EXPECTED}") from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    kind = url.drivername.split("+", maxsplit=1)[0]
    if kind == "sqlite" and url.database not in (None, "", ":memory:") and not url.query:
        return Path(str(url.database)).absolute()
    if kind == "postgresql":
        return url
    raise StoreUnavailable(f"{DATABASE_VARIABLE} is no database of a kind we know; {_EXPECTED}")


def shown(place: Path | URL) -> str:
    """A database in words, without its password."""
    if isinstance(place, Path):
        return str(place)
    host = f"{place.host or 'this machine'}:{place.port or 5432}"
    return f"the database {place.database or ''} on {host}".replace("  ", " ")
