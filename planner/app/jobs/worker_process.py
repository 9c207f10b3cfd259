"""Runs work in a process of its own, so that long runs leave the page's process alone.

A process is kept for the next run once it is free. It runs at a low priority: whatever answers a
page goes first. ``python -m planner.app.jobs.worker_process`` is the other end, started by this
module only.
"""

from __future__ import annotations

import atexit
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection, Pipe
from typing import Any

from planner.compiling.compilation import COMPILATION
from planner.system import handed_down, pipe_end, step_back

#: Of 19, the lowest: a page that needs a core gets nine tenths of it.
_NICENESS = 10
_LOOK_SECONDS = 0.1
_END_SECONDS = 5.0


class WorkFailed(RuntimeError):
    """The work raised in its process, or the process ended; the message is its traceback."""


class _Process:
    """A process that waits for work."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        with theirs:
            place = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "planner.app.jobs.worker_process", str(place)],
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                **handed_down(place),
            )

    @property
    def is_alive(self) -> bool:
        """Whether it can still work."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it, in peace if it can."""
        self.connection.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self.connection.close()
        self._process.kill()
        self._process.wait()


_idle: list[_Process] = []
_idle_lock = threading.Lock()


def apart(
    work: Callable[..., Any],
    report: Callable[..., None],
    stop: Callable[[], bool],
    *,
    paced: bool = False,
    compiling: Callable[[bool], None] = lambda _: None,
) -> Any:
    """Run work in another process and wait for it.

    Parameters
    ----------
    work : called there with ``on_progress`` and ``stop``; it, its result and what it reports must
        be such that they can be pickled
    report : called here with what the work reports
    stop : polled here; once it says True the work is told so
    paced : whether the work waits until ``report`` has returned
    compiling : called here with True when machine code begins to be made there, with False when
        that ends; see :mod:`planner.compiling.compilation`

    Returns
    -------
    What the work returns.

    Raises
    ------
    WorkFailed
        If the work raises, or its process ends.
    """
    process = _free_process()
    try:
        result = _follow(process.connection, work, report, stop, paced, compiling)
    except (EOFError, OSError) as error:
        process.kill()
        raise WorkFailed("the process of the run has ended") from error
    except BaseException:
        process.kill()
        raise
    with _idle_lock:
        _idle.append(process)
    return result


def _free_process() -> _Process:
    with _idle_lock:
        while _idle:
            process = _idle.pop()
            if process.is_alive:
                return process
            process.kill()
    return _Process()


def _follow(
    connection: Connection,
    work: Callable[..., Any],
    report: Callable[..., None],
    stop: Callable[[], bool],
    paced: bool,
    compiling: Callable[[bool], None],
) -> Any:
    connection.send(("run", (work, paced)))
    told = False
    while True:
        if not told and stop():
            connection.send(("stop", None))
            told = True
        if not connection.poll(_LOOK_SECONDS):
            continue
        kind, value = connection.recv()
        if kind == "report":
            report(*value)
            if paced:
                connection.send(("go", None))
        elif kind == "compiling":
            compiling(value)
        elif kind == "failed":
            raise WorkFailed(value)
        else:
            return value


def end_idle() -> None:
    """End the processes that wait for work."""
    with _idle_lock:
        ending, _idle[:] = list(_idle), []
    for process in ending:
        process.end()


atexit.register(end_idle)


class _OtherEnd:
    """What runs in the process: one thread listens, the main one works."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tasks: queue.Queue[tuple[Callable[..., Any], bool]] = queue.Queue()
        self._stop, self._go = threading.Event(), threading.Event()

    def listen(self) -> None:
        """Take in what the page's process says; end with it."""
        try:
            while True:
                kind, value = pickle.loads(self._connection.recv_bytes())
                if kind == "run":
                    self._stop.clear()
                    self._tasks.put(value)
                elif kind == "stop":
                    self._stop.set()
                self._go.set()
        except (EOFError, OSError):
            os._exit(0)
        except BaseException:  # what cannot be unpickled
            self._send("failed", traceback.format_exc())
            os._exit(1)

    def work(self) -> None:
        """Do one task after the other."""
        while True:
            work, paced = self._tasks.get()

            def report(*told: Any, paced: bool = paced) -> None:
                self._go.clear()
                self._send("report", told)
                if paced and not self._stop.is_set():
                    self._go.wait()

            try:
                with COMPILATION.told(partial(self._send, "compiling")):
                    result = work(on_progress=report, stop=self._stop.is_set)
                self._send("result", result)
            except Exception:
                self._send("failed", traceback.format_exc())

    def _send(self, kind: str, value: object) -> None:
        try:
            self._connection.send((kind, value))
        except OSError:
            os._exit(0)


def main() -> None:
    """Work for the process at the other end of the pipe, until that one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this one
    step_back(_NICENESS)
    here = _OtherEnd(pipe_end(int(sys.argv[1])))
    threading.Thread(target=here.listen, daemon=True).start()
    here.work()


if __name__ == "__main__":
    main()
