from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.tables import sheets, workbook
from planner.tables.folder import read_folder, read_uploads

DIALERS = [["dialer_id", "ports"], ["D1", 100]]
CAMPAIGNS = [
    [
        "campaign_id",
        "agent_lines",
        "attempt_seconds",
        "answer_rate",
        "transfer_rate",
        "talk_seconds",
    ],
    ["Solar", 10, 25.5, 0.1, 0.1, 180.0],
]


def workbook_of(tables: Mapping[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(**tables: list[list[Any]]) -> Problem:
    content = workbook_of({"dialers": DIALERS, "campaigns": CAMPAIGNS} | tables)
    return read_uploads({"fleet.xlsx": content})


def faults(**tables: list[list[Any]]) -> list[tuple[str, int | None, str | None, str | None]]:
    with pytest.raises(InputError) as caught:
        read(**tables)
    return [(f.file, f.line, f.column, f.value) for f in caught.value.faults]


def test_a_workbook_reads_like_the_folder_with_the_same_tables(tmp_path: Path) -> None:
    (tmp_path / "fleet.XLSX").write_bytes(workbook_of({"Dialers": DIALERS, "campaigns": CAMPAIGNS}))
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,100\n")
    rows = "\n".join(",".join(map(str, row)) for row in CAMPAIGNS)
    (tmp_path / "campaigns.csv").write_text(rows)
    assert read_folder(tmp_path / "fleet.XLSX") == read_folder(tmp_path)


def test_typed_cells() -> None:
    problem = read(
        dialers=[["dialer_id", "ports", "in_service"], [7, 100.0, True], ["8", "90", False]],
        campaigns=[
            [*CAMPAIGNS[0], "start", "stop"],
            [*CAMPAIGNS[1], date(2026, 9, 30), datetime(2026, 10, 1)],
        ],
        intervals=[
            ["campaign_id", "from", "to", "agent_lines"],
            ["Solar", time(9), time(17, 30), 4],
            ["Solar", "17:30", timedelta(hours=24), 2],
        ],
        outages=[["dialer_id", "start", "end"], [7, datetime(2026, 1, 1), datetime(2026, 1, 1, 9)]],
    )
    assert [(d.dialer_id, d.ports, d.in_service) for d in problem.dialers] == [
        ("7", 100, True),
        ("8", 90, False),
    ]
    assert (problem.campaigns[0].start, problem.campaigns[0].stop) == (
        date(2026, 9, 30),
        date(2026, 10, 1),
    )
    assert [(i.from_minute, i.to_minute) for i in problem.intervals] == [(540, 1050), (1050, 1440)]
    assert problem.outages[0].end - problem.outages[0].start == timedelta(hours=9)


def test_every_fault_names_its_sheet_and_row() -> None:
    found = faults(
        dialers=[["dialer_id", "ports"], ["D1", 95.5], [], ["D2", "=1+1"], ["=A2", 5]],
        assignments=[["campaign_id", "dialer_id", "dial_lines", "agent_lines"], ["Gone", "D1", 1]],
    )
    assert found == [
        ("fleet.xlsx, sheet dialers", 2, "ports", "95.5"),
        ("fleet.xlsx, sheet dialers", 4, "ports", "=1+1"),
        ("fleet.xlsx, sheet dialers", 5, "dialer_id", "=A2"),
        ("fleet.xlsx, sheet assignments", 2, "agent_lines", ""),
        ("fleet.xlsx, sheet assignments", 2, "campaign_id", "Gone"),
    ]


def test_text_that_looks_like_a_formula_is_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "dialers"
    for row in [["dialer_id", "ports"], ["=x", 1]]:
        sheet.append(row)
    sheet["A2"].data_type = "s"
    campaigns = book.create_sheet("campaigns")
    for row in CAMPAIGNS:
        campaigns.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_uploads({"f.xlsx": buffer.getvalue()}).dialers[0].dialer_id == "=x"


def test_error_values_and_surplus_cells_are_faults() -> None:
    found = faults(dialers=[["dialer_id", "ports"], ["D1", "#N/A"], ["D2", 5, "x"]])
    assert found == [
        ("fleet.xlsx, sheet dialers", 2, "ports", "#N/A"),
        ("fleet.xlsx, sheet dialers", 3, None, None),
    ]


def test_other_sheets_are_left_alone_unless_the_name_is_nearly_one_of_ours() -> None:
    assert len(read(notes=[["anything"], ["=1+1"]]).campaigns) == 1
    assert faults(assignment=[["x"]]) == [("assignment", None, None, None)]


def test_an_empty_sheet_has_no_header() -> None:
    assert faults(dialers=[]) == [("fleet.xlsx, sheet dialers", 1, None, "")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"dialer_id,ports\n", b"\0" * 100])
def test_what_is_no_workbook(content: bytes) -> None:
    with pytest.raises(InputError, match="an Excel workbook"):
        read_uploads({"fleet.xlsx": content})


def test_a_zip_that_is_no_workbook() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InputError, match="an Excel workbook"):
        read_uploads({"fleet.xlsx": buffer.getvalue()})


def test_a_workbook_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook_of({"dialers": DIALERS, "campaigns": [*CAMPAIGNS, *[["x"] * 6] * 2000]})
    monkeypatch.setattr(workbook, "MAX_BYTES", 50_000)
    assert len(content) < 50_000  # packed it would pass
    with pytest.raises(InputError, match="at most 50,000 bytes"):
        read_uploads({"fleet.xlsx": content})


def test_files_that_are_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    with pytest.raises(InputError, match="at most 10 bytes"):
        read_uploads({"dialers.csv": b"dialer_id,ports\n", "campaigns.csv": b"x"})


def test_a_sheet_that_claims_billions_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_CELLS", 100_000)
    content = workbook_of({"dialers": [*DIALERS, ["D2", 1]], "campaigns": CAMPAIGNS})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<row r="3">', b'<row r="9999999999">'))
    with pytest.raises(InputError, match="at most 100,000 cells"):
        read_uploads({"fleet.xlsx": buffer.getvalue()})


@pytest.mark.parametrize(
    ("value", "shown_as", "seconds"),
    [
        (time(0, 4), "h:mm:ss", 240),  # 0:04:00
        (time(0, 4, 30), "h:mm:ss", 270),
        (time(0, 4), "mm:ss", 240),  # 04:00
        (timedelta(minutes=4, seconds=30), "[h]:mm:ss", 270),
        (timedelta(minutes=4), "[mm]:ss", 240),
        (timedelta(hours=26), "[h]:mm:ss", 93_600),
        (time(4, 30), "h:mm", 270),  # who types 4:30 for seconds means minutes and seconds
    ],
)
def test_lengths_of_time_keep_their_seconds(value: object, shown_as: str, seconds: float) -> None:
    content = workbook_of(
        {"dialers": DIALERS, "campaigns": [CAMPAIGNS[0], [*CAMPAIGNS[1][:-1], value]]}
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["campaigns"].cell(2, len(CAMPAIGNS[0])).number_format = shown_as
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_uploads({"f.xlsx": buffer.getvalue()}).campaigns[0].talk_seconds == seconds


def test_a_number_is_whole_where_excel_shows_it_so() -> None:
    def agents(count: float) -> list[list[Any]]:
        return [CAMPAIGNS[0], [CAMPAIGNS[1][0], count, *CAMPAIGNS[1][2:]]]

    assert read(campaigns=agents(6.999999999999999)).campaigns[0].agent_lines == 7  # 0.7 / 0.1
    assert faults(campaigns=agents(6.99999))[0][2] == "agent_lines"


def test_columns_that_nobody_reads_may_hold_anything() -> None:
    rows = [[*CAMPAIGNS[0], "notes", "# owner"], [*CAMPAIGNS[1], "=1+1", "#N/A"]]
    assert read(campaigns=rows).campaigns[0].campaign_id == "Solar"
