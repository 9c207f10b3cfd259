"""Seeded random fleets of every size and kind, for the benchmark of the optimiser.

What a hosted dialer operator runs: dialers of some hundred ports at a few sites, campaigns of some
ten agents whose figures lie in the ranges of the trade. Each family turns on one kind of limit.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup


@dataclass(frozen=True)
class Family:
    """One kind of fleet: how scarce its ports are, and which limits bind."""

    name: str
    ports_per_need: float = 0.8  # ports over the lines that all agents would keep busy
    redundancy: float = 0.0  # w
    survivable: float = 0.0  # share of campaigns that must survive a failure
    abandon: float = 0.0  # share of campaigns with an abandonment limit
    broadcast: float = 0.0  # share of campaigns
    locks: float = 0.0  # share of campaigns with a locked assignment
    equal_dialers: bool = False
    sites: bool = False  # several dialers fail together
    site_count: int = 0  # how many sites they are at; 0: as many as dialers at each
    trunks: bool = False  # carrier capacity shared by dialers
    calls_per_second: bool = False
    failures: int = 1  # at once
    allowed: float = 0.0  # share of campaigns that may use half of the dialers only
    spread: float = 0.0  # share of campaigns that must run on three dialers
    least_agents: float = 0.0  # share of campaigns with at least four agent lines where they run
    capped: float = 0.0  # share of campaigns with few dial lines
    free_agent_lines: float = 0.0  # share of dialers whose agent lines use no ports
    out: bool = False  # one dialer is out of service
    shares: tuple[float, ...] = (0.3, 0.5)  # that must survive, as far as they can be had
    abandon_rates: tuple[float, ...] = (0.02, 0.03, 0.05)
    carriers_fail: bool = False  # what one carrier serves fails together


FAMILIES = (
    Family("scarce ports"),
    Family("scarce agents", ports_per_need=1.4),
    Family("equal dialers", equal_dialers=True),
    Family("redundancy 0.3", redundancy=0.3, sites=True),
    Family("survivable shares", survivable=0.5),
    Family("abandonment limits", abandon=1.0, ports_per_need=1.2),
    Family("broadcasts", broadcast=0.3),
    Family("locks", locks=0.3),
    Family("carriers", trunks=True, calls_per_second=True),
    Family(
        "everything",
        redundancy=0.2,
        survivable=0.3,
        abandon=0.4,
        broadcast=0.15,
        locks=0.1,
        sites=True,
        trunks=True,
        calls_per_second=True,
    ),
)

#: Limits that no family above turns on, one at a time: for small fleets.
SINGLE_LIMITS = (
    Family("dial lines", capped=0.6),
    Family("allowed dialers", allowed=0.6),
    Family("three dialers each", spread=0.6),
    Family("least agent lines", least_agents=0.7),
    Family("calls per second", calls_per_second=True, ports_per_need=1.2),
    Family("channels", trunks=True),
    Family("redundancy 1", redundancy=1.0, sites=True),
    Family("two failures", redundancy=0.3, failures=2),
    Family("agents off ports", free_agent_lines=0.5),
    Family("out of service", out=True),
)

#: What operators of two to eight dialers build.
_SHARES = (0.3, 0.4, 0.5, 0.6)
OPERATORS = (
    Family("two sites, equal", survivable=0.7, sites=True, site_count=2, equal_dialers=True,
           shares=_SHARES),
    Family("two sites", survivable=0.7, sites=True, site_count=2, shares=_SHARES),
    Family("three sites, equal", survivable=0.7, sites=True, site_count=3, equal_dialers=True,
           shares=_SHARES),
    Family("three sites", survivable=0.7, sites=True, site_count=3, shares=_SHARES),
    Family("dialers alone", survivable=0.7, shares=_SHARES, redundancy=0.2),
    Family("carriers that fail", survivable=0.5, trunks=True, carriers_fail=True,
           calls_per_second=True, shares=(0.3, 0.4)),
    Family("abandoned calls", abandon=1.0, abandon_rates=(0.01, 0.03), ports_per_need=1.2),
    Family("locks at sites", locks=0.3, survivable=0.4, sites=True, site_count=2,
           shares=_SHARES, redundancy=0.3),
    Family("two failures", survivable=0.6, failures=2, redundancy=0.3, shares=(0.1, 0.2, 0.3)),
    Family("all at once", redundancy=0.2, survivable=0.4, abandon=0.3, abandon_rates=(0.01, 0.03),
           broadcast=0.15, locks=0.1, sites=True, site_count=2, trunks=True,
           calls_per_second=True, shares=_SHARES),
)  # fmt: skip


def fleet(dialers: int, campaigns: int, family: Family, seed: int) -> Problem:
    """Random problem of a size and family; the same seed gives the same problem."""
    draw = random.Random(f"{dialers} {campaigns} {family.name} {seed}")
    family = _that_can_be_had(family, dialers)
    jobs = [_campaign(draw, f"C{c}", family, dialers) for c in range(campaigns)]
    ports = family.ports_per_need * sum(_need(job) for job in jobs) / dialers
    machines = [_dialer(draw, d, dialers, ports, family) for d in range(dialers)]
    jobs = [_limited(draw, job, machines, family) for job in jobs]
    groups = sorted({m.trunk_group for m in machines if m.trunk_group})
    return Problem(
        dialers=tuple(machines),
        campaigns=tuple(jobs),
        trunk_groups=tuple(_trunk_group(name, machines, family) for name in groups),
        assignments=tuple(_locks(draw, jobs, machines, family)),
    )


def _that_can_be_had(family: Family, dialers: int) -> Family:
    """Without shares that no plan on so many sites or dialers can keep."""
    sites = min(family.site_count or dialers, dialers)
    most = 1 - family.failures / sites
    shares = tuple(share for share in family.shares if share <= most + 1e-9)
    if family.sites and not family.site_count:
        return family
    return replace(family, shares=shares or (0.0,), survivable=family.survivable * bool(shares))


def _campaign(draw: random.Random, name: str, family: Family, dialers: int) -> Campaign:
    answer = round(draw.uniform(0.12, 0.35), 3)
    if draw.random() < family.broadcast:
        return Campaign(
            campaign_id=name,
            kind="broadcast",
            attempt_seconds=draw.choice([35.0, 45.0]),
            answer_rate=answer,
            value=round(draw.uniform(0.02, 0.1), 3),
            max_dial_lines=draw.randint(20, 120),
        )
    survives = dialers > 1 and draw.random() < family.survivable
    return Campaign(
        campaign_id=name,
        agent_lines=draw.randint(4, 30),
        attempt_seconds=draw.choice([20.0, 25.0, 30.0, 35.0]),
        answer_rate=answer,
        transfer_rate=round(draw.uniform(0.05, 0.2), 3),
        talk_seconds=round(draw.uniform(120, 540)),
        value=round(draw.uniform(1, 12), 1),
        survivable_share=draw.choice(family.shares) if survives else 0.0,
        max_abandon_rate=draw.choice(family.abandon_rates)
        if draw.random() < family.abandon
        else None,
        min_dialers=2 if survives else 1,
    )


def _limited(
    draw: random.Random, campaign: Campaign, machines: list[Dialer], family: Family
) -> Campaign:
    """The campaign with the limits of a family that concern its lines."""
    changes: dict[str, object] = {}
    if family.capped and draw.random() < family.capped:
        changes["max_dial_lines"] = max(int(0.4 * _need(campaign)), campaign.agent_lines, 1)
    if family.allowed and draw.random() < family.allowed:
        names = sorted(draw.sample([m.dialer_id for m in machines], max(1, len(machines) // 2)))
        changes["allowed_dialers"] = tuple(names)
    if family.spread and draw.random() < family.spread:
        changes["min_dialers"] = min(3, len(machines), max(campaign.agent_lines, 1))
    if family.least_agents and draw.random() < family.least_agents:
        changes["min_agent_lines"] = min(4, max(campaign.agent_lines, 1))
    return campaign.model_copy(update=changes)


def _need(campaign: Campaign) -> float:
    """Lines that keep a campaign's agents about busy [ports]."""
    if not campaign.is_live_transfer or not campaign.talk_seconds:
        return float(campaign.max_dial_lines or 0)
    per_line = campaign.transfer_probability * campaign.talk_seconds / campaign.attempt_seconds
    return campaign.agent_lines * (2 + 1 / per_line)


def _dialer(draw: random.Random, d: int, dialers: int, ports: float, family: Family) -> Dialer:
    size = ports if family.equal_dialers else ports * draw.uniform(0.5, 1.5)
    size = max(4, round(size))
    return Dialer(
        dialer_id=f"D{d}",
        ports=size,
        cps=round(size / 32, 2) if family.calls_per_second and draw.random() < 0.5 else None,
        failure_domain=_site(d, dialers, family),
        trunk_group=f"carrier {d % _carriers(dialers, family)}" if family.trunks else None,
        agent_lines_use_ports=not (
            family.free_agent_lines and draw.random() < family.free_agent_lines
        ),
        in_service=not (family.out and d == 1),
    )


def _site(d: int, dialers: int, family: Family) -> str | None:
    if not family.sites:
        return None
    count = family.site_count or math.ceil(math.sqrt(dialers))
    return f"site {d * min(count, dialers) // dialers}"


def _carriers(dialers: int, family: Family) -> int:
    """Two at the least where they fail: nothing would survive the only one."""
    return max(1 + family.carriers_fail, dialers // 3)


def _trunk_group(name: str, machines: list[Dialer], family: Family) -> TrunkGroup:
    """Carrier capacity for nine tenths of the ports that share it."""
    ports = sum(m.ports for m in machines if m.trunk_group == name)
    return TrunkGroup(
        trunk_group=name,
        channels=int(0.9 * ports),
        cps=round(ports / 30, 2),
        fails_together=family.carriers_fail,
    )


def _locks(
    draw: random.Random, jobs: list[Campaign], machines: list[Dialer], family: Family
) -> list[LineAssignment]:
    """Locked lines that fit: a few agents and their dial lines."""
    room = {m.dialer_id: 0.9 * m.ports for m in machines}
    found = []
    for job in jobs:
        free = job.max_abandon_rate is None and job.survivable_share == 0
        if not job.is_live_transfer or not free or draw.random() >= family.locks:
            continue
        machine = draw.choice(machines)
        agents = min(3, job.agent_lines)
        lines = min(int(_need(job) * agents / job.agent_lines), 60)
        if lines >= agents and room[machine.dialer_id] >= lines + agents:
            room[machine.dialer_id] -= lines + agents
            found.append(
                LineAssignment(
                    campaign_id=job.campaign_id,
                    dialer_id=machine.dialer_id,
                    dial_lines=lines,
                    agent_lines=agents,
                    locked=True,
                )
            )
    return found
