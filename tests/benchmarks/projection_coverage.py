"""How often the intervals of simulated figures hold, by the size of the figure.

``python -m tests.benchmarks.projection_coverage [--seeds 40] [--flow] [--events 5e6]``. Exact
values are Engset's, with the first passages of a birth-death chain. Where times are not
exponential they are those of the lattice of rounds, of constant times; Engset's, where talks alone
differ (shares of time do not hang on how talks are distributed: B. A. Sevastyanov, Theory of
Probability and its Applications 2, 1957); of as many agent lines as dial lines those of lines that
know nothing of each other; of constant attempts the chance that nobody asks in so many rounds. Each
case is simulated from another seed as often as asked; of figures with few events intervals may hold
more often than 95 %, never less. With ``--flow`` launches flow instead of being simulated call by
call: behind a limit of calls per second that moves no figure by more than a millionth, and is
followed all the same.

Counted are shares from 1e-5 to 0.99, and figures of pauses where these take at least 1e-5 of the
time; what is rarer is told apart. So is what is known exactly, by what a steady state must fulfil.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import AssignmentFigures
from planner.projection import pairs
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.figures.exact import PASSAGE_HORIZONS
from planner.projection.rows import rows_at

AT = datetime(2030, 3, 4, 9, tzinfo=UTC)
#: Lines, and how busy they are: requests in an agent's talk time, per agent line.
LINES = ((1, 1), (3, 1), (9, 1), (12, 3), (12, 12), (20, 5), (60, 8), (200, 20))
LOADS = (0.02, 0.2, 0.7, 2.0)
#: Shares that are counted, and the width of an interval over its figure that is known exactly.
LEAST, MOST, KNOWN = 1e-5, 0.99, 1e-6
#: Part of an attempt within which all lines launch behind the limit of a flow.
DELAY = 1e-6
#: Shares of time that some loads are chosen for.
RARE = (3e-5, 3e-4)
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
    """Every number of lines with every load, loads with rare pauses, and times of other kinds."""
    for lines, load in product(LINES, LOADS):
        yield exponential(lines, load)
    for lines, share in product(LINES, RARE):
        yield exponential(lines, load_of(lines, share))
    for lines, share, cv in product(((12, 3), (20, 5), (60, 8)), (3e-5, 3e-3), (0.0, 0.5)):
        yield talks_alike(lines, load_of(lines, share), cv)
    for (lines, share), cv in product(((1, 2e-5), (12, 3e-5), (12, 1e-2)), (0.0, 0.4)):
        yield lines_apart(lines, share, cv)
    yield lines_apart(5, 3e-5, 0.4)
    for lines, asked in product((1, 9, 200), (1e-7, 1e-5)):
        yield first_request(lines, asked / lines * 9)
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


def asking(lines: tuple[int, int], load: float) -> float:
    """Chance of a transfer request that brings so many in an agent's talk time, per agent line."""
    return min(load * lines[1] / lines[0] * 25.0 / 120.0, 0.5)


def exponential(lines: tuple[int, int], load: float) -> Case:
    """All times exponential: every figure is known."""
    given = problem(lines, transfer_rate=asking(lines, load) / 0.5)
    row = figures(given, Effort())
    known = {n: getattr(row, n) for n in type(row).model_fields if n in _figure_names(row)}
    return Case(f"{lines[0]} + {lines[1]} lines, load {load:.3g}", given, known)


def load_of(lines: tuple[int, int], share: float) -> float:
    """The load at which all agent lines are busy for such a share of the time, by halving."""
    N, A = lines
    low, high = 1e-9, 10.0
    for _ in range(100):
        load = math.sqrt(low * high)
        beta = load * A / N
        weights = [math.comb(N, k) * beta**k for k in range(A + 1)]
        low, high = (load, high) if weights[A] / sum(weights) < share else (low, load)
    return load


def talks_alike(lines: tuple[int, int], load: float, cv: float) -> Case:
    """Exponential attempts and other talks: shares of time are those of exponential ones."""
    whole = exponential(lines, load)
    (campaign,) = whole.problem.campaigns
    changed = campaign.model_copy(update={"talk_cv": cv})
    given = whole.problem.model_copy(update={"campaigns": (changed,)})
    names = ("all_busy_share", "agent_occupancy", "transfers_per_hour", "pauses_per_hour")
    known = {name: whole.exact[name] for name in (*names, "mean_pause_seconds")}
    return Case(f"{whole.name}, talk_cv {cv:g}", given, known)


def lines_apart(lines: int, share: float, cv: float) -> Case:
    """As many agent lines as dial lines: each line dials and talks as if it were alone."""
    busy = share ** (1.0 / lines)
    q = 25.0 / 120.0 * busy / (1.0 - busy)
    given = problem((lines, lines), transfer_rate=q / 0.5, attempt_cv=cv, talk_cv=cv)
    calls = 3600.0 / (25.0 / q + 120.0)  # of a line in an hour
    known = {
        "all_busy_share": share,
        "agent_occupancy": busy,
        "transfers_per_hour": lines * calls,
        "attempts_per_hour": lines * calls / q,
    }
    if cv > 0.0 or lines == 1:
        # Where one line begins to talk at the very moment at which another ends, pauses have no
        # number of their own.
        known |= {"pauses_per_hour": share * lines * 30.0, "mean_pause_seconds": 120.0 / lines}
    return Case(f"{lines} + {lines} lines, share {share:g}, both cv {cv:g}", given, known)


def first_request(lines: int, asked: float) -> Case:
    """Constant attempts that start together, one agent line: nobody asks in so many rounds."""
    given = problem((lines, 1), transfer_rate=asked / 0.5, attempt_cv=0.0)
    known = {
        name: -math.expm1(lines * (seconds // 25.0) * math.log1p(-asked))
        for name, seconds in PASSAGE_HORIZONS.items()
    }
    return Case(f"{lines} + 1 lines, constant attempts, q {asked:.2g}", given, known)


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
    """With so many calls per second that all lines launch within a millionth of an attempt.

    A limit that is larger than that would be left out.
    """
    (item,), (campaign,) = given.assignments, given.campaigns
    pairs.UNNOTICED_DELAY = 0.9 * DELAY
    cps = item.dial_lines / (DELAY * campaign.attempt_seconds)
    dialer = given.dialers[0].model_copy(update={"cps": cps})
    return given.model_copy(update={"dialers": (dialer,)})


class Held(NamedTuple):
    """One interval of one figure."""

    figure: str
    size: str
    lines: int
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
                        case.problem.assignments[0].dial_lines,
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
    by_size = [one for one in told if one.figure in SHARES]
    for title, found, key in (
        ("figure", told, "figure"),
        ("size of shares", by_size, "size"),
        ("dial lines", told, "lines"),
        ("figure, rarer than 1e-5 or nearer to always than 0.99", rare, "figure"),
    ):
        print(f"\nheld, by {title}")
        for name in sorted({getattr(one, key) for one in found}):
            held = [one.held for one in found if getattr(one, key) == name]
            print(f"  {name!s:28} {100 * np.mean(held):5.1f} %  of {len(held)}")
    exact = [one.held for one in everything if one.exact]
    print(f"\nknown exactly: {sum(exact)} right of {len(exact)}")
    print(f"intervals below 0 or without width: {sum(not one.sound for one in everything)}")


if __name__ == "__main__":
    main()
