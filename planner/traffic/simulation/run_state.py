"""The state of a simulated run: campaigns on dialers, and all that waits to happen there.

Every pair of a campaign and a dialer has one exponential clock for all that is memoryless there
(its rate is the sum over attempts, talks, wrap-ups and held callers), and heaps of the end times of
attempts and talks that are not. A gate is a dialer with a limit of calls per second, or a trunk
group: pairs behind it launch one by one, those that wait in proportion to their dial lines.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import Integers, tournament
from planner.traffic.simulation.network import COLUMNS, Network, joint_sizes

#: Columns of the totals; the first five are the statuses of a pair as well.
(
    RUNNING,
    ALL_BUSY,
    COMPLETED,
    CLOSED,
    OUT_OF_SERVICE,
    TRANSFERS,
    ABANDONS,
    ATTEMPTS,
    LIVE_ANSWERS,
    PAUSES,
    TALK_SECONDS,
    LATE_ATTEMPTS,
    LATE_REQUESTS,
    ATTEMPT_SECONDS,
    LATE_TALK_SECONDS,
    WAITING_SECONDS,
    WRAP_UP_SECONDS,
) = range(len(COLUMNS))
#: Places of the numbers of a campaign among the joint totals; those by dialers paused follow.
DIALING, ALL_PAUSED, PAUSED_COUNTS = range(3)

PAIR = np.dtype(
    [
        *((name, np.int64) for name in ("campaign", "dialer", "group", "gate", "place", "heap")),
        *((name, np.int64) for name in ("dial_lines", "agent_lines", "window_open", "in_service")),
        *((name, np.int64) for name in ("attempts", "talking", "wrapping", "held", "status")),
        *((name, np.int64) for name in ("timed_attempts", "timed_talks")),  # sizes of the heaps
        *((name, np.float64) for name in ("waiting", "waiting_since")),  # lines held back
        *((name, np.float64) for name in ("since", "clock", "clock_rate", "turn", "first_busy")),
        ("totals", np.float64, (len(COLUMNS),)),  # of the bin of now
    ]
)
CAMPAIGN = np.dtype(
    [
        *((name, np.float64) for name in ("attempt_seconds", "attempt_cv", "talk_seconds")),
        *((name, np.float64) for name in ("talk_cv", "wrap_up_seconds", "patience_seconds")),
        *((name, np.float64) for name in ("pacing", "answer_rate", "request_rate", "left")),
        *((name, np.float64) for name in ("attempt_spread", "talk_spread")),  # of the logarithm
        ("completed_at", np.float64),
        ("uses_agents", np.int64),
        ("calls", np.int64),
        # Its list: attempts of all passes and of one, and where in it the last launch was.
        *((name, np.float64) for name in ("listed", "pass_attempts", "factor")),
        # Of the attempts in progress: how many, and the sum of their factors.
        *((name, np.float64) for name in ("in_progress", "factors")),
        # Its dialers that dial or pause, those of them that pause, and since when.
        *((name, np.int64) for name in ("joint_first", "dialing", "paused")),
        ("joint_since", np.float64),
    ]
)
#: Launches are ``spacing`` apart, the next not before ``ready``.
DIALER = np.dtype([("spacing", np.float64), ("ready", np.float64)])
#: ``freed`` is 1 when a channel of a full group became free. The last group is that of the dialers
#: without one: it limits nothing.
GROUP = np.dtype(
    [*DIALER.descr, ("channels", np.float64), ("calls", np.int64), ("freed", np.int64)]
)
#: Behind it are the pairs at the places first..last - 1; ``turn`` is that of the last launch. Where
#: launches flow, so many pairs are ``filling`` up; ``one_limit`` is 1 where only the dialer or only
#: the trunk group of some of them has a limit of calls per second.
GATE = np.dtype(
    [
        *((name, np.int64) for name in ("group", "first", "last", "filling", "one_limit")),
        ("turn", np.float64),
    ]
)


class RunState(NamedTuple):
    """State of a run, changed in place."""

    pairs: Any  # PAIR
    campaigns: Any  # CAMPAIGN
    dialers: Any  # DIALER
    groups: Any  # GROUP
    gates: Any  # GATE
    gate_pairs: Integers  # by place
    waiting: Floats  # the turn of the pair at each place, infinite while it has none to launch
    attempt_ends: Floats  # one heap per pair
    talk_ends: Floats
    keys: Floats  # when each pair, then each gate, happens next
    winners: Integers
    joint: Floats  # of the bin of now, by campaign and column
    pass_factors: Floats  # [campaign, pass]


class Stretch(NamedTuple):
    """What holds from each change on, [change, pair] or [change, campaign]."""

    dial_lines: Integers
    agent_lines: Integers
    window_open: Integers
    in_service: Integers
    answer_rate: Floats
    transfer_rate: Floats
    talk_seconds: Floats


def stretches(network: Network) -> Stretch:
    """Copies, as a read-only or strided array would have a kernel compiled once more for it."""
    lines = network.lines_then
    if lines is None:
        lines = np.broadcast_to(network.dial_lines, network.agent_lines.shape)
    return Stretch(
        np.array(lines, np.int64, order="C"),
        np.array(network.agent_lines, np.int64, order="C"),
        np.array(network.window_open, np.int64, order="C"),
        np.array(network.in_service, np.int64, order="C"),
        np.array(network.answer_rate, np.float64, order="C"),
        np.array(network.transfer_rate, np.float64, order="C"),
        np.array(network.talk_seconds, np.float64, order="C"),
    )


def new_state(network: Network) -> RunState:
    """The state at the start of a run."""
    pairs = np.zeros(len(network.campaign), PAIR)
    pairs["campaign"], pairs["dialer"] = network.campaign, network.dialer
    pairs["dial_lines"], pairs["talking"] = network.dial_lines, network.busy_agent_lines
    group_of_dialer = network.dialer_group % (len(network.group_cps) + 1)  # -1: the last
    pairs["group"] = group_of_dialer[network.dialer]
    pairs["heap"] = np.concatenate([[0], np.cumsum(network.dial_lines)[:-1]])
    pairs["status"], pairs["in_service"] = OUT_OF_SERVICE, 1
    pairs["clock"], pairs["clock_rate"], pairs["first_busy"] = np.inf, -1.0, np.inf
    campaigns = np.zeros(len(network.attempt_seconds), CAMPAIGN)
    for name in ("attempt_seconds", "attempt_cv", "talk_cv", "wrap_up_seconds"):
        campaigns[name] = getattr(network, name)
    for name in ("patience_seconds", "pacing", "uses_agents"):
        campaigns[name] = getattr(network, name)
    for name in ("attempt", "talk"):
        campaigns[f"{name}_spread"] = np.sqrt(np.log1p(campaigns[f"{name}_cv"] ** 2))
    campaigns["left"], campaigns["completed_at"] = network.attempts_left, np.inf
    campaigns["talk_seconds"] = network.talk_seconds[0]
    campaigns["listed"], campaigns["pass_attempts"] = network.attempts_left, network.pass_attempts
    campaigns["factor"] = network.pass_factors[:, 0]
    sizes = joint_sizes(network.campaign, len(campaigns))
    campaigns["joint_first"] = np.cumsum(sizes) - sizes
    dialers = np.zeros(len(network.dialer_cps), DIALER)
    dialers["spacing"], dialers["ready"] = 1.0 / network.dialer_cps, -np.inf
    groups = np.zeros(len(network.group_cps) + 1, GROUP)
    groups["spacing"], groups["ready"] = np.append(1.0 / network.group_cps, 0.0), -np.inf
    groups["channels"] = np.append(network.group_channels, np.inf)
    gates, gate_pairs = _gates(network, pairs)
    heap_size = int(network.dial_lines.sum())
    keys, winners = tournament(len(pairs) + len(gates))
    return RunState(
        pairs,
        campaigns,
        dialers,
        groups,
        gates,
        gate_pairs,
        np.full(len(gate_pairs), np.inf),
        np.zeros(heap_size),
        np.zeros(heap_size),
        keys,
        winners,
        np.zeros(int(sizes.sum())),
        np.array(network.pass_factors, np.float64, order="C"),
    )


def _gates(network: Network, pairs: Any) -> tuple[Any, Integers]:
    """Gates in the order of groups, then dialers, and their pairs; sets the gate of each pair."""
    limited = np.isfinite(network.group_cps) | np.isfinite(network.group_channels)
    limited = np.append(limited, False)
    behind_group = limited[pairs["group"]]
    behind_dialer = ~behind_group & np.isfinite(network.dialer_cps)[network.dialer]
    owner = np.full(len(pairs), -1, np.int64)
    owner[behind_group] = pairs["group"][behind_group]
    owner[behind_dialer] = len(limited) + network.dialer[behind_dialer]
    owners = np.unique(owner[owner >= 0])
    gates = np.zeros(len(owners), GATE)
    gate_pairs = np.argsort(owner, kind="stable")[np.count_nonzero(owner < 0) :]
    pairs["gate"] = np.where(owner >= 0, np.searchsorted(owners, owner), -1)
    pairs["place"][gate_pairs] = np.arange(len(gate_pairs))
    gates["group"] = np.minimum(owners, len(limited) - 1)
    gates["first"] = np.searchsorted(owner[gate_pairs], owners, side="left")
    gates["last"] = np.searchsorted(owner[gate_pairs], owners, side="right")
    return gates, gate_pairs.astype(np.int64)
