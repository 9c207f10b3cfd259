"""Campaigns on dialers as they stand at a moment, and which of them hold each other back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from planner.contracts.fleet.pools import is_pooled
from planner.contracts.problem import AssignmentStop, Campaign, Dialer, LineAssignment, Problem
from planner.evaluation.running.within_ports import line_arrays, lines_within
from planner.evaluation.seats import with_agents, with_own_agents
from planner.projection.hours.calendar import figures_at, next_open
from planner.projection.hours.outages import out_of_service
from planner.projection.hours.shifts import dials_at, on_shift

#: A limit of calls per second that lets all lines launch within this part of a mean attempt does
#: not hold back: its effect is far below the precision of any figure.
UNNOTICED_DELAY = 1e-3


@dataclass(frozen=True)
class Pair:
    """One campaign on one dialer.

    Attributes
    ----------
    campaign : with the figures of the moment
    dialer : where it dials
    item : its lines there that the ports leave it at the moment
    agent_lines : those with an agent at the moment, at most those of ``item``
    assigned : its lines as they are set
    """

    campaign: Campaign
    dialer: Dialer
    item: LineAssignment
    agent_lines: int
    assigned: LineAssignment

    @property
    def key(self) -> tuple[str, str]:
        """Campaign id and dialer id."""
        return self.campaign.campaign_id, self.dialer.dialer_id

    @property
    def in_use(self) -> bool:
        """Whether the lines as assigned can dial, on a dialer in service."""
        agents = self.item.agent_lines
        enough = agents >= 1 or not self.campaign.is_live_transfer
        return self.dialer.in_service and enough and self.item.dial_lines >= max(agents, 1)

    def with_campaign(self, campaign: Campaign) -> Pair:
        """The same lines with other figures of the campaign."""
        return replace(self, campaign=campaign)

    @property
    def can_run(self) -> bool:
        """Whether it can dial now, with the agents of the moment."""
        return self.in_use and (self.agent_lines > 0 or not self.campaign.is_live_transfer)

    @property
    def busy_agent_lines(self) -> int:
        """Agent lines busy right now, none where that is not known."""
        return self.item.busy_agent_lines or 0


def pairs_at(
    problem: Problem,
    moment: datetime | None,
    *,
    next_dialing: bool = False,
    channels: bool = False,
    all_dial: bool = False,
) -> list[Pair]:
    """All assignments with lines, in the problem's order.

    Where a dialer has fewer ports than lines, the campaigns that dial at the moment share them;
    those that do not have what all together would leave them.

    Parameters
    ----------
    moment : whose hourly figures hold; None: the campaigns' own figures
    next_dialing : for a campaign outside its hours take the figures of its next opening instead
    channels : lines fit the channels of trunk groups as well, for formulas
    all_dial : ports are shared as if all campaigns dialed at once
    """

    def figures(campaign: Campaign) -> Campaign:
        if moment is None:
            return campaign
        opens = next_open(campaign, moment) if next_dialing else None
        return figures_at(problem, campaign, opens or moment)

    changed = tuple(figures(campaign) for campaign in problem.campaigns)
    found = [
        Pair(
            changed[problem.campaign_index[item.campaign_id]],
            problem.dialers[problem.dialer_index[item.dialer_id]],
            item,
            item.agent_lines,
            item,
        )
        for item in problem.assignments
        if item.dial_lines or item.agent_lines
    ]
    found = _within_ports(problem, found, None if all_dial else moment, channels=channels)
    there = _with_agents(problem, changed, [p for p in found if _dials(problem, p, moment)], moment)
    found = [replace(p, agent_lines=there.get(p.key, p.agent_lines)) for p in found]
    if moment is None or not problem.pools:
        return found
    return _on_shift(problem, found, moment, next_dialing=next_dialing)


def _within_ports(
    problem: Problem, pairs: list[Pair], moment: datetime | None, *, channels: bool
) -> list[Pair]:
    """The pairs with the lines that run at once."""
    kept = _lines_within(problem, pairs, channels)
    if moment is not None and kept is not pairs:
        dialing = {p.key for p in pairs if _dials(problem, p, moment)} & {
            p.key for p in pairs if dials_at(p.campaign, moment)
        }
        now = _lines_within(problem, [p for p in pairs if p.key in dialing], channels)
        by_key = {pair.key: pair for pair in now}
        kept = [by_key.get(pair.key, pair) for pair in kept]
    return kept


def _lines_within(problem: Problem, pairs: list[Pair], channels: bool) -> list[Pair]:
    dial, agents = line_arrays(problem, (pair.assigned for pair in pairs))
    left = lines_within(problem, dial, agents, channels=channels)
    if left[0] is dial and left[1] is agents:
        return pairs
    found = []
    for pair in pairs:
        place = problem.campaign_index[pair.key[0]], problem.dialer_index[pair.key[1]]
        lines = int(left[0][place]), int(left[1][place])
        if lines == (pair.assigned.dial_lines, pair.assigned.agent_lines):
            found.append(pair)
            continue
        update = {"dial_lines": lines[0], "agent_lines": lines[1]}
        if pair.assigned.busy_agent_lines is not None:
            update["busy_agent_lines"] = min(pair.assigned.busy_agent_lines, lines[1])
        item = pair.assigned.model_copy(update=update)
        found.append(replace(pair, item=item, agent_lines=item.agent_lines))
    return found


def _dials(problem: Problem, pair: Pair, moment: datetime | None) -> bool:
    """Whether agents may sit there: not on a dialer that is out, nor where it was stopped."""
    if not pair.dialer.in_service or pair.item.status is not AssignmentStop.NONE:
        return False
    return moment is None or out_of_service(problem, pair.dialer, moment, moment) is None


def _with_agents(
    problem: Problem,
    campaigns: Sequence[Campaign],
    pairs: Sequence[Pair],
    moment: datetime | None,
) -> dict[tuple[str, str], int]:
    """Agent lines of pairs that have an agent, of those of the campaigns then."""
    lines = np.zeros((len(problem.campaigns), len(problem.dialers)), np.int64)
    places = {
        pair.key: (problem.campaign_index[pair.key[0]], problem.dialer_index[pair.key[1]])
        for pair in pairs
    }
    for pair in pairs:
        lines[places[pair.key]] = pair.agent_lines
    found = with_agents(problem, lines) if moment is None else with_own_agents(campaigns, lines)
    return {key: int(found[place]) for key, place in places.items()}


def _on_shift(
    problem: Problem, pairs: list[Pair], moment: datetime, *, next_dialing: bool
) -> list[Pair]:
    """The pairs with the agents of pools that are on shift when each of them dials."""
    lines = {pair.key: pair.agent_lines for pair in pairs if _dials(problem, pair, moment)}
    when: dict[datetime, list[str]] = {}
    for name in {pair.campaign.campaign_id: None for pair in pairs}:
        campaign = problem.campaigns[problem.campaign_index[name]]
        if is_pooled(problem, campaign):
            opens = next_open(campaign, moment) if next_dialing else None
            when.setdefault(opens or moment, []).append(name)
    seated: dict[tuple[str, str], int] = {}
    for then, names in when.items():
        here = on_shift(problem, then, lines, names if next_dialing else ())
        seated |= {key: agents for key, agents in here.items() if key[0] in names}
    return [
        replace(pair, agent_lines=min(pair.agent_lines, seated.get(pair.key, pair.agent_lines)))
        for pair in pairs
    ]


@dataclass(frozen=True)
class Limits:
    """The shared limits that can hold pairs back; unlimited is infinite.

    Attributes
    ----------
    dialer_cps : calls per second by dialer id
    group_cps, group_channels : calls per second, and channels for dial lines, by trunk group
    unnoticed : limits that are left out, by kind and id: the part of an attempt that the last of
        all lines waits where all of them launch at once, at most ``UNNOTICED_DELAY``
    """

    dialer_cps: dict[str, float]
    group_cps: dict[str, float]
    group_channels: dict[str, float]
    unnoticed: dict[tuple[str, str], float] = field(default_factory=dict)

    def sharing(self, pair: Pair) -> Iterator[tuple[str, str]]:
        """Yield what the pair shares with others that can hold it back."""
        if pair.dialer.dialer_id in self.dialer_cps:
            yield "dialer", pair.dialer.dialer_id
        group = pair.dialer.trunk_group
        if group is not None and (group in self.group_cps or group in self.group_channels):
            yield "group", group

    def left_out(self, pair: Pair) -> float:
        """Part of an attempt that a launch of the pair waits at most by limits left out."""
        places = ("dialer", pair.dialer.dialer_id), ("group", pair.dialer.trunk_group or "")
        return sum(self.unnoticed.get(place, 0.0) for place in places)


def limits(problem: Problem, pairs: Sequence[Pair]) -> Limits:
    """The limits that the lines of the pairs can reach."""
    group_channels, unnoticed = {}, {}
    dialer_cps, group_cps = {}, {}
    for group in problem.trunk_groups:
        here = [pair for pair in pairs if pair.dialer.trunk_group == group.trunk_group]
        agents = sum(p.item.agent_lines for p in here if p.dialer.agent_lines_use_ports)
        if sum(pair.item.dial_lines for pair in here) + agents > group.channels:
            group_channels[group.trunk_group] = float(max(group.channels - agents, 0))
        if group.cps is not None:
            delay = _longest_delay(group.cps, here)
            if delay > UNNOTICED_DELAY:
                group_cps[group.trunk_group] = group.cps
            else:
                unnoticed["group", group.trunk_group] = delay
    for dialer in problem.dialers:
        if dialer.cps is not None:
            delay = _longest_delay(dialer.cps, [pair for pair in pairs if pair.dialer is dialer])
            if delay > UNNOTICED_DELAY:
                dialer_cps[dialer.dialer_id] = dialer.cps
            else:
                unnoticed["dialer", dialer.dialer_id] = delay
    return Limits(dialer_cps, group_cps, group_channels, unnoticed)


def _longest_delay(cps: float, pairs: Sequence[Pair]) -> float:
    """Seconds in which all lines launch, as a part of the shortest mean attempt."""
    lines = sum(pair.item.dial_lines for pair in pairs)
    shortest = min((pair.campaign.attempt_seconds for pair in pairs), default=1.0)
    return lines / (cps * shortest) if cps > 0.0 else (math.inf if lines else 0.0)


def components(
    pairs: Sequence[Pair], sharing: Callable[[Pair], Iterator[tuple[str, str]]]
) -> list[list[Pair]]:
    """Split pairs into groups that share nothing with each other, in order of first appearance."""
    found: list[tuple[set[tuple[str, str]], list[Pair]]] = []
    for pair in pairs:
        things, members = set(sharing(pair)), [pair]
        apart = []
        for known, group in found:
            if known & things:
                things |= known
                members = group + members
            else:
                apart.append((known, group))
        found = [*apart, (things, members)]
    order = {pair.key: place for place, pair in enumerate(pairs)}
    groups = [sorted(group, key=lambda pair: order[pair.key]) for _, group in found]
    return sorted(groups, key=lambda group: order[group[0].key])
