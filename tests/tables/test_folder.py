from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from planner.contracts.faults import InputError
from planner.contracts.problem import Campaign, Problem
from planner.contracts.values.weekly import Window
from planner.tables.folder import read_folder, read_uploads
from planner.tables.folder_writing import write_folder

DIALERS = "dialer_id,ports\nD1,100\nD2,80\n"
CAMPAIGN_COLUMNS = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds"
CAMPAIGNS = f"{CAMPAIGN_COLUMNS}\nSolar,10,25,0.1,0.1,180\n"
TIMEZONE_WORDS = "an IANA time zone such as Europe/Berlin or America/New_York"
#: table, line, column, value
Place = tuple[str, int | None, str | None, str | None]


def read(**tables: str | bytes) -> Problem:
    """Read tables by name; dialers and campaigns are right unless given."""
    texts = {"dialers": DIALERS, "campaigns": CAMPAIGNS} | tables
    return read_uploads(
        {
            f"{table}.csv": text if isinstance(text, bytes) else text.encode()
            for table, text in texts.items()
        }
    )


def faults(**tables: str | bytes) -> list[Place]:
    with pytest.raises(InputError) as caught:
        read(**tables)
    return [(f.file.removesuffix(".csv"), f.line, f.column, f.value) for f in caught.value.faults]


def expected(**tables: str | bytes) -> str:
    """What the only fault says was expected."""
    with pytest.raises(InputError) as caught:
        read(**tables)
    (fault,) = caught.value.faults
    return fault.expected


def campaigns(columns: str, *rows: str) -> str:
    return "\n".join([f"{CAMPAIGN_COLUMNS},{columns}", *rows, ""])


def one_campaign(column: str, cell: str) -> Campaign:
    text = campaigns(column, f'Solar,10,25,0.1,0.1,180,"{cell}"')
    return read(campaigns=text).campaigns[0]


def test_every_default() -> None:
    problem = read()
    (campaign,) = problem.campaigns
    first = problem.dialers[0]
    assert (first.cps, first.failure_domain, first.domain) == (None, None, "D1")
    assert (first.trunk_group, first.agent_lines_use_ports, first.in_service) == (None, True, True)
    assert campaign.kind == "live_transfer"
    assert (campaign.attempt_cv, campaign.talk_cv, campaign.wrap_up_seconds) == (1, 1, 0)
    assert (campaign.overflow, campaign.patience_seconds, campaign.pacing) == ("drop", 20, None)
    assert (campaign.value, campaign.allowed_dialers, campaign.max_dial_lines) == (1, None, None)
    assert (campaign.min_dialers, campaign.min_agent_lines) == (1, 1)
    assert (campaign.survivable_share, campaign.max_abandon_rate) == (0, None)
    assert (campaign.records, campaign.attempts_per_record) == (None, 1)
    assert (campaign.start, campaign.stop, campaign.schedule) == (None, None, None)
    assert (campaign.timezone, campaign.status) == ("UTC", "")
    assert (problem.trunk_groups, problem.assignments, problem.intervals) == ((), (), ())
    assert problem.outages == ()


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("kind", "live_transfer", "live_transfer"),
        ("max_dial_lines", "95", 95),
        ("max_dial_lines", " 95 ", 95),
        ("max_dial_lines", "95.0", 95),
        ("max_dial_lines", "  ", None),
        ("value", "1e-3", 0.001),
        ("overflow", "hold", "hold"),
        ("allowed_dialers", "D1|D2", ("D1", "D2")),
        ("allowed_dialers", " D1 | D2 ", ("D1", "D2")),
        ("start", "2026-09-30", date(2026, 9, 30)),
        ("start", "20260930", date(2026, 9, 30)),
        ("schedule", "Tue 01:00-02:00;\nMon 01:00-03:00", (Window(0, 60, 180), Window(1, 60, 120))),
        ("schedule", "Fri 22:00-02:00", (Window(4, 1320, 1440), Window(5, 0, 120))),
        ("timezone", "America/New_York", "America/New_York"),
        ("status", "stopped_by_admin", "stopped_by_admin"),
    ],
)  # fmt: skip
def test_a_cell_is_read(column: str, cell: str, value: object) -> None:
    assert getattr(one_campaign(column, cell), column) == value


@pytest.mark.parametrize("cell", ["true", "TRUE", "yes", "Yes", "1"])
def test_true_as_people_write_it(cell: str) -> None:
    assert read(dialers=f"dialer_id,ports,in_service\nD1,1,{cell}\n").dialers[0].in_service


@pytest.mark.parametrize("cell", ["false", "FALSE", "no", "0"])
def test_false_as_people_write_it(cell: str) -> None:
    assert not read(dialers=f"dialer_id,ports,in_service\nD1,1,{cell}\n").dialers[0].in_service


def test_ids_stay_text() -> None:
    ids = [d.dialer_id for d in read(dialers="dialer_id,ports\n007,1\nNA,1\n1e3,1\n").dialers]
    assert ids == ["007", "NA", "1e3"]


def test_an_interval_and_an_outage() -> None:
    problem = read(
        intervals="campaign_id,days,from,to,agent_lines\nSolar,Mon-Fri,09:00,24:00,4\n"
        "Solar,,00:00,09:00,2\n",
        outages="dialer_id,start,end\nD1,2026-03-01T10:00+02:00,2026-03-01T09:00\n",
    )
    first, second = problem.intervals
    assert (first.days, first.from_minute, first.to_minute) == ((0, 1, 2, 3, 4), 540, 1440)
    assert second.days == tuple(range(7))
    (outage,) = problem.outages
    assert outage.start == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert outage.end == datetime(2026, 3, 1, 9, tzinfo=UTC)  # without an offset it is UTC


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("max_dial_lines", "95.5", "a whole number from 0 to 100,000"),
        ("max_dial_lines", "1.000", "a whole number from 0 to 100,000"),
        ("max_dial_lines", "-1", "a whole number from 0 to 100,000"),
        ("max_dial_lines", "9" * 5000, "a whole number from 0 to 100,000"),
        ("wrap_up_seconds", "soon", "a number from 0 to 1,000,000,000"),
        ("patience_seconds", "1e-300", "a number from 0.000001 to 1,000,000,000"),
        ("pacing", "0", "a number above 0, at most 1,000,000"),
        ("value", "nan", "a number from 0 to 1,000,000,000,000"),
        ("value", "inf", "a number from 0 to 1,000,000,000,000"),
        ("survivable_share", "110%", "a number from 0 to 1, such as 0.25 for 25 %"),
        ("survivable_share", "ten %", "a number from 0 to 1, such as 0.25 for 25 %"),
        ("max_dial_lines", "1_000", "a whole number from 0 to 100,000"),
        ("value", "1_0.5", "a number from 0 to 1,000,000,000,000"),
        ("survivable_share", "0,1", "a number from 0 to 1, such as 0.25 for 25 %"),
        ("kind", "brodcast", "live_transfer or broadcast"),
        ("status", "paused", "blank, stopped or stopped_by_admin"),
        ("start", "31.9.2026", "a date from 1970 to 2199 such as 2026-09-30"),
        ("start", "0001-01-01", "a date from 1970 to 2199 such as 2026-09-30"),
        ("timezone", "Mars/Olympus", TIMEZONE_WORDS),
        ("timezone", "../../etc/passwd", TIMEZONE_WORDS),
        ("allowed_dialers", "D1||D2", "dialer ids separated by |"),
        ("allowed_dialers", "D1|D9", "dialers of dialers.csv"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_in_plain_words(column: str, cell: str, words: str) -> None:
    text = campaigns(column, f'Solar,10,25,0.1,0.1,180,"{cell}"')
    assert expected(campaigns=text) == words


@pytest.mark.parametrize(
    "cell", ["nonsense", "Mon 09:00", "Mon 9-17", "Mon 10:00-10:00", "Tag 1:00-2:00"]
)
def test_a_bad_schedule_says_where_it_is_wrong(cell: str) -> None:
    words = expected(campaigns=campaigns("schedule", f"Solar,10,25,0.1,0.1,180,{cell}"))
    assert words.startswith("weekly windows such as 'Mon-Fri 09:00-17:00; Sat 10:00-14:00' (")


def test_an_id_that_means_all_is_refused_where_it_is_given_and_told_once() -> None:
    """In expressions ``dialer.*`` is every dialer: one of that name could not be meant alone."""
    found = expected(
        dialers="dialer_id,ports\nD1,100\n*,80\n",
        assignments="campaign_id,dialer_id,dial_lines,agent_lines\nSolar, * ,10,2\n",
    )
    assert found.endswith("(* means all of them in what-if expressions)")
    star = CAMPAIGNS.replace("Solar", "*")
    assert faults(campaigns=star) == [("campaigns", 2, "campaign_id", "*")]
    assert faults(trunk_groups="trunk_group,channels\n*,100\n")[0][2:] == ("trunk_group", "*")
    assert faults(agents="pool,agent_lines\n*,10\n")[0][2:] == ("pool", "*")
    assert faults(limits="limit,max_lines\n*,10\n")[0][2:] == ("limit", "*")
    assert read(dialers="dialer_id,ports\nD*,100\n").dialers[0].dialer_id == "D*"


def test_every_fault_of_every_file_in_one_go() -> None:
    found = faults(
        dialers="dialer_id,ports,cps\nD1,many,0\nD1,100,\n,5,\n",
        campaigns=campaigns(
            "stop,start", "Solar,x,25,7,0.1,180,2026-01-01,2026-02-01", "Wind,1,25,0.1,,180,,"
        ),
        trunk_groups="trunk_group,channels\nT,1.5\n",
        assignments="campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines\n"
        "Solar,D9,5,1,\nGone,D1,5,1,2\nWind,D1,1,1,\nWind,D1,1,1,\n",
        intervals="campaign_id,from,to\nGone,9:00,09:00\nWind,x,26:00\n",
        outages="dialer_id,start,end\nD9,2026-01-02,2026-01-01\n",
    )
    assert found == [
        ("dialers", 2, "ports", "many"),
        ("dialers", 2, "cps", "0"),
        ("dialers", 3, "dialer_id", "D1"),
        ("dialers", 4, "dialer_id", ""),
        ("trunk_groups", 2, "channels", "1.5"),
        ("campaigns", 2, "agent_lines", "x"),
        ("campaigns", 2, "answer_rate", "7"),
        ("campaigns", 2, "stop", "2026-01-01"),
        ("campaigns", 3, "transfer_rate", ""),
        ("assignments", 2, "dialer_id", "D9"),
        ("assignments", 3, "busy_agent_lines", "2"),
        ("assignments", 3, "campaign_id", "Gone"),
        ("assignments", 5, "campaign_id", "Wind on D1"),
        ("intervals", 2, "to", "09:00"),
        ("intervals", 2, "campaign_id", "Gone"),
        ("intervals", 3, "from", "x"),
        ("intervals", 3, "to", "26:00"),
        ("outages", 2, "end", "2026-01-01"),
        ("outages", 2, "dialer_id", "D9"),
    ]


def test_a_row_with_a_fault_still_has_its_key() -> None:
    found = faults(
        campaigns=f"{CAMPAIGN_COLUMNS}\nSolar,10,25,no,0.1,180\n",
        assignments="campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,5,1\n",
    )
    assert found == [("campaigns", 2, "answer_rate", "no")]


def test_what_a_bad_cell_might_have_been_is_not_guessed() -> None:
    # With a known kind the blank transfer rate would be a fault too; busy lines may fit.
    found = faults(
        campaigns="campaign_id,kind,attempt_seconds,answer_rate\nNews,brodcast,25,0.1\n",
        assignments="campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines\n"
        "News,D1,5,?,3\n",
    )
    assert found == [("campaigns", 2, "kind", "brodcast"), ("assignments", 2, "agent_lines", "?")]


def test_lines_are_those_of_the_file_even_with_line_breaks_in_cells() -> None:
    text = campaigns(
        "schedule",
        'A,1,25,0.1,0.1,180,"Mon 09:00-17:00;\nTue 09:00-17:00"',
        ",,,,,,",
        "",
        "B,1,25,0.1,0.1,180,never",
    )
    assert faults(campaigns=text) == [("campaigns", 6, "schedule", "never")]


def test_unknown_columns_and_missing_ones_are_told_once() -> None:
    found = faults(
        dialers="dialer_id,prots,note\nD1,1,x\nD2,1,y\n",
        campaigns="campaign_id,attempt_seconds,answer_rate\nA,25,0.1\nB,25,0.1\n",
    )
    assert found == [
        ("dialers", 1, "2", "prots"),
        ("dialers", 1, "3", "note"),
        ("dialers", 1, "ports", None),
        ("campaigns", 1, "agent_lines", None),
        ("campaigns", 1, "transfer_rate", None),
        ("campaigns", 1, "talk_seconds", None),
    ]


def test_an_unknown_column_is_answered_with_the_nearest_known() -> None:
    assert "perhaps failure_domain" in expected(dialers="dialer_id,ports,failuredomain\nD1,1,x\n")


def test_a_header_without_end_is_one_fault() -> None:
    assert expected(dialers=",".join(f"c{n}" for n in range(999))).startswith("at most 200 columns")


def test_a_column_twice() -> None:
    assert faults(dialers="dialer_id,ports,ports\nD1,1,1\n") == [("dialers", 1, "ports", None)]


def test_rows_of_another_length_than_the_header() -> None:
    text = "dialer_id,ports,cps\nD1,100\nD2,100,,\nD3,100,,9\nD4,100,\n"
    assert faults(dialers=text) == [("dialers", 2, None, None), ("dialers", 4, None, None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "a header row with column names"),
        (b"\n \n", "a header row with column names"),
        (b"dialer_id,ports\n", "at least one row"),
        (b"dialer_id,ports\nD1,1\0\n", "text without NUL characters; save it as CSV UTF-8"),
        (b"\xff\xfed\xd8", "text; save it as CSV UTF-8"),
        (b"\x81\x8d", "text; save it as CSV UTF-8"),
        (b'dialer_id,ports\n"D1,1\n', "CSV: unexpected end of data"),
    ],
)
def test_a_file_that_is_no_table(text: bytes, words: str) -> None:
    assert expected(dialers=text) == words


def test_references_into_an_unreadable_table_are_not_held_against_it() -> None:
    lines = "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,5,1\n"
    assert faults(dialers="", assignments=lines) == [("dialers", 1, None, "")]
    assert faults(dialers="id,ports\nD1,1\n", assignments=lines) == [
        ("dialers", 1, "1", "id"),
        ("dialers", 1, "dialer_id", None),
    ]


def test_a_trunk_group_without_its_table() -> None:
    text = "dialer_id,ports,trunk_group\nD1,1,East\n"
    assert faults(dialers=text) == [("dialers", 2, "trunk_group", "East")]


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    assert [f.file for f in caught.value.faults] == ["dialers.csv", "campaigns.csv"]
    for path in (tmp_path / "none", tmp_path / "none.xlsx"):
        with pytest.raises(InputError, match="none"):
            read_folder(path)
    (tmp_path / "dialers.csv").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        read_folder(tmp_path)


def test_a_table_name_that_is_nearly_right_is_told(tmp_path: Path) -> None:
    write_folder(read(), tmp_path)
    (tmp_path / "projection.csv").write_text("not,ours\n")
    read_folder(tmp_path)
    (tmp_path / "assignment.csv").write_text("x\n")
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.expected) == ("assignment.csv", "the name assignments.csv")


def test_uploads_that_are_no_tables_of_ours() -> None:
    good = {"dialers.csv": DIALERS.encode(), "Campaigns.CSV": CAMPAIGNS.encode()}
    assert len(read_uploads(good).campaigns) == 1
    for name in ("notes.txt", "fleet.xlsx", "dialers (1).csv"):
        with pytest.raises(InputError) as caught:
            read_uploads(good | {name: b""})
        assert [f.file for f in caught.value.faults] == [name]
    with pytest.raises(InputError, match="only one table dialers"):
        read_uploads(good | {"DIALERS.csv": DIALERS.encode()})
    with pytest.raises(InputError, match="this table"):
        read_uploads({})
