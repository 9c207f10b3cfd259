"""Transient of a birth-death chain by uniformization, compiled; non-negative terms only.

With Q the generator and a rate R of at least all exit rates, p(t) = sum_n Poisson(n; R*t) p V^n for
the non-negative matrix V = I + Q/R, and the time spent in a state up to t is
(1/R) sum_n P(Poisson(R*t) > n) p V^n. Nothing is subtracted, so nothing cancels.
Source: A. Jensen, Markoff chains as an aid in the study of Markoff processes, 1953.

The march ends early once the distribution of the chain, given that it still runs, equals its
limit to :data:`SETTLED` in every state: from there on the chain decays exponentially.

A chain has states 0..m; births[m] leads out of the chain (0 if nothing does), deaths[0] is 0.
"""

from __future__ import annotations

import numpy as np

from planner.compiling.compiled import compiled, lean
from planner.traffic.arguments import Floats
from planner.traffic.exact.loops import product, scale, total

#: Largest R*t of one step: exp(-512) is far from underflow, and few terms are wasted on the tail.
LONGEST_STEP = 512.0
#: Relative distance, in every state, at which the limit distribution counts as reached.
SETTLED = 1e-11
#: Probabilities below this are as good as 0.
NEGLIGIBLE = 1e-280
#: Newton's method ends with a step of less than this, relatively, or after so many steps.
CLOSE, MOST_NEWTON = 1e-13, 20
#: Values are scaled down past this, long before they overflow.
HUGE = 1e200


@lean
def fastest(births: Floats, deaths: Floats) -> float:
    """Largest of the rates at which states are left."""
    rate = 0.0
    for k in range(births.size):
        rate = max(rate, births[k] + deaths[k])
    return rate


@lean
def number_of_terms(x: float, states: int) -> int:
    """Terms after which the Poisson(x) tail is below 1e-30; enough to cross all states."""
    return int(x + 12.0 * np.sqrt(x)) + 40 + states


@lean
def poisson(x: float, weights: Floats, tails: Floats) -> None:
    """Fill weights[n] = P(Poisson(x) = n) and tails[n] = P(Poisson(x) > n)."""
    weights[0] = np.exp(-x)
    for n in range(1, weights.size):
        weights[n] = weights[n - 1] * x / n
    above = 0.0
    for n in range(weights.size - 1, -1, -1):
        tails[n] = above
        above += weights[n]


@compiled
def limit(births: Floats, deaths: Floats) -> tuple[Floats, float]:
    """Limit of the distribution given that the chain still runs, and its rate of ending.

    The left eigenvector of the generator for the eigenvalue nearest 0, by inverse iteration: the
    cut between k and k + 1 gives x_k = (Y_k + deaths_{k+1} x_{k+1}) / births_k from the top
    down, with Y_k = y_0 + ... + y_k; all terms are positive. The rate is NaN when the iteration
    does not settle (then the chain ends so fast that no limit is needed).
    """
    m = births.size - 1
    x = np.zeros(m + 1)
    if births[m] == 0.0:
        x[0] = 1.0
        for k in range(1, m + 1):
            x[k] = x[k - 1] * births[k - 1] / deaths[k]
            if x[k] > HUGE:
                scale(x[: k + 1], HUGE)
        scale(x, total(x))
        return x, 0.0
    y, below = np.empty(m + 1), np.empty(m + 1)
    for k in range(m + 1):
        y[k] = 1.0 / (m + 1)
    for _ in range(3000):
        below[0] = y[0]
        for k in range(1, m + 1):
            below[k] = below[k - 1] + y[k]
        part = 1.0
        for k in range(m, -1, -1):
            from_above = deaths[k + 1] * x[k + 1] if k < m else 0.0
            x[k] = (below[k] * part + from_above) / births[k]
            if x[k] > HUGE:
                scale(x[k:], HUGE)
                part /= HUGE
        whole = total(x)
        distance = 0.0
        for k in range(m + 1):
            new = x[k] / whole
            if new > NEGLIGIBLE:
                distance = max(distance, abs(new - y[k]) / new)
            y[k] = new
        if distance < 1e-14:
            return y, births[m] * y[m]
    return y, np.nan


@lean
def settled(v: Floats, target: Floats) -> bool:
    """Whether v equals the limit in every state, relatively."""
    for k in range(v.size):  # noqa: SIM110 - of all() over a generator numba makes a list
        if not abs(v[k] - target[k]) <= SETTLED * target[k] + NEGLIGIBLE:
            return False
    return True


@compiled
def step(
    v: Floats, births: Floats, deaths: Floats, rate: float, weights: Floats, last: Floats
) -> Floats:
    """One step: sum_n weights[n] v V^n. Fills last[n] = (v V^n)[m]."""
    m = births.size - 1
    up, down, stay = np.empty(m + 1), np.empty(m + 1), np.empty(m + 1)
    result, now, after = np.zeros(m + 1), np.empty(m + 1), np.empty(m + 1)
    for k in range(m + 1):
        up[k], down[k] = births[k] / rate, deaths[k] / rate
        stay[k] = max(rate - births[k] - deaths[k], 0.0) / rate
        now[k] = v[k]
    for n in range(weights.size):
        last[n] = now[m]
        w = weights[n]
        for k in range(m + 1):
            result[k] += w * now[k]
        after[0] = now[0] * stay[0]
        for k in range(1, m + 1):
            after[k] = now[k] * stay[k] + now[k - 1] * up[k - 1]
        for k in range(m):
            after[k] += now[k + 1] * down[k + 1]
        now, after = after, now
    return result


@compiled
def march(
    births: Floats, deaths: Floats, start: Floats, times: Floats
) -> tuple[Floats, Floats, Floats]:
    """Follow the chain from a distribution through ascending times.

    Returns the probability of state m at each time, the expected seconds spent there until then,
    and the distribution at the last time (its sum is the probability that the chain still runs).
    """
    top, spent = np.zeros(times.size), np.zeros(times.size)
    m = births.size - 1
    rate = fastest(births, deaths)
    target, decay = limit(births, deaths)
    v, alive, now, until_now, done = start.copy(), 1.0, 0.0, 0.0, 0
    while done < times.size and alive > NEGLIGIBLE:
        if not np.isnan(decay) and settled(v, target):
            break
        x = min(LONGEST_STEP, (times[-1] - now) * rate)
        terms = number_of_terms(x, m + 1)
        weights, tails, last = np.empty(terms), np.empty(terms), np.empty(terms)
        poisson(x, weights, tails)
        after = step(v, births, deaths, rate, weights, last)
        in_top = product(tails, last) / rate
        # Sum of all probability, 1 but for rounding, which must not build up over many steps.
        whole = total(after) + births[m] * in_top
        end = now + x / rate if x == LONGEST_STEP else times[-1]
        while done < times.size and times[done] <= end:
            poisson((times[done] - now) * rate, weights, tails)
            top[done] = alive * product(weights, last) / whole
            spent[done] = until_now + alive * product(tails, last) / (rate * whole)
            done += 1
        until_now += alive * in_top / whole
        left = total(after)
        scale(after, left)
        v = after
        alive *= left / whole
        now = end
    for j in range(done, times.size):
        # Settled: exponential decay. Or ended: alive is 0 in effect.
        passed = times[j] - now
        kept = np.exp(-decay * passed) if decay > 0.0 else 1.0
        mean_life = -np.expm1(-decay * passed) / decay if decay > 0.0 else passed
        top[j] = alive * kept * v[m]
        spent[j] = until_now + alive * v[m] * mean_life
        if j == times.size - 1:
            alive *= kept
    return top, spent, v * alive


@compiled
def _when_spent(wanted: float, last: Floats, weights: Floats, tails: Floats) -> float:
    """Least x up to which ``wanted`` is spent in the top state, in a step of at most LONGEST_STEP.

    Newton's method, kept between bounds that are halved where it does not settle. What is spent
    up to x, sum_n P(Poisson(x) > n) last[n], never falls; its derivative is
    sum_n P(Poisson(x) = n) last[n].
    """
    low, high = 0.0, LONGEST_STEP
    x = 0.5 * LONGEST_STEP
    for steps in range(100):
        poisson(x, weights, tails)
        missing, slope = wanted - product(tails, last), product(weights, last)
        if missing > 0.0:
            low = x
        else:
            high = x
        after = x + missing / slope if slope > 0.0 and steps < MOST_NEWTON else low
        if not low < after < high:
            after = 0.5 * (low + high)
        if after in (low, high) or abs(after - x) <= CLOSE * x:
            break
        x = after
    return x


@lean
def mean_life(births: Floats, deaths: Floats) -> float:
    """Mean time until the chain ends, from state 0; infinite where it is past all numbers.

    J. Keilson, Markov Chain Models: Rarity and Exponentiality, 1979, as in ``passage.py``.
    """
    step, whole = 0.0, 0.0
    for k in range(births.size):
        if births[k] <= 0.0:
            return np.inf
        step = (1.0 + deaths[k] * step) / births[k]
        whole += step
    return whole


@compiled
def quantiles(births: Floats, deaths: Floats, start: Floats, levels: Floats) -> Floats:
    """Times at which the chain has ended with the ascending probabilities ``levels`` < 1."""
    found = np.full(levels.size, np.inf)
    m = births.size - 1
    rate = fastest(births, deaths)
    target, decay = limit(births, deaths)
    if not decay > 0.0 and mean_life(births, deaths) > HUGE:
        return found  # in effect never: the limit is past all numbers, and no step comes near
    terms = number_of_terms(LONGEST_STEP, m + 1)
    full, full_tails, last = np.empty(terms), np.empty(terms), np.empty(terms)
    weights, tails = np.empty(terms), np.empty(terms)
    poisson(LONGEST_STEP, full, full_tails)
    v, alive, now, ended, done = start.copy(), 1.0, 0.0, 0.0, 0
    while done < levels.size and alive > NEGLIGIBLE:
        if not np.isnan(decay) and settled(v, target):
            for j in range(done, levels.size):
                if decay > 0.0:
                    part = min((levels[j] - ended) / alive, 1.0)
                    found[j] = now - np.log1p(-part) / decay
            break
        after = step(v, births, deaths, rate, full, last)
        out = births[m] / rate * product(full_tails, last)
        whole = total(after) + out
        while done < levels.size and levels[done] <= ended + alive * out / whole:
            wanted = (levels[done] - ended) / alive * whole / (births[m] / rate)
            found[done] = now + _when_spent(wanted, last, weights, tails) / rate
            done += 1
        left = total(after)
        scale(after, left)
        v = after
        ended += alive * out / whole
        alive *= left / whole
        now += LONGEST_STEP / rate
    return found
