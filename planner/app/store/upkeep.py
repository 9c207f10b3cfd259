"""Saved plans renamed, deleted, and brought back while they can be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from planner.app.store.clock import moment, now
from planner.app.store.records import DeletedPlan
from planner.app.store.schema import MAX_NAME, plans, versions

#: Deleted plans are kept so long.
KEPT = timedelta(days=30)
_Transaction = Callable[[], AbstractContextManager[Connection]]


class Upkeep:
    """What is done with plans as a whole.

    Parameters
    ----------
    reading, writing : transactions of the store.
    """

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def rename(self, plan_id: str, name: str) -> bool:
        """Give a plan another name; whether there is such a plan."""
        step = (
            update(plans)
            .where(plans.c.plan_id == plan_id, plans.c.deleted_at.is_(None))
            .values(name=name[:MAX_NAME])
        )
        with self._writing() as connection:
            return bool(connection.execute(step).rowcount)

    def delete(self, plan_id: str) -> bool:
        """Delete a plan, which can be brought back for a while; whether there was such a plan.

        Plans deleted longer ago than that go for good.
        """
        step = (
            update(plans)
            .where(plans.c.plan_id == plan_id, plans.c.deleted_at.is_(None))
            .values(deleted_at=now())
        )
        with self._writing() as connection:
            found = bool(connection.execute(step).rowcount)
            old = select(plans.c.plan_id).where(plans.c.deleted_at < _oldest())
            gone = [row.plan_id for row in connection.execute(old)]
            connection.execute(delete(versions).where(versions.c.plan_id.in_(gone)))
            connection.execute(delete(plans).where(plans.c.plan_id.in_(gone)))
        return found

    def deleted(self) -> tuple[DeletedPlan, ...]:
        """Plans that can still be brought back, the one deleted last first."""
        query = (
            select(plans.c.plan_id, plans.c.name, plans.c.deleted_at)
            .where(plans.c.deleted_at >= _oldest())
            .order_by(plans.c.deleted_at.desc(), plans.c.plan_id)
        )
        with self._reading() as connection:
            return tuple(
                DeletedPlan(row.plan_id, row.name, moment(row.deleted_at))
                for row in connection.execute(query)
            )

    def bring_back(self, plan_id: str) -> bool:
        """Have a deleted plan again, with its history; whether it could still be had."""
        step = (
            update(plans)
            .where(plans.c.plan_id == plan_id, plans.c.deleted_at >= _oldest())
            .values(deleted_at=None)
        )
        with self._writing() as connection:
            return bool(connection.execute(step).rowcount)


def _oldest() -> str:
    """Whatever was deleted before is gone; moments are text in UTC, which sorts as they do."""
    return (moment(now()) - KEPT).isoformat()
