"""How close plans come where agents are pooled: ``python -m tests.benchmarks.pools``.

Made-up fleets of 20 dialers in four cities and 50 campaigns: 40 of them share the agents of ten
pools, each of which sits in one city and serves some ten; 20 rows of limits; calls that cost. With
``--large`` 200 dialers and 1,000 campaigns, of which 800 share the agents of 50 pools. The gap
after so many seconds of search, with the processor time that these took.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanFigures, PlanOptions
from planner.pipeline.pipeline import plan
from tests.benchmarks.reporting import Row, printed

CITIES = ("Atlanta", "Dallas", "Chicago", "Denver")


class Size(NamedTuple):
    """How many there are of each; ``pooled`` campaigns share the agents of the pools."""

    dialers: int = 20
    campaigns: int = 50
    pooled: int = 40
    pools: int = 10
    limits: int = 20


DAILY = Size()
LARGE = Size(200, 1000, 800, 50, 100)


def fleet(seed: int, size: Size = DAILY) -> Problem:
    """One fleet; each city has some of the dialers and of the pools."""
    draw = random.Random(seed)
    dialers = tuple(
        Dialer(
            dialer_id=f"D{number}",
            ports=draw.choice([120, 160, 200]),
            cps=draw.choice([6, 8, 10]),
            failure_domain=CITIES[number % len(CITIES)],
            cost_per_attempt=draw.choice([0, 0.002, 0.004]),
            cost_per_talk_minute=draw.choice([0.01, 0.02]),
        )
        for number in range(size.dialers)
    )
    names = [f"C{number}" for number in range(size.campaigns)]
    campaigns = tuple(
        Campaign(
            campaign_id=name,
            attempt_seconds=draw.uniform(20, 32),
            answer_rate=draw.uniform(0.1, 0.3),
            transfer_rate=draw.uniform(0.06, 0.2),
            talk_seconds=draw.uniform(120, 400),
            value=draw.choice([3, 5, 8, 12]),
            max_abandon_rate=0.03,
            agent_lines=None if number < size.pooled else draw.randint(4, 20),
        )
        for number, name in enumerate(names)
    )
    return Problem(
        dialers=dialers,
        campaigns=campaigns,
        pools=tuple(_pool(draw, number, names, dialers, size) for number in range(size.pools)),
        limits=tuple(_limit(draw, number, names, dialers) for number in range(size.limits)),
    )


def _pool(
    draw: random.Random, number: int, names: list[str], dialers: tuple[Dialer, ...], size: Size
) -> PoolRow:
    # Some that no other pool has to serve, so that each campaign has one; and eight of the others.
    each = size.pooled // size.pools
    own = names[each * number : each * (number + 1)]
    city = CITIES[number % len(CITIES)]
    return PoolRow(
        pool=f"P{number}",
        agent_lines=draw.randint(15, 45) * each // 4,
        campaigns=tuple(dict.fromkeys([*own, *draw.sample(names[: size.pooled], 8)])),
        dialers=tuple(d.dialer_id for d in dialers if d.failure_domain == city),
    )


def _limit(
    draw: random.Random, number: int, names: list[str], dialers: tuple[Dialer, ...]
) -> LimitRow:
    if number % 2:
        some = draw.sample([d.dialer_id for d in dialers], 3)
        most = draw.randint(250, 400)
        return LimitRow(limit=f"L{number}", dialer_ids=tuple(some), max_dial_lines=most)
    return LimitRow(
        limit=f"L{number}",
        campaign_id=draw.choice(names),
        failure_domains=(draw.choice(CITIES),),
        max_lines=draw.randint(30, 120),
    )


def rows(count: int, seconds: float, size: Size) -> Iterator[Row]:
    """A row for each fleet."""
    options = PlanOptions(time_limit=seconds, figures=PlanFigures.FORMULAS)
    for seed in range(count):
        began, start = time.process_time(), time.perf_counter()
        found = plan(fleet(seed, size), options, explained=False, compared=False, checked=False)
        yield {
            "fleet": seed,
            "status": found.status.value,
            "gap": float("nan") if found.gap is None else found.gap,
            "value an hour": found.value.value_per_hour if found.value else float("nan"),
            "at most": found.bound_per_hour or float("nan"),
            "seconds": time.perf_counter() - start,
            "processor": time.process_time() - began,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fleets", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--large", action="store_true")
    given = parser.parse_args()
    printed(rows(given.fleets, given.seconds, LARGE if given.large else DAILY))


if __name__ == "__main__":
    main()
