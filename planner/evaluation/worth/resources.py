"""One more of what a fleet has: agent lines, ports, channels, calls per second; agents moved."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from planner.contracts.fleet.pools import pools_at
from planner.contracts.problem import Campaign, Problem
from planner.evaluation.worth.changed import Changed, Edit, NewDialer, changed


def more_agent_lines(problem: Problem) -> Iterator[Changed]:
    """One more agent line on shift of each campaign that has its own."""
    for campaign in problem.campaigns:
        if has_own_agents(campaign):
            name = campaign.campaign_id
            edit = Edit("campaign", (name,), "agent_lines", 1, add=True)
            yield changed(problem, "agent_lines", (name,), f"one more agent line of {name}", [edit])


def has_own_agents(campaign: Campaign) -> bool:
    """Whether agent lines are its own, or a cap on those of pools."""
    return campaign.is_live_transfer and campaign.own_agent_lines is not None


def larger_pools(problem: Problem) -> Iterator[Changed]:
    """One more agent of each pool, in all its hours."""
    for name in dict.fromkeys(row.pool for row in pools_at(problem, None)):
        edit = Edit("pool", (name,), "agent_lines", 1, add=True)
        yield changed(problem, "pool", (name,), f"one more agent of pool {name}", [edit])


def more_ports(problem: Problem) -> Iterator[Changed]:
    """One more port of each dialer in service."""
    for dialer in problem.dialers:
        if dialer.in_service:
            name = dialer.dialer_id
            edit = Edit("dialer", (name,), "ports", 1, add=True)
            yield changed(problem, "ports", (name,), f"one more port of {name}", [edit])


def more_calls_per_second(problem: Problem) -> Iterator[Changed]:
    """One more call per second of each dialer and carrier that has a limit on them."""
    for dialer in problem.dialers:
        if dialer.in_service and dialer.cps is not None:
            name = dialer.dialer_id
            edit = Edit("dialer", (name,), "cps", 1.0, add=True)
            yield changed(problem, "cps", (name,), f"one more call per second of {name}", [edit])
    for group in problem.trunk_groups:
        if group.cps is not None and _is_used(problem, group.trunk_group):
            name = group.trunk_group
            words = f"one more call per second of trunk group {name}"
            edit = Edit("trunk_group", (name,), "cps", 1.0, add=True)
            yield changed(problem, "trunk_cps", (name,), words, [edit])


def more_channels(problem: Problem) -> Iterator[Changed]:
    """One more channel of each carrier with a dialer in service."""
    for group in problem.trunk_groups:
        if _is_used(problem, group.trunk_group):
            name = group.trunk_group
            words = f"one more channel of trunk group {name}"
            edit = Edit("trunk_group", (name,), "channels", 1, add=True)
            yield changed(problem, "channels", (name,), words, [edit])


def _is_used(problem: Problem, group: str) -> bool:
    return any(d.in_service and d.trunk_group == group for d in problem.dialers)


def agent_moved(problem: Problem, giver: str, taker: str) -> Changed:
    """One agent line of a campaign works for another one."""
    edits = [
        Edit("campaign", (giver,), "agent_lines", -1, add=True),
        Edit("campaign", (taker,), "agent_lines", 1, add=True),
    ]
    words = f"one agent line of {giver} works for {taker}"
    return changed(problem, "agent_moved", (giver, taker), words, edits, loosens=False)


#: What a dialer that is tried is called.
NEW = "NEW"


def more_dialers(problem: Problem) -> Iterator[Changed]:
    """One more dialer like each that is in service, with a failure domain of its own or the same.

    It may count towards a minimum of dialers and leaves every plan as good as it was, unless
    channels or calls per second of its carrier are what both have to share.
    """
    names = {d.dialer_id for d in problem.dialers}
    numbered = (f"{NEW}-{number}" for number in itertools.count(2))
    name = next(n for n in itertools.chain([NEW], numbered) if n not in names)
    for dialer in problem.dialers:
        if dialer.in_service:
            edit = NewDialer(dialer.dialer_id, name)
            words = f"one more dialer like {dialer.dialer_id}"
            yield changed(problem, "dialer", (dialer.dialer_id,), words, [edit])
