"""Work in a process of its own: results, progress, stop, and what happens when it fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from planner.app.jobs.worker_process import WorkFailed, apart, end_idle
from tests.support import works


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    yield
    end_idle()


def never() -> bool:
    return False


def nothing(*told: object) -> None:
    pass


def test_work_is_done_elsewhere_at_a_low_priority_and_told_here() -> None:
    told: list[object] = []
    process, niceness = apart(works.tell_process, lambda *t: told.append(t), never)
    assert process != os.getpid()
    assert niceness == min(os.nice(0) + 10, 19), "19 is the lowest priority there is"
    assert told == [(0.5, "half")]


def test_the_next_work_is_done_by_the_process_that_is_free() -> None:
    assert apart(works.tell_process, nothing, never) == apart(works.tell_process, nothing, never)


def test_work_ends_with_the_best_so_far_once_it_is_stopped() -> None:
    begun = threading.Event()
    assert apart(works.until_stopped, lambda *_: begun.set(), begun.is_set) == "the best so far"
    # What was told to stop is forgotten by the next.
    assert apart(partial(works.count, 3), nothing, never) == 3


def test_paced_work_waits_until_its_report_was_taken_in() -> None:
    told: list[str] = []
    asked = threading.Event()

    def report(share: float, number: str) -> None:
        told.append(number)
        if number == "2":
            asked.set()
            # Work that did not wait would have reported all by now.
            threading.Event().wait(0.3)

    found = apart(partial(works.count, 1000), report, asked.is_set, paced=True)
    assert told[:3] == ["0", "1", "2"]
    assert found < 1000


def test_it_is_told_here_that_machine_code_is_made_there() -> None:
    told: list[bool] = []
    assert apart(works.compile_one, nothing, never, compiling=told.append) == 2
    assert told == [True, False]


def test_a_failure_there_is_one_here_with_its_words() -> None:
    with pytest.raises(WorkFailed, match="no such campaign"):
        apart(works.fail, nothing, never)


def test_a_process_that_dies_is_told_and_another_takes_its_place() -> None:
    with pytest.raises(WorkFailed, match="has ended"):
        apart(works.die, nothing, never)
    assert apart(partial(works.count, 3), nothing, never) == 3
