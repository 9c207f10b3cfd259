from __future__ import annotations

import tracemalloc

import pytest

from planner.contracts.faults import InputError
from planner.tables.folder import read_uploads
from planner.tables.sheets import Row, csv_sheet, plain_text, safe_text

TEXT = "dialer_id,ports,failure_domain\nD1,100,Zürich\n"
CAMPAIGNS = (
    "campaign_id;agent_lines;attempt_seconds;answer_rate;transfer_rate;talk_seconds\n"
    "Solar;10;25,5;0,1;0.1;180\n"
)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        ("sep=,\n" + TEXT).encode(),
        ("sep=;\r\n" + TEXT.replace(",", ";")).encode("utf-8-sig"),
        TEXT.replace(",", ", ").encode(),
        TEXT.replace("D1", '"D1"').encode(),
        TEXT.replace("dialer_id", " Dialer_ID ").encode(),
        TEXT.replace("\n", ",,\n").encode(),
        ("\n\n" + TEXT + "\n,,\n").encode(),
    ],
)
def test_any_common_spelling_of_a_table(content: bytes) -> None:
    sheet = csv_sheet("dialers.csv", content)
    assert sheet.header.cells == ["dialer_id", "ports", "failure_domain"]
    assert [row.cells[:3] for row in sheet.rows] == [["D1", "100", "Zürich"]]


def test_lines_count_from_the_top_of_the_file() -> None:
    sheet = csv_sheet("x", b'sep=;\na;b\n\n"1\n2";3\n;\n4;5\n')
    assert sheet.header.line == 2
    assert sheet.rows == [Row(4, ["1\n2", "3"]), Row(6, [""] * 2), Row(7, ["4", "5"])][::2]


def test_an_unclosed_quote_is_told_where_it_opens() -> None:
    with pytest.raises(InputError) as caught:
        csv_sheet("x", b'a,b\n1,2\n"3,4\n5,6\n')
    assert caught.value.faults[0].line == 3


def test_a_comma_is_a_decimal_mark_where_it_does_not_separate() -> None:
    files = {"dialers.csv": b"dialer_id;ports\nD1;10\n", "campaigns.csv": CAMPAIGNS.encode()}
    (campaign,) = read_uploads(files).campaigns
    assert (campaign.attempt_seconds, campaign.answer_rate, campaign.transfer_rate) == (
        25.5,
        0.1,
        0.1,
    )


def test_a_mark_for_thousands_that_is_also_the_decimal_mark_is_refused() -> None:
    text = CAMPAIGNS.replace("25,5", "1,000,5")
    files = {"dialers.csv": b"dialer_id;ports\nD1;10\n", "campaigns.csv": text.encode()}
    with pytest.raises(InputError, match="column attempt_seconds"):
        read_uploads(files)


def test_whole_numbers_take_no_comma() -> None:
    files = {"dialers.csv": b"dialer_id;ports\nD1;1,000\n", "campaigns.csv": CAMPAIGNS.encode()}
    with pytest.raises(InputError, match="column ports is '1,000'"):
        read_uploads(files)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-", "'-"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=1", "''=1"),
        ("''@", "'''@"),
        ("'tis", "'tis"),
        ("'", "'"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_guarded(text: str, safe: str) -> None:
    assert safe_text(text) == safe
    assert plain_text(safe) == text


def test_a_large_file_is_read_without_holding_all_of_it_as_text() -> None:
    # 16 MB, refused at its last line. As text of four bytes a character it would be 64 MB.
    content = "campaign_id;🙂\n".encode() + (b" " * 999 + b"\n") * 16_000 + b'"'
    tracemalloc.start()
    with pytest.raises(InputError, match=r"line 16002.*CSV"):
        csv_sheet("campaigns.csv", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(content) / 2
