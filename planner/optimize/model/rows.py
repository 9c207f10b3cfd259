"""The rows that campaigns share: ports, channels, calls per second, agents of pools, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.fleet.pools import counted_dialers, limits_at, pools_at
from planner.contracts.problem import Problem
from planner.evaluation.rates import SECONDS_PER_HOUR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Sets of pools whose agents are counted together from the beginning, at most; others are added
#: where a plan breaks them.
MOST_POOL_SETS = 200


@dataclass(frozen=True)
class Capacity:
    """A limit on a weighted sum of lines and attempts over some campaigns and dialers.

    Attributes
    ----------
    pairs : ``[campaign, dialer]`` whose lines count; None: those of all campaigns on ``members``
    dial, attempt : weight of a dial line, and of an attempt per hour
    agent : ``[dialer]`` weight of an agent line
    """

    name: str
    members: Bools
    limit: float
    dial: float
    agent: Floats
    attempt: float = 0.0
    pairs: Bools | None = None
    is_ports: bool = False  # the ports of one dialer
    is_carrier: bool = False  # calls per second, or channels
    is_pool: bool = False  # agents of a set of pools

    @property
    def limits_lines(self) -> bool:
        """Whether it is a row of limits.csv or a set of pools."""
        return not self.is_ports and not self.is_carrier

    @property
    def counts_lines(self) -> bool:
        """Whether it counts lines; the others count attempts."""
        return self.attempt == 0


def capacities(
    problem: Problem,
    ports: Ints,
    agent_cost: Ints,
    more_sets: Iterable[frozenset[int]] = (),
) -> tuple[Capacity, ...]:
    """All rows of a problem, those of ports and carriers first.

    ``more_sets`` are sets of pools, by their places, that are counted besides.
    """
    return (
        *_dialer_rows(problem, ports, agent_cost),
        *_trunk_rows(problem, agent_cost),
        *_pool_rows(problem, more_sets),
        *_limit_rows(problem),
    )


def _dialer_rows(problem: Problem, ports: Ints, agent_cost: Ints) -> Iterator[Capacity]:
    taken, nothing = agent_cost.astype(np.float64), np.zeros(len(ports))
    for d, dialer in enumerate(problem.dialers):
        member = np.arange(len(ports)) == d
        name = f"ports of {dialer.dialer_id}"
        yield Capacity(name, member, float(ports[d]), 1.0, taken, is_ports=True)
        if dialer.cps is not None:
            name = f"calls per second of {dialer.dialer_id}"
            yield Capacity(
                name, member, dialer.cps * SECONDS_PER_HOUR, 0.0, nothing, 1.0, is_carrier=True
            )


def _trunk_rows(problem: Problem, agent_cost: Ints) -> Iterator[Capacity]:
    taken, nothing = agent_cost.astype(np.float64), np.zeros(len(agent_cost))
    for group in problem.trunk_groups:
        member = np.array([d.trunk_group == group.trunk_group for d in problem.dialers], np.bool_)
        if not member.any():
            continue
        name = f"channels of trunk group {group.trunk_group}"
        yield Capacity(name, member, float(group.channels), 1.0, taken, is_carrier=True)
        if group.cps is not None:
            name = f"calls per second of trunk group {group.trunk_group}"
            yield Capacity(
                name, member, group.cps * SECONDS_PER_HOUR, 0.0, nothing, 1.0, is_carrier=True
            )


def pool_pairs(problem: Problem, pools: Sequence[PoolRow]) -> Bools:
    """Which pools can fill agent lines of each pair ``[pool, campaign, dialer]``."""
    shape = len(pools), len(problem.campaigns), len(problem.dialers)
    found: Bools = np.zeros(shape, np.bool_)
    for p, pool in enumerate(pools):
        serves = [c.is_live_transfer and pool.serves(c.campaign_id) for c in problem.campaigns]
        reaches = [pool.reaches(d.dialer_id) for d in problem.dialers]
        found[p] = np.outer(serves, reaches)
    return found


def served_by_pools(problem: Problem, pools: Sequence[PoolRow]) -> Bools:
    """Campaigns whose agent lines are those of pools."""
    found = [
        c.is_live_transfer and any(pool.serves(c.campaign_id) for pool in pools)
        for c in problem.campaigns
    ]
    return np.array(found, np.bool_)


def _pool_rows(problem: Problem, more: Iterable[frozenset[int]]) -> Iterator[Capacity]:
    """Lines that only a set of pools can fill are no more than they have, for every set.

    That is enough for all lines to find their agents (P. Hall, On representatives of subsets,
    1935). Sets that fall apart follow from their parts.
    """
    pools = pools_at(problem, None)
    if not pools:
        return
    fills = pool_pairs(problem, pools)
    lines = np.array([pool.agent_lines for pool in pools])
    everywhere = np.ones(len(problem.dialers), np.bool_)
    one = np.ones(len(problem.dialers))
    for together in dict.fromkeys([*_pool_sets(fills), *more]):
        outside = np.delete(fills, sorted(together), axis=0).any(axis=0)
        pairs = np.logical_and(fills[sorted(together)].any(axis=0), ~outside)
        names = ", ".join(pools[p].pool for p in sorted(together))
        name = f"agents of pool{'s' if len(together) > 1 else ''} {names}"
        limit = float(lines[sorted(together)].sum())
        yield Capacity(name, everywhere, limit, 0.0, one, pairs=pairs, is_pool=True)


def _pool_sets(fills: Bools) -> list[frozenset[int]]:
    """The sets of pools that fill some pair, and all unions of them that hang together."""
    columns = fills.reshape(len(fills), -1).T
    classes = {frozenset(np.flatnonzero(row).tolist()) for row in np.unique(columns, axis=0)}
    kinds = sorted((k for k in classes if k), key=lambda k: (len(k), sorted(k)))
    found = dict.fromkeys(kinds)
    waiting = list(kinds)
    while waiting and len(found) < MOST_POOL_SETS:
        one = waiting.pop()
        for other in kinds:
            union = one | other
            if one & other and union not in found:
                found[union] = None
                waiting.append(union)
    return list(found)


def _limit_rows(problem: Problem) -> Iterator[Capacity]:
    """The most lines of limits.csv."""
    for row in limits_at(problem, None):
        counted = {d.dialer_id for d in counted_dialers(problem, row)}
        member = np.array([d.dialer_id in counted for d in problem.dialers], np.bool_)
        one, nothing = np.ones(len(member)), np.zeros(len(member))
        for most, dial, agent, what in (
            (row.max_dial_lines, 1.0, nothing, "dial lines"),
            (row.max_agent_lines, 0.0, one, "agent lines"),
            (row.max_lines, 1.0, one, "lines"),
        ):
            if most is None:
                continue
            pairs = None
            if row.campaign_id is not None:
                own = [c.campaign_id == row.campaign_id for c in problem.campaigns]
                pairs = np.outer(own, member)
            yield Capacity(f"limit {row.limit} on {what}", member, float(most), dial, agent,
                           pairs=pairs)  # fmt: skip


def floor_members(problem: Problem, row: LimitRow) -> Bools:
    """The dialers whose lines count for a row of limits.csv."""
    counted = {d.dialer_id for d in counted_dialers(problem, row)}
    return np.array([d.dialer_id in counted for d in problem.dialers], np.bool_)
