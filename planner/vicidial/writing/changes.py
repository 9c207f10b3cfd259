"""From the settings of a VICIdial system to those of a plan: steps in a safe order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planner.vicidial.reading.regimes import effective_lines
from planner.vicidial.settings import (
    ACTIVE,
    INACTIVE,
    MAXIMUM_LIMIT,
    MOST_REMOTE_LINES,
    RATIO,
    CampaignSettings,
    RemoteAgents,
    Settings,
    TrunkRow,
)
from planner.vicidial.writing.replay import replayed
from planner.vicidial.writing.steps import (
    Names,
    Phase,
    Step,
    add_trunks,
    delete_trunks,
    limit,
    set_agents,
    set_campaign,
    set_trunks,
)
from planner.vicidial.writing.targets import Lines, Target

NO_LINES = Lines(0, 0)


class Changes(NamedTuple):
    """How a plan gets into the settings."""

    steps: tuple[Step, ...]  # in their order
    expected: Settings  # once all are made
    cannot: tuple[str, ...]  # what no setting can do: nothing is written while there is any
    told: tuple[str, ...]  # what people have to see to


def changes_to(target: Target) -> Changes:
    """The steps that bring the target's lines into its settings.

    Raises nothing: what cannot be written is told in the result.
    """
    settings = target.settings
    steps: list[Step] = []
    cannot: list[str] = []
    told: list[str] = []
    for name in target.campaigns:
        campaign = settings.campaign_by_id[name]
        before = len(steps)
        for server in settings.servers:
            pair = (name, server.server_ip)
            if target.pairs is not None and pair not in target.pairs:
                continue
            lines = target.lines.get(pair, NO_LINES)
            if not lines.dial and not _could_dial(settings, *pair):
                continue
            names = Names(name, settings.dialer_ids[server.server_ip])
            steps += _trunk_steps(settings, names, server.server_ip, lines.dial)
            made, problems, hints = _agent_steps(settings, names, server.server_ip, lines)
            steps += made
            cannot += problems
            told += hints
        dials = any(lines.dial for pair, lines in target.lines.items() if pair[0] == name)
        if dials or len(steps) > before:
            steps += _campaign_steps(target, campaign)
            told += _level_hints(target, campaign)
    cannot += _over_full(target)
    ordered = tuple(sorted(steps, key=lambda step: step.phase))
    return Changes(ordered, replayed(settings, ordered), tuple(cannot), tuple(told))


def _could_dial(settings: Settings, campaign: str, ip: str) -> bool:
    """Whether a server might dial a campaign that is to have no lines there."""
    server = next(s for s in settings.servers if s.server_ip == ip)
    return bool(
        settings.trunk_rows_of(campaign, ip)
        or settings.remote_agents_of(campaign, ip)
        or settings.screen_agents.get(campaign, {}).get(ip)
        or server.vicidial_balance_active
    )


def _trunk_steps(settings: Settings, names: Names, ip: str, lines: int) -> Iterator[Step]:
    """One row MAXIMUM_LIMIT of so many lines, whatever there was."""
    rows = settings.trunk_rows_of(names.campaign, ip)
    low = min(lines, effective_lines(settings, names.campaign, ip))
    final = limit(TrunkRow(server_ip=ip, campaign_id=names.campaign), lines)
    lowered = limit(final, low)
    limits = [row for row in rows if row.trunk_restriction == MAXIMUM_LIMIT]
    if not limits:
        # A row more first: the others' go once every campaign has its limit.
        yield add_trunks(Phase.LIMIT, names, lowered)
        yield from _without(names, rows, rows, Phase.LOWER_TRUNKS)
        kept = lowered
    else:
        kept = final if final in limits else limits[-1]  # that read last is used
        spare = list(rows)
        spare.remove(kept)
        # The row that is used now may be one of those that go.
        raises = kept == final and lowered != final
        phase = Phase.RAISE_TRUNKS if raises else Phase.LOWER_TRUNKS
        yield from _without(names, rows, spare, phase)
    if kept not in (final, lowered):
        yield set_trunks(Phase.LOWER_TRUNKS, names, kept, lowered)
    if final not in (kept, lowered):
        yield set_trunks(Phase.RAISE_TRUNKS, names, lowered, final)


def _without(
    names: Names, rows: Sequence[TrunkRow], spare: Sequence[TrunkRow], phase: Phase
) -> Iterator[Step]:
    """Some rows of a pair go, one by one."""
    equal = {row: rows.count(row) for row in rows}
    for row in spare:
        yield delete_trunks(phase, names, row, equal[row])
        equal[row] -= 1


def _agent_steps(
    settings: Settings, names: Names, ip: str, lines: Lines
) -> tuple[list[Step], list[str], list[str]]:
    """Remote lines as planned; what cannot be, and what agents at a screen have to do."""
    name = names.campaign
    rows = settings.remote_agents_of(name, ip)
    if name in settings.broadcasts:
        no_agent = lines.dial and not settings.remote_lines(name, ip)
        why = (
            f"{names}: a server dials a campaign only where it has an agent; add a row of remote "
            "agents there (one line is enough)"
        )
        return [], [why] if no_agent else [], []
    screen = settings.screen_agents.get(name, {}).get(ip, 0)
    wanted = max(lines.agent - screen, 0)
    told = []
    if screen and lines.agent != screen + settings.remote_lines(name, ip):
        told.append(
            f"{names}: {lines.agent} agent lines are planned, {screen} agents are logged in at a "
            "screen there; no setting moves them"
        )
    target, left = spread(settings, rows, wanted)
    cannot = []
    if left:
        able = wanted - left
        cannot.append(
            f"{names}: {wanted} remote agent lines are planned, its rows of remote agents there "
            f"can hold {able} (at most {MOST_REMOTE_LINES} in a row, and user numbers must not "
            "overlap); add a row on the admin page, or take the server from allowed_dialers"
        )
    steps = [
        set_agents(
            Phase.RAISE_AGENTS if after.lines > before.lines else Phase.LOWER_AGENTS,
            names,
            before,
            after,
        )
        for before, after in zip(rows, target, strict=True)
        if before != after
    ]
    return steps, cannot, told


def spread(
    settings: Settings, rows: Sequence[RemoteAgents], wanted: int
) -> tuple[list[RemoteAgents], int]:
    """So many lines over rows of remote agents, changing few; and how many find no place.

    A row without lines becomes inactive and keeps its number.
    """
    lines = [row.lines for row in rows]
    surplus = sum(lines) - wanted
    for place in reversed(range(len(rows))):
        less = min(max(surplus, 0), lines[place])
        lines[place] -= less
        surplus -= less
    order = sorted(range(len(rows)), key=lambda place: rows[place].status != ACTIVE)
    for place in order:
        more = min(max(-surplus, 0), max(capacity(settings, rows[place]) - lines[place], 0))
        lines[place] += more
        surplus += more
    found = [
        row
        if row.lines == count
        else row.model_copy(
            update={"number_of_lines": count, "status": ACTIVE} if count else {"status": INACTIVE}
        )
        for row, count in zip(rows, lines, strict=True)
    ]
    return found, max(-surplus, 0)


def capacity(settings: Settings, row: RemoteAgents) -> int:
    """Lines that a row can have before it meets the user numbers of another."""
    start = _user(row)
    if start is None:
        return row.lines
    later = (
        user
        for other in settings.remote_agents
        if other.remote_agent_id != row.remote_agent_id
        and (user := _user(other)) is not None
        and user > start
    )
    return min(MOST_REMOTE_LINES, min(later, default=start + MOST_REMOTE_LINES) - start)


def _user(row: RemoteAgents) -> int | None:
    return int(row.user_start) if row.user_start.isascii() and row.user_start.isdigit() else None


def wanted_level(target: Target, campaign: CampaignSettings) -> str:
    """auto_dial_level with which the lines alone, or the pacing, limit what is dialed."""
    settings, name = target.settings, campaign.campaign_id
    pacing = settings.pacing.get(name)
    if pacing is not None:
        return f"{pacing:.6g}"[:6]
    most = 1.0
    for server in settings.servers:
        pair = (name, server.server_ip)
        is_written = target.pairs is None or pair in target.pairs
        dial = target.lines.get(pair, NO_LINES).dial if is_written else settings.limit(*pair) or 0
        agents = 1
        if name in settings.broadcasts:
            agents = max(settings.remote_lines(*pair), 1)
        most = max(most, math.ceil(dial / agents))
    enough = campaign.level >= most and campaign.counts_available_only
    return campaign.auto_dial_level if enough and not campaign.is_adaptive else f"{most:.0f}"


def _campaign_steps(target: Target, before: CampaignSettings) -> Iterator[Step]:
    """Dialing by ratio, for waiting agents only, as many calls as the lines allow."""
    after = before.model_copy(
        update={
            "dial_method": RATIO,
            "available_only_ratio_tally": "Y",
            "auto_dial_level": wanted_level(target, before),
        }
    )
    if after != before:
        eager = after.level > before.level
        yield set_campaign(Phase.LET_GO if eager else Phase.WITHHOLD, before, after)


def _level_hints(target: Target, campaign: CampaignSettings) -> Iterator[str]:
    level, most = wanted_level(target, campaign), target.settings.system.auto_dial_limit
    try:
        above = float(level) > float(most)
    except ValueError:
        return
    if above and level != campaign.auto_dial_level:
        yield (
            f"{campaign.campaign_id}: level {level} is above the system's auto_dial_limit {most}: "
            "the next change on the campaign's admin page cuts it; raise auto_dial_limit in the "
            "system settings"
        )


def _over_full(target: Target) -> Iterator[str]:
    """Servers that would get more lines than they have trunks."""
    settings = target.settings
    for server in settings.servers:
        ip = server.server_ip
        lines = sum(
            target.lines[name, ip].dial
            if (name, ip) in target.lines
            else 0
            if target.pairs is None
            else settings.limit(name, ip) or 0
            for name in (target.campaigns if target.pairs is None else settings.planned)
        )
        if lines > max(server.max_vicidial_trunks, 0):
            yield (
                f"{settings.dialer_ids[ip]}: the plan has {lines} dial lines there, the server "
                f"{server.max_vicidial_trunks} trunks; VICIdial would dial them all"
            )
