"""What a peer's lines come to: cut until the limits hold, then valued like any plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import PlanArrays, evaluate, lost_dialers
from planner.evaluation.limits.check import check
from planner.evaluation.seats import apportioned

Ints = NDArray[np.int64]
#: Rounds of cutting after which a peer's lines are given up.
MOST_ROUNDS = 60
#: Share of its dial lines that a campaign or dialer keeps in one round of cutting.
KEPT = 0.93
#: What a peer may break: it is not made to know locks and least spreads.
FORGIVEN = {"locked", "min_dialers", "min_agent_lines"}


class Reached(NamedTuple):
    """Value per hour of a peer's plan, 0 without one, and its proven bound if it has any."""

    value: float
    bound: float | None = None


def reached(problem: Problem, options: PlanOptions, dial: Ints, agents: Ints) -> float:
    """Value of lines ``[campaign, dialer]``, cut where they break a limit; 0 if that fails."""
    cut = within_limits(problem, options, dial, agents)
    if cut is None:
        return 0.0
    plan = _line_plan(problem, *cut)
    found = evaluate(problem, plan, options.redundancy, options.failures)
    return found.value.value_per_hour


def within_limits(
    problem: Problem, options: PlanOptions, dial: Ints, agents: Ints
) -> tuple[Ints, Ints] | None:
    """Lines cut until every limit holds but those forgiven; None if that fails."""
    dial, agents = dial.copy(), agents.copy()
    for _ in range(MOST_ROUNDS):
        _drop_unusable(problem, dial, agents)
        plan = _line_plan(problem, dial, agents)
        broken = [b for b in check(problem, plan, options.failures) if b.rule not in FORGIVEN]
        if not broken:
            return dial, agents
        before = dial.sum()
        for place in _where_to_cut(problem, options, plan, {b.rule for b in broken}):
            dial[place] = np.floor(KEPT * dial[place])
        np.minimum(agents, dial, out=agents)
        if dial.sum() == before:
            return None
    return None


def shares_by_ports(problem: Problem) -> tuple[Ints, Ints]:
    """Agents and dial lines shared out by ports, each campaign by its need."""
    needs = np.array([need(c) for c in problem.campaigns])
    fill = min(1.0, sum(d.ports for d in problem.dialers) / max(needs.sum(), 1.0))
    dial = np.zeros((len(problem.campaigns), len(problem.dialers)), dtype=np.int64)
    agents = np.zeros_like(dial)
    for c, campaign in enumerate(problem.campaigns):
        ports = np.array([d.ports * problem.may_use(campaign, d) for d in problem.dialers])
        if not ports.sum():
            continue
        if campaign.is_live_transfer:  # in units so small that the shift can be shared out
            agents[c] = apportioned(ports * max(campaign.agent_lines, 1), campaign.agent_lines)
        lines = (fill * needs[c] * ports / ports.sum()).astype(np.int64)
        dial[c] = np.maximum(lines - agents[c], agents[c])
    return dial, agents


def need(campaign: Campaign) -> float:
    """Lines that keep a campaign's agents about busy."""
    if not campaign.is_live_transfer or not campaign.talk_seconds:
        return float(campaign.max_dial_lines or 0)
    load = campaign.transfer_probability * campaign.talk_seconds / campaign.attempt_seconds
    return campaign.agent_lines * (2 + 1 / max(load, 1e-9))


def _drop_unusable(problem: Problem, dial: Ints, agents: Ints) -> None:
    """Lines that cannot run: where a campaign may not be, and live transfer without agents."""
    live = np.array([c.is_live_transfer for c in problem.campaigns])[:, None]
    may = np.array([[problem.may_use(c, d) for d in problem.dialers] for c in problem.campaigns])
    dial[~may | (live & (agents == 0))] = 0
    agents[dial == 0] = 0


def _line_plan(problem: Problem, dial: Ints, agents: Ints) -> LinePlan:
    return LinePlan(
        assignments=tuple(
            LineAssignment(
                campaign_id=problem.campaigns[c].campaign_id,
                dialer_id=problem.dialers[d].dialer_id,
                dial_lines=int(dial[c, d]),
                agent_lines=int(agents[c, d]),
            )
            for c, d in np.argwhere(dial > 0)
        )
    )


def _where_to_cut(
    problem: Problem, options: PlanOptions, plan: LinePlan, rules: set[str]
) -> list[NDArray[np.bool_]]:
    """Places ``[campaign, dialer]`` of lines to be cut, for each kind of limit that is broken."""
    arrays = PlanArrays(problem, plan)
    everywhere = np.ones_like(arrays.dial_lines, dtype=bool)
    found = []
    attempts, ports = arrays.rates.attempts, arrays.ports
    for d, dialer in enumerate(problem.dialers):
        too_fast = dialer.cps is not None and attempts[:, d].sum() > 3600 * dialer.cps
        if too_fast or ports[:, d].sum() > dialer.ports:
            found.append(everywhere & (np.arange(len(problem.dialers)) == d))
    for group in problem.trunk_groups:
        members = np.array([d.trunk_group == group.trunk_group for d in problem.dialers])
        too_fast = group.cps is not None and attempts[:, members].sum() > 3600 * group.cps
        if too_fast or ports[:, members].sum() > group.channels:
            found.append(everywhere & members)
    lost = lost_dialers(problem, options.failures)
    for c, campaign in enumerate(problem.campaigns):
        mine = everywhere & (np.arange(len(problem.campaigns)) == c)[:, None]
        abandoned, answered = arrays.rates.abandoned[c].sum(), arrays.rates.live_answered[c].sum()
        limit, most = campaign.max_abandon_rate, campaign.max_dial_lines
        too_many = most is not None and arrays.dial_lines[c].sum() > most
        if too_many or (limit is not None and abandoned > limit * answered):
            found.append(mine)
        if "survivable_share" in rules and campaign.survivable_share > 0 and len(lost):
            left = arrays.rates.handled[c] @ ~lost.T
            if left.min() < campaign.survivable_share * arrays.rates.handled[c].sum():
                found.append(mine & lost[left.argmin()])
    return found
