"""Simulated figures of campaigns on dialers that hold each other back, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from planner.projection import exact
from planner.projection.effort import Effort
from planner.projection.exact import PASSAGE_HORIZONS, PASSAGE_QUANTILES
from planner.projection.pairs import Limits, Pair
from planner.projection.worlds import always_on, network
from planner.throughput import SECONDS_PER_HOUR
from planner.traffic.arguments import Floats
from planner.traffic.estimates import Estimate, Precision, shortfalls, student_t
from planner.traffic.simulate import simulate

#: Of a run the first so many mean calls are not counted: they forget the state at the start. What
#: is counted is shorter where the budget would not allow the fewest replications.
WARM_UP_CALLS = 10.0
FEWEST_CALLS, MOST_CALLS = 20.0, 100.0
#: Runs from the state of now until all agent lines are busy: at first, and how long [s].
FIRST_PASSAGES, PASSAGE_SECONDS = 64, 3600.0
MOST_PASSAGES = 20_000
#: Starting a run takes as long as simulating about so many events.
RUN_EVENTS = 4000.0
_Z95 = 1.959964

_PER_HOUR = {
    "transfers_per_hour": "transfers_per_second",
    "abandons_per_hour": "abandoned_per_second",
    "attempts_per_hour": "attempts_per_second",
    "live_answers_per_hour": "live_answers_per_second",
    "pauses_per_hour": "pauses_per_second",
}
_AS_THEY_ARE = ("all_busy_share", "abandon_rate", "transfer_loss", "mean_pause_seconds")
_SHARES = ("all_busy_share", "agent_occupancy", "abandon_rate", "transfer_loss")
_WITHOUT_AGENTS = ("attempts_per_hour", "live_answers_per_hour")


class Interval(NamedTuple):
    """A figure and the ends of its 95 % interval; an end is None where it is not known."""

    value: float
    low: float | None
    high: float | None


class Simulated(NamedTuple):
    """Figures of one pair, and what is less precise than wanted."""

    figures: dict[str, Interval]
    figures_met: bool
    passages_met: bool


def figures(pairs: Sequence[Pair], limits: Limits, effort: Effort) -> list[Simulated]:
    """Long-run figures and first passages of pairs in use that run together, in their order.

    Parameters
    ----------
    pairs : all that hold each other back
    """
    rows, met = _long_run(pairs, limits, effort)
    passages = _passages(pairs, limits, effort)
    return [
        Simulated(row | passage, enough, passage_enough)
        for row, enough, (passage, passage_enough) in zip(rows, met, passages, strict=True)
    ]


def _long_run(
    pairs: Sequence[Pair], limits: Limits, effort: Effort
) -> tuple[list[dict[str, Interval]], list[bool]]:
    """Figures while all pairs run, from endless lists, and whether they are precise enough."""
    call = max(exact.call_seconds(pair) for pair in pairs)
    precision = Precision(events=effort.budget.figures)
    if effort.replications is not None:
        precision = Precision(fewest=effort.replications, most=effort.replications)
    attempts = call * sum(p.item.dial_lines / p.campaign.attempt_seconds for p in pairs)
    affordable = effort.budget.figures / (precision.fewest * attempts) - WARM_UP_CALLS
    counted = min(max(affordable, FEWEST_CALLS), MOST_CALLS)
    found = simulate(
        network([always_on(pairs)], limits),
        [0.0, WARM_UP_CALLS * call, (WARM_UP_CALLS + counted) * call],
        seed=effort.part(1.0, 0).seed,
        precision=precision,
        judged=slice(1, None),
        steady=True,
    )
    rows = [_row(found.figures, place, pair) for place, pair in enumerate(pairs)]
    return rows, (shortfalls(found.figures, precision) <= 1.0).tolist()


def _row(found: dict[str, Estimate], place: int, pair: Pair) -> dict[str, Interval]:
    """Figures of one pair; only those that apply."""

    def interval(name: str, unit: float) -> Interval:
        mean, half_width = found[name].mean[place] * unit, found[name].half_width[place] * unit
        high = mean + half_width
        if name in _SHARES:
            high = min(high, 1.0)
        return _interval(float(mean), float(max(mean - half_width, 0.0)), float(high))

    row = {name: interval(source, SECONDS_PER_HOUR) for name, source in _PER_HOUR.items()}
    row |= {name: interval(name, 1.0) for name in _AS_THEY_ARE}
    if pair.campaign.is_live_transfer:
        row["agent_occupancy"] = interval("mean_busy_agent_lines", 1.0 / pair.agent_lines)
    else:
        row = {name: row[name] for name in _WITHOUT_AGENTS}
    return {name: value for name, value in row.items() if math.isfinite(value.value)}


def _interval(value: float, low: float, high: float) -> Interval:
    """Without ends where one replication tells nothing of its error."""
    if math.isfinite(low) and math.isfinite(high):
        return Interval(value, low, high)
    return Interval(value, None, None)


def _passages(
    pairs: Sequence[Pair], limits: Limits, effort: Effort
) -> list[tuple[dict[str, Interval], bool]]:
    """First passages from the state of now, and whether they are precise enough."""
    live = [place for place, pair in enumerate(pairs) if pair.campaign.is_live_transfer]
    if not live:
        return [({}, True)] * len(pairs)
    world = network([always_on(pairs)], limits)
    batches: list[Floats] = []
    spent, more = 0.0, effort.replications or FIRST_PASSAGES
    while True:
        batch = simulate(
            world,
            [0.0, PASSAGE_SECONDS],
            seed=effort.part(1.0, 1 + len(batches)).seed,
            precision=Precision(fewest=more, most=more),
        )
        batches.append(batch.first_all_busy)
        spent += batch.events + RUN_EVENTS * more
        seconds = np.concatenate(batches)
        rows = {place: _passage_row(np.sort(seconds[:, place])) for place in live}
        worst = max(_passage_shortfall(row) for row in rows.values())
        needed = len(seconds) * min(worst, 100.0) ** 2
        affordable = len(seconds) * effort.budget.passages / max(spent, 1.0)
        more = int(min(needed, affordable, MOST_PASSAGES, 3 * len(seconds))) - len(seconds)
        if effort.replications or worst <= 1.0 or more <= 0:
            break
    return [
        (rows[place], _passage_shortfall(rows[place]) <= 1.0) if place in rows else ({}, True)
        for place in range(len(pairs))
    ]


def _passage_row(seconds: Floats) -> dict[str, Interval]:
    """Mean, quantiles and probabilities from sorted times, infinite where beyond the runs.

    The mean is known only where all runs reached it, a quantile where enough of them did.
    """
    runs = len(seconds)
    row: dict[str, Interval] = {}
    if np.isfinite(seconds[-1]):
        mean, error = float(seconds.mean()), math.inf
        if runs > 1:
            error = student_t(runs - 1) * float(seconds.std(ddof=1)) / math.sqrt(runs)
        row["seconds_to_all_busy_mean"] = _interval(mean, max(mean - error, 0.0), mean + error)
    for name, level in PASSAGE_QUANTILES.items():
        value = float(seconds[min(math.ceil(level * runs), runs) - 1])
        if math.isfinite(value):
            # Ranks between which the quantile lies: a normal approximation of the binomial.
            spread = _Z95 * math.sqrt(runs * level * (1 - level))
            low = seconds[max(math.floor(level * runs - spread), 1) - 1]
            rank = math.ceil(level * runs + spread) + 1
            high = float(seconds[rank - 1]) if rank <= runs else math.inf
            row[name] = _interval(value, float(low), high)
    for name, horizon in PASSAGE_HORIZONS.items():
        row[name] = _share_interval(int(np.searchsorted(seconds, horizon, side="right")), runs)
    return row


def _share_interval(hits: int, runs: int) -> Interval:
    """A share with its score interval (E. B. Wilson, JASA 22, 1927)."""
    share, z2 = hits / runs, _Z95**2
    centre = (share + z2 / (2 * runs)) / (1 + z2 / runs)
    width = _Z95 * math.sqrt(share * (1 - share) / runs + z2 / (4 * runs**2)) / (1 + z2 / runs)
    return Interval(share, max(centre - width, 0.0), min(centre + width, 1.0))


def _passage_shortfall(row: dict[str, Interval]) -> float:
    """Half width over wanted half width, at the worst figure."""
    wanted, worst = Precision(), 0.0
    for name, (value, low, high) in row.items():
        if low is None or high is None:
            return math.inf
        target = wanted.relative * value
        if name in PASSAGE_HORIZONS:
            target = max(target, wanted.share)
        worst = max(worst, (high - low) / 2 / target if high > low else 0.0)
    return worst
