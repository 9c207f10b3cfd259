"""Why a plan is as it is: the limits that hold it back."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan import LinePlan
from planner.problem import LineAssignment, Problem
from planner.verify import NO_CORRECTIONS, Corrections, PlanArrays, check


def binding_limits(
    problem: Problem, line_plan: LinePlan, corrections: Corrections = NO_CORRECTIONS
) -> tuple[str, ...]:
    """The limits that hold the plan back, in words.

    A limit binds when one more dial line or agent line, somewhere the plan has lines, breaks it.
    """
    arrays = PlanArrays(problem, line_plan, corrections)
    found: dict[tuple[str, str | None, str | None], None] = {}
    for place, item in enumerate(line_plan.assignments):
        if item.locked:
            continue
        for more in ({"dial_lines": item.dial_lines + 1}, {"agent_lines": item.agent_lines + 1}):
            if "agent_lines" in more and not _takes_agents(problem, item, more["agent_lines"]):
                continue
            lines = list(line_plan.assignments)
            lines[place] = item.model_copy(update=more)
            for breach in check(problem, LinePlan(assignments=tuple(lines)), corrections):
                found[breach.rule, breach.campaign_id, breach.dialer_id] = None
    return tuple(
        sentence for key in found for sentence in _binding_sentences(problem, arrays, *key)
    )


def _takes_agents(problem: Problem, item: LineAssignment, agent_lines: int) -> bool:
    campaign = problem.campaigns[problem.campaign_index[item.campaign_id]]
    return campaign.is_live_transfer and agent_lines <= item.dial_lines


def _binding_sentences(
    problem: Problem,
    arrays: PlanArrays,
    rule: str,
    campaign_id: str | None,
    dialer_id: str | None,
) -> Iterator[str]:
    if campaign_id is not None:
        c = problem.campaign_index[campaign_id]
        campaign = problem.campaigns[c]
        if rule == "agent_lines":
            yield f"{campaign_id}: all {campaign.agent_lines} agent lines on shift are assigned."
        elif rule == "max_dial_lines":
            yield f"{campaign_id}: all {campaign.max_dial_lines} dial lines allowed are assigned."
        elif rule == "max_abandon_rate":
            limit = campaign.max_abandon_rate or 0.0
            yield f"{campaign_id}: one line more would push the abandon rate over {limit:.2%}."
        elif rule == "survivable_share":
            share = f"{campaign.survivable_share:.0%}"
            yield f"{campaign_id}: {share} of its calls must survive the worst failure."
    elif rule == "ports" and dialer_id is not None:
        ports = problem.dialers[problem.dialer_index[dialer_id]].ports
        yield f"{dialer_id}: all {ports} ports are in use."
    elif rule == "cps" and dialer_id is not None:
        limit = problem.dialers[problem.dialer_index[dialer_id]].cps or 0.0
        yield f"{dialer_id}: one line more would pass {limit:g} calls per second."
    elif rule in ("channels", "trunk_cps"):
        yield from _trunk_sentences(problem, arrays, rule)


def _trunk_sentences(problem: Problem, arrays: PlanArrays, rule: str) -> Iterator[str]:
    for group in problem.trunk_groups:
        members = [d.trunk_group == group.trunk_group for d in problem.dialers]
        if rule == "channels" and arrays.ports[:, members].sum() >= group.channels:
            name = f"Trunk group {group.trunk_group}"
            yield f"{name}: all {group.channels} channels are in use."
        if rule == "trunk_cps" and group.cps is not None:
            yield f"Trunk group {group.trunk_group}: near its {group.cps:g} calls per second."
