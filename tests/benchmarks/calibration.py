"""How good calibrations and backtests are: ``python -m tests.benchmarks.calibration [PART ...]``.

Parts: ``coverage`` (95 % intervals on 200 made-up logs), ``backtest`` (60 made-up sites whose
truth lies outside the model), ``speed`` (10 million attempts: seconds and memory).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from planner.calibration.backtest.collect import DayCollector
from planner.calibration.backtest.observed import FIGURES
from planner.calibration.backtest.run import backtest
from planner.calibration.backtest.scores import holds
from planner.calibration.emulation.days import Shift, Truth, emulate
from planner.calibration.emulation.files import attempts_table
from planner.calibration.estimates.estimate import estimate
from planner.calibration.tallies import Tallies

#: Monday 2026-10-05, 09:00 UTC.
OPENS = 1_791_190_800.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["coverage", "backtest", "speed"])
    parser.add_argument("--logs", type=int, default=200)
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--attempts", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for part in arguments.parts:
        start = time.perf_counter()
        if part == "coverage":
            coverage(arguments.logs, arguments.seed)
        elif part == "backtest":
            backtests(arguments.sites, arguments.seed)
        else:
            speed(arguments.attempts)
        print(f"{part}: {time.perf_counter() - start:.0f} s", flush=True)


def coverage(logs: int, seed: int) -> None:
    """Of logs of 5 to 30 days, cut off while calls are under way: how often intervals hold."""
    held: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for number in range(logs):
        truth, shift = _inside_the_model(seed * 100_000 + number)
        tallies = Tallies()
        tallies.add(emulate(truth, shift, seed * 100_000 + number))
        for item in estimate(tallies).figures:
            if item.low is None or item.high is None:
                continue
            true = truth.answer_rate * truth.transfer_rate
            if "*" not in item.figure:
                true = getattr(truth, item.figure)
            held[item.figure].append((true < item.low, true > item.high))
    print(f"95 % intervals of {logs} logs: share that hold (truth below, truth above)")
    for figure, missed in held.items():
        below, above = np.mean(missed, axis=0)
        print(f"  {figure:28s} {1 - below - above:6.1%}  ({below:.1%}, {above:.1%})")


def _inside_the_model(seed: int) -> tuple[Truth, Shift]:
    rng = np.random.default_rng(seed)
    days = rng.uniform(0, 0.3, 3)
    truth = Truth(
        dial_lines=int(rng.integers(20, 80)),
        agent_lines=int(rng.integers(2, 8)),
        answer_rate=rng.uniform(0.06, 0.3),
        machine_rate=rng.uniform(0, 0.3),
        transfer_rate=rng.uniform(0.05, 0.3),
        attempt_seconds=rng.uniform(15, 45),
        attempt_cv=float(rng.choice([0.5, 1.0, 1.4])),
        talk_seconds=rng.uniform(60, 240),
        talk_cv=float(rng.choice([0.6, 1.0, 1.4])),
        wrap_up_seconds=rng.uniform(5, 40),
        holds=True,
        patience_seconds=rng.uniform(10, 60),
        longest_wait=rng.uniform(15, 60),
        answer_rate_day_cv=days[0],
        transfer_rate_day_cv=days[1],
        talk_day_cv=days[2],
    )
    return truth, Shift(OPENS, int(rng.integers(5, 31)), rng.uniform(2, 4), cut_after=0.0)


def backtests(sites: int, seed: int) -> None:
    """Of sites that differ from the model: how often 90 % bands hold, and CRPS beside others."""
    rows: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    factors = []
    for number in range(sites):
        truth, shift = _outside_the_model(seed * 100_000 + number)
        days = DayCollector()
        days.add(emulate(truth, shift, seed * 100_000 + number))
        found = backtest(days, seed=number)
        factors.append(found.day_widening)
        for item in found.forecasts:
            held = holds(item.band, item.observed)
            wider = item.widened is not None and holds(item.widened, item.observed)
            was_widened = float(item.widened is not None)
            rows[item.figure].append((held, wider, was_widened, *item.scores))
    print(
        f"90 % bands of {sites} sites: held, held once widened, CRPS over that of yesterday, mean"
    )
    for figure in FIGURES:
        table = np.array(rows[figure], dtype=float)
        wide = table[table[:, 2] > 0]
        ours, yesterday, mean = np.nanmean(table[np.isfinite(table).all(axis=1)][:, 3:], axis=0)
        told = f"{wide[:, 1].mean():6.1%} of {len(wide)}" if len(wide) else "-"
        print(
            f"  {figure:20s} {table[:, 0].mean():6.1%} of {len(table)}  {told}"
            f"  {ours / yesterday:.2f} {ours / mean:.2f}"
        )
    print(f"  day-to-day variation widened by {np.mean(factors):.2f} on average")


def _outside_the_model(seed: int) -> tuple[Truth, Shift]:
    """Attempts with a point mass at the ring limit, drifting rates, agents away for a while."""
    rng = np.random.default_rng(seed)
    agents = int(rng.integers(3, 9))
    days = rng.uniform(0.05, 0.3, 3)
    truth = Truth(
        dial_lines=int(agents * rng.uniform(5, 14)),
        agent_lines=agents,
        answer_rate=rng.uniform(0.06, 0.2),
        machine_rate=rng.uniform(0, 0.3),
        transfer_rate=rng.uniform(0.08, 0.3),
        ring_limit=rng.uniform(18, 30),
        talk_seconds=rng.uniform(60, 200),
        talk_cv=rng.uniform(0.5, 1.3),
        wrap_up_seconds=rng.uniform(0, 20),
        holds=bool(rng.integers(2)),
        patience_seconds=rng.uniform(10, 40),
        longest_wait=20.0,
        answer_rate_day_cv=days[0],
        transfer_rate_day_cv=days[1] / 2,
        talk_day_cv=days[2] / 2,
        hour_drift=rng.uniform(-0.5, 0.5),
        away=int(rng.integers(0, agents // 2 + 1)),
    )
    return truth, Shift(OPENS, int(rng.integers(10, 21)), rng.uniform(2, 5))


def speed(attempts: int) -> None:
    """Calibrate so many attempts in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        _write_logs(Path(folder), attempts)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        mapping = Path(folder) / "map.txt"
        mapping.write_text("like,attempts\ncall,call\n")
        for kind in ("parquet", "csv", "named"):
            named = kind == "named"
            paths = sorted(Path(folder).glob("*.named.parquet" if named else f"day???.{kind}"))
            start = time.perf_counter()
            program = (
                "import sys, resource; from planner.calibration.calibrate import calibrate;"
                "from pathlib import Path;"
                "mapping = Path(sys.argv[1]) if sys.argv[1] else None;"
                "found = calibrate(sys.argv[2:], mapping=mapping);"
                "print(found.estimates.attempts,"
                " resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
            )
            told = str(mapping) if named else ""
            command = [sys.executable, "-c", program, told, *map(str, paths)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds = time.perf_counter() - start
            count, memory = done.stdout.split()
            print(f"  {kind}: {int(count):,} attempts in {seconds:.1f} s, {memory} MB", flush=True)
        print(
            f"  {size / 1e6:,.0f} MB of files; {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}"
        )


def _write_logs(folder: Path, attempts: int) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    truth = Truth(dialers=("D1", "D2", "D3", "D4"), answer_rate_day_cv=0.15)
    log = attempts_table(emulate(truth, Shift(OPENS, 1, 12.0), 1))
    days = -(-attempts // len(log))
    numbers = pc.cast(pa.array(range(len(log))), pa.string())
    for day in range(days):
        shifted = log
        for name in ("launched", "ended", "requested", "connected", "released"):
            at = log.column_names.index(name)
            shifted = shifted.set_column(at, name, pc.add(log[name], 86_400.0 * day))
        pq.write_table(shifted, folder / f"day{day:03d}.parquet")
        pa_csv.write_csv(shifted, folder / f"day{day:03d}.csv")
        # Rows that name their calls, among which repeated ones are looked for.
        calls = pc.binary_join_element_wise(pa.scalar(f"{day:08d}-"), numbers, "")
        named = shifted.append_column("call", calls)
        pq.write_table(named, folder / f"day{day:03d}.named.parquet")


if __name__ == "__main__":
    main()
