"""Long runs in the background: progress, stop, result. Knows no web page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from planner.pipeline import plan
from planner.plan import PlanOptions, PlanResult, Progress
from planner.problem import Problem

# One run at a time in this process: several at once would only slow each other and the page.
_turn = threading.Semaphore(1)
_WAIT_SECONDS = 0.1

Result = TypeVar("Result")


class Job(Generic[Result]):
    """One run in its own thread, from its creation on.

    Parameters
    ----------
    work : does it; polls the function that it is given, and ends soon once that says True.

    Attributes
    ----------
    waiting : whether other runs go first.
    result : the outcome once done; still None then if the run failed (the traceback goes to
        standard error) or was stopped while it waited for its turn.
    """

    def __init__(self, work: Callable[[Callable[[], bool]], Result]) -> None:
        self.result: Result | None = None
        self.waiting = True
        self._work = work
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

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the run has ended, at most so many seconds."""
        self._thread.join(seconds)

    def _run(self) -> None:
        while not _turn.acquire(timeout=_WAIT_SECONDS):
            if self.stopping:
                return
        self.waiting = False
        try:
            self.result = self._work(self._stop.is_set)
        finally:
            _turn.release()


class PlanJob(Job[PlanResult]):
    """A planning run.

    Attributes
    ----------
    problem : what is planned.
    options : what the plan is asked for.
    progress : the latest progress, None before the first.
    """

    def __init__(
        self, problem: Problem, options: PlanOptions, *, solve: Callable[..., PlanResult] = plan
    ) -> None:
        self.problem = problem
        self.options = options
        self.progress: Progress | None = None
        super().__init__(lambda stop: solve(problem, options, on_progress=self._report, stop=stop))

    def _report(self, progress: Progress) -> None:
        self.progress = progress


class StudyJob(Job[Result]):
    """A run of several parts, such as a frontier or worlds planned anew.

    Parameters
    ----------
    study : does it; told where to report the share done and what comes next, and what to poll.

    Attributes
    ----------
    share : how much is done, in [0, 1].
    phase : what is being done, in a few words; blank before the first.
    """

    def __init__(
        self, study: Callable[[Callable[[float, str], None], Callable[[], bool]], Result]
    ) -> None:
        self.share = 0.0
        self.phase = ""
        super().__init__(lambda stop: study(self._report, stop))

    def _report(self, share: float, phase: str) -> None:
        self.share, self.phase = share, phase
