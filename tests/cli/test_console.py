"""Progress and interruption: quiet when quick, a bar on a terminal, lines in a log."""

from __future__ import annotations

import io
import os
import signal

import pytest

from planner.cli.console import ProgressPrinter, WeekPrinter, progress_words, stop_on_interrupt
from planner.contracts.result import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at(seconds: float) -> Progress:
    return Progress(value_per_hour=158.4, bound_per_hour=159.0, seconds=seconds, phase="improving")


def test_progress_tells_time_value_bound_and_gap() -> None:
    # (159.0 - 158.4) / 159.0 = 0.38 %
    expected = "12 s of at most 60 s: 158.4 an hour, gap 0.38 %, at most 159.0 possible (improving)"
    assert progress_words(at(12.0), 60.0) == expected


def test_what_is_no_part_of_the_limit_is_not_held_against_it() -> None:
    after = "65 s: 158.4 an hour, gap 0.38 %, at most 159.0 possible (improving)"
    assert progress_words(at(65.0), 60.0) == after


def test_progress_before_the_first_plan_claims_none() -> None:
    start = Progress(value_per_hour=None, bound_per_hour=None, seconds=2.0, phase="tables")
    assert progress_words(start, 60.0) == "2 s of at most 60 s: no plan yet (tables)"


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_a_run_of_less_than_a_second_is_quiet(stream: io.StringIO) -> None:
    with ProgressPrinter(stream, 60.0) as progress:
        progress(at(0.2))
        progress(at(0.9))
    assert stream.getvalue() == ""


def test_a_log_gets_a_line_every_few_seconds_without_control_characters() -> None:
    stream = io.StringIO()
    with ProgressPrinter(stream, 60.0) as progress:
        for tenths in range(130):
            progress(at(tenths / 10))
    lines = stream.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["1", "6", "11"]
    assert all(line.isprintable() for line in lines)


def test_a_terminal_gets_a_bar_that_fills_and_is_wiped_at_the_end() -> None:
    stream = Terminal()
    with ProgressPrinter(stream, 60.0) as progress:
        progress(at(30.0))
        half = stream.getvalue()
        progress(at(70.0))
        full = stream.getvalue()
    assert half.startswith("\r[##########----------] 30 s of at most 60 s")
    assert "[####################] 70 s" in full
    assert "\n" not in full
    # What is left on the line is blanks, with the cursor at its start.
    assert stream.getvalue().rsplit("\r", 2)[-2].strip() == ""
    assert stream.getvalue().endswith("\r")


def test_a_week_says_which_of_its_plans_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 90.0, 90.0])
    monkeypatch.setattr("planner.cli.console.time.monotonic", lambda: next(clock))
    stream = Terminal()
    with WeekPrinter(stream, 60.0) as progress:
        progress(2, 4, at(7.0))
    # One of four plans is done, and 7 of the 15 s that each of them has: 1.47 / 4 of 20 marks.
    assert "[#######-------------] plan 2 of 4, 7 s of at most 15 s" in stream.getvalue()


def test_the_first_interrupt_asks_to_stop_and_says_so_once() -> None:
    said: list[str] = []
    with stop_on_interrupt(said.append) as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        assert stop()
    assert said == ["Stopping with the best plan so far; Ctrl-C once more gives up."]


def test_the_second_interrupt_gives_up() -> None:
    with stop_on_interrupt(str):
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_an_interrupt_means_what_it_meant_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stop_on_interrupt(str):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
