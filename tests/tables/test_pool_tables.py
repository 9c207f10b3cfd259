"""The tables agents.csv and limits.csv, and the columns that came with them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.tables.folder import read_folder, read_uploads
from planner.tables.folder_writing import write_folder
from planner.tables.templates import csv_files, workbook

POOL_CASES = Path(__file__).parents[1] / "data" / "cases" / "pools"
CAMPAIGNS = (
    "campaign_id,attempt_seconds,answer_rate,transfer_rate,talk_seconds\n"
    "Solar,25,0.1,0.1,180\nTax,30,0.15,0.2,240\n"
)
FULL = {
    "dialers": "dialer_id,ports,failure_domain,trunk_group,cost_per_attempt,cost_per_talk_minute\n"
    "D1,40,Dallas,T1,0.0018,0.0084\nD2,40,,,,\n",
    "trunk_groups": "trunk_group,channels,fails_together\nT1,30,true\n",
    "campaigns": "campaign_id,attempt_seconds,answer_rate,transfer_rate,talk_seconds,"
    "answer_rate_day_cv,transfer_rate_day_cv,talk_day_cv,min_transfers_per_hour,finish_by,"
    "priority,records,notes\n"
    "Solar,25,0.1|0.05,0.1,180,0.15,0.1,0.2,12.5,2026-12-24,0,500,ask Ann\n"
    "Tax,30,0.15,0.2,240,,,,,,,,\n",
    "agents": "pool,agent_lines,campaigns,dialers,days,from,to,timezone,notes\n"
    "Dallas,3,,D1,Mon-Fri,22:00,02:00,America/Chicago,night\n"
    'Dallas,2,Solar|Tax,D1,"2026-12-24,2026-12-31",,,,\n'
    "Atlanta,2,Solar,,,,,,\n",
    "limits": "limit,campaign_id,dialer_id,failure_domain,trunk_group,max_dial_lines,"
    "max_agent_lines,max_lines,min_dial_lines,min_agent_lines,days,from,to\n"
    ",,D1|D2,,,,,36,,,Mon-Fri,,12:00\n"
    "Two in Dallas,Solar,,Dallas,T1,20,4,,2,2,,,\n",
    "assignments": "campaign_id,dialer_id,dial_lines,agent_lines,pools,as_of\n"
    "Solar,D1,9,3,Dallas:2|Atlanta:1,2026-11-30T09:00+01:00\n",
}


def read(**tables: str) -> Problem:
    return read_uploads({f"{name}.csv": text.encode() for name, text in tables.items()})


def faults(**tables: str) -> list[tuple[str, int | None, str | None, str | None]]:
    plain = {"dialers": FULL["dialers"], "trunk_groups": FULL["trunk_groups"]}
    with pytest.raises(InputError) as caught:
        read(**(plain | {"campaigns": CAMPAIGNS} | tables))
    return [(f.file.removesuffix(".csv"), f.line, f.column, f.value) for f in caught.value.faults]


def test_every_new_column_is_read() -> None:
    problem = read(**FULL)
    dialer, other = problem.dialers
    assert (dialer.cost_per_attempt, dialer.cost_per_talk_minute) == (0.0018, 0.0084)
    assert (other.cost_per_attempt, other.cost_per_talk_minute) == (0, 0)
    solar, tax = problem.campaigns
    assert solar.answer_rate_by_pass == (0.1, 0.05)
    assert (solar.answer_rate_day_cv, solar.transfer_rate_day_cv, solar.talk_day_cv) == (
        0.15, 0.1, 0.2,
    )  # fmt: skip
    assert (solar.min_transfers_per_hour, solar.finish_by) == (12.5, date(2026, 12, 24))
    assert (solar.priority, tax.priority) == (0, 1)
    assert (tax.min_transfers_per_hour, tax.finish_by, tax.own_agent_lines) == (0, None, None)
    night, holidays, atlanta = problem.pools
    assert (night.pool, night.agent_lines, night.campaigns, night.dialers) == (
        "Dallas", 3, (), ("D1",),
    )  # fmt: skip
    assert (night.days, night.from_, night.to) == ((0, 1, 2, 3, 4), 22 * 60, 2 * 60)
    assert night.timezone == "America/Chicago"
    assert holidays.days == (date(2026, 12, 24), date(2026, 12, 31))
    assert atlanta.campaigns == ("Solar",)
    contract, two = problem.limits
    assert (contract.limit, contract.dialer_ids, contract.max_lines) == ("2", ("D1", "D2"), 36)
    assert (contract.from_, contract.to) == (None, 12 * 60)
    assert (two.limit, two.campaign_id, two.min_agent_lines) == ("Two in Dallas", "Solar", 2)
    assert (two.failure_domains, two.trunk_groups) == (("Dallas",), ("T1",))
    (line,) = problem.assignments
    assert line.pools == (("Dallas", 2), ("Atlanta", 1))
    assert line.as_of == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_what_was_read_is_written_back_by_every_writer(tmp_path: Path) -> None:
    problem = read(**FULL)
    write_folder(problem, tmp_path)
    assert read_folder(tmp_path) == problem
    assert read_folder(tmp_path).campaigns[0].own_agent_lines is None
    texts = csv_files(problem)
    assert read_uploads({name: text.encode() for name, text in texts.items()}) == problem
    assert read_uploads({"fleet.xlsx": workbook(problem)}) == problem


def test_the_template_names_every_column_of_the_contract() -> None:
    headers = {name: text.splitlines()[0] for name, text in csv_files(read(**FULL)).items()}
    assert headers["agents.csv"] == "pool,agent_lines,campaigns,dialers,days,from,to,timezone"
    assert headers["limits.csv"] == (
        "limit,campaign_id,dialer_id,failure_domain,trunk_group,max_dial_lines,max_agent_lines,"
        "max_lines,min_dial_lines,min_agent_lines,days,from,to,timezone"
    )
    assert headers["assignments.csv"].endswith("busy_agent_lines,status,pools,as_of")


@pytest.mark.parametrize("case", sorted(p.name for p in POOL_CASES.iterdir() if p.is_dir()))
def test_the_cases_are_read(case: str, tmp_path: Path) -> None:
    problem = read_folder(POOL_CASES / case)
    write_folder(problem, tmp_path)
    assert read_folder(tmp_path) == problem


def test_faults_have_their_file_line_and_column() -> None:
    found = faults(
        agents="pool,agent_lines,campaigns,dialers,days,from,to\n"
        "Dallas,3,Gone,D1,,,\nDallas,x,,,,,\nAtlanta,2,,D1|D9,Mon,09:00,09:00\n"
        "Floor,2,,,Mon,08:00,12:00\nFloor,2,,,Mon-Fri,11:00,13:00\na|b,1,,,,,\n",
        limits="campaign_id,dialer_id,max_lines,min_dial_lines\n,D9,5,\n,D1,,2\nGone,,5,\n",
        assignments="campaign_id,dialer_id,dial_lines,agent_lines,pools\n"
        "Solar,D1,9,3,Dallas:2|Gone:1\nTax,D1,9,3,Dallas 2\n",
    )
    assert found == [
        ("assignments", 2, "pools", "Gone"),
        ("assignments", 3, "pools", "Dallas 2"),
        ("agents", 2, "campaigns", "Gone"),
        ("agents", 3, "agent_lines", "x"),
        ("agents", 4, "to", "09:00"),
        ("agents", 6, "pool", "Floor"),
        ("agents", 7, "pool", "a|b"),
        ("limits", 2, "dialer_id", "D9"),
        ("limits", 3, "min_dial_lines", "2"),
        ("limits", 4, "campaign_id", "Gone"),
    ]


def test_agent_lines_may_only_be_blank_where_there_are_pools() -> None:
    assert faults() == [("campaigns", 1, "agent_lines", None)]
    some = CAMPAIGNS.replace("campaign_id,", "agent_lines,campaign_id,")
    some = some.replace("Solar", "5,Solar").replace("Tax", ",Tax")
    assert faults(campaigns=some) == [("campaigns", 3, "agent_lines", "")]
    given = read(dialers=FULL["dialers"], trunk_groups=FULL["trunk_groups"], campaigns=some,
                 agents="pool,agent_lines\nFloor,4\n")  # fmt: skip
    assert [c.own_agent_lines for c in given.campaigns] == [5, None]
    assert faults(agents="pool,agent_lines\n") == [("campaigns", 1, "agent_lines", None)]


def test_notes_are_allowed_in_every_table_and_read_by_nobody() -> None:
    noted = {
        name: "\n".join(
            f"{line},{'notes' if n == 0 else '=x'}" for n, line in enumerate(text.splitlines())
        )
        for name, text in FULL.items()
        if "notes" not in text
    }
    assert len(noted) == 4
    assert read(**(FULL | noted)) == read(**FULL)
