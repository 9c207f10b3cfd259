"""Simulates one campaign on one dialer whose pauses are rare, by splitting its runs.

A variant of RESTART (M. and J. Villen-Altamirano, LNCS 5233, 2011): copies are made not where a run
enters a tier by chance, but of all attempts that might bring it there, so that they do not all
begin in the same few states.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from planner.traffic.arguments import Floats
from planner.traffic.simulation.network import COLUMNS, Network
from planner.traffic.simulation.rare.splitting_kernel import Branches, Tiers

#: Events of the copies of one tier, and of all tiers, over those of the run that they are made of.
COPY_WORK, ALL_COPY_WORK = 0.25, 3.0
#: Remembering a run and going on with it takes as long as so many events.
_COPY_EVENTS = 4.0
#: A tier begins where at least so many times as many copies as chance brings are worth it.
_WORTH = 1.5
#: Copies of one attempt at most, and how much rarer than its run the rarest copy may be.
_MOST_COPIES, _RAREST = 16.0, 1e15


class Split(NamedTuple):
    """Outcome of runs that were split."""

    totals: Floats  # [run, bin, column], see COLUMNS; on average those of ordinary runs
    events: int


def tiers(network: Network) -> Tiers:
    """Where to split the runs of a single pair, by the chain of its mean values.

    Any tiers give right figures; these make the copies of each as many as are worth their time.
    """
    N, A = int(network.dial_lines[0]), int(network.agent_lines[0, 0])
    tau, talk = float(network.attempt_seconds[0]), float(network.talk_seconds[0, 0])
    taken = talk + float(network.wrap_up_seconds[0])
    q = float(network.answer_rate[0, 0] * network.transfer_rate[0, 0])
    busy = np.arange(A)
    attempts = np.minimum(N - busy * talk / taken, np.ceil(network.pacing[0] * (A - busy)))
    births = attempts / tau * q
    deaths = np.arange(1, A + 1) / taken
    weights = np.concatenate([[0.0], np.cumsum(np.log(births) - np.log(deaths))])
    chances = np.exp(weights - weights.max())
    chances /= chances.sum()
    rates = chances[:-1] * births  # of rising from so many busy lines
    least = int(np.argmax(rates))
    cost = (attempts[np.minimum(busy + 1, A - 1)] / tau) / deaths + _COPY_EVENTS
    wanted = min(COPY_WORK, ALL_COPY_WORK / (A - least)) * (N / tau) / cost
    of_busy, times = np.zeros(A + 1, np.int64), 1.0
    copies: list[float] = []
    factors: list[float] = []
    for k in range(A):
        of_busy[k] = len(copies)
        more = min(wanted[k] / max(rates[k], 1e-300), _RAREST) / times
        number = min(q * float(more), _MOST_COPIES)
        if k >= least and number / q >= _WORTH:
            copies.append(number)
            factors.append(q / number)
            times *= number / q
    of_busy[A] = len(copies)
    return Tiers(of_busy, np.array([*copies, 0.0]), np.array([*factors, 1.0]))


def split_runs(
    network: Network,
    bin_edges: ArrayLike,
    *,
    seed: int,
    runs: int,
    first: int = 0,
    first_bin: int = 0,
    once: bool = False,
    threads: int | None = None,
) -> Split:
    """Simulate a single pair without limits, so many runs, each with all its copies.

    Parameters
    ----------
    network : of one pair that nothing holds back, with an endless list, that nothing changes
    bin_edges : 0 = first < ... < last; totals are kept by bin [s]
    seed : >= 0; the same one gives the same outcome for any number of threads
    runs, first : how many, and the number of the first
    first_bin : until then nothing is split
    once : each run ends with its first pause: pauses are then first ones
    threads : at most so many runs at a time; all cores by default

    Returns
    -------
    Split.
    """
    edges, where = np.asarray(bin_edges, dtype=np.float64), tiers(network)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        made = list(
            pool.map(
                lambda number: _run(network, edges, where, seed, number, first_bin, once),
                range(first, first + runs),
            )
        )
    return Split(np.stack([totals for totals, _ in made]), sum(events for _, events in made))


def _run(
    network: Network,
    edges: Floats,
    where: Tiers,
    seed: int,
    number: int,
    first_bin: int,
    once: bool,
) -> tuple[Floats, int]:
    """Run ``number``: its totals [bin, column] and events."""
    from planner.traffic.simulation.rare import splitting_kernel
    from planner.traffic.simulation.run_state import CAMPAIGN, GROUP, PAIR, new_state

    state = new_state(network)
    pair, campaign = state.pairs[0], state.campaigns[0]
    pair["agent_lines"], pair["window_open"] = network.agent_lines[0, 0], 1
    campaign["answer_rate"] = network.answer_rate[0, 0]
    campaign["request_rate"] = network.answer_rate[0, 0] * network.transfer_rate[0, 0]
    depth, lines = int(where.of_busy[-1]) + 1, int(network.dial_lines[0])
    branches = Branches(
        np.zeros(depth, PAIR),
        np.zeros(depth, CAMPAIGN),
        np.zeros(depth, GROUP),
        np.zeros((depth, lines)),
        np.zeros((depth, lines)),
        np.zeros((depth, splitting_kernel.NUMBERS)),
    )
    sequence = np.random.SeedSequence(seed, spawn_key=(number,))
    rng = np.random.Generator(np.random.PCG64(sequence))
    totals = np.zeros((edges.size - 1, len(COLUMNS)))
    events = splitting_kernel.run(state, rng, where, branches, edges, first_bin, once, totals)
    return totals, events
