"""Speed of the traffic engines, against peers in the same run.

``python -m tests.benchmarks.traffic`` needs ``pip install -r tests/benchmarks/requirements.txt``.
Processor time is measured, so that other programs on the machine matter little; every work is done
once before it is timed.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import ciw
from pyworkforce.queuing import ErlangC

from planner.traffic.exact.engset import stationary_table
from planner.traffic.exact.passage import all_busy_transient, first_passage_quantile
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.simulate import simulate
from tests.benchmarks.reporting import Row, main
from tests.support.networks import network
from tests.support.simpy_model import Dialer, Rules

#: One campaign on one dialer, Markov assumptions: lines, attempt s, q, talk s.
N, A, TAU, Q, S = 95, 5, 25.0, 0.01, 180.0
DATA = Path(__file__).resolve().parents[2] / "data"


def seconds_of(work: Callable[[], object], repeats: int = 5) -> float:
    """Least processor time of some repeats."""
    work()
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def row(work: str, figure: float, unit: str, peer: str, ratio: float, wanted: float) -> Row:
    return {
        "work": work,
        "figure": figure,
        "unit": unit,
        "against": peer,
        "ratio": ratio,
        "wanted": wanted,
        "ok": ratio >= wanted,
    }


def table_rows() -> list[Row]:
    ours = seconds_of(lambda: stationary_table(500, 100, TAU, Q, S)) / (501 * 101)

    def erlang_c() -> None:
        # All figures of ErlangC for one entry each: waiting probability, service level, occupancy.
        for positions in range(1, 101):
            entry = ErlangC(transactions=100, aht=3.0, asa=1 / 3, interval=60)
            entry.waiting_probability(positions)
            entry.service_level(positions)
            entry.achieved_occupancy(positions)

    theirs = seconds_of(erlang_c) / 100
    work = "all figures, every N <= 500 and A <= 100, per entry"
    return [row(work, ours * 1e9, "ns", "pyworkforce ErlangC", theirs / ours, 1000)]


def our_events_per_second() -> float:
    world = network({(0, 0): (N, A)})
    runs = Precision(fewest=4, most=4)
    events = simulate(world, [0, 400_000], seed=1, precision=runs, threads=1).events
    work = seconds_of(lambda: simulate(world, [0, 4e5], seed=1, precision=runs, threads=1), 3)
    return events / work


def simpy_events_per_second() -> float:
    counts: dict[str, float] = {}

    def work() -> None:
        counts.update(Dialer(Rules(N, A, TAU, Q, S), random.Random(1), 0.0).run(20_000))

    seconds = seconds_of(work, 2)
    return (counts["attempts"] + counts["transfers"]) / seconds


def ciw_events_per_second() -> float:
    """The same dial lines going round between attempts and agents.

    Ciw cannot stop its sources: callers wait for an agent without limit, and dialing never pauses.
    """
    events = 0

    def work() -> None:
        nonlocal events
        model = ciw.create_network(
            arrival_distributions=[ciw.dists.Sequential([1e-6] * N + [1e12]), None],
            service_distributions=[ciw.dists.Exponential(1 / TAU), ciw.dists.Exponential(1 / S)],
            routing=[[1 - Q, Q], [1.0, 0.0]],
            number_of_servers=[float("inf"), A],
        )
        run = ciw.Simulation(model)
        run.simulate_until_max_time(3000)
        events = len(run.get_all_records())

    seconds = seconds_of(work, 1)
    return events / seconds


def event_rows() -> list[Row]:
    ours, simpy, other = (
        our_events_per_second(),
        simpy_events_per_second(),
        ciw_events_per_second(),
    )
    work, unit = "events of the same model, one core", "M/s"
    return [
        row(work, ours / 1e6, unit, "10 M/s", ours / 1e7, 1),
        row(work, ours / 1e6, unit, "SimPy", ours / simpy, 15),
        row(work, ours / 1e6, unit, "Ciw", ours / other, 200),
    ]


def exact_rows() -> list[Row]:
    """No peer; a limit of 50 ms keeps a page with many rows quick."""
    works = {
        "3 first-passage quantiles, N = 1000, A = 200": lambda: first_passage_quantile(
            1000, 200, 0, [0.1, 0.5, 0.9], TAU, 0.035, S
        ),
        "transient over 96 quarter hours, N = 1000, A = 200": lambda: all_busy_transient(
            1000, 200, 0, [900.0 * j for j in range(97)], TAU, 0.035, S
        ),
    }
    rows = []
    for work, function in works.items():
        seconds = seconds_of(function)
        rows.append(row(work, seconds * 1e3, "ms", "50 ms", 0.05 / seconds, 1))
    return rows


def command_row(work: str, limit: float, folder: str, *options: str, engine: str | None) -> Row:
    """A whole command on the clock; the first run warms the caches.

    Fails unless the command succeeds and every assignment was projected, by ``engine`` if given:
    a command that does nothing is quick as well.
    """
    planner = Path(sys.executable).parent / "planner"
    command = [str(planner), "project", str(DATA / folder), *options, "--json"]
    for _ in range(2):
        started = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - started
    result = row(work, seconds, "s", f"{limit} s", limit / seconds, 1)
    engines = set()
    if done.returncode == 0:
        engines = {line["engine"] for line in json.loads(done.stdout)["assignments"]}
    if not engines or (engine is not None and engines != {engine}):
        result |= {"figure": None, "ratio": None, "ok": False}
        print(f"{work}: exit code {done.returncode}, engines {sorted(engines)}", file=sys.stderr)
    return result


def command_rows() -> list[Row]:
    rows = [
        command_row("project data/quickstart, warm", 1.5, "quickstart", engine=None),
        command_row(
            "project data/regional, 8 h, simulated",
            10.0,
            "regional",
            *("--at", "2026-11-23T10:00:00-06:00", "--hours", "8", "--engine", "simulate"),
            engine="simulate",
        ),
    ]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    rows.append(row("memory of these commands", peak, "MB", "500 MB", 500 / peak, 1))
    return rows


def rows() -> list[Row]:
    return table_rows() + event_rows() + exact_rows() + command_rows()


if __name__ == "__main__":
    main("traffic", __doc__.splitlines()[0], rows)
