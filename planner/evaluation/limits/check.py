"""Checks a plan against every limit and recomputes its objective. Knows no solver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem, TrunkGroup
from planner.contracts.values.told import amount, amount_beside, share_beside, share_set
from planner.evaluation.arrays import PlanArrays, lost_dialers
from planner.evaluation.limits.check_sums import limit_sums, unfilled_agent_lines
from planner.evaluation.tolerances import LIMIT_ROUNDING, PER_CENT_ROUNDING

Floats = NDArray[np.float64]


#: Rules whose breach is a requirement given up; all others hold in every plan.
REQUIREMENT_RULES = frozenset(
    {"min_dialers", "survivable_share", "min_transfers_per_hour", "finish_by", "limit_minimums"}
)


@dataclass(frozen=True)
class Breach:
    """One limit that a plan breaks, in a sentence for a manager, and what it is a limit of."""

    rule: str
    campaign_id: str | None
    dialer_id: str | None
    message: str
    trunk_group: str | None = None
    limit: str | None = None


def check(problem: Problem, line_plan: LinePlan, failures: int = 1) -> tuple[Breach, ...]:
    """Every limit that the plan breaks; empty when it holds them all.

    ``survivable_share`` must hold in every case of so many ``failures`` at once.

    Raises
    ------
    KeyError
        If the plan names a campaign or dialer that the problem does not have.
    """
    arrays = PlanArrays(problem, line_plan)
    return (
        *campaign_breaches(arrays, range(len(problem.campaigns)), failures),
        *dialer_breaches(arrays, range(len(problem.dialers))),
        *trunk_breaches(arrays, problem.trunk_groups),
        *_lock_breaches(arrays),
        *_pool_breaches(arrays),
        *_limit_breaches(arrays),
    )


def campaign_breaches(
    arrays: PlanArrays, campaigns: Iterable[int], failures: int = 1
) -> Iterator[Breach]:
    """Limits that some campaigns break, by their places in the problem."""
    for c in campaigns:
        campaign = arrays.problem.campaigns[c]
        yield from _assignment_breaches(arrays, c, campaign)
        yield from _campaign_breaches(arrays, c, campaign)
        yield from _abandon_breaches(arrays, c, campaign)
        yield from _reach_breaches(arrays, c, campaign)
        yield from _survival_breaches(arrays, c, campaign, failures)


def _assignment_breaches(arrays: PlanArrays, c: int, campaign: Campaign) -> Iterator[Breach]:
    """Per assignment: N >= max(A, 1), agents as the kind wants, dialer in service and allowed."""
    for d in np.flatnonzero(arrays.in_use[c]):
        dialer = arrays.problem.dialers[d]
        dial, agents = int(arrays.dial_lines[c, d]), int(arrays.agent_lines[c, d])
        name = f"{campaign.campaign_id} on {dialer.dialer_id}"

        def breach(rule: str, message: str, dialer_id: str = dialer.dialer_id) -> Breach:
            return Breach(rule, campaign.campaign_id, dialer_id, message)

        if not dialer.in_service:
            yield breach("in_service", f"{name}: the dialer is out of service.")
        elif not arrays.problem.may_use(campaign, dialer):
            yield breach("allowed_dialers", f"{name}: the campaign may not use this dialer.")
        if dial < max(agents, 1):
            message = f"{name}: {dial} dial lines, fewer than its {agents} agent lines."
            if dial == 0 and agents == 0:
                message = f"{name}: no dial line."
            yield breach("dial_lines", message)
        if not campaign.is_live_transfer and agents:
            yield breach("agent_lines", f"{name}: a broadcast has no agents, but {agents} lines.")
        if campaign.is_live_transfer and agents < campaign.min_agent_lines:
            yield breach(
                "min_agent_lines",
                f"{name}: {agents} agent lines; where it runs it needs at least "
                f"{campaign.min_agent_lines}.",
            )


def _campaign_breaches(arrays: PlanArrays, c: int, campaign: Campaign) -> Iterator[Breach]:
    """Per campaign: agent lines on shift, max_dial_lines, min_dialers."""
    name = campaign.campaign_id
    agents, dial = int(arrays.agent_lines[c].sum()), int(arrays.dial_lines[c].sum())
    used = int(arrays.in_use[c].sum())
    if campaign.is_live_transfer and agents > campaign.agent_lines:
        message = f"{name}: {agents} agent lines assigned, {campaign.agent_lines} on shift."
        yield Breach("agent_lines", name, None, message)
    if campaign.max_dial_lines is not None and dial > campaign.max_dial_lines:
        message = f"{name}: {dial} dial lines, {campaign.max_dial_lines} allowed."
        yield Breach("max_dial_lines", name, None, message)
    if used < campaign.min_dialers:
        dialers = "1 dialer" if used == 1 else f"{used} dialers"
        verb = "is" if campaign.min_dialers == 1 else "are"
        message = f"{name}: runs on {dialers}, at least {campaign.min_dialers} {verb} required."
        yield Breach("min_dialers", name, None, message)


def _reach_breaches(arrays: PlanArrays, c: int, campaign: Campaign) -> Iterator[Breach]:
    """Per campaign: the calls, and the attempts, that it must reach an hour."""
    name, rates = campaign.campaign_id, arrays.row(c)
    what = "transfers" if campaign.is_live_transfer else "messages"
    for rule, words, found, asked in (
        ("min_transfers_per_hour", what, rates.handled, campaign.min_transfers_per_hour),
        ("finish_by", "attempts", rates.attempts, campaign.min_attempts_per_hour),
    ):
        total = float(found.sum())
        if asked and total < asked * (1 - PER_CENT_ROUNDING):
            told = f"{amount_beside(total, asked)} {words} an hour"
            message = f"{name}: {told}, at least {amount(asked)} are asked for."
            yield Breach(rule, name, None, message)


def _abandon_breaches(arrays: PlanArrays, c: int, campaign: Campaign) -> Iterator[Breach]:
    """Per campaign: abandoned calls per live answer."""
    name, limit = campaign.campaign_id, campaign.max_abandon_rate
    if limit is None:
        return
    abandoned = float(arrays.row(c).abandoned.sum())
    answered = float(arrays.row(c).live_answered.sum())
    if abandoned > limit * answered + LIMIT_ROUNDING * (1.0 + answered):
        yield Breach(
            "max_abandon_rate",
            name,
            None,
            f"{name}: abandon rate {share_beside(abandoned / answered, limit)} of live "
            f"answers, limit {share_set(limit)}.",
        )


def _survival_breaches(
    arrays: PlanArrays, c: int, campaign: Campaign, failures: int
) -> Iterator[Breach]:
    """Per campaign: the share of its calls that goes on in each case of failures."""
    name, wanted = campaign.campaign_id, campaign.survivable_share
    if not wanted:
        return
    row = arrays.row(c).handled
    handled = float(row.sum())
    surviving = row @ ~lost_dialers(arrays.problem, failures).T
    for (case, _), left in zip(arrays.problem.failures(failures), surviving, strict=True):
        if left < (campaign.least_surviving_share - PER_CENT_ROUNDING) * handled - LIMIT_ROUNDING:
            yield Breach(
                "survivable_share",
                name,
                None,
                f"{name}: {share_beside(left / handled, wanted)} of its calls survive the loss of "
                f"{case}, {share_set(wanted)} required.",
            )


def dialer_breaches(arrays: PlanArrays, dialers: Iterable[int]) -> Iterator[Breach]:
    """Per dialer, by its place in the problem: ports and calls per second."""
    for d in dialers:
        dialer = arrays.problem.dialers[d]
        used = int(arrays.ports[:, d].sum())
        if used > dialer.ports:
            message = f"{dialer.dialer_id}: {used} ports used, {dialer.ports} exist."
            yield Breach("ports", None, dialer.dialer_id, message)
        if dialer.cps is None:
            continue
        speed = arrays.attempts_per_second([d])
        if speed > dialer.cps * (1 + LIMIT_ROUNDING):
            told = f"{amount_beside(speed, dialer.cps)} calls per second"
            message = f"{dialer.dialer_id}: {told}, limit {dialer.cps:g}."
            yield Breach("cps", None, dialer.dialer_id, message)


def trunk_breaches(arrays: PlanArrays, groups: Iterable[TrunkGroup]) -> Iterator[Breach]:
    """Per trunk group: channels and calls per second over its dialers."""
    for group in groups:
        name = group.trunk_group
        members = [d for d, m in enumerate(arrays.problem.dialers) if m.trunk_group == name]
        used = int(arrays.ports[:, members].sum())
        if used > group.channels:
            message = f"Trunk group {name}: {used} channels used, {group.channels} exist."
            yield Breach("channels", None, None, message, name)
        if group.cps is None:
            continue
        speed = arrays.attempts_per_second(members)
        if speed > group.cps * (1 + LIMIT_ROUNDING):
            told = f"{amount_beside(speed, group.cps)} calls per second"
            message = f"Trunk group {name}: {told}, limit {group.cps:g}."
            yield Breach("trunk_cps", None, None, message, name)


def _pool_breaches(arrays: PlanArrays) -> Iterator[Breach]:
    """Agent lines of campaigns that pools serve find their agents."""
    if not arrays.problem.pools:
        return
    for c, d, lines in unfilled_agent_lines(arrays.problem, arrays.agent_lines):
        campaign = arrays.problem.campaigns[c].campaign_id
        dialer = arrays.problem.dialers[d].dialer_id
        message = f"{campaign} on {dialer}: no pool has agents for {lines} of its agent lines."
        yield Breach("pools", campaign, dialer, message)


def _limit_breaches(arrays: PlanArrays) -> Iterator[Breach]:
    """The sums of lines of limits.csv."""
    if not arrays.problem.limits:
        return
    for limit, column, campaign, lines, allowed in limit_sums(arrays):
        kind = column.split("_", 1)[1].replace("_", " ")
        bound = "at most" if column.startswith("max_") else "at least"
        name = f"{campaign}: " if campaign else ""
        message = f"{name}{lines} {kind}, limit {limit} wants {bound} {allowed}."
        rule = "limit_minimums" if column.startswith("min_") else "limits"
        yield Breach(rule, campaign, None, message, limit=limit)


def _lock_breaches(arrays: PlanArrays) -> Iterator[Breach]:
    """Locked assignments keep their lines; on a dialer out of service a lock lapses."""
    problem = arrays.problem
    for item in problem.assignments:
        dialer = problem.dialers[problem.dialer_index[item.dialer_id]]
        if not item.locked or not dialer.in_service:
            continue
        place = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
        found = int(arrays.dial_lines[place]), int(arrays.agent_lines[place])
        if found != (item.dial_lines, item.agent_lines):
            yield Breach(
                "locked",
                item.campaign_id,
                item.dialer_id,
                f"{item.campaign_id} on {item.dialer_id}: locked at {item.dial_lines} + "
                f"{item.agent_lines} lines, but has {found[0]} + {found[1]}.",
            )
