"""How right the traffic engines are, against independent values.

``python -m tests.benchmarks.accuracy`` takes some half an hour. Every expected value comes from a
published table, a closed form or exact rational arithmetic, never from the code under test; the
simulation is judged by a binomial test, and its 95 % intervals of projected figures by how often
they hold, by figure and by the size of shares (``projection_coverage`` prints more of that).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from planner.traffic.exact import engset, hold
from planner.traffic.exact.passage import (
    all_busy_transient,
    first_passage_probability,
    first_passage_quantile,
    mean_seconds_to_all_busy,
)
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.simulate import simulate
from tests.benchmarks.projection_coverage import intervals
from tests.benchmarks.reporting import Row, main
from tests.support.generators import (
    absorbing_generator,
    drop_generator,
    hold_generator,
    hold_states,
    transition_matrix,
)
from tests.support.networks import network

CASES = 200
#: A binomial test that a right simulation fails once in a thousand seeds; the seed is fixed.
LEVEL = 1e-3
#: Of each case of projected intervals, and what each may take.
SEEDS, EVENTS = 40, 5e5


def row(figure: str, ours: float, expected: float, limit: float, source: str) -> Row:
    """``limit`` is relative to the expected value."""
    error = abs(ours - expected) / abs(expected)
    return {
        "figure": figure,
        "ours": float(ours),
        "expected": float(expected),
        "relative error": float(error),
        "limit": limit,
        "ok": bool(error <= limit),
        "source": source,
    }


def published_rows() -> list[Row]:
    weights, recursion = "by hand, weights 27:36:18:4", "by hand, E = 2 E / (n + 2 E)"
    rows = [
        row(
            "Engset, 3 of 4 sources, 1/3 erl",
            engset.all_busy_share(4, 3, 1 / 3),
            4 / 85,
            1e-14,
            weights,
        ),
        row(
            "Engset, 2 servers, 3 users, 5/7 erl",
            engset.all_busy_share(3, 2, 0.5 / 0.7),
            0.3275109,
            2e-7,
            "R package queueing, manual page Engset, printed output",
        ),
    ]
    for servers, blocking in ((1, 2 / 3), (2, 2 / 5), (3, 4 / 19), (4, 2 / 21), (5, 4 / 109)):
        ours = engset.all_busy_share(10**9, servers, 2 / 10**9)
        rows.append(row(f"Erlang B, {servers} servers, 2 erl", ours, blocking, 1e-7, recursion))
    abstract = "Abstract Micro Systems, Erlang Library, ErlbTrafFromBlockage"
    for servers, erlang, blocking in (
        (25, 16.1245, 0.01),
        (17, 9.65160, 0.01),
        (17, 12.4613, 0.05),
    ):
        ours = engset.all_busy_share(10**9, servers, erlang / 10**9)
        rows.append(
            row(f"Erlang B, {servers} servers, {erlang} erl", ours, blocking, 1e-4, abstract)
        )
    return rows


def rational_rows() -> list[Row]:
    """Binomial sums and sums of ratios in exact rational arithmetic."""
    rows = []
    for N, A, load in ((1000, 200, 0.05), (1000, 200, 1000.0), (400, 120, 1e-6), (95, 5, 0.072)):
        exact = Fraction(load)
        weights = [math.comb(N, k) * exact**k for k in range(A + 1)]
        share = weights[A] / sum(weights)
        if share > Fraction(1, 10**300):
            ours = engset.all_busy_share(N, A, load)
            rows.append(
                row(f"share N={N} A={A} beta={load:g}", ours, float(share), 1e-12, "rational")
            )
        # Talk time 1, attempt time 1 / beta, q = 1: mean first passage from empty, Keilson 1979.
        tau = 1 / load
        births = Fraction(1) / Fraction(tau)
        mean, below = Fraction(0), Fraction(0)
        for k in range(A):
            below += math.comb(N, k) * births**k
            mean += below / ((N - k) * births * math.comb(N, k) * births**k)
        if mean < Fraction(10) ** 300:
            found = float(mean_seconds_to_all_busy(N, A, 0, tau, 1, 1))
            rows.append(
                row(
                    f"mean passage N={N} A={A} beta={load:g}", found, float(mean), 1e-12, "rational"
                )
            )
    return rows


def closed_form_rows() -> list[Row]:
    """M/M/2/2 from empty: the sum of two exponentials whose rates solve a quadratic."""
    arrivals, death = 0.4, 0.3
    total = 2 * arrivals + death
    fast = (total + math.sqrt(total**2 - 4 * arrivals**2)) / 2
    slow = arrivals**2 / fast
    rows = []
    for seconds in (0.01, 1.0, 10.0, 60.0):
        # 1 - survival, written without cancellation.
        ended = (fast * -math.expm1(-slow * seconds) - slow * -math.expm1(-fast * seconds)) / (
            fast - slow
        )
        N = 10**8
        ours = float(first_passage_probability(N, 2, 0, seconds, 1.0, arrivals / N, 1 / death))
        rows.append(
            row(f"M/M/2/2 first full within {seconds:g} s", ours, ended, 1e-6, "closed form")
        )
    return rows


def matrix_rows() -> list[Row]:
    """The whole chain of states as a dense matrix exponential."""
    big = (1000, 200, 25.0, 0.035, 180.0)
    P = transition_matrix(drop_generator(*big), 400)
    ours = float(all_busy_transient(1000, 200, 150, [400], *big[2:]).probability[0])
    rows = [
        row("all busy after 400 s, N=1000 A=200", ours, P[150, 200:].sum(), 1e-9, "dense matrix")
    ]
    first = transition_matrix(absorbing_generator(*big), 400)[0, 200]
    ours = float(first_passage_probability(1000, 200, 0, 400, *big[2:]))
    rows.append(row("first within 400 s, N=1000 A=200", ours, first, 1e-9, "dense matrix"))
    held = (24, 4, 25.0, 0.1, 60.0, 20.0)
    states = hold_states(24, 4)
    paused = np.array([k == 4 for k, _, _ in states])
    expected = transition_matrix(hold_generator(*held), 200)[0, paused].sum()
    ours = float(hold.all_busy_transient(24, 4, 0, [200], *held[2:]).probability[0])
    rows.append(row("all busy after 200 s with held callers", ours, expected, 1e-9, "dense matrix"))
    rare = (1000, 92, 25.0, 0.006, 180.0)
    mean = float(mean_seconds_to_all_busy(1000, 92, 0, *rare[2:]))
    found = float(first_passage_quantile(1000, 92, 0, 0.5, *rare[2:]))
    rows.append(row("median of a passage of 2.6e12 s", found, mean * math.log(2), 1e-8, "Keilson"))
    return rows


def simulation_rows() -> list[Row]:
    """Share of 95 % intervals that miss the exact figure, over random cases."""
    rng = np.random.default_rng(2024)
    names = (
        "all_busy_share",
        "transfers_per_second",
        "abandoned_per_second",
        "attempts_per_second",
    )
    outside = dict.fromkeys(names, 0)
    for case in range(CASES):
        A = int(rng.integers(1, 10))
        N = A + int(rng.integers(1, 90))
        tau, s = rng.uniform(10, 60), rng.uniform(30, 300)
        q = min(1.0, rng.uniform(0.3, 3) * A * tau / s / N)
        patience = float(rng.choice([0.0, 15.0]))
        outcome = simulate(
            network(
                {(0, 0): (N, A)},
                q=q,
                attempt_seconds=tau,
                talk_seconds=s,
                patience_seconds=patience,
            ),
            [0, 10 * s, 110 * s],
            seed=case,
            precision=Precision(fewest=60, most=60),
            judged=slice(1, None),
        )
        exact = (
            hold.stationary(N, A, tau, q, s, patience)
            if patience
            else engset.stationary(N, A, tau, q, s)
        )
        for name in names:
            mean, half_width = outcome.figures[name]
            outside[name] += int(abs(mean[0] - float(getattr(exact, name))) > half_width[0])
    return [
        {
            "figure": f"{CASES} cases simulated: {name}",
            "ours": float(count),
            "expected": 0.05 * CASES,
            "relative error": binomial_tail(count, CASES, 0.05),
            "limit": LEVEL,
            "ok": binomial_tail(count, CASES, 0.05) >= LEVEL,
            "source": "intervals outside, binomial p-value",
        }
        for name, count in outside.items()
    ]


def coverage_rows() -> list[Row]:
    """How often the intervals of a projection hold, by figure and by the size of shares."""
    everything = [one for _, found in intervals(SEEDS, EVENTS) for one in found]
    told = [one for one in everything if one.common and not one.exact]
    rows = []
    for name in sorted({one.figure for one in told}):
        held = [one.held for one in told if one.figure == name]
        rows.append(coverage_row(name, held, between=True))
    shares = [one for one in told if one.figure in ("all_busy_share", "abandon_rate")]
    for size in sorted({one.size for one in shares}):
        held = [one.held for one in shares if one.size == size]
        rows.append(coverage_row(f"shares of {size}", held, between=False))
    rare = [one.held for one in everything if not one.common and not one.exact]
    return [*rows, coverage_row("rarer than 1e-5, nearer to always than 0.99", rare, between=False)]


def coverage_row(name: str, held: list[bool], *, between: bool) -> Row:
    """``between``: of so many intervals that 93 to 97 % must hold; else not significantly less."""
    share, missed = sum(held) / len(held), len(held) - sum(held)
    often = binomial_tail(missed, len(held), 0.05)
    return {
        "figure": f"intervals that hold: {name}",
        "ours": share,
        "expected": 0.95,
        "relative error": abs(share / 0.95 - 1.0) if between else often,
        "limit": 0.02 / 0.95 if between else LEVEL,
        "ok": 0.93 <= share <= 0.97 if between else often >= LEVEL,
        "source": f"{len(held)} intervals" + ("" if between else ", binomial p-value"),
    }


def binomial_tail(count: int, cases: int, share: float) -> float:
    """P(at least ``count`` of ``cases``)."""
    return sum(
        math.exp(
            math.lgamma(cases + 1)
            - math.lgamma(k + 1)
            - math.lgamma(cases - k + 1)
            + k * math.log(share)
            + (cases - k) * math.log1p(-share)
        )
        for k in range(count, cases + 1)
    )


def rows() -> list[Row]:
    return (
        published_rows()
        + rational_rows()
        + closed_form_rows()
        + matrix_rows()
        + simulation_rows()
        + coverage_rows()
    )


if __name__ == "__main__":
    main("accuracy", __doc__.splitlines()[0], rows)
