"""Templates read back as the problem that they were made from."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from planner.tables.cells import columns
from planner.tables.folder import TABLES, read_folder, read_uploads
from planner.tables.labels import FIRST, TOPICS, label, told
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


def test_a_workbook_explains_every_column_and_offers_what_it_may_hold() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(read_folder(DATA / "quickstart"))))
    assert list(book.sheetnames) == list(TABLES)
    for sheet in book.worksheets:
        for title in sheet[1]:
            assert title.comment is not None, (sheet.title, title.value)
            assert len(title.comment.text) > 10
    lists = {
        str(found.sqref).split(":")[0]: found.formula1
        for found in book["campaigns"].data_validations.dataValidation
    }
    names = [cell.value for cell in book["campaigns"][1]]
    kind = book["campaigns"].cell(2, names.index("kind") + 1).coordinate
    assert lists[kind] == '"live_transfer,broadcast"'
    overflow = book["campaigns"].cell(2, names.index("overflow") + 1).coordinate
    assert lists[overflow] == '"drop,hold"'
    keys = [str(v.formula1) for v in book["assignments"].data_validations.dataValidation]
    assert any("campaigns!$A$2" in formula for formula in keys)
    assert any("dialers!$A$2" in formula for formula in keys)
    # The rows of the example are there to be overwritten.
    assert book["dialers"].cell(2, 1).value == "D1"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_plain_label_and_a_place(table: str) -> None:
    known = list(columns(TABLES[table].contract))
    for column in known:
        assert label(table, column).title
        assert told(table, TABLES[table].contract, column).endswith(".")
    if table in FIRST:
        placed = [*FIRST[table], *(c for topic in TOPICS[table].values() for c in topic)]
        assert sorted(placed) == sorted(known)
