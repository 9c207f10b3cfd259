"""Simulated figures of campaigns on dialers that hold each other back, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.projection.effort import Effort
from planner.projection.figures import exact
from planner.projection.figures.intervals import Interval, interval
from planner.projection.figures.passages import passages
from planner.projection.network import always_on, network
from planner.projection.pairs import Limits, Pair
from planner.traffic.simulation.estimates import Estimate, Precision, shortfalls
from planner.traffic.simulation.simulate import simulate

#: Of a run the first so many mean calls are not counted: they forget the state at the start. What
#: is counted is shorter where the budget would not allow the fewest replications.
WARM_UP_CALLS = 10.0
FEWEST_CALLS, MOST_CALLS = 20.0, 60.0
#: Replications at first: with fewer, what is known of a steady state tells less. Where they hold
#: so many attempts that they take a second, fewer, whose intervals hold as well.
FEWEST_RUNS, FEWEST_LONG_RUNS, MANY_ATTEMPTS = 24, 9, 5e6
#: Attempts of the fewest and shortest runs that would take more than some half a minute.
MOST_ATTEMPTS = 1.2e8

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


class Simulated(NamedTuple):
    """Figures of one pair, and what is less precise than wanted."""

    figures: dict[str, Interval]
    figures_met: bool
    passages_met: bool


def figures(
    pairs: Sequence[Pair], limits: Limits, effort: Effort, runs: Sequence[float | None]
) -> list[Simulated]:
    """Long-run figures and first passages of pairs in use that run together, in their order.

    Parameters
    ----------
    pairs : all that hold each other back
    runs : how long each of them runs on, as in :func:`passages`
    """
    rows, met = _long_run(pairs, limits, effort)
    found = passages(pairs, limits, effort, runs)
    return [
        Simulated(row | passage, enough, passage_enough)
        for row, enough, (passage, passage_enough) in zip(rows, met, found, strict=True)
    ]


def _long_run(
    pairs: Sequence[Pair], limits: Limits, effort: Effort
) -> tuple[list[dict[str, Interval]], list[bool]]:
    """Figures while all pairs run, from endless lists, and whether they are precise enough."""
    call = max(exact.call_seconds(pair) for pair in pairs)
    attempts = call * sum(p.item.dial_lines / p.campaign.attempt_seconds for p in pairs)
    shortest = attempts * (WARM_UP_CALLS + FEWEST_CALLS)
    runs = max(min(int(MANY_ATTEMPTS / shortest), FEWEST_RUNS), FEWEST_LONG_RUNS)
    precision = Precision(events=effort.budget.figures, fewest=runs)
    if effort.replications is not None:
        precision = Precision(fewest=effort.replications, most=effort.replications)
    if precision.fewest * shortest > MOST_ATTEMPTS:
        raise InputError([_too_long(pairs, call)])
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


def _too_long(pairs: Sequence[Pair], call: float) -> Fault:
    """The campaign whose calls last so long that the others' attempts meanwhile are too many."""
    slow = max(pairs, key=exact.call_seconds).campaign
    times = ("attempt_seconds", "talk_seconds", "wrap_up_seconds")
    column = max(times, key=lambda name: float(getattr(slow, name) or 0.0))
    wanted = (
        f"less: its calls last {call:,.0f} s on average, so that a simulation of some of them "
        "holds too many attempts"
    )
    value = f"{getattr(slow, column):g}"
    return Fault(f"campaigns, {slow.campaign_id}", None, column, value, wanted)


def _row(found: dict[str, Estimate], place: int, pair: Pair) -> dict[str, Interval]:
    """Figures of one pair; only those that apply."""

    def of(name: str, unit: float) -> Interval:
        mean, half_width = found[name].mean[place] * unit, found[name].half_width[place] * unit
        high = mean + half_width
        if name in _SHARES:
            high = min(high, 1.0)
        return interval(float(mean), float(max(mean - half_width, 0.0)), float(high))

    row = {name: of(source, SECONDS_PER_HOUR) for name, source in _PER_HOUR.items()}
    row |= {name: of(name, 1.0) for name in _AS_THEY_ARE}
    if pair.campaign.is_live_transfer:
        row["agent_occupancy"] = of("mean_busy_agent_lines", 1.0 / pair.agent_lines)
    else:
        row = {name: row[name] for name in _WITHOUT_AGENTS}
    return {name: value for name, value in row.items() if math.isfinite(value.value)}
