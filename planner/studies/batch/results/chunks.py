"""Results of a batch in chunks on disk, with a journal of those that are whole."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from planner.contracts.faults import Fault, InputError
from planner.studies.batch.results.files import checksum, flush_folder, write_file
from planner.studies.batch.results.rows import Planned

#: Problems whose results are committed together.
CHUNK_SIZE = 25
_JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Committed:
    """A chunk on disk: checksums of its problems and of its file, and how the problems ended."""

    chunk: int
    input: str
    sha256: str
    endings: dict[str, int]


@dataclass
class _Open:
    """A chunk whose results are still coming in."""

    input: str
    numbers: tuple[int, ...]
    planned: dict[int, Planned] = field(default_factory=dict)


class Chunks:
    """The chunks of a run and those of the interrupted runs before it.

    Parameters
    ----------
    folder : where they are kept
    identity : what makes results comparable: options, versions, form of the files
    """

    def __init__(self, folder: Path, identity: Mapping[str, Any]) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self.done: dict[int, Committed] = {}
        self._open: dict[int, _Open] = {}
        self._chunk_of: dict[int, int] = {}
        self._take_over(dict(identity))

    def expect(self, chunk: int, numbers: Sequence[int], digest: str) -> bool:
        """Announce a chunk; False where it is on disk already.

        Raises
        ------
        InputError
            If it is there, but of other problems.
        """
        if chunk in self.done:
            if self.done[chunk].input != digest:
                wanted = "the same problems as before: start anew in another folder"
                raise InputError([Fault("--resume", None, None, _named(numbers), wanted)])
            return False
        self._open[chunk] = _Open(digest, tuple(numbers))
        self._chunk_of |= dict.fromkeys(numbers, chunk)
        return True

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
        if len(waiting.planned) < len(waiting.numbers):
            return False
        self._commit(chunk, waiting)
        del self._open[chunk]
        return True

    def endings(self) -> Counter[str]:
        """How the problems of all committed chunks ended."""
        total: Counter[str] = Counter()
        for committed in self.done.values():
            total.update(committed.endings)
        return total

    def lines(self, table: str) -> Iterator[bytes]:
        """Yield the lines of a table, chunk by chunk."""
        for chunk in sorted(self.done):
            content = json.loads(self._file(chunk).read_bytes())
            yield content.get(table, "").encode()

    def _file(self, chunk: int) -> Path:
        return self._folder / f"{chunk:08d}.json"

    def _commit(self, chunk: int, waiting: _Open) -> None:
        planned = [waiting.planned[number] for number in waiting.numbers]
        tables = sorted({table for one in planned for table in one.lines})
        content = {t: "".join(one.lines.get(t, "") for one in planned) for t in tables}
        written = write_file(self._file(chunk), [json.dumps(content).encode()])
        endings = Counter(one.ending.value for one in planned)
        committed = Committed(chunk, waiting.input, written, dict(sorted(endings.items())))
        self._note(asdict(committed))
        self.done[chunk] = committed

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
        for entry in entries[1:]:
            committed = Committed(**entry)
            if checksum(self._file(committed.chunk)) == committed.sha256:
                self.done[committed.chunk] = committed
        # Lines after a torn one would be lost with it.
        kept = [entries[0], *(asdict(committed) for committed in self.done.values())]
        write_file(self._folder / _JOURNAL, (json.dumps(e).encode() + b"\n" for e in kept))


def require_same(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to mix results of different options or versions.

    Raises
    ------
    InputError
        With each option that differs.
    """
    faults = [
        Fault(
            "--resume",
            None,
            None,
            f"{name} {json.dumps(now.get(name))}",
            f"{json.dumps(before.get(name))} as before, or another folder",
        )
        for name in before.keys() | now.keys()
        if before.get(name) != now.get(name)
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


def _named(numbers: Sequence[int]) -> str:
    return f"problem {numbers[0] + 1} to {numbers[-1] + 1}"
