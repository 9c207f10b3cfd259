"""A plan as arrays ``[campaign, dialer]``, its objective and totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import CampaignTotals, DialerUse, PlanValue
from planner.evaluation.rates import (
    SECONDS_PER_HOUR,
    Rates,
    rates,
)
from planner.evaluation.running.within_ports import lines_within
from planner.evaluation.seats import with_agents

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Evaluation:
    """The objective of a plan and its totals."""

    value: PlanValue
    campaigns: tuple[CampaignTotals, ...]
    dialers: tuple[DialerUse, ...]


def lost_dialers(problem: Problem, failures: int) -> NDArray[np.bool_]:
    """Which dialers are lost in each case of so many failures at once ``[case, dialer]``."""
    cases = problem.failures(failures)
    lost = np.zeros((len(cases), len(problem.dialers)), dtype=np.bool_)
    for row, (_, members) in zip(lost, cases, strict=True):
        row[list(members)] = True
    return lost


class PlanArrays:
    """Lines and rates of a plan as arrays ``[campaign, dialer]`` in the problem's order.

    Rates are those of ``running``: lines beyond the ports of a dialer or the channels of a trunk
    group do not run, agent lines beyond those on shift have no agent, and lines on a dialer out of
    service do nothing.
    """

    def __init__(self, problem: Problem, line_plan: LinePlan) -> None:
        self.problem = problem
        shape = (len(problem.campaigns), len(problem.dialers))
        self.dial_lines = np.zeros(shape, dtype=np.int64)
        self.agent_lines = np.zeros(shape, dtype=np.int64)
        for item in line_plan.assignments:
            place = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
            self.dial_lines[place] += item.dial_lines
            self.agent_lines[place] += item.agent_lines
        self._rows: dict[int, Rates] = {}
        self._attempts = np.zeros(shape)
        self._unknown: set[int] = set(range(len(problem.campaigns)))  # rows of these attempts

    def changed(self, lines: Mapping[tuple[int, int], tuple[int, int]]) -> PlanArrays:
        """The plan with other dial and agent lines in some cells; no other rate is lost."""
        new = copy(self)
        for name in ("ports", "rates", "running", "_within"):
            vars(new).pop(name, None)
        new.dial_lines, new.agent_lines = self.dial_lines.copy(), self.agent_lines.copy()
        for pair, (dial, agents) in lines.items():
            new.dial_lines[pair], new.agent_lines[pair] = dial, agents
        touched = {c for c, _ in lines}
        dialers = {d for _, d in lines}
        if self._are_over(dialers) or new._are_over(dialers):
            vars(new).pop("_with_agents", None)
            touched = set(range(len(self.problem.campaigns)))  # ports are shared with others
        if any(self.agent_lines[pair] != agents for pair, (_, agents) in lines.items()):
            vars(new).pop("_with_agents", None)
            if self.problem.pools:  # whose agents may come from other campaigns, or go to them
                touched = set(range(len(self.problem.campaigns)))
        new._rows = {c: rates for c, rates in self._rows.items() if c not in touched}
        new._attempts, new._unknown = self._attempts.copy(), self._unknown | touched
        return new

    def row(self, c: int) -> Rates:
        """Rates of one campaign by dialer, worked out when they are asked for."""
        if c not in self._rows:
            campaign, (dial, agents) = self.problem.campaigns[c], self.running
            self._rows[c] = _rates_of(campaign, dial[c].tobytes(), agents[c].tobytes())
        return self._rows[c]

    @cached_property
    def running(self) -> tuple[Ints, Ints]:
        """Dial lines that can dial at once, and agent lines that have an agent."""
        (dial, wanted), agents = self._within, self._with_agents
        # Who has fewer agents than lines dials as before, who has none not at all.
        dials = self._working & ((agents > 0) | (wanted == 0))
        return np.where(dials, dial, 0), agents

    @cached_property
    def _with_agents(self) -> Ints:
        return with_agents(self.problem, np.where(self._working, self._within[1], 0))

    @cached_property
    def _within(self) -> tuple[Ints, Ints]:
        """Lines that fit the ports of their dialers and the channels of their trunk groups."""
        return lines_within(self.problem, self.dial_lines, self.agent_lines, channels=True)

    def _are_over(self, dialers: Iterable[int]) -> bool:
        """Whether there may be more lines than ports or channels, where some dialers count."""
        problem = self.problem
        used = self.ports.sum(axis=0)
        if any(used[d] > problem.dialers[d].ports for d in dialers):
            return True
        groups = {problem.dialers[d].trunk_group for d in dialers} - {None}
        members = [d.trunk_group for d in problem.dialers]
        return any(
            sum(used[d] for d, name in enumerate(members) if name == group.trunk_group)
            > group.channels
            for group in problem.trunk_groups
            if group.trunk_group in groups
        )

    @cached_property
    def _working(self) -> NDArray[np.bool_]:
        return np.array([d.in_service for d in self.problem.dialers], dtype=bool)

    @cached_property
    def rates(self) -> Rates:
        """Rates ``[campaign, dialer]``."""
        rows = [self.row(c) for c in range(len(self.problem.campaigns))]
        empty = np.zeros(self.dial_lines.shape)
        return Rates(
            *(
                np.array([getattr(row, name) for row in rows]) if rows else empty
                for name in Rates._fields
            )
        )

    def attempts_per_second(self, dialers: Sequence[int]) -> float:
        """Calls that some dialers launch in a second together."""
        for c in self._unknown:
            self._attempts[c] = self.row(c).attempts
        self._unknown = set()
        return float(self._attempts[:, list(dialers)].sum()) / SECONDS_PER_HOUR

    @property
    def in_use(self) -> NDArray[np.bool_]:
        """Where a campaign has lines."""
        return (self.dial_lines > 0) | (self.agent_lines > 0)

    @cached_property
    def ports(self) -> NDArray[np.int64]:
        """Ports taken ``[campaign, dialer]``; agent lines count where the dialer says so."""
        counted = np.array([d.agent_lines_use_ports for d in self.problem.dialers], dtype=np.int64)
        return self.dial_lines + self.agent_lines * counted

    def surviving(self, failures: int) -> Floats:
        """Handled calls per hour that go on ``[campaign, case]`` in each case of failures."""
        kept: Floats = self.rates.handled @ ~lost_dialers(self.problem, failures).T
        return kept

    def added_lines(self) -> int:
        """Dial and agent lines that dialers get in addition to the current assignments.

        Lines of campaigns without any current line are set up from nothing and do not count.
        """
        now = LinePlan(assignments=self.problem.assignments).lines()
        running = {name for (name, _), (dial, _) in now.items() if dial}
        added = 0
        for (c, d), dial in np.ndenumerate(self.dial_lines):
            if self.problem.campaigns[c].campaign_id not in running:
                continue
            name = self.problem.campaigns[c].campaign_id, self.problem.dialers[d].dialer_id
            before = now.get(name, (0, 0))
            added += max(0, int(dial) - before[0])
            added += max(0, int(self.agent_lines[c, d]) - before[1])
        return added

    def net_values(self) -> Floats:
        """Value per hour less what attempts and minutes cost ``[campaign, dialer]``."""
        problem = self.problem
        talk = [(c.talk_seconds or 0.0) * c.is_live_transfer for c in problem.campaigns]
        minutes = np.array(talk, dtype=np.float64) / 60.0
        per_minute = np.array([d.cost_per_talk_minute for d in problem.dialers])
        per_attempt = np.array([d.cost_per_attempt for d in problem.dialers])
        worth = self.values[:, None] - np.outer(minutes, per_minute)
        net: Floats = worth * self.rates.handled - per_attempt * self.rates.attempts
        return net

    def cost_per_hour(self) -> float:
        """What attempts and minutes cost; exactly 0 where no dialer charges anything."""
        rates, problem = self.rates, self.problem
        talk = np.array([(c.talk_seconds or 0.0) * c.is_live_transfer for c in problem.campaigns])
        per_minute = np.array([d.cost_per_talk_minute for d in problem.dialers])
        per_attempt = np.array([d.cost_per_attempt for d in problem.dialers])
        minutes = (talk / 60.0) @ (rates.handled * per_minute).sum(axis=1)
        return float(minutes + (rates.attempts * per_attempt).sum())

    @property
    def values(self) -> Floats:
        """Value per handled call, by campaign."""
        return np.array([c.value for c in self.problem.campaigns], dtype=np.float64)


@lru_cache(maxsize=2048)  # an edit, or a step that is tried, changes the lines of a few campaigns
def _rates_of(campaign: Campaign, dial: bytes, agents: bytes) -> Rates:
    lines = np.frombuffer(dial, np.int64), np.frombuffer(agents, np.int64)
    return rates(campaign, *lines)


def evaluate(
    problem: Problem,
    line_plan: LinePlan,
    redundancy: float,
    failures: int = 1,
    move_cost: float = 0.0,
) -> Evaluation:
    """Objective and totals of a plan by the tables.

    ``redundancy`` is w in [0, 1], ``failures`` how many happen at once in the worst case,
    ``move_cost`` what each line costs that a dialer gets in addition to its current ones.
    """
    arrays = PlanArrays(problem, line_plan)
    surviving = arrays.surviving(failures)
    net = arrays.net_values()
    kept = net @ ~lost_dialers(problem, failures).T
    return Evaluation(
        value=_plan_value(arrays, net, kept, redundancy, failures, move_cost),
        campaigns=tuple(
            _campaign_totals(arrays, surviving, c, campaign, float(net[c].sum()))
            for c, campaign in enumerate(problem.campaigns)
        ),
        dialers=tuple(_dialer_use(arrays, d) for d in range(len(problem.dialers))),
    )


def _plan_value(
    arrays: PlanArrays,
    net: Floats,
    surviving: Floats,
    redundancy: float,
    failures: int,
    move_cost: float,
) -> PlanValue:
    throughput, cost = float(net.sum()), arrays.cost_per_hour()
    left, worst = throughput, None
    for (name, _), kept in zip(arrays.problem.failures(failures), surviving.T, strict=True):
        value = float(kept.sum())
        if worst is None or value < left:
            left, worst = value, name
    moves = move_cost * arrays.added_lines() if move_cost else 0.0
    return PlanValue(
        value_per_hour=(1 - redundancy) * throughput + redundancy * left - moves,
        throughput_value_per_hour=throughput,
        gross_value_per_hour=throughput + cost,
        cost_per_hour=cost,
        surviving_value_per_hour=left,
        worst_failure_domain=worst,
        move_cost_per_hour=moves,
    )


def _campaign_totals(
    arrays: PlanArrays, surviving: Floats, c: int, campaign: Campaign, value: float
) -> CampaignTotals:
    handled = float(arrays.rates.handled[c].sum())
    abandoned = float(arrays.rates.abandoned[c].sum())
    answered = float(arrays.rates.live_answered[c].sum())
    agents = int(arrays.agent_lines[c].sum())
    live = campaign.is_live_transfer
    return CampaignTotals(
        campaign_id=campaign.campaign_id,
        dialers_used=int(arrays.in_use[c].sum()),
        dial_lines=int(arrays.dial_lines[c].sum()),
        agent_lines=agents,
        unused_agent_lines=max(campaign.agent_lines - agents, 0) if live else 0,
        transfers_per_hour=handled if live else None,
        messages_per_hour=None if live else handled,
        abandons_per_hour=abandoned if live else None,
        abandon_rate=abandoned / answered if live and answered > 0 else None,
        value_per_hour=value,
        surviving_share=float(surviving[c].min()) / handled if handled > 0 else None,
    )


def _dialer_use(arrays: PlanArrays, d: int) -> DialerUse:
    dialer = arrays.problem.dialers[d]
    used = int(arrays.ports[:, d].sum())
    return DialerUse(
        dialer_id=dialer.dialer_id,
        ports=dialer.ports,
        ports_used=used,
        ports_free=dialer.ports - used,
        attempts_per_second=float(arrays.rates.attempts[:, d].sum()) / SECONDS_PER_HOUR,
    )
