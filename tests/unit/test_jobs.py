"""Background runs, with a solver that does what the test tells it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from planner.jobs import PlanJob
from planner.plan import PlanOptions, PlanResult, PlanStatus, Progress
from planner.problem import Problem

EMPTY = Problem(dialers=(), campaigns=())
OPTIONS = PlanOptions()
SOON = 10.0  # seconds; far more than a thread needs, so that a failure does not hang


def outcome(status: PlanStatus) -> PlanResult:
    return PlanResult(status=status, options=OPTIONS)


class UntilStopped:
    """Reports once, then runs until it is asked to stop."""

    def __init__(self) -> None:
        self.reported = threading.Event()

    def __call__(
        self,
        problem: Problem,
        options: PlanOptions,
        *,
        on_progress: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> PlanResult:
        on_progress(Progress(value_per_hour=9, bound_per_hour=10, seconds=1, phase="search"))
        self.reported.set()
        while not stop():
            threading.Event().wait(0.01)
        return outcome(PlanStatus.FEASIBLE)


def test_a_run_reports_its_progress_and_stops_with_the_best_plan() -> None:
    solve = UntilStopped()
    job = PlanJob(EMPTY, OPTIONS, solve=solve)
    assert solve.reported.wait(SOON)
    assert job.progress is not None
    assert job.progress.gap == pytest.approx(0.1)  # (10 - 9) / 10
    assert not job.done
    assert job.result is None
    job.stop()
    job.wait(SOON)
    assert job.done
    assert job.result == outcome(PlanStatus.FEASIBLE)


def test_runs_take_turns_and_a_waiting_one_can_be_stopped() -> None:
    first, second = UntilStopped(), UntilStopped()
    running = PlanJob(EMPTY, OPTIONS, solve=first)
    assert first.reported.wait(SOON)
    waiting = PlanJob(EMPTY, OPTIONS, solve=second)
    assert (running.waiting, waiting.waiting) == (False, True)
    waiting.stop()
    waiting.wait(SOON)
    assert waiting.done
    assert waiting.result is None
    assert not second.reported.is_set(), "it never had its turn"
    running.stop()
    running.wait(SOON)
    assert running.result is not None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_run_that_fails_ends_without_a_result_and_gives_its_turn_back() -> None:
    def fail(*args: object, **kwargs: object) -> PlanResult:
        raise RuntimeError("a fault of ours")

    failed = PlanJob(EMPTY, OPTIONS, solve=fail)
    failed.wait(SOON)
    assert failed.done
    assert failed.result is None
    after = PlanJob(EMPTY, OPTIONS, solve=lambda *a, **k: outcome(PlanStatus.NO_PLAN))
    after.wait(SOON)
    assert after.result == outcome(PlanStatus.NO_PLAN)
