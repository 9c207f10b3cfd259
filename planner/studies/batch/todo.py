"""What of a batch is there already, and what is to be planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.studies.batch.input.items import Item, checksum_of
from planner.studies.batch.input.sources import Problems
from planner.studies.batch.options import FAILED
from planner.studies.batch.results.chunks import Chunks, Known, known_key
from planner.studies.batch.results.rows import UNPLANNED


class Entry(NamedTuple):
    """A problem of the batch: its name, its size, and the checksums of what it is made from.

    The first checksum is of what its plan depends on; the second also of where it stands, which
    its faults name.
    """

    plan_id: str
    size: float
    keys: tuple[str, str]


class Todo:
    """The problems in their order, and which of them are to be planned.

    Parameters
    ----------
    problems : all of them
    only : names of those to plan again, ``failed`` for all without a plan; empty: what is not there

    Attributes
    ----------
    entries : every problem, in the order of the batch

    Raises
    ------
    InputError
        If there is no problem of such a name.
    """

    def __init__(self, problems: Problems, only: Sequence[str] = ()) -> None:
        self._problems, self._only = problems, frozenset(only)
        base = problems.base.model_dump_json() if problems.base is not None else ""
        headers = {name: sheet.header.cells for name, sheet in problems.frames.items()}
        self._shared = checksum_of([base, sorted(headers.items())])
        self.entries = [
            Entry(item.plan_id, item.source.size(), self._keys(item)) for item in problems.items()
        ]
        self._wanted: frozenset[int] = frozenset()
        self._left_out = 0
        self._require_sound()

    @property
    def count(self) -> int:
        """How many problems there are."""
        return len(self.entries)

    @property
    def done(self) -> int:
        """How many of them are there already."""
        return self.count - len(self._wanted) - self._left_out

    def look(self, known: Mapping[str, Known], failed: Callable[[], Collection[str]]) -> None:
        """Find out what is to be planned, given what is on disk.

        Parameters
        ----------
        known : what is on disk
        failed : tells the names of problems that ended without a plan when they were last planned
        """
        missing = {
            number
            for number, entry in enumerate(self.entries)
            if known_key(known, entry.keys) is None
        }
        if not self._only:
            self._wanted, self._left_out = frozenset(missing), 0
            return
        names = failed() if FAILED in self._only else ()
        again = {
            number
            for number, entry in enumerate(self.entries)
            if entry.plan_id in self._only or self._is_failed(entry, known, names)
        }
        self._wanted = frozenset(again)
        self._left_out = len(missing - again)

    def feed(self, chunks: Chunks, at_once: int) -> Iterator[Item]:
        """Yield what is to be planned, announced to the chunks so many at a time."""
        waiting: list[Item] = []
        for item in self._problems.items():
            if item.number not in self._wanted:
                continue
            # It may have been written anew since it was looked at.
            self.entries[item.number] = self.entries[item.number]._replace(keys=self._keys(item))
            waiting.append(item)
            if len(waiting) == at_once:
                yield from self._announced(chunks, waiting)
                waiting = []
        yield from self._announced(chunks, waiting)

    def sizes(self) -> dict[int, float]:
        """Sizes of what is to be planned, by number."""
        return {number: self.entries[number].size for number in self._wanted}

    def found(self, known: Mapping[str, Known]) -> list[tuple[Entry, str]]:
        """Every problem that is there, with the checksum of its result, in order."""
        keys = ((entry, known_key(known, entry.keys)) for entry in self.entries)
        return [(entry, key) for entry, key in keys if key is not None]

    def _announced(self, chunks: Chunks, items: Collection[Item]) -> Iterator[Item]:
        if items:
            chunks.expect({item.number: self.entries[item.number].keys for item in items})
            yield from items

    def _keys(self, item: Item) -> tuple[str, str]:
        return (
            checksum_of([item.digest(), self._shared]),
            checksum_of([item.faulty_digest(), self._shared]),
        )

    def _is_failed(self, entry: Entry, known: Mapping[str, Known], names: Collection[str]) -> bool:
        """Whether it ended without a plan as it is now, or before somebody mended it."""
        key = known_key(known, entry.keys)
        if FAILED not in self._only:
            return False
        return entry.plan_id in names if key is None else known[key].ending in UNPLANNED

    def _require_sound(self) -> None:
        uses = Counter(entry.plan_id for entry in self.entries)
        faults = [
            Fault("IN", None, "plan_id", name, "a name that no other problem has")
            for name, count in uses.items()
            if count > 1
        ]
        faults += [
            Fault("--only", None, None, name, "failed, or the name of a problem of this batch")
            for name in sorted(self._only - uses.keys() - {FAILED})
        ]
        if faults:
            raise InputError(faults)
