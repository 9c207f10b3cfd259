"""The model as flat arrays that compiled code works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import inlined
from planner.contracts.fleet.agents import PoolRow
from planner.contracts.fleet.pools import pools_at
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.model.asked import Asked, asked_arrays
from planner.optimize.model.model import Model
from planner.optimize.model.rows import MOST_POOL_SETS, Capacity, pool_pairs
from planner.optimize.model.tables import ABANDONED, ANSWERED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1


class Fleet(NamedTuple):
    """A model for compiled code; ``[campaign, dialer]`` as everywhere.

    The entry for figure k of campaign c with a agent and n dial lines is
    ``flat[base[c] + (k * rows[c] + a) * width[c] + n]``.
    """

    flat: Floats
    base: Ints  # [campaign]
    rows: Ints  # [campaign] agent counts of its table
    width: Ints  # [campaign] dial-line counts of its table
    most_lines: Ints  # [campaign, agents] most dial lines that hold the abandonment limit
    frozen: NDArray[np.bool_]  # [campaign] whose lines depend on each other, to hold its limits
    room: Ints  # [dialer] ports
    agent_cost: Ints  # [dialer]
    block: Ints  # [dialer] lost with one failure
    order: Ints  # the dialers, those with the same costs one after the other
    lost: NDArray[np.bool_]  # [failure, dialer]
    parts: NDArray[np.bool_]  # [part, dialer] what is lost together
    any_two: bool  # whether any two parts may be lost at once
    parts_of: Ints  # [dialer, k] parts it belongs to, NONE where fewer
    capacities_of: Ints  # [dialer, k] limits beside its ports, NONE where fewer
    counts_lines: NDArray[np.bool_]  # [capacity]
    limit: Floats  # [capacity]
    sums_of: Ints  # [dialer, k] rows of pools and limits.csv, NONE where fewer
    sum_pairs: NDArray[np.bool_]  # [sum, campaign, dialer] whose lines count
    sum_dial: Floats  # [sum] weight of a dial line
    sum_agent: Floats  # [sum] weight of an agent line
    sum_limit: Floats  # [sum]
    pooled: bool  # whether agents may work for several campaigns
    pools_of: Ints  # [campaign, dialer, k] pools whose agents can sit there, NONE where fewer
    pool_agents: Ints  # [pool]; none where the rows say all about pools
    value: Floats
    call_value: Floats  # [campaign, dialer] of a call, net of its minutes
    attempt_cost: Floats  # [dialer]
    attempts_count: bool  # whether anything is asked or charged for them
    asked: Asked
    agents: Ints
    max_lines: Ints
    min_used: Ints
    min_agents: Ints
    survivable: Floats
    abandon_limit: Floats  # [campaign] inf where there is none
    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    weight: float
    now_n: Ints  # current dial lines
    now_a: Ints  # current agent lines
    move_cost: float  # per line added against the current ones


def fleet_arrays(model: Model) -> Fleet:
    """The model for compiled code; shares its tables."""
    others = [k for k in model.capacities if k.is_carrier]
    sums, pools = _sums_and_pools(model)
    sum_pairs = np.zeros((len(sums), model.campaigns, model.dialers), np.bool_)
    for k, row in enumerate(sums):
        sum_pairs[k] = row.members if row.pairs is None else row.pairs
    room = np.zeros(model.dialers, dtype=np.int64)
    for capacity in (k for k in model.capacities if k.is_ports):
        room[capacity.members] = int(capacity.limit)
    of_dialer = [[k for k, cap in enumerate(others) if cap.members[d]] for d in range(len(room))]
    most_lines = _most_lines(model)
    return Fleet(
        flat=model.flat,
        base=model.base,
        rows=np.array([t.shape[1] for t in model.tables], dtype=np.int64),
        width=np.array([t.shape[2] for t in model.tables], dtype=np.int64),
        most_lines=most_lines,
        frozen=(model.survivable > 0) | _locked_over(model, most_lines),
        room=room,
        agent_cost=model.agent_cost,
        block=model.block,
        order=model.order,
        lost=model.lost,
        parts=model.parts,
        any_two=model.any_two,
        parts_of=_padded([np.flatnonzero(row) for row in model.parts.T]),
        capacities_of=_padded(of_dialer),
        counts_lines=np.array([k.counts_lines for k in others], dtype=np.bool_),
        limit=np.array([k.limit for k in others], dtype=np.float64),
        sums_of=_padded([np.flatnonzero(mine) for mine in np.any(sum_pairs, axis=1).T]),
        sum_pairs=sum_pairs,
        sum_dial=np.array([k.dial for k in sums], dtype=np.float64),
        sum_agent=np.array([k.agent.max(initial=0.0) for k in sums], dtype=np.float64),
        sum_limit=np.array([k.limit for k in sums], dtype=np.float64),
        pooled=bool(model.problem.pools),
        pools_of=_pools_of(pool_pairs(model.problem, pools)),
        pool_agents=np.array([pool.agent_lines for pool in pools], dtype=np.int64),
        value=model.value,
        call_value=model.call_value,
        attempt_cost=model.attempt_cost,
        attempts_count=bool(np.any(model.attempt_cost > 0))
        or not all(k.counts_lines for k in others),
        asked=asked_arrays(model),
        agents=model.agents,
        max_lines=model.max_dial_lines,
        min_used=_least_used(model),
        min_agents=model.min_agent_lines,
        survivable=model.survivable,
        abandon_limit=model.abandon_limit,
        n_low=model.box.n_low,
        n_high=model.box.n_high,
        a_low=model.box.a_low,
        a_high=model.box.a_high,
        weight=float(model.weight),
        now_n=model.now_dial_lines,
        now_a=model.now_agent_lines,
        move_cost=float(model.move_cost),
    )


def _least_used(model: Model) -> Ints:
    """Fewest dialers of each campaign: those asked for, and as many as it needs to survive."""
    needed = np.maximum(model.min_dialers, np.minimum(model.least_to_survive, model.dialers))
    return np.where(model.min_dialers > 0, needed, model.min_dialers)


def _sums_and_pools(model: Model) -> tuple[list[Capacity], tuple[PoolRow, ...]]:
    """The rows of pools and limits.csv, and the pools whose agents are seated one by one.

    These are all or none: where sets of pools are too many to be rows, those that are do not count.
    """
    seated = sum(k.is_pool for k in model.capacities) >= MOST_POOL_SETS
    sums = [k for k in model.capacities if k.limits_lines and not (k.is_pool and seated)]
    return sums, pools_at(model.problem, None) if seated else ()


def _padded(lists: Sequence[Sequence[int] | Ints]) -> Ints:
    """Lists of numbers as the rows of one array, NONE where they end."""
    most = max((len(mine) for mine in lists), default=0)
    rows = np.full((len(lists), max(most, 1)), NONE, dtype=np.int64)
    for row, mine in zip(rows, lists, strict=True):
        row[: len(mine)] = mine
    return rows


def _pools_of(fills: NDArray[np.bool_]) -> Ints:
    """The pools of each pair ``[campaign, dialer, k]``, from ``[pool, campaign, dialer]``."""
    count = fills.sum(axis=0)
    found = np.full((*count.shape, max(int(count.max(initial=0)), 1)), NONE, dtype=np.int64)
    pools, campaigns, dialers = np.nonzero(fills)
    place = (np.cumsum(fills, axis=0) - 1)[pools, campaigns, dialers]
    found[campaigns, dialers, place] = pools
    return found


def _most_lines(model: Model) -> Ints:
    """Most dial lines by agent lines up to which every entry holds the abandonment limit."""
    rows = max((t.shape[1] for t in model.tables), default=1)
    found = np.full((model.campaigns, rows), -1, dtype=np.int64)
    for c, table in enumerate(model.tables):
        count, width = table.shape[1:]
        found[c, :count] = width - 1
        if np.isinf(model.abandon_limit[c]):
            continue
        over = table[ABANDONED] - model.abandon_limit[c] * table[ANSWERED]
        broken = over > SEARCH_ROUNDING * (1.0 + table[ANSWERED])
        for a in range(count):
            where = np.flatnonzero(broken[a, a:])
            if len(where):
                found[c, a] = a + where[0] - 1 if where[0] else -1
    return found


def _locked_over(model: Model, most_lines: Ints) -> NDArray[np.bool_]:
    """Campaigns with locked lines that break the abandonment limit by themselves."""
    campaigns = np.arange(model.campaigns)[:, None]
    locked = most_lines[campaigns, np.minimum(model.box.a_low, most_lines.shape[1] - 1)]
    over: NDArray[np.bool_] = (model.box.n_low > locked).any(axis=1)
    return over & np.isfinite(model.abandon_limit)


@inlined
def entry(f: Fleet, figure: int, c: int, a: int, n: int) -> float:
    """One entry of a campaign's table."""
    value: float = f.flat[f.base[c] + (figure * f.rows[c] + a) * f.width[c] + n]
    return value
