"""What shared limits hold back of each pair until all its agent lines are busy, from joint runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from planner.projection.effort import Effort
from planner.projection.figures.flowing import flowing
from planner.projection.network import always_on, network
from planner.projection.pairs import Limits, Pair
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.network import COLUMNS
from planner.traffic.simulation.simulate import simulate
from planner.traffic.simulation.single_pair import SharedLimitEffect

#: Joint runs are split into so many batches, whose spread tells the error of all that follows.
BATCHES = 16
RUNS_PER_BATCH = 2
#: Spans of a joint run: while all lines are launched at first, and afterwards [s].
STARTS = np.array([0.0, 5.0, 10.0, 20.0, 40.0, 80.0])
STEP_SECONDS, END_SECONDS = 60.0, 1800.0
#: Where a larger part of the attempts is missing, what is missing at a moment matters more than
#: the average: pairs are then simulated together.
MOST_MISSING = 0.1


class Joint(NamedTuple):
    """What joint runs showed."""

    effects: list[list[SharedLimitEffect]]  # by pair and batch
    missing: Floats  # share of the attempts in progress, by pair, once the first are launched
    events: int


def unlimited(pairs: Sequence[Pair]) -> Joint:
    """Nothing is held back."""
    nothing = SharedLimitEffect(np.zeros(1), np.ones(1), 0.0, 0.0)
    return Joint([[nothing] * BATCHES for _ in pairs], np.zeros(len(pairs)), 0)


def measure(pairs: Sequence[Pair], limits: Limits, effort: Effort) -> Joint:
    """Simulate pairs together from the state of now and look at the lines that wait."""
    shares, events = _in_progress(pairs, limits, effort)
    found = [
        [_effect(pair, shares[batch, :, place]) for batch in range(BATCHES)]
        for place, pair in enumerate(pairs)
    ]
    return Joint(found, 1.0 - shares[:, -1].mean(axis=0), events)


def _in_progress(pairs: Sequence[Pair], limits: Limits, effort: Effort) -> tuple[Floats, int]:
    """Share of the attempts that would be in progress without limits, [batch, span, pair].

    Of a pair only steps before its agent lines are all busy for the first time count.
    """
    edges = np.append(STARTS, np.arange(STARTS[-1] + STEP_SECONDS, END_SECONDS, STEP_SECONDS))
    runs = BATCHES * RUNS_PER_BATCH
    together = network([always_on(pairs)], limits)
    found = simulate(
        together,
        edges,
        seed=effort.seed,
        precision=Precision(fewest=runs, most=runs),
        calm=flowing(together, effort),
    )
    counts = found.first_all_busy[:, None, :] >= edges[1:, None]

    def seconds(name: str) -> Floats:
        return _by_batch(np.where(counts, found.totals[..., COLUMNS.index(name)], 0.0))

    attempts, waiting = seconds("attempt_seconds"), seconds("waiting_seconds")
    known = attempts + waiting > 0
    return np.where(known, attempts / np.where(known, attempts + waiting, 1.0), 1.0), found.events


def _by_batch(seconds: Floats) -> Floats:
    """Sums of [run, step, pair] over the runs of a batch and the steps of a span."""
    spans = np.add.reduceat(seconds, np.arange(len(STARTS)), axis=1)
    return np.asarray(spans.reshape(BATCHES, RUNS_PER_BATCH, *spans.shape[1:]).sum(axis=1))


def _effect(pair: Pair, shares: Floats) -> SharedLimitEffect:
    if pair.campaign.attempt_cv == 1.0:
        return SharedLimitEffect(STARTS, shares, 0.0, 0.0)
    # A line waits a while after each attempt; at first all lines wait, the last one the longest.
    last = min(max(float(shares[-1]), 1e-3), 1.0)
    lost = float(np.diff(STARTS) @ np.maximum(last - shares[:-1], 0.0))
    return SharedLimitEffect(
        np.zeros(1), np.ones(1), 2.0 * lost, pair.campaign.attempt_seconds * (1.0 / last - 1.0)
    )
