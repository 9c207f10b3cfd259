"""The tables of the store, as of the newest migration.

A problem is kept once, by the digest of its text: versions and drafts only hold their lines.
Times are ISO text in UTC, which is the same in every database; clocks go back at times, so the
order in which things were saved is that of their serial numbers.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Label,
    MetaData,
    ScalarSelect,
    String,
    Table,
    Text,
    func,
    select,
)

metadata = MetaData()
#: Longest name of a plan or a person that is kept.
MAX_NAME = 200
#: Longest note that is kept: lists of all plans send every note.
MAX_NOTE = 500

problems = Table(
    "problems",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", Text, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("plan_id", String(32), primary_key=True),
    Column("name", String(MAX_NAME), nullable=False),
    Column("version", Integer, nullable=False),
    Column("deleted_at", String(40)),
)

versions = Table(
    "versions",
    metadata,
    Column("plan_id", String(32), ForeignKey("plans.plan_id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("author", String(MAX_NAME), nullable=False),
    Column("note", Text, nullable=False),
    Column("saved_at", String(40), nullable=False),
    Column("digest", String(64), ForeignKey("problems.digest"), nullable=False),
    Column("lines", Text, nullable=False),
    Column("serial", Integer, nullable=False, server_default="0"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", String(32), primary_key=True),
    Column("owner", String(MAX_NAME), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("rows_changed", Integer, nullable=False),
    Column("saved_at", String(40), nullable=False),
    Column("plan_id", String(32)),
    Column("based_on", Integer),
    Column("digest", String(64), ForeignKey("problems.digest"), nullable=False),
    Column("lines", Text, nullable=False),
    Column("serial", Integer, nullable=False, server_default="0"),
)

scenarios = Table(
    "scenarios",
    metadata,
    Column("scenario_id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(MAX_NAME), nullable=False),
    Column("author", String(MAX_NAME), nullable=False),
    Column("note", Text, nullable=False),
    Column("saved_at", String(40), nullable=False),
    Column("levers", Text, nullable=False),
    Column("serial", Integer, nullable=False, server_default="0"),
)


def next_serial(table: Table) -> ScalarSelect[int]:
    """The serial number of what is saved now."""
    return select(func.coalesce(func.max(table.c.serial), 0) + 1).scalar_subquery()


def kept_note(table: Table) -> Label[str]:
    """The note as a column, no longer than notes are kept now: earlier ones had no limit."""
    return func.substr(table.c.note, 1, MAX_NOTE).label("note")
