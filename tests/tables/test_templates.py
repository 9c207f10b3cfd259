"""Templates read back as the problem that they were made from."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from planner.tables.folder import read_folder, read_uploads
from planner.tables.templates import csv_zip, workbook

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize("folder", ["quickstart", "regional"])
def test_a_template_can_be_uploaded_as_it_is(folder: str) -> None:
    problem = read_folder(DATA / folder)
    with zipfile.ZipFile(io.BytesIO(csv_zip(problem))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert read_uploads(files) == problem
    assert read_uploads({"template.xlsx": workbook(problem)}) == problem


def test_text_that_looks_like_a_formula_stays_text() -> None:
    problem = read_folder(DATA / "quickstart")
    dialers = tuple(d.model_copy(update={"failure_domain": "=1+1"}) for d in problem.dialers)
    problem = problem.model_copy(update={"dialers": dialers})
    assert read_uploads({"template.xlsx": workbook(problem)}) == problem
