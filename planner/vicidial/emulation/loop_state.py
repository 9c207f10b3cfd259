"""Settings of servers that dial as VICIdial does, and what is going on there, as records."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import Integers

#: Which agents a call is offered to.
OWN_SERVER, OWN_SERVER_FIRST, ANY_SERVER = range(3)
#: Kinds of a threshold of agents.
NO_THRESHOLD, LOGGED_IN, WAITING = range(3)
#: What is totalled by server and campaign: by the server of the call, but for the last four, which
#: are of the agents' server. Seconds while all agents are busy, while any is there, and in talks.
COLUMNS = (
    "attempts",
    "live_answers",
    "requests",
    "transfers",
    "abandons",
    "dialed_for_others",
    "pauses",
    "all_busy",
    "running",
    "talk_seconds",
)
(
    ATTEMPTS,
    LIVE_ANSWERS,
    REQUESTS,
    TRANSFERS,
    ABANDONS,
    BALANCE,
    PAUSES,
    ALL_BUSY,
    RUNNING,
    TALK_SECONDS,
) = range(10)
#: Callers who wait at a time for whom there is room; more are dropped.
MOST_HELD = 4096


class System(NamedTuple):
    """Settings as numbers, by server [S], campaign [C] or both [S, C]. Seconds and lines."""

    up: Integers  # [S]
    trunks: Integers  # [S]
    launch_gap: Floats  # [S] between two launches
    off_limits: Integers  # [S]
    balance_order: Integers  # servers that dial what others lack, by their rank
    level: Floats  # [C]
    available_only: Integers  # [C]
    target: Integers  # [C]
    available_threshold: Integers  # [C] kind
    available_threshold_agents: Integers  # [C]
    level_threshold: Integers  # [C] kind
    level_threshold_agents: Integers  # [C]
    search: Integers  # [C]
    uses_agents: Integers  # [C] 0: nobody is asked for
    attempt_seconds: Floats  # [C]
    attempt_cv: Floats  # [C]
    answer_rate: Floats  # [C]
    transfer_rate: Floats  # [C]
    talk_seconds: Floats  # [C]
    talk_cv: Floats  # [C]
    wrap_up_seconds: Floats  # [C] mean
    wrap_up_is_loop: Integers  # [C] 1: uniform up to twice the mean, as a loop notices it
    wait_limit: Floats  # [C] 0: dropped at once
    patience_seconds: Floats  # [C] mean of the callee's own; infinite
    attempts_left: Floats  # [C]
    own_limit: Integers  # [S, C] negative without
    dedicated_to_others: Integers  # [S, C]
    agents: Integers  # [S, C]
    loop_seconds: float
    fill_gap: float


_SERVER_FIELDS = [
    *((name, np.int64) for name in ("up", "trunks", "off_limits", "calls")),
    ("launch_gap", np.float64),
]
_CAMPAIGN_COUNTS = (
    "available_only",
    "target",
    "available_threshold",
    "available_threshold_agents",
    "level_threshold",
    "level_threshold_agents",
    "search",
    "uses_agents",
    "wrap_up_is_loop",
)
_CAMPAIGN_NUMBERS = (
    "level",
    "attempt_seconds",
    "attempt_cv",
    "answer_rate",
    "transfer_rate",
    "talk_seconds",
    "talk_cv",
    "wrap_up_seconds",
    "wait_limit",
    "patience_seconds",
)
_CAMPAIGN_FIELDS = [
    *((name, np.int64) for name in _CAMPAIGN_COUNTS),
    *((name, np.float64) for name in (*_CAMPAIGN_NUMBERS, "left")),
]
_PAIR_SETTINGS = ("own_limit", "dedicated_to_others", "agents")
#: Attempts, talks, callers who wait and balance calls of the server; agents of the server who are
#: free or whose call is in the tables; the ring of the times since when they are free.
_PAIR_COUNTS = (
    "attempts",
    "talking",
    "waiting",
    "balance",
    "shortage",
    "free",
    "in_call",
    "ring_first",
    "ring_head",
)
_PAIR_FIELDS = [
    *((name, np.int64) for name in (*_PAIR_SETTINGS, *_PAIR_COUNTS)),
    ("all_busy_since", np.float64),
    ("totals", np.float64, (len(COLUMNS),)),
]


class World(NamedTuple):
    """Settings and what is going on, as records."""

    servers: Any  # [S]
    campaigns: Any  # [C]
    pairs: Any  # [S, C]
    balance_order: Integers
    times: Floats  # of events, a heap
    events: Integers  # [event, 6]: kind, call's server, campaign, agent's server, number, balance
    scalars: Integers
    free_times: Floats  # when each free agent became free, a ring for each pair
    held: Integers  # [caller, 4]: server, campaign, number, balance; who waits longest first
    order: Integers  # [C] room for the turns of a loop
    turns: Floats  # [C]
    loop_seconds: float
    fill_gap: float


def new_world(system: System, room: int) -> World:
    """Nobody is called, all agents of servers that are up are free.

    Parameters
    ----------
    system : the settings
    room : for so many events at a time
    """
    shape = system.own_limit.shape
    servers, campaigns = np.zeros(shape[0], _SERVER_FIELDS), np.zeros(shape[1], _CAMPAIGN_FIELDS)
    pairs = np.zeros(shape, _PAIR_FIELDS)
    for name in ("up", "trunks", "off_limits", "launch_gap"):
        servers[name] = getattr(system, name)
    for name in (*_CAMPAIGN_COUNTS, *_CAMPAIGN_NUMBERS):
        campaigns[name] = getattr(system, name)
    campaigns["left"] = system.attempts_left
    for name in _PAIR_SETTINGS:
        pairs[name] = getattr(system, name)
    agents = system.agents * system.up[:, np.newaxis]
    pairs["free"] = agents
    pairs["ring_first"] = (np.cumsum(agents.ravel()) - agents.ravel()).reshape(shape)
    return World(
        servers=servers,
        campaigns=campaigns,
        pairs=pairs,
        balance_order=system.balance_order,
        times=np.empty(room),
        events=np.empty((room, 6), np.int64),
        scalars=np.zeros(4, np.int64),
        free_times=np.zeros(int(agents.sum()) + 1),
        held=np.empty((MOST_HELD, 4), np.int64),
        order=np.empty(shape[1], np.int64),
        turns=np.empty(shape[1]),
        loop_seconds=system.loop_seconds,
        fill_gap=system.fill_gap,
    )
