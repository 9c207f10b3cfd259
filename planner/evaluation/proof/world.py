"""A problem as plain arrays for the checker of proofs, worked out anew from the problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.pools import counted_dialers, limits_at, pools_at
from planner.contracts.problem import Campaign, Problem
from planner.evaluation.arrays import lost_dialers
from planner.evaluation.rates import SECONDS_PER_HOUR, rates_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Row:
    """A limit on lines and attempts: weights ``[campaign, dialer]`` of each, and the limit."""

    dial: Floats
    agent: Floats
    attempt: Floats
    limit: float


@dataclass(frozen=True)
class Tables:
    """Figures of one campaign ``[agent lines, dial lines]``; impossible entries are never used."""

    handled: Floats
    abandoned: Floats
    live_answered: Floats
    attempts: Floats


class World:
    """Ranges, rows and tables of a problem; ``[campaign, dialer]`` in the problem's order."""

    def __init__(self, problem: Problem, failures: int, keep_current: bool) -> None:
        self.problem = problem
        self.lost = lost_dialers(problem, failures)
        self.failures = failures
        self.ports = np.array([d.ports if d.in_service else 0 for d in problem.dialers], np.int64)
        self.port_of_agent = np.array([d.agent_lines_use_ports for d in problem.dialers], np.int64)
        self.room = self._room()
        self.low, self.high = self._ranges(keep_current)
        self.rows = self._rows()
        self.now = self._current()
        self._tables: dict[int, Tables] = {}

    def table(self, c: int) -> Tables:
        """The figures of a campaign."""
        if c not in self._tables:
            campaign = self.problem.campaigns[c]
            most_n, most_a = int(self.high[c, :, 0].max()), int(self.high[c, :, 1].max())
            found = rates_table(campaign, most_n, most_a)
            figures = [np.array(figure, np.float64) for figure in found]
            if campaign.is_live_transfer:
                for figure in figures:
                    figure[0] = 0.0
            self._tables[c] = Tables(*figures)
        return self._tables[c]

    def moves(self, price: float, c: int, d: int, dial: Ints, agent: Ints) -> Floats:
        """What the lines of a campaign on a dialer cost that are added to the current ones."""
        now = self.now
        if not price or now is None or now[c].max() < 0:
            return np.zeros(len(dial))
        added = np.maximum(dial - now[c, d, 0], 0) + np.maximum(agent - now[c, d, 1], 0)
        return np.asarray(price * added, np.float64)

    def _room(self) -> Ints:
        """Most lines on each dialer: its ports, or the channels of its carrier where fewer."""
        channels = {g.trunk_group: g.channels for g in self.problem.trunk_groups}
        names = [d.trunk_group or "" for d in self.problem.dialers]
        most = np.array([channels.get(name, 10**9) for name in names], np.int64)
        return np.minimum(self.ports, most)

    def _ranges(self, keep_current: bool) -> tuple[Ints, Ints]:
        """Least and most (dial, agent) lines ``[campaign, dialer, 2]``."""
        problem = self.problem
        shape = len(problem.campaigns), len(problem.dialers), 2
        low, high = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        pools = pools_at(problem, None)
        for c, campaign in enumerate(problem.campaigns):
            live, name = campaign.is_live_transfer, campaign.campaign_id
            serving = [p for p in pools if live and p.serves(name)]
            for d, dialer in enumerate(problem.dialers):
                reach = [p.agent_lines for p in serving if p.reaches(dialer.dialer_id)]
                if not problem.may_use(campaign, dialer) or (serving and not reach):
                    continue
                most = int(self.room[d])
                if campaign.max_dial_lines is not None:
                    most = min(most, campaign.max_dial_lines)
                agents = min(campaign.agent_lines, most) if campaign.is_live_transfer else 0
                agents = min(agents, sum(reach)) if serving else agents
                high[c, d] = most, agents
        for item in problem.assignments:
            c = problem.campaign_index[item.campaign_id]
            d = problem.dialer_index[item.dialer_id]
            kept = item.locked or (keep_current and (item.dial_lines or item.agent_lines))
            if kept and problem.dialers[d].in_service:
                low[c, d] = item.dial_lines, item.agent_lines
                high[c, d] = np.minimum(high[c, d], low[c, d])
        return low, high

    def _current(self) -> Ints | None:
        """Current (dial, agent) lines ``[campaign, dialer, 2]``; -1 of campaigns without any."""
        problem = self.problem
        if not problem.assignments:
            return None
        now = np.full(self.low.shape, -1, np.int64)
        for item in problem.assignments:
            if item.dial_lines:
                c = problem.campaign_index[item.campaign_id]
                if now[c].max() < 0:
                    now[c] = 0
                now[c, problem.dialer_index[item.dialer_id]] = item.dial_lines, item.agent_lines
        return now

    def _rows(self) -> dict[str, Row]:
        problem = self.problem
        shape = len(problem.campaigns), len(problem.dialers)
        nothing, found = np.zeros(shape), {}
        for d, dialer in enumerate(problem.dialers):
            here = np.zeros(shape)
            here[:, d] = 1.0
            agent = here * self.port_of_agent
            found[f"ports of {dialer.dialer_id}"] = Row(here, agent, nothing, float(self.ports[d]))
            if dialer.cps is not None:
                most = dialer.cps * SECONDS_PER_HOUR
                name = f"calls per second of {dialer.dialer_id}"
                found[name] = Row(nothing, nothing, here, most)
        for group in problem.trunk_groups:
            name = group.trunk_group
            here = np.zeros(shape)
            here[:, [d.trunk_group == name for d in problem.dialers]] = 1.0
            agent = here * self.port_of_agent
            row = Row(here, agent, nothing, float(group.channels))
            found[f"channels of trunk group {name}"] = row
            if group.cps is not None:
                most = group.cps * SECONDS_PER_HOUR
                found[f"calls per second of trunk group {name}"] = Row(nothing, nothing, here, most)
        return found | self._limit_rows()

    def _limit_rows(self) -> dict[str, Row]:
        problem = self.problem
        nothing = np.zeros((len(problem.campaigns), len(problem.dialers)))
        found = {}
        for row in limits_at(problem, None):
            names = {d.dialer_id for d in counted_dialers(problem, row)}
            dialers = [d.dialer_id in names for d in problem.dialers]
            campaigns = [row.campaign_id in (None, c.campaign_id) for c in problem.campaigns]
            here = np.outer(campaigns, dialers).astype(np.float64)
            for most, dial, agent, what in (
                (row.max_dial_lines, here, nothing, "dial lines"),
                (row.max_agent_lines, nothing, here, "agent lines"),
                (row.max_lines, here, here, "lines"),
            ):
                if most is not None:
                    name = f"limit {row.limit} on {what}"
                    found[name] = Row(dial, agent, nothing, float(most))
        return found

    def pool_row(self, names: list[str]) -> Row:
        """Agent lines that only these pools can fill are no more than they have together.

        Raises
        ------
        KeyError
            If there is no such pool.
        """
        problem = self.problem
        pools = {pool.pool: pool for pool in pools_at(problem, None)}
        these = [pools[name] for name in names]
        others = [pool for name, pool in pools.items() if name not in names]
        shape = len(problem.campaigns), len(problem.dialers)
        agent = np.zeros(shape)
        for c, campaign in enumerate(problem.campaigns):
            for d, dialer in enumerate(problem.dialers):
                key = campaign.campaign_id, dialer.dialer_id
                fills = [p for p in these if p.serves(key[0]) and p.reaches(key[1])]
                elsewhere = any(p.serves(key[0]) and p.reaches(key[1]) for p in others)
                if campaign.is_live_transfer and fills and not elsewhere:
                    agent[c, d] = 1.0
        nothing = np.zeros(shape)
        return Row(nothing, agent, nothing, float(sum(pool.agent_lines for pool in these)))


def talk_minutes(campaign: Campaign) -> float:
    """Minutes that a handled call takes an agent; none of a broadcast."""
    return (campaign.talk_seconds or 0.0) / 60.0 if campaign.is_live_transfer else 0.0
