"""A VICIdial database as a planning folder: what is read, kept, warned of and asked."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.contracts.problem import CampaignKind, CampaignStop, Overflow, Problem
from planner.tables.folder import read_folder
from tests.vicidial.builder import Site, two_servers


def read(site: Site, folder: Path, *more: str) -> Problem:
    assert main(["vicidial", "read", site.dsn, "--out", str(folder), *more]) == 0
    return read_folder(folder)


def codes(site: Site, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """Places of the warnings by their kind."""
    capsys.readouterr()
    read(site, folder, "--json")
    found: dict[str, list[str]] = {}
    for item in json.loads(capsys.readouterr().out)["warnings"]:
        found.setdefault(item["code"], []).append(item["where"])
    return found


def test_servers_are_dialers_and_rows_are_lines(site: Site, tmp_path: Path) -> None:
    two_servers(site)

    problem = read(site, tmp_path)

    first = problem.dialers[0]
    assert (first.dialer_id, first.ports, first.cps) == ("D1", 100, 20.0)
    assert not first.agent_lines_use_ports
    assert first.in_service
    lines = [(a.campaign_id, a.dialer_id, a.dial_lines, a.agent_lines) for a in problem.assignments]
    # The row of C2 on D1 allows no line; its remote agent is there all the same.
    assert lines == [
        ("C1", "D1", 95, 5),
        ("C1", "D2", 60, 4),
        ("C2", "D1", 0, 1),
        ("C2", "D2", 30, 3),
    ]
    assert [(c.agent_lines, c.max_dial_lines) for c in problem.campaigns] == [(9, 155), (4, 30)]


def test_blanks_at_the_end_of_a_campaigns_id_do_not_count(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    assert main(["vicidial", "read", site.dsn, "--out", str(tmp_path / "plain")]) == 0
    for table in ("vicidial_campaigns", "vicidial_server_trunks"):
        site.run(f"UPDATE {table} SET campaign_id = 'C1 ' WHERE campaign_id = 'C1'")

    assert main(["vicidial", "read", site.dsn, "--out", str(tmp_path / "blank")]) == 0

    for name in ("campaigns.csv", "assignments.csv"):
        plain = (tmp_path / "plain" / name).read_text()
        assert (tmp_path / "blank" / name).read_text() == plain


def test_rules_of_dialing_become_columns(site: Site, tmp_path: Path) -> None:
    ip = site.dialer(1)
    site.system()
    site.calling_times(
        "late", ct_monday_start=1000, ct_monday_stop=1830, ct_sunday_start=2400, ct_sunday_stop=2400
    )
    site.campaign("PACED", auto_dial_level="2.5", local_call_time="late")
    site.campaign("DROPS", drop_call_seconds=-1)
    site.campaign("NINE", drop_call_seconds=0)
    site.campaign("TALK", campaign_vdad_exten="8368")
    site.campaign("MESSAGE", survey_method="HANGUP")
    site.campaign("HAND", dial_method="MANUAL")
    site.campaign("OFF", active="N")
    site.campaign("GONE", active="N")
    for place, name in enumerate(("PACED", "DROPS", "NINE", "TALK", "MESSAGE", "OFF")):
        site.remote(name, ip, 1000 + 100 * place, 3)
        site.trunks(name, ip, 15)
    site.stats("PACED", dialable_leads=1234)

    campaigns = {c.campaign_id: c for c in read(site, tmp_path).campaigns}

    assert set(campaigns) == {"PACED", "DROPS", "NINE", "TALK", "MESSAGE", "OFF"}
    paced = campaigns["PACED"]
    assert paced.pacing == 2.5  # the level is below the 15 lines
    assert campaigns["DROPS"].pacing is None  # at 200 the lines alone limit
    assert paced.records == 1234
    assert paced.timezone == "America/New_York"
    windows = {w.day: (w.start_minute, w.end_minute) for w in paced.schedule or ()}
    assert windows[0] == (600, 1110)
    assert windows[1] == (540, 1260)  # 0 to 0: the default of 9 to 21
    assert 6 not in windows  # 2400 to 2400: no calls
    assert (paced.overflow, paced.patience_seconds) == (Overflow.HOLD, 5.0)
    assert campaigns["DROPS"].overflow is Overflow.DROP
    assert campaigns["NINE"].patience_seconds == 9.0
    assert campaigns["TALK"].transfer_rate == 1.0
    assert campaigns["MESSAGE"].kind is CampaignKind.BROADCAST
    assert campaigns["OFF"].status is CampaignStop.STOPPED


def test_figures_of_today_are_taken_where_there_are_enough(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    site.stats(
        "C1",
        calls_today=1000,
        answers_today=250,
        drops_today=5,
        agent_calls_today=45,
        agent_custtalk_today=4500,
    )
    site.stats("C2", calls_today=199, answers_today=50, agent_calls_today=29)
    capsys.readouterr()

    first, _ = read(site, tmp_path, "--json").campaigns

    assert (first.answer_rate, first.transfer_rate, first.talk_seconds) == (0.25, 0.2, 100.0)
    assumed = json.loads(capsys.readouterr().out)["assumed"]
    assert assumed == {
        "C1": ["attempt_seconds"],
        "C2": ["attempt_seconds", "answer_rate", "transfer_rate", "talk_seconds"],
    }


def test_what_people_filled_in_is_kept(site: Site, tmp_path: Path) -> None:
    ips = two_servers(site)
    read(site, tmp_path)
    for file, old, new in (
        ("dialers.csv", "D1,100,20.0,,", "D1,100,20.0,Dallas,Carrier"),
        ("campaigns.csv", ",25.0,0.2,0.1,120.0,", ",31.5,0.2,0.1,120.0,"),
    ):
        path = tmp_path / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    (tmp_path / "trunk_groups.csv").write_text("trunk_group,channels\nCarrier,150\n")
    site.run("UPDATE servers SET max_vicidial_trunks = 90 WHERE server_ip = %s", ips["D1"])
    site.run("UPDATE vicidial_remote_agents SET number_of_lines = 7 WHERE campaign_id = 'C1'")

    problem = read(site, tmp_path)

    dialer, campaign = problem.dialers[0], problem.campaigns[0]
    assert (dialer.failure_domain, dialer.trunk_group, dialer.ports) == ("Dallas", "Carrier", 90)
    assert problem.trunk_groups[0].channels == 150
    assert (campaign.attempt_seconds, campaign.agent_lines) == (31.5, 14)


def test_pools_and_limits_are_kept(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    read(site, tmp_path)
    (tmp_path / "agents.csv").write_text("pool,agent_lines,campaigns\nDallas,12,C1\n")
    (tmp_path / "limits.csv").write_text("dialer_id,max_dial_lines\nD1,90\n")
    table = tmp_path / "campaigns.csv"
    rows = list(csv.DictReader(table.open()))
    rows[0]["agent_lines"] = ""
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)

    problem = read(site, tmp_path)

    assert (problem.pools[0].pool, problem.limits[0].max_dial_lines) == ("Dallas", 90)
    assert problem.campaigns[0].own_agent_lines is None
    assert problem.campaigns[1].agent_lines == 4


def test_clean_settings_have_no_warnings(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)

    assert codes(site, tmp_path, capsys) == {}


def test_each_trap_is_warned_of(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.system(auto_dial_limit="4")
    ips = [site.dialer(1), site.dialer(2, vicidial_balance_active="Y", max_vicidial_trunks=50)]
    site.dialer(3)
    site.heard("10.0.0.3", seconds_ago=61)
    site.calling_times()
    site.campaign("BUSY", available_only_ratio_tally="N")
    site.campaign("ADAPT", dial_method="ADAPT_HARD_LIMIT", auto_dial_level="3")
    site.campaign("POOL", agent_search_method="")
    site.campaign("STARVE", auto_dial_level="2")
    site.campaign("FULL", auto_dial_level="4")
    site.campaign("MENU", survey_method="CALLMENU", auto_dial_level="1")
    site.campaign("OLD", active="N")
    for place, name in enumerate(("BUSY", "ADAPT", "MENU")):
        site.remote(name, ips[0], 1000 + 500 * place, 2)
        site.trunks(name, ips[0], 20)
        site.trunks(name, ips[1], 0)
    for place, ip in enumerate(ips):
        site.remote("POOL", ip, 3000 + 500 * place, 2)
        site.trunks("POOL", ip, 30)
    site.remote("STARVE", ips[0], 4000, 2)
    site.remote("FULL", ips[0], 5000, 255)
    site.trunks("FULL", ips[0], 20)
    site.trunks("FULL", ips[0], 25)
    site.trunks("OLD", ips[0], 10, "OVERFLOW_ALLOWED")
    site.trunks("FULL", "10.9.9.9", 1)

    found = codes(site, tmp_path, capsys)

    assert found == {
        "server_silent": ["server D3"],
        "limits_above_trunks": ["server D1"],  # 20 + 20 + 20 + 30 + 20 + 25 > 100
        "dials_while_busy": ["campaign BUSY"],
        "level_above_limit": ["campaign BUSY", "campaign POOL"],
        "adaptive": ["campaign ADAPT"],
        "balance_without_zero": ["campaign FULL on D2"],
        "agents_pooled": ["campaign POOL"],
        "starves": ["campaign STARVE on D1"],
        "remote_lines_at_most": ["campaign FULL"],
        "fewer_lines_than_agents": ["campaign FULL on D1"],
        "kind_unknown": ["campaign MENU"],
        "duplicate_row": ["trunk row of FULL on D1"],
        "stale_row": ["trunk row of OLD on D1"],
        "unknown_server": ["trunk row of FULL on 10.9.9.9"],
    }


def test_a_route_called_so_does_not_keep_calls_on_their_server(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site, campaign_vdad_exten="8365", agent_search_method="")

    assert set(codes(site, tmp_path, capsys)["agents_pooled"]) == {"campaign C1", "campaign C2"}


def test_a_search_that_the_system_forbids_does_not_count(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    site.run("UPDATE system_settings SET agent_search_method = '0'")

    assert "agents_pooled" in codes(site, tmp_path, capsys)


def test_a_silent_server_is_planned_as_out_of_service(site: Site, tmp_path: Path) -> None:
    ips = two_servers(site)
    site.heard(ips["D2"], seconds_ago=3600)

    assert [d.in_service for d in read(site, tmp_path).dialers] == [True, False]


def test_a_database_that_is_none_of_vicidial_is_refused(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn = site.dsn.replace("/asterisk?", "/mysql?")

    assert main(["vicidial", "read", dsn, "--out", str(tmp_path / "no")]) == 2

    assert "vicidial_campaigns" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
