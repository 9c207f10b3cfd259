"""Pauses of a pair alone that are too rare to be seen: its runs are split where agents get scarce.

Ordinary runs tell all else. Split ones are others, so that which of them tell the pauses does not
hang on what these say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from planner.projection.effort import Effort
from planner.projection.figures.exact import PASSAGE_HORIZONS
from planner.projection.figures.intervals import Interval
from planner.projection.figures.settling import settling_calls
from planner.projection.network import always_on, network
from planner.projection.pairs import Limits, Pair
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import Estimate, estimate, expected_outcomes, student_t
from planner.traffic.simulation.interval_ends import (
    MANY_EVENTS,
    Events,
    clusters,
    few_event_factors,
)
from planner.traffic.simulation.network import COLUMNS, Network
from planner.traffic.simulation.rare.splitting import Split, split_runs
from planner.traffic.simulation.simulate import Simulated

#: Calls before those that are split, until a split run is as one long under way, and counted ones.
_BEFORE, _SPREADING, _COUNTED = 5.0, 3.0, 20.0
#: Split runs at first and at most, and the part of the budget that they may take.
FIRST_RUNS, MOST_RUNS, PART = 24, 600, 0.25
#: The same of runs to a first pause.
FIRST_PASSAGES, MOST_PASSAGES = 24, 4000
_Z95 = 1.959964
_ROUNDING = 1e-9

_SHARES = ("all_busy_share", "abandon_rate", "transfer_loss")
#: Figures of pauses, as they are told, and their names and units [of a second] in a simulation.
_OF_PAUSES = {
    **{name: (name, 1.0) for name in (*_SHARES, "mean_pause_seconds")},
    "abandons_per_hour": ("abandoned_per_second", 3600.0),
    "pauses_per_hour": ("pauses_per_second", 3600.0),
}


def can_split(pair: Pair, limits: Limits, effort: Effort) -> bool:
    """Whether the runs of the pair may be split: it shares no limit, and may do as many."""
    asks = pair.campaign.is_live_transfer and pair.campaign.transfer_probability > 0.0
    free = pair.can_run and not any(limits.sharing(pair))
    return asks and free and effort.replications is None


def too_few(found: Simulated, together: Network) -> bool:
    """Whether runs of a pair alone have seen too few pauses to tell what these are like."""
    pauses = found.totals[:, 1:, 0, COLUMNS.index("pauses")].sum()
    again = float(clusters(together).again[0])
    return bool(pauses * (1.0 - again) / (1.0 + again) < MANY_EVENTS)


def rare_pauses(pair: Pair, limits: Limits, call: float, effort: Effort) -> dict[str, Interval]:
    """Figures of pauses in the long run; none where split runs show no pause either.

    Parameters
    ----------
    call : mean seconds of a call with all that follows it
    """
    alone = network([always_on([pair])], limits)
    before = max(_BEFORE, settling_calls(pair))
    edges = np.cumsum([0.0, before, _SPREADING, _COUNTED]) * call
    totals = _split(alone, edges, effort, (FIRST_RUNS, MOST_RUNS), PART * effort.budget.figures)
    found = estimate(expected_outcomes(alone, totals[:, 2:, None, :]))
    row = {}
    for name, (source, unit) in _OF_PAUSES.items():
        figure = found[source]
        if math.isfinite(figure.mean[0]) and figure.mean[0] > 0.0:
            row[name] = _interval(figure, unit, share=name in _SHARES)
    return row


def rare_chances(
    row: Mapping[str, Interval],
    runs: int,
    pair: Pair,
    limits: Limits,
    runs_seconds: float,
    effort: Effort,
) -> dict[str, Interval]:
    """Chances of a first pause within each horizon, of those that too few runs have seen.

    Parameters
    ----------
    row, runs : chances that ordinary runs show, and how many these are
    runs_seconds : how long the pair runs on
    """
    rare = [name for name in PASSAGE_HORIZONS if row[name].value * runs < MANY_EVENTS]
    if not rare or runs_seconds <= 0.0 or not can_split(pair, limits, effort):
        return {}
    ends = {name: min(longest, runs_seconds) for name, longest in PASSAGE_HORIZONS.items()}
    # A pause at the very end of a horizon is one within it.
    edges = np.unique([0.0, *np.nextafter([*ends.values()], np.inf)])
    alone = network([always_on([pair])], limits)
    most = (FIRST_PASSAGES, MOST_PASSAGES)
    totals = _split(alone, edges, effort, most, PART * effort.budget.passages, once=True)
    first = totals[..., COLUMNS.index("pauses")].cumsum(axis=1)
    found = {}
    for name in rare:
        weights = first[:, int(np.searchsorted(edges, ends[name], side="right")) - 1]
        mean, count = float(weights.mean()), len(weights)
        if 0.0 < mean < 0.5:
            half = student_t(count - 1) * float(weights.std(ddof=1)) / math.sqrt(count)
            figure = Estimate(np.array([mean]), np.array([half]))
            found[name] = _interval(figure, 1.0, share=True)
    # Two kinds of runs tell them: none may be likelier than that within a longer time.
    common = min((row[name].value for name in PASSAGE_HORIZONS if name not in rare), default=1.0)
    return found if all(one.value <= common for one in found.values()) else {}


def _split(
    alone: Network,
    edges: Floats,
    effort: Effort,
    runs: tuple[int, int],
    budget: float,
    *,
    once: bool = False,
) -> Floats:
    """Totals of as many runs as the budget allows, [run, bin, column]; the first bin is not split.

    How many there are hangs on what they cost alone, not on what they say.
    """
    first, most = runs

    def made(runs: int, number: int) -> Split:
        split = 0 if once else 1
        return split_runs(
            alone, edges, seed=effort.seed, runs=runs, first=number, first_bin=split, once=once
        )

    found = made(first, 0)
    more = min(int(budget / max(found.events, 1) * first), most) - first
    if more <= 0:
        return found.totals
    rest = made(more, first)
    return np.concatenate([found.totals, rest.totals])


def _interval(figure: Estimate, unit: float, *, share: bool) -> Interval:
    """On the scale of the logarithm, of the odds for a share.

    What varies as much between runs as a count of few events is as uneven as one.
    """
    value, error = figure.mean, figure.half_width / figure.mean
    if share:
        value, error = figure.mean / (1.0 - figure.mean), error / (1.0 - figure.mean)
    counted = np.where(error > 0.0, (_Z95 / np.maximum(error, 1e-9)) ** 2, np.inf)
    low, high = few_event_factors(Events(counted, np.full_like(counted, np.inf)))
    low, high = value * np.minimum(low, np.exp(-error)), value * np.maximum(high, np.exp(error))
    if share:
        low, high = low / (1.0 + low), high / (1.0 + high)
    return Interval(
        float(figure.mean[0]) * unit,
        float(low[0]) * unit * (1.0 - _ROUNDING),
        float(high[0]) * unit * (1.0 + _ROUNDING),
    )
