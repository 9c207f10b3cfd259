"""Simulates campaigns on dialers, as often as the figures need to be exact enough."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import (
    Estimate,
    Precision,
    balances,
    estimate,
    expected_outcomes,
    shortfalls,
)
from planner.traffic.simulation.interval_ends import Ends, interval_ends
from planner.traffic.simulation.network import COLUMNS, Network, check

#: Replications are added in rounds of so many at least: all cores have work.
FEWEST_MORE = 4
#: Of attempts of several constant lengths, so many of the longest are about as many of each.
SEVERAL_LATTICES = 10


class Simulated(NamedTuple):
    """Outcome of all replications."""

    totals: Floats  # [replication, bin, pair, column], see COLUMNS
    joint: Floats  # [replication, bin, number], of the campaigns one after the other
    first_all_busy: Floats  # [replication, pair] seconds from the start, infinite if never
    completed_at: Floats  # [replication, campaign] seconds from the start, infinite if later
    figures: dict[str, Estimate]  # over the judged bins, by name
    ends: dict[str, Ends]  # of their 95 % intervals
    met: bool  # whether the wanted precision was reached within the budget
    events: int


def simulate(
    network: Network,
    bin_edges: ArrayLike,
    *,
    seed: int,
    precision: Precision | None = None,
    judged: slice = slice(None),
    steady: bool = False,
    calm: Floats | None = None,
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
    steady : the judged bins show a steady state, nothing changes and no list ends: what is known of
        it then narrows the intervals
    calm : launches flow (:mod:`planner.traffic.simulation.flow`), with that share of the lines
        waiting, [stretch, pair]; None: each is simulated
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
    means are estimated with the variance of the linearised ratio, in a steady state with control
    variates (S. S. Lavenberg and P. D. Welch, Management Science 27(3), 1981).
    """
    edges = _checked_edges(network, bin_edges)
    if calm is not None and np.isfinite(network.pass_attempts).any():
        raise ValueError("where launches flow, lists must be the same in each pass")
    if steady and (network.changes.size > 1 or np.isfinite(network.attempts_left).any()):
        raise ValueError("steady must be without changes and with endless dial lists")
    wanted = precision or Precision()
    lattice = _lattice(network) if steady else 0.0
    workers = threads or os.cpu_count() or 1
    runs: list[_Run] = []
    with ThreadPoolExecutor(workers) as pool:
        more = min(wanted.fewest, wanted.most)
        while True:
            numbers = range(len(runs), len(runs) + more)
            shown = [_shifted(edges, lattice, seed, number) for number in numbers]
            runs.extend(
                pool.map(lambda n, ends: _run(network, ends, seed, n, calm), numbers, shown)
            )
            totals = _of_all(runs, "totals")
            if steady:
                totals = expected_outcomes(network, totals)
            known = balances(network, totals, judged) if steady else None
            figures = estimate(totals, judged, known)
            needed = _replications_needed(figures, len(runs), wanted)
            met = needed <= len(runs)
            spent = sum(run.events for run in runs)
            affordable = min(wanted.most, int(len(runs) * wanted.events / max(spent, 1)))
            if met or affordable <= len(runs):
                break
            # A few at least, at most half as many again: the forecast of what is needed is rough.
            most = max(len(runs) // 2, FEWEST_MORE)
            more = min(max(needed - len(runs), FEWEST_MORE), affordable - len(runs), most)
    ends = interval_ends(
        network,
        totals[:, judged].sum(axis=1),
        {name: figure.mean for name, figure in figures.items()},
        {name: figure.half_width for name, figure in figures.items()},
    )
    return Simulated(
        _of_all(runs, "totals"),
        _of_all(runs, "joint"),
        _of_all(runs, "first_all_busy"),
        _of_all(runs, "completed_at"),
        figures,
        ends,
        met,
        spent,
    )


def _checked_edges(network: Network, bin_edges: ArrayLike) -> Floats:
    """The edges of the bins, and the network checked."""
    check(network)
    edges = np.asarray(bin_edges, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or edges[0] != 0 or not np.isfinite(edges[-1]):
        raise ValueError("bin_edges must be at least two finite times, the first 0")
    if not np.all(np.diff(edges) > 0):
        raise ValueError("bin_edges must ascend")
    return edges


def _lattice(network: Network) -> float:
    """In what time all moments of the lattice come by on which constant times happen [s].

    0 where there is none. Attempts of several lengths have about as many of each in more time.
    """
    constant = network.attempt_seconds[(network.attempt_cv == 0) & (network.talk_cv == 0)]
    several = 1 if len(np.unique(constant)) < 2 else SEVERAL_LATTICES
    return several * float(constant.max(initial=0.0))


def _shifted(edges: Floats, most: float, seed: int, number: int) -> Floats:
    """The edges of a replication: all but the first later, by up to ``most`` seconds.

    Edges that lie on a lattice of moments would have one too many or too few in every run.
    """
    if most == 0:
        return edges
    # A stream of its own: what happens in a run does not hang on when it is looked at.
    sequence = np.random.SeedSequence(seed, spawn_key=(number, 1))
    later = np.random.default_rng(sequence).uniform(0.0, most)
    return np.append(edges[:1], edges[1:] + later)


class _Run(NamedTuple):
    totals: Floats
    joint: Floats
    first_all_busy: Floats
    completed_at: Floats
    events: int


def _of_all(runs: Sequence[_Run], name: str) -> Floats:
    """What all replications have of a kind ``[replication, ...]``."""
    return np.stack([getattr(run, name) for run in runs])


def _run(network: Network, bin_edges: Floats, seed: int, number: int, calm: Floats | None) -> _Run:
    """Replication ``number``."""
    from planner.traffic.simulation.run_state import stretches

    horizon = bin_edges[-1]
    edges = np.unique(np.append(bin_edges, network.changes[network.changes < horizon]))
    sequence = np.random.SeedSequence(seed, spawn_key=(number,))
    rng = np.random.Generator(np.random.PCG64(sequence))
    changes = np.searchsorted(network.changes, edges[:-1], side="right") - 1
    bins = np.searchsorted(bin_edges, edges[:-1], side="right") - 1
    totals = np.zeros((bin_edges.size - 1, len(network.campaign), len(COLUMNS)))
    if calm is None:
        from planner.traffic.simulation import event_kernel
        from planner.traffic.simulation.run_state import new_state

        state = new_state(network)
        joint = np.zeros((bin_edges.size - 1, state.joint.size))
        stretch = stretches(network)
        events = event_kernel.run(state, rng, stretch, edges, changes, bins, totals, joint)
    else:
        from planner.traffic.simulation.flow import fluid_kernel
        from planner.traffic.simulation.flow.fluid import fluid_state

        state = fluid_state(network)
        joint = np.zeros((bin_edges.size - 1, state.joint.size))
        stretch, waits = stretches(network), np.array(calm, np.float64, order="C")
        events = fluid_kernel.run(state, rng, stretch, waits, edges, changes, bins, totals, joint)
    first_busy, completed_at = state.pairs["first_busy"], state.campaigns["completed_at"]
    return _Run(totals, joint, first_busy.copy(), completed_at.copy(), events)


def _replications_needed(figures: dict[str, Estimate], replications: int, wanted: Precision) -> int:
    """Forecast from the half widths, which shrink with the root of the replications."""
    worst = max(1.0, float(shortfalls(figures, wanted).max(initial=0.0)))
    return int(np.ceil(replications * min(worst, 1e3) ** 2))
