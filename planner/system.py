"""What differs between operating systems, in one place; tried on Linux, see the README."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing import connection
from pathlib import Path
from typing import Any, NoReturn


def is_windows() -> bool:
    """Whether this is Windows; all others behave as Linux does here."""
    return sys.platform == "win32"


def hold(file: Any) -> bool:
    """Take an open file for this process alone, until it ends; False where another has it."""
    system: Any = importlib.import_module("msvcrt" if is_windows() else "fcntl")
    try:
        if is_windows():
            system.locking(file.fileno(), system.LK_NBLCK, 1)
        else:
            system.flock(file, system.LOCK_EX | system.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError | PermissionError):
            return False
        raise
    return True


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to disk; Windows writes them with their files."""
    if is_windows():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def step_back(niceness: int) -> None:
    """Let others go first on busy cores, where the system has a word for that."""
    nice = getattr(os, "nice", None)
    if nice is not None:
        nice(niceness)


def handed_down(pipe: int) -> dict[str, Any]:
    """Arguments of :class:`subprocess.Popen` for a process that gets an open pipe, and no other."""
    if not is_windows():
        return {"pass_fds": [pipe]}
    system: Any = subprocess
    handles: Any = os
    handles.set_handle_inheritable(pipe, True)
    return {"startupinfo": system.STARTUPINFO(lpAttributeList={"handle_list": [pipe]})}


def pipe_end(pipe: int) -> Any:
    """The end of a pipe that was handed down."""
    kinds: Any = connection
    return kinds.PipeConnection(pipe) if is_windows() else kinds.Connection(pipe)


def become(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Go on as another program: signals reach it, and its exit code is ours."""
    if is_windows():  # which would start it beside this one, and end this one
        sys.exit(subprocess.run(command, env=dict(environment), check=False).returncode)
    os.execve(command[0], list(command), dict(environment))


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Processes and threads started meanwhile do not hear Ctrl-C; this thread hears it late.

    They take over which signals are blocked, as do all that they start themselves. Windows knows
    nothing of the kind: there Ctrl-C reaches all at once.
    """
    mask = getattr(signal, "pthread_sigmask", None)
    if mask is None:
        yield
        return
    before = mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


def is_ours(path: Path) -> bool:
    """Whether a file belongs to who runs this, and has rights of the kind that can be changed."""
    who = getattr(os, "geteuid", None)
    return who is not None and path.stat().st_uid == who()


def claim_port(trial: socket.socket) -> None:
    """Say before a bind that a port just given up is free, and one in use is not."""
    if is_windows():  # where the usual word means that two may have one port
        trial.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", -5), 1)
    else:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
