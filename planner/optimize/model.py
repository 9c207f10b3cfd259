"""A planning problem as the arrays the optimiser works on, all ``[campaign, dialer]``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.plan import LinePlan, PlanOptions
from planner.problem import Campaign, LineAssignment, Problem
from planner.throughput import SECONDS_PER_HOUR, Correction, corrected_rates
from planner.verify import NO_CORRECTIONS, Corrections

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Rows of a campaign's throughput table.
HANDLED, ABANDONED, ANSWERED, ATTEMPTS = range(4)


@dataclass(frozen=True)
class Box:
    """Smallest and largest lines of every campaign on every dialer ``[campaign, dialer]``."""

    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints

    def is_empty(self) -> bool:
        """Whether some range holds nothing."""
        return bool(np.any(self.n_low > self.n_high) or np.any(self.a_low > self.a_high))

    def contains(self, campaign: int, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Whether a campaign's split lies inside its ranges."""
        c = campaign
        return bool(
            np.all((dial_lines >= self.n_low[c]) & (dial_lines <= self.n_high[c]))
            and np.all((agent_lines >= self.a_low[c]) & (agent_lines <= self.a_high[c]))
        )

    def with_range(self, name: str, place: tuple[int, int], value: int) -> Box:
        """Copy with one end of one range changed."""
        changed = getattr(self, name).copy()
        changed[place] = value
        return replace(self, **{name: changed})


@dataclass(frozen=True)
class Capacity:
    """One limit over dialers: ports or channels [lines], or calls per second [attempts/h]."""

    name: str
    members: NDArray[np.bool_]
    limit: float
    counts_lines: bool  # else it counts attempts


@dataclass(frozen=True)
class Model:
    """Everything that stays the same while one problem is solved.

    ``tables[c]`` has shape (4, agent lines + 1, dial lines + 1): handled, abandoned,
    live-answered and attempts per hour.
    """

    problem: Problem
    weight: float  # w: share of the surviving value in the objective
    tables: tuple[Floats, ...]
    box: Box
    agent_cost: Ints  # [dialer] ports that one agent line takes, 0 or 1
    ports: Ints  # [dialer] ports in service
    capacities: tuple[Capacity, ...]
    domain: Ints  # [dialer]
    domains: int
    value: Floats  # [campaign] per handled call
    agents: Ints  # [campaign] agent lines to split
    max_dial_lines: Ints  # [campaign]
    min_dialers: Ints  # [campaign]
    min_agent_lines: Ints  # [campaign], 0 for a broadcast
    survivable: Floats  # [campaign] share
    abandon_limit: Floats  # [campaign] rate, inf where there is none

    @cached_property
    def members(self) -> Floats:
        """Which dialers count towards each capacity ``[capacity, dialer]``, 0 or 1."""
        rows = [k.members for k in self.capacities]
        return np.array(rows, dtype=np.float64).reshape(len(rows), self.dialers)

    @cached_property
    def counts_lines(self) -> NDArray[np.bool_]:
        """Which capacities count lines; the others count attempts."""
        return np.array([k.counts_lines for k in self.capacities], dtype=np.bool_)

    @cached_property
    def limits(self) -> Floats:
        """Limit of each capacity."""
        return np.array([k.limit for k in self.capacities], dtype=np.float64)

    @property
    def campaigns(self) -> int:
        """Number of campaigns."""
        return len(self.tables)

    @property
    def dialers(self) -> int:
        """Number of dialers."""
        return len(self.ports)


def build_model(
    problem: Problem, options: PlanOptions, corrections: Corrections = NO_CORRECTIONS
) -> Model:
    """Arrays of a problem. Locks (and, with ``keep_current``, all current lines) become ranges."""
    ports = np.array([d.ports if d.in_service else 0 for d in problem.dialers], dtype=np.int64)
    names = problem.failure_domains
    box = _box(problem, ports, options.keep_current)
    campaigns = problem.campaigns
    total = int(ports.sum())
    return Model(
        problem=problem,
        weight=options.redundancy,
        tables=tuple(
            _table(
                c,
                int(box.a_high[i].max(initial=0)),
                int(box.n_high[i].max(initial=0)),
                corrections.get(c.campaign_id, Correction()),
            )
            for i, c in enumerate(campaigns)
        ),
        box=box,
        agent_cost=np.array([d.agent_lines_use_ports for d in problem.dialers], dtype=np.int64),
        ports=ports,
        capacities=_capacities(problem, ports),
        domain=np.array([names.index(d.domain) for d in problem.dialers], dtype=np.int64),
        domains=len(names),
        value=np.array([c.value for c in campaigns], dtype=np.float64),
        agents=np.array([c.agent_lines if c.is_live_transfer else 0 for c in campaigns], np.int64),
        max_dial_lines=np.array(
            [total if c.max_dial_lines is None else c.max_dial_lines for c in campaigns], np.int64
        ),
        min_dialers=np.array([c.min_dialers for c in campaigns], dtype=np.int64),
        min_agent_lines=np.array(
            [c.min_agent_lines if c.is_live_transfer else 0 for c in campaigns], dtype=np.int64
        ),
        survivable=np.array([c.survivable_share for c in campaigns], dtype=np.float64),
        abandon_limit=np.array(
            [
                c.max_abandon_rate
                if c.max_abandon_rate is not None and c.is_live_transfer
                else np.inf
                for c in campaigns
            ],
            dtype=np.float64,
        ),
    )


def _box(problem: Problem, ports: Ints, keep_current: bool) -> Box:
    """Ranges from ports, allowed dialers and locks.

    A lock on a dialer out of service lapses: such a dialer gets no lines.
    """
    shape = (len(problem.campaigns), len(problem.dialers))
    n_low, a_low = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    n_high, a_high = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for c, campaign in enumerate(problem.campaigns):
        for d, dialer in enumerate(problem.dialers):
            if not problem.may_use(campaign, dialer):
                continue
            most = int(ports[d])
            if campaign.max_dial_lines is not None:
                most = min(most, campaign.max_dial_lines)
            n_high[c, d] = most
            if campaign.is_live_transfer:
                # N >= A, so that an agent line on ports takes at least two of them.
                room = int(ports[d]) // 2 if dialer.agent_lines_use_ports else most
                a_high[c, d] = min(campaign.agent_lines, room, most)
    for item in problem.assignments:
        if item.locked or (keep_current and (item.dial_lines or item.agent_lines)):
            place = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
            if problem.dialers[place[1]].in_service:
                n_low[place] = n_high[place] = item.dial_lines
                a_low[place] = a_high[place] = item.agent_lines
    return Box(n_low, n_high, a_low, a_high)


def _table(campaign: Campaign, most_agents: int, most_lines: int, correction: Correction) -> Floats:
    """Throughput table; entries with fewer dial than agent lines are never used."""
    agents = np.arange(most_agents + 1)[:, None]
    lines = np.arange(most_lines + 1)[None, :]
    found = corrected_rates(campaign, lines, np.minimum(agents, lines), correction)
    table = np.array([found.handled, found.abandoned, found.live_answered, found.attempts])
    if campaign.is_live_transfer:
        table[:, 0, :] = 0.0
    return np.ascontiguousarray(table)


def _capacities(problem: Problem, ports: Ints) -> tuple[Capacity, ...]:
    found = []
    for d, dialer in enumerate(problem.dialers):
        member = np.arange(len(ports)) == d
        found.append(Capacity(f"ports of {dialer.dialer_id}", member, float(ports[d]), True))
        if dialer.cps is not None:
            name = f"calls per second of {dialer.dialer_id}"
            found.append(Capacity(name, member, dialer.cps * SECONDS_PER_HOUR, False))
    for group in problem.trunk_groups:
        member = np.array([d.trunk_group == group.trunk_group for d in problem.dialers], bool)
        if not member.any():
            continue
        name = f"channels of trunk group {group.trunk_group}"
        found.append(Capacity(name, member, float(group.channels), True))
        if group.cps is not None:
            name = f"calls per second of trunk group {group.trunk_group}"
            found.append(Capacity(name, member, group.cps * SECONDS_PER_HOUR, False))
    return tuple(found)


def to_line_plan(model: Model, dial_lines: Ints, agent_lines: Ints) -> LinePlan:
    """A plan's arrays as assignments; locks keep their mark."""
    problem = model.problem
    locked = {(a.campaign_id, a.dialer_id) for a in problem.assignments if a.locked}
    return LinePlan(
        assignments=tuple(
            LineAssignment(
                campaign_id=campaign.campaign_id,
                dialer_id=dialer.dialer_id,
                dial_lines=int(dial_lines[c, d]),
                agent_lines=int(agent_lines[c, d]),
                locked=(campaign.campaign_id, dialer.dialer_id) in locked,
            )
            for c, campaign in enumerate(problem.campaigns)
            for d, dialer in enumerate(problem.dialers)
            if dial_lines[c, d] > 0
        )
    )
