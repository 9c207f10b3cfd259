"""Standard output that may fail: a pipe whose reader has gone, a disk that is full."""

from __future__ import annotations

import contextlib
import os
import sys
from types import TracebackType
from typing import Any, Self

from planner.cli.exit_codes import BAD_INPUT, DONE


class Output:
    """What a command prints; that it cannot be written is told, and is no fault of ours.

    Attributes
    ----------
    code : the exit code
    """

    def __init__(self) -> None:
        self.code = DONE

    def __enter__(self) -> Self:
        self._stream, self._watched = sys.stdout, _Watched(sys.stdout)
        sys.stdout = self._watched
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        with contextlib.suppress(OSError):
            # Here, where it can be told: Python flushes at its exit, and complains in its words.
            self._watched.flush()
        sys.stdout = self._stream
        lost = self._watched.lost
        if lost is None and isinstance(value, BrokenPipeError):
            lost = value
        if lost is None:
            return False
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        if isinstance(lost, BrokenPipeError):  # the reader has seen enough
            self.code = DONE
        else:
            self.code = BAD_INPUT
            words = f"The results could not be written to standard output: {lost.strerror}."
            print(words, file=sys.stderr)
        return True


class _Watched:
    """A stream that remembers why it could not be written, whoever forgives that."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.lost: OSError | None = None

    def write(self, text: str) -> int:
        try:
            return int(self._stream.write(text))
        except OSError as error:
            self.lost = error
            raise

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self.lost = error
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
