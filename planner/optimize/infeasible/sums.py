"""The constraints on sums of lines: rows of limits.csv, and agents of pools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.contracts.fleet.agents import LEAST_FIELDS, MOST_FIELDS, LimitRow, PoolRow
from planner.contracts.fleet.pools import limits_at, pools_at
from planner.contracts.limits import MAX_LINES
from planner.contracts.problem import Problem
from planner.contracts.values.fields import ID_SEPARATOR
from planner.optimize.infeasible.constraint import (
    Change,
    Constraint,
    Easing,
    NoLimit,
    counted,
    in_column,
    plural,
)

_LINES = {"dial_lines": "dial line", "agent_lines": "agent line", "lines": "line"}


def least_sums(problem: Problem) -> Iterator[Constraint]:
    """Least lines that a campaign must have over what a row of limits.csv counts."""
    known = {c.campaign_id for c in problem.campaigns}
    for row in limits_at(problem, None):
        for column in LEAST_FIELDS:
            least = getattr(row, column)
            if least and row.campaign_id in known:
                yield _least(row, column, least)


def most_sums(problem: Problem, room: NoLimit) -> Iterator[Constraint]:
    """Most lines over what a row of limits.csv counts."""
    end = min(sum(room.ports.values()), MAX_LINES)
    for row in limits_at(problem, None):
        for column in MOST_FIELDS:
            most = getattr(row, column)
            if most is not None:
                yield _most(row, column, most, end)


def pool_sizes(problem: Problem, room: NoLimit) -> Iterator[Constraint]:
    """Agent lines that a pool has on shift."""
    end = min(sum(room.agent_lines.values()), MAX_LINES)
    for row in pools_at(problem, None):
        yield _agents(row, max(row.agent_lines + 1, end))


def pool_places(problem: Problem) -> Iterator[Constraint]:
    """For whom the agents of a pool can work, and at which dialers they can sit."""
    for row in pools_at(problem, None):
        name = f"agents of pool {row.pool}"
        if row.campaigns:
            yield _only(row, "campaigns", f"{name} work for", f"let {name} work for all campaigns")
        if row.dialers:
            yield _only(row, "dialers", f"{name} sit at", f"let {name} sit at all dialers")


def _only(row: PoolRow, column: str, does: str, eased: str) -> Constraint:
    ids: tuple[str, ...] = getattr(row, column)
    gone = (Change("pools", (row.pool,), {column: ()}),)
    easing = Easing(None, eased, gone)
    return Constraint(
        table="pools",
        key=(row.pool,),
        column=column,
        value=ID_SEPARATOR.join(ids),
        words=f"{does} {', '.join(ids)} only",
        lifted=gone,
        steps=1,
        easing=lambda _: easing,
    )


def _least(row: LimitRow, column: str, least: int) -> Constraint:
    kind = _LINES[column.removeprefix("min_")]
    name = f"limit {row.limit}"
    words = f"{name} asks for {least} {plural(kind, least)} of campaign {row.campaign_id}"
    eased = counted(least, 0, lambda n: f"let {name} ask for {n} {plural(kind, n)}")
    found = in_column(row, column, words, None, eased)
    return replace(found, is_demand=True, owner=row.campaign_id)


def _most(row: LimitRow, column: str, most: int, end: int) -> Constraint:
    kind = _LINES[column.removeprefix("max_")]
    name = f"limit {row.limit}"
    whose = "" if row.campaign_id is None else f" of campaign {row.campaign_id}"
    words = f"{name} allows {most} {plural(kind, most)}{whose}"
    end = max(most + 1, end)
    eased = counted(most, end, lambda n: f"let {name} allow {n} {plural(kind, n)}")
    return in_column(row, column, words, None, eased)


def _agents(row: PoolRow, end: int) -> Constraint:
    name, lines = f"pool {row.pool}", row.agent_lines
    eased = counted(lines, end, lambda n: f"put {n} agent {plural('line', n)} of {name} on shift")
    words = f"{name} has {lines} agent {plural('line', lines)} on shift"
    return in_column(row, "agent_lines", words, end, eased)
