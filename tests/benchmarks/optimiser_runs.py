"""Runs of the optimiser and its peers: tiny problems, sizes and families, growth."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, relative_gap
from planner.evaluation.limits.check import check
from planner.optimize.search import compile_search, optimize
from planner.optimize.search_params import DEFAULT, SearchParams
from planner.optimize.search_result import SearchResult
from tests.benchmarks.fleets import FAMILIES, SINGLE_LIMITS, Family, fleet
from tests.benchmarks.peers import MOST_CELLS, PEERS
from tests.benchmarks.reporting import Row
from tests.support.builders import tiny_problem
from tests.support.reference import best_value_by_enumeration


@dataclass(frozen=True)
class Size:
    """Dialers and campaigns, how many seeds, what is wanted, and how often peers run beside."""

    dialers: int
    campaigns: int
    seeds: int
    gap: float
    seconds: float
    families: tuple[Family, ...] = FAMILIES
    peer_seeds: int = 1

    @property
    def name(self) -> str:
        """Dialers and campaigns, such as 4x6."""
        return f"{self.dialers}x{self.campaigns}"


SIZES = (
    Size(4, 6, 20, 0.001, 2.0, (*FAMILIES, *SINGLE_LIMITS), peer_seeds=2),
    Size(20, 50, 1, 0.001, 10.0),
    Size(50, 200, 1, 0.001, 30.0),
    Size(200, 1000, 1, 0.005, 180.0),
)
#: Seeds of problems small enough to enumerate, and the seconds wanted of each.
TINY, TINY_SECONDS = 200, 0.5
#: Every so many tiny problems one has three campaigns.
THREE = 5
#: Campaigns of the fleets whose times show how they grow, their dialers, and seeds of each.
GROWTH, GROWTH_DIALERS, GROWTH_SEEDS = (12, 25, 50, 100, 200, 400), 30, 3
GROWTH_SECONDS = 120.0
#: A peer has so long at the least [s], for a solver's start alone takes that.
LEAST_PEER_SECONDS = 1.0

Wanted = Callable[[str, str], bool]


def all_rows(wanted: Wanted, params: SearchParams = DEFAULT) -> Iterator[Row]:
    """Rows of what is wanted, by family and size, as they come."""
    compile_search()
    if wanted("every limit", "tiny"):
        yield tiny_row(params)
    for size in SIZES:
        for family in size.families:
            if wanted(family.name, size.name):
                yield size_row(size, family, params)


def solved(
    problem: Problem,
    family: Family,
    gap: float,
    seconds: float,
    params: SearchParams = DEFAULT,
) -> tuple[SearchResult, PlanOptions, float]:
    """SearchResult, options and wall seconds; the plan is checked."""
    options = PlanOptions(
        redundancy=family.redundancy, failures=family.failures, gap=gap, time_limit=seconds
    )
    started = time.monotonic()
    outcome = optimize(problem, options, params=params)
    taken = time.monotonic() - started
    if outcome.plan is not None and check(problem, outcome.plan, options.failures):
        raise SystemExit(f"a plan of {family.name} breaks a limit")
    return outcome, options, taken


def gap_of(outcome: SearchResult) -> float:
    if outcome.infeasible:
        return 0.0  # proven: there is no plan
    if outcome.value is None or outcome.bound is None:
        return float("inf")
    return relative_gap(outcome.value, outcome.bound)


def size_row(size: Size, family: Family, params: SearchParams = DEFAULT) -> Row:
    """A family at a size over its seeds; peers on the first of them."""
    gaps, times, infeasible = [], [], 0
    values, bounds = dict[str, list[float]](), dict[str, list[float]]()
    for seed in range(size.seeds):
        problem = fleet(size.dialers, size.campaigns, family, seed)
        outcome, options, taken = solved(problem, family, size.gap, size.seconds, params)
        infeasible += outcome.infeasible
        gaps.append(gap_of(outcome))
        times.append(taken)
        if seed >= size.peer_seeds or not outcome.value or not outcome.bound:
            continue
        for name, peer in PEERS.items():
            if size.dialers * size.campaigns > MOST_CELLS.get(name, 10**9):
                continue
            found = peer(problem, options, max(taken, LEAST_PEER_SECONDS))
            values.setdefault(name, []).append(100 * found.value / outcome.value)
            if found.bound is not None:
                wrong = found.bound < outcome.value * (1 - 1e-6)  # there is a better plan
                bounds.setdefault(name, []).append(
                    float("nan") if wrong else 100 * found.bound / outcome.bound
                )
    gap, seconds = statistics.median(gaps), statistics.median(times)
    return {
        "size": size.name,
        "family": family.name,
        "runs": size.seeds,
        "no plan": infeasible,
        "gap %": 100 * gap,
        "worst %": 100 * max(gaps),
        "wanted %": 100 * size.gap,
        "seconds": seconds,
        "worst s": max(times),
        "wanted s": size.seconds,
        **_peer_columns(values, bounds),
        "ok": gap <= size.gap and seconds <= size.seconds,
    }


def _peer_columns(values: dict[str, list[float]], bounds: dict[str, list[float]]) -> Row:
    """Value and bound of each peer in per cent of ours, medians; a dash where there is none.

    A bound below the value of one of our plans is no bound: nan.
    """
    row: Row = {}
    for name in PEERS:
        row[name] = statistics.median(values[name]) if name in values else "-"
        if name in MOST_CELLS:
            row[f"{name} bound"] = statistics.median(bounds[name]) if name in bounds else "-"
    return row


def tiny_row(params: SearchParams = DEFAULT) -> Row:
    """Problems small enough to enumerate: value and bound are the optimum."""
    times, wrong, infeasible = [], 0, 0
    for seed in range(TINY):
        problem = tiny(seed)
        outcome, _, taken = solved(problem, FAMILIES[0], 0.0, 20.0, params)
        best = best_value_by_enumeration(problem, 0.0)
        times.append(taken)
        infeasible += best is None
        wrong += not _is_optimum(outcome, best)
    return {
        "size": "tiny",
        "family": "every limit",
        "runs": TINY,
        "no plan": infeasible,
        "gap %": 0.0 if not wrong else float("inf"),
        "worst %": 0.0 if not wrong else float("inf"),
        "wanted %": 0.0,
        "seconds": statistics.median(times),
        "worst s": max(times),
        "wanted s": TINY_SECONDS,
        **_peer_columns({}, {}),
        "ok": wrong == 0 and statistics.median(times) <= TINY_SECONDS,
    }


def _is_optimum(outcome: SearchResult, best: float | None) -> bool:
    """Whether value and bound are what enumeration found."""
    if best is None:
        return outcome.infeasible
    rounding = 1e-6 * (1 + best)
    return (
        outcome.value is not None
        and outcome.bound is not None
        and abs(outcome.value - best) <= rounding
        and abs(outcome.bound - best) <= rounding
    )


def tiny(seed: int) -> Problem:
    """A problem of up to 3 x 2, or of 2 x 3 with fewer ports."""
    problem = tiny_problem(seed)
    if seed % THREE:
        return problem
    third = tiny_problem(seed + 1000).campaigns[0].model_copy(update={"campaign_id": "third"})
    dialers = [d.model_copy(update={"ports": min(d.ports, 4)}) for d in problem.dialers[:2]]
    return problem.model_copy(
        update={"dialers": tuple(dialers), "campaigns": (*problem.campaigns, third)}
    )


def growth_rows() -> Iterable[Row]:
    """Seconds until a gap of 0.1 % is proven, by campaigns, on the same number of dialers."""
    compile_search()
    family = FAMILIES[0]
    for campaigns in GROWTH:
        times, gaps = [], []
        for seed in range(GROWTH_SEEDS):
            problem = fleet(GROWTH_DIALERS, campaigns, family, seed)
            outcome, _, taken = solved(problem, family, 0.001, GROWTH_SECONDS)
            times.append(taken)
            gaps.append(gap_of(outcome))
        yield {
            "dialers": GROWTH_DIALERS,
            "campaigns": campaigns,
            "runs": GROWTH_SEEDS,
            "seconds": statistics.median(times),
            "worst s": max(times),
            "gap %": 100 * statistics.median(gaps),
            "ms a campaign": 1000 * statistics.median(times) / campaigns,
        }
