"""The table reader under coverage-guided fuzzing: ``make fuzz-tables`` (Linux, CPython to 3.13).

Any bytes are read as ``dialers.csv`` and ``campaigns.csv``, parted by a line of ``---``; a problem
or an ``InputError`` may come of them. Anything else, more than 10 s or more than 1 GB ends the run,
and the bytes are kept in ``build/fuzz``. Options of libFuzzer go behind: ``-max_total_time=600``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["planner"]):
    from planner.contracts.faults import Fault, InputError
    from planner.tables.folder import read_uploads

ROOT = Path(__file__).resolve().parents[2]
#: What is fuzzed first, and where what was found is kept.
WORK = ROOT / "build" / "fuzz"
MARK = b"\n---\n"


def read(data: bytes) -> None:
    """Read the bytes as tables; refused or not, it may only raise an InputError."""
    dialers, _, campaigns = data.partition(MARK)
    faults: tuple[Fault, ...] | None = None
    try:
        read_uploads({"dialers.csv": dialers, "campaigns.csv": campaigns})
    except InputError as error:
        faults = tuple(error.faults)
    assert faults is None or (faults and all(fault.file and fault.expected for fault in faults))


def main() -> None:
    corpus = WORK / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for folder in sorted((ROOT / "data").iterdir()):
        if (folder / "dialers.csv").exists():
            tables = [(folder / f"{name}.csv").read_bytes() for name in ("dialers", "campaigns")]
            (corpus / folder.name).write_bytes(MARK.join(tables))
    limits = ["-timeout=10", "-rss_limit_mb=1024", f"-artifact_prefix={WORK}/", str(corpus)]
    atheris.Setup([sys.argv[0], *limits, *sys.argv[1:]], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
