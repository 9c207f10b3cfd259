"""First passage to all agent lines busy with wrap-up or pacing, by the chain of all under way.

A state is how many callers talk, how many agents wrap up and how many attempts are in progress.
With V = I + Q/R (uniformization, as in :mod:`planner.traffic.exact.uniformization`) and s_n the
chance that the chain still runs after n steps of V, it still runs at t with the chance
sum_n Poisson(n; R*t) s_n, and on average sum_n s_n / R seconds: one sequence of numbers tells all
times. Once s_n falls by the same factor at each step, the rest of it is a geometric series.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled
from planner.traffic.arguments import Floats
from planner.traffic.exact.passage_in_spans import SpanPassage
from planner.traffic.simulation.single_pair import SharedLimitEffect, SinglePair

Integers = NDArray[np.int64]
#: States and steps times transitions that are worth it; a simulation is quicker beyond.
MOST_STATES, MOST_WORK = 6000, 2e8
#: Relative change of the part by which s_n falls from which on it is constant.
SETTLED = 1e-11
#: A chance below this is none; quantiles are right to this part of them.
GONE, CLOSE = 1e-250, 1e-10
#: Steps come a little faster than the fastest state is left, so that the chain never alternates.
FASTER = 1.01
#: Standard deviations of a Poisson variable beyond which its weights are nothing.
_FAR = 12.0


class Chain(NamedTuple):
    """Transitions as lists: from, to (-1: all agent lines are busy), and their rates."""

    states: int
    begin: int  # the place of the state at the start
    source: Integers
    target: Integers
    requests: Floats  # rate of those that are as many fewer as limits hold back
    unasked: Floats  # rate of attempts that end: those that do not ask, where it matters
    others: Floats


def call_chain(pair: SinglePair) -> Chain | None:
    """The chain of exponential times; None where it has too many states."""
    begin = (pair.busy, 0, most_attempts(pair, pair.busy, 0))
    places, todo = {begin: 0}, [begin]
    rows: list[tuple[int, int, float, float, float]] = []
    while todo:
        state = todo.pop()
        for after, request, unasked, other in _transitions(pair, *state):
            target = -1
            if after is not None:
                if after not in places:
                    places[after] = len(places)
                    todo.append(after)
                target = places[after]
            rows.append((places[state], target, request, unasked, other))
        if len(places) > MOST_STATES:
            return None
    table = np.array(rows, dtype=np.float64).T
    source, target = (column.astype(np.int64) for column in table[:2])
    return Chain(len(places), 0, source, target, *(column.copy() for column in table[2:]))


def most_attempts(pair: SinglePair, talking: int, wrapping: int) -> int:
    """Attempts in progress up to which idle lines launch."""
    free = pair.agent_lines - talking - wrapping
    lines = pair.dial_lines - talking
    return lines if math.isinf(pair.pacing) else min(lines, math.ceil(pair.pacing * free))


_State = tuple[int, int, int]


def _transitions(
    pair: SinglePair, talking: int, wrapping: int, attempts: int
) -> list[tuple[_State | None, float, float, float]]:
    """Where a state leads, with the rates of requests, of unasked ends and of all else."""

    def state(talks: int, wraps: int, tries: int) -> _State:
        return talks, wraps, max(tries, most_attempts(pair, talks, wraps))

    found: list[tuple[_State | None, float, float, float]] = []
    rate = attempts / pair.attempt_seconds
    if attempts > 0:
        full = talking + wrapping + 1 == pair.agent_lines
        after = None if full else state(talking + 1, wrapping, attempts - 1)
        found.append((after, rate, 0.0, 0.0))
        if attempts > most_attempts(pair, talking, wrapping):
            found.append(((talking, wrapping, attempts - 1), 0.0, rate, 0.0))
    if talking > 0:
        wraps = wrapping + (1 if pair.wrap_up_seconds > 0.0 else 0)
        after = state(talking - 1, wraps, attempts)
        found.append((after, 0.0, 0.0, talking / pair.talk_seconds))
    if wrapping > 0:
        after = state(talking, wrapping - 1, attempts)
        found.append((after, 0.0, 0.0, wrapping / pair.wrap_up_seconds))
    return found


def passage_of_chain(
    chain: Chain,
    transfer_probability: float,
    effect: SharedLimitEffect,
    levels: Sequence[float],
    times: Sequence[float],
) -> SpanPassage | None:
    """First passage of a chain that limits hold back span by span; None where it takes too long.

    Parameters
    ----------
    transfer_probability : chance that an attempt asks for an agent, above 0
    effect : spans, and the share of the requests kept in each
    levels, times : of the quantiles and of the probabilities [s]
    """
    state = np.zeros(chain.states)
    state[chain.begin] = 1.0
    wanted, chances = np.array(times, dtype=np.float64), np.ones(len(times))
    found, mean = np.full(len(levels), np.inf), 0.0
    work = int(MOST_WORK / len(chain.source))
    ends = np.append(effect.starts[1:], np.inf).tolist()
    for start, end, part in zip(effect.starts.tolist(), ends, effect.kept.tolist(), strict=True):
        ask = transfer_probability * part
        rates = chain.requests * ask + chain.unasked * (1.0 - ask) + chain.others
        leaving = np.bincount(chain.source, rates, chain.states)
        rate, span = FASTER * float(leaving.max()), end - start
        first, weights = poisson(rate * span) if math.isfinite(span) else (0, np.zeros(0))
        steps = first + len(weights) - 1 if math.isfinite(span) else work
        if steps > work:
            return None
        moves = chain.source, chain.target, rates / rate, 1.0 - leaving / rate
        state, alive, hazard = march(*moves, state, steps, first, weights)
        if math.isinf(span) and len(alive) > steps:
            return None
        falls = Survival(rate, alive, hazard)
        here = (wanted >= start) & (wanted < end)
        chances[here] = [1.0 - falls.at(time - start) for time in wanted[here].tolist()]
        for place, level in enumerate(levels):
            if math.isinf(found[place]) and falls.at(span) <= 1.0 - level:
                found[place] = start + falls.quantile(1.0 - level, span)
        mean += falls.mean(span)
    return SpanPassage(mean, found, chances)


def poisson(mean: float) -> tuple[int, Floats]:
    """Weights of all numbers that are at all likely, and the first of them."""
    if mean <= 0.0:
        return 0, np.ones(1)
    first = max(int(mean - _FAR * math.sqrt(mean)) - 40, 0)
    n = np.arange(first + 1, int(mean + _FAR * math.sqrt(mean)) + 41)
    logs = np.concatenate([[0.0], np.log(mean / n).cumsum()])
    weights = np.exp(logs - logs.max())
    return first, weights / weights.sum()


@compiled
def march(
    source: Integers,
    target: Integers,
    moves: Floats,
    stays: Floats,
    begin: Floats,
    steps: int,
    first: int,
    weights: Floats,
) -> tuple[Floats, Floats, float]:
    """The state by the weights of its steps, the chance that it still runs by step, and the hazard.

    Without weights it ends once that chance falls by a constant part at each step, the hazard.
    """
    state, mean = begin.copy(), np.zeros_like(begin)
    alive = np.empty(min(steps, 1000) + 1)
    hazard, before, steady = 0.0, 0.0, 0
    for n in range(steps + 1):
        if n == alive.size:
            longer = np.empty(min(2 * n, steps + 1))
            longer[:n] = alive
            alive = longer
        alive[n] = state.sum()
        if n >= first and weights.size > 0:
            mean += weights[n - first] * state
        following, ended = stays * state, 0.0
        for edge in range(source.size):
            moved = moves[edge] * state[source[edge]]
            if target[edge] >= 0:
                following[target[edge]] += moved
            else:
                ended += moved
        hazard = ended / alive[n] if alive[n] > 0.0 else 1.0
        steady = steady + 1 if abs(hazard - before) <= SETTLED * hazard else 0
        before = hazard
        if weights.size == 0 and (steady > state.size or alive[n] < GONE):
            return mean, alive[: n + 1], hazard
        state = following
    return mean, alive, hazard


class Survival:
    """Chance that a chain still runs, by seconds from the start of a span."""

    def __init__(self, rate: float, alive: Floats, hazard: float) -> None:
        self.rate, self.alive, self.hazard = rate, alive, hazard

    def at(self, seconds: float) -> float:
        """The chance after so many seconds."""
        if math.isinf(seconds):
            return 0.0
        mean, last = self.rate * seconds, len(self.alive) - 1
        fall = math.log1p(-min(self.hazard, 1.0 - 1e-16))
        if mean - _FAR * math.sqrt(mean) - 40.0 > last:
            # sum_n Poisson(n; x) (1 - h)^(n - last) over all n.
            return float(self.alive[-1]) * math.exp(-last * fall - mean * self.hazard)
        first, weights = poisson(mean)
        steps = np.arange(first, first + len(weights))
        chances = self.alive[np.minimum(steps, last)]
        if steps[-1] > last:
            chances = chances * np.exp(np.maximum(steps - last, 0) * fall)
        return min(max(float(weights @ chances), 0.0), 1.0)

    def mean(self, span: float) -> float:
        """Seconds that it runs within the span."""
        if math.isinf(span):
            return float(self.alive[:-1].sum() + self.alive[-1] / self.hazard) / self.rate
        # Spans before the last are short against all that happens.
        nodes, weights = np.polynomial.legendre.leggauss(16)
        chances = np.array([self.at(span / 2 * (x + 1.0)) for x in nodes.tolist()])
        return float(span / 2 * (weights @ chances))

    def quantile(self, left: float, span: float) -> float:
        """When the chance has fallen to ``left``, by halving."""
        low, high = 0.0, span
        if math.isinf(high):
            high = 1.0 / self.rate
            while self.at(high) > left:
                low, high = high, 2.0 * high
        while high - low > CLOSE * high:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.at(middle) > left else (low, middle)
        return high
