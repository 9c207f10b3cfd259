"""The store: plans and their versions for everyone, drafts for their owner alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from planner.app.editing.edited_lines import EditedLines
from planner.app.store.clock import moment, now
from planner.app.store.content import draft_text, edited_lines_of, lines_text, problem_text
from planner.app.store.database import READ_SECONDS, WRITE_SECONDS, Database
from planner.app.store.faults import UnreadableRow
from planner.app.store.records import DraftEntry, PlanEntry, SaveConflict, Saved, VersionEntry
from planner.app.store.scenarios import Scenarios
from planner.app.store.schema import (
    MAX_NAME,
    MAX_NOTE,
    drafts,
    kept_note,
    next_serial,
    plans,
    problems,
    versions,
)
from planner.app.store.upkeep import Upkeep

#: Drafts are written while somebody works: they wait shortly, and are tried again [s].
DRAFT_SECONDS = 0.5


class Store:
    """Saved plans and drafts in one database. Safe to share between threads.

    Every method is one transaction: it is done as a whole, or nothing is written and it raises.
    All raise StoreUnavailable when the database does not answer, or is not the one it was.

    Parameters
    ----------
    address : SQLAlchemy URL of SQLite or PostgreSQL; the tables are made or brought up to date.

    Attributes
    ----------
    scenarios : saved what-if scenarios.
    upkeep : renames plans, deletes them and brings them back.
    """

    def __init__(self, address: str) -> None:
        self._database = Database(address)
        self._engine = self._database.engine
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        self._upsert = dialect.insert
        self.scenarios = Scenarios(self._reading, self._writing)
        self.upkeep = Upkeep(self._reading, self._writing)

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def plans(self) -> tuple[PlanEntry, ...]:
        """Every saved plan, the one saved last first."""
        newest = (plans.c.plan_id == versions.c.plan_id) & (plans.c.version == versions.c.version)
        query = (
            select(plans.c.name, *_ENTRY)
            .join_from(plans, versions, newest)
            .where(_THERE)
            .order_by(versions.c.serial.desc(), plans.c.plan_id)
        )
        with self._reading() as connection:
            return tuple(
                PlanEntry(name=row.name, **vars(_version(row))) for row in connection.execute(query)
            )

    def history(self, plan_id: str) -> tuple[VersionEntry, ...]:
        """Every version of a plan, the newest first; none of a plan that is not there."""
        query = (
            select(*_ENTRY)
            .join_from(versions, plans, plans.c.plan_id == versions.c.plan_id)
            .where(versions.c.plan_id == plan_id, _THERE)
        )
        with self._reading() as connection:
            found = connection.execute(query.order_by(versions.c.version.desc()))
            return tuple(_version(row) for row in found)

    def read(self, plan_id: str, version: int) -> Saved | None:
        """A version of a plan as it was saved; None if there is no such.

        Raises
        ------
        UnreadableRow
            If what is kept of it makes no sense.
        """
        query = (
            select(plans.c.name, problems.c.content, versions.c.lines)
            .join_from(versions, plans, plans.c.plan_id == versions.c.plan_id)
            .join(problems, problems.c.digest == versions.c.digest)
            .where(versions.c.plan_id == plan_id, versions.c.version == version, _THERE)
        )
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        what = f"version {version} of {row.name}" if row is not None else ""
        return None if row is None else _saved(what, row.name, row.content, row.lines)

    def create(self, name: str, edited: EditedLines, author: str, note: str = "") -> VersionEntry:
        """Save edited lines as version 1 of a new plan; plans of the same name stay apart."""
        entry = _new_version(uuid.uuid4().hex, 1, author, note)
        with self._writing() as connection:
            row = {"plan_id": entry.plan_id, "name": name[:MAX_NAME], "version": 1}
            connection.execute(insert(plans).values(row))
            self._add_version(connection, entry, edited)
        return entry

    def save(
        self, plan_id: str, based_on: int, edited: EditedLines, author: str, note: str = ""
    ) -> VersionEntry:
        """Save edited lines as the next version of a plan.

        Parameters
        ----------
        based_on : the version that was opened and edited

        Raises
        ------
        SaveConflict
            If that is not the newest version any more.
        KeyError
            If there is no such plan.
        """
        entry = _new_version(plan_id, based_on + 1, author, note)
        step = (
            update(plans)
            .where(plans.c.plan_id == plan_id, plans.c.version == based_on, _THERE)
            .values(version=entry.version)
        )
        with self._writing() as connection:
            if not connection.execute(step).rowcount:
                raise SaveConflict(_newest(connection, plan_id))
            self._add_version(connection, entry, edited)
        return entry

    def save_draft(
        self,
        draft_id: str,
        owner: str,
        source: str,
        edited: EditedLines,
        *,
        rows_changed: int,
        plan_id: str | None = None,
        based_on: int | None = None,
    ) -> None:
        """Keep work in progress, with its edits, in place of what this draft was before."""
        with self._writing(DRAFT_SECONDS) as connection:
            values = {
                "owner": owner[:MAX_NAME],
                "source": source,
                "rows_changed": rows_changed,
                "saved_at": now(),
                "plan_id": plan_id,
                "based_on": based_on,
                "digest": self._keep_problem(connection, edited),
                "lines": draft_text(edited),
                "serial": next_serial(drafts),
            }
            statement = self._upsert(drafts).values(draft_id=draft_id, **values)
            # A draft of somebody else is left alone, whatever id is asked for.
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["draft_id"],
                    set_=values,
                    where=drafts.c.owner == owner[:MAX_NAME],
                )
            )

    def drafts(self, owner: str) -> tuple[DraftEntry, ...]:
        """The drafts of an owner, the newest first."""
        names = ("draft_id", "source", "rows_changed", "saved_at", "plan_id", "based_on")
        query = (
            select(*(drafts.c[name] for name in names))
            .where(drafts.c.owner == owner[:MAX_NAME])
            .order_by(drafts.c.serial.desc(), drafts.c.draft_id)
        )
        with self._reading() as connection:
            found = [dict(row._mapping) for row in connection.execute(query)]
        return tuple(DraftEntry(**row | {"saved_at": moment(row["saved_at"])}) for row in found)

    def read_draft(self, draft_id: str, owner: str) -> Saved | None:
        """A draft of this owner; None if there is no such."""
        query = (
            select(drafts.c.source, problems.c.content, drafts.c.lines)
            .join_from(drafts, problems, problems.c.digest == drafts.c.digest)
            .where(drafts.c.draft_id == draft_id, drafts.c.owner == owner[:MAX_NAME])
        )
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        what = f"the unsaved work on {row.source}" if row is not None else ""
        return None if row is None else _saved(what, row.source, row.content, row.lines)

    def drop_draft(self, draft_id: str, owner: str) -> None:
        """Forget a draft of this owner."""
        mine = drafts.c.owner == owner[:MAX_NAME]
        with self._writing() as connection:
            connection.execute(delete(drafts).where(drafts.c.draft_id == draft_id, mine))

    def _add_version(
        self, connection: Connection, entry: VersionEntry, edited: EditedLines
    ) -> None:
        row = vars(entry) | {
            "saved_at": entry.saved_at.isoformat(),
            "digest": self._keep_problem(connection, edited),
            "lines": lines_text(edited),
            "serial": next_serial(versions),
        }
        connection.execute(insert(versions).values(row))

    def _keep_problem(self, connection: Connection, edited: EditedLines) -> str:
        content, digest = problem_text(edited.baseline)
        row = self._upsert(problems).values(digest=digest, content=content)
        connection.execute(row.on_conflict_do_nothing())
        return digest

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._database.transaction(writes=False, wait_seconds=READ_SECONDS) as connection:
            yield connection

    @contextmanager
    def _writing(self, wait_seconds: float = WRITE_SECONDS) -> Iterator[Connection]:
        with self._database.transaction(writes=True, wait_seconds=wait_seconds) as connection:
            yield connection


#: Plans that nobody deleted.
_THERE = plans.c.deleted_at.is_(None)
_ENTRY = (
    *(versions.c[name] for name in ("plan_id", "version", "author", "saved_at")),
    kept_note(versions),
)


def _saved(what: str, name: str, content: str, lines: str) -> Saved:
    try:
        return Saved(name, edited_lines_of(content, lines))
    except (ValueError, KeyError) as error:
        raise UnreadableRow(f"{what} cannot be read: what is kept of it is damaged") from error


def _newest(connection: Connection, plan_id: str) -> VersionEntry:
    last = select(func.max(versions.c.version)).where(versions.c.plan_id == plan_id)
    query = (
        select(*_ENTRY)
        .join_from(versions, plans, plans.c.plan_id == versions.c.plan_id)
        .where(versions.c.plan_id == plan_id, versions.c.version == last.scalar_subquery(), _THERE)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise KeyError(plan_id)
    return _version(row)


def _new_version(plan_id: str, version: int, author: str, note: str) -> VersionEntry:
    return VersionEntry(plan_id, version, author[:MAX_NAME], note[:MAX_NOTE], moment(now()))


def _version(row: Row[Any]) -> VersionEntry:
    saved_at = moment(row.saved_at)
    return VersionEntry(row.plan_id, row.version, row.author, row.note, saved_at)
