"""What given lines are worth and miss, by plain loops: shares no search code with `solve`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from . import shortfall
from .figures import SECONDS_PER_HOUR, Figures, figures, net_value
from .fleet import Campaign, Fleet, Limit
from .shared import allowed

Lines = Sequence[Sequence[tuple[int, int]]]


@dataclass
class Verdict:
    """`broken`: what is never given up and does not hold. `given_up`: sums that are not 0."""

    value: float = 0.0
    broken: list[str] = field(default_factory=list)
    given_up: dict[str, int] = field(default_factory=dict)


def judge(
    fleet: Fleet,
    lines: Lines,
    redundancy: float = 0.0,
    failures: int = 1,
    share_tolerance: float = shortfall.SHARE_TOLERANCE,
    attempts_needed: Mapping[str, float] | None = None,
    today: date | None = None,
) -> Verdict:
    """Judge lines [campaign][dialer] = (dial, agent)."""
    verdict = Verdict()
    losses = fleet.failures(failures)
    calls = [
        [figures(campaign, dial, agent) for dial, agent in row]
        for campaign, row in zip(fleet.campaigns, lines, strict=True)
    ]
    for campaign, row, here in zip(fleet.campaigns, lines, calls, strict=True):
        if not fleet.can_run(campaign, today):
            if any(cell != (0, 0) for cell in row):
                verdict.broken.append(f"{campaign.name} cannot run")
            continue
        _judge_cells(verdict, fleet, campaign, row, here)
        asked = (attempts_needed or {}).get(campaign.name, 0.0)
        missing = _shortfalls(fleet, campaign, row, here, losses, share_tolerance, asked)
        for name, number in missing.items():
            if number and campaign.priority == 0:
                verdict.broken.append(f"{campaign.name} {name}")
            elif number:
                key = shortfall.text((campaign.priority, name))
                verdict.given_up[key] = verdict.given_up.get(key, 0) + number
    _judge_shared(verdict, fleet, lines, calls)
    whole = _value(fleet, calls, frozenset())
    worst = min((_value(fleet, calls, lost) for lost in losses), default=whole)
    verdict.value = (1 - redundancy) * whole + redundancy * worst
    return verdict


def _judge_cells(
    verdict: Verdict,
    fleet: Fleet,
    campaign: Campaign,
    row: Sequence[tuple[int, int]],
    here: Sequence[Figures],
) -> None:
    """Limits of one campaign that are never given up."""
    for dialer, (dial, agent) in zip(fleet.dialers, row, strict=True):
        lock = fleet.locks.get((campaign.name, dialer.name))
        at = f"{campaign.name} on {dialer.name}: "
        if dialer.in_service and lock is not None and lock != (dial, agent):
            verdict.broken.append(at + "locked")
        if dial == 0 and agent == 0:
            continue
        if not dialer.in_service:
            verdict.broken.append(at + "out of service")
        if campaign.allowed_dialers is not None and dialer.name not in campaign.allowed_dialers:
            verdict.broken.append(at + "not allowed")
        if dial < max(agent, 1):
            verdict.broken.append(at + "fewer dial lines than agent lines")
        if (agent > 0) == campaign.broadcast:
            verdict.broken.append(at + "agent lines do not go with the kind")
        if not campaign.broadcast and agent < campaign.min_agent_lines:
            verdict.broken.append(at + "min_agent_lines")
    dial_lines, agent_lines = (sum(cell[i] for cell in row) for i in (0, 1))
    if campaign.agent_lines is not None and agent_lines > campaign.agent_lines:
        verdict.broken.append(f"{campaign.name} agent_lines")
    if campaign.max_dial_lines is not None and dial_lines > campaign.max_dial_lines:
        verdict.broken.append(f"{campaign.name} max_dial_lines")
    abandoned, live = sum(f.abandoned for f in here), sum(f.live_answers for f in here)
    if campaign.max_abandon_rate is not None and abandoned > allowed(
        campaign.max_abandon_rate * live
    ):
        verdict.broken.append(f"{campaign.name} max_abandon_rate")


def _shortfalls(
    fleet: Fleet,
    campaign: Campaign,
    row: Sequence[tuple[int, int]],
    here: Sequence[Figures],
    losses: list[frozenset[str]],
    share_tolerance: float,
    attempts_asked: float,
) -> dict[str, int]:
    in_use = sum(dial > 0 for dial, _ in row)
    handled, attempts = sum(f.handled for f in here), sum(f.attempts for f in here)
    surviving = min(
        (
            sum(f.handled for d, f in zip(fleet.dialers, here, strict=True) if d.name not in lost)
            for lost in losses
        ),
        default=handled,
    )
    needed = shortfall.needed_share(campaign.survivable_share, share_tolerance)
    share = 100 * (needed - surviving / handled) if handled > 0 else 0.0
    limits = 0
    for limit in fleet.limits:
        if limit.campaign == campaign.name:
            dial, agent = _lines_in(fleet, [campaign.name], [row], limit)
            limits += max(limit.min_dial_lines - dial, 0) + max(limit.min_agent_lines - agent, 0)
    asked = campaign.min_transfers_per_hour
    return {
        "runs": int(in_use == 0 and campaign.min_dialers >= 1),
        "min_transfers_per_hour": _per_cents(asked, handled),
        "finish_by": _per_cents(attempts_asked, attempts),
        "limits": limits,
        "min_dialers": max(campaign.min_dialers - in_use, 0),
        "survivable_share": _round_up(share),
    }


def _per_cents(asked: float, got: float) -> int:
    return _round_up(100 * (1 - got / asked)) if asked > 0 else 0


def _round_up(per_cents: float) -> int:
    return max(ceil(per_cents - shortfall.ROUNDING), 0)


def _lines_in(fleet: Fleet, names: Sequence[str], lines: Lines, limit: Limit) -> tuple[int, int]:
    dial_lines = agent_lines = 0
    for name, row in zip(names, lines, strict=True):
        for dialer, (dial, agent) in zip(fleet.dialers, row, strict=True):
            if limit.campaign in (None, name) and dialer.name in limit.dialers:
                dial_lines, agent_lines = dial_lines + dial, agent_lines + agent
    return dial_lines, agent_lines


def _judge_shared(verdict: Verdict, fleet: Fleet, lines: Lines, calls: list[list[Figures]]) -> None:
    """Limits that campaigns share."""

    def within(name: str, used: float, limit: float | None) -> None:
        if limit is not None and used > allowed(limit):
            verdict.broken.append(name)

    ports: dict[str, int] = {}
    launches: dict[str, float] = {}
    for d, dialer in enumerate(fleet.dialers):
        ports[dialer.name] = sum(
            row[d][0] + (row[d][1] if dialer.agent_lines_use_ports else 0) for row in lines
        )
        launches[dialer.name] = sum(row[d].attempts for row in calls) / SECONDS_PER_HOUR
        within(f"ports {dialer.name}", ports[dialer.name], dialer.ports)
        within(f"cps {dialer.name}", launches[dialer.name], dialer.cps)
    for group in fleet.trunk_groups:
        members = [d.name for d in fleet.dialers if d.trunk_group == group.name]
        within(f"channels {group.name}", sum(ports[m] for m in members), group.channels)
        within(f"cps {group.name}", sum(launches[m] for m in members), group.cps)
    for limit in fleet.limits:
        dial, agent = _lines_in(fleet, [c.name for c in fleet.campaigns], lines, limit)
        within("max_dial_lines", dial, limit.max_dial_lines)
        within("max_agent_lines", agent, limit.max_agent_lines)
        within("max_lines", dial + agent, limit.max_lines)
    if not _pools_fill(fleet, lines):
        verdict.broken.append("pools")


def _pools_fill(fleet: Fleet, lines: Lines) -> bool:
    """Whether agents can be seated one by one, by augmenting paths."""
    seats = [
        fleet.pools_for(campaign, dialer)
        for campaign, row in zip(fleet.campaigns, lines, strict=True)
        if fleet.served_by_pools(campaign)
        for dialer, (_, agent) in zip(fleet.dialers, row, strict=True)
        for _ in range(agent)
    ]
    agents = [pool.name for pool in fleet.pools for _ in range(pool.agent_lines)]
    seat_of: dict[int, int] = {}

    def seat(number: int, tried: set[int]) -> bool:
        for agent, pool in enumerate(agents):
            if pool in seats[number] and agent not in tried:
                tried.add(agent)
                if agent not in seat_of or seat(seat_of[agent], tried):
                    seat_of[agent] = number
                    return True
        return False

    return all(seat(number, set()) for number in range(len(seats)))


def _value(fleet: Fleet, calls: list[list[Figures]], lost: frozenset[str]) -> float:
    """Net value per hour on the dialers that are not lost."""
    return sum(
        net_value(campaign, dialer.cost_per_attempt, dialer.cost_per_talk_minute, figure)
        for campaign, row in zip(fleet.campaigns, calls, strict=True)
        for dialer, figure in zip(fleet.dialers, row, strict=True)
        if dialer.name not in lost
    )
