"""Plans many problems: reads a stream, commits results in chunks, puts the files together."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from planner.compiling.compilation import COMPILATION
from planner.contracts.faults import Fault, InputError
from planner.studies.batch.input.items import Context, Item
from planner.studies.batch.input.sources import Problems, open_problems
from planner.studies.batch.options import FORMATS, MOST_WORKERS, BatchOptions, BatchSummary
from planner.studies.batch.remaining import Remaining
from planner.studies.batch.results.chunks import CHUNK_SIZE, Chunks
from planner.studies.batch.results.columns import COLUMNS, SCENARIOS
from planner.studies.batch.results.files import claimed
from planner.studies.batch.results.finished import (
    MANIFEST,
    RUN,
    Finished,
    write_run,
)
from planner.studies.batch.results.folder import ResultFolder
from planner.studies.batch.results.rows import Planned
from planner.studies.batch.todo import Todo
from planner.studies.batch.workers.importable import require_importable_script
from planner.studies.batch.workers.work import versions

__all__ = ["FORMATS", "MOST_WORKERS", "BatchOptions", "BatchSummary", "run_batch"]

_CHUNKS = "chunks"
#: The tables of what is done so far: not sooner than so long after the last ones [s], and not so
#: often that writing them takes a larger share of the time.
_SO_FAR_SECONDS, _SO_FAR_SHARE = 5.0, 0.05
_log = logging.getLogger(__name__)


def run_batch(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    options: BatchOptions | None = None,
    *,
    scenarios: str | os.PathLike[str] | None = None,
    on_progress: Callable[[int, int], None] = lambda *_: None,
    on_remaining: Callable[[float], None] = lambda _: None,
    on_compiling: Callable[[], None] = lambda: None,
    stop: Callable[[], bool] = lambda: False,
) -> BatchSummary:
    """Plan every problem of a batch and write the results of all to one set of tables.

    Parameters
    ----------
    source : a folder of planning folders or workbooks, or of long tables; with ``scenarios`` also
        the planning folder that they change
    out : folder for ``plans``, ``campaigns``, ``dialers``, ``assignments``, ``projection``,
        ``errors`` and ``manifest.json``, the same to the byte for the same input and options, and
        ``run.json`` with all times; while it runs the tables hold what is done so far. With
        scenarios of many fleets also ``scenarios.csv``
    options : of the plans and of the run
    scenarios : table of expressions, each row a problem, or many by ranges; of many fleets each
        row is a problem of every fleet
    on_progress : told how many problems are done of how many
    on_remaining : told how long the rest will take [s], by the sizes of what is left
    on_compiling : told, maybe often, that whoever plans makes machine code: on a first run this
        takes minutes before the first problem is done
    stop : polled; once it says True the run ends, to be resumed

    Returns
    -------
    BatchSummary.

    Raises
    ------
    InputError
        If there is nothing to plan, the folder holds results of other options, or workers cannot
        import the script.
    OSError
        If results cannot be written; what is committed stays.
    planner.studies.batch.workers.cluster.ClusterLost
        If the scheduler of a cluster is lost; what is committed stays.
    """
    source, out = Path(source), Path(out)
    scenarios = None if scenarios is None else Path(scenarios)
    options = options or BatchOptions()
    started = datetime.now(UTC)
    _require_apart(source, out)
    if options.cluster is None and options.workers > 1:
        require_importable_script(options.workers)
    existed = out.exists()
    try:
        with claimed(out), _work_folder(out) as work:
            _require_unused(out, resume=options.resume or bool(options.only))
            with open_problems(source, scenarios, work) as problems:
                run = _Run(out, work, problems, options)
                summary = run.go(on_progress, on_remaining, on_compiling, stop)
            if summary.complete or summary.endings:
                write_run(out / RUN, options, summary, started, run.seconds())
            return summary
    finally:
        if not existed and out.is_dir() and not any(out.iterdir()):
            out.rmdir()


class _Run:
    def __init__(self, out: Path, work: Path, problems: Problems, options: BatchOptions) -> None:
        self._out, self._work, self._problems, self._options = out, work, problems, options
        self._context = Context(
            options=options.plan,
            base=problems.base,
            frames=problems.frames,
            versions=versions(),
        )
        self._identity = {
            "options": options.plan.model_dump(mode="json"),
            "format": options.format,
            "versions": dict(self._context.versions),
        }
        self._finished = Finished(out, self._identity, options.format)
        self._folder: ResultFolder | None = None

    def go(
        self,
        on_progress: Callable[[int, int], None],
        on_remaining: Callable[[float], None],
        on_compiling: Callable[[], None],
        stop: Callable[[], bool],
    ) -> BatchSummary:
        todo = Todo(self._problems, self._options.only)
        is_finished = self._finished.is_there()
        if is_finished:
            self._finished.require_whole()
        chunks = Chunks(self._out / _CHUNKS, self._identity, anew=is_finished)
        if is_finished:
            self._finished.give_to(chunks, CHUNK_SIZE)
        todo.look(chunks.known, chunks.failed)
        folder = self._folder = ResultFolder(
            self._out, self._work, self._options.format, self._problems, todo, chunks
        )
        _log.info("%d problems, of which %d are done already", todo.count, todo.done)
        try:
            self._plan(todo, chunks, folder, (on_progress, on_remaining), on_compiling, stop)
        except InputError:
            if chunks.is_empty():  # a wrong address, say: nothing was written
                shutil.rmtree(self._out / _CHUNKS)
            raise
        except BaseException:
            if not chunks.is_empty():
                with contextlib.suppress(OSError):  # the disk may be full
                    folder.write()
            raise
        summary = folder.write()
        if summary.complete:
            self._finished.write(folder, len(self._problems.orphans))
            shutil.rmtree(self._out / _CHUNKS, ignore_errors=True)
        return summary

    def seconds(self) -> dict[str, float]:
        """How long each plan took that is there, by its name [s]."""
        return self._folder.seconds if self._folder is not None else {}

    def _plan(
        self,
        todo: Todo,
        chunks: Chunks,
        folder: ResultFolder,
        tell: tuple[Callable[[int, int], None], Callable[[float], None]],
        on_compiling: Callable[[], None],
        stop: Callable[[], bool],
    ) -> None:
        on_progress, on_remaining = tell
        workers = self._options.workers if self._options.cluster is None else None
        remaining, begun = Remaining(todo.sizes(), workers), time.monotonic()
        done = todo.done
        if done:
            on_progress(done, todo.count)
        due = 0.0
        for planned in self._planned(todo.feed(chunks, CHUNK_SIZE), on_compiling, stop):
            whole = chunks.add(planned)
            done += 1
            remaining.done(planned.number, planned.seconds)
            left = remaining.seconds(time.monotonic() - begun)
            if left is not None:
                on_remaining(left)
            on_progress(done, todo.count)
            if whole and time.monotonic() >= due:
                before = time.monotonic()
                folder.write()
                took = time.monotonic() - before
                due = time.monotonic() + max(_SO_FAR_SECONDS, took / _SO_FAR_SHARE)

    def _planned(
        self, feed: Iterator[Item], on_compiling: Callable[[], None], stop: Callable[[], bool]
    ) -> Iterator[Planned]:
        options = self._options
        if options.cluster is None and options.workers == 1:
            from planner.studies.batch.workers.in_process import plan_here

            with COMPILATION.told(lambda begins: on_compiling() if begins else None):
                yield from plan_here(feed, self._context, stop)
            return
        from planner.studies.batch.workers.cluster import local_client, plan_on, remote_client

        opened = (
            remote_client(options.cluster)
            if options.cluster is not None
            else local_client(options.workers, self._work)
        )
        with opened as (client, on_too_few):
            wanted = 1 if options.cluster is not None else options.workers
            yield from plan_on(client, feed, self._context, stop, on_too_few, wanted, on_compiling)


def _require_apart(source: Path, out: Path) -> None:
    """Refuse results within the input, where the next run would take them for problems."""
    if out.resolve() == source.resolve() or source.resolve() in out.resolve().parents:
        wanted = "a folder outside that of the problems"
        raise InputError([Fault("--out", None, None, str(out), wanted)])


def _require_unused(out: Path, *, resume: bool) -> None:
    """Refuse to write over results, or to begin again where going on was meant."""
    tables = [f"{t}.{end}" for t in (*COLUMNS, SCENARIOS) for end in ("csv", "parquet")]
    found = [name for name in (MANIFEST, _CHUNKS, *tables) if (out / name).exists()]
    ours = any(name in (MANIFEST, _CHUNKS) for name in found)
    if found and not (resume and ours):
        wanted = "a folder without earlier results"
        if ours:
            wanted += ", or --resume to go on with them"
        raise InputError([Fault("--out", None, None, str(out), wanted)])


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """A folder for what a run needs while it lasts; those of crashed runs are removed."""
    for old in out.glob(".work-*"):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=out, ignore_cleanup_errors=True) as work:
        yield Path(work)
