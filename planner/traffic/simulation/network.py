"""What a simulation runs: campaigns on dialers, what they share, and what changes when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.traffic.arguments import Floats, require_lines, require_seconds

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


#: What is totalled by pair: seconds in each status, counts, agent-seconds of talk and of wrap-up.
#: Late attempts end while no agent is free; late requests are those of them that ask for one.
#: Attempt-seconds are of the attempts in progress, late talk that while no agent is free,
#: waiting-seconds of the dial lines that a limit of calls per second or channels keeps from
#: launching.
COLUMNS = (
    "running",
    "all_busy",
    "completed",
    "closed",
    "out_of_service",
    "transfers",
    "abandons",
    "attempts",
    "live_answers",
    "pauses",
    "talk_seconds",
    "late_attempts",
    "late_requests",
    "attempt_seconds",
    "late_talk_seconds",
    "waiting_seconds",
    "wrap_up_seconds",
)
#: What is totalled by campaign over all its dialers: seconds in which any of them dials or pauses,
#: in which all that do are paused, then those with 0, 1, 2, ... of them paused.
JOINT_COLUMNS = ("dialing", "all_paused")


class Network(NamedTuple):
    """Numbers of one simulated network.

    Indexed by pair [P] of a campaign [C] and a dialer [D] that it dials on, trunk group [G], and
    stretch of time [S] in which nothing changes from outside. Times in seconds from the start.
    """

    campaign: Integers  # [P]
    dialer: Integers  # [P]
    dial_lines: Integers  # [P] at most
    busy_agent_lines: Integers  # [P] talking at the start

    attempt_seconds: Floats  # [C]
    attempt_cv: Floats  # [C] 0 constant, 1 exponential, else lognormal
    talk_cv: Floats  # [C]
    wrap_up_seconds: Floats  # [C] 0 for none
    patience_seconds: Floats  # [C] 0: a callee who finds no agent is lost at once
    pacing: Floats  # [C] attempts in progress per free agent line; infinite for no limit
    uses_agents: Booleans  # [C] False for a broadcast
    attempts_left: Floats  # [C] in the dial list, infinite when endless
    pass_attempts: Floats  # [C] of one pass through the list; infinite where it has but one
    pass_factors: Floats  # [C, F] of the answer rate, by pass; the last goes for all that follow

    dialer_cps: Floats  # [D] calls per second, infinite for no limit
    dialer_group: Integers  # [D] trunk group, -1 for none
    group_cps: Floats  # [G]
    group_channels: Floats  # [G] for dial lines, infinite for no limit

    changes: Floats  # [S] ascending, the first is 0
    agent_lines: Integers  # [S, P]
    window_open: Booleans  # [S, P] in the schedule and not stopped
    in_service: Booleans  # [S, P] False while the dialer is out: its calls are lost
    answer_rate: Floats  # [S, C]
    transfer_rate: Floats  # [S, C]
    talk_seconds: Floats  # [S, C]
    lines_then: Integers | None = None  # [S, P] dial lines; None: those of all the time


def check(network: Network) -> None:
    """Raise ValueError unless shapes fit and all values are in range."""
    P, C, D = len(network.campaign), len(network.attempt_seconds), len(network.dialer_cps)
    G, S = len(network.group_cps), len(network.changes)
    shapes = {
        **dict.fromkeys(Network._fields[:4], (P,)),
        **dict.fromkeys(Network._fields[4:13], (C,)),
        "pass_factors": (C, max(network.pass_factors.shape[-1], 1)),
        **dict.fromkeys(Network._fields[14:16], (D,)),
        **dict.fromkeys(Network._fields[16:18], (G,)),
        "changes": (S,),
        **dict.fromkeys(Network._fields[19:22], (S, P)),
        **dict.fromkeys(Network._fields[22:25], (S, C)),
    }
    if network.lines_then is not None:
        shapes["lines_then"] = S, P
        _require("lines_then", network.lines_then <= network.dial_lines)
    for name, shape in shapes.items():
        if getattr(network, name).shape != shape:
            raise ValueError(f"{name} must have the shape {shape}")
    for name, size in (("campaign", C), ("dialer", D)):
        _require(name, (getattr(network, name) >= 0) & (getattr(network, name) < size))
    _require("dialer_group", (network.dialer_group >= -1) & (network.dialer_group < G))
    for name in ("dial_lines", "busy_agent_lines", "agent_lines"):
        require_lines(name, getattr(network, name).astype(np.float64))
    _require("busy_agent_lines", network.busy_agent_lines <= network.dial_lines)
    require_seconds("attempt_seconds", network.attempt_seconds)
    require_seconds("talk_seconds", network.talk_seconds)
    for name in ("attempt_cv", "talk_cv", "wrap_up_seconds", "patience_seconds"):
        values = getattr(network, name)
        _require(name, (values >= 0) & np.isfinite(values))
    for name in ("pacing", "dialer_cps", "group_cps", "pass_attempts"):
        _require(name, getattr(network, name) > 0)
    for name in ("attempts_left", "group_channels"):
        _require(name, getattr(network, name) >= 0)
    for name in ("answer_rate", "transfer_rate", "pass_factors"):
        _require(name, (getattr(network, name) >= 0) & (getattr(network, name) <= 1))
    _require("changes", np.append(network.changes[:1] == 0, np.diff(network.changes) > 0))


def _require(name: str, holds: Booleans) -> None:
    if not np.all(holds):
        raise ValueError(f"{name} must be in range")


def joint_sizes(campaign: Integers, campaigns: int) -> Integers:
    """How many numbers :data:`JOINT_COLUMNS` and what follows them are, by campaign."""
    pairs = np.bincount(campaign, minlength=campaigns)
    return np.asarray(len(JOINT_COLUMNS) + 1 + pairs, dtype=np.int64)
