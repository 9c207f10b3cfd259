"""Whatever is sent to us: a problem, or faults with their places; never another error.

The long form, with plans and limits of time and memory, is ``make fuzz``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.contracts.faults import InputError
from planner.studies.batch.input.stream import table_stream
from planner.tables.folder import read_folder, read_uploads
from tests.fuzz.books import mutated_book
from tests.fuzz.mutations import mutated

FOLDERS, BOOKS = 300, 60
_HEADER = b"dialer_id,ports\n"


def judged(read: Callable[..., object], *arguments: object) -> bool:
    """Whether it was taken; else it is refused with faults that name a place and what was meant."""
    refused: InputError | None = None
    try:
        read(*arguments)
    except InputError as error:
        refused = error
    assert refused is None or all(fault.file and fault.expected for fault in refused.faults)
    return refused is None


@pytest.mark.parametrize("part", range(3))
def test_a_mutated_folder_is_read_or_refused(tmp_path: Path, part: int) -> None:
    taken = 0
    for seed in range(part, FOLDERS, 3):
        folder = tmp_path / str(seed)
        mutated(seed, folder)
        taken += judged(read_folder, folder)
    # Some stay sound; were all refused, or none, the mutations would try nothing.
    assert 0 < taken < FOLDERS / 3


def test_a_mutated_workbook_is_read_or_refused() -> None:
    taken = sum(judged(read_uploads, {"x.xlsx": mutated_book(seed)}) for seed in range(BOOKS))
    assert 0 < taken < BOOKS


@settings(suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(_HEADER.__add__)))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    campaigns = b"campaign_id,kind,attempt_seconds,answer_rate\nNews,broadcast,30,0.5\n"
    judged(read_uploads, {"dialers.csv": content, "campaigns.csv": campaigns})


@settings(suppress_health_check=list(HealthCheck))
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_in_a_cell_is_read_or_refused(name: str, ports: str) -> None:
    content = _HEADER + f"{name},{ports}\n".encode("utf-8", "surrogatepass")
    campaigns = b"campaign_id,kind,attempt_seconds,answer_rate\nNews,broadcast,30,0.5\n"
    judged(read_uploads, {"dialers.csv": content, "campaigns.csv": campaigns})


def test_files_that_vanish_while_they_are_read_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.tables import folder as tables

    folder = tmp_path / "folder"
    mutated(0, folder)
    listed = tables.csv_files_in

    def vanishing(path: Path) -> list[Path]:
        found = listed(path)
        for file in found:
            file.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(tables, "csv_files_in", vanishing)
    assert not judged(read_folder, folder)


@pytest.mark.parametrize("what", ["pipe", "device"])
def test_what_never_ends_is_not_read(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "folder"
    mutated(0, folder)
    file = folder / "campaigns.csv"
    file.unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    with pytest.raises(InputError, match="a file, not a device or a pipe"):
        read_folder(folder)
    with pytest.raises(InputError, match="a file, not a device or a pipe"), table_stream(file):
        pass
