"""Background runs, with a solver that does what the test tells it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from planner.app.jobs.fair_queue import Turns
from planner.app.jobs.jobs import Job, PlanJob, StudyJob, here, unstoppable
from planner.contracts.problem import Campaign, CampaignKind, Dialer, Problem
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus, Progress

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
    job = PlanJob(EMPTY, OPTIONS, solve=solve, run=here)
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
    first, second, turns = UntilStopped(), UntilStopped(), Turns(1)
    running = PlanJob(EMPTY, OPTIONS, solve=first, owner="ann", run=here, turns=turns)
    assert first.reported.wait(SOON)
    waiting = PlanJob(EMPTY, OPTIONS, solve=second, owner="bob", run=here, turns=turns)
    assert (running.waiting, waiting.waiting) == (False, True)
    waiting.stop()
    waiting.wait(SOON)
    assert waiting.done
    assert waiting.result is None
    assert not second.reported.is_set(), "it never had its turn"
    running.stop()
    running.wait(SOON)
    assert running.result is not None


def test_a_long_study_lets_others_go_between_its_parts() -> None:
    turns, asked, done = Turns(1), threading.Event(), []

    def study(*, on_progress: Callable[..., None], stop: Callable[[], bool]) -> str:
        on_progress(0.0, "first part")
        assert asked.wait(SOON)
        while not turns.is_wanted():
            threading.Event().wait(0.001)
        on_progress(0.5, "second part")  # returns when Bob's run is done
        done.append("study")
        return "all parts"

    def short(*, on_progress: Callable[..., None], stop: Callable[[], bool]) -> None:
        done.append("short run")

    long = StudyJob(study, owner="ann", run=here, turns=turns)
    other: Job[None] = Job(short, owner="bob", run=here, turns=turns)
    asked.set()
    long.wait(SOON)
    assert long.result == "all parts"
    assert (long.share, long.phase) == (0.5, "second part")
    assert 0 <= long.phases["first part"] <= long.phases["second part"] <= long.seconds
    assert other.done
    assert done == ["short run", "study"]


def test_a_run_stops_once_its_holder_is_gone() -> None:
    class Holder:
        pass

    solve, holder = UntilStopped(), Holder()
    job = PlanJob(EMPTY, OPTIONS, solve=solve, run=here, turns=Turns(1))
    job.stop_with(holder)
    assert solve.reported.wait(SOON)
    assert not job.stopping
    del holder
    job.wait(SOON)
    assert job.done


def test_a_run_in_a_process_of_its_own_plans_as_one_here_does() -> None:
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=10),),
        campaigns=(
            Campaign(
                campaign_id="B", kind=CampaignKind.BROADCAST, attempt_seconds=20.0, answer_rate=0.3
            ),
        ),
    )
    job = PlanJob(problem, OPTIONS)
    job.wait(120)
    assert job.result is not None
    # Every port dials: 10 lines * 180 attempts an hour * 0.3 answers.
    assert job.result.value is not None
    assert job.result.value.value_per_hour == pytest.approx(540)
    assert job.progress is not None


def test_work_that_cannot_end_early_is_told_to_whom_it_reports() -> None:
    told: list[object] = []
    found = unstoppable(
        lambda on_progress: on_progress(0.5) or "done", on_progress=told.append, stop=lambda: True
    )
    assert (found, told) == ("done", [0.5])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_run_that_fails_ends_without_a_result_and_gives_its_turn_back() -> None:
    def fail(*args: object, **kwargs: object) -> PlanResult:
        raise RuntimeError("a fault of ours")

    failed = PlanJob(EMPTY, OPTIONS, solve=fail, run=here)
    failed.wait(SOON)
    assert failed.done
    assert failed.result is None
    after = PlanJob(EMPTY, OPTIONS, solve=lambda *a, **k: outcome(PlanStatus.NO_PLAN), run=here)
    after.wait(SOON)
    assert after.result == outcome(PlanStatus.NO_PLAN)
