"""The least lines with which a campaign runs on a dialer, and what they need at the least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.contracts.problem import Campaign, LineAssignment, Problem
from planner.evaluation.rates import rates, rates_table
from planner.evaluation.tolerances import LIMIT_ROUNDING

Floats = NDArray[np.float64]
#: Tables of more cells than this are not made only to tell how few attempts lines make.
MOST_CELLS = 200_000


@dataclass(frozen=True)
class Block:
    """The least lines with which a campaign runs on a dialer.

    ``attempts`` are those of the block, ``least_attempts`` those of any lines there [per hour].
    """

    dial_lines: int
    agent_lines: int
    attempts: float
    least_attempts: float


@dataclass(frozen=True)
class Relief:
    """By how much lines elsewhere make up for locks that abandon too many calls [calls per hour].

    ``excess`` is what the locks abandon beyond the limit. With ``agent_lines[k]`` agent lines and
    at best ``dial_lines[k]`` dial lines a dialer abandons ``relief[k]`` fewer than it might.
    """

    excess: float
    agent_lines: list[int]
    dial_lines: list[int]
    relief: list[float]


class Blocks:
    """Blocks and tables of campaigns, each computed once for all trials."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[object, ...], Block] = {}
        self._excesses: dict[tuple[object, ...], Floats] = {}

    def block(self, campaign: Campaign, problem: Problem) -> Block:
        """The block of a campaign in a problem."""
        most = max((d.ports for d in problem.dialers), default=0)
        limited = any(d.cps is not None for d in problem.dialers)
        limited |= any(g.cps is not None for g in problem.trunk_groups)
        key = campaign.rate_figures, campaign.min_agent_lines, campaign.agent_lines, most, limited
        if key not in self._blocks:
            self._blocks[key] = self._make_block(campaign, most if limited else 0)
        return self._blocks[key]

    def _make_block(self, campaign: Campaign, most_ports: int) -> Block:
        agents = campaign.min_agent_lines if campaign.is_live_transfer else 0
        lines = max(agents, 1)
        found = rates(campaign, [lines], [agents])
        attempts = float(found.attempts[0])
        shift = max(campaign.agent_lines, agents) if campaign.is_live_transfer else 0
        if lines > most_ports or (shift + 1) * (most_ports + 1) > MOST_CELLS:
            return Block(lines, agents, attempts, 0.0)
        table = rates_table(campaign, most_ports, min(shift, most_ports))[3]
        a, n = np.indices(table.shape)
        least = float(table[(a >= agents) & (n >= np.maximum(a, 1))].min())
        return Block(lines, agents, attempts, least)

    def attempts(self, campaign: Campaign, lock: LineAssignment) -> float:
        """Attempts an hour of locked lines."""
        lines, agents = [lock.dial_lines], [lock.agent_lines]
        return float(rates(campaign, lines, agents).attempts[0])

    def relief(
        self, campaign: Campaign, locks: list[LineAssignment], ports: int, counted: bool
    ) -> Relief | None:
        """What a dialer of so many ports can do for locks over the limit; None where none are.

        ``counted`` : whether agent lines use ports
        """
        limit = campaign.max_abandon_rate
        if limit is None or not campaign.is_live_transfer or not locks:
            return None
        excess = 0.0
        for lock in locks:
            found = rates(campaign, [lock.dial_lines], [lock.agent_lines])
            answered = float(found.live_answered[0])
            excess += float(found.abandoned[0]) - limit * answered - LIMIT_ROUNDING * (1 + answered)
        if excess <= 0:
            return None
        agents: list[int] = []
        lines: list[int] = []
        relief: list[float] = []
        most = min(campaign.agent_lines, ports // 2 if counted else ports)
        for a in range(campaign.min_agent_lines, most + 1):
            row = self._excess(campaign, ports)[a, a : ports - a * counted + 1]
            agents.append(a)
            lines.append(a + int(row.argmin()))
            relief.append(-float(row.min()))
        return Relief(excess, agents, lines, relief)

    def _excess(self, campaign: Campaign, ports: int) -> Floats:
        """Abandoned calls beyond the limit, ``[agent lines, dial lines]``."""
        key = campaign.rate_figures, campaign.agent_lines, campaign.max_abandon_rate, ports
        if key not in self._excesses:
            shift = min(campaign.agent_lines, ports)
            table = rates_table(campaign, ports, shift)
            self._excesses[key] = table[1] - (campaign.max_abandon_rate or 0.0) * table[2]
        return self._excesses[key]
