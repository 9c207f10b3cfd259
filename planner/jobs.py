"""Planning runs in the background: progress, stop, result. Knows no web page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from planner.pipeline import plan
from planner.plan import PlanOptions, PlanResult, Progress
from planner.problem import Problem

# One run at a time in this process: several at once would only slow each other and the page.
_turn = threading.Semaphore(1)
_WAIT_SECONDS = 0.1


class PlanJob:
    """One planning run in its own thread, from its creation on.

    Attributes
    ----------
    problem : what is planned.
    options : what the plan is asked for.
    progress : the latest progress, None before the first.
    waiting : whether other runs go first.
    result : the outcome once done; still None then if the run failed (the traceback goes to
        standard error) or was stopped while it waited for its turn.
    """

    def __init__(
        self, problem: Problem, options: PlanOptions, *, solve: Callable[..., PlanResult] = plan
    ) -> None:
        self.problem = problem
        self.options = options
        self.progress: Progress | None = None
        self.result: PlanResult | None = None
        self.waiting = True
        self._solve = solve
        self._start = time.monotonic()
        self._stop = threading.Event()
        # A daemon, so that closing the server does not wait for a plan that nobody will see.
        self._thread = threading.Thread(target=self._run, name="plan", daemon=True)
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
        """Ask the run to end soon with the best plan found so far."""
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
            self.result = self._solve(
                self.problem, self.options, on_progress=self._report, stop=self._stop.is_set
            )
        finally:
            _turn.release()

    def _report(self, progress: Progress) -> None:
        self.progress = progress
