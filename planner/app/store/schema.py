"""The tables of the store, as of the newest migration.

A problem is kept once, by the digest of its text: versions and drafts only hold their lines.
Times are ISO text in UTC, which sorts and is the same in every database.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()
#: Longest name of a plan or a person that is kept.
MAX_NAME = 200

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
)
