"""Local search over one campaign's split inside what the other campaigns leave, compiled.

It repairs splits that break a limit of the campaign or of the fleet, and fills freed lines.
Moves are compared by (excess over all limits, value), so that it never trades a limit for value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.optimize.model import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = np.array([1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987], dtype=np.int64)
#: Excess below this share of a limit is rounding.
ROUNDING = 1e-10
MOST_MOVES = 2000


class Room(NamedTuple):
    """What the other campaigns leave: capacities ``[capacity]``, surviving value ``[domain]``."""

    capacity: Floats
    surviving: Floats


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _judge(
    table: Floats, n: Ints, a: Ints, members: Floats, counts_lines: NDArray[np.bool_],
    agent_cost: Ints, room: Floats, domain: Ints, surviving: Floats, weight: float, value: float,
    agents: int, max_lines: int, min_used: int, share: float, limit: float, price: Floats,
    by_domain: Floats, used: Floats,
) -> tuple[float, float]:  # fmt: skip
    """Excess over the limits (0 if none) and value of one split."""
    used[:] = 0.0
    by_domain[:] = 0.0
    total = abandoned = answered = charge = 0.0
    dialers = lines = taken = 0
    for d in range(len(n)):
        if n[d] == 0:
            continue
        dialers += 1
        lines += n[d]
        taken += a[d]
        ports = n[d] + agent_cost[d] * a[d]
        charge += price[d] * ports
        calls = table[0, a[d], n[d]]
        total += calls
        by_domain[domain[d]] += calls
        abandoned += table[1, a[d], n[d]]
        answered += table[2, a[d], n[d]]
        attempts = table[3, a[d], n[d]]
        for k in range(len(used)):
            if members[k, d] > 0:
                used[k] += ports if counts_lines[k] else attempts
    excess = float(max(0, taken - agents)) + max(0, lines - max_lines) + max(0, min_used - dialers)
    for k in range(len(used)):
        if used[k] > room[k] + ROUNDING * (1.0 + abs(room[k])):
            excess += (used[k] - room[k]) / (1.0 + abs(room[k])) + (1.0 if counts_lines[k] else 0.0)
    if limit < np.inf and abandoned > limit * answered + ROUNDING * (1.0 + answered):
        excess += (abandoned - limit * answered) / (1.0 + answered)
    worst = np.inf
    for g in range(len(by_domain)):
        over = by_domain[g] - (1.0 - share) * total
        if share > 0 and over > ROUNDING * (1.0 + total):
            excess += over / (1.0 + total)
        worst = min(worst, surviving[g] + value * (total - by_domain[g]))
    worth = (1.0 - weight) * value * total - charge
    if weight > 0:
        worth += weight * worst
    return excess, worth


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _allowed(
    n: int, a: int, n_low: int, n_high: int, a_low: int, a_high: int, min_agents: int
) -> bool:
    """Whether (n, a) lies in the range and is unused, or in use as the kind wants."""
    if n < n_low or n > n_high or a < a_low or a > a_high:
        return False
    if n == 0:
        return a == 0
    return n >= a and a >= min_agents


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _climb(
    table: Floats, n: Ints, a: Ints, members: Floats, counts_lines: NDArray[np.bool_],
    agent_cost: Ints, room: Floats, domain: Ints, surviving: Floats, weight: float, value: float,
    agents: int, max_lines: int, min_used: int, share: float, limit: float, price: Floats,
    n_low: Ints, n_high: Ints, a_low: Ints, a_high: Ints, min_agents: int, steps: Ints,
) -> tuple[float, float]:  # fmt: skip
    """Take the best move until none helps; changes ``n`` and ``a``."""
    dialers = len(n)
    by_domain, used = np.empty(len(surviving)), np.empty(len(room))
    excess, worth = _judge(
        table, n, a, members, counts_lines, agent_cost, room, domain, surviving, weight, value,
        agents, max_lines, min_used, share, limit, price, by_domain, used,
    )  # fmt: skip
    for _ in range(MOST_MOVES):
        best_excess, best_worth = excess, worth
        d1 = d2 = -1
        n1 = a1 = n2 = a2 = 0
        for d in range(dialers):
            if n_low[d] == n_high[d] and a_low[d] == a_high[d]:
                continue
            old_n, old_a = n[d], a[d]
            for move in range(2 * len(steps) + 7):
                new_n, new_a = old_n, old_a
                if move < 2 * len(steps):
                    step = steps[move // 2]
                    new_n = old_n + (step if move % 2 == 0 else -step)
                    new_n = min(max(new_n, max(n_low[d], old_a)), n_high[d])
                elif move == 2 * len(steps):
                    new_n, new_a = 0, 0
                elif move == 2 * len(steps) + 1:
                    new_a = max(min_agents, old_a + 1)
                    new_n = max(old_n, new_a)
                elif move == 2 * len(steps) + 2:
                    new_a = old_a - 1
                elif move == 2 * len(steps) + 3:
                    new_n, new_a = old_n - 1, old_a + 1
                elif move == 2 * len(steps) + 4:
                    new_n, new_a = old_n + 1, old_a - 1
                elif move == 2 * len(steps) + 5:
                    new_a = min_agents
                    new_n = max(n_low[d], max(1, min_agents))
                else:
                    new_a = old_a - 1
                    new_n = old_n - old_n // max(old_a, 1)
                if new_n == old_n and new_a == old_a:
                    continue
                if not _allowed(new_n, new_a, n_low[d], n_high[d], a_low[d], a_high[d], min_agents):
                    continue
                n[d], a[d] = new_n, new_a
                e, w = _judge(
                    table, n, a, members, counts_lines, agent_cost, room, domain, surviving,
                    weight, value, agents, max_lines, min_used, share, limit, price,
                    by_domain, used,
                )  # fmt: skip
                if e < best_excess or (e == best_excess and w > best_worth + 1e-12 * abs(worth)):
                    best_excess, best_worth = e, w
                    d1, n1, a1, d2 = d, new_n, new_a, -1
            n[d], a[d] = old_n, old_a
            for o in range(dialers):
                if o == d or old_n == 0:
                    continue
                other_n, other_a = n[o], a[o]
                for move in range(5):
                    if move == 0:  # one agent line
                        new_n, new_a, o_n, o_a = old_n, old_a - 1, other_n, other_a + 1
                    elif move == 1:  # one agent line, ports kept
                        new_n, new_a, o_n, o_a = old_n + 1, old_a - 1, other_n - 1, other_a + 1
                    elif move == 2:  # one agent line with its share of dial lines
                        part = old_n // max(old_a, 1)
                        new_n, new_a, o_n, o_a = (
                            old_n - part,
                            old_a - 1,
                            other_n + part,
                            other_a + 1,
                        )
                    elif move == 3:  # one dial line
                        new_n, new_a, o_n, o_a = old_n - 1, old_a, other_n + 1, other_a
                    else:  # both dialers change places
                        new_n, new_a, o_n, o_a = other_n, other_a, old_n, old_a
                    if not _allowed(
                        new_n, new_a, n_low[d], n_high[d], a_low[d], a_high[d], min_agents
                    ) or not _allowed(
                        o_n, o_a, n_low[o], n_high[o], a_low[o], a_high[o], min_agents
                    ):
                        continue
                    n[d], a[d], n[o], a[o] = new_n, new_a, o_n, o_a
                    e, w = _judge(
                        table, n, a, members, counts_lines, agent_cost, room, domain, surviving,
                        weight, value, agents, max_lines, min_used, share, limit, price,
                        by_domain, used,
                    )  # fmt: skip
                    if e < best_excess or (
                        e == best_excess and w > best_worth + 1e-12 * abs(worth)
                    ):
                        best_excess, best_worth = e, w
                        d1, n1, a1, d2, n2, a2 = d, new_n, new_a, o, o_n, o_a
                n[d], a[d], n[o], a[o] = old_n, old_a, other_n, other_a
        if d1 < 0:
            break
        n[d1], a[d1] = n1, a1
        if d2 >= 0:
            n[d2], a[d2] = n2, a2
        excess, worth = best_excess, best_worth
    return excess, worth


def improve_split(
    model: Model,
    campaign: int,
    dial_lines: Ints,
    agent_lines: Ints,
    room: Room,
    line_prices: Floats,
) -> tuple[float, float]:
    """Improve one campaign's split in place inside the room the others leave.

    Returns
    -------
    Excess over the limits (0: all hold) and value of the split, line prices taken off.
    """
    c = campaign
    box = model.box
    excess, worth = _climb(
        model.tables[c], dial_lines, agent_lines, *capacity_arrays(model), model.agent_cost,
        room.capacity, model.domain, room.surviving, model.weight, model.value[c],
        model.agents[c], model.max_dial_lines[c], model.min_dialers[c], model.survivable[c],
        model.abandon_limit[c], line_prices, box.n_low[c], box.n_high[c], box.a_low[c],
        box.a_high[c], model.min_agent_lines[c], STEPS,
    )  # fmt: skip
    return float(excess), float(worth)


def capacity_arrays(model: Model) -> tuple[Floats, NDArray[np.bool_]]:
    """Membership ``[capacity, dialer]`` and kind of the capacities."""
    members = np.array([k.members for k in model.capacities], dtype=np.float64)
    lines = np.array([k.counts_lines for k in model.capacities], dtype=np.bool_)
    return members.reshape(len(model.capacities), model.dialers), lines
