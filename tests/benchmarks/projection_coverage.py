"""How often the intervals of simulated figures hold, by the size of the figure.

``python -m tests.benchmarks.projection_coverage [--seeds 40] [--flow] [--events 5e6]``. Exact
values are Engset's, with the first passages of a birth-death chain; for constant times the lattice
of their rounds. Each case is simulated from another seed as often as asked; of figures with few
events intervals may hold more often than 95 %, never less. With ``--flow`` launches flow instead of
being simulated call by call: behind a limit of calls per second that is just noticed, and moves no
figure by more than some thousandth.

Counted are shares from 1e-5 to 0.99, and figures of pauses where these take at least 1e-5 of the
time; what is rarer is told apart. So is what is known exactly, by what a steady state must fulfil.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import AssignmentFigures
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.figures.exact import PASSAGE_HORIZONS
from planner.projection.pairs import UNNOTICED_DELAY
from planner.projection.rows import rows_at

AT = datetime(2030, 3, 4, 9, tzinfo=UTC)
#: Lines, and how busy they are: requests in an agent's talk time, per agent line.
LINES = ((1, 1), (3, 1), (9, 1), (12, 3), (12, 12), (20, 5), (60, 8), (200, 20))
LOADS = (0.02, 0.2, 0.7, 2.0)
#: Shares that are counted, and the width of an interval over its figure that is known exactly.
LEAST, MOST, KNOWN = 1e-5, 0.99, 1e-6
SHARES = (
    *("all_busy_share", "agent_occupancy", "abandon_rate", "transfer_loss"),
    *PASSAGE_HORIZONS,
)
OF_PAUSES = ("abandons_per_hour", "pauses_per_hour", "mean_pause_seconds")


class Case(NamedTuple):
    """A problem with what is exactly known of it."""

    name: str
    problem: Problem
    exact: dict[str, float]


def problem(lines: tuple[int, int], **campaign: Any) -> Problem:
    fields: dict[str, Any] = {
        "campaign_id": "C",
        "agent_lines": lines[1],
        "attempt_seconds": 25.0,
        "answer_rate": 0.5,
        "talk_seconds": 120.0,
        "start": "2026-01-01",
        "schedule": "Mon-Sun 00:00-24:00",
    }
    item = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=lines[0], agent_lines=lines[1])
    return Problem(
        dialers=(Dialer(dialer_id="D", ports=1000),),
        campaigns=(Campaign(**(fields | campaign)),),
        assignments=(item,),
    )


def cases() -> Iterator[Case]:
    """Every number of lines with every load, and constant times."""
    for lines, load in product(LINES, LOADS):
        q = min(load * lines[1] / lines[0] * 25.0 / 120.0, 0.5)
        given = problem(lines, transfer_rate=q / 0.5)
        row = figures(given, Effort())
        known = {n: getattr(row, n) for n in type(row).model_fields if n in _figure_names(row)}
        yield Case(f"{lines[0]} + {lines[1]} lines, load {load:g}", given, known)
    for asked in (0.48, 0.1):
        given = problem(
            (9, 1),
            attempt_cv=0.0,
            talk_cv=0.0,
            talk_seconds=300.0,
            attempt_seconds=12.0,
            transfer_rate=asked / 0.5,
        )
        # With 0.48 nothing settles: the share is that of 60 calls. With 0.1 it does.
        free = rounds_free(asked, 9, 25, 10 * 26, 70 * 26)
        if asked == 0.1:
            rounds = 1.0 / (1.0 - (1.0 - asked) ** 9)
            free = rounds / (rounds + 25.0)
        yield Case(f"constant times, q {asked:g}", given, {"all_busy_share": 1.0 - free})


def rounds_free(asked: float, lines: int, talk: int, first: int, slots: int) -> float:
    """Share of the slots, one round of attempts each, in which the one agent line is free.

    From slot ``first`` on: after the warm-up of 10 calls, over 60 of them.
    """
    some = 1 - (1 - asked) ** lines
    begins = np.zeros(slots + talk + 2)
    begins[0] = 1.0
    for slot in range(slots):
        begins[slot + 1] += begins[slot] * (1 - some)
        begins[slot + 1 + talk] += begins[slot] * some
    return float(begins[first:slots].mean())


def figures(given: Problem, effort: Effort) -> AssignmentFigures:
    (row,) = rows_at(given, AT, effort).figures()
    return row


def _figure_names(row: AssignmentFigures) -> list[str]:
    return [n for n, v in row.model_dump().items() if isinstance(v, float)]


def size(value: float) -> str:
    """The decade of a figure."""
    return "0" if value == 0 else f"1e{int(np.floor(np.log10(value))):+d}"


def behind_a_limit(given: Problem) -> Problem:
    """With so many calls per second that all lines launch within a thousandth of an attempt."""
    (item,), (campaign,) = given.assignments, given.campaigns
    cps = 0.9 * item.dial_lines / (UNNOTICED_DELAY * campaign.attempt_seconds)
    dialer = given.dialers[0].model_copy(update={"cps": cps})
    return given.model_copy(update={"dialers": (dialer,)})


class Held(NamedTuple):
    """One interval of one figure."""

    figure: str
    size: str
    common: bool  # neither too rare nor too near to always
    exact: bool
    held: bool
    sound: bool


def common(name: str, case: Case) -> bool:
    """Whether the figure is one of those that are counted."""
    value, share = case.exact[name], case.exact.get("all_busy_share", 1.0)
    if name in SHARES:
        return LEAST <= value <= MOST
    return share >= LEAST or name not in OF_PAUSES


def intervals(
    seeds: int, events: float, *, flow: bool = False
) -> Iterator[tuple[Case, list[Held]]]:
    """Every interval of every case."""
    budget = Budget(events, events / 10)
    engine = EngineChoice.AUTO if flow else EngineChoice.SIMULATE
    for number, case in enumerate(cases()):
        given = behind_a_limit(case.problem) if flow else case.problem
        found = []
        # Cases with the same random numbers would hold or fail together.
        for seed in range(number * seeds, (number + 1) * seeds):
            row = figures(given, Effort(engine, seed=seed, budget=budget))
            for name, value in case.exact.items():
                if name not in row.low:
                    continue
                low, high = row.low[name], row.high[name]
                found.append(
                    Held(
                        name,
                        size(value),
                        common(name, case),
                        high - low <= KNOWN * abs(value),
                        low <= value * (1 + 1e-9) and value * (1 - 1e-9) <= high,
                        low >= 0 and (high > low or value == 0),
                    )
                )
        yield case, found


def main() -> None:
    """Print coverage by figure and by the size of shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--events", type=float, default=5e6)
    parser.add_argument("--flow", action="store_true")
    arguments = parser.parse_args()
    everything: list[Held] = []
    for case, found in intervals(arguments.seeds, arguments.events, flow=arguments.flow):
        missed = Counter(one.figure for one in found if not one.held)
        often = ", ".join(f"{name} {count}" for name, count in missed.items())
        print(f"{case.name}: missed {often or 'none'}", flush=True)
        everything += found
    told = [one for one in everything if one.common and not one.exact]
    rare = [one for one in everything if not one.common and not one.exact]
    by_size = [one for one in told if one.figure in ("all_busy_share", "abandon_rate")]
    for title, found, key in (
        ("figure", told, "figure"),
        ("size of shares", by_size, "size"),
        ("figure, rarer than 1e-5 or nearer to always than 0.99", rare, "figure"),
    ):
        print(f"\nheld, by {title}")
        for name in sorted({getattr(one, key) for one in found}):
            held = [one.held for one in found if getattr(one, key) == name]
            print(f"  {name:28} {100 * np.mean(held):5.1f} %  of {len(held)}")
    exact = [one.held for one in everything if one.exact]
    print(f"\nknown exactly: {sum(exact)} right of {len(exact)}")
    print(f"intervals below 0 or without width: {sum(not one.sound for one in everything)}")


if __name__ == "__main__":
    main()
