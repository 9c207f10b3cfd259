"""Opens the database: SQLite in the user's data folder, or what ``PLANNER_DB`` names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

DATABASE_VARIABLE = "PLANNER_DB"
_FILE = "plans.db"
#: How long a writer waits for another one; longer than any write takes.
_BUSY_SECONDS = 30
#: Names our migrations among PostgreSQL's advisory locks.
_MIGRATION_LOCK = 7_302_911_840_021
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


class StoreUnavailable(Exception):
    """The database cannot be used; the message says which one and why, without its password."""


def store_url() -> str:
    """The database's address: ``PLANNER_DB``, else a file in the user's data folder."""
    given = os.environ.get(DATABASE_VARIABLE, "").strip()
    if given:
        return given
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return f"sqlite:///{Path(base) / 'planner' / _FILE}"


def open_engine(address: str) -> Engine:
    """Connect, and bring the tables up to date.

    Raises
    ------
    StoreUnavailable
        If the address cannot be read, nobody answers there, or a newer planner made the tables.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        # The address may hold a password, so it is not repeated.
        raise StoreUnavailable(
            f"{DATABASE_VARIABLE} is no database address; expected postgresql://user@host/name "
            "or sqlite:////folder/file.db"
        ) from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    shown = url.render_as_string(hide_password=True)
    try:
        engine = _sqlite(url.database, address) if _is_sqlite(url.drivername) else None
        if engine is None:
            engine = create_engine(url, pool_pre_ping=True)
        _migrate(engine)
    except CommandError as error:
        raise StoreUnavailable(
            f"{shown} was made by a newer version of the planner: use that version ({error})"
        ) from error
    except (SQLAlchemyError, OSError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise StoreUnavailable(
            f"{shown} cannot be used: {reason[0] if reason else error}"
        ) from error
    return engine


def _is_sqlite(drivername: str) -> bool:
    return drivername.split("+", maxsplit=1)[0] == "sqlite"


def _sqlite(file: str | None, address: str) -> Engine:
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    # WAL: readers do not wait for a writer; FULL: what is acknowledged survives a power cut.
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could not wait for another writer.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(:number)")
            connection.execute(lock, {"number": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
