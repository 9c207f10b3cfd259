"""Why a plan is as it is: its limits, each line assignment, and what it cannot use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from planner.contracts.answers import LineReason, StrandedLines
from planner.contracts.fleet.pools import pools_at, serving
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanOptions
from planner.contracts.values.told import amount, share_set
from planner.evaluation.marginal import (
    OneMore,
    Step,
    agent_line_value,
    call_per_second_value,
    port_value,
)
from planner.evaluation.seats import seat_agents
from planner.evaluation.worth.held import Held, all_agents, limits_of_lines, sentences

#: A gain below this share of the plan's value is none: rounding.
SMALLEST_GAIN = 1e-9
#: More names than this are counted, not listed.
MOST_NAMES = 6
_NOTHING = "one more line would bring nothing"
_WITHIN_GAP = "one more line would bring a little; the plan is within its gap without it"


class Explanation(NamedTuple):
    """The limits that hold a plan back, the reason of each assignment, and what is stranded."""

    held: tuple[Held, ...]
    why: tuple[LineReason, ...]
    stranded: tuple[StrandedLines, ...]
    one_more_port: tuple[float | None, ...]  # by dialer [value per hour]
    one_more_call_per_second: tuple[float | None, ...]  # by dialer
    one_more_agent_line: tuple[float | None, ...]  # by campaign

    @property
    def binding(self) -> tuple[str, ...]:
        """The limits in sentences, without what they cost."""
        return sentences(self.held)


def explain(
    problem: Problem,
    line_plan: LinePlan,
    options: PlanOptions,
) -> Explanation:
    """Why a plan is as it is, from facts of the planning tables alone.

    A limit binds when one more dial line or agent line, somewhere the plan has lines, breaks it;
    the fewest dialers of a campaign when it runs on no more than these.
    Everything said of one more line holds with all other lines as they are.
    """
    tried = OneMore(problem, line_plan, options)
    held = dict.fromkeys(_nothing_survives(problem, options))
    why = []
    for c, d in zip(*np.nonzero(tried.in_use), strict=True):
        dial, agent = tried.more_dial_lines(c, d), tried.more_agent_lines(c, d)
        why.append(_reason(tried, c, d, dial, agent))
        for step in (dial, agent):
            if step is not None and not {"locked", "dial_lines"} & set(step.limits):
                held |= dict.fromkeys(limits_of_lines(problem, c, d, step.limits))
    held |= dict.fromkeys(_fewest_dialers(problem, tried))
    dialers = range(len(problem.dialers))
    return Explanation(
        tuple(held),
        tuple(why),
        tuple(_stranded(tried)),
        tuple(port_value(tried, d) for d in dialers),
        tuple(call_per_second_value(tried, d) for d in dialers),
        tuple(agent_line_value(tried, c) for c in range(len(problem.campaigns))),
    )


def _nothing_survives(problem: Problem, options: PlanOptions) -> Iterator[Held]:
    """That a failure takes every dialer, where what survives it is to count."""
    usable = {d for d, item in enumerate(problem.dialers) if item.in_service and item.ports > 0}
    if options.redundancy == 0 or not usable:
        return
    for name, members in problem.failures(options.failures):
        if usable <= members:
            effect = "every plan is as good" if options.redundancy == 1 else "it changes no plan"
            fail = "fails" if options.failures == 1 else "fail"
            words = (
                f"Redundancy: nothing can survive when {name} {fail}, since no other dialer is in "
                f"service: {effect}"
            )
            yield Held("redundancy", (), words)
            return


def _fewest_dialers(problem: Problem, tried: OneMore) -> Iterator[Held]:
    used = tried.in_use.sum(axis=1)
    for c, campaign in enumerate(problem.campaigns):
        if campaign.min_dialers > 1 and used[c] == campaign.min_dialers:
            name = campaign.campaign_id
            words = f"{name}: on the fewest dialers allowed by min_dialers"
            yield Held("min_dialers", (name,), words)


def _reason(tried: OneMore, c: int, d: int, dial: Step, agent: Step | None) -> LineReason:
    problem, arrays = tried.problem, tried.arrays
    lines = int(arrays.dial_lines[c, d]), int(arrays.agent_lines[c, d])
    name, place = problem.campaigns[c].campaign_id, problem.dialers[d].dialer_id
    if "locked" in dial.limits:
        words = "the lines are locked"
    else:
        steps = [("one more dial line", dial), ("one more agent line", agent)]
        words = "; ".join(
            f"{what} {_effect(tried, c, d, step)}" for what, step in steps if step is not None
        )
    return LineReason(
        campaign_id=name,
        dialer_id=place,
        dial_lines=lines[0],
        agent_lines=lines[1],
        one_more_dial_line=dial.gain,
        dial_line_limits=dial.limits,
        one_more_agent_line=None if agent is None else agent.gain,
        agent_line_limits=() if agent is None else agent.limits,
        words=f"{name} on {place}, {lines[0]} + {lines[1]} lines: {words}.",
    )


def _effect(tried: OneMore, c: int, d: int, step: Step) -> str:
    """What one more line would do, and what stops it."""
    if "dial_lines" in step.limits:
        return "would have no dial line of its own"
    sign = _sign(tried, step)
    if sign < 0:
        return f"would cost {amount(-step.gain)} an hour"
    brings = f"would bring {amount(step.gain)} an hour" if sign else "would bring nothing"
    if not step.limits:
        return brings + (", within the gap of the plan" if sign else "")
    stops = " and ".join(_stop(tried, c, d, limit) for limit in step.limits)
    return f"{brings}, but {stops}"


def _sign(tried: OneMore, step: Step) -> int:
    """1 for a gain, -1 for a loss, 0 where it is no more than rounding."""
    if abs(step.gain) <= SMALLEST_GAIN * (1 + tried.value):
        return 0
    return 1 if step.gain > 0 else -1


def _stop(tried: OneMore, c: int, d: int, limit: str) -> str:
    campaign, dialer = tried.problem.campaigns[c], tried.problem.dialers[d]
    at_place = {
        "ports": f"all {dialer.ports} ports of {dialer.dialer_id} are in use",
        "channels": f"all channels of trunk group {dialer.trunk_group} are in use",
        "cps": f"{dialer.dialer_id} would pass {dialer.cps or 0:g} calls per second",
        "agent_lines": all_agents(campaign),
    }
    return at_place.get(limit) or _limit_words(campaign, limit)


def _limit_words(campaign: Campaign, limit: str) -> str:
    """A limit in words that name no dialer."""
    return {
        "in_service": "out of service",
        "allowed_dialers": "not among the dialers that it may use",
        "dial_lines": "no dial line is left for another agent line",
        "locked": "its lines there are locked",
        "agent_lines": "no agent line is left",
        "max_dial_lines": f"all {campaign.max_dial_lines} dial lines allowed are assigned",
        "max_abandon_rate": "the abandon rate would pass "
        f"{share_set(campaign.max_abandon_rate or 0)}",
        "survivable_share": f"less than {share_set(campaign.survivable_share)} would survive the "
        "worst failure",
        "ports": "too few ports are free",
        "channels": "too few channels of the trunk group are free",
        "cps": "it would pass the calls per second of the dialer",
        "trunk_cps": "it would pass the calls per second of the trunk group",
    }[limit]


def _stranded(tried: OneMore) -> Iterator[StrandedLines]:
    """Ports of each dialer and agent lines of each campaign that the plan leaves unused."""
    problem, arrays = tried.problem, tried.arrays
    for d, dialer in enumerate(problem.dialers):
        free = tried.free_ports(d)
        if free <= 0:
            continue
        head = f"{dialer.dialer_id}: {free} of {dialer.ports} ports {_is_are(free)} free"
        if not dialer.in_service:
            yield StrandedLines(
                dialer_id=dialer.dialer_id,
                lines=free,
                words=f"{dialer.dialer_id}: all {dialer.ports} ports are out of service.",
            )
            continue
        reasons: dict[str, list[str]] = {}
        for c, campaign in enumerate(problem.campaigns):
            reasons.setdefault(_why_no_line(tried, c, d), []).append(campaign.campaign_id)
        yield StrandedLines(dialer_id=dialer.dialer_id, lines=free, words=_grouped(head, reasons))
    idle = _idle_agents(tried)
    for c, campaign in enumerate(problem.campaigns):
        unused = min(campaign.agent_lines - int(arrays.agent_lines[c].sum()), idle[c])
        if not campaign.is_live_transfer or unused <= 0:
            continue
        head = (
            f"{campaign.campaign_id}: {unused} of {campaign.agent_lines} agent lines "
            f"{_is_are(unused)} not used"
        )
        reasons = {}
        for d, dialer in enumerate(problem.dialers):
            reasons.setdefault(_why_no_agent(tried, c, d), []).append(dialer.dialer_id)
        yield StrandedLines(
            campaign_id=campaign.campaign_id, lines=unused, words=_grouped(head, reasons)
        )


def _idle_agents(tried: OneMore) -> list[int]:
    """Agent lines that each campaign could still have: where pools serve it, their idle ones."""
    problem = tried.problem
    pools = pools_at(problem, None)
    seats = seat_agents(problem, pools, tried.arrays.agent_lines) if pools else ()
    idle = {row.pool: row.agent_lines - int(seats[p].sum()) for p, row in enumerate(pools)}
    return [
        sum(idle[row.pool] for row in rows) if (rows := serving(pools, c)) else c.agent_lines
        for c in problem.campaigns
    ]


def _why_no_line(tried: OneMore, c: int, d: int) -> str:
    """Why a campaign takes no further line of a dialer with free ports."""
    if not tried.in_use[c, d]:
        return _why_not(tried, c, tried.start(c, d))
    dial, agent = tried.more_dial_lines(c, d), tried.more_agent_lines(c, d)
    if dial.limits or _sign(tried, dial) > 0 or agent is None:
        return _why_not(tried, c, dial)
    return _why_not(tried, c, agent)


def _why_no_agent(tried: OneMore, c: int, d: int) -> str:
    """Why a campaign puts none of its unused agent lines on a dialer."""
    if not tried.in_use[c, d]:
        return _why_not(tried, c, tried.start(c, d))
    step = tried.more_agent_lines(c, d)
    assert step is not None
    return _why_not(tried, c, step)


def _why_not(tried: OneMore, c: int, step: Step) -> str:
    if step.limits:
        return _limit_words(tried.problem.campaigns[c], step.limits[0])
    return _WITHIN_GAP if _sign(tried, step) > 0 else _NOTHING


def _grouped(head: str, reasons: dict[str, list[str]]) -> str:
    parts = [f"{_listed(names)}: {reason}." for reason, names in reasons.items()]
    return " ".join([f"{head}.", *parts])


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"


def _is_are(count: int) -> str:
    return "is" if count == 1 else "are"
