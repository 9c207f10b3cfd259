"""Checks sums of lines: agents of pools, and the rows of limits.csv."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.agents import PoolRow
from planner.contracts.fleet.pools import counted_dialers, limits_at, pools_at
from planner.contracts.problem import Problem
from planner.evaluation.arrays import PlanArrays

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def unfilled_agent_lines(problem: Problem, agent_lines: Ints) -> Iterator[tuple[int, int, int]]:
    """Agent lines ``(campaign, dialer, lines)`` that the agents of all pools cannot fill.

    Lines of campaigns that no pool serves do not count. Agents are put line by line, others making
    room where they can sit elsewhere (augmenting paths).
    """
    pools = pools_at(problem, None)
    seats = seat_agents(problem, pools, agent_lines)
    for c, campaign in enumerate(problem.campaigns):
        served = campaign.is_live_transfer and any(p.serves(campaign.campaign_id) for p in pools)
        for d in range(len(problem.dialers)):
            missing = int(agent_lines[c, d] - seats[:, c, d].sum())
            if served and missing > 0:
                yield c, d, missing


def seat_agents(problem: Problem, pools: Sequence[PoolRow], agent_lines: Ints) -> Ints:
    """Agents of each pool by campaign and dialer ``[pool, campaign, dialer]``, as many as fit."""
    shape = len(pools), len(problem.campaigns), len(problem.dialers)
    seats, free = np.zeros(shape, np.int64), np.array([p.agent_lines for p in pools], np.int64)
    fills = _fills(problem, pools)
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
    fills = _fills(problem, pools)
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


def overfull_pools(problem: Problem, agent_lines: Ints) -> frozenset[int] | None:
    """Pools that have fewer agents than the lines that only they can fill; None where all fit.

    By their places among the pools in force (P. Hall, On representatives of subsets, 1935): the
    pools from which nobody can make room for a line that is not filled.
    """
    pools = pools_at(problem, None)
    seats = seat_agents(problem, pools, agent_lines)
    for c, d, _ in unfilled_agent_lines(problem, agent_lines):
        fills = _fills(problem, pools)
        found = set(np.flatnonzero(fills[:, c, d]).tolist())
        waiting = list(found)
        while waiting:
            p = waiting.pop()
            for e, f in np.argwhere(seats[p] > 0).tolist():
                for other in np.flatnonzero(fills[:, e, f]).tolist():
                    if other not in found:
                        found.add(other)
                        waiting.append(other)
        return frozenset(found)
    return None


def _fills(problem: Problem, pools: Sequence[PoolRow]) -> Bools:
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


def limit_sums(arrays: PlanArrays) -> Iterator[tuple[str, str, str | None, int, int]]:
    """Rows of limits.csv that lines break: row, column, campaign, lines, and what is allowed."""
    problem = arrays.problem
    for row in limits_at(problem, None):
        here = np.zeros(arrays.dial_lines.shape, np.bool_)
        counted = {dialer.dialer_id for dialer in counted_dialers(problem, row)}
        for c, campaign in enumerate(problem.campaigns):
            if row.campaign_id is None or row.campaign_id == campaign.campaign_id:
                here[c] = [dialer.dialer_id in counted for dialer in problem.dialers]
        dial = int(arrays.dial_lines[here].sum())
        agent = int(arrays.agent_lines[here].sum())
        sums = {"max_dial_lines": dial, "max_agent_lines": agent, "max_lines": dial + agent}
        for column, lines in sums.items():
            most = getattr(row, column)
            if most is not None and lines > most:
                yield str(row.limit), column, row.campaign_id, lines, most
        for column, lines in (("min_dial_lines", dial), ("min_agent_lines", agent)):
            least = getattr(row, column)
            if least is not None and lines < least and row.campaign_id in problem.campaign_index:
                yield str(row.limit), column, row.campaign_id, lines, least
