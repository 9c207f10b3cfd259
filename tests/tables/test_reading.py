"""Reading what people really have: told as what it was read, or asked for; never a silent blank."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.contracts.faults import InputError
from planner.tables.folder import Reading, read_with_notes

REPORTS = Path(__file__).parents[1] / "data" / "cases" / "reports"
FIRST = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds"
DIALERS = "dialer_id,ports\nD1,100\nD2,80\n"


def read(folder: Path, **tables: str) -> Reading:
    texts = {"dialers": DIALERS, "campaigns": f"{FIRST}\nSolar,10,25,0.1,0.1,180\n"} | tables
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_with_notes(folder)


def faults(folder: Path, **tables: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(folder, **tables)
    return [str(fault) for fault in caught.value.faults]


def workbook(folder: Path, sheets: dict[str, list[list[Any]]], *merged: str) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in merged:
            if area.startswith(title):
                sheet.merge_cells(area.partition("!")[2])
    path = folder / "fleet.xlsx"
    book.save(path)
    return path


FLEET: list[list[Any]] = [["dialer_id", "ports"], ["D1", 100]]
HEADER: list[Any] = FIRST.split(",")


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("survivable_share", "12 %", 0.12),
        ("answer_rate_day_cv", "15%", 0.15),
        ("records", "1,200", 1200),
        ("kind", "Live Transfer", "live_transfer"),
        ("status", "Stopped by admin", "stopped_by_admin"),
        ("start", "11/29/2026", date(2026, 11, 29)),
        ("wrap_up_seconds", "0:30", 30),
    ],
)
def test_what_a_cell_was_read_as_is_told(
    column: str, cell: str, value: object, tmp_path: Path
) -> None:
    rows = [f"{FIRST},{column}"] + [f'C{n},10,25,0.1,0.1,180,"{cell}"' for n in range(3)]
    problem, notes = read(tmp_path, campaigns="\n".join(rows))
    assert [getattr(campaign, column) for campaign in problem.campaigns] == [value] * 3
    (note,) = notes
    assert note.startswith(f"campaigns.csv, line 2, column {column}: {cell!r} is read as ")
    assert note.endswith("and 2 more cells of it likewise.")


def test_rates_of_passes_in_per_cent(tmp_path: Path) -> None:
    problem, _ = read(tmp_path, campaigns=f"{FIRST}\nSolar,10,25,30%|20 %,0.1,180\n")
    assert problem.campaigns[0].answer_rate_by_pass == (0.3, 0.2)


def test_only_answer_rates_may_be_one_for_each_pass(tmp_path: Path) -> None:
    row = "Solar,10,25,0.1,0.1,180"
    for column, cell in (("finish_by", "soon"), ("max_abandon_rate", "0.03|0.02")):
        (told,) = faults(tmp_path, campaigns=f"{FIRST},records,{column}\n{row},100,{cell}\n")
        assert "pass" not in told
    (told,) = faults(tmp_path, campaigns=f"{FIRST}\nSolar,10,25,much,0.1,180\n")
    assert "pass" in told


def test_the_example_needs_no_note(tmp_path: Path) -> None:
    assert read(tmp_path).notes == ()
    data = Path(__file__).parents[2] / "data"
    assert read_with_notes(data / "regional").notes == ()


def test_a_schedule_as_people_write_it(tmp_path: Path) -> None:
    text = f"{FIRST},schedule\nSolar,10,25,0.1,0.1,180,Monday \u2013 Friday 9am\u20135pm\n"
    (campaign,) = read(tmp_path, campaigns=text).problem.campaigns
    assert campaign.schedule == tuple((day, 540, 1020) for day in range(5))


def test_what_may_be_two_dates_or_numbers_is_asked_for(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, campaigns=f"{FIRST},start\nSolar,10,25,0.1,0.1,180,03/04/2026\n")
    assert "2026-03-04 or 2026-04-03: 03/04/2026 may be either" in told
    with_semicolons = f"{FIRST}\nSolar,10,25.125,1,1,180\n".replace(",", ";")
    (told,) = faults(tmp_path, campaigns=with_semicolons)
    assert "25125 or 25.125: 25.125 may be either" in told
    decided = f"{FIRST}\nSolar,10,25.125,0.1,1,180\n".replace(",", ";")
    assert read(tmp_path, campaigns=decided).problem.campaigns[0].attempt_seconds == 25.125


def test_a_tick_is_yes_and_a_blank_beside_ticks_is_asked_for_where_blank_is_yes(
    tmp_path: Path,
) -> None:
    lines = "campaign_id,dialer_id,dial_lines,agent_lines,locked\nSolar,D1,9,1,x\nSolar,D2,9,1,\n"
    problem, notes = read(tmp_path, assignments=lines)
    assert [item.locked for item in problem.assignments] == [True, False]
    assert len(notes) == 1
    (told,) = faults(tmp_path, dialers="dialer_id,ports,in_service\nD1,100,x\nD2,80,\n")
    assert "line 3, column in_service is empty" in told


def test_headers_in_any_case_with_blanks(tmp_path: Path) -> None:
    problem, _ = read(tmp_path, dialers="Dialer ID , PORTS,Failure-Domain\nD1,100,East\nD2,80,\n")
    assert problem.dialers[0].domain == "East"


def test_unknown_columns_are_told_with_how_to_ignore_them(tmp_path: Path) -> None:
    told = faults(tmp_path, dialers="dialer_id,ports,owner,colour\nD1,100,Ann,red\n")
    assert len(told) == 2
    assert all("call it notes, or put # before its name" in fault for fault in told)
    given = read(tmp_path, dialers="dialer_id,ports,#owner,#colour\nD1,100,Ann,red\nD2,80,,\n")
    assert len(given.problem.dialers) == 2


def test_underscores_make_no_number() -> None:
    with pytest.raises(InputError) as caught:
        read_with_notes(REPORTS / "underscore-in-number")
    found = {(f.file, f.column, f.value) for f in caught.value.faults}
    assert ("dialers.csv", "ports", "1_0") in found
    assert ("campaigns.csv", "talk_seconds", "1_8_0") in found
    assert ("campaigns.csv", "records", "1_000") in found


@pytest.mark.parametrize("name", ["ws_sp.xlsx", "ws_nb.xlsx", "csv"])
def test_a_row_of_blanks_is_no_row(name: str) -> None:
    problem = read_with_notes(REPORTS / "blank-row-of-spaces" / name).problem
    assert (len(problem.dialers), len(problem.campaigns)) == (1, 1)


def test_ids_that_only_look_alike_are_told_by_their_code_points(tmp_path: Path) -> None:
    lines = "campaign_id,dialer_id,dial_lines,agent_lines\n"
    named = f"{FIRST}\nCaf\u00e9,10,25,0.1,0.1,180\n"
    (told,) = faults(tmp_path, campaigns=named, assignments=f"{lines}Cafe\u0301,D1,9,1\n")
    assert "Cafe<U+0301>, there Caf<U+00E9>" in told
    (told,) = faults(tmp_path, campaigns=named, assignments=f"{lines}Caf\u00e9\u200b,D1,9,1\n")
    assert "Caf<U+00E9><U+200B>, there Caf<U+00E9>" in told
    (told,) = faults(tmp_path, campaigns=named, assignments=f"{lines}CAF\u00c9,D1,9,1\n")
    assert "Caf\u00e9 differs in upper and lower case" in told


def test_a_duplicate_key_names_the_earlier_line(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, dialers="dialer_id,ports\nD1,1\nD2,1\n\nD1,2\n")
    assert told.startswith("dialers.csv, line 5, column dialer_id is 'D1'")
    assert told.endswith("a key that no earlier row has; line 2 has it already")


def test_a_fault_shows_the_cell_of_its_column(tmp_path: Path) -> None:
    hours = "campaign_id,from,to,agent_lines\nSolar,8:00,12:00,5\nSolar,9:30,10:00,4\n"
    (told,) = faults(tmp_path, intervals=hours)
    assert told.startswith("intervals.csv, line 3, column from is '9:30'")
    assert told.endswith("line 2 has it already")


def test_intervals_take_windows_over_midnight_and_dates(tmp_path: Path) -> None:
    hours = "campaign_id,days,from,to,agent_lines\nSolar,Fri,22:00,02:00,5\n"
    problem, _ = read(tmp_path, intervals=f"{hours}Solar,2026-12-24,09:00,12:00,1\n")
    late, eve = problem.intervals
    assert late.windows() == ((4, 1320, 1440), (5, 0, 120))
    assert eve.days == (date(2026, 12, 24),)
    (told,) = faults(tmp_path, intervals=f"{hours}Solar,Sat,01:00,03:00,5\n")
    assert "no overlap" in told


def test_paths_that_are_no_folder_have_sentences_of_their_own(tmp_path: Path) -> None:
    def told(path: Path) -> str:
        with pytest.raises(InputError) as caught:
            read_with_notes(path)
        return str(caught.value)

    assert "there is nothing at this path" in told(tmp_path / "none")
    assert "the folder is empty" in told(tmp_path)
    (tmp_path / "fleet.xls").write_bytes(b"x")
    assert "this is a .xls file: save it as .xlsx" in told(tmp_path / "fleet.xls")
    assert "the folder has no table, only fleet.xls" in told(tmp_path)
    (tmp_path / "dialers.csv").write_text(DIALERS)
    assert "give the folder in which it lies" in told(tmp_path / "dialers.csv")


def stored(path: Path, sheet: str, place: str, value: str) -> None:
    """Store the result of a formula, as a spreadsheet does when it saves."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(f"{sheet}.xml"):
                pattern = rf'(<c r="{place}"[^>]*><f>[^<]*</f>)<v ?/>'.encode()
                part, count = re.subn(pattern, rb"\g<1><v>" + value.encode() + b"</v>", part)
                assert count == 1
            new.writestr(name, part)


def test_a_formula_is_read_by_its_stored_value_and_told(tmp_path: Path) -> None:
    campaigns: list[list[Any]] = [HEADER, ["Solar", "=5+5", 25, 0.1, 0.1, 180]]
    path = workbook(tmp_path, {"dialers": FLEET, "campaigns": campaigns})
    with pytest.raises(InputError, match="nothing is stored with this formula"):
        read_with_notes(path)
    stored(path, "sheet2", "B2", "10")
    problem, notes = read_with_notes(path)
    assert problem.campaigns[0].agent_lines == 10
    assert notes == (
        "fleet.xlsx, sheet campaigns: A formula is read by the stored value (in line 2, column "
        "agent_lines).",
    )


def test_a_formula_whose_stored_value_is_an_empty_text_is_blank(tmp_path: Path) -> None:
    campaigns: list[list[Any]] = [
        [*HEADER, "max_dial_lines"],
        ["Solar", 10, 25, 0.1, 0.1, 180, '=IF(1=1,"",5)'],
    ]
    path = workbook(tmp_path, {"dialers": FLEET, "campaigns": campaigns})
    stored(path, "sheet2", "G2", "")
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():  # that it is a text is said beside it
            new.writestr(name, old.read(name).replace(b'<c r="G2"', b'<c r="G2" t="str"'))
    assert read_with_notes(path).problem.campaigns[0].max_dial_lines is None


def test_a_merged_cell_counts_for_each_of_its_rows(tmp_path: Path) -> None:
    plain: list[Any] = ["10", 25, 0.1, 0.1, 180]
    campaigns: list[list[Any]] = [
        [*HEADER, "schedule"],
        ["A", *plain, "Mon-Fri 09:00-18:00"],
        ["B", *plain],
        ["C", *plain],
    ]
    sheets = {"dialers": FLEET, "campaigns": campaigns}
    problem, notes = read_with_notes(workbook(tmp_path, sheets, "campaigns!G2:G4"))
    first, *others = (campaign.schedule for campaign in problem.campaigns)
    assert first is not None
    assert others == [first, first]
    (note,) = notes
    assert "column schedule: the merged cell 'Mon-Fri 09:00-18:00' of line 2" in note
    with pytest.raises(InputError, match="no cell merged across columns"):
        read_with_notes(workbook(tmp_path, sheets, "campaigns!C2:D2"))
