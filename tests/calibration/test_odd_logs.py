"""Logs with cells that cannot be, and with cells that are not there."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.calibration.calibrate import calibrate
from planner.contracts.faults import InputError
from tests.support.logs import read, write

AGGREGATES = "interval,campaign,nOutboundAttempted,nOutboundConnected,nOutboundAbandoned"


def aggregates(*cells: str) -> list[str]:
    """Rows of one day each."""
    return [
        f"2026-09-{day:02d}T09:00:00.000Z/2026-09-{day:02d}T10:00:00.000Z,Solar,{rest}"
        for day, rest in enumerate(cells, start=1)
    ]


def test_aggregates_that_tell_how_often_and_not_how_long_give_no_talk_time(tmp_path: Path) -> None:
    header = f"{AGGREGATES},tTalk.count,tAcw.count,tAcw.sum"
    rows = aggregates(*["900,200,5,45,45,450000"] * 4)
    found = calibrate(write(tmp_path, "\n".join([header, *rows]))).estimates
    talk = found.of("Solar", "talk_seconds")
    assert talk is not None
    assert (talk.value, talk.note) == (None, "the log does not tell how long agents talked")
    values = {item.figure: item.value for item in found.figures}
    assert values["answer_rate*transfer_rate"] == pytest.approx(50 / 900)
    assert values["wrap_up_seconds"] == pytest.approx(10)


def test_aggregates_with_more_answers_than_attempts_are_refused(tmp_path: Path) -> None:
    rows = aggregates("100,20,2", "100,300,2")
    log = write(tmp_path, "\n".join([AGGREGATES, *rows]))
    with pytest.raises(InputError) as refused:
        calibrate(log)
    assert str(refused.value.faults[0]) == (
        "log.csv, column nOutboundConnected: expected in all no more than the 200 calls attempted, "
        "not 320"
    )


EXTENDED = "call_date,status,user,campaign_id,length_in_sec,dial_time,wrapup_time"


def sales(count: int) -> list[str]:
    """Calls answered after 20 s, with talks of 80 s and wrap-ups of 10 s."""
    return [
        f"2026-09-30 09:{n // 60:02d}:{n % 60:02d},SALE,1001,Solar,80,100,10" for n in range(count)
    ]


def test_a_length_of_years_counts_as_blank_and_is_told(tmp_path: Path) -> None:
    rows = sales(200)
    rows[7] = rows[7].removesuffix("10") + "99999999999"
    found = calibrate(write(tmp_path, "\n".join([EXTENDED, *rows])))
    wrap = found.estimates.of("Solar", "wrap_up_seconds")
    assert wrap is not None
    assert wrap.value == pytest.approx(10)
    assert found.readings[0].warnings[0] == (
        "1 cell of column wrapup_time could not be read and count as blank, the first in line 9"
    )


def test_calls_without_a_length_are_not_taken_for_short_ones(tmp_path: Path) -> None:
    # As where one of three servers does not log its carrier: their length would be that of talk.
    unlogged = [row.replace(",80,100,", ",80,,") for row in sales(60)]
    found = calibrate(write(tmp_path, "\n".join([EXTENDED, *sales(120), *unlogged]))).estimates
    length = found.of("Solar", "attempt_seconds")
    assert length is not None
    assert (length.value, length.note.split("; ")[-1]) == (
        None, "60 of 180 calls have no dial_time",
    )  # fmt: skip


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(bytes(range(256)))
    with pytest.raises(InputError) as refused:
        calibrate([log])
    wanted = "log.csv: expected text in one encoding; save it as CSV UTF-8"
    assert str(refused.value.faults[0]) == wanted


@pytest.mark.parametrize(
    "day", ["2026-02-30", "30.02.2026", "31.11.2026", "31 Nov 2026", "29.02.2026"]
)
def test_days_that_no_month_has_are_no_dates(tmp_path: Path, day: str) -> None:
    text = "campaign_id,launched\n" + f"Solar,{day} 09:00:00\n" * 3
    with pytest.raises(InputError, match="3 of 3 rows are not"):
        read(write(tmp_path, text))


def test_the_last_days_of_months_are_dates(tmp_path: Path) -> None:
    days = ("28.02.2026", "29.02.2028", "31.12.2026", "30.11.2026")
    text = "campaign_id,launched\n" + "".join(f"Solar,{day} 09:00\n" for day in days)
    assert len(read(write(tmp_path, text))) == 4


def test_offsets_may_be_of_two_digits_as_postgresql_writes_them(tmp_path: Path) -> None:
    text = "campaign_id,launched,ended\nSolar,2026-11-02 09:00:00+01,2026-11-02 09:00:30.5-06\n"
    found = read(write(tmp_path, text))
    # 8:00 UTC to 15:00:30.5 UTC.
    assert found.ended[0] - found.launched[0] == 7 * 3600 + 30.5


def test_text_of_two_encodings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    row = "Söl,2026-11-02 09:00:00\n"
    path.write_bytes(b"campaign_id,launched\n" + row.encode("utf-8") + row.encode("cp1252"))
    with pytest.raises(InputError, match="text in one encoding"):
        read(path)
    path.write_bytes(b"campaign_id,launched\n" + row.encode("cp1252"))
    assert read(path).campaigns == ["Söl"]


def test_a_header_and_no_calls(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one call"):
        calibrate(write(tmp_path, "campaign_id,launched"))


def test_calls_that_end_before_they_begin_are_told_and_if_many_refused(tmp_path: Path) -> None:
    header = "campaign_id,launched,ended\n"
    right = "Solar,2026-11-02 09:00:00,2026-11-02 09:00:20\n"
    wrong = "Solar,2026-11-02 09:00:20,2026-11-02 09:00:00\n"
    found = calibrate(write(tmp_path, header + right * 9 + wrong))
    assert any("1 call ends before the launch" in said for said in found.readings[0].warnings)
    with pytest.raises(InputError, match="7 of 10 do not: are launched and ended the other way"):
        read(write(tmp_path, header + right * 3 + wrong * 7))


def test_offsets_in_some_rows_only_are_told(tmp_path: Path) -> None:
    text = "campaign_id,launched\nSolar,2026-11-02 09:00:00Z\nSolar,2026-11-02 09:00:00\n"
    found = calibrate(write(tmp_path, text))
    assert any("times have no offset" in said for said in found.readings[0].warnings)


@pytest.mark.parametrize("how", ["replaced", "cut", "taken away"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, how: str) -> None:
    row = "Solar,2026-11-02 09:00:00,2026-11-02 09:00:20\n"
    log = write(tmp_path, "campaign_id,launched,ended\n" + row * 10)
    # The columns of the new file stand in another order.
    other = write(tmp_path, "campaign_id,ended,launched\n" + row * 10, "other.csv")

    def change(_: object) -> None:
        if how == "replaced":
            other.replace(log)
        elif how == "cut":
            log.write_text("campaign_id,launched,ended\n")
        else:
            log.unlink()

    with pytest.raises(InputError, match="replaced, cut or taken away meanwhile"):
        calibrate(log, on_mapping=change)


def test_a_file_may_grow_while_it_is_read(tmp_path: Path) -> None:
    row = "Solar,2026-11-02 09:00:00,2026-11-02 09:00:20\n"
    log = write(tmp_path, "campaign_id,launched,ended\n" + row * 10)

    def grow(_: object) -> None:
        with log.open("a") as file:
            file.write(row)

    assert calibrate(log, on_mapping=grow).estimates.attempts == 11


@pytest.mark.parametrize("again", ["launched", "Launched", " launched "])
def test_a_column_that_is_there_twice_is_refused(tmp_path: Path, again: str) -> None:
    text = f"campaign_id,launched,{again}\nSolar,2026-11-02 09:00,2026-11-03 10:00\n"
    with pytest.raises(InputError, match=r"column [Ll]aunched: expected this column once"):
        read(write(tmp_path, text))


def test_a_column_that_is_not_read_may_be_there_twice(tmp_path: Path) -> None:
    text = "campaign_id,note,launched,note\nSolar,a,2026-11-02 09:00,b\n"
    assert len(read(write(tmp_path, text))) == 1


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()]
)
def test_text_of_parquet_files_is_read_whatever_its_kind(tmp_path: Path, kind: pa.DataType) -> None:
    # Days first, which only text can tell.
    text = [f"{day}/11/2026 09:00" for day in (2, 13)]
    cells = pa.array([cell.encode() for cell in text]).cast(kind)
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table({"campaign_id": ["Solar"] * 2, "launched": cells}), path)
    found = calibrate(path)
    assert (found.estimates.first_day, found.estimates.last_day) == ("2026-11-02", "2026-11-13")
    assert any("times have no offset" in said for said in found.readings[0].warnings)


def test_decimals_of_parquet_files_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    launched = pa.array([Decimal("1793610000.25"), Decimal("1793610060")])
    pq.write_table(pa.table({"campaign_id": ["Solar"] * 2, "launched": launched}), path)
    assert read(path).launched.tolist() == [1793610000.25, 1793610060.0]


def test_words_that_a_parquet_file_holds_once_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    launched = pa.array(["13/11/2026 09:00"] * 2).dictionary_encode()
    pq.write_table(pa.table({"campaign_id": ["Solar"] * 2, "launched": launched}), path)
    assert len(read(path)) == 2


def test_what_is_not_known_of_one_day_has_no_word_about_its_interval(tmp_path: Path) -> None:
    text = "campaign_id,launched,human\n" + "".join(
        f"Solar,2026-11-02 09:{n // 2:02}:00,{int(n % 10 == 0)}\n" for n in range(100)
    )
    found = calibrate(write(tmp_path, text)).estimates
    known, unknown = found.of("Solar", "answer_rate"), found.of("Solar", "talk_seconds")
    assert known is not None
    assert unknown is not None
    assert "the interval is too narrow" in known.note
    assert unknown.note == "no attempt reaches an agent in the log"
