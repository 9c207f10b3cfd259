"""The morning of docs/vicidial.md, command by command as it is written, on a system that runs."""

from __future__ import annotations

import csv
import re
import shlex
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.contracts.problem import CampaignStop
from planner.contracts.result import Status
from planner.tables.folder import read_folder
from tests.vicidial.builder import Site, two_servers
from tests.vicidial.test_follow import always_open, statuses
from tests.vicidial.writing import agents_kept, lines

PAGE = Path(__file__).parents[2] / "docs" / "vicidial.md"
#: Commands of the page that are tried elsewhere: the browser, and what belongs to other pages.
_NOT_HERE = ("planner app", "planner calibrate", "planner project")


def commands(title: str) -> list[list[str]]:
    """The planner's commands in a section of the page, without the program's name."""
    section = PAGE.read_text().split(f"## {title}", 1)[1].split("\n## ", 1)[0]
    found = []
    for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL):
        for line in block.splitlines():
            text = line.split(" #")[0].strip().removesuffix("&").strip()
            if text.startswith("planner ") and not text.startswith(_NOT_HERE):
                found.append(shlex.split(text)[1:])
    return found


#: What makes a command shorter, and nothing else.
_SHORTER = {
    "plan": ["--time-limit", "5"],
    "emulate": ["--hours", "0.2"],
    "follow": ["--cycles", "1"],
}


def run(site: Site, words: list[str]) -> None:
    given = [site.dsn if word == "$DB" else word for word in words]
    name = words[1] if words[0] == "vicidial" else words[0]
    assert main([*given, *_SHORTER.get(name, [])]) == 0, shlex.join(words)


def run_all(site: Site, title: str) -> None:
    for words in commands(title):
        run(site, words)


@contextmanager
def running(site: Site) -> Iterator[set[str]]:
    """Servers that are heard of, but for those that are put into the set."""
    dead: set[str] = set()
    stop = threading.Event()
    ips = [row["server_ip"] for row in site.rows("SELECT server_ip FROM servers")]

    def beat() -> None:
        own = Site.__new__(Site)
        own.connection = site.server.connect(site.name)
        while not stop.is_set():
            for ip in ips:
                own.heard(ip, 120 if ip in dead else 0)
            stop.wait(0.05)
        own.close()

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield dead
    finally:
        stop.set()
        thread.join()


def last_week(site: Site) -> None:
    """Forty calls on Monday of the week that the page calibrates from."""
    start = datetime(2030, 2, 25, 15, 0, tzinfo=UTC)
    for lead in range(1, 41):
        at = (start + timedelta(seconds=60 * lead)).replace(tzinfo=None)
        name, code = f"{int(start.timestamp()) + 60 * lead}.{lead}", f"V{at:%m%d%H%M%S}{lead:010d}"
        site.add(
            "vicidial_dial_log",
            caller_code=code,
            lead_id=lead,
            server_ip="10.0.0.1",
            call_date=at,
            timeout=30_000,
            uniqueid=name,
        )
        site.add(
            "vicidial_carrier_log",
            uniqueid=name,
            server_ip="10.0.0.1",
            lead_id=lead,
            call_date=at + timedelta(seconds=30),
            dialstatus="NOANSWER",
            dial_time=30,
            caller_code=code,
        )
        site.add(
            "vicidial_log",
            uniqueid=name,
            lead_id=lead,
            campaign_id="C1",
            status="NA",
            call_date=at + timedelta(seconds=35),
            user="VDAD",
        )


def test_a_morning_goes_as_it_is_written(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ips = two_servers(site, available_only_ratio_tally="N", auto_dial_level="8")
    always_open(site)
    last_week(site)
    monkeypatch.chdir(tmp_path)
    with running(site) as dead, agents_kept(site, lasting=0.2):
        run_all(site, "Eight o'clock: read")
        assert len(read_folder("site").assignments) == 4
        run_all(site, "Half past eight: calibrate last week")
        with Path("calls.csv").open() as file:
            assert len(list(csv.DictReader(file))) == 40
        before = lines(site)
        run_all(site, "Nine o'clock: look, plan, compare")
        planned = {
            (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines)
            for a in read_folder("site").assignments
        }
        assert planned == before  # the folder holds what is; the plan lies beside it

        printed, applied, undone = commands("Ten o'clock: write")
        for words in (printed, applied):
            run(site, words)
        with Path("plan/assignments.csv").open() as file:
            wanted = {
                (row["campaign_id"], row["dialer_id"]): (
                    int(row["dial_lines"]),
                    int(row["agent_lines"]),
                )
                for row in csv.DictReader(file)
            }
        assert {pair: both for pair, both in lines(site).items() if any(both)} == wanted
        run(site, undone)
        assert lines(site) == before

        steady = 0  # looks in a row: the count passes 13 while some still come and others linger
        while steady < 50:
            there = len(site.rows("SELECT * FROM vicidial_live_agents"))
            steady = steady + 1 if there == 13 else 0
            time.sleep(0.02)
        run_all(site, "All day: follow")
        with Path("live.csv").open() as file:
            assert sum(int(row["agent_lines"]) for row in csv.DictReader(file)) == 13

        dead.add(ips["D2"])
        site.heard(ips["D2"], 120)
        assert statuses(site)["C1", "D2"] is Status.BY_DIALER
        run_all(site, "Two o'clock: a server dies")
        after = lines(site)
        assert after["C1", "D2"][1] == 0 or after["C2", "D2"][1] == 0
        assert sum(both[0] for (_, dialer), both in after.items() if dialer == "D1") <= 100
    assert read_folder("site").campaigns[0].status is CampaignStop.NONE
