"""A planning problem as the arrays the optimiser works on, all ``[campaign, dialer]``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.pools import pools_at
from planner.contracts.limits import MAX_LINES
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import lost_dialers
from planner.optimize.model.box import Box
from planner.optimize.model.needs import Need, needs
from planner.optimize.model.requirements import (
    SURVIVES,
    Aim,
    Requirements,
    everything_kept,
    requirements,
)
from planner.optimize.model.rows import Capacity, capacities, pool_pairs, served_by_pools
from planner.optimize.model.tables import (
    HANDLED,
    abandon_limit,
    is_concave,
    throughput_tables,
    useful_dial_lines,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Model:
    """Everything that stays the same while one problem is solved.

    ``tables[c]`` has shape (4, agent lines + 1, dial lines + 1): handled, abandoned,
    live-answered and attempts per hour.
    """

    problem: Problem
    weight: float  # w: share of the surviving value in the objective
    failures: int  # how many may happen at once
    flat: Floats  # all tables, one behind the other
    base: Ints  # [campaign] first entry of its table in ``flat``
    tables: tuple[Floats, ...]  # views of ``flat``
    box: Box
    agent_cost: Ints  # [dialer] ports that one agent line takes, 0 or 1
    ports: Ints  # [dialer] ports in service
    capacities: tuple[Capacity, ...]
    domain: Ints  # [dialer]
    domains: int
    lost: NDArray[np.bool_]  # [failure, dialer] what goes down together
    value: Floats  # [campaign] per handled call
    talk_cost: Floats  # [campaign, dialer] of a handled call
    attempt_cost: Floats  # [dialer] of an attempt
    requirements: Requirements
    aim: Aim
    agents: Ints  # [campaign] agent lines to split
    max_dial_lines: Ints  # [campaign]
    min_dialers: Ints  # [campaign]
    min_agent_lines: Ints  # [campaign], 0 for a broadcast
    survivable: Floats  # [campaign] share
    abandon_limit: Floats  # [campaign] rate, inf where there is none
    now_dial_lines: Ints  # [campaign, dialer] current lines
    now_agent_lines: Ints
    move_cost: float  # per line added against the current ones [value per hour]

    @cached_property
    def call_value(self) -> Floats:
        """Value of a handled call net of the minutes it takes ``[campaign, dialer]``."""
        worth: Floats = self.value[:, None] - self.talk_cost
        return worth

    @cached_property
    def has_costs(self) -> bool:
        """Whether calls cost anything."""
        return bool(self.talk_cost.any() or self.attempt_cost.any())

    @cached_property
    def special(self) -> bool:
        """Whether there is what building plans and filling them up does not know.

        They know ports and carriers, each campaign's own limits and survival; not pools, limits
        on sums of lines, costs, what campaigns must reach, or shortfalls. Annealing knows all.
        """
        rows, asked = any(k.limits_lines for k in self.capacities), self.requirements
        more = asked.calls.any() or asked.attempts.any() or any(asked.floors)
        return bool(rows or self.has_costs or more or not self.aim.is_value or self.aim.most.any())

    @cached_property
    def order(self) -> Ints:
        """The dialers, those of one block and the same costs one after the other."""
        talk = np.array([dialer.cost_per_talk_minute for dialer in self.problem.dialers])
        keys = np.stack([talk, self.attempt_cost, self.block.astype(np.float64)])
        return np.lexsort(keys).astype(np.int64)

    @cached_property
    def pooled(self) -> NDArray[np.bool_]:
        """Campaigns whose agent lines are those of pools."""
        return served_by_pools(self.problem, pools_at(self.problem, None))

    @cached_property
    def block(self) -> Ints:
        """Which block each dialer is of ``[dialer]``: a block is lost with one failure.

        What a failure may take of a campaign, no block of it exceeds, so that fewer blocks bound
        more closely: failure domains, or carriers that fail together with the domains of the other
        dialers.
        """
        carriers = {g.trunk_group for g in self.problem.trunk_groups if g.fails_together}
        alone = [d.domain for d in self.problem.dialers]
        together = [
            f"carrier {d.trunk_group}" if d.trunk_group in carriers else f"domain {d.domain}"
            for d in self.problem.dialers
        ]
        kept = min((alone, together), key=lambda names: len(set(names)))
        names = list(dict.fromkeys(kept))
        return np.array([names.index(name) for name in kept], dtype=np.int64)

    @cached_property
    def blocks(self) -> int:
        """How many blocks there are."""
        return int(self.block.max(initial=-1)) + 1

    @cached_property
    def least_to_survive(self) -> Ints:
        """Dialers that a split with calls uses at the least, so that its share can survive.

        On ``m`` blocks the ``k`` that fail at once take ``k / m`` of the calls or more.
        """
        asked = (self.survivable > 0) & (self.aim.most[:, SURVIVES] == 0)
        asked &= np.array([table[HANDLED].max(initial=0.0) > 0 for table in self.tables])
        at_once = min(self.failures, self.blocks)
        least = np.ceil(at_once / np.maximum(1.0 - self.survivable, 1e-3) - 1e-6)
        return np.where(asked, np.maximum(least, at_once + 1), 0).astype(np.int64)

    @cached_property
    def all_needs(self) -> tuple[Need, ...]:
        """What campaigns must reach, of all of them."""
        return needs(self.requirements, np.zeros(self.campaigns, np.bool_))

    @cached_property
    def pair_rows(self) -> tuple[int, ...]:
        """Capacities that count the lines of some pairs only."""
        return tuple(k for k, row in enumerate(self.capacities) if row.pairs is not None)

    def row_coefficients(self, c: int) -> tuple[Floats, Floats, Floats]:
        """Coefficients ``[capacity, dialer]`` of its dial lines, agent lines and attempts."""
        if c not in self._coefficients:
            key = c if any(self.capacities[k].pairs[c].any() for k in self.pair_rows) else -1  # type: ignore[index]
            if key not in self._coefficients:
                masks = [k.members if k.pairs is None else k.pairs[c] for k in self.capacities]
                if key < 0:
                    masks = [
                        k.members if k.pairs is None else np.zeros_like(k.members)
                        for k in self.capacities
                    ]
                here = np.array(masks, dtype=np.float64).reshape(-1, self.dialers)
                self._coefficients[key] = (
                    here * np.array([k.dial for k in self.capacities])[:, None],
                    here * np.array([k.agent for k in self.capacities]).reshape(here.shape),
                    here * np.array([k.attempt for k in self.capacities])[:, None],
                )
            self._coefficients[c] = self._coefficients[key]
        return self._coefficients[c]

    @cached_property
    def _coefficients(self) -> dict[int, tuple[Floats, Floats, Floats]]:
        return {}

    def worth(self, c: int, calls: Floats, attempts: Floats) -> Floats:
        """Net value per hour by dialer of calls and attempts ``[..., dialer]``."""
        net: Floats = self.call_value[c] * calls - self.attempt_cost * attempts
        return net

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

    @cached_property
    def concave(self) -> NDArray[np.bool_]:
        """Whether each dial line adds fewer handled calls than the one before, by campaign."""
        return np.array([is_concave(table[HANDLED]) for table in self.tables], dtype=np.bool_)

    def most_calls(self, box: Box) -> Floats:
        """Most handled calls per hour of each campaign on one dialer in a box."""
        worth = np.where(self.value > 0, self.value, np.nan)
        return np.nan_to_num(box.dialer_high / worth, nan=np.inf, posinf=np.inf)

    @property
    def any_two(self) -> bool:
        """Whether the failures are all pairs of domains."""
        domains = self.domains
        return self.failures == 2 and domains > 1 and len(self.lost) == domains * (domains - 1) // 2

    @cached_property
    def parts(self) -> NDArray[np.bool_]:
        """What is lost together ``[part, dialer]``: each failure, or what any two of are one."""
        if self.any_two:
            return np.array([self.domain == g for g in range(self.domains)], dtype=np.bool_)
        return self.lost

    @property
    def at_once(self) -> int:
        """How many parts are lost at once."""
        return 2 if self.any_two else 1

    @property
    def tied(self) -> bool:
        """Whether limits on calls tie the dialers of some campaign together."""
        return bool(np.any(self.survivable > 0) or np.any(np.isfinite(self.abandon_limit)))

    @property
    def campaigns(self) -> int:
        """Number of campaigns."""
        return len(self.tables)

    @property
    def dialers(self) -> int:
        """Number of dialers."""
        return len(self.ports)


def build_model(
    problem: Problem,
    options: PlanOptions,
    aim: Aim | None = None,
    more_sets: Iterable[frozenset[int]] = (),
) -> Model:
    """Arrays of a problem. Locks (and, with ``keep_current``, all current lines) become ranges."""
    ports = np.array([d.ports if d.in_service else 0 for d in problem.dialers], dtype=np.int64)
    names = problem.failure_domains
    box = _box(problem, ports, options.keep_current)
    campaigns = problem.campaigns
    total = int(ports.sum())
    flat, base, tables = throughput_tables(problem, box)
    n_high = useful_dial_lines(problem, box, tables)
    if np.any(2 * n_high.max(axis=1, initial=0) < box.n_high.max(axis=1, initial=0)):
        box = replace(box, n_high=n_high)
        flat, base, tables = throughput_tables(problem, box)
    now_dial, now_agent = _current_lines(problem)
    lost = lost_dialers(problem, options.failures)
    agent_cost = np.array([d.agent_lines_use_ports for d in problem.dialers], dtype=np.int64)
    return Model(
        problem=problem,
        weight=options.redundancy,
        failures=options.failures,
        flat=flat,
        base=base,
        tables=tables,
        box=box,
        agent_cost=agent_cost,
        ports=ports,
        capacities=capacities(problem, ports, agent_cost, more_sets),
        domain=np.array([names.index(d.domain) for d in problem.dialers], dtype=np.int64),
        domains=len(names),
        lost=lost,
        value=np.array([c.value for c in campaigns], dtype=np.float64),
        talk_cost=_talk_cost(problem),
        attempt_cost=np.array([d.cost_per_attempt for d in problem.dialers], dtype=np.float64),
        requirements=requirements(problem, lost),
        aim=aim or everything_kept(len(campaigns)),
        agents=np.array([c.agent_lines if c.is_live_transfer else 0 for c in campaigns], np.int64),
        max_dial_lines=np.array(
            [total if c.max_dial_lines is None else c.max_dial_lines for c in campaigns], np.int64
        ),
        min_dialers=np.array([c.min_dialers for c in campaigns], dtype=np.int64),
        min_agent_lines=np.array(
            [c.min_agent_lines if c.is_live_transfer else 0 for c in campaigns], dtype=np.int64
        ),
        survivable=np.array([c.least_surviving_share for c in campaigns], dtype=np.float64),
        abandon_limit=np.array([abandon_limit(c) for c in campaigns], dtype=np.float64),
        now_dial_lines=now_dial,
        now_agent_lines=now_agent,
        move_cost=options.move_cost,
    )


def _talk_cost(problem: Problem) -> Floats:
    """What the minutes of a handled call cost ``[campaign, dialer]``; broadcasts have none."""
    minutes = np.array([
        (c.talk_seconds or 0.0) / 60.0 if c.is_live_transfer else 0.0 for c in problem.campaigns
    ])  # fmt: skip
    rates = np.array([d.cost_per_talk_minute for d in problem.dialers], dtype=np.float64)
    cost: Floats = np.outer(minutes, rates)
    return cost


def _current_lines(problem: Problem) -> tuple[Ints, Ints]:
    """Dial and agent lines of the current assignments ``[campaign, dialer]``.

    A campaign without any is set up from nothing: as if it had all lines, so that none is added.
    """
    dial = np.full((len(problem.campaigns), len(problem.dialers)), MAX_LINES, np.int64)
    agent = np.full_like(dial, MAX_LINES)
    for c in {problem.campaign_index[a.campaign_id] for a in problem.assignments if a.dial_lines}:
        dial[c], agent[c] = 0, 0
    for item in problem.assignments:
        place = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
        if item.dial_lines:
            dial[place], agent[place] = item.dial_lines, item.agent_lines
    return dial, agent


def _box(problem: Problem, ports: Ints, keep_current: bool) -> Box:
    """Ranges from ports, channels of trunk groups, allowed dialers and locks.

    A lock on a dialer out of service lapses: such a dialer gets no lines.
    """
    shape = (len(problem.campaigns), len(problem.dialers))
    n_low, a_low = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    n_high, a_high = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    pools = pools_at(problem, None)
    served = served_by_pools(problem, pools)
    fills = pool_pairs(problem, pools)
    people = np.array([pool.agent_lines for pool in pools], np.int64)
    filled: NDArray[np.bool_] = np.logical_or.reduce(fills, axis=0)
    seats = np.tensordot(people, fills.astype(np.int64), axes=1)
    channels = {group.trunk_group: group.channels for group in problem.trunk_groups}
    for c, campaign in enumerate(problem.campaigns):
        for d, dialer in enumerate(problem.dialers):
            if not problem.may_use(campaign, dialer) or (served[c] and not filled[c, d]):
                continue
            most = min(int(ports[d]), channels.get(dialer.trunk_group or "", MAX_LINES))
            if campaign.max_dial_lines is not None:
                most = min(most, campaign.max_dial_lines)
            n_high[c, d] = most
            if campaign.is_live_transfer:
                # N >= A, so that an agent line on ports takes at least two of them.
                room = int(ports[d]) // 2 if dialer.agent_lines_use_ports else most
                a_high[c, d] = min(campaign.agent_lines, room, most)
                if served[c]:
                    a_high[c, d] = min(a_high[c, d], seats[c, d])
    for item in problem.assignments:
        if item.locked or (keep_current and (item.dial_lines or item.agent_lines)):
            place = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
            if not problem.dialers[place[1]].in_service:
                continue
            n_low[place], a_low[place] = item.dial_lines, item.agent_lines
            # A lock above what the campaign may have leaves its range empty, and so the box.
            n_high[place] = min(n_high[place], item.dial_lines)
            a_high[place] = min(a_high[place], item.agent_lines)
    return Box(n_low, n_high, a_low, a_high)


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
