"""What a VICIdial system dials with its own allocation: days from its settings, emulated."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Campaign, LineAssignment, Overflow, Problem
from planner.traffic.arguments import Floats
from planner.vicidial.emulation.loop_state import (
    ANY_SERVER,
    COLUMNS,
    LOGGED_IN,
    NO_THRESHOLD,
    OWN_SERVER,
    OWN_SERVER_FIRST,
    WAITING,
    System,
)
from planner.vicidial.routes import Search, search_of
from planner.vicidial.settings import CampaignSettings, Settings
from planner.vicidial.tally import DISABLED
from planner.vicidial.tally import WAITING as WAITING_AGENTS

#: A loop of the dialing takes so long, launches apart [s].
LOOP_SECONDS = 2.5
_SEARCH = {
    Search.OWN_SERVER: OWN_SERVER,
    Search.OWN_SERVER_FIRST: OWN_SERVER_FIRST,
    Search.ANY_SERVER: ANY_SERVER,
}
#: Events in progress beside the calls: loops, and waits that ended otherwise.
_SPARE_EVENTS = 4096


class Days(NamedTuple):
    """Totals of emulated days, [day, server, campaign, column of the kernel]."""

    totals: Floats
    hours: float


def system_of(settings: Settings, problem: Problem, down: Collection[str] = ()) -> System:
    """The settings as numbers, with the figures of a planning problem.

    Parameters
    ----------
    settings : how it dials
    problem : its campaigns and what their calls are like
    down : dialers that have failed

    Raises
    ------
    InputError
        If the problem has campaigns or dialers that the settings do not have.
    """
    _require_known(settings, problem)
    items = [settings.campaign_by_id[c.campaign_id] for c in problem.campaigns]
    pairs = [
        [(c.campaign_id, server.server_ip) for c in problem.campaigns]
        for server in settings.servers
    ]
    in_service = {d.dialer_id: d.in_service for d in problem.dialers}
    dialers = [settings.dialer_ids[server.server_ip] for server in settings.servers]
    up = [in_service.get(name, False) and name not in down for name in dialers]
    rank = sorted(
        (s for s, server in enumerate(settings.servers) if server.vicidial_balance_active),
        key=lambda s: -settings.servers[s].vicidial_balance_rank,
    )
    campaigns = problem.campaigns
    live = [c.is_live_transfer for c in campaigns]
    waits = [_waits(c, item) for c, item in zip(campaigns, items, strict=True)]
    limits = [[settings.limit(*pair) for pair in row] for row in pairs]
    thresholds = [_kind(item.available_only_tally_threshold) for item in items]
    return System(
        up=_ints(up),
        trunks=_ints(max(server.max_vicidial_trunks, 0) for server in settings.servers),
        launch_gap=_floats(1.0 / server.calls_per_second for server in settings.servers),
        off_limits=_ints(server.balance_trunks_offlimits for server in settings.servers),
        balance_order=_ints(rank),
        level=_floats(item.level if item.active else 0.0 for item in items),
        available_only=_ints(item.counts_available_only for item in items),
        target=_ints(item.tally.target for item in items),
        available_threshold=_ints(thresholds),
        available_threshold_agents=_ints(i.available_only_tally_threshold_agents for i in items),
        level_threshold=_ints(_kind(item.dial_level_threshold) for item in items),
        level_threshold_agents=_ints(item.dial_level_threshold_agents for item in items),
        search=_ints(_SEARCH[search_of(item, settings.system)] for item in items),
        uses_agents=_ints(live),
        attempt_seconds=_floats(c.attempt_seconds for c in campaigns),
        attempt_cv=_floats(c.attempt_cv for c in campaigns),
        answer_rate=_floats(c.answer_rate for c in campaigns),
        transfer_rate=_floats((c.transfer_rate or 0.0) for c in campaigns),
        talk_seconds=_floats(c.talk_seconds or 1.0 for c in campaigns),
        talk_cv=_floats(c.talk_cv for c in campaigns),
        wrap_up_seconds=_floats(c.wrap_up_seconds for c in campaigns),
        wrap_up_is_loop=_ints(not settings.screen_agents.get(c.campaign_id) for c in campaigns),
        wait_limit=_floats(limit for limit, _ in waits),
        patience_seconds=_floats(patience for _, patience in waits),
        attempts_left=_floats(
            np.inf if c.attempts_left is None else c.attempts_left for c in campaigns
        ),
        own_limit=_ints([[-1 if n is None else n for n in row] for row in limits]),
        dedicated_to_others=_ints(
            [[settings.dedicated_to_others(*pair) for pair in row] for row in pairs]
        ),
        agents=_ints([[_agents(settings, *pair) for pair in row] for row in pairs]),
        loop_seconds=LOOP_SECONDS,
        fill_gap=1.0 / max(settings.system.outbound_calls_per_second, 1),
    )


def _require_known(settings: Settings, problem: Problem) -> None:
    faults = [
        Fault("campaigns", None, "campaign_id", c.campaign_id, "a campaign that was read")
        for c in problem.campaigns
        if c.campaign_id not in settings.campaign_by_id
    ]
    faults += [
        Fault("dialers", None, "dialer_id", d.dialer_id, "a server that was read")
        for d in problem.dialers
        if d.dialer_id not in settings.server_ips
    ]
    if faults:
        raise InputError(faults)


def _agents(settings: Settings, campaign: str, ip: str) -> int:
    screen = settings.screen_agents.get(campaign, {}).get(ip, 0)
    return settings.remote_lines(campaign, ip) + screen


def _kind(threshold: str) -> int:
    """Kind of a threshold; agents who are logged in are never paused here."""
    if threshold == WAITING_AGENTS:
        return WAITING
    known = threshold in {"LOGGED-IN_AGENTS", "NON-PAUSED_AGENTS"}
    return LOGGED_IN if known and threshold != DISABLED else NO_THRESHOLD


def _waits(campaign: Campaign, item: CampaignSettings) -> tuple[float, float]:
    """How long VICIdial lets a caller wait, and mean of the caller's own patience [s].

    A patience that was never calibrated is the limit itself, and counts once.
    """
    limit = item.drop_seconds
    if limit is None or campaign.overflow is Overflow.DROP:
        return 0.0, np.inf
    own = campaign.patience_seconds
    return float(limit), np.inf if own == limit else own


def with_lines(
    system: System, settings: Settings, problem: Problem, lines: Sequence[LineAssignment]
) -> System:
    """The system with the lines of a plan, as ``planner vicidial write`` sets them."""
    own_limit = np.zeros_like(system.own_limit)
    agents = np.where(system.uses_agents == 1, 0, system.agents)
    places = {server.server_ip: s for s, server in enumerate(settings.servers)}
    for item in lines:
        s = places[settings.server_ips[item.dialer_id]]
        c = problem.campaign_index[item.campaign_id]
        own_limit[s, c] = item.dial_lines
        if system.uses_agents[c]:
            agents[s, c] = item.agent_lines
        else:
            agents[s, c] = max(agents[s, c], 1)
    pacing = [c.pacing for c in problem.campaigns]
    per_agent = np.where(system.uses_agents == 1, 1, np.maximum(agents, 1))
    level = np.ceil(own_limit / per_agent).max(axis=0)
    active = [settings.campaign_by_id[c.campaign_id].active for c in problem.campaigns]
    nobody = np.zeros_like(system.target)
    return system._replace(
        own_limit=own_limit,
        agents=agents,
        dedicated_to_others=own_limit.sum(axis=1, keepdims=True) - own_limit,
        level=_floats(
            (given or most) if dials else 0.0
            for given, most, dials in zip(pacing, level, active, strict=True)
        ),
        available_only=np.ones_like(system.available_only),
        target=nobody,
        available_threshold=nobody,
        level_threshold=nobody,
    )


def emulate(
    system: System,
    hours: float,
    days: int,
    seed: int,
    on_share: Callable[[float], None] = lambda _: None,
) -> Days:
    """Dial some days, each from an empty system.

    Parameters
    ----------
    system : what is emulated
    hours : of each day
    days : how many
    seed : of day d, with d
    on_share : told the share that is done
    """
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        done = []
        for totals in pool.map(lambda day: _one_day(system, hours, seed, day), range(days)):
            done.append(totals)
            on_share(len(done) / days)
    return Days(np.stack(done), hours)


def _one_day(system: System, hours: float, seed: int, day: int) -> Floats:
    from planner.vicidial.emulation.loop_kernel import dial_day
    from planner.vicidial.emulation.loop_state import new_world

    room = int(
        system.trunks.sum()
        + np.maximum(system.own_limit, 0).sum()
        + 2 * system.agents.sum()
        + _SPARE_EVENTS
    )
    while True:
        world = new_world(system, room)
        sequence = np.random.SeedSequence(seed, spawn_key=(day,))
        rng = np.random.Generator(np.random.PCG64(sequence))
        if dial_day(world, hours * 3600.0, rng):
            return np.array(world.pairs["totals"])
        room *= 2  # the same day again, with room for what was too much


def column(days: Days, name: str) -> Floats:
    """A column of the totals, [day, server, campaign]."""
    found: Floats = days.totals[..., COLUMNS.index(name)]
    return found


def by_failure(problem: Problem) -> Mapping[str, tuple[str, ...]]:
    """What may fail, and the dialers that are down then."""
    return {
        name: tuple(problem.dialers[d].dialer_id for d in sorted(members))
        for name, members in problem.single_failures
    }


def _ints(values: object) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values if isinstance(values, list) else list(values), np.int64)  # type: ignore[call-overload]


def _floats(values: object) -> Floats:
    return np.array(list(values), np.float64)  # type: ignore[call-overload]
