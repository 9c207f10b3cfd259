"""How large a problem's planning tables become; absurd numbers are told before memory is gone."""

from __future__ import annotations

from collections.abc import Iterator

from planner.contracts.problem import Campaign, Problem

SECONDS_PER_HOUR = 3600.0
#: Most entries (agent lines x dial lines) of one campaign's planning table, and of all together: a
#: campaign of 1,000 agents on dialers of 8,000 ports has as many. All take about a gigabyte.
MOST_ENTRIES, MOST_ENTRIES_IN_ALL = 8_000_000, 20_000_000

#: Most work of one row's projection [states x steps of its chain]: about a minute.
MOST_STEPS = 1e11


def projection_faults(problem: Problem, hours: float) -> Iterator[tuple[str, str, str]]:
    """Yield assignments that would take too long to project: place, agent lines, what was expected.

    A chain of so many states is marched over the horizon in steps as short as its fastest event.
    """
    campaigns = {campaign.campaign_id: campaign for campaign in problem.campaigns}
    for item in problem.assignments:
        campaign = campaigns[item.campaign_id]
        if not campaign.is_live_transfer or campaign.talk_seconds is None:
            continue
        events = item.dial_lines / campaign.attempt_seconds
        events += item.agent_lines / campaign.talk_seconds
        states = min(item.dial_lines, item.agent_lines) + 1
        if events * hours * SECONDS_PER_HOUR * states > MOST_STEPS:
            place = f"{item.campaign_id} on {item.dialer_id}"
            wanted = (
                f"so few that {hours:g} hours can be projected in about a minute, or fewer hours; "
                f"with {item.dial_lines:,} dial lines that is too long"
            )
            yield place, str(item.agent_lines), wanted


def extent_faults(problem: Problem) -> Iterator[tuple[int, str, str]]:
    """Yield campaigns whose tables would be too large: place, agent lines, what was expected."""
    ports = max((d.ports for d in problem.dialers if d.in_service), default=0)
    # No table has more entries than this: most problems need not be looked at more closely.
    if sum(_most(campaign, ports) for campaign in problem.campaigns) <= MOST_ENTRIES:
        return
    found = [_entries(problem, campaign) for campaign in problem.campaigns]
    much = f"with up to {ports:,} ports on a dialer its planning table has"
    for place, entries in enumerate(found):
        if entries > MOST_ENTRIES:
            wanted = f"fewer: {much} {entries:,} entries, of at most {MOST_ENTRIES:,}"
            yield place, str(problem.campaigns[place].agent_lines), wanted
    tables = {_figures(c): entries for c, entries in zip(problem.campaigns, found, strict=True)}
    total = sum(tables.values())
    if total > MOST_ENTRIES_IN_ALL and max(found) <= MOST_ENTRIES:
        place = found.index(max(found))
        wanted = (
            f"fewer: {much} {found[place]:,} entries, all campaigns together {total:,}, of at most "
            f"{MOST_ENTRIES_IN_ALL:,}"
        )
        yield place, str(problem.campaigns[place].agent_lines), wanted


def table_entries(problem: Problem) -> int:
    """Entries of the planning tables of all campaigns together, those of equal figures twice."""
    return sum(_entries(problem, campaign) for campaign in problem.campaigns)


def _most(campaign: Campaign, ports: int) -> int:
    lines = ports if campaign.max_dial_lines is None else min(ports, campaign.max_dial_lines)
    agents = min(campaign.agent_lines, lines) if campaign.is_live_transfer else 0
    return (lines + 1) * (agents + 1)


def _entries(problem: Problem, campaign: Campaign) -> int:
    """Entries of a campaign's table: the most lines that it may have on any dialer."""
    lines = agents = 0
    for dialer in problem.dialers:
        if problem.may_use(campaign, dialer):
            most = dialer.ports
            if campaign.max_dial_lines is not None:
                most = min(most, campaign.max_dial_lines)
            lines = max(lines, most)
            # Every agent line needs a dial line.
            room = min(most, dialer.ports // 2) if dialer.agent_lines_use_ports else most
            agents = max(agents, min(campaign.agent_lines, room))
    return (lines + 1) * ((agents if campaign.is_live_transfer else 0) + 1)


def _figures(campaign: Campaign) -> tuple[object, ...]:
    """What two campaigns must share to share a table."""
    extent = campaign.agent_lines, campaign.max_dial_lines, campaign.allowed_dialers
    return *extent, *campaign.rate_figures
