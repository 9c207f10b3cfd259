"""Puts one campaign into a plan as well as the others' lines allow, taking from them what pays.

A dynamic programme over dialers and agent lines; what a dialer's ports cost is read from the
curve of what its campaigns lose with them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, inlined, lean
from planner.optimize.heuristics.kernel_tools import draw
from planner.optimize.heuristics.plan_state import (
    NEVER,
    DualGuide,
    State,
    line_gain,
    make_curve,
    put,
    shrink,
)
from planner.optimize.model.copies import clear_split, copy_split
from planner.optimize.model.fleet import NONE, Fleet, entry
from planner.optimize.model.repair import hold_abandonment, secure_survival
from planner.optimize.model.tables import ATTEMPTS, HANDLED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: On larger fleets an insertion looks at the changed dialers and so many others.
MOST_CANDIDATES = 24
#: Chance that a dialer is overlooked, so that repeated insertions differ.
BLINK = 0.02
#: Bisections of the price of a dial line.
TOLLS = 12
#: Caps on the calls of a failure domain that are tried at each insertion: one near the best of the
#: last one, and others drawn from what it may carry at most down to this share less.
CAPS, LOWEST_CAP, FIRST_CAP, CAP_STEP = 3, 0.5, 0.94, 0.03


class Scratch(NamedTuple):
    """Working arrays of the dynamic programme, made once."""

    best: Floats  # [used, agents]
    next: Floats
    here: Ints  # [step, used, agents] agent lines there with the code of where it came from
    at: Ints  # [step, used, agents] the dialer chosen
    profile: Floats  # [agents]
    choice: Ints  # [dialer, agents] dial lines
    dial: Ints  # [dialer] the split found
    agent: Ints
    best_dial: Ints
    best_agent: Ints
    cap: Floats  # [campaign] the cap that did best last, as a share of the highest
    toll: Floats  # [1] price of a dial line, where the campaign's dial lines are limited


def scratch(f: Fleet) -> Scratch:
    """Working arrays for a fleet."""
    dialers = len(f.room)
    agents = int(f.agents.max(initial=0)) + 1
    used = int(f.min_used.max(initial=0)) + 1
    return Scratch(
        best=np.zeros((used, agents)),
        next=np.zeros((used, agents)),
        here=np.zeros((dialers, used, agents), np.int64),
        at=np.zeros((dialers, used, agents), np.int64),
        profile=np.zeros(agents),
        choice=np.zeros((dialers, agents), np.int64),
        dial=np.zeros(dialers, np.int64),
        agent=np.zeros(dialers, np.int64),
        best_dial=np.zeros(dialers, np.int64),
        best_agent=np.zeros(dialers, np.int64),
        cap=np.full(len(f.value), FIRST_CAP),
        toll=np.zeros(1),
    )


@inlined
def _lines_under(f: Fleet, c: int, a: int, n: int, cap: float) -> int:
    """Most dial lines up to n with at most ``cap`` calls, which grow with the lines."""
    if entry(f, HANDLED, c, a, n) <= cap:
        return n
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) // 2
        if entry(f, HANDLED, c, a, middle) <= cap:
            low = middle
        else:
            high = middle
    return low


@inlined
def _port_price(g: DualGuide, s: State, d: int, ports: int) -> float:
    """What the last of so many ports of a dialer costs: its campaigns, or others to come."""
    taken = ports - s.free[d]
    price: float = g.port[d]
    if taken > 0:
        price = max(price, s.curve[d, taken] - s.curve[d, taken - 1])
    return price


@inlined
def _best_lines(
    f: Fleet, g: DualGuide, s: State, c: int, d: int, a: int, low: int, high: int, toll: float
) -> int:
    """Dial lines of a cell up to which each earns more than its port costs the others."""
    cost = f.agent_cost[d] * a
    while low < high:
        middle = (low + high + 1) // 2
        if line_gain(f, g, c, d, a, middle) > toll + _port_price(g, s, d, middle + cost):
            low = middle
        else:
            high = middle - 1
    return low


@inlined
def _cell_worth(f: Fleet, g: DualGuide, s: State, c: int, d: int, a: int, n: int) -> float:
    """Value of a cell, less what its ports cost the others and its prices."""
    ports = n + f.agent_cost[d] * a
    worth: float = f.value[c] * g.call[d] * entry(f, HANDLED, c, a, n) - g.line[d] * ports
    if g.attempt[d] > 0:
        worth -= g.attempt[d] * entry(f, ATTEMPTS, c, a, n)
    if f.move_cost > 0:
        worth -= f.move_cost * (max(0, n - f.now_n[c, d]) + max(0, a - f.now_a[c, d]))
    taken = max(0, ports - s.free[d])
    worth -= s.curve[d, taken] + g.port[d] * (ports - taken)
    return worth


@lean
def _fill_profile(f: Fleet, g: DualGuide, s: State, w: Scratch, c: int, d: int, cap: float) -> int:
    """Best worth and dial lines by agent lines on one dialer; how many agent counts."""
    make_curve(f, g, s, d)
    ports = s.free[d] + s.reach[d]
    most_agents = min(f.a_high[c, d], f.agents[c], f.rows[c] - 1)
    least = max(f.a_low[c, d], f.min_agents[c])
    for a in range(most_agents + 1):
        w.profile[a] = NEVER
        if a < least:
            continue
        low = max(a, 1, f.n_low[c, d])
        high = min(f.n_high[c, d], ports - f.agent_cost[d] * a, f.width[c] - 1, f.max_lines[c])
        if f.n_low[c, d] < f.n_high[c, d] or f.n_low[c, d] == 0:
            high = min(high, f.most_lines[c, a])
        if high >= low and cap < np.inf:
            high = _lines_under(f, c, a, high, cap)
        if high < low:
            continue
        n = _best_lines(f, g, s, c, d, a, low, high, w.toll[0])
        w.profile[a] = _cell_worth(f, g, s, c, d, a, n) - w.toll[0] * n
        w.choice[d, a] = n
    return int(most_agents + 1)


@lean
def _locked_place(f: Fleet, c: int, candidates: Ints, start: int, end: int) -> int:
    """Place of a candidate that must be used, -1 if there is none."""
    for j in range(start, end):
        if f.n_low[c, candidates[j]] > 0:
            return j
    return -1


@lean
def _read_split(w: Scratch, most_used: int, most_agents: int, steps: int) -> float:
    """Fill the split of the programme's best value, and return that value or NEVER."""
    agents, best = 0, NEVER
    for a in range(most_agents + 1):
        if w.best[most_used, a] > best:
            agents, best = a, w.best[most_used, a]
    clear_split(w.dial, w.agent)
    if best <= NEVER:
        return NEVER
    used = most_used
    for i in range(steps - 1, -1, -1):
        code = w.here[i, used, agents]
        if code >= 0:
            d, a = w.at[i, used, agents], code // (most_used + 1)
            w.dial[d] = w.choice[d, a]
            w.agent[d] = a
            agents -= a
            used = code % (most_used + 1)
    return float(best)


@compiled
def _programme(
    f: Fleet, g: DualGuide, s: State, w: Scratch, c: int, candidates: Ints, count: int, cap: float
) -> float:
    """Best split over the candidates under a cap per domain; fills ``w.dial``, ``w.agent``.

    With a cap a failure domain is given one dialer at most, so that it holds for the domain.
    """
    most_used, most_agents = f.min_used[c], f.agents[c]
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            w.best[used, agents] = NEVER
    w.best[0, 0] = 0.0
    step, i = 0, 0
    while i < count:
        end = i + 1
        if cap < np.inf:
            while end < count and f.domain[candidates[end]] == f.domain[candidates[i]]:
                end += 1
        must = _locked_place(f, c, candidates, i, end)
        for used in range(most_used + 1):
            for agents in range(most_agents + 1):
                w.next[used, agents] = w.best[used, agents] if must < 0 else NEVER
                w.here[step, used, agents] = -1
        for j in range(i, end):
            if must < 0 or must == j:
                _add_step(f, g, s, w, c, candidates[j], cap, step)
        for used in range(most_used + 1):
            for agents in range(most_agents + 1):
                w.best[used, agents] = w.next[used, agents]
        step += 1
        i = end
    return _read_split(w, most_used, most_agents, step)


@lean
def _add_step(
    f: Fleet, g: DualGuide, s: State, w: Scratch, c: int, d: int, cap: float, step: int
) -> None:
    """Offer one dialer's profile to the programme's step."""
    most_used, most_agents = f.min_used[c], f.agents[c]
    counts = _fill_profile(f, g, s, w, c, d, cap)
    for a in range(counts):
        gain = w.profile[a]
        if gain <= NEVER:
            continue
        for used in range(most_used + 1):
            to = min(used + 1, most_used)
            for agents in range(a, most_agents + 1):
                start = w.best[used, agents - a]
                if start > NEVER and start + gain > w.next[to, agents]:
                    w.next[to, agents] = start + gain
                    w.here[step, to, agents] = a * (most_used + 1) + used
                    w.at[step, to, agents] = d


@compiled
def _choose_candidates(f: Fleet, s: State, c: int, order: Ints, shy: float, found: Ints) -> int:
    """Dialers the campaign is offered, in the given order; how many."""
    usable = 0
    for d in order:
        usable += f.n_high[c, d] > 0
    share = min(1.0, MOST_CANDIDATES / max(usable, 1))
    count = 0
    for d in order:
        if f.n_high[c, d] == 0:
            continue
        if f.n_low[c, d] == 0 and draw(s.random) < BLINK:
            continue
        if shy > 0 and f.n_low[c, d] == 0 and _is_full(f, s, c, d) and draw(s.random) < shy:
            continue
        if f.n_low[c, d] > 0 or s.touched[d] or f.now_n[c, d] > 0 or draw(s.random) < share:
            found[count] = d
            count += 1
    return count


@lean
def _is_full(f: Fleet, s: State, c: int, d: int) -> bool:
    """Whether the least lines of a campaign exceed a limit of a dialer beside its ports."""
    a = f.min_agents[c]
    n = max(a, 1)
    for j in range(f.capacities_of.shape[1]):
        k = f.capacities_of[d, j]
        if k == NONE:
            break
        more = float(n + f.agent_cost[d] * a)
        if not f.counts_lines[k]:
            fits = a < f.rows[c] and n < f.width[c]
            more = entry(f, ATTEMPTS, c, a, n) if fits else 0.0
        if s.used[k] + more > f.limit[k]:
            return True
    return False


@compiled
def _limited_programme(
    f: Fleet, g: DualGuide, s: State, w: Scratch, c: int, candidates: Ints, count: int, cap: float
) -> float:
    """As :func:`_programme`, with at most the campaign's dial lines, by bisecting their price."""
    w.toll[0] = 0.0
    best = _programme(f, g, s, w, c, candidates, count, cap)
    if best <= NEVER or w.dial.sum() <= f.max_lines[c]:
        return best
    low, high = 0.0, 0.0
    for i in range(count):
        d = candidates[i]
        a = max(f.min_agents[c], f.a_low[c, d])
        n = max(a, 1)
        if a < f.rows[c] and n < f.width[c]:
            high = max(high, f.value[c] * entry(f, HANDLED, c, a, n))
    for _ in range(TOLLS):
        w.toll[0] = (low + high) / 2
        best = _programme(f, g, s, w, c, candidates, count, cap)
        if best > NEVER and w.dial.sum() > f.max_lines[c]:
            low = w.toll[0]
        else:
            high = w.toll[0]
    w.toll[0] = high
    best = _programme(f, g, s, w, c, candidates, count, cap)
    w.toll[0] = 0.0
    return best if w.dial.sum() <= f.max_lines[c] else NEVER


@lean
def _split_worth(f: Fleet, g: DualGuide, s: State, w: Scratch, c: int) -> float:
    worth = 0.0
    for d in range(len(w.dial)):
        if w.dial[d] > 0:
            worth += _cell_worth(f, g, s, c, d, w.agent[d], w.dial[d])
    return worth


@compiled
def _best_surviving(
    f: Fleet, g: DualGuide, s: State, w: Scratch, c: int, candidates: Ints, count: int
) -> float:
    """Best of the splits under several caps per domain, each cut until enough survives."""
    may_be_out = f.min_used[c] == 0 and f.n_low[c].max() == 0
    best = 0.0 if may_be_out else NEVER
    clear_split(w.best_dial, w.best_agent)
    highest, best_share = np.inf, w.cap[c]
    fewest = f.min_agents[c]
    least = entry(f, HANDLED, c, fewest, max(fewest, 1)) if fewest < f.rows[c] else 0.0
    for trial in range(CAPS + 1):
        cap, share = np.inf, 1.0
        if trial > 0:
            share = 1.0 - LOWEST_CAP * draw(s.random) ** 2
            if f.pairs:  # the two that carry most have it together
                share *= 1.0 - LOWEST_CAP * draw(s.random)
            if trial == 1:
                share = w.cap[c] * (1.0 + CAP_STEP * (2.0 * draw(s.random) - 1.0))
            cap = max(highest * share, least)
        if _limited_programme(f, g, s, w, c, candidates, count, cap) <= NEVER:
            continue
        if trial == 0:
            total = 0.0
            for d in range(len(w.dial)):
                if w.dial[d] > 0:
                    total += entry(f, HANDLED, c, w.agent[d], w.dial[d])
            highest = (1.0 - f.survivable[c]) * total
        if not secure_survival(f, c, w.dial, w.agent):
            continue
        worth = _split_worth(f, g, s, w, c)
        if worth > best:
            best = worth
            best_share = share
            copy_split(w.dial, w.agent, w.best_dial, w.best_agent)
    w.cap[c] = best_share
    copy_split(w.best_dial, w.best_agent, w.dial, w.agent)
    return best


@lean
def _holds_own(f: Fleet, c: int, w: Scratch) -> bool:
    """Cut the split until the campaign's limits on calls hold together; whether they do."""
    if not hold_abandonment(f, c, w.dial, w.agent):
        return False
    return f.survivable[c] == 0 or secure_survival(f, c, w.dial, w.agent)


@compiled
def insert(f: Fleet, g: DualGuide, s: State, w: Scratch, c: int, shy: float) -> bool:
    """Put a campaign without lines into the plan; False where it finds no place.

    Dialers of whose carriers or calls per second nothing is left are overlooked with chance
    ``shy``: what the campaign takes there from others is only seen afterwards.
    """
    found = np.empty(len(f.room), np.int64)
    count = _choose_candidates(f, s, c, f.domain_order, shy, found)
    if f.survivable[c] > 0:
        best = _best_surviving(f, g, s, w, c, found, count)
    else:
        best = _limited_programme(f, g, s, w, c, found, count, np.inf)
    if best <= NEVER or (f.frozen[c] and not _holds_own(f, c, w)):
        return False
    for d in range(len(w.dial)):
        if w.dial[d] > 0:
            put(f, s, c, d, w.dial[d], w.agent[d])
    fits = True
    for d in range(len(w.dial)):
        if w.dial[d] > 0:
            fits = fits and shrink(f, g, s, d)
    return fits
