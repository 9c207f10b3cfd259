"""Proven gap and time of the optimiser on seeded fleets: ``python -m benchmarks.optimiser``.

Every family of :mod:`benchmarks.fleets` at every size, each plan checked against every limit,
and beside it what a user would write, given the same time: shares by ports, round robin, and
CP-SAT over tables. ``--sizes 4x6 20x50`` chooses sizes; the largest takes minutes.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.fleets import FAMILIES, Family, fleet
from benchmarks.peers import PEERS
from benchmarks.reporting import Row, table
from planner.optimize.search import Outcome, optimize
from planner.plan import PlanOptions
from planner.problem import Problem
from planner.verify import check
from tests.builders import tiny_problem
from tests.reference import best_value_by_enumeration

#: Dialers, campaigns, seeds, gap wanted, seconds wanted.
SIZES: dict[str, tuple[int, int, int, float, float]] = {
    "4x6": (4, 6, 5, 0.001, 2.0),
    "20x50": (20, 50, 1, 0.001, 10.0),
    "50x200": (50, 200, 1, 0.001, 30.0),
    "200x1000": (200, 1000, 1, 0.005, 180.0),
}
#: Seeds of problems small enough to enumerate.
TINY = 60
#: Sizes whose peers are run beside.
WITH_PEERS = ("4x6", "20x50")


def solved(problem: Problem, family: Family, gap: float, seconds: float) -> tuple[Outcome, float]:
    """Outcome and wall seconds; the plan is checked."""
    started = time.monotonic()
    options = PlanOptions(redundancy=family.redundancy, gap=gap, time_limit=seconds)
    outcome = optimize(problem, options)
    taken = time.monotonic() - started
    if outcome.plan is not None and check(problem, outcome.plan):
        raise SystemExit(f"a plan of {family.name} breaks a limit")
    return outcome, taken


def gap_of(outcome: Outcome) -> float:
    if outcome.value is None or outcome.bound is None:
        return float("inf")
    return max(0.0, (outcome.bound - outcome.value) / max(abs(outcome.bound), 1e-12))


def size_rows(name: str) -> Iterator[Row]:
    dialers, campaigns, seeds, wanted, seconds = SIZES[name]
    # What is compiled once per installation is not part of a run.
    solved(fleet(2, 2, FAMILIES[-1], 0), FAMILIES[-1], 0.5, 1.0)
    for family in FAMILIES:
        gaps, times, shares = [], [], dict[str, list[float]]()
        for seed in range(seeds):
            problem = fleet(dialers, campaigns, family, seed)
            outcome, taken = solved(problem, family, wanted, seconds)
            gaps.append(gap_of(outcome))
            times.append(taken)
            if name in WITH_PEERS and outcome.value:
                for peer, value_of in PEERS.items():
                    value = value_of(problem, family.redundancy, taken)
                    shares.setdefault(peer, []).append(value / outcome.value)
        row: dict[str, Any] = {
            "size": name,
            "family": family.name,
            "runs": seeds,
            "gap median %": 100 * statistics.median(gaps),
            "gap worst %": 100 * max(gaps),
            "seconds median": statistics.median(times),
            "wanted %": 100 * wanted,
            "wanted s": seconds,
        }
        for peer in PEERS:
            row[peer] = statistics.median(shares[peer]) if peer in shares else "-"
        row["ok"] = statistics.median(gaps) <= wanted and statistics.median(times) <= seconds
        yield row


def tiny_row() -> Row:
    """Problems small enough to enumerate: value and bound are the optimum."""
    plain = FAMILIES[0]
    times, wrong = [], 0
    for seed in range(TINY):
        problem = tiny_problem(seed)
        outcome, taken = solved(problem, plain, 0.0, 20.0)
        best = best_value_by_enumeration(problem, 0.0)
        times.append(taken)
        if best is None:
            wrong += not outcome.infeasible
        else:
            exact = outcome.value is not None and abs(outcome.value - best) <= 1e-6 * (1 + best)
            wrong += not (exact and outcome.bound is not None and outcome.bound >= best - 1e-6)
    row: Row = {"size": "tiny", "family": "every limit", "runs": TINY}
    row |= {"gap median %": 0.0 if not wrong else float("inf"), "gap worst %": float(wrong)}
    row |= {"seconds median": statistics.median(times), "wanted %": 0.0, "wanted s": 0.5}
    row |= dict.fromkeys(PEERS, "-")
    row["ok"] = wrong == 0 and statistics.median(times) <= 0.5
    return row


def main() -> None:
    import argparse
    import json
    from pathlib import Path

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--sizes", nargs="*", default=["tiny", *SIZES], choices=["tiny", *SIZES])
    parser.add_argument("--out", type=Path, default=Path("out") / "optimiser.json")
    arguments = parser.parse_args()
    rows: list[Row] = []
    for size in arguments.sizes:
        for row in [tiny_row()] if size == "tiny" else size_rows(size):
            rows.append(row)
            print(table([row]).splitlines()[-1], flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{table(rows)}\n\nPeak memory {memory:.0f} MB.")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"rows": rows, "peak_megabytes": memory}
    arguments.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    sys.exit(not all(row["ok"] for row in rows))


if __name__ == "__main__":
    main()
