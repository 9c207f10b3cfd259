"""What is told while machine code is made, and that what is there already is only loaded."""

from __future__ import annotations

import io
import threading

import numba
import pytest

from planner.app.jobs.fair_queue import Turns
from planner.app.jobs.jobs import Job, here
from planner.cli.console import ProgressPrinter
from planner.compiling import compilation as compiling
from planner.compiling import compiled
from planner.compiling.compilation import COMPILATION, Compilation, Stopwatch
from planner.contracts.result import PlanOptions
from planner.pipeline import planning

assert compiled  # its import has numba tell what it compiles


def fresh() -> object:
    """A function that was never compiled."""
    return numba.njit(lambda x: x + 1)


class Clock:
    """Stands still until it is put forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(compiling.time, "monotonic", lambda: self.now)


def test_compiling_is_told_where_it_begins_and_ends_and_only_then() -> None:
    told: list[bool] = []
    function = fresh()
    with COMPILATION.told(told.append):
        assert function(1) == 2  # type: ignore[operator]
        assert told == [True, False]
        assert function(2) == 3  # type: ignore[operator]
    assert told == [True, False], "it was compiled before"
    fresh()(1)  # type: ignore[operator]
    assert told == [True, False], "nobody asked"


def test_what_is_compiled_within_another_is_one_piece_of_work() -> None:
    told: list[bool] = []
    compilation = Compilation()
    with compilation.told(told.append):
        for begins in (True, True, False, False):
            compilation.note(begins)
    assert told == [True, False]


def test_a_stopwatch_adds_up_what_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, watch = Clock(monkeypatch), Stopwatch()
    clock.now += 5
    assert watch.seconds == 0
    watch.switch(True)
    clock.now += 2
    assert (watch.is_on, watch.seconds) == (True, 2)
    watch.switch(False)
    clock.now += 10
    watch.switch(True)
    clock.now += 1
    assert watch.seconds == 3


def test_a_time_limit_does_not_count_what_compiling_took(monkeypatch: pytest.MonkeyPatch) -> None:
    compilation, time = Compilation(), Clock(monkeypatch)
    monkeypatch.setattr(planning, "COMPILATION", compilation)
    clock = planning.Clock()
    compilation.note(True)
    time.now += 90
    compilation.note(False)
    time.now += 7
    assert clock.limited(PlanOptions(time_limit=60)).time_limit == 53
    assert clock.seconds == 97


def test_a_job_tells_that_it_compiles_and_for_how_long() -> None:
    seen: list[bool] = []
    begun = threading.Event()

    def work(**_: object) -> None:
        begun.wait(60)
        with COMPILATION.told(lambda _: seen.append(job.compiling.is_on)):
            fresh()(1)  # type: ignore[operator]

    job: Job[None] = Job(work, run=here, turns=Turns(1))
    begun.set()
    job.wait(60)
    assert seen == [True, False]
    assert 0 < job.compiling.seconds < job.seconds


def test_a_terminal_is_told_once_in_a_line_of_its_own() -> None:
    stream = io.StringIO()
    with ProgressPrinter(stream, 60.0) as progress, progress.telling_of_compilation():
        fresh()(1)  # type: ignore[operator]
        fresh()(1)  # type: ignore[operator]
    assert stream.getvalue() == f"{compiling.WORDS}\n"
