"""VICIdial's own allocation against what its unmodified scripts were measured to do."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from planner.contracts.faults import InputError
from planner.vicidial.emulation.cases import filled_cases

MEASURED = Path(__file__).parents[1] / "data" / "vicidial"
RESULTS = {
    "vicidial_allocation_cases.csv": ("new_calls", "local_trunk_shortage"),
    "vicidial_fill_cases.csv": ("new_outbalance_calls_b",),
}


@pytest.mark.parametrize("name", RESULTS)
def test_every_measured_row_is_equal(name: str) -> None:
    measured = (MEASURED / name).read_text()

    found = filled_cases(MEASURED / name)

    assert list(csv.reader(io.StringIO(found))) == list(csv.reader(io.StringIO(measured)))


@pytest.mark.parametrize("name", RESULTS)
def test_result_columns_are_not_needed(name: str, tmp_path: Path) -> None:
    rows = list(csv.DictReader((MEASURED / name).open()))
    inputs = [column for column in rows[0] if column not in RESULTS[name]]
    bare = tmp_path / "cases.csv"
    with bare.open("w", newline="") as file:
        writer = csv.DictWriter(file, inputs, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)

    found = list(csv.DictReader(io.StringIO(filled_cases(bare))))

    assert found == rows


def test_a_wrong_number_is_told_with_its_place(tmp_path: Path) -> None:
    text = (MEASURED / "vicidial_allocation_cases.csv").read_text().splitlines()
    text[2] = text[2].replace(",60,", ",sixty,", 1)
    wrong = tmp_path / "cases.csv"
    wrong.write_text("\n".join(text))

    with pytest.raises(InputError) as told:
        filled_cases(wrong)

    assert str(told.value.faults[0]) == (
        "cases.csv, line 3, column max_vicidial_trunks is 'sixty': expected a number"
    )


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "cases.csv"
    wrong.write_text("case,campaign\n1,A\n")

    with pytest.raises(InputError, match="column ready: expected this column"):
        filled_cases(wrong)


@pytest.mark.parametrize(
    ("column", "cell", "wanted"),
    [
        ("max_vicidial_trunks", "-5", "a whole number from 0 to 1,000,000"),
        ("ready", "2.5", "a whole number from 0 to 1,000,000"),
        ("sent_calls", "nan", "a whole number from 0 to 1,000,000"),
        ("ivr_calls", "1e400", "a whole number from 0 to 1,000,000"),
        ("auto_dial_level", "", "a number"),
        ("auto_dial_level", "nan", "a number from 0 to 1,000,000"),
        ("available_only_ratio_tally", "yes", "Y or N"),
        ("trunk_restriction", "MAXIMUM", "blank or MAXIMUM_LIMIT or OVERFLOW_ALLOWED"),
        ("dl_diff_target_method", "PLACED", "blank or ADAPT_CALC_ONLY or CALLS_PLACED"),
    ],
)
def test_a_cell_that_says_nothing_known_is_told(
    column: str, cell: str, wanted: str, tmp_path: Path
) -> None:
    rows = list(csv.reader((MEASURED / "vicidial_allocation_cases.csv").open()))[:4]
    rows[1][rows[0].index(column)] = cell
    wrong = tmp_path / "cases.csv"
    with wrong.open("w", newline="") as file:
        csv.writer(file).writerows(rows)

    with pytest.raises(InputError) as told:
        filled_cases(wrong)

    fault, *others = told.value.faults
    assert (fault.line, fault.column, fault.value, fault.expected) == (2, column, cell, wanted)
    assert not others


def test_rows_of_a_case_are_of_one_server(tmp_path: Path) -> None:
    text = (MEASURED / "vicidial_allocation_cases.csv").read_text().splitlines()
    text[3] = text[3].replace("2,60,", "2,61,", 1)  # lines 3 and 4 are one case
    wrong = tmp_path / "cases.csv"
    wrong.write_text("\n".join(text))

    with pytest.raises(InputError) as told:
        filled_cases(wrong)

    assert [str(fault) for fault in told.value.faults] == [
        "cases.csv, line 4, column max_vicidial_trunks is '61': expected 60 as in line 3: one "
        "server has one"
    ]


def test_cells_may_be_separated_as_spreadsheets_do(tmp_path: Path) -> None:
    measured = (MEASURED / "vicidial_allocation_cases.csv").read_text()
    semicolons = tmp_path / "cases.csv"
    semicolons.write_text("\ufeff" + measured.replace(",", ";"), encoding="utf-8")

    found = filled_cases(semicolons)

    assert list(csv.reader(io.StringIO(found))) == list(csv.reader(io.StringIO(measured)))
