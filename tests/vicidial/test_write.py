"""A plan brought into a VICIdial database, killed at every statement, and taken back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from planner.vicidial.reading.database import Database
from tests.vicidial.builder import Site, two_servers
from tests.vicidial.writing import LOG, PLAN, WRITTEN, lines, prepared, write


def test_statements_are_printed_and_nothing_is_written(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    before = site.dump()
    capsys.readouterr()

    assert write(site, folder) == 0

    text = capsys.readouterr().out
    assert site.dump() == before
    assert not (folder / "vicidial-undo.json").exists()
    # The script does what it says, and its second half takes it back.
    script, undoing = text.split("-- Undo")
    for line in script.splitlines():
        if line and not line.startswith("--"):
            assert site.run(line) == 1
    assert lines(site) == PLAN
    for line in undoing.splitlines()[1:]:
        if line:
            assert site.run(line) == 1
    assert site.dump() == before


def test_a_plan_is_applied_read_back_and_undone(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ips = two_servers(site, available_only_ratio_tally="N", auto_dial_level="3")
    # What VICIdial itself would do wrong: a duplicate, a row that only takes, a missing row.
    site.trunks("C1", ips["D1"], 20)
    site.run("DELETE FROM vicidial_server_trunks WHERE campaign_id = 'C2'")
    site.trunks("C2", ips["D2"], 30, "OVERFLOW_ALLOWED")
    folder = prepared(site, tmp_path)
    before = site.dump(LOG)

    assert write(site, folder, "--apply") == 0

    assert lines(site) == PLAN
    campaigns = site.rows("SELECT * FROM vicidial_campaigns")
    assert {c["available_only_ratio_tally"] for c in campaigns} == {"Y"}
    assert {c["campaign_id"]: c["auto_dial_level"] for c in campaigns} == {"C1": "70", "C2": "50"}
    log = site.rows(f"SELECT * FROM {LOG}")
    assert log[0]["event_section"] == "PLANNER"
    assert {row["event_section"] for row in log[1:]} == {
        "SERVERS_TRUNK",
        "SERVERTRUNKS",
        "REMOTEAGENTS",
        "CAMPAIGNS",
    }
    assert {row["user"] for row in log} == {"planner"}
    assert all("vicidial_" in row["event_sql"] for row in log[1:])

    assert write(site, folder, "--undo") == 0
    assert site.dump(LOG) == before
    # Once more changes nothing.
    assert write(site, folder, "--undo") == 0
    assert site.dump(LOG) == before


class Killed(KeyboardInterrupt):
    """Stands for whatever ends the program."""


@contextmanager
def killed_before(statement: int) -> Iterator[list[str]]:
    """The program ends before it executes a statement, counted from 0."""
    original, done = Database.execute, list[str]()

    def execute(self: Database, text: str, values: Any = ()) -> int:
        if len(done) == statement:
            raise Killed
        done.append(text)
        return original(self, text, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "execute", execute)
        yield done


def test_killed_at_every_statement_it_is_safe_and_can_be_undone(site: Site, tmp_path: Path) -> None:
    ips = two_servers(site, available_only_ratio_tally="N", auto_dial_level="3")
    site.dialer(3, vicidial_balance_active="Y")
    site.trunks("C1", ips["D1"], 20)
    site.run(
        "DELETE FROM vicidial_server_trunks WHERE campaign_id = 'C2' AND server_ip = %s", ips["D1"]
    )
    folder = prepared(site, tmp_path)
    before = site.dump(LOG)
    states, count = [], 0
    while True:
        with killed_before(count) as done:
            code = write(site, folder, "--apply")
        if code == 0:
            break
        assert code == 4
        assert len(done) == count
        states.append(_state(site))
        if (folder / "vicidial-undo.json").exists():
            assert write(site, folder, "--undo") == 0
        found = site.dump_of(*WRITTEN)
        assert found == {t: before[t] for t in WRITTEN}, f"killed before statement {count}"
        count += 1
    assert count > 20
    start, end = states[0], _state(site)
    assert write(site, folder, "--undo") == 0
    assert site.dump(LOG) == before
    for state in states:
        for ip, total in state["limits"].items():
            assert total <= max(100, start["limits"].get(ip, 0))
        for campaign, agents in state["agents"].items():
            assert agents <= max(start["agents"][campaign], end["agents"][campaign])
        for pair, dial in state["pairs"].items():
            assert dial <= max(start["pairs"].get(pair, 0), end["pairs"].get(pair, 0))


def _state(site: Site) -> dict[str, dict[Any, int]]:
    rows = site.rows("SELECT * FROM vicidial_server_trunks")
    limits: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for row in rows:
        pair = (row["campaign_id"], row["server_ip"])
        pairs[pair] = max(row["dedicated_trunks"], pairs.get(pair, 0))
    for (_, ip), dial in pairs.items():
        limits[ip] = limits.get(ip, 0) + dial
    agents = site.rows(
        "SELECT campaign_id, SUM(number_of_lines) AS agents FROM vicidial_remote_agents "
        "WHERE status = 'ACTIVE' GROUP BY campaign_id"
    )
    return {
        "limits": limits,
        "pairs": pairs,
        "agents": {row["campaign_id"]: int(row["agents"]) for row in agents},
    }


KILLED_FOR_GOOD = """
import os, signal, sys
from planner.cli.main import main
from planner.vicidial.reading.database import Database
original, left = Database.execute, [int(sys.argv.pop(1))]
def execute(self, text, values=()):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(self, text, values)
Database.execute = execute
main(sys.argv[1:])
"""


def test_a_process_that_is_killed_leaves_a_journal_that_undoes(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    before = site.dump(LOG)

    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED_FOR_GOOD,
            "13",
            "vicidial",
            "write",
            site.dsn,
            str(folder),
            "--apply",
        ],
        check=False,
        capture_output=True,
        env=dict(os.environ),
    )

    assert ended.returncode == -signal.SIGKILL
    assert site.dump(LOG) != before
    assert write(site, folder, "--undo") == 0
    assert site.dump(LOG) == before


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE vicidial_remote_agents SET number_of_lines = 9 WHERE remote_agent_id = 1",
            "remote agents 1: number_of_lines was 5, is 9",
        ),
        (
            "UPDATE vicidial_server_trunks SET dedicated_trunks = 94 WHERE dedicated_trunks = 95",
            "trunk row gone: campaign C1, server 10.0.0.1, 95 MAXIMUM_LIMIT",
        ),
        (
            "UPDATE vicidial_campaigns SET auto_dial_level = '4' WHERE campaign_id = 'C2'",
            "campaign C2: auto_dial_level was 200, is 4",
        ),
        (
            "UPDATE servers SET max_vicidial_trunks = 50 WHERE server_id = 'D2'",
            "server 10.0.0.2: max_vicidial_trunks was 100, is 50",
        ),
    ],
)
def test_it_refuses_what_changed_since_it_was_read(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], statement: str, told: str
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    assert site.run(statement) == 1
    before = site.dump()
    capsys.readouterr()

    assert write(site, folder, "--apply") == 2

    assert told in capsys.readouterr().err
    assert site.dump() == before


def test_what_changes_meanwhile_stops_it(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    original = Database.execute

    def execute(self: Database, text: str, values: Any = ()) -> int:
        if text.startswith("UPDATE vicidial_remote_agents") and values:
            site.run("UPDATE vicidial_remote_agents SET number_of_lines = 200")
        return original(self, text, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "execute", execute)
        assert write(site, folder, "--apply") == 4

    rows = site.rows("SELECT DISTINCT number_of_lines FROM vicidial_remote_agents")
    assert [row["number_of_lines"] for row in rows] == [200]


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({("C1", "D1"): (80, 5), ("C2", "D1"): (21, 1)}, "101 dial lines there"),
        ({("C1", "D1"): (60, 101)}, "can hold 100"),  # user numbers 1000 to 1099, then 1100
        ({("C1", "D3"): (10, 1)}, "can hold 0"),  # it has no row of remote agents there
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is(
    site: Site,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    plan: dict[tuple[str, str], tuple[int, int]],
    told: str,
) -> None:
    two_servers(site)
    site.dialer(3)
    folder = prepared(site, tmp_path, plan)
    before = site.dump()
    capsys.readouterr()

    assert write(site, folder) == 2  # printed, and told
    assert told in capsys.readouterr().out
    assert write(site, folder, "--apply") == 2

    assert told in capsys.readouterr().err
    assert site.dump() == before


def test_a_server_that_shall_not_dial_gets_a_row_of_zero(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    site.dialer(3, vicidial_balance_active="Y")
    site.dialer(4)
    plan = {pair: lines for pair, lines in PLAN.items() if pair != ("C2", "D2")}
    folder = prepared(site, tmp_path, plan)

    assert write(site, folder, "--apply") == 0

    # D3 would fill what limits cut elsewhere. Nobody would dial from D4.
    found = lines(site)
    assert found.pop(("C1", "D3")) == (0, 0)
    assert found.pop(("C2", "D3")) == (0, 0)
    assert found == plan | {("C2", "D2"): (0, 0)}
    idle = site.rows(
        "SELECT number_of_lines, status FROM vicidial_remote_agents "
        "WHERE campaign_id = 'C2' AND server_ip = '10.0.0.2'"
    )
    assert idle == [{"number_of_lines": 3, "status": "INACTIVE"}]  # its number is kept


def test_only_the_first_moves_are_written(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    moves = [("C1", "D1", 40, 3), ("C2", "D1", 50, 4), ("C1", "D2", 70, 6)]
    (folder / "plan.json").write_text(
        json.dumps(
            {
                "changes": [
                    {"campaign_id": c, "dialer_id": d, "dial_lines_to": n, "agent_lines_to": a}
                    for c, d, n, a in moves
                ]
            }
        )
    )

    assert write(site, folder, "--apply", "--first", "2") == 0

    assert lines(site) == {
        ("C1", "D1"): (40, 3),
        ("C1", "D2"): (60, 4),
        ("C2", "D1"): (50, 4),
        ("C2", "D2"): (30, 3),
    }


@pytest.mark.parametrize(
    ("lines", "shown"), [(-4, "-4"), (4.5, "4.5"), ("many", "many"), (None, "None")]
)
def test_moves_of_a_changed_plan_are_no_limits_below_nothing(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: object, shown: str
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    change = {"campaign_id": "C1", "dialer_id": "D1", "dial_lines_to": lines, "agent_lines_to": 1}
    (folder / "plan.json").write_text(json.dumps({"changes": [change]}))
    before = site.dump()
    capsys.readouterr()

    assert write(site, folder, "--apply", "--first", "1") == 2

    told = f"plan.json, column dial_lines_to is '{shown}': expected a whole number from 0"
    assert told in capsys.readouterr().err
    assert site.dump() == before
