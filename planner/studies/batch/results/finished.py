"""A batch that is over: its manifest, and how a later run takes its results over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from planner.contracts.faults import Fault, InputError
from planner.studies.batch.options import BatchOptions, BatchSummary
from planner.studies.batch.results.chunks import Chunks, require_same
from planner.studies.batch.results.columns import COLUMNS, SCENARIOS
from planner.studies.batch.results.files import checksum, write_file
from planner.studies.batch.results.folder import ResultFolder
from planner.studies.batch.results.rows import Ending, Planned, Rows
from planner.studies.batch.results.scenario_table import read_scenarios
from planner.studies.batch.results.tables import read_table
from planner.system import flush_folder

MANIFEST, RUN = "manifest.json", "run.json"


class Finished:
    """The results of a run that was complete, in a folder; maybe there are none.

    Parameters
    ----------
    out : the folder
    identity : what results must share to be mixed
    ending : ``csv`` or ``parquet``
    """

    def __init__(self, out: Path, identity: Mapping[str, Any], ending: str) -> None:
        self._out, self._ending = out, ending
        self._identity = json.loads(json.dumps(identity))

    def is_there(self) -> bool:
        """Whether there are any."""
        return (self._out / MANIFEST).exists()

    def require_whole(self) -> None:
        """See that its options are those of this run, and its files as they were written.

        Raises
        ------
        InputError
            If not.
        """
        manifest = self._read()
        require_same({name: manifest.get(name) for name in self._identity}, self._identity)
        for name, expected in manifest["files"].items():
            if checksum(self._out / name) != expected:
                wanted = "the file as it was written: start anew in another folder"
                raise InputError([Fault(name, None, None, None, wanted)])

    def give_to(self, chunks: Chunks, at_once: int) -> None:
        """Let a new run go on from these results, which are then unfinished ones."""
        results = self._results(self._read())
        while part := list(islice(results, at_once)):
            chunks.take(part)
        (self._out / MANIFEST).unlink()
        flush_folder(self._out)

    def write(self, folder: ResultFolder, orphans: int) -> None:
        """Note that the tables in the folder are complete, and what they were made from."""
        endings = Counter(ending for _, _, ending in folder.results)
        document = self._identity | {
            "endings": dict(sorted(endings.items())),
            "rows_without_a_problem": orphans,
            "files": folder.files,
            "problems": folder.results,
        }
        write_file(self._out / MANIFEST, [(json.dumps(document, indent=1) + "\n").encode()])

    def seconds(self) -> dict[str, float]:
        """How long each plan took, by its name [s]; what is not known is left out."""
        try:
            found = json.loads((self._out / RUN).read_bytes())["seconds_of_plans"]
            return {str(name): float(seconds) for name, seconds in found.items()}
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return {}

    def _read(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads((self._out / MANIFEST).read_bytes())
        return manifest

    def _results(self, manifest: Mapping[str, Any]) -> Iterator[tuple[str, Planned]]:
        """Every result, read from the tables, which have the problems in the same order."""
        tables = {
            table: _Cursor(read_table(self._out / f"{table}.{self._ending}", table))
            for table in COLUMNS
        }
        seconds = self.seconds()
        tables["errors"].rows_of("")  # rows that name no problem
        scenarios = read_scenarios(self._out / f"{SCENARIOS}.csv")
        for number, (plan_id, key, ending) in enumerate(manifest["problems"]):
            found = {table: rows for table in tables if (rows := tables[table].rows_of(plan_id))}
            if plan_id in scenarios:
                found[SCENARIOS] = [scenarios[plan_id]]
            yield key, Planned(number, Ending(ending), found, seconds.get(plan_id, 0.0))


class _Cursor:
    """Rows of a table by problem, asked for in the order in which they stand there."""

    def __init__(self, groups: Iterator[tuple[str, Rows]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    def rows_of(self, plan_id: str) -> Rows:
        if self._next is None or self._next[0] != plan_id:
            return []
        rows = self._next[1]
        self._next = next(self._groups, None)
        return rows


def write_run(
    path: Path,
    options: BatchOptions,
    summary: BatchSummary,
    started: datetime,
    seconds: Mapping[str, float],
) -> None:
    """Write times and durations, the only output that differs from run to run."""
    planned = sum(summary.endings.values()) - summary.resumed
    document = {
        "started": started.isoformat(),
        "ended": datetime.now(UTC).isoformat(),
        "seconds": round(summary.seconds, 3),
        "problems": summary.total,
        "resumed": summary.resumed,
        "plans_per_second": round(planned / summary.seconds, 3) if summary.seconds else None,
        "workers": options.workers if options.cluster is None else None,
        "on_cluster": options.cluster is not None,
        "seconds_of_plans": dict(seconds),
    }
    write_file(path, [(json.dumps(document, indent=2) + "\n").encode()])
