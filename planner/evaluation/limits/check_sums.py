"""Checks sums of lines: agents of pools, and the rows of limits.csv."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.pools import counted_dialers, limits_at, pools_at
from planner.contracts.problem import Problem
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.seats import fills_of, seat_agents

Ints = NDArray[np.int64]


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


def overfull_pools(problem: Problem, agent_lines: Ints) -> frozenset[int] | None:
    """Pools that have fewer agents than the lines that only they can fill; None where all fit.

    By their places among the pools in force (P. Hall, On representatives of subsets, 1935): the
    pools from which nobody can make room for a line that is not filled.
    """
    pools = pools_at(problem, None)
    seats = seat_agents(problem, pools, agent_lines)
    for c, d, _ in unfilled_agent_lines(problem, agent_lines):
        fills = fills_of(problem, pools)
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
