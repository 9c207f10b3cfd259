"""Runs in which launches flow: where they are right, what waits in them, and how they start."""

from __future__ import annotations

import numpy as np

from planner.traffic.arguments import Floats
from planner.traffic.exact.engset import stationary
from planner.traffic.simulation.event_queue import tournament
from planner.traffic.simulation.network import Network
from planner.traffic.simulation.run_state import CAMPAIGN, PAIR, RunState, new_state

#: A pair, and the level of its attempts in progress: what it is, what it shall be, with all lines
#: in use, how it moves and until when; the level up to which requests are drawn, when the next
#: timed attempt asks for an agent, how many end until then, the share of lines that wait although
#: nothing fills up, whether its lines dial without a break, which of them asks first, and when and
#: where one last did.
FLUID_PAIR = np.dtype(
    [
        *PAIR.descr,
        *((name, np.float64) for name in ("level", "target", "wanted", "launch_rate")),
        *((name, np.float64) for name in ("flow_since", "mode_ends", "bound", "asks", "calm")),
        *((name, np.float64) for name in ("unasked", "demand")),
        *((name, np.int64) for name in ("mode", "kind", "steady", "asker")),
        ("asked_at", np.float64),
        ("asked_place", np.int64),
    ]
)
#: A campaign, and the dial lines that use its list, whether that is empty, and the level at which
#: the last of its attempts ends.
FLUID_CAMPAIGN = np.dtype(
    [
        *CAMPAIGN.descr,
        *((name, np.float64) for name in ("lines", "emptied", "last")),
    ]
)
#: Where launches flow calls are not counted one by one: more than there ever are.
_NEVER_DONE = 1 << 40
#: Of a limit of calls per second, the part in use up to which waits are short and launches flow.
MOST_USED = 0.7
#: On large dialers waits are short even closer to the limit: up to this part in use, where a launch
#: waits for no more than so small a part of an attempt, also for its turn while others fill up.
MOST_USED_LARGE, SHORT_WAIT = 0.95, 2e-3

#: From one turn of a pair to its next while all wait, and until all of its lines had one, as parts
#: of an attempt: beyond these waits are measured.
LONG_TURN, LONG_ROUND = 0.05, 0.8


def fluid_state(network: Network) -> RunState:
    """The state at the start of a run."""
    state = new_state(network)
    pairs = np.zeros(len(state.pairs), FLUID_PAIR)
    for name in PAIR.names or ():
        pairs[name] = state.pairs[name]
    pairs["mode_ends"], pairs["asks"], pairs["kind"] = np.inf, np.inf, -1
    pairs["asked_at"] = -np.inf
    campaigns = np.zeros(len(state.campaigns), FLUID_CAMPAIGN)
    for name in CAMPAIGN.names or ():
        campaigns[name] = state.campaigns[name]
    # Nothing hangs on when the attempts of a broadcast end.
    campaigns["attempt_cv"][campaigns["uses_agents"] == 0] = 1.0
    np.add.at(campaigns["lines"], network.campaign, network.dial_lines)
    campaigns["calls"] = np.where(campaigns["left"] >= 1.0, _NEVER_DONE, 0)
    for gate in state.gates:
        own = pairs["dialer"][state.gate_pairs[gate["first"] : gate["last"]]]
        limited = np.isfinite(network.dialer_cps[own])
        limits = limited.astype(np.int64) + (state.groups["spacing"][gate["group"]] > 0.0)
        gate["one_limit"] = int((limits < 2).any())
    keys, winners = tournament(len(pairs) + len(state.gates) + len(campaigns))
    return state._replace(
        pairs=pairs,
        campaigns=campaigns,
        # Behind the ends when each line asks that dials without a break.
        attempt_ends=np.zeros(2 * len(state.attempt_ends)),
        keys=keys,
        winners=winners,
    )


def calm_waits(network: Network) -> Floats | None:
    """Share of the lines of each pair that wait while nothing fills up, [stretch, pair].

    None where launches do not flow: where a list has passes that differ, channels are few, or calls
    per second are nearly all in use and waits are long. Each launch waits as customers of a server
    with constant times do (F. Pollaczek and A. Khinchine), at its dialer and at its trunk group.
    """
    if not may_flow(network):
        return None
    tau = network.attempt_seconds[network.campaign]
    found = np.zeros((len(network.changes), len(network.campaign)))
    group = network.dialer_group[network.dialer]
    for number in range(len(found)):
        rates, used = _used(network, number)
        most = max(float(part.max(initial=0.0)) for part in used)
        if most > MOST_USED_LARGE:
            return None
        by_dialer, by_group = (
            part / (2.0 * rate * (1.0 - part)) for part, rate in zip(used, rates, strict=True)
        )
        wait = by_dialer[network.dialer] + by_group[group]
        found[number] = wait / (wait + tau)
        turns = _turn_seconds(network) / tau
        if most > MOST_USED and max(found[number].max(), turns.max()) > SHORT_WAIT:
            return None
    return found


def turns_matter(network: Network) -> bool:
    """Whether launches wait for their turn while others fill up, longer than a formula tells.

    So it is where all lines launch in no less than most of an attempt, or the turns of a pair are
    a good part of one apart: few lines wait for each other then, and not only for the others.
    """
    turns = _turn_seconds(network) / network.attempt_seconds[network.campaign]
    rounds = turns * network.dial_lines
    return bool((turns > LONG_TURN).any() or (rounds > LONG_ROUND).any())


def may_flow(network: Network) -> bool:
    """Whether launches may flow at all.

    Where channels suffice, lists are the same in each pass and lines stay.
    """
    then = network.lines_then
    if then is not None and (then != network.dial_lines).any():
        return False
    return not (
        np.isfinite(network.group_channels).any() or np.isfinite(network.pass_attempts).any()
    )


def most_used(network: Network) -> float:
    """Of the limits of calls per second, the part in use of the most used one, at its highest."""
    parts = [part for s in range(len(network.changes)) for part in _used(network, s)[1]]
    return max(float(part.max(initial=0.0)) for part in parts)


def _used(network: Network, stretch: int) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Limits by dialer and by trunk group (none last), and the parts of them in use."""
    groups = len(network.group_cps)
    group = network.dialer_group[network.dialer] % (groups + 1)
    demand = _attempts_per_second(network, stretch)
    at_dialer = np.bincount(network.dialer, demand, len(network.dialer_cps))
    at_group = np.bincount(group, demand, groups + 1)
    limits = network.dialer_cps, np.append(network.group_cps, np.inf)
    return limits, (at_dialer / limits[0], at_group / limits[1])


def _turn_seconds(network: Network) -> Floats:
    """Seconds from one turn of a pair to the next while all behind its limits wait, by pair."""
    lines = network.dial_lines.astype(np.float64)
    groups = len(network.group_cps)
    group = network.dialer_group[network.dialer] % (groups + 1)
    at_dialer = np.bincount(network.dialer, lines, len(network.dialer_cps)) / network.dialer_cps
    at_group = np.bincount(group, lines, groups + 1) / np.append(network.group_cps, np.inf)
    return np.asarray((at_dialer[network.dialer] + at_group[group]) / np.maximum(lines, 1.0))


def _attempts_per_second(network: Network, stretch: int) -> Floats:
    """By pair, as if nothing were shared, in the long run of a stretch."""
    c = network.campaign
    lines, agents = network.dial_lines, network.agent_lines[stretch]
    tau = network.attempt_seconds[c]
    q = network.answer_rate[stretch, c] * network.transfer_rate[stretch, c]
    taken = network.talk_seconds[stretch, c] + network.wrap_up_seconds[c]
    with_agents = network.uses_agents[c] & (agents > 0) & (lines >= agents)
    found = stationary(
        np.where(with_agents, lines, 1), np.where(with_agents, agents, 1), tau, q, taken
    ).attempts_per_second
    # Paced: so many attempts for each free agent, who are free as far as these leave them.
    pacing = network.pacing[c]
    paced = np.full(len(c), np.inf)
    limited = np.isfinite(pacing)
    pace = pacing[limited]
    each = tau[limited] + pace * q[limited] * taken[limited]
    paced[limited] = pace * agents[limited] / each
    free = np.where(network.uses_agents[c], 0.0, lines / tau)
    runs = network.window_open[stretch] & network.in_service[stretch]
    return np.where(runs, np.where(with_agents, np.minimum(found, paced), free), 0.0)
