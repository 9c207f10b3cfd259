"""Why a plan is as it is: the limits that hold it back, and what cannot hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.optimize.search import optimize
from planner.plan import Conflict, LinePlan, PlanOptions
from planner.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.verify import NO_CORRECTIONS, Corrections, PlanArrays, check

#: Each trial that looks for a conflict may take so long [s]; undecided trials keep the requirement.
TRIAL_SECONDS = 5.0


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


@dataclass(frozen=True)
class Requirement:
    """One requirement of the input in words, and how the problem looks without it."""

    words: str
    lifted: Callable[[Problem], Problem]


def find_conflicts(problem: Problem, options: PlanOptions) -> tuple[Conflict, ...]:
    """A smallest set of requirements of an infeasible problem that cannot hold together.

    Requirements are lifted one after the other as long as the problem stays infeasible
    (deletion filter): of those that are left none can be spared.
    """
    left = problem
    core = []
    for requirement in _requirements(problem, options.keep_current):
        without = requirement.lifted(left)
        if _is_infeasible(without, options):
            left = without
        else:
            core.append(requirement)
    if not core:
        return ()
    return (Conflict(requirements=tuple(r.words for r in core)),)


def _is_infeasible(problem: Problem, options: PlanOptions) -> bool:
    relaxed = options.model_copy(
        update={"gap": 1.0, "time_limit": TRIAL_SECONDS, "redundancy": 0.0}
    )
    return optimize(problem, relaxed).infeasible


def _requirements(problem: Problem, keep_current: bool) -> Iterator[Requirement]:
    """All requirements that can be lifted, the ones least likely to matter first."""
    for group in problem.trunk_groups:
        yield _trunk_requirement(group, "cps", None)
    for dialer in problem.dialers:
        if dialer.cps is not None:
            words = f"dialer {dialer.dialer_id} places at most {dialer.cps:g} calls per second"
            yield Requirement(words, _change_dialer(dialer, cps=None))
    for campaign in problem.campaigns:
        yield from _campaign_requirements(campaign)
    for item in problem.assignments:
        if item.locked or keep_current:
            words = (
                f"campaign {item.campaign_id} keeps its {item.dial_lines} + {item.agent_lines} "
                f"lines on {item.dialer_id}"
            )
            yield Requirement(words, _unlock(item))
    for group in problem.trunk_groups:
        yield _trunk_requirement(group, "channels", sum(d.ports for d in problem.dialers))
    for dialer in problem.dialers:
        if not dialer.in_service:
            words = f"dialer {dialer.dialer_id} is out of service"
            yield Requirement(words, _change_dialer(dialer, in_service=True))
    for campaign in problem.campaigns:
        if campaign.min_dialers > 0:
            words = f"campaign {campaign.campaign_id} runs on at least {campaign.min_dialers} "
            words += "dialer" if campaign.min_dialers == 1 else "dialers"
            yield Requirement(words, _change_campaign(campaign, min_dialers=0))


def _campaign_requirements(campaign: Campaign) -> Iterator[Requirement]:
    name = f"campaign {campaign.campaign_id}"
    if campaign.max_abandon_rate is not None:
        words = f"{name} abandons at most {campaign.max_abandon_rate:.2%} of its live answers"
        yield Requirement(words, _change_campaign(campaign, max_abandon_rate=None))
    if campaign.survivable_share > 0:
        words = (
            f"{name} needs {100 * campaign.survivable_share:.0f} % to survive any single failure"
        )
        yield Requirement(words, _change_campaign(campaign, survivable_share=0.0))
    if campaign.is_live_transfer and campaign.min_agent_lines > 1:
        words = f"{name} has at least {campaign.min_agent_lines} agent lines where it runs"
        yield Requirement(words, _change_campaign(campaign, min_agent_lines=1))
    if campaign.max_dial_lines is not None:
        words = f"{name} has at most {campaign.max_dial_lines} dial lines"
        yield Requirement(words, _change_campaign(campaign, max_dial_lines=None))
    if campaign.allowed_dialers is not None:
        words = f"{name} may use only {', '.join(campaign.allowed_dialers)}"
        yield Requirement(words, _change_campaign(campaign, allowed_dialers=None))


def _trunk_requirement(group: TrunkGroup, column: str, lifted: int | None) -> Requirement:
    limit = getattr(group, column)
    what = "channels" if column == "channels" else "calls per second"

    def without(problem: Problem) -> Problem:
        groups = tuple(
            g.model_copy(update={column: lifted}) if g.trunk_group == group.trunk_group else g
            for g in problem.trunk_groups
        )
        return problem.model_copy(update={"trunk_groups": groups})

    return Requirement(f"trunk group {group.trunk_group} has {limit} {what}", without)


def _change_dialer(dialer: Dialer, **update: object) -> Callable[[Problem], Problem]:
    def without(problem: Problem) -> Problem:
        dialers = tuple(
            d.model_copy(update=update) if d.dialer_id == dialer.dialer_id else d
            for d in problem.dialers
        )
        return problem.model_copy(update={"dialers": dialers})

    return without


def _change_campaign(campaign: Campaign, **update: object) -> Callable[[Problem], Problem]:
    def without(problem: Problem) -> Problem:
        campaigns = tuple(
            c.model_copy(update=update) if c.campaign_id == campaign.campaign_id else c
            for c in problem.campaigns
        )
        return problem.model_copy(update={"campaigns": campaigns})

    return without


def _unlock(item: LineAssignment) -> Callable[[Problem], Problem]:
    def without(problem: Problem) -> Problem:
        kept = tuple(
            a
            for a in problem.assignments
            if (a.campaign_id, a.dialer_id) != (item.campaign_id, item.dialer_id)
        )
        return problem.model_copy(update={"assignments": kept})

    return without
