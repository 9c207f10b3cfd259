"""Whether there is always an answer, and the nearest one: ``python -m tests.benchmarks.nearest``.

Cases with right answers; tiny fleets that ask for too much, against enumeration; the example with
each dialer, failure domain, pair of dialers and trunk group down; its week with three outages; and
a batch of such fleets. Seconds are of the clock, ``processor`` seconds of all cores: on a busy
machine only the latter tell. Ends with exit code 1 where something does not hold.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from statistics import median

from planner.contracts.problem import Outage, Problem
from planner.contracts.result import PlanFigures, PlanOptions, PlanResult, PlanStatus
from planner.evaluation.running.cannot_run import runnable_only
from planner.optimize.nearest import nearest_plan
from planner.optimize.search import compile_search
from planner.pipeline.pipeline import plan
from planner.studies.week.week import USUAL_SHARE, WeekPlan, plan_week
from planner.studies.whatif import whatif
from planner.tables.folder import read_folder
from tests.benchmarks.batch_problems import write_batch
from tests.benchmarks.batch_runs import measured
from tests.benchmarks.reporting import Row, table
from tests.support.comparison import disagreements, options_of, problem_of, reference
from tests.support.draw import draw, write_folder

ROOT = Path(__file__).resolve().parents[2]
REGIONAL = ROOT / "data" / "regional"
CASES = ROOT / "tests" / "data" / "cases" / "nearest"
#: A first answer, and one this close, within so long [s].
FIRST, CLOSE, CLOSE_SECONDS = 3.0, 0.005, 30.0
#: Median of a tiny fleet [s]; a batch with ``--relax`` against one without, and of fleets that ask
#: for too much against fleets of which everything can be had.
TINY, SAME_SPEED, HALF = 0.05, 0.8, 0.5
WEEK = date(2026, 12, 7)


def row(work: str, figure: str, value: object, ok: bool = True, note: str = "") -> Row:
    return {"work": work, "figure": figure, "value": value, "ok": bool(ok), "note": note}


def main() -> None:
    """Run the parts asked for, print a table, and keep it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--fleets", type=int, default=1000, help="tiny ones (default 1000)")
    parser.add_argument("--batch", type=int, default=500, help="fleets of the batch (default 500)")
    parser.add_argument(
        "--seconds", type=float, default=540.0, help="each part begins nothing after"
    )
    parser.add_argument("--out", type=Path, default=Path("out") / "nearest.json")
    arguments = parser.parse_args()
    compile_search()
    rows: list[Row] = []
    for name in arguments.only:
        rows += PARTS[name](arguments)
    print(table(rows))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"python": platform.python_version(), "machine": platform.machine(), "rows": rows}
    arguments.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    sys.exit(not all(each["ok"] for each in rows))


def case_rows(_: argparse.Namespace) -> Iterator[Row]:
    """Folders of which it is known what has to be given up, and what is earned then."""
    for name, right in json.loads((CASES / "right.json").read_text()).items():
        options = PlanOptions(gap=0.0, relax=True)
        found = plan(read_folder(CASES / name), options, explained=False)
        least = Counter[str]()
        for item in found.given_up:
            least[f"{item.priority}:{item.requirement}"] = item.proven_least
        value = found.value.value_per_hour if found.value else None
        same = value is not None and abs(value - right["value_per_hour"]) < 1e-5
        same &= dict(least) == {key: n for key, n in right["given_up"].items() if n}
        yield row("cases", name, value, same and _is_proven(found), str(dict(least)))


def _is_proven(found: PlanResult) -> bool:
    return found.proof is not None and found.proof.checked is True


def tiny_rows(arguments: argparse.Namespace) -> Iterator[Row]:
    """Fleets that ask for too much: every sum and the value equal to enumeration."""
    end = time.monotonic() + arguments.seconds
    wrong, seconds = [], []
    for seed in range(arguments.fleets):
        if time.monotonic() > end:
            break
        drawn = draw("too_much", 10_000 + seed)
        right = reference(drawn)
        options = options_of(drawn)
        problem = problem_of(drawn)
        began = time.process_time()
        nearest_plan(problem, options)
        seconds.append(time.process_time() - began)
        found = disagreements(drawn, right, options, nearest_too=True)
        if found:
            wrong.append(f"seed {10_000 + seed}: {found[0]}")
    name = f"{len(seconds)} tiny fleets"
    yield row(
        name, "differ from enumeration, or left open", len(wrong), not wrong, "; ".join(wrong)
    )
    middle = median(seconds)
    yield row(name, "median processor seconds", middle, middle < TINY, f"under {TINY}")


def outage_rows(arguments: argparse.Namespace) -> Iterator[Row]:
    """The example with things down: an answer, when, how close, and whether it gives up least."""
    problem = read_folder(REGIONAL)
    end = time.monotonic() + arguments.seconds
    whatif(problem, {"same": []}, _first(), replan=True, engine="markov", first=True)  # compiled
    for name, down in _outages(problem):
        if time.monotonic() > end:
            yield row("outages", name, "not tried", True, "the time was over")
            continue
        expressions = [f"dialer.{dialer}.in_service=false" for dialer in down]
        clock, used = time.monotonic(), time.process_time()
        world = whatif(
            problem, {name: expressions}, _first(), replan=True, engine="markov", first=True
        ).worlds[0]
        clock, used = time.monotonic() - clock, time.process_time() - used
        again = world.replanned
        answered = again is not None and again.outcome is not None
        # A busy machine lengthens the clock; on a quiet one two threads count twice.
        seconds = min(clock, used)
        yield row(
            "outages", f"{name}: first answer, s", seconds, answered and seconds < FIRST,
            f"{clock:.1f} s of the clock, {used:.1f} of all cores",
        )  # fmt: skip
        yield _close(problem, name, down)


def _first() -> PlanOptions:
    return PlanOptions(time_limit=2.0, gap=CLOSE, figures=PlanFigures.FORMULAS)


def _close(problem: Problem, name: str, down: tuple[str, ...]) -> Row:
    """How close the nearest plan gets, and whether no plan gives up less."""
    dialers = tuple(
        d.model_copy(update={"in_service": d.dialer_id not in down}) for d in problem.dialers
    )
    given, _ = runnable_only(problem.model_copy(update={"dialers": dialers}))
    options = PlanOptions(gap=CLOSE, time_limit=CLOSE_SECONDS, relax=True)
    began = time.process_time()
    found = plan(given, options.model_copy(update={"figures": PlanFigures.FORMULAS}))
    used = time.process_time() - began
    near = nearest_plan(given, options) if found.given_up else None
    least = near is None or near.proven
    lost = sum(one.total for one in near.sums) if near else 0
    ok = found.gap is not None and found.gap <= CLOSE and least
    note = f"{used:.1f} processor s; gives up {lost}{'' if least else ', not proven the least'}"
    checked = found.proof.checked if found.proof else None
    return row("outages", f"{name}: gap", found.gap, ok, f"{note}; checked {checked}")


def _outages(problem: Problem) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each dialer, failure domain, pair of dialers and trunk group."""
    names = [d.dialer_id for d in problem.dialers]
    for dialer in names:
        yield dialer, (dialer,)
    for domain in problem.failure_domains:
        yield domain, tuple(d.dialer_id for d in problem.dialers if d.domain == domain)
    for group in problem.trunk_groups:
        members = (d.dialer_id for d in problem.dialers if d.trunk_group == group.trunk_group)
        yield f"trunk group {group.trunk_group}", tuple(members)
    for pair in combinations(names, 2):
        yield " and ".join(pair), pair


def week_rows(_: argparse.Namespace) -> Iterator[Row]:
    """The week of the example with three outages, one of a whole site."""
    problem = read_folder(REGIONAL)
    outages = (
        *_out(problem, ("DAL-1", "DAL-2"), day=8, hours=(16, 20)),
        *_out(problem, ("ATL-1",), day=9, hours=(14, 22)),
        *_out(problem, ("CHI-2",), day=10, hours=(18, 21)),
    )
    worse = problem.model_copy(update={"outages": outages})
    for name, given in (("week", problem), ("week with three outages", worse)):
        clock, used = time.monotonic(), time.process_time()
        week = plan_week(given, PlanOptions(relax=True), week=WEEK, least_share=USUAL_SHARE)
        clock, used = time.monotonic() - clock, time.process_time() - used
        totals = week.totals()
        yield row(name, "processor s", used, True, f"{clock:.0f} s of the clock")
        yield row(name, "hours without a plan", totals.hours_without_plan, not _dark(week))
        yield row(name, "hours in which something is given up", totals.hours_relaxed)
        kept = totals.value / week.value_if_lines_move if week.value_if_lines_move else 1.0
        yield row(name, "value kept", kept, kept >= 0.995, "at least 0.995")
        moved = f"{week.lines_moved_if_they_move:,} if they move"
        yield row(name, "lines moved", totals.lines_moved, True, moved)
        yield row(name, "gap", totals.gap)


def _out(
    problem: Problem, dialers: tuple[str, ...], day: int, hours: tuple[int, int]
) -> Iterator[Outage]:
    start, finish = (datetime(2026, 12, day, hour, tzinfo=UTC) for hour in hours)
    for dialer in dialers:
        assert dialer in problem.dialer_index
        yield Outage(dialer_id=dialer, start=start, end=finish)


def _dark(week: WeekPlan) -> list[datetime]:
    """Hours in which somebody can run and nobody has lines."""
    return [
        interval.start
        for interval in week.intervals
        if interval.running
        and ((result := week.result_of(interval)) is None or result.plan is None)
    ]


def batch_rows(arguments: argparse.Namespace) -> Iterator[Row]:
    """A batch with ``--relax``: no row without a plan that has a nearest one, and its speed."""
    count = arguments.batch
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        whole = write_batch(folder / "whole", count, 3, 4)
        asked = measured(whole, folder / "asked", "--workers", "2")
        relaxed = measured(whole, folder / "relaxed", "--workers", "2", "--relax")
        part = asked["workers_cpu"] / relaxed["workers_cpu"]
        name = f"batch of {count}"
        note = f"at least {SAME_SPEED}"
        yield row(name, "speed with --relax against without", part, part >= SAME_SPEED, note)
        short = folder / "short"
        drawn = [draw("too_much", 20_000 + seed) for seed in range(count)]
        for number, each in enumerate(drawn):
            write_folder(each.tables, short / f"p{number:04d}")
        figures = ("--figures", "formulas")
        plain = measured(short, folder / "plain", "--workers", "2", *figures)
        out = folder / "nearest"
        found = measured(short, out, "--workers", "2", "--relax", *figures)
        rate = plain["workers_cpu"] / found["workers_cpu"]
        yield row(name, "fleets that ask for too much: speed against without", rate, rate >= HALF)
        states = {r["plan_id"]: r["status"] for r in _rows(out / "plans.csv")}
        yield row(name, "statuses", str(dict(Counter(states.values()))))
        left = [
            plan_id
            for plan_id, status in states.items()
            if status in (PlanStatus.INFEASIBLE, PlanStatus.NO_PLAN)
            and reference(drawn[int(plan_id[1:])]).nearest is not None
        ]
        yield row(
            name, "without a plan that have a nearest one", len(left), not left, str(left[:5])
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "cases": case_rows,
    "tiny": tiny_rows,
    "outages": outage_rows,
    "week": week_rows,
    "batch": batch_rows,
}

if __name__ == "__main__":
    main()
