"""Progress and interruption of a run on a terminal."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Self, TextIO

from planner.compiling.compilation import COMPILATION, WORDS
from planner.contracts.result import Progress
from planner.contracts.values.per_cent import per_cent
from planner.contracts.values.told import share_at_most
from planner.report.text_layout import clean
from planner.report.words import amount

#: A run that is over sooner needs no progress.
QUIET_SECONDS = 1.0
#: Least time between two plain lines, and between two drawings of the bar [s].
LINE_SECONDS, BAR_SECONDS = 5.0, 0.1
_BAR_WIDTH = 20
_STOPPING = "Stopping with the best plan so far; Ctrl-C once more gives up."


class ProgressLine:
    """Shows how far a run is: a bar on a terminal, else plain lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on_terminal = stream.isatty()
        self._next = QUIET_SECONDS
        self._drawn = 0
        self._told_of_compilation = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._draw("")

    def show(self, share_done: float, text: str, seconds: float) -> None:
        """Show a state ``seconds`` after the start, unless the last was shown a moment ago."""
        if seconds < self._next:
            return
        if self._on_terminal:
            self._next = seconds + BAR_SECONDS
            self._draw(f"{_bar(share_done)} {text}")
        else:
            self._next = seconds + LINE_SECONDS
            self._print(text)

    @contextmanager
    def telling_of_compilation(self) -> Iterator[None]:
        """Tell of the making of machine code in this process."""
        with COMPILATION.told(lambda begins: self.tell_of_compilation() if begins else None):
            yield

    def tell_of_compilation(self) -> None:
        """Say once, in a line of its own, why a first run takes so long before anything comes."""
        if not self._told_of_compilation:
            self._told_of_compilation = True
            self.say(WORDS)

    def say(self, text: str) -> None:
        """Print a line of its own, in place of the bar."""
        self._draw("")
        self._print(text)

    def _draw(self, text: str) -> None:
        """Draw over the bar; the empty text wipes it."""
        if not (text or self._drawn):
            return
        shown = text[: shutil.get_terminal_size().columns - 1]
        blank = " " * max(0, self._drawn - len(shown))
        end = "" if shown else "\r"
        self._print(f"\r{shown}{blank}", end)
        self._drawn = len(shown)

    def _print(self, text: str, end: str = "\n") -> None:
        # Nobody may be there to see it: no reason to end what is being done.
        with suppress(OSError):
            print(text, end=end, file=self._stream, flush=True)


class ProgressPrinter(ProgressLine):
    """Callback that shows how far a planning run is.

    Parameters
    ----------
    time_limit : seconds at which the run ends at the latest; the bar is full then.
    """

    def __init__(self, stream: TextIO, time_limit: float) -> None:
        super().__init__(stream)
        self._time_limit = time_limit

    def __call__(self, progress: Progress) -> None:
        """Show a state of the run."""
        text = progress_words(progress, self._time_limit)
        self.show(progress.seconds / self._time_limit, text, progress.seconds)


class WeekPrinter(ProgressLine):
    """Callback that shows how far the plans of a week are, with one time limit for all."""

    def __init__(self, stream: TextIO, time_limit: float) -> None:
        super().__init__(stream)
        self._time_limit = time_limit
        self._start = time.monotonic()

    def __call__(self, number: int, count: int, progress: Progress) -> None:
        """Show the state of one plan of so many."""
        each = self._time_limit / count
        text = f"plan {number} of {count}, {progress_words(progress, each)}"
        done = (number - 1 + min(progress.seconds / each, 1.0)) / count
        self.show(done, text, time.monotonic() - self._start)


class SharePrinter(ProgressLine):
    """Callback that shows the share of a projection that is done."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._start = time.monotonic()

    def __call__(self, share_done: float, phase: str) -> None:
        """Show a state of the run."""
        text = f"{per_cent(share_done)} done, simulating ({phase})"
        self.show(share_done, text, time.monotonic() - self._start)


class StepPrinter(ProgressLine):
    """Callback that shows the share of several plans that is done, and what it is at."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._start = time.monotonic()

    def __call__(self, share_done: float, phase: str) -> None:
        """Show a state of the run."""
        text = f"{per_cent(share_done)} done, now: {clean(phase)}"
        self.show(share_done, text, time.monotonic() - self._start)


def progress_words(progress: Progress, time_limit: float) -> str:
    """``12 s of at most 60 s: 158.4 an hour, gap 0.38 %, at most 159.0 possible (improving)``."""
    parts = []
    if progress.value_per_hour is not None:
        parts.append(f"{amount(progress.value_per_hour)} an hour")
    if progress.gap is not None:
        parts.append(f"gap {share_at_most(progress.gap)}")
    if progress.bound_per_hour is not None:
        parts.append(f"at most {amount(progress.bound_per_hour)} possible")
    so_far = ", ".join(parts) or "no plan yet"
    # What is compared after the search, and what is compiled before, has no part in its limit.
    limit = f" of at most {time_limit:g} s" if progress.seconds <= time_limit else ""
    return f"{progress.seconds:.0f} s{limit}: {so_far} ({progress.phase})"


@contextmanager
def stop_on_interrupt(
    say: Callable[[str], None], words: str = _STOPPING
) -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a wish to stop, which the yielded function tells.

    The second raises KeyboardInterrupt. ``say`` is told once that the wish was heard, from the
    polling code and not from the signal handler, where printing is not safe.
    """
    asked = told = False

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    def stop() -> bool:
        nonlocal told
        if asked and not told:
            told = True
            say(words)
        return asked

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, previous)


def _bar(share_done: float) -> str:
    full = min(_BAR_WIDTH, int(share_done * _BAR_WIDTH))
    return f"[{'#' * full}{'-' * (_BAR_WIDTH - full)}]"
