"""Figures of simulated replications with their intervals."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from planner.traffic.arguments import Floats
from planner.traffic.simulation.network import COLUMNS, Network

_DIALING = ("running", "all_busy")
#: Figure: what it adds up, over what. Rates are per second of dialing time, pauses included.
_RATIOS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "all_busy_share": (("all_busy",), _DIALING),
    "mean_busy_agent_lines": (("talk_seconds", "wrap_up_seconds"), _DIALING),
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
_OF_PAUSES = (
    *_SHARES,
    "abandoned_per_second",
    "pauses_per_second",
    "mean_pause_seconds",
)
#: Pauses, or transfers, of a replication from which what is known of them narrows the intervals.
MANY = 10.0

#: Replications from which what is known of a steady state is worth its degrees of freedom.
_FIT_FROM = 12


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


def expected_outcomes(network: Network, totals: Floats) -> Floats:
    """Totals of a steady state with the mean outcomes of attempts where nothing hangs on them.

    Whether an attempt is answered, and in a pause whether it asks for an agent, is independent of
    all else; who asks in vain and is not held leaves a line as idle as who does not answer. So
    answers are the answer rate times the attempts, and abandoned calls, where callers are not
    held, the chance of a request times the attempts that ended in a pause: the same on average,
    with less chance in it (D. Blackwell, Annals of Mathematical Statistics 18, 1947).
    """
    c = network.campaign
    answers, requests = network.answer_rate[0, c], network.transfer_rate[0, c]
    found = totals.copy()
    place = {name: number for number, name in enumerate(COLUMNS)}
    found[..., place["live_answers"]] = answers * totals[..., place["attempts"]]
    dropped = network.uses_agents[c] & (network.patience_seconds[c] == 0)
    late = answers * requests * totals[..., place["late_attempts"]]
    for name in ("abandons", "late_requests"):
        found[..., place[name]] = np.where(dropped, late, totals[..., place[name]])
    return found


def balances(network: Network, totals: Floats, bins: slice) -> Floats:
    """What is zero on average in a steady state, [replication, pair, balance].

    Transfer requests less those that the attempts should bring, the same while no agent is free,
    talk less that of the transfers: each by Little's law or as a count of independent outcomes.
    And, where they are memoryless and nobody is held, pauses less the rate at which talks or
    wrap-ups end them over the time in a pause. The last two are left out where pauses are few, and
    all where transfers are: a fit to two runs with a pause among many without tells nothing, and of
    runs without a request the first is the number of attempts itself.
    """
    over = totals[:, bins].sum(axis=1)
    count = {name: over[..., COLUMNS.index(name)] for name in COLUMNS}
    c = network.campaign
    answers, requests = network.answer_rate[0, c], network.transfer_rate[0, c]
    often = many(over, "pauses")
    agents = network.uses_agents[c] * many(over, "transfers")
    lost = count["transfers"] + count["abandons"] - answers * requests * count["attempts"]
    late = count["late_requests"] - answers * requests * count["late_attempts"]
    talked = count["talk_seconds"] - network.talk_seconds[0, c] * count["transfers"]
    wrap_up = network.wrap_up_seconds[c]
    wrapping = network.agent_lines[0] * count["all_busy"] - count["late_talk_seconds"]
    ends = np.where(
        wrap_up > 0,
        wrapping / np.where(wrap_up > 0, wrap_up, 1.0),
        count["late_talk_seconds"] / network.talk_seconds[0, c],
    )
    # A pause with wrap-ups ends with one, else with a talk.
    memoryless = (network.talk_cv[c] == 1) | (wrap_up > 0)
    ended = (memoryless & (network.patience_seconds[c] == 0)) * (count["pauses"] - ends)
    known = [agents * lost, agents * talked, agents * often * late, agents * often * ended]
    return np.stack(known, axis=-1)


def many(over: Floats, column: str) -> Floats:
    """Whether a fit may use what a column counts: 1 or 0 by pair, of [run, pair, column]."""
    mean = over[..., COLUMNS.index(column)].mean(axis=0)
    return np.asarray(mean >= MANY, dtype=np.float64)


def estimate(
    totals: Floats, bins: slice = slice(None), known: Floats | None = None
) -> dict[str, Estimate]:
    """Figures by pair over some bins, from totals [replication, bin, pair, column].

    The names are those of :class:`planner.traffic.exact.engset.Stationary`, and
    ``live_answers_per_second``, ``abandon_rate`` (abandoned over live-answered calls) and
    ``transfer_loss`` (abandoned calls over transfer requests). ``known`` are figures that are zero
    on average, [replication, pair, figure]: they tell how far chance moved a replication. What
    rests on few pauses is the plain average.
    """
    over = totals[:, bins].sum(axis=1)
    plain = Fit.of(None, over[..., 0])
    fit = Fit.of(known, over[..., 0]) if known is not None and len(over) >= _FIT_FROM else plain
    often = many(over, "pauses") > 0

    def total(names: tuple[str, ...]) -> Floats:
        columns: Floats = over[..., [COLUMNS.index(name) for name in names]]
        return np.asarray(columns.sum(axis=-1))

    figures = {}
    for name, (top, below) in _RATIOS.items():
        found = fit.ratio(total(top), total(below))
        if name in _OF_PAUSES and fit is not plain:
            rare = plain.ratio(total(top), total(below))
            found = Estimate(*(np.where(often, a, b) for a, b in zip(found, rare, strict=True)))
        figures[name] = found
    return figures


def run_figures(totals: Floats) -> dict[str, Floats]:
    """Each figure of every replication, from the totals of one pair [replication, column]."""
    found = {}
    for name, (top, below) in _RATIOS.items():
        above, under = (
            totals[:, [COLUMNS.index(column) for column in names]].sum(axis=1)
            for names in (top, below)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            found[name] = above / under
    return found


class Fit(NamedTuple):
    """Regression of totals on what is known to be zero on average (control variates).

    Its constant estimates the mean of a total. Without anything known it is the plain average.
    """

    basis: Floats  # [pair, replication, term], the first term constant
    inverse: Floats  # [pair, term, replication]
    degrees: Floats  # of freedom left, by pair

    @classmethod
    def of(cls, known: Floats | None, like: Floats) -> Fit:
        """The fit to ``known`` [replication, pair, figure]; shape of ``like`` without it."""
        terms = [np.ones(like.shape[::-1])]
        if known is not None:
            scale = np.sqrt((known**2).mean(axis=0))
            scaled = known / np.where(scale > 0, scale, 1.0)
            terms += list(np.moveaxis(scaled, -1, 0).swapaxes(1, 2))
        basis = np.stack(terms, axis=-1)
        degrees = basis.shape[1] - np.linalg.matrix_rank(basis).astype(np.float64)
        return cls(basis, np.asarray(np.linalg.pinv(basis), dtype=np.float64), degrees)

    def mean(self, total: Floats) -> Floats:
        """Mean by pair of a total [replication, pair]."""
        return np.asarray(np.einsum("pr,rp->p", self.inverse[:, 0], total))

    def ratio(self, numerator: Floats, denominator: Floats) -> Estimate:
        """Ratio of means with its 95 % interval.

        The variance is that of the linearised ratio (delta method). The half width is infinite
        with one replication.
        """
        below = self.mean(denominator)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = self.mean(numerator) / below
            off = ((numerator - mean * denominator) / below).T
            rest = off - np.einsum("prt,pts,ps->pr", self.basis, self.inverse, off)
            spread = (rest**2).sum(axis=1) / self.degrees * (self.inverse[:, 0] ** 2).sum(axis=1)
            half_width = _student_ts(self.degrees) * np.sqrt(spread)
        return Estimate(mean, np.where(self.degrees > 0, half_width, np.inf))


def _student_ts(degrees: Floats) -> Floats:
    return np.array([student_t(int(count)) if count > 0 else np.inf for count in degrees])


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
        with np.errstate(divide="ignore"):
            worst[counts] = np.maximum(worst[counts], half_width[counts] / target[counts])
    return worst
