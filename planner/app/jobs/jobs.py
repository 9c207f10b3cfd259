"""Long runs in the background: progress, stop, result. Knows no web page."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from planner.app.jobs.fair_queue import Turns
from planner.app.jobs.worker_process import apart
from planner.compiling.compilation import COMPILATION, Stopwatch
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult, Progress
from planner.pipeline.pipeline import plan

#: A run uses one core, now and then two.
_TURNS = Turns(max(2, os.cpu_count() or 1))

#: What one more is worth takes several times as long: pages ask for it by a click.
_SOLVE = partial(plan, compared=False)

Result = TypeVar("Result")


class Runner(Protocol):
    """Runs work and waits for it; see :func:`planner.app.jobs.worker_process.apart`."""

    def __call__(
        self,
        work: Callable[..., Any],
        report: Callable[..., None],
        stop: Callable[[], bool],
        *,
        paced: bool = False,
        compiling: Callable[[bool], None] = ...,
    ) -> Any:
        """Return what the work returns."""


def here(
    work: Callable[..., Any],
    report: Callable[..., None],
    stop: Callable[[], bool],
    *,
    paced: bool = False,  # noqa: ARG001 - it waits for each report anyway
    compiling: Callable[[bool], None] = lambda _: None,
) -> Any:
    """Run work in this process."""
    with COMPILATION.told(compiling):
        return work(on_progress=report, stop=stop)


def unstoppable(
    work: Callable[..., Result],
    *,
    on_progress: Callable[..., None],
    stop: Callable[[], bool],  # noqa: ARG001 - it is told, and nothing can be done
) -> Result:
    """Do work that cannot end early."""
    return work(on_progress=on_progress)


class Job(Generic[Result]):
    """One run, from its creation on, when it is its owner's turn.

    Parameters
    ----------
    work : called with ``on_progress`` and ``stop``; ends soon once the latter says True.
    owner : whose run it is: each has one at a time.
    run : where it runs, by default in a process of its own.
    turns : who goes first.

    Attributes
    ----------
    waiting : whether other runs go first.
    compiling : tells whether machine code is made just now, as once after an installation, and for
        how long it was, which no time limit counts.
    result : the outcome once done; still None then if the run failed (the traceback goes to
        standard error) or was stopped while it waited for its turn.
    """

    paced = False

    def __init__(
        self,
        work: Callable[..., Result],
        *,
        owner: str = "",
        run: Runner = apart,
        turns: Turns = _TURNS,
    ) -> None:
        self.result: Result | None = None
        self.waiting = True
        self.compiling = Stopwatch()
        self.owner = owner
        self._work, self._run_work, self._turns = work, run, turns
        self._has_place = False
        self._start = time.monotonic()
        self._stop = threading.Event()
        # A daemon, so that closing the server does not wait for a result that nobody will see.
        self._thread = threading.Thread(target=self._run, name="job", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the run has ended, one way or another."""
        return not self._thread.is_alive()

    @property
    def stopping(self) -> bool:
        """Whether the run has been asked to stop."""
        return self._stop.is_set()

    @property
    def seconds(self) -> float:
        """Time since the run was asked for [s]."""
        return time.monotonic() - self._start

    def stop(self) -> None:
        """Ask the run to end soon with the best that it has so far."""
        self._stop.set()

    def stop_with(self, holder: object) -> None:
        """Stop as well once an object is gone, for nobody will see the result then."""
        weakref.finalize(holder, self._stop.set)  # holds neither the run nor its result

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the run has ended, at most so many seconds."""
        self._thread.join(seconds)

    def _run(self) -> None:
        self._take_turn()
        if not self._has_place:
            return
        try:
            self.result = self._run_work(
                self._work,
                self._report,
                self._stop.is_set,
                paced=self.paced,
                compiling=self.compiling.switch,
            )
        finally:
            if self._has_place:
                self._turns.give_back(self.owner)

    def _take_turn(self) -> None:
        self.waiting = True
        self._has_place = self._turns.take(self.owner, self._stop.is_set)
        self.waiting = False

    def _report(self, *told: Any) -> None:
        """Take in what the work tells."""


class PlanJob(Job[PlanResult]):
    """A planning run.

    Attributes
    ----------
    problem : what is planned.
    options : what the plan is asked for.
    progress : the latest progress, None before the first.
    """

    def __init__(
        self,
        problem: Problem,
        options: PlanOptions,
        *,
        solve: Callable[..., PlanResult] = _SOLVE,
        **settings: Any,
    ) -> None:
        self.problem = problem
        self.options = options
        self.progress: Progress | None = None
        super().__init__(partial(solve, problem, options), **settings)

    def _report(self, *told: Any) -> None:
        (self.progress,) = told


class StudyJob(Job[Result]):
    """A run of several parts, such as a frontier or worlds planned anew.

    Between two parts it leaves its place to others who wait, so that nobody waits for all of it.

    Attributes
    ----------
    share : how much is done, in [0, 1].
    phases : what was done so far, in a few words each, with how long the run had gone on when it
        began [s]; the last is what is being done.
    """

    paced = True

    def __init__(self, study: Callable[..., Result], **settings: Any) -> None:
        self.share = 0.0
        self.phases: dict[str, float] = {}
        super().__init__(study, **settings)

    @property
    def phase(self) -> str:
        """What is being done; blank before the first."""
        return next(reversed(self.phases), "")

    def _report(self, *told: Any) -> None:
        self.share, phase = told
        if self._has_place and self._turns.is_wanted():
            self._turns.give_back(self.owner)
            self._take_turn()
        if phase != self.phase:
            others = {name: began for name, began in self.phases.items() if name != phase}
            self.phases = {**others, phase: self.seconds}  # a new one: pages may be reading it
