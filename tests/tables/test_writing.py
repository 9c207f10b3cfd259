from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from planner.tables.sheets import csv_sheet
from planner.tables.writing import csv_text, write_csv, write_text


def test_cells_read_back_exactly(tmp_path: Path) -> None:
    text = ["=1", "'=1", 'a "b", c', "x\ny", "Zürich", " x"]
    write_csv(tmp_path / "t.csv", ["=a", "b", "c", "d", "e", "f"], [text])
    sheet = csv_sheet("t.csv", (tmp_path / "t.csv").read_bytes())
    assert sheet.header.cells == ["=a", "b", "c", "d", "e", "f"]
    assert sheet.rows[0].cells == [*text[:-1], "x"]  # spaces around a cell are no part of it


def test_values_are_spelt_plainly() -> None:
    row = [None, True, False, -1, -0.5, 0.1, 1e22, date(2026, 9, 30)]
    assert csv_text(["a"] * 8, [row]).splitlines()[1] == ",true,false,-1,-0.5,0.1,1e+22,2026-09-30"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_what_is_written(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    write_text(tmp_path / "t.csv", "x")
    assert stat.S_IMODE((tmp_path / "t.csv").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
