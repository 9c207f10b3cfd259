"""Agent lines that have an agent: those on shift sit in proportion to the lines there are."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.agents import PoolRow
from planner.contracts.fleet.pools import pools_at
from planner.contracts.problem import Campaign, Problem

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def with_agents(problem: Problem, agent_lines: Ints) -> Ints:
    """Of agent lines ``[campaign, dialer]`` those that have an agent.

    Where more lines than agents of a campaign are on shift, the agents are split in proportion;
    those of pools then likewise, within what the pools reach. The same array where all have one.
    """
    agent_lines = with_own_agents(problem.campaigns, agent_lines)
    return _of_pools(problem, agent_lines) if problem.pools else agent_lines


def with_own_agents(campaigns: Sequence[Campaign], agent_lines: Ints) -> Ints:
    """The same by the agents of each campaign alone, in the order of its rows."""
    most = np.iinfo(np.int64).max
    own = np.array([c.agent_lines if c.is_live_transfer else most for c in campaigns])
    short = np.flatnonzero(agent_lines.sum(axis=1) > own)
    if len(short):
        agent_lines = agent_lines.copy()
        for c in short:
            agent_lines[c] = apportioned(agent_lines[c], int(own[c]))
    return agent_lines


def _of_pools(problem: Problem, agent_lines: Ints) -> Ints:
    pools = pools_at(problem, None)
    served: Bools = np.asarray(fills_of(problem, pools).any(axis=(0, 2)))[:, None]
    wanted = np.where(served, agent_lines, 0)
    if (seat_agents(problem, pools, wanted).sum(axis=0) == wanted).all():
        return agent_lines
    return np.where(served, seat_in_proportion(problem, pools, wanted), agent_lines)


def apportioned(counts: Ints, total: int) -> Ints:
    """Counts cut to a total in proportion, by largest remainder, the first on ties."""
    before = int(counts.sum())
    if before <= total:
        return counts
    whole, remainder = np.divmod(counts * total, before)
    order = np.argsort(-remainder, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def seat_agents(problem: Problem, pools: Sequence[PoolRow], agent_lines: Ints) -> Ints:
    """Agents of each pool by campaign and dialer ``[pool, campaign, dialer]``, as many as fit."""
    shape = len(pools), len(problem.campaigns), len(problem.dialers)
    seats, free = np.zeros(shape, np.int64), np.array([p.agent_lines for p in pools], np.int64)
    fills = fills_of(problem, pools)
    for c, d in np.argwhere(agent_lines > 0).tolist():
        while seats[:, c, d].sum() < agent_lines[c, d]:
            if not _seat(fills, seats, free, (c, d), int(agent_lines[c, d])):
                break
    return seats


def seat_in_proportion(problem: Problem, pools: Sequence[PoolRow], agent_lines: Ints) -> Ints:
    """Lines ``[campaign, dialer]`` that have an agent: in proportion, within what pools reach.

    Agents are put line by line, next where the fewest of the lines are filled (A. Sainte-Lague,
    La representation proportionnelle, 1910); a place that nobody can reach any more is left out.
    """
    shape = len(pools), len(problem.campaigns), len(problem.dialers)
    seats, free = np.zeros(shape, np.int64), np.array([p.agent_lines for p in pools], np.int64)
    fills = fills_of(problem, pools)
    places = [(int(c), int(d)) for c, d in np.argwhere(agent_lines > 0)]
    waiting = [(0.5 / agent_lines[place], number) for number, place in enumerate(places)]
    heapq.heapify(waiting)
    while waiting:
        _, number = heapq.heappop(waiting)
        place = places[number]
        filled = int(seats[:, place[0], place[1]].sum())
        if _seat(fills, seats, free, place, filled + 1) and filled + 1 < agent_lines[place]:
            heapq.heappush(waiting, ((filled + 1.5) / agent_lines[place], number))
    return np.asarray(seats.sum(axis=0))


def fills_of(problem: Problem, pools: Sequence[PoolRow]) -> Bools:
    """Which pools can fill agent lines of each pair ``[pool, campaign, dialer]``."""
    fills = np.zeros((len(pools), len(problem.campaigns), len(problem.dialers)), np.bool_)
    for p, pool in enumerate(pools):
        serves = [c.is_live_transfer and pool.serves(c.campaign_id) for c in problem.campaigns]
        fills[p] = np.outer(serves, [pool.reaches(d.dialer_id) for d in problem.dialers])
    return fills


def _seat(fills: Bools, seats: Ints, free: Ints, place: tuple[int, int], wanted: int) -> bool:
    """Fill lines of one place from a pool with free agents, or by moving others of a full one."""
    came_from: dict[int, tuple[int, tuple[int, int]] | None] = {
        int(p): None for p in np.flatnonzero(fills[:, place[0], place[1]])
    }
    waiting = list(came_from)
    for p in waiting:
        if free[p] > 0:
            missing = wanted - int(seats[:, place[0], place[1]].sum())
            _move(seats, free, place, p, came_from, missing)
            return True
        for c, d in np.argwhere(seats[p] > 0).tolist():
            for other in np.flatnonzero(fills[:, c, d]).tolist():
                if other not in came_from:
                    came_from[other] = p, (c, d)
                    waiting.append(other)
    return False


def _move(
    seats: Ints,
    free: Ints,
    place: tuple[int, int],
    pool: int,
    came_from: dict[int, tuple[int, tuple[int, int]] | None],
    wanted: int,
) -> None:
    """Pass as many free agents of a pool as can be along the chain of moves to the place."""
    steps: list[tuple[int, int, tuple[int, int]]] = []
    p, lines = pool, min(int(free[pool]), wanted)
    while (step := came_from[p]) is not None:
        before, seat = step
        lines = min(lines, int(seats[before][seat]))
        steps.append((p, before, seat))
        p = before
    free[pool] -= lines
    for to, before, seat in steps:
        seats[to][seat] += lines
        seats[before][seat] -= lines
    seats[p][place] += lines
