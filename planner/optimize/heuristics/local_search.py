"""Local search over one campaign's split inside what the other campaigns leave, compiled.

It repairs splits that break a limit of the campaign or of the fleet, and fills freed lines.
Moves are compared by (excess over all limits, value), so that it never trades a limit for value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.model import Model
from planner.optimize.model.usage import FreeCapacity, Usage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = np.array([1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987], dtype=np.int64)
MOST_MOVES = 2000


class Scope(NamedTuple):
    """One campaign and what it may use, for compiled code; arrays by dialer or capacity."""

    table: Floats
    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    agent_cost: Ints
    lost: NDArray[np.bool_]  # [failure, dialer]
    price: Floats  # per port
    per_dial: Floats  # [capacity, dialer] coefficients, as the next two
    per_agent: Floats
    per_attempt: Floats
    counts_lines: NDArray[np.bool_]
    room: Floats  # [capacity]
    call_value: Floats
    attempt_cost: Floats
    need_dial: Floats  # [need, dialer] coefficients of what the campaign must reach, as the next
    need_agent: Floats
    need_call: Floats  # [need], as the next two
    need_attempt: Floats
    need_full: Floats
    surviving: Floats  # [failure] of the other campaigns
    others: float  # value of the other campaigns
    weight: float
    agents: int
    max_lines: int
    min_used: int
    min_agents: int
    share: float
    limit: float
    now_n: Ints
    now_a: Ints
    move_cost: float
    costs: bool  # whether calls cost anything


def improve_split(
    model: Model,
    campaign: int,
    dial_lines: Ints,
    agent_lines: Ints,
    room: FreeCapacity,
    line_prices: Floats,
) -> tuple[float, float]:
    """Improve one campaign's split in place inside the room the others leave.

    Returns
    -------
    Excess over the limits (0: all hold) and value of the split, line prices taken off.
    """
    c, box = campaign, model.box
    per_dial, per_agent, per_attempt = model.row_coefficients(c)
    needs = [n for n in model.all_needs if n.campaign == c]
    shape = len(needs), model.dialers
    scope = Scope(
        table=model.tables[c],
        n_low=box.n_low[c],
        n_high=box.n_high[c],
        a_low=box.a_low[c],
        a_high=box.a_high[c],
        agent_cost=model.agent_cost,
        lost=model.lost,
        price=line_prices,
        per_dial=per_dial,
        per_agent=per_agent,
        per_attempt=per_attempt,
        counts_lines=model.counts_lines,
        room=room.capacity,
        surviving=room.surviving,
        others=room.total,
        weight=float(model.weight),
        call_value=model.call_value[c],
        attempt_cost=model.attempt_cost,
        need_dial=np.array([n.dial for n in needs], np.float64).reshape(shape),
        need_agent=np.array([n.agent for n in needs], np.float64).reshape(shape),
        need_call=np.array([n.call for n in needs], np.float64),
        need_attempt=np.array([n.attempt for n in needs], np.float64),
        need_full=np.array([n.full for n in needs], np.float64),
        agents=int(model.agents[c]),
        max_lines=int(model.max_dial_lines[c]),
        min_used=int(model.min_dialers[c]),
        min_agents=int(model.min_agent_lines[c]),
        share=float(model.survivable[c]),
        limit=float(model.abandon_limit[c]),
        now_n=model.now_dial_lines[c],
        now_a=model.now_agent_lines[c],
        move_cost=float(model.move_cost),
        costs=model.has_costs,
    )
    excess, worth = _climb(scope, dial_lines, agent_lines, STEPS)
    return float(excess), float(worth)


@lean
def _rows_excess(scope: Scope, used: Floats, reached: Floats) -> float:
    """Excess over the capacities, and what is missing of what must be reached."""
    excess = 0.0
    for k in range(len(used)):
        over = used[k] - scope.room[k]
        if over > SEARCH_ROUNDING * (1.0 + abs(scope.room[k])):
            excess += over / (1.0 + abs(scope.room[k])) + (1.0 if scope.counts_lines[k] else 0.0)
    for r in range(len(reached)):
        missing = scope.need_full[r] - reached[r]
        if missing > SEARCH_ROUNDING * (1.0 + scope.need_full[r]):
            excess += missing
    return excess


@compiled
def _judge(scope: Scope, n: Ints, a: Ints) -> tuple[float, float]:
    """Excess over the limits (0 if none) and value of one split."""
    used, lost = np.zeros(len(scope.room)), np.zeros(len(scope.surviving))
    reached, lost_worth = np.zeros(len(scope.need_full)), np.zeros(len(scope.surviving))
    total = earned = abandoned = answered = charge = 0.0
    dialers = lines = agents = 0
    for d in range(len(n)):
        if n[d] == 0:
            continue
        dialers += 1
        lines += n[d]
        agents += a[d]
        ports = n[d] + scope.agent_cost[d] * a[d]
        charge += scope.price[d] * ports
        if scope.move_cost > 0:
            added = max(0, n[d] - scope.now_n[d]) + max(0, a[d] - scope.now_a[d])
            charge += scope.move_cost * added
        calls = scope.table[0, a[d], n[d]]
        attempts = scope.table[3, a[d], n[d]]
        net = scope.call_value[d] * calls - scope.attempt_cost[d] * attempts
        total += calls
        earned += net
        for g in range(len(lost)):
            if scope.lost[g, d]:
                lost[g] += calls
                lost_worth[g] += net
        for r in range(len(reached)):
            reached[r] += scope.need_dial[r, d] * n[d] + scope.need_agent[r, d] * a[d]
            reached[r] += scope.need_call[r] * calls + scope.need_attempt[r] * attempts
        abandoned += scope.table[1, a[d], n[d]]
        answered += scope.table[2, a[d], n[d]]
        for k in range(len(used)):
            used[k] += scope.per_dial[k, d] * n[d] + scope.per_agent[k, d] * a[d]
            used[k] += scope.per_attempt[k, d] * attempts
    excess = float(
        max(0, agents - scope.agents)
        + max(0, lines - scope.max_lines)
        + max(0, scope.min_used - dialers)
    )
    excess += _rows_excess(scope, used, reached)
    over = abandoned - scope.limit * answered if scope.limit < np.inf else 0.0
    if over > SEARCH_ROUNDING * (1.0 + answered):
        excess += over / (1.0 + answered)
    worst = scope.others + earned
    if len(lost) > 0 and scope.costs:
        worst = np.inf
    for g in range(len(lost)):
        over = lost[g] - (1.0 - scope.share) * total
        if scope.share > 0 and over > SEARCH_ROUNDING * (1.0 + total):
            excess += over / (1.0 + total)
        worst = min(worst, scope.surviving[g] + earned - lost_worth[g])
    worth = (1.0 - scope.weight) * earned - charge
    return excess, worth + (scope.weight * worst if scope.weight > 0 else 0.0)


@lean
def _fits(scope: Scope, d: int, n: int, a: int) -> bool:
    """Whether (n, a) lies in the dialer's ranges and is unused, or in use as the kind wants."""
    if not (scope.n_low[d] <= n <= scope.n_high[d] and scope.a_low[d] <= a <= scope.a_high[d]):
        return False
    return a == 0 if n == 0 else n >= a >= scope.min_agents


@lean
def _own_move(scope: Scope, d: int, n: int, a: int, move: int, steps: Ints) -> tuple[int, int]:
    """Lines after one of the moves on a single dialer; the same lines where it has no use."""
    if move < 2 * len(steps):
        step = steps[move // 2] if move % 2 == 0 else -steps[move // 2]
        return min(max(n + step, scope.n_low[d], a), scope.n_high[d]), a
    kind = move - 2 * len(steps)
    least = max(1, scope.min_agents)
    if kind == 0:  # close
        return 0, 0
    if kind == 1:  # one agent line more
        return max(n, a + 1, scope.min_agents), max(scope.min_agents, a + 1)
    if kind == 2:  # one less with its share of dial lines
        return n - n // max(a, 1), a - 1
    if kind == 3:  # the fewest lines
        return max(scope.n_low[d], least), scope.min_agents
    change = (-1, 0, 1)[kind - 4]  # an agent line less, its port to a dial line or not; or back
    return (n + 1, a - 1) if change < 0 else (n, a - 1) if change == 0 else (n - 1, a + 1)


OWN_MOVES = 7  # besides the steps
PAIR_MOVES = 5


@lean
def _pair_move(n: int, a: int, m: int, b: int, move: int) -> tuple[int, int, int, int]:
    """Lines of two dialers after the first one's lines go to the second."""
    if move == 0:  # one agent line
        return n, a - 1, m, b + 1
    if move == 1:  # one agent line, ports kept
        return n + 1, a - 1, m - 1, b + 1
    if move == 2:  # one agent line with its share of dial lines
        part = n // max(a, 1)
        return n - part, a - 1, m + part, b + 1
    if move == 3:  # one dial line
        return n - 1, a, m + 1, b
    return m, b, n, a  # change places


@lean
def _better(excess: float, worth: float, than_excess: float, than_worth: float) -> bool:
    """Less excess, or as much and more value than rounding."""
    if excess != than_excess:
        return excess < than_excess
    return worth > than_worth + SEARCH_ROUNDING * (1e-2 * abs(than_worth) + 1e-9)


@lean
def _put(found: Ints, d: int, n: int, a: int, e: int, m: int, b: int) -> None:
    """Fill a move. One by one: assigning to a slice takes seconds to compile."""
    found[0], found[1], found[2] = d, n, a
    found[3], found[4], found[5] = e, m, b


@lean
def _best_own(
    scope: Scope, n: Ints, a: Ints, steps: Ints, start: tuple[float, float], found: Ints
) -> tuple[float, float]:
    """Best move on a single dialer against ``start``; ``found`` gets (d, n, a, -1, 0, 0)."""
    best_excess, best_worth = start
    for d in range(len(n)):
        old_n, old_a = n[d], a[d]
        for move in range(2 * len(steps) + OWN_MOVES):
            new_n, new_a = _own_move(scope, d, old_n, old_a, move, steps)
            if (new_n == old_n and new_a == old_a) or not _fits(scope, d, new_n, new_a):
                continue
            n[d], a[d] = new_n, new_a
            excess, worth = _judge(scope, n, a)
            if _better(excess, worth, best_excess, best_worth):
                best_excess, best_worth = excess, worth
                _put(found, d, new_n, new_a, -1, 0, 0)
        n[d], a[d] = old_n, old_a
    return best_excess, best_worth


@lean
def _best_pair(
    scope: Scope, n: Ints, a: Ints, start: tuple[float, float], found: Ints
) -> tuple[float, float]:
    """Best move between two dialers against ``start``; ``found`` gets (d, n, a, e, n, a)."""
    best_excess, best_worth = start
    for d in range(len(n)):
        for e in range(len(n)):
            if e == d or n[d] == 0:
                continue
            old = n[d], a[d], n[e], a[e]
            for move in range(PAIR_MOVES):
                p, x, q, y = _pair_move(old[0], old[1], old[2], old[3], move)
                if not (_fits(scope, d, p, x) and _fits(scope, e, q, y)):
                    continue
                n[d], a[d], n[e], a[e] = p, x, q, y
                excess, worth = _judge(scope, n, a)
                if _better(excess, worth, best_excess, best_worth):
                    best_excess, best_worth = excess, worth
                    _put(found, d, p, x, e, q, y)
            n[d], a[d], n[e], a[e] = old
    return best_excess, best_worth


@compiled
def _climb(scope: Scope, n: Ints, a: Ints, steps: Ints) -> tuple[float, float]:
    """Take the best move until none helps; changes ``n`` and ``a``."""
    now = _judge(scope, n, a)
    found = np.empty(6, np.int64)
    for _ in range(MOST_MOVES):
        found[0] = -1
        best = _best_own(scope, n, a, steps, now, found)
        best = _best_pair(scope, n, a, best, found)
        if found[0] < 0:
            break
        n[found[0]], a[found[0]] = found[1], found[2]
        if found[3] >= 0:
            n[found[3]], a[found[3]] = found[4], found[5]
        now = best
    return now


MOST_SWEEPS = 20


def refill(
    model: Model,
    columns: Sequence[Column],
    line_prices: Floats | None = None,
    most_sweeps: int = MOST_SWEEPS,
) -> tuple[list[Column], bool]:
    """Re-optimise one campaign after the other into the lines it frees, until nothing improves.

    With ``line_prices`` a first sweep charges them, so that a campaign leaves lines to others
    who earn more with them; the sweeps after it charge nothing and fill what is left.

    Returns
    -------
    The columns by campaign, and whether they hold every limit.
    """
    current = {k.campaign: k for k in columns}
    usage = Usage(model, current.values())
    free = np.zeros(model.dialers)
    total_excess = 0.0
    for sweep in range(most_sweeps):
        charged = line_prices is not None and sweep == 0
        changed, total_excess = False, 0.0
        for c in range(model.campaigns):
            old = current[c]
            usage.add(old, -1.0)
            dial, agent = old.dial_lines.copy(), old.agent_lines.copy()
            prices = line_prices if charged and line_prices is not None else free
            excess, _ = improve_split(model, c, dial, agent, usage.room(), prices)
            new = make_column(model, c, dial, agent)
            changed |= new.key != old.key
            total_excess += excess
            current[c] = new
            usage.add(new)
        if not changed and not charged:
            break
    return [current[c] for c in range(model.campaigns)], total_excess == 0.0
