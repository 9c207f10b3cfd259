"""How far planning tables are from simulation: ``python -m tests.benchmarks.tables``.

Fleets of one thing that is not in the exact formulas at a time (calls per second, wrap-up, held
callers, pacing, other times than exponential), then of all: planned by the tables, simulated as a
plan is. The difference is that of the value an hour, in per cent of the simulated one; a limit
broken is one that the plan says of itself.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator

import numpy as np

from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanFigures, PlanOptions
from planner.optimize.search import compile_search
from planner.pipeline.pipeline import plan
from planner.pipeline.planning import beside_simulation
from tests.benchmarks.fleets import Family, fleet
from tests.benchmarks.reporting import Row, table

KINDS = ("calls per second", "wrap-up", "held callers", "pacing", "other times", "all")
SECONDS = 8.0


def main() -> None:
    """Plan and simulate fleets of every kind until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--fleets", type=int, default=10, help="of each kind")
    parser.add_argument("--seconds", type=float, default=540.0, help="none is begun after that")
    arguments = parser.parse_args()
    compile_search()
    end = time.monotonic() + arguments.seconds
    found: dict[str, list[tuple[float, float, int]]] = {kind: [] for kind in KINDS}
    for seed in range(arguments.fleets):
        for kind in KINDS:
            if time.monotonic() < end:
                found[kind] += difference(deviating(kind, seed))
    print(table([row(kind, numbers) for kind, numbers in found.items() if numbers]))


def row(kind: str, numbers: list[tuple[float, float, int]]) -> Row:
    """Of differences in per cent, their half widths and limits broken."""
    apart = np.array([abs(error) for error, _, _ in numbers])
    signed = np.array([error for error, _, _ in numbers])
    return {
        "not in the formulas": kind,
        "fleets": len(numbers),
        "tables too high by % (mean)": float(signed.mean()),
        "half apart by % less than": float(np.median(apart)),
        "19 of 20 apart by % less than": float(np.quantile(apart, 0.95)),
        "interval +- %": float(np.median([half for _, half, _ in numbers])),
        "plans with a limit broken": sum(broken > 0 for _, _, broken in numbers),
    }


def difference(problem: Problem) -> Iterator[tuple[float, float, int]]:
    """Tables less simulation, and half the width of its interval [%]; limits broken."""
    options = PlanOptions(time_limit=SECONDS, figures=PlanFigures.FORMULAS)
    found = plan(problem, options, explained=False, in_order=False)
    if found.plan is None or found.value is None:
        return
    beside = beside_simulation(problem, found, lambda: False)
    simulated = beside.simulated_value_per_hour
    low, high = beside.simulated_value_per_hour_low, beside.simulated_value_per_hour_high
    if simulated and low is not None and high is not None:
        told = found.value.throughput_value_per_hour
        half = 50 * (high - low) / simulated
        yield 100 * (told / simulated - 1), half, len(beside.limits_broken)


def deviating(kind: str, seed: int) -> Problem:
    """A drawn fleet of 3 dialers and 4 campaigns of one kind; half have an abandonment limit."""
    limited = kind in ("calls per second", "all")
    family = Family(kind, calls_per_second=limited, ports_per_need=1.2, abandon=0.5)
    draw = random.Random(f"{kind} {seed}")
    problem = fleet(3, 4, family, seed)
    rows = tuple(changed_times(draw, campaign, kind) for campaign in problem.campaigns)
    return problem.model_copy(update={"campaigns": rows})


def changed_times(draw: random.Random, campaign: Campaign, kind: str) -> Campaign:
    changes: dict[str, object] = {}
    if kind in ("wrap-up", "all"):
        changes["wrap_up_seconds"] = draw.choice([10.0, 30.0, 60.0])
    if kind == "held callers" or (kind == "all" and draw.random() < 0.5):
        changes |= {"overflow": "hold", "patience_seconds": draw.choice([5.0, 20.0])}
    if kind == "pacing" or (kind == "all" and draw.random() < 0.5):
        changes["pacing"] = draw.choice([2.0, 4.0, 8.0])
    if kind in ("other times", "all"):
        changes |= {"attempt_cv": draw.choice([0.3, 0.6]), "talk_cv": draw.choice([0.7, 1.3])}
    return Campaign.model_validate(campaign.model_dump() | changes)


if __name__ == "__main__":
    main()
