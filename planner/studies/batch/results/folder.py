"""The folder of results: every table whole, at any time, of what is done so far."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from planner.studies.batch.input.sources import Problems
from planner.studies.batch.options import BatchSummary
from planner.studies.batch.results.chunks import Chunks
from planner.studies.batch.results.columns import COLUMNS, SCENARIO_COLUMNS, SCENARIOS
from planner.studies.batch.results.rows import UNPLANNED, Cell, Rows, fault_rows
from planner.studies.batch.results.scenario_table import loss_sentences, sorted_rows, strangers
from planner.studies.batch.results.tables import write_rows, write_table
from planner.studies.batch.todo import Entry, Todo

#: Problems without a plan that a summary names.
_MOST_NAMED = 10


class ResultFolder:
    """Where the tables go.

    Attributes
    ----------
    files : checksums of the tables that were written last, by name
    results : name, checksum and ending of what is in them, in order
    seconds : how long each of them took [s]
    """

    def __init__(
        self, out: Path, work: Path, ending: str, problems: Problems, todo: Todo, chunks: Chunks
    ) -> None:
        self._out, self._work, self._ending = out, work, ending
        self._problems, self._todo, self._chunks = problems, todo, chunks
        self._start, self._resumed = time.monotonic(), todo.done
        self.files: dict[str, str] = {}
        self.results: list[tuple[str, str, str]] = []
        self.seconds: dict[str, float] = {}

    def write(self) -> BatchSummary:
        """Write every table of what is done by now, and tell how that ended."""
        found = self._todo.found(self._chunks.known)
        self.files = {}
        for table in COLUMNS:
            parts = partial(self._parts, table, found)
            checksum = write_table(self._out, self._work, table, self._ending, parts)
            self.files[f"{table}.{self._ending}"] = checksum
        known = self._chunks.known
        self.results = [(entry.plan_id, key, known[key].ending) for entry, key in found]
        self.seconds = {entry.plan_id: self._chunks.seconds(key) for entry, key in found}
        return self._summary(found, self._write_scenarios(found))

    def _parts(self, table: str, found: list[tuple[Entry, str]]) -> Iterator[Rows]:
        if table == "errors":
            yield fault_rows("", self._problems.orphans)
        for _, key in found:
            yield self._chunks.rows(key).get(table, [])

    def _write_scenarios(self, found: list[tuple[Entry, str]]) -> Rows:
        """Write the table of scenarios, where they are of many fleets."""
        if not self._problems.scenarios:
            return []
        rows = sorted_rows(
            row for _, key in found for row in self._chunks.rows(key).get(SCENARIOS, [])
        )
        name = f"{SCENARIOS}.csv"
        self.files[name] = write_rows(self._out / name, SCENARIO_COLUMNS, [rows])
        return rows

    def _summary(self, found: list[tuple[Entry, str]], scenarios: list[list[Cell]]) -> BatchSummary:
        known = self._chunks.known
        unplanned = [(entry, key) for entry, key in found if known[key].ending in UNPLANNED]
        named = tuple(
            (entry.plan_id, known[key].ending, str(self._chunks.rows(key)["plans"][0][-1] or ""))
            for entry, key in unplanned[:_MOST_NAMED]
        )
        return BatchSummary(
            total=self._todo.count,
            endings=Counter(known[key].ending for _, key in found),
            orphans=len(self._problems.orphans),
            complete=len(found) == self._todo.count,
            seconds=time.monotonic() - self._start,
            resumed=self._resumed,
            unplanned=named,
            losses=loss_sentences(scenarios),
            strangers=strangers(scenarios),
            folder=self._out,
            format=self._ending,
        )
