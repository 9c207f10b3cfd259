"""Results of a batch in chunks on disk, with a journal of those that are whole.

A result is found by the checksum of what it was made from, wherever that stands in the batch now.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.studies.batch.results.files import checksum, write_file
from planner.studies.batch.results.rows import UNPLANNED, Planned, Rows
from planner.system import flush_folder

#: Problems whose results are committed together.
CHUNK_SIZE = 25
_JOURNAL = "journal.jsonl"
#: Chunks that are kept in memory while tables are written: results come nearly in order.
_AT_HAND = 8


class Known(NamedTuple):
    """A result on disk: its chunk, its place there, and how its problem ended."""

    chunk: int
    place: int
    ending: str


@dataclass
class _Open:
    """A chunk whose results are still coming in, and the checksums of its problems by number."""

    keys: dict[int, tuple[str, str]]
    planned: dict[int, Planned] = field(default_factory=dict)


class Chunks:
    """The results of a run and those of the runs before it.

    Parameters
    ----------
    folder : where they are kept
    identity : what makes results comparable: options, versions, form of the files
    anew : without what is left there

    Attributes
    ----------
    known : what is on disk, by the checksum of what it was made from
    """

    def __init__(self, folder: Path, identity: Mapping[str, Any], *, anew: bool = False) -> None:
        self._folder = folder
        if anew:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        self.known: dict[str, Known] = {}
        self._next = 0
        self._open: dict[int, _Open] = {}
        self._chunk_of: dict[int, int] = {}
        self._read = lru_cache(_AT_HAND)(self._content)
        self._take_over(dict(identity))

    def expect(self, keys: Mapping[int, tuple[str, str]]) -> None:
        """Announce problems by number, each with the checksum for its plan and for its faults."""
        self._open[self._next] = _Open(dict(keys))
        self._chunk_of |= dict.fromkeys(keys, self._next)
        self._next += 1

    def add(self, planned: Planned) -> bool:
        """Take a result; True where it completed its chunk, which is then on disk.

        Raises
        ------
        OSError
            If the chunk cannot be written.
        """
        chunk = self._chunk_of.pop(planned.number, None)
        if chunk is None:
            return False  # a lost task that was run twice
        waiting = self._open[chunk]
        waiting.planned[planned.number] = planned
        if len(waiting.planned) < len(waiting.keys):
            return False
        found = [
            (_key(waiting.keys[n], waiting.planned[n]), waiting.planned[n]) for n in waiting.keys
        ]
        self._commit(chunk, found)
        del self._open[chunk]
        return True

    def take(self, results: Sequence[tuple[str, Planned]]) -> None:
        """Commit results of an earlier run, each with its checksum."""
        self._commit(self._next, results)
        self._next += 1

    def rows(self, key: str) -> Mapping[str, Rows]:
        """The rows of a result by table."""
        known = self.known[key]
        found: Mapping[str, Rows] = self._read(known.chunk)[known.place]["rows"]
        return found

    def seconds(self, key: str) -> float:
        """How long a result took [s]."""
        known = self.known[key]
        return float(self._read(known.chunk)[known.place]["seconds"])

    def failed(self) -> frozenset[str]:
        """Names of problems that ended without a plan, whatever they are made from by now."""
        rows = (self.rows(key) for key, one in self.known.items() if one.ending in UNPLANNED)
        return frozenset(str(plans[0][0]) for found in rows if (plans := found.get("plans")))

    def is_empty(self) -> bool:
        """Whether nothing is on disk yet."""
        return not self.known

    def _content(self, chunk: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self._file(chunk).read_bytes())
        return found

    def _file(self, chunk: int) -> Path:
        return self._folder / f"{chunk:08d}.json"

    def _commit(self, chunk: int, results: Sequence[tuple[str, Planned]]) -> None:
        content = [{"rows": one.rows, "seconds": one.seconds} for _, one in results]
        written = write_file(self._file(chunk), [json.dumps(content).encode()])
        endings = [[key, one.ending.value] for key, one in results]
        self._note({"chunk": chunk, "sha256": written, "problems": endings})
        self._know(chunk, endings)

    def _know(self, chunk: int, endings: Sequence[Sequence[str]]) -> None:
        for place, (key, ending) in enumerate(endings):
            self.known[key] = Known(chunk, place, ending)

    def _note(self, entry: Mapping[str, Any]) -> None:
        with (self._folder / _JOURNAL).open("ab") as file:
            file.write(json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _take_over(self, identity: dict[str, Any]) -> None:
        """Find the chunks that are whole; what a crash tore is planned again."""
        entries = _read_journal(self._folder / _JOURNAL)
        if not entries:
            (self._folder / _JOURNAL).write_bytes(b"")
            flush_folder(self._folder)
            self._note(identity)
            return
        require_same(entries[0], json.loads(json.dumps(identity)))
        kept = entries[:1]
        for entry in entries[1:]:
            self._next = max(self._next, entry["chunk"] + 1)
            if checksum(self._file(entry["chunk"])) == entry["sha256"]:
                self._know(entry["chunk"], entry["problems"])
                kept.append(entry)
        # Lines after a torn one would be lost with it.
        write_file(self._folder / _JOURNAL, (json.dumps(e).encode() + b"\n" for e in kept))


def _key(keys: tuple[str, str], planned: Planned) -> str:
    """Where the faults of a problem name lines, these count as well."""
    return keys[1] if "errors" in planned.rows else keys[0]


def known_key(known: Mapping[str, Known], keys: tuple[str, str]) -> str | None:
    """Under which of its two checksums the result of a problem is there, None: it is not."""
    return next((key for key in keys if key in known), None)


def _each(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by name, those inside of others one by one."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        inner = value if isinstance(value, Mapping) else {name: value}
        found |= {str(key): each for key, each in inner.items()}
    return found


def require_same(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to mix results of different options or versions.

    Raises
    ------
    InputError
        With each option that differs.
    """
    old, new = _each(before), _each(now)
    faults = [
        Fault(
            "--resume",
            None,
            None,
            f"{name} {json.dumps(new.get(name))}",
            f"{json.dumps(old.get(name))} as before, or another folder",
        )
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name)
    ]
    if faults:
        raise InputError(sorted(faults, key=str))


def _read_journal(file: Path) -> list[dict[str, Any]]:
    """Entries up to the first that is not whole."""
    if not file.exists():
        return []
    entries = []
    for line in file.read_bytes().split(b"\n")[:-1]:
        try:
            entries.append(json.loads(line))
        except ValueError:
            break
    return entries
