"""Whether the simulated value lies in what a plan expects of it: by ``claims --told-error``.

Fleets with limits of calls per second whose campaigns wrap up, hold callers, are paced, or none of
these: planned by the tables, told what the simulation should show, and simulated. Of some the plan
is made again with other seeds and gaps: value and bound are of the same tables, so that no plan is
worth more than another one's bound.
"""

from __future__ import annotations

import itertools
import random
import time

import numpy as np

import planner
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult
from planner.pipeline.planning import beside_simulation
from tests.benchmarks.fleets import Family, fleet
from tests.benchmarks.reporting import table
from tests.benchmarks.tables import changed_times

KINDS = ("calls per second", "wrap-up", "held callers", "pacing")
SECONDS = 5.0
#: Every so many fleets are planned with all seeds and gaps.
EVERY = 5
SEEDS, GAPS = range(5), (1e-3, 1e-4)
ROUNDING = 1e-9


def limited_fleet(seed: int) -> Problem:
    """3 dialers with limits of calls per second, half of the fleets with carriers, 4 campaigns."""
    draw = random.Random(f"told {seed}")
    family = Family(
        "told",
        calls_per_second=True,
        ports_per_need=1.2,
        abandon=0.3,
        broadcast=0.15,
        trunks=bool(seed % 2),
    )
    problem = fleet(3, 4, family, seed)
    rows = tuple(
        changed_times(draw, c, draw.choice(KINDS)) if c.is_live_transfer else c
        for c in problem.campaigns
    )
    return problem.model_copy(update={"campaigns": rows})


def report(first: int, fleets: int, seconds: float) -> bool:
    """Print what was found; whether told errors hold on 95 % and no bound is broken."""
    end = time.monotonic() + seconds
    inside, apart, expected, width, broken, compared = [], [], [], [], 0, 0
    for seed in range(first, first + fleets):
        if time.monotonic() > end:
            break
        problem = limited_fleet(seed)
        found = _plan(problem)
        if found.plan is None or found.value is None:
            continue
        if seed % EVERY == 0:
            compared += 1
            broken += not _one_bound(problem)
        beside = beside_simulation(problem, found, lambda: False)
        simulated = beside.simulated_value_per_hour
        told = found.expected_value_per_hour
        low, high = found.expected_value_per_hour_low, found.expected_value_per_hour_high
        if simulated is None or told is None or low is None or high is None:
            continue
        tables = found.value.throughput_value_per_hour
        inside.append(low <= simulated <= high)
        apart.append(100 * (tables / simulated - 1))
        expected.append(100 * (told / simulated - 1))
        width.append(50 * (high - low) / simulated)
        if not inside[-1]:
            print(f"outside: fleet {seed}: {low:.1f} to {high:.1f}, simulated {simulated:.1f}")
    sizes = (("tables", apart), ("expected", expected))
    print(
        table(
            [
                {
                    "value": name,
                    "fleets": len(inside),
                    "too high by % (mean)": float(np.mean(numbers)),
                    "half apart by % less than": float(np.median(np.abs(numbers))),
                    "19 of 20 apart by % less than": float(np.quantile(np.abs(numbers), 0.95)),
                }
                for name, numbers in sizes
            ]
        )
    )
    print(f"{sum(inside)} of {len(inside)} simulated values lie in what was told, +- "
          f"{float(np.median(width)):.2f} % on half of the fleets")  # fmt: skip
    print(f"{compared} fleets with {len(SEEDS)} seeds and {len(GAPS)} gaps: {broken} with a value "
          "over another plan's bound")  # fmt: skip
    return not broken and bool(np.mean(inside) >= 0.95)


def _plan(problem: Problem, seed: int = 0, gap: float = 1e-3) -> PlanResult:
    options = PlanOptions(time_limit=SECONDS, figures="formulas", seed=seed, gap=gap)
    return planner.plan(problem, options, explained=False, in_order=False)


def _one_bound(problem: Problem) -> bool:
    """Whether no plan of any seed and gap is worth more than the bound of another."""
    found = [_plan(problem, seed, gap) for seed, gap in itertools.product(SEEDS, GAPS)]
    values = [r.value.value_per_hour for r in found if r.value is not None]
    bounds = [r.bound_per_hour for r in found if r.bound_per_hour is not None]
    return max(values) <= min(bounds) + ROUNDING * (1 + abs(min(bounds)))
