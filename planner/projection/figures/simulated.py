"""Simulated figures of campaigns on dialers that hold each other back, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from planner.contracts.faults import Fault, InputError
from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.projection.effort import Effort
from planner.projection.figures import exact
from planner.projection.figures.flowing import flowing, fluid_part, waiting_shares, with_flow_error
from planner.projection.figures.intervals import Interval, interval
from planner.projection.figures.measured_waits import long_run_waits
from planner.projection.figures.passages import passages
from planner.projection.figures.rare import can_split, rare_pauses, too_few
from planner.projection.figures.settling import (
    USUAL_CALLS,
    mean_of_runs,
    never_settles,
    settling_calls,
)
from planner.projection.network import always_on, network
from planner.projection.pairs import Limits, Pair
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import Precision, run_figures, shortfalls
from planner.traffic.simulation.flow.fluid import turns_matter
from planner.traffic.simulation.network import JOINT_COLUMNS
from planner.traffic.simulation.simulate import Simulated as Found
from planner.traffic.simulation.simulate import simulate

#: Of a run the first so many mean calls are not counted: they forget the state at the start. What
#: is counted is shorter where the budget would not allow the fewest replications.
WARM_UP_CALLS = 10.0
FEWEST_CALLS, MOST_CALLS = 20.0, 60.0
#: Replications at first: with fewer, what is known of a steady state tells less. Where they hold
#: so many attempts that they take a second, fewer, whose intervals hold as well.
FEWEST_RUNS, FEWEST_LONG_RUNS, MANY_ATTEMPTS = 24, 9, 5e6
#: Where runs are short, as many at first as a part of the budget allows, up to so many: who looks
#: again and again whether few runs agree well enough stops where they do so by chance.
FIRST_PART, MOST_FIRST_RUNS = 0.1, 200
#: Attempts of the fewest runs that would take more than some half a minute, so that these are
#: shorter, and more than some minutes.
TOO_MANY_ATTEMPTS, MOST_ATTEMPTS = 1.2e8, 1e9

_PER_HOUR = {
    "transfers_per_hour": "transfers_per_second",
    "abandons_per_hour": "abandoned_per_second",
    "attempts_per_hour": "attempts_per_second",
    "live_answers_per_hour": "live_answers_per_second",
    "pauses_per_hour": "pauses_per_second",
}
_AS_THEY_ARE = ("all_busy_share", "abandon_rate", "transfer_loss", "mean_pause_seconds")
#: Relative error of sums over long runs.
_ROUNDING = 1e-9
_SHARES = ("all_busy_share", "agent_occupancy", "abandon_rate", "transfer_loss")
#: Runs of a pair that never settles, at most.
MOST_ALIKE_RUNS = 4000
_WITHOUT_AGENTS = ("attempts_per_hour", "live_answers_per_hour")


class Paused(NamedTuple):
    """How many dialers of a campaign are paused at once, of those that were simulated together."""

    dialers: frozenset[str]
    parts: Floats  # [run, number paused], shares of the time counted


class Simulated(NamedTuple):
    """Figures of one pair, and what is less precise than wanted."""

    figures: dict[str, Interval]
    figures_met: bool
    passages_met: bool
    paused: Paused  # of all pairs of its campaign among those that ran together


def figures(
    pairs: Sequence[Pair], limits: Limits, effort: Effort, runs: Sequence[float | None]
) -> list[Simulated]:
    """Long-run figures and first passages of pairs in use that run together, in their order.

    Parameters
    ----------
    pairs : all that hold each other back
    runs : how long each of them runs on, as in :func:`passages`
    """
    rows, met, paused = _long_run(pairs, limits, effort)
    found = passages(pairs, limits, effort, runs)
    return [
        Simulated(row | passage, enough, passage_enough, paused[pair.campaign.campaign_id])
        for pair, row, enough, (passage, passage_enough) in zip(
            pairs, rows, met, found, strict=True
        )
    ]


_Made = tuple[list[dict[str, Interval]], list[bool], dict[str, Paused]]


def _long_run(pairs: Sequence[Pair], limits: Limits, effort: Effort) -> _Made:
    """Figures while all pairs run, from endless lists, and whether they are precise enough.

    With them, by campaign, how many of its dialers are paused at once.
    """
    if any(never_settles(pair) for pair in pairs):
        return _over_hours(pairs, limits, effort)
    call = max(exact.call_seconds(pair) for pair in pairs)
    together = network([always_on(pairs)], limits)
    calm = flowing(together, effort)
    if calm is not None and attempts_per_second(pairs, flows=True) == 0:
        calm = None  # nothing is left that takes time call by call: broadcasts alone
    measured = None
    if calm is not None and turns_matter(together):
        by_call = attempts_per_second(pairs, flows=False)
        measured = long_run_waits(together, call, by_call, effort)
        calm = calm if measured is None else measured.calm
    attempts = call * attempts_per_second(pairs, flows=calm is not None)
    length = _length(attempts, max(settling_calls(pair) for pair in pairs), effort)
    if length.precision.fewest * attempts * (length.warm_up + length.counted) > MOST_ATTEMPTS:
        raise InputError([_too_long(pairs, call)])
    found = simulate(
        together,
        [0.0, length.warm_up * call, (length.warm_up + length.counted) * call],
        seed=effort.part(1.0, 0).seed,
        precision=length.precision,
        judged=slice(1, None),
        steady=True,
        calm=calm,
    )
    rows = [_row(found, place, pair) for place, pair in enumerate(pairs)]
    if can_split(pairs[0], limits, effort) and too_few(found, together):
        rows[0] |= rare_pauses(pairs[0], limits, call, effort.part(1.0, 4))
    if calm is not None:
        waits = waiting_shares(found.totals[:, 1])
        chance = np.zeros(len(pairs)) if measured is None else measured.half_width
        rows = [
            with_flow_error(
                row,
                float(waits[place]),
                limits.left_out(pair),
                measured=float(chance[place]),
                broadcast=not pair.campaign.is_live_transfer,
            )
            for place, (row, pair) in enumerate(zip(rows, pairs, strict=True))
        ]
    met = (shortfalls(found.figures, length.precision) <= 1.0).tolist()
    return rows, met, _paused(pairs, found.joint[:, 1])


class _Length(NamedTuple):
    """How long runs are, in calls, and how many there are."""

    warm_up: float
    counted: float
    precision: Precision


def _length(attempts: float, settling: float, effort: Effort) -> _Length:
    """Length of the runs, by the attempts in a call and the calls until the start is forgotten."""
    shortest = attempts * (WARM_UP_CALLS + FEWEST_CALLS)
    runs = max(min(int(MANY_ATTEMPTS / shortest), FEWEST_RUNS), FEWEST_LONG_RUNS)
    longest = attempts * (WARM_UP_CALLS + MOST_CALLS)
    runs = max(runs, min(int(FIRST_PART * effort.budget.figures / longest), MOST_FIRST_RUNS))
    precision = Precision(events=effort.budget.figures, fewest=runs)
    if effort.replications is not None:
        precision = Precision(fewest=effort.replications, most=effort.replications)
    warm_up = max(WARM_UP_CALLS, settling)
    if precision.fewest * shortest > TOO_MANY_ATTEMPTS:
        # Thousands of lines: each call time has hundreds of talks to average over.
        return _Length(max(settling, USUAL_CALLS), USUAL_CALLS, precision)
    affordable = effort.budget.figures / (precision.fewest * attempts) - warm_up
    return _Length(warm_up, min(max(affordable, FEWEST_CALLS), MOST_CALLS), precision)


def attempts_per_second(pairs: Sequence[Pair], *, flows: bool) -> float:
    """Attempts of all lines; where launches flow as many as take the same time call by call."""
    return sum(
        pair.item.dial_lines
        / pair.campaign.attempt_seconds
        * (fluid_part(pair.campaign) if flows else 1.0)
        for pair in pairs
    )


def _paused(pairs: Sequence[Pair], joint: Floats) -> dict[str, Paused]:
    """By campaign, from the joint totals [run, number] of the time counted."""
    found: dict[str, Paused] = {}
    first = 0
    for name in dict.fromkeys(pair.campaign.campaign_id for pair in pairs):
        dialers = [pair.dialer.dialer_id for pair in pairs if pair.campaign.campaign_id == name]
        counts = joint[:, first + len(JOINT_COLUMNS) :][:, : len(dialers) + 1]
        found[name] = Paused(frozenset(dialers), counts / joint[:, first, None])
        first += len(JOINT_COLUMNS) + len(dialers) + 1
    return found


def _over_hours(pairs: Sequence[Pair], limits: Limits, effort: Effort) -> _Made:
    """Figures over the calls that are simulated, of pairs that never settle.

    All runs that the budget allows: they hardly differ, and the few that do are what is uncertain.
    """
    call = max(exact.call_seconds(pair) for pair in pairs)
    edges = [0.0, WARM_UP_CALLS * call, (WARM_UP_CALLS + MOST_CALLS) * call]
    attempts = sum(p.item.dial_lines / p.campaign.attempt_seconds for p in pairs) * edges[-1]
    affordable = int(min(effort.budget.figures / attempts, MOST_ALIKE_RUNS))
    runs = effort.replications or max(affordable, FEWEST_LONG_RUNS)
    if runs * attempts > MOST_ATTEMPTS:
        raise InputError([_too_long(pairs, call)])
    found = simulate(
        network([always_on(pairs)], limits),
        edges,
        seed=effort.part(1.0, 0).seed,
        precision=Precision(fewest=runs, most=runs),
        judged=slice(1, None),
    )
    rows = [_row(found, place, pair) for place, pair in enumerate(pairs)]
    for place, pair in enumerate(pairs):
        by_run = run_figures(found.totals[:, 1, place])
        for name, (unit, source) in _sources(pair).items():
            if name in rows[place] and runs > 1 and np.isfinite(by_run[source]).all():
                # A run may differ by an attempt more.
                part = pair.campaign.attempt_seconds / (edges[-1] - edges[1])
                value, low, high = mean_of_runs(
                    by_run[source] * unit, rows[place][name].value * part
                )
                most = 1.0 if name in _SHARES else math.inf
                rows[place][name] = Interval(value, max(low, 0.0), min(high, most))
    return rows, [True] * len(pairs), _paused(pairs, found.joint[:, 1])


def _sources(pair: Pair) -> dict[str, tuple[float, str]]:
    """Unit and source of each figure."""
    found = {name: (SECONDS_PER_HOUR, source) for name, source in _PER_HOUR.items()}
    found |= {name: (1.0, name) for name in _AS_THEY_ARE}
    agents = max(pair.agent_lines, 1)
    return found | {"agent_occupancy": (1.0 / agents, "mean_busy_agent_lines")}


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


def _row(found: Found, place: int, pair: Pair) -> dict[str, Interval]:
    """Figures of one pair; only those that apply."""

    def of(name: str, unit: float) -> Interval:
        low, high = (float(end[place]) * unit for end in found.ends[name])
        if name in (*_SHARES, "mean_busy_agent_lines"):
            high = min(high, 1.0 / (1.0 + _ROUNDING))
        value = float(found.figures[name].mean[place]) * unit
        # What runs hardly differ in is known to rounding, no better.
        return interval(value, low * (1.0 - _ROUNDING), high * (1.0 + _ROUNDING))

    row = {name: of(source, SECONDS_PER_HOUR) for name, source in _PER_HOUR.items()}
    row |= {name: of(name, 1.0) for name in _AS_THEY_ARE}
    if pair.campaign.is_live_transfer:
        row["agent_occupancy"] = of("mean_busy_agent_lines", 1.0 / pair.agent_lines)
    else:
        row = {name: row[name] for name in _WITHOUT_AGENTS}
    return {name: value for name, value in row.items() if math.isfinite(value.value)}
