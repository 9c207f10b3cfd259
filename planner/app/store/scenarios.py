"""Saved what-if scenarios: levers with a name, a note, an author and all their versions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from planner.app.editing.worlds.levers import Levers
from planner.app.store.clock import moment, now
from planner.app.store.faults import UnreadableRow
from planner.app.store.records import ScenarioConflict, ScenarioEntry
from planner.app.store.schema import MAX_NAME, MAX_NOTE, kept_note, next_serial, scenarios

Opened = Callable[[], AbstractContextManager[Connection]]
_COLUMNS = (
    *(scenarios.c[name] for name in ("scenario_id", "version", "name", "author", "saved_at")),
    kept_note(scenarios),
)


class _Taken(Exception):
    """The version is there already."""


class Scenarios:
    """The scenarios of a store; every method is one transaction.

    Parameters
    ----------
    reading, writing : open a transaction of that kind.
    """

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    def newest(self) -> tuple[ScenarioEntry, ...]:
        """The newest version of every scenario, the one saved last first."""
        last = (
            select(scenarios.c.scenario_id, func.max(scenarios.c.version).label("version"))
            .group_by(scenarios.c.scenario_id)
            .subquery()
        )
        query = (
            select(*_COLUMNS)
            .join(
                last,
                (last.c.scenario_id == scenarios.c.scenario_id)
                & (last.c.version == scenarios.c.version),
            )
            .order_by(scenarios.c.serial.desc(), scenarios.c.scenario_id)
        )
        with self._reading() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def versions(self) -> tuple[ScenarioEntry, ...]:
        """Every version of every scenario, the one saved last first."""
        query = select(*_COLUMNS).order_by(
            scenarios.c.serial.desc(), scenarios.c.scenario_id, scenarios.c.version.desc()
        )
        with self._reading() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def history(self, scenario_id: str) -> tuple[ScenarioEntry, ...]:
        """Every version of a scenario, the newest first."""
        with self._reading() as connection:
            return _history(connection, scenario_id)

    def read(self, scenario_id: str, version: int) -> Levers | None:
        """The levers of a version; None if there is no such."""
        query = select(scenarios.c.levers).where(
            scenarios.c.scenario_id == scenario_id, scenarios.c.version == version
        )
        with self._reading() as connection:
            text = connection.execute(query).scalar_one_or_none()
        try:
            return None if text is None else Levers.model_validate_json(text)
        except ValueError as error:
            raise UnreadableRow(
                f"version {version} of a scenario cannot be read: what is kept of it is damaged"
            ) from error

    def create(self, name: str, levers: Levers, author: str, note: str = "") -> ScenarioEntry:
        """Save levers as version 1 of a new scenario; scenarios of one name stay apart."""
        return self._add(
            ScenarioEntry(uuid.uuid4().hex, name, 1, author, note, moment(now())), levers
        )

    def save(
        self,
        scenario_id: str,
        based_on: int,
        name: str,
        levers: Levers,
        author: str,
        note: str = "",
    ) -> ScenarioEntry:
        """Save levers as the next version of a scenario.

        Parameters
        ----------
        based_on : the version that was opened and changed

        Raises
        ------
        ScenarioConflict
            If that is not the newest version any more; nothing was written.
        KeyError
            If there is no such scenario.
        """
        entry = ScenarioEntry(scenario_id, name, based_on + 1, author, note, moment(now()))
        try:
            return self._add(entry, levers)
        except _Taken as taken:
            raise ScenarioConflict(self.history(scenario_id)[0]) from taken

    def _add(self, entry: ScenarioEntry, levers: Levers) -> ScenarioEntry:
        row = vars(entry) | {
            "name": entry.name[:MAX_NAME],
            "author": entry.author[:MAX_NAME],
            "saved_at": entry.saved_at.isoformat(),
            "note": entry.note[:MAX_NOTE],
            "levers": levers.model_dump_json(),
            "serial": next_serial(scenarios),
        }
        with self._writing() as connection:
            known = entry.version == 1 or any(
                other.version == entry.version - 1
                for other in _history(connection, entry.scenario_id)
            )
            if not known:
                raise KeyError(entry.scenario_id)
            try:
                connection.execute(insert(scenarios).values(row))
            except IntegrityError as error:
                raise _Taken from error
        return entry


def _history(connection: Connection, scenario_id: str) -> tuple[ScenarioEntry, ...]:
    query = select(*_COLUMNS).where(scenarios.c.scenario_id == scenario_id)
    found = connection.execute(query.order_by(scenarios.c.version.desc()))
    return tuple(_entry(row) for row in found)


def _entry(row: Row[Any]) -> ScenarioEntry:
    return ScenarioEntry(**dict(row._mapping) | {"saved_at": moment(row.saved_at)})
