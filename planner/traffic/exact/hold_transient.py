"""Transient with held callers by uniformization, compiled; non-negative terms only.

The chain is that of :mod:`planner.traffic.exact.hold_kernel`, looked at jump by jump as in
:mod:`planner.traffic.exact.uniformization`. All pauses are alike and independent, so one pause,
followed once, tells of all: how likely it goes on after j jumps, and how likely it ends at the
j-th. The probability of a pause after n jumps is then a sum over the jumps at which pauses began,
and the many states of (attempts in progress, held callers) need not be marched at every jump. Old
pauses have few attempts in progress left: from the age at which their states are cheaper to march
than the sums are, they are marched.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.compiling.compiled import compiled, lean
from planner.traffic.arguments import Floats
from planner.traffic.exact.loops import longer, mass, multiply, multiply_all, scale, total
from planner.traffic.exact.uniformization import fastest

#: Total probability out of place at which the limit distribution counts as reached.
SETTLED = 1e-12
#: Rows and columns of states with less than this are left out: over 1e9 of them 1e-16 in all.
NEGLIGIBLE = 1e-25
#: A pause that goes on with less than this probability is taken to end at the next jump.
OVER = 1e-18
#: Marching one state takes as long as so many terms of a sum.
STATE_COST = 8
#: So many jumps between looks at the limit, and corrections of rounding.
BLOCK = 512


class Chain(NamedTuple):
    """The rates of the chain [1/s], and how many states it has.

    ``births`` and ``deaths`` belong to 0..A-1 busy agent lines. A pause begins with ``spare``
    attempts in progress; an attempt ends at rate ``nu``, with probability ``q`` at an agent. An
    agent line is freed at ``free_rate``; a held caller gives up at ``theta``. ``most`` is the
    largest number of held callers that is told apart.
    """

    births: Floats
    deaths: Floats
    spare: int
    most: int
    q: float
    nu: float
    free_rate: float
    theta: float


@lean
def jump(paused: Floats, ended: Floats, gone: Floats, q: float, low: int, top: int) -> float:
    """One jump of pauses, in place, in the rows ``low``..``top`` of attempts in progress.

    ``ended`` and ``gone`` are jump probabilities by attempts in progress and by held callers
    (gone[0]: the pause ends). Returns the probability that a pause ended. What leaves row ``low``
    downwards is lost unless ``low`` is 0.
    """
    held = paused.shape[1] - 1
    back = 0.0
    for i in range(low, top + 1):
        back += paused[i, 0] * gone[0]
        came = 0.0
        for h in range(held + 1):
            new = paused[i, h] * (1.0 - ended[i] - gone[h])
            if h < held:
                new += paused[i, h + 1] * gone[h + 1]
            if i < top:
                ending = paused[i + 1, h] * ended[i + 1]
                new += came + ending * (1.0 - q)
                came = ending * q
                if h == held:
                    new += came
            paused[i, h] = new
    return back


@lean
def add_pauses(old: Floats, more: Floats, share: float) -> None:
    """Add a share of further pauses to the ``old`` ones, row by row."""
    for i in range(more.shape[0]):
        for h in range(more.shape[1]):
            old[i, h] += share * more[i, h]


@compiled
def follow_pause(
    attempts: int, held: int, most: int, ended: Floats, gone: Floats, q: float, jumps: int
) -> tuple[Floats, Floats, Floats]:
    """Follow one pause while that is worth more than marching its states, ``jumps`` at most.

    ``most`` is the largest number of held callers that is told apart. Returns the probability that
    the pause goes on after j = 0.. jumps, that it ends at the j-th, and the states of what goes on
    at the end, with the rows that matter.
    """
    paused = np.zeros((attempts + 1, most + 1))
    paused[attempts, held] = 1.0
    low, top, ends = attempts, attempts, 0.0
    room = 1024
    on, over = np.zeros(room), np.zeros(room)
    j, width = 0, held + 1
    on[0] = 1.0
    while j < jumps and on[j] > OVER and (top + 1) * (most + 1) * STATE_COST > 2 * j:
        if low > 0 and mass(paused, low, low + 1, 0, width) > NEGLIGIBLE:
            low -= 1
        if width <= most and mass(paused, low, top + 1, width - 1, width) > NEGLIGIBLE:
            width += 1
        ends = jump(paused[:, :width], ended, gone, q, low, top)
        while top > low and mass(paused, top, top + 1, 0, width) < NEGLIGIBLE:
            for h in range(width):
                paused[top, h] = 0.0
            top -= 1
        j += 1
        if j == room:
            room *= 2
            on, over = longer(on, room), longer(over, room)
        on[j], over[j] = mass(paused, low, top + 1, 0, width), ends
    rest = paused[: top + 1].copy()
    if on[j] <= OVER:
        rest = np.zeros((1, most + 1))
    return on[: j + 1].copy(), over[: j + 1].copy(), rest


@lean
def sums(began: Floats, on: Floats, over: Floats) -> tuple[float, float]:
    """Products of ``began`` with two arrays, in four parts that a processor adds side by side."""
    a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = 0.0
    whole = began.size - began.size % 4
    for m in range(0, whole, 4):
        a0 += began[m] * on[m]
        a1 += began[m + 1] * on[m + 1]
        a2 += began[m + 2] * on[m + 2]
        a3 += began[m + 3] * on[m + 3]
        b0 += began[m] * over[m]
        b1 += began[m + 1] * over[m + 1]
        b2 += began[m + 2] * over[m + 2]
        b3 += began[m + 3] * over[m + 3]
    for m in range(whole, began.size):
        a0 += began[m] * on[m]
        b0 += began[m] * over[m]
    return a0 + a1 + a2 + a3, b0 + b1 + b2 + b3


@compiled
def expected_jumps(start: Floats, ended: Floats, gone: Floats, q: float) -> Floats:
    """Expected jumps in each state [i, h] from the distribution ``start`` on."""
    attempts, held = start.shape[0] - 1, start.shape[1] - 1
    inflow, spent = start.copy(), np.zeros_like(start)
    for i in range(attempts, -1, -1):
        for h in range(held, -1, -1):
            here = inflow[i, h] / (ended[i] + gone[h])
            spent[i, h] = here
            if h > 0:
                inflow[i, h - 1] += here * gone[h]
            if i > 0:
                inflow[i - 1, min(h + 1, held)] += here * ended[i] * q
                inflow[i - 1, h] += here * ended[i] * (1.0 - q)
    return spent


@compiled
def poisson_window(x: float, states: int) -> tuple[int, Floats, Floats]:
    """First n, P(Poisson(x) = n) and P(Poisson(x) > n) from it on, but for tails below 1e-30.

    Enough terms to cross all states. From the most likely n outwards, scaled to a sum of 1: no
    logarithm of a large factorial takes away digits.
    """
    spread = 12.0 * np.sqrt(x) + 40.0
    first, last = int(max(x - spread, 0.0)), int(x + spread) + states
    weights, tails = np.empty(last - first + 1), np.empty(last - first + 1)
    middle = min(int(x), last) - first
    weights[middle] = 1.0
    for n in range(middle + 1, weights.size):
        weights[n] = weights[n - 1] * x / (first + n)
    for n in range(middle - 1, -1, -1):
        weights[n] = weights[n + 1] * (first + n + 1) / x
    # Smallest first.
    whole = weights[: middle + 1].sum() + weights[middle + 1 :][::-1].sum()
    above = 0.0
    for n in range(weights.size - 1, -1, -1):
        weights[n] /= whole
        tails[n] = above
        above += weights[n]
    return first, weights, tails


@compiled
def limit(
    births: Floats, deaths: Floats, young: Floats, old: Floats, entry: float
) -> tuple[Floats, float, Floats]:
    """Limit of the busy agent lines while dialing, of a pause, and of the old pauses by state.

    ``young`` and ``old`` are the jumps that one pause spends in its youth by age, and old by state;
    ``entry`` is the jump probability from the last free agent line into a pause.
    """
    A = births.size
    dialing = np.ones(A)
    for k in range(1, A):
        dialing[k] = dialing[k - 1] * births[k - 1] / deaths[k]
        if dialing[k] > 1e200:
            scale(dialing[: k + 1], 1e200)
    began = dialing[A - 1] * entry
    pause = began * (young.sum() + old.sum())
    whole = dialing.sum() + pause
    return dialing / whole, pause / whole, old * (began / whole)


@lean
def jump_dialing(dialing: Floats, up: Floats, down: Floats, back: float) -> None:
    """One jump of the busy agent lines while dialing, in place; ``back`` comes from pauses."""
    below = 0.0
    for k in range(dialing.size):
        mass = dialing[k]
        from_above = dialing[k + 1] * down[k + 1] if k + 1 < dialing.size else back
        dialing[k] = mass * (1.0 - up[k] - down[k]) + below + from_above
        below = mass * up[k]


@compiled
def read_off(
    x: float, states: int, paused: Floats, spent: Floats, known: int, settled: float
) -> tuple[float, float]:
    """Probability of a pause after Poisson(x) jumps, and the expected jumps in pauses until then.

    ``paused`` and its sums ``spent`` are given for jumps 0..``known``, later ones show ``settled``.
    P(Poisson > m) adds up to x over all m.
    """
    first, weights, tails = poisson_window(x, states)
    chance, jumps, beyond = 0.0, 0.0, x
    if first > 0:
        whole = min(first - 1, known)
        jumps = spent[whole]
        beyond -= whole + 1.0
    for m in range(min(weights.size, max(known + 1 - first, 0))):
        chance += weights[m] * paused[first + m]
        jumps += tails[m] * paused[first + m]
        beyond -= tails[m]
    if first + weights.size > known + 1:
        chance += settled * weights[max(known + 1 - first, 0) :].sum()
        jumps += settled * max(beyond, 0.0)
    return chance, jumps


@lean
def first_pause(
    n: int, share: float, under_way: tuple[Floats, Floats, Floats], old: Floats
) -> tuple[float, float]:
    """The pause under way at the start: that it goes on after n jumps, that it ends at the next.

    When it is old it is added to the ``old`` pauses.
    """
    on, over, rest = under_way
    last = on.size - 1
    if share == 0.0 or n > last:
        return 0.0, 0.0
    if n < last:
        return share * on[n], share * over[n + 1]
    add_pauses(old, rest, share)
    return 0.0, 0.0


@lean
def add(began: Floats, here: int, young: int, share: float) -> int:
    """Add pauses that begin; returns where the next will be. Those of the last jumps are kept."""
    if here == began.size:
        for m in range(young):
            began[m] = began[here - young + m]
        here = young
    began[here] = share
    return here + 1


@lean
def distance(
    dialing: Floats, paused: float, old: Floats, limits: tuple[Floats, float, Floats]
) -> float:
    """Probability that is not where it is in the limit."""
    of_dialing, of_old = 0.0, 0.0
    for k in range(dialing.size):
        of_dialing += abs(dialing[k] - limits[0][k])
    for i in range(old.shape[0]):
        for h in range(old.shape[1]):
            of_old += abs(old[i, h] - limits[2][i, h])
    return of_dialing + of_old + abs(paused - limits[1])


@compiled
def jump_chances(chain: Chain) -> tuple[float, Floats, Floats, Floats, Floats]:
    """Jumps a second; chances of a jump up and down by busy agent lines.

    And in a pause those of an attempt's end by attempts in progress, and of one held caller less
    by held callers.
    """
    ended, gone = np.empty(chain.spare + 1), np.empty(chain.most + 1)
    for i in range(ended.size):
        ended[i] = i * chain.nu
    for h in range(gone.size):
        gone[h] = h * chain.theta + chain.free_rate
    rate = max(fastest(chain.births, chain.deaths), ended[-1] + gone[-1])
    up, down = chain.births.copy(), chain.deaths.copy()
    for rates in (up, down, ended, gone):
        scale(rates, rate)
    return rate, up, down, ended, gone


@compiled
def read_all(
    times: Floats, rate: float, states: int, paused: Floats, settled: float
) -> tuple[Floats, Floats]:
    """Probability of a pause at each time, and the expected seconds paused until then."""
    chance, seconds, spent = np.empty(times.size), np.empty(times.size), paused.cumsum()
    for j in range(times.size):
        x = times[j] * rate
        chance[j], jumped = read_off(x, states, paused, spent, paused.size - 1, settled)
        seconds[j] = jumped / rate
    return chance, seconds


@compiled
def march(
    chain: Chain, start: Floats, attempts: int, held: int, times: Floats
) -> tuple[Floats, Floats, Floats]:
    """Follow the chain through ascending times.

    ``start`` is the distribution of the busy agent lines 0..A-1; what it lacks to 1 is in a pause
    with ``attempts`` and ``held``. Returns the probability of a pause at each time, the expected
    seconds paused until then, and the distribution of the busy agent lines, 0..A, at the last time.
    """
    A, dialing, q, most = start.size, start.copy(), chain.q, chain.most
    rate, up, down, ended, gone = jump_chances(chain)
    first, weights, _ = poisson_window(times[-1] * rate, A)
    jumps = first + weights.size
    on, over, rest = follow_pause(chain.spare, 0, most, ended, gone, q, jumps)
    share = 1.0 - total(start)
    under_way = on, over, rest
    if share > 0.0:
        under_way = follow_pause(attempts, held, most, ended, gone, q, jumps)
    young = on.size - 1  # pauses of this age are old
    old = np.zeros((max(rest.shape[0], under_way[2].shape[0]), most + 1))
    add_pauses(old, rest, 1.0)
    old_jumps = expected_jumps(old, ended, gone, q)
    multiply_all(old, 0.0)
    limits = limit(chain.births, chain.deaths, on[:young], old_jumps, up[A - 1])
    on_reversed, over_reversed = on[:young][::-1].copy(), over[1:][::-1].copy()
    # Pauses that began at the last jumps, the newest before ``here``.
    began, here, paused = np.zeros(2 * young + 8 * BLOCK), young, np.zeros(8 * BLOCK)
    last_dialing, weight_left = np.zeros(A), 1.0
    calm, n = 0, 0
    while True:
        now, back = sums(began[here - young : here], on_reversed, over_reversed)
        first_now, first_back = first_pause(n, share, under_way, old)
        now += first_now + mass(old, 0, old.shape[0], 0, old.shape[1])
        if n == paused.size:
            paused = longer(paused, 2 * n)
        paused[n] = now
        if n >= first:
            for k in range(A):
                last_dialing[k] += weights[n - first] * dialing[k]
            weight_left -= weights[n - first]
        if n + 1 == jumps:
            break
        if n % BLOCK == 0:
            calm = calm + 1 if distance(dialing, now, old, limits) < SETTLED else 0
            if calm * BLOCK > young + 2 * BLOCK and n >= under_way[0].size:
                break
            # All probability is 1 but for rounding, which must not build up.
            whole = 1.0 / (total(dialing) + now)
            multiply(dialing, whole)
            multiply(began, whole)
            multiply_all(old, whole)
            back *= whole
        back += first_back + jump(old, ended, gone, q, 0, old.shape[0] - 1)
        add_pauses(old, rest, began[here - young])
        here = add(began, here, young, dialing[A - 1] * up[A - 1])
        jump_dialing(dialing, up, down, back)
        n += 1
    chance, seconds = read_all(times, rate, A, paused[: n + 1], limits[1])
    if n + 1 < jumps:
        last_dialing += max(weight_left, 0.0) * limits[0]
    return chance, seconds, np.append(last_dialing, chance[-1])
