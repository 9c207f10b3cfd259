"""Plans many problems: reads a stream, commits results in chunks, puts the files together."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from planner.compilation import COMPILATION
from planner.contracts.faults import Fault, InputError
from planner.contracts.result import PlanOptions
from planner.studies.batch.input.items import Context, Item
from planner.studies.batch.input.sources import Problems, open_problems
from planner.studies.batch.results.chunks import CHUNK_SIZE, Chunks, require_same
from planner.studies.batch.results.files import checksum, claimed, flush_folder, keep, write_file
from planner.studies.batch.results.rows import COLUMNS, Planned, fault_lines
from planner.studies.batch.workers.importable import require_importable_script
from planner.studies.batch.workers.work import versions
from planner.tables.writing import csv_lines

#: The kinds of table that a batch writes.
FORMATS = ("csv", "parquet")
#: More processes than any machine has cores.
MOST_WORKERS = 1024
_CHUNKS, _MANIFEST, _RUN = "chunks", "manifest.json", "run.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchOptions:
    """How a batch is run; only ``plan`` and ``format`` change what is written.

    Attributes
    ----------
    plan : options of every plan
    format : ``csv`` or ``parquet``
    workers : processes of this machine; 1 plans in this process. Each of more imports the script
        that runs, which therefore calls :func:`run_batch` under ``if __name__ == "__main__":``
    cluster : address of a Dask scheduler to use instead, such as ``tls://10.0.0.1:8786``
    resume : go on where an interrupted run into the same folder ended
    """

    plan: PlanOptions = field(default_factory=PlanOptions)
    format: str = "csv"
    workers: int = 1
    cluster: str | None = None
    resume: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        InputError
            With every option that is wrong.
        """
        count = isinstance(self.workers, int) and not isinstance(self.workers, bool)
        checks = (
            ("workers", count and 1 <= self.workers <= MOST_WORKERS,
             f"a whole number from 1 to {MOST_WORKERS}"),
            ("format", self.format in FORMATS, " or ".join(FORMATS)),
            ("plan", isinstance(self.plan, PlanOptions), "PlanOptions"),
        )  # fmt: skip
        wrong = [
            Fault("BatchOptions", None, name, str(getattr(self, name)), wanted)
            for name, right, wanted in checks
            if not right
        ]
        if wrong:
            raise InputError(wrong)


@dataclass(frozen=True)
class BatchSummary:
    """How many problems ended how; ``complete`` is False where the run was stopped before."""

    total: int
    endings: Counter[str]
    orphans: int
    complete: bool
    seconds: float
    resumed: int


def run_batch(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    options: BatchOptions | None = None,
    *,
    scenarios: str | os.PathLike[str] | None = None,
    on_progress: Callable[[int, int], None] = lambda *_: None,
    on_compiling: Callable[[], None] = lambda: None,
    stop: Callable[[], bool] = lambda: False,
) -> BatchSummary:
    """Plan every problem of a batch and write the results of all to one set of tables.

    Parameters
    ----------
    source : a folder of planning folders or workbooks, or of long tables; with ``scenarios`` the
        planning folder that they change
    out : folder for ``plans``, ``assignments``, ``projection``, ``given_up``, ``errors`` and
        ``manifest.json``, the same to the byte for the same input and options, and ``run.json``
        with all times
    options : of the plans and of the run
    scenarios : table of expressions, each row a problem, or many by ranges
    on_progress : told how many problems are done of how many
    on_compiling : told, maybe often, that whoever plans makes machine code: on a first run this
        takes minutes before the first problem is done
    stop : polled; once it says True the run ends, to be resumed

    Returns
    -------
    BatchSummary.

    Raises
    ------
    InputError
        If there is nothing to plan, the folder holds results of something else, or workers cannot
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
            _require_unused(out, resume=options.resume)
            with open_problems(source, scenarios, work) as problems:
                run = _Run(out, work, problems, options)
                summary = run.go(on_progress, on_compiling, stop)
            if summary.complete:
                _write_run(out / _RUN, options, summary, started)
            return summary
    finally:
        if not existed and out.is_dir() and not any(out.iterdir()):
            out.rmdir()


class _Run:
    def __init__(self, out: Path, work: Path, problems: Problems, options: BatchOptions) -> None:
        self._out, self._work, self._problems, self._options = out, work, problems, options
        guarded = options.format == "csv"
        self._context = Context(
            options=options.plan,
            base=problems.base,
            frames=problems.frames,
            guarded=guarded,
            versions=versions(),
        )
        self._orphans = fault_lines("", problems.orphans, guarded=guarded).encode()
        base = problems.base.model_dump_json() if problems.base is not None else ""
        shared = [base, self._orphans.decode()]
        self._identity: dict[str, Any] = {
            "options": options.plan.model_dump(mode="json"),
            "format": options.format,
            "problems": problems.count,
            "shared": hashlib.sha256(json.dumps(shared).encode()).hexdigest(),
            "chunk_size": CHUNK_SIZE,
            "versions": dict(self._context.versions),
        }
        self._digest = hashlib.sha256()
        self._done = 0

    def go(
        self,
        on_progress: Callable[[int, int], None],
        on_compiling: Callable[[], None],
        stop: Callable[[], bool],
    ) -> BatchSummary:
        start = time.monotonic()
        total = self._problems.count
        manifest = self._out / _MANIFEST
        if manifest.exists():
            endings = self._check_finished(json.loads(manifest.read_bytes()))
            shutil.rmtree(self._out / _CHUNKS, ignore_errors=True)
            return self._summary(endings, start, total, complete=True)
        chunks = Chunks(self._out / _CHUNKS, self._identity)
        resumed = sum(chunks.endings().values())
        _log.info("%d problems, of which %d are done already", total, resumed)
        feed = self._feed(chunks, lambda: on_progress(self._done, total))
        try:
            for planned in self._planned(feed, on_compiling, stop):
                if chunks.add(planned):
                    _log.info("%d problems are on disk", sum(chunks.endings().values()))
                self._done += 1
                on_progress(self._done, total)
        except InputError:
            if not chunks.done:  # a wrong address, say: nothing was written
                shutil.rmtree(self._out / _CHUNKS)
            raise
        complete = sum(chunks.endings().values()) == total
        if complete:
            self._assemble(chunks)
        return self._summary(chunks.endings(), start, resumed, complete=complete)

    def _summary(
        self, endings: Counter[str], start: float, resumed: int, *, complete: bool
    ) -> BatchSummary:
        return BatchSummary(
            total=self._problems.count,
            endings=endings,
            orphans=len(self._problems.orphans),
            complete=complete,
            seconds=time.monotonic() - start,
            resumed=resumed,
        )

    def _feed(self, chunks: Chunks, on_skipped: Callable[[], None]) -> Iterator[Item]:
        """Yield the items of chunks that are not on disk, and check those that are."""
        for number, items in enumerate(self._slices()):
            digest = self._chunk_digest(items)
            if chunks.expect(number, [item.number for item in items], digest):
                yield from items
            else:
                self._done += len(items)
                on_skipped()

    def _slices(self) -> Iterator[tuple[Item, ...]]:
        items = self._problems.items()
        while found := tuple(islice(items, CHUNK_SIZE)):
            yield found

    def _chunk_digest(self, items: tuple[Item, ...]) -> str:
        digest = hashlib.sha256("".join(item.digest() for item in items).encode()).hexdigest()
        self._digest.update(digest.encode())
        return digest

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

    def _assemble(self, chunks: Chunks) -> None:
        """Put the chunks together to the tables, note their checksums, drop the chunks."""
        files = {}
        for table in COLUMNS:
            name = f"{table}.{self._options.format}"
            files[name] = self._write_table(self._out / name, table, chunks)
        document = self._identity | {
            "input": self._digest.hexdigest(),
            "endings": dict(sorted(chunks.endings().items())),
            "rows_without_a_problem": len(self._problems.orphans),
            "files": files,
        }
        write_file(self._out / _MANIFEST, [(json.dumps(document, indent=2) + "\n").encode()])
        shutil.rmtree(self._out / _CHUNKS, ignore_errors=True)
        _log.info("wrote %s", ", ".join(files))

    def _write_table(self, path: Path, table: str, chunks: Chunks) -> str:
        def parts() -> Iterator[bytes]:
            if table == "errors":
                yield self._orphans
            yield from chunks.lines(table)

        if self._options.format == "csv":
            header = csv_lines([COLUMNS[table]]).encode()
            return write_file(path, (part for group in ([header], parts()) for part in group))
        from planner.studies.batch.results.parquet import write_parquet

        temporary = self._work / path.name
        write_parquet(temporary, table, parts())
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        keep(temporary, path)
        return checksum(path) or ""

    def _check_finished(self, manifest: dict[str, Any]) -> Counter[str]:
        """See that a run that is over is of the same input, and its files are whole."""
        require_same(
            {name: manifest.get(name) for name in self._identity},
            json.loads(json.dumps(self._identity)),
        )
        for items in self._slices():
            self._chunk_digest(items)
        if self._digest.hexdigest() != manifest["input"]:
            wanted = "the same problems as before: start anew in another folder"
            raise InputError([Fault("--resume", None, None, "other problems", wanted)])
        for name, expected in manifest["files"].items():
            if checksum(self._out / name) != expected:
                wanted = "the file as it was written: start anew in another folder"
                raise InputError([Fault(name, None, None, None, wanted)])
        return Counter(manifest["endings"])


def _require_apart(source: Path, out: Path) -> None:
    """Refuse results within the input, where the next run would take them for problems."""
    if out.resolve() == source.resolve() or source.resolve() in out.resolve().parents:
        wanted = "a folder outside that of the problems"
        raise InputError([Fault("--out", None, None, str(out), wanted)])


def _require_unused(out: Path, *, resume: bool) -> None:
    """Refuse to write over results, or to begin again where going on was meant."""
    names = [_MANIFEST, _CHUNKS, *(f"{t}.{end}" for t in COLUMNS for end in ("csv", "parquet"))]
    found = [name for name in names if (out / name).exists()]
    ours = any(name in (_MANIFEST, _CHUNKS) for name in found)
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


def _write_run(path: Path, options: BatchOptions, summary: BatchSummary, started: datetime) -> None:
    """Write times and durations, the only output that differs from run to run."""
    planned = summary.total - summary.resumed
    document = {
        "started": started.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
        "seconds": round(summary.seconds, 3),
        "problems": summary.total,
        "resumed": summary.resumed,
        "plans_per_second": round(planned / summary.seconds, 3) if summary.seconds else None,
        "workers": options.workers if options.cluster is None else None,
        "on_cluster": options.cluster is not None,
    }
    write_file(path, [(json.dumps(document, indent=2) + "\n").encode()])
    flush_folder(path.parent)
