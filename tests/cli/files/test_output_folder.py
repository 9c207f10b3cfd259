"""The folder for results: tried before a long run, left only where something is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli.files.output_folder import require_writable
from planner.contracts.faults import InputError


def test_a_folder_that_is_tried_is_not_left_behind(tmp_path: Path) -> None:
    require_writable(tmp_path / "new" / "results")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_stays_with_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    require_writable(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_in_the_way_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("")
    with pytest.raises(InputError, match="expected a folder that can be written"):
        require_writable(tmp_path / "results" / "plan")
