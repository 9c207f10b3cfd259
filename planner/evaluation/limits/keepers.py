"""Whose requirements are kept where another campaign's are given up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from planner.contracts.answers import GivenUp, KeptInstead
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem

#: Requirements that lines on one more dialer would meet, or bring closer.
ONE_DIALER_MORE = ("runs", "min_dialers")
#: Requirements of a campaign in use, the one that is told first.
_NAMED = ("min_dialers", "survivable_share", "min_transfers_per_hour")


def with_keepers(problem: Problem, plan: LinePlan, items: Sequence[GivenUp]) -> tuple[GivenUp, ...]:
    """What a plan gives up, each with what others keep instead."""
    return tuple(
        item.model_copy(update={"kept_instead": keepers(problem, plan, item, items)})
        for item in items
    )


def keepers(
    problem: Problem, plan: LinePlan, item: GivenUp, given_up: Iterable[GivenUp]
) -> tuple[KeptInstead, ...]:
    """Campaigns without whose lines another could run, or run on one dialer more.

    Told are those of a lower priority number whose ports or channels, were they free, had room for
    the least lines of the campaign, where there is none now. Of other requirements nobody is named:
    what keeps them back is no single campaign.

    Parameters
    ----------
    problem : for which it was planned
    plan : its lines
    item : what the campaign gives up
    given_up : everything that the plan gives up, which nobody keeps
    """
    if item.requirement not in ONE_DIALER_MORE or item.campaign_id not in problem.campaign_index:
        return ()
    campaign = problem.campaigns[problem.campaign_index[item.campaign_id]]
    places = list(_places(problem, plan, campaign))
    if any(_has_room(problem, plan.assignments, campaign, d) for d in places):
        return ()
    lost = {(g.campaign_id, g.requirement) for g in given_up}
    found = []
    for other in problem.campaigns:
        if other.priority >= item.priority:
            continue
        left = [a for a in plan.assignments if a.campaign_id != other.campaign_id]
        if any(_has_room(problem, left, campaign, d) for d in places):
            found.append(_kept(other, lost))
    return tuple(found)


def _places(problem: Problem, plan: LinePlan, campaign: Campaign) -> Iterator[Dialer]:
    """Dialers that the campaign may use and does not."""
    used = {a.dialer_id for a in plan.assignments if a.campaign_id == campaign.campaign_id}
    for dialer in problem.dialers:
        allowed = campaign.allowed_dialers is None or dialer.dialer_id in campaign.allowed_dialers
        if dialer.in_service and allowed and dialer.dialer_id not in used:
            yield dialer


def _has_room(
    problem: Problem, lines: Collection[LineAssignment], campaign: Campaign, dialer: Dialer
) -> bool:
    """Whether the least lines of the campaign fit the ports and channels beside other lines."""
    agents = max(campaign.min_agent_lines, 1) if campaign.is_live_transfer else 0
    dial = max(agents, 1)
    counts = {d.dialer_id: d.agent_lines_use_ports for d in problem.dialers}
    group = {d.dialer_id for d in problem.dialers if d.trunk_group == dialer.trunk_group}
    wanted = dial + agents * dialer.agent_lines_use_ports

    def taken(names: Collection[str]) -> int:
        return sum(
            a.dial_lines + a.agent_lines * counts[a.dialer_id]
            for a in lines
            if a.dialer_id in names
        )

    if taken({dialer.dialer_id}) + wanted > dialer.ports:
        return False
    channels = [g.channels for g in problem.trunk_groups if g.trunk_group == dialer.trunk_group]
    return all(taken(group) + wanted <= most for most in channels)


def _kept(campaign: Campaign, lost: Collection[tuple[str, str]]) -> KeptInstead:
    """What a campaign keeps: the first that it asks for and gets, at the least that it runs."""
    for requirement in _NAMED:
        asked = float(getattr(campaign, requirement))
        least = 1 if requirement == "min_dialers" else 0
        if asked > least and (campaign.campaign_id, requirement) not in lost:
            return _told(campaign, requirement, asked)
    return _told(campaign, "runs", 1.0)


def _told(campaign: Campaign, requirement: str, asked: float) -> KeptInstead:
    return KeptInstead(
        campaign_id=campaign.campaign_id,
        priority=campaign.priority,
        requirement=requirement,
        asked=asked,
    )
