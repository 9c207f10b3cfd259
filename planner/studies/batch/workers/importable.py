"""Sees that the script that runs can start workers, each of which imports that script anew."""

from __future__ import annotations

import logging
import multiprocessing
import sys

from planner.contracts.faults import Fault, InputError
from planner.system import uninterrupted

_log = logging.getLogger(__name__)


def require_importable_script(workers: int) -> None:
    """Start a process as workers start, which ends at once, and see whether that goes well.

    Dask would start all workers several times over, and each would fail with a traceback of its
    own. In a process that is only importing the script, this ends that process without a word.

    Raises
    ------
    InputError
        If the process runs the script instead of importing it, or the script fails in it.
    """
    if multiprocessing.current_process().daemon:
        return  # such a process may have none of its own: told where workers are started
    trial = multiprocessing.get_context("spawn").Process()
    try:
        with uninterrupted():
            trial.start()
    except RuntimeError:
        if multiprocessing.current_process().name == "MainProcess":
            raise  # nothing else is known to fail so, but to end here would tell nobody
        sys.exit(1)  # the process that started this one tells what is wrong
    trial.join()
    code = trial.exitcode or 0
    trial.close()
    if code < 0:  # killed from outside, which says nothing about the script
        _log.warning("a first process was ended by signal %d", -code)
    elif code:
        wanted = (
            '1 worker, or a script that runs the batch under `if __name__ == "__main__":`, '
            "because each worker imports the script"
        )
        raise InputError([Fault("workers", None, None, str(workers), wanted)])
