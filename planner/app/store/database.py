"""Opens the database, keeps its tables up to date, and begins transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from planner.app.store.addresses import read_address, shown
from planner.app.store.faults import StoreUnavailable, told
from planner.app.store.server import server_engine
from planner.app.store.sqlite_file import identity, leave_wal, make_file, sqlite_engine

#: How long a reader and a writer wait for others who write [s].
READ_SECONDS, WRITE_SECONDS = 1.0, 5.0
#: Names our migrations among PostgreSQL's advisory locks.
_MIGRATION_LOCK = 7_302_911_840_021
#: The step that the tables are at.
_VERSION = text("SELECT version_num FROM alembic_version")


class Database:
    """One database; each of its transactions is a connection of its own.

    Parameters
    ----------
    address : SQLAlchemy URL of SQLite or PostgreSQL; the tables are made or brought up to date.

    Raises
    ------
    StoreUnavailable
        If the address cannot be read, nobody answers there, or a newer planner made the tables.
    """

    def __init__(self, address: str) -> None:
        place = read_address(address)
        self._name, self._file = shown(place), place if isinstance(place, Path) else None
        steps = ScriptDirectory.from_config(_config())
        self._newest = steps.get_current_head()
        self._known = {step.revision for step in steps.walk_revisions()}
        with told(self._name):
            if isinstance(place, Path):
                make_file(place)
                leave_wal(place)
                self.engine: Engine = sqlite_engine(place)
            else:
                self.engine = server_engine(place)
            self._migrate()

    @contextmanager
    def transaction(self, *, writes: bool, wait_seconds: float) -> Iterator[Connection]:
        """One transaction; once it is over without an error it is in the file of the path.

        Raises
        ------
        StoreUnavailable
            If that is not so.
        """
        with told(self._name):
            before = self._identity()
            with self._begun(writes=writes, wait_seconds=wait_seconds) as connection:
                yield connection
                connection.commit()
            if self._identity() != before:
                raise StoreUnavailable(
                    f"{self._name} was replaced by another file at this moment: try again"
                )

    def _begun(self, *, writes: bool, wait_seconds: float) -> Connection:
        """A connection in a transaction, on tables of this version."""
        while True:
            options = {"writes": writes, "wait_seconds": wait_seconds}
            connection = self.engine.connect().execution_options(**options)
            try:
                connection.begin()
                version = connection.execute(_VERSION).scalar_one_or_none()
                self._require_known(version)
            except BaseException:
                connection.close()
                raise
            if version == self._newest:
                return connection
            connection.close()  # an older file was restored
            self._migrate()

    def _identity(self) -> object:
        return identity(self._file) if self._file is not None else None

    def _require_known(self, version: str | None) -> None:
        if version is not None and version not in self._known:
            raise StoreUnavailable(
                f"{self._name} was made by a newer version of the planner: use that version"
            )

    def _migrate(self) -> None:
        options = {"writes": True, "wait_seconds": WRITE_SECONDS}
        opened = self.engine.connect().execution_options(**options)
        with opened as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(:number)")
                connection.execute(lock, {"number": _MIGRATION_LOCK})
            version = None
            if inspect(connection).has_table("alembic_version"):
                version = connection.execute(_VERSION).scalar_one_or_none()
            self._require_known(version)
            if version != self._newest:
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
