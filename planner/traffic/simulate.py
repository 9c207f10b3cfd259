"""Simulates campaigns on dialers, as often as the figures need to be exact enough."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from planner.traffic.arguments import Floats
from planner.traffic.network import COLUMNS, Network, check

_DIALING = ("running", "all_busy")
#: Figure: what it adds up, over what. Rates are per second of dialing time, pauses included.
_RATIOS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "all_busy_share": (("all_busy",), _DIALING),
    "mean_busy_agent_lines": (("talk_seconds",), _DIALING),
    "transfers_per_second": (("transfers",), _DIALING),
    "abandoned_per_second": (("abandons",), _DIALING),
    "attempts_per_second": (("attempts",), _DIALING),
    "live_answers_per_second": (("live_answers",), _DIALING),
    "pauses_per_second": (("pauses",), _DIALING),
    "mean_pause_seconds": (("all_busy",), ("pauses",)),
    "abandon_rate": (("abandons",), ("live_answers",)),
    "transfer_loss": (("abandons",), ("transfers", "abandons")),
}
_SHARES = ("all_busy_share", "abandon_rate", "transfer_loss")


class Precision(NamedTuple):
    """When the figures are exact enough, and what may be spent on it."""

    relative: float = 0.02  # half width of the 95 % interval over the figure
    share: float = 0.005  # or half width of a share, and of what is one in other units
    fewest: int = 16  # replications
    most: int = 2000  # replications
    events: float = 2e9  # of all replications together


class Estimate(NamedTuple):
    """A figure by pair; NaN where it does not apply (it never dialed, no pause to measure)."""

    mean: Floats
    half_width: Floats  # of the 95 % interval (Student's t over replications)


class Simulated(NamedTuple):
    """Outcome of all replications."""

    totals: Floats  # [replication, bin, pair, column], see COLUMNS
    first_all_busy: Floats  # [replication, pair] seconds from the start, infinite if never
    completed_at: Floats  # [replication, campaign] seconds from the start, infinite if later
    figures: dict[str, Estimate]  # over the judged bins, by name
    met: bool  # whether the wanted precision was reached within the budget
    events: int


def simulate(
    network: Network,
    bin_edges: ArrayLike,
    *,
    seed: int,
    precision: Precision | None = None,
    judged: slice = slice(None),
    threads: int | None = None,
) -> Simulated:
    """Simulate until the 95 % interval of every figure of every pair is narrow enough.

    Parameters
    ----------
    network : what is simulated, from time 0 on
    bin_edges : 0 = first < ... < last, the horizon; totals are kept by bin [s]
    seed : >= 0; the same seed gives the same outcome for any number of threads
    precision : half widths wanted, and the budget
    judged : the bins whose figures count, e.g. without a warm-up
    threads : at most so many replications at a time; all cores by default

    Returns
    -------
    Simulated.

    Raises
    ------
    ValueError
        If the network or the bin edges are out of range.

    Notes
    -----
    Replication r draws from PCG64 seeded by ``SeedSequence(seed, spawn_key=(r,))``. Ratios of
    means are estimated with the variance of the linearised ratio.
    """
    check(network)
    edges = np.asarray(bin_edges, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or edges[0] != 0 or not np.isfinite(edges[-1]):
        raise ValueError("bin_edges must be at least two finite times, the first 0")
    if not np.all(np.diff(edges) > 0):
        raise ValueError("bin_edges must ascend")
    wanted = precision or Precision()
    workers = threads or os.cpu_count() or 1
    runs: list[_Run] = []
    with ThreadPoolExecutor(workers) as pool:
        more = min(wanted.fewest, wanted.most)
        while True:
            numbers = range(len(runs), len(runs) + more)
            runs.extend(pool.map(lambda number: _run(network, edges, seed, number), numbers))
            figures = estimate(np.stack([run.totals for run in runs]), judged)
            needed = _replications_needed(figures, len(runs), wanted)
            met = needed <= len(runs)
            spent = sum(run.events for run in runs)
            affordable = min(wanted.most, int(len(runs) * wanted.events / max(spent, 1)))
            # At most twice as many at a time: the forecast of what is needed is rough.
            more = min(needed, affordable, 2 * len(runs)) - len(runs)
            if met or more <= 0:
                break
    return Simulated(
        totals=np.stack([run.totals for run in runs]),
        first_all_busy=np.stack([run.first_all_busy for run in runs]),
        completed_at=np.stack([run.completed_at for run in runs]),
        figures=figures,
        met=met,
        events=spent,
    )


def estimate(totals: Floats, bins: slice = slice(None)) -> dict[str, Estimate]:
    """Figures by pair over some bins, from totals [replication, bin, pair, column].

    The names are those of :class:`planner.traffic.engset.Stationary`, and
    ``live_answers_per_second``, ``abandon_rate`` (abandoned over live-answered calls) and
    ``transfer_loss`` (abandoned calls over transfer requests).
    """
    over = totals[:, bins].sum(axis=1)

    def total(names: tuple[str, ...]) -> Floats:
        columns: Floats = over[..., [COLUMNS.index(name) for name in names]]
        return np.asarray(columns.sum(axis=-1))

    return {name: ratio(total(top), total(below)) for name, (top, below) in _RATIOS.items()}


def ratio(numerator: Floats, denominator: Floats) -> Estimate:
    """Ratio of means over replications (the first axis) with its 95 % interval.

    The variance is that of the linearised ratio (delta method). The half width is infinite with
    one replication.
    """
    replications = len(numerator)
    below = denominator.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = numerator.mean(axis=0) / below
        residuals = (numerator - mean * denominator) / below
    if replications < 2:
        return Estimate(mean, np.full_like(mean, np.inf))
    deviation = np.sqrt((residuals**2).sum(axis=0) / (replications - 1) / replications)
    return Estimate(mean, student_t(replications - 1) * deviation)


def student_t(degrees: int, level: float = 0.95) -> float:
    """Two-sided quantile of Student's t.

    Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5), right to 0.001 from 8 degrees on.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / degrees**power for power, term in enumerate(terms)))


class _Run(NamedTuple):
    totals: Floats
    first_all_busy: Floats
    completed_at: Floats
    events: int


def _run(network: Network, bin_edges: Floats, seed: int, number: int) -> _Run:
    """Replication ``number``."""
    from planner.traffic.event_kernel import Stretch, run
    from planner.traffic.world import new_world

    horizon = bin_edges[-1]
    edges = np.unique(np.append(bin_edges, network.changes[network.changes < horizon]))
    world = new_world(network)
    totals = np.zeros((bin_edges.size - 1, len(network.campaign), len(COLUMNS)))
    sequence = np.random.SeedSequence(seed, spawn_key=(number,))
    # Copies, as a read-only or strided array would have the kernel compiled once more for it.
    stretch = Stretch(
        np.array(network.agent_lines, np.int64, order="C"),
        np.array(network.window_open, np.int64, order="C"),
        np.array(network.in_service, np.int64, order="C"),
        np.array(network.answer_rate, np.float64, order="C"),
        np.array(network.transfer_rate, np.float64, order="C"),
        np.array(network.talk_seconds, np.float64, order="C"),
    )
    events = run(
        world,
        np.random.Generator(np.random.PCG64(sequence)),
        stretch,
        edges,
        np.searchsorted(network.changes, edges[:-1], side="right") - 1,
        np.searchsorted(bin_edges, edges[:-1], side="right") - 1,
        totals,
    )
    first_busy, completed_at = world.pairs["first_busy"], world.campaigns["completed_at"]
    return _Run(totals, first_busy.copy(), completed_at.copy(), events)


def shortfalls(figures: dict[str, Estimate], wanted: Precision) -> Floats:
    """Half width over wanted half width by pair, at its worst figure; up to 1 is precise enough.

    The wanted half width of a share holds for what is a share in other units as well: abandoned
    calls are a share of transfer requests, pauses times their length a share of time.
    """
    requests = figures["transfers_per_second"].mean + figures["abandoned_per_second"].mean
    with np.errstate(divide="ignore"):
        units = {
            **dict.fromkeys(_SHARES, np.ones_like(requests)),
            "abandoned_per_second": requests,
            "pauses_per_second": 1.0 / figures["mean_pause_seconds"].mean,
            "mean_pause_seconds": 1.0 / figures["pauses_per_second"].mean,
        }
    worst = np.zeros_like(requests)
    for name, (mean, half_width) in figures.items():
        target = np.fmax(wanted.relative * mean, wanted.share * units.get(name, 0.0))
        counts = np.isfinite(mean) & (half_width > 0)
        worst[counts] = np.maximum(worst[counts], half_width[counts] / target[counts])
    return worst


def _replications_needed(figures: dict[str, Estimate], replications: int, wanted: Precision) -> int:
    """Forecast from the half widths, which shrink with the root of the replications."""
    worst = max(1.0, float(shortfalls(figures, wanted).max(initial=0.0)))
    return int(np.ceil(replications * min(worst, 1e3) ** 2))
