"""Which pools and limits are in force at a moment, and whom the pools serve."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from planner.contracts.fleet.agents import LimitRow, PoolRow, limits_in_force, pools_in_force
from planner.contracts.problem import Campaign, Dialer, Problem


def pools_at(problem: Problem, moment: datetime | None) -> tuple[PoolRow, ...]:
    """At most one row of each pool: who is on shift.

    Parameters
    ----------
    problem : whose ``pools`` count
    moment : with a UTC offset; a row for a date goes before one for weekdays, and a pool without a
        row then has nobody. None: no special time; then a pool's row without hours, else its
        largest (:func:`without_a_moment` says so)

    Raises
    ------
    ValueError
        If the moment has no UTC offset.
    """
    _require_offset(moment)
    return pools_in_force(problem.pools, moment, problem.common_zone)


def limits_at(problem: Problem, moment: datetime | None) -> tuple[LimitRow, ...]:
    """The rows of ``limits`` that hold at a moment; without one those without hours.

    Raises
    ------
    ValueError
        If the moment has no UTC offset.
    """
    _require_offset(moment)
    return limits_in_force(problem.limits, moment, problem.common_zone)


def without_a_moment(problem: Problem) -> tuple[str, ...]:
    """Say what a plan for no special time takes of rows with hours, a sentence each."""
    told = [
        f"Pool {row.pool}: its {row.agent_lines} agent lines are those of its largest row; a plan "
        "for no special time does not know the hour. --interval plans for one."
        for row in pools_at(problem, None)
        if row.has_hours and _rows_of(problem, row.pool) > 1
    ]
    told += [
        f"Pool {row.pool}: its {row.agent_lines} agent lines count in a plan for no special time, "
        "though they are there in some hours only. --interval plans for one."
        for row in pools_at(problem, None)
        if row.has_hours and _rows_of(problem, row.pool) == 1
    ]
    left_out = [row.limit for row in problem.limits if row.has_hours]
    if left_out:
        names = ", ".join(str(name) for name in dict.fromkeys(left_out))
        told.append(
            f"Limits that hold in some hours only ({names}) do not count in a plan for no special "
            "time. --interval plans for one."
        )
    return tuple(told)


def serving(rows: tuple[PoolRow, ...], campaign: Campaign) -> tuple[PoolRow, ...]:
    """The rows of pools whose agents can work for a campaign; none for a broadcast."""
    return tuple(r for r in rows if campaign.is_live_transfer and r.serves(campaign.campaign_id))


def pools_among(rows: tuple[PoolRow, ...], campaigns: Collection[str]) -> tuple[PoolRow, ...]:
    """The rows as far as they are about some campaigns; those that serve only others are gone."""
    found = []
    for row in rows:
        served = tuple(name for name in row.campaigns if name in campaigns)
        if served or not row.campaigns:
            found.append(row.model_copy(update={"campaigns": served}))
    return tuple(found)


def is_pooled(problem: Problem, campaign: Campaign) -> bool:
    """Whether its agents come from pools, at whatever hour: its own agent lines are only a cap."""
    return bool(serving(problem.pools, campaign))


def nobody_on_shift(problem: Problem, campaign: Campaign, in_force: tuple[PoolRow, ...]) -> bool:
    """Whether a campaign whose agents come from pools has none of those in force."""
    here = serving(in_force, campaign)
    return is_pooled(problem, campaign) and not any(row.agent_lines for row in here)


def counted_dialers(problem: Problem, limit: LimitRow) -> tuple[Dialer, ...]:
    """The dialers whose lines count for a limit, in the problem's order."""
    return tuple(
        dialer
        for dialer in problem.dialers
        if limit.counts(dialer.dialer_id, dialer.domain, dialer.trunk_group)
    )


def _rows_of(problem: Problem, pool: str) -> int:
    return sum(row.pool == pool for row in problem.pools)


def _require_offset(moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"a moment needs its UTC offset: {moment.isoformat()}")
