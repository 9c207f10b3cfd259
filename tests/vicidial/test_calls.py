"""VICIdial's logs as attempts: each call as it went, and what the table says of it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import main
from tests.vicidial.builder import Site, two_servers

START = datetime(2030, 3, 4, 15, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def local(seconds: float) -> datetime:
    return at(seconds).replace(tzinfo=None)  # the database runs on UTC


class Logs:
    """Writes what VICIdial logs of a call."""

    def __init__(self, site: Site, archive: bool = False) -> None:
        self.site, self.suffix = site, "_archive" if archive else ""

    def add(self, table: str, **values: Any) -> None:
        self.site.add(table + self.suffix, **values)

    def launch(self, lead: int, seconds: float, ip: str = "10.0.0.1", letter: str = "V") -> str:
        code = f"{letter}{local(seconds):%m%d%H%M%S}{lead:010d}"
        self.add(
            "vicidial_dial_log",
            caller_code=code,
            lead_id=lead,
            server_ip=ip,
            call_date=local(seconds),
            timeout=30_000,
        )
        self.add(
            "vicidial_log_extended",
            uniqueid=self.name(lead, seconds),
            server_ip=ip,
            call_date=local(seconds),
            lead_id=lead,
            caller_code=code,
        )
        return code

    def name(self, lead: int, seconds: float) -> str:
        return f"{int(at(seconds).timestamp())}.{lead}"

    def carrier(
        self,
        lead: int,
        seconds: float,
        code: str,
        status: str,
        dial: int,
        answered: int = 0,
        ip: str = "10.0.0.1",
    ) -> None:
        self.add(
            "vicidial_carrier_log",
            uniqueid=self.name(lead, seconds),
            server_ip=ip,
            lead_id=lead,
            call_date=local(seconds + dial),
            dialstatus=status,
            dial_time=dial,
            answered_time=answered,
            caller_code=code,
        )

    def log(
        self,
        lead: int,
        seconds: float,
        status: str,
        start: float,
        end: float,
        campaign: str = "C1",
        user: str = "VDAD",
        reason: str = "NONE",
    ) -> None:
        self.add(
            "vicidial_log",
            uniqueid=self.name(lead, seconds),
            lead_id=lead,
            campaign_id=campaign,
            call_date=local(start),
            start_epoch=int(at(start).timestamp()),
            end_epoch=int(at(end).timestamp()),
            length_in_sec=int(end - start),
            status=status,
            user=user,
            term_reason=reason,
        )


def attempts(site: Site, path: Path, *more: str) -> list[dict[str, str]]:
    code = main(
        [
            "vicidial",
            "calls",
            site.dsn,
            "--from",
            "2030-03-04",
            "--to",
            "2030-03-04",
            "--out",
            str(path),
            *more,
        ]
    )
    assert code == 0
    with path.open() as file:
        return list(csv.DictReader(file))


def row(launched: float, **cells: float | str) -> dict[str, str]:
    """A row of the table; times in seconds from the start."""
    blank = dict.fromkeys(("ended", "answered", "human", "requested", "connected", "released"), "")
    found = {"campaign_id": "C1", "dialer_id": "D1", "launched": at(launched).isoformat()}
    given = {
        name: at(cell).isoformat() if isinstance(cell, float) else str(cell)
        for name, cell in cells.items()
    }
    return found | blank | given


def test_calls_to_remote_agents_of_a_message_campaign(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    site.add("vicidial_statuses", status="DROP", human_answered="Y")
    site.add("vicidial_statuses", status="XFER", human_answered="Y")
    logs = Logs(site)
    # Rings 8 s, message until second 20, talks until 110.
    code = logs.launch(1, 0)
    logs.carrier(1, 0, code, "ANSWER", 110, answered=102)
    logs.log(1, 0, "XFER", 8, 110, user="2001")
    logs.add(
        "vicidial_remote_agent_log",
        callerid=code,
        call_time=local(20),
        lead_id=1,
        uniqueid=logs.name(1, 0),
    )
    # Answered, message played to the end, nothing pressed: person or machine is not known.
    code = logs.launch(2, 10)
    logs.carrier(2, 10, code, "ANSWER", 30, answered=24)
    logs.log(2, 10, "PU", 16, 40)
    # Rings out: vicidial_log notes it at its end, and with no length.
    code = logs.launch(3, 20)
    logs.carrier(3, 20, code, "NOANSWER", 30)
    logs.log(3, 20, "NA", 57, 57)
    # Busy.
    code = logs.launch(4, 30)
    logs.carrier(4, 30, code, "BUSY", 3)
    logs.log(4, 30, "B", 30, 30)
    # Pressed, nobody free for the 5 s of drop_call_seconds: cut off at second 80.
    code = logs.launch(5, 40)
    logs.carrier(5, 40, code, "ANSWER", 40, answered=30)
    logs.log(5, 40, "DROP", 75, 80, reason="QUEUETIMEOUT")
    # A machine, told by its status.
    code = logs.launch(6, 50)
    logs.carrier(6, 50, code, "ANSWER", 20, answered=12)
    logs.log(6, 50, "AA", 58, 70)

    found = attempts(site, tmp_path / "calls.csv")

    assert found == [
        row(
            0,
            ended=110.0,
            answered=8.0,
            human=1,
            requested=20.0,
            connected=20.0,
            outcome="transferred",
        ),
        row(10, ended=40.0, answered=16.0, outcome="answered"),
        row(20, ended=50.0, answered=0, human=0, outcome="no_answer"),
        row(30, ended=33.0, answered=0, human=0, outcome="busy"),
        row(40, ended=80.0, answered=50.0, human=1, requested=75.0, outcome="cut_off"),
        row(50, ended=70.0, answered=58.0, human=0, outcome="machine"),
    ]


def test_calls_to_agents_at_a_screen(site: Site, tmp_path: Path) -> None:
    two_servers(site, campaign_vdad_exten="8368")
    site.add("vicidial_statuses", status="SALE", human_answered="Y")
    logs = Logs(site)
    # Answered at 6: an agent is asked for at once, takes it at 7, talks 60 s of which the callee is
    # gone for the last 5, and is ready again after 12 s of disposition.
    code = logs.launch(1, 0)
    logs.carrier(1, 0, code, "ANSWER", 62, answered=56)
    logs.log(1, 0, "SALE", 6, 62, user="agent7")
    logs.add(
        "vicidial_agent_log",
        uniqueid=logs.name(1, 0),
        lead_id=1,
        server_ip="10.0.0.1",
        event_time=local(-100),
        talk_epoch=int(at(7).timestamp()),
        talk_sec=60,
        dead_sec=5,
        dispo_epoch=int(at(67).timestamp()),
        dispo_sec=12,
    )
    # Hangs up after 3 s of waiting.
    code = logs.launch(2, 5)
    logs.carrier(2, 5, code, "ANSWER", 13, answered=3)
    logs.log(2, 5, "DROP", 15, 18, reason="ABANDON")

    found = attempts(site, tmp_path / "calls.csv")

    assert found == [
        row(
            0,
            ended=62.0,
            answered=6.0,
            human=1,
            requested=6.0,
            connected=7.0,
            released=79.0,
            outcome="transferred",
        ),
        row(5, ended=18.0, answered=15.0, human=1, requested=15.0, outcome="gave_up"),
    ]


def test_without_a_carrier_log_the_ring_limit_is_the_length(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    logs = Logs(site)
    logs.launch(1, 0)
    logs.log(1, 0, "NA", 39, 39)
    logs.launch(2, 0)
    logs.log(2, 0, "B", 0, 0)

    found = attempts(site, tmp_path / "calls.csv")

    assert found == [
        row(0, ended=30.0, answered=0, human=0, outcome="no_answer"),  # timeout of 30,000 ms
        row(0, answered=0, human=0, outcome="busy"),
    ]


def test_archives_count_and_nothing_counts_twice(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    for archive in (False, True):
        logs = Logs(site, archive)
        # The first is in the live tables and in the archive, as after an interrupted archiving.
        for lead in (1,) if not archive else (1, 2):
            code = logs.launch(lead, lead)
            logs.carrier(lead, lead, code, "NOANSWER", 30)
            logs.log(lead, lead, "NA", lead + 35, lead + 35)

    found = attempts(site, tmp_path / "calls.csv")

    assert [cells["launched"] for cells in found] == [at(1).isoformat(), at(2).isoformat()]


def test_one_id_on_two_servers_is_two_attempts(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    logs = Logs(site)
    # The same second and counter on two servers: the key of vicidial_log lets one row in.
    for lead, ip, dial in ((7, "10.0.0.1", 30), (8, "10.0.0.2", 12)):
        code = f"V{local(0):%m%d%H%M%S}{lead:010d}"
        logs.add(
            "vicidial_dial_log",
            caller_code=code,
            lead_id=lead,
            server_ip=ip,
            call_date=local(0),
            timeout=30_000,
            uniqueid="1898953200.1",
        )
        logs.add(
            "vicidial_carrier_log",
            uniqueid=f"1898953200.{lead}",
            server_ip=ip,
            lead_id=lead,
            call_date=local(dial),
            dialstatus="NOANSWER",
            dial_time=dial,
            caller_code=code,
        )
    for lead in (7, 8):
        logs.add(
            "vicidial_log",
            uniqueid=f"1898953200.{lead}",
            lead_id=lead,
            campaign_id="C1",
            call_date=local(40),
            status="NA",
            user="VDAD",
        )

    found = attempts(site, tmp_path / "calls.csv")

    assert [(c["dialer_id"], c["ended"]) for c in found] == [
        ("D1", at(30).isoformat()),
        ("D2", at(12).isoformat()),
    ]


def test_an_hour_that_comes_twice_is_told_by_the_channel(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    logs = Logs(site)
    logs.launch(1, 0)
    # Clocks went back: the local time reads an hour early, the channel's id does not.
    site.run("UPDATE vicidial_dial_log SET call_date = call_date - INTERVAL 1 HOUR")
    logs.log(1, 0, "NA", 35, 35)

    assert attempts(site, tmp_path / "calls.csv")[0]["launched"] == at(0).isoformat()


def test_what_is_no_attempt_is_counted_and_left_out(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    logs = Logs(site)
    logs.launch(1, 0, letter="M")
    logs.launch(2, 0)  # nothing logged: its campaign is unknown
    logs.launch(3, 0, ip="10.9.9.9")
    logs.launch(4, 86_400)  # the next day
    logs.launch(5, 0)
    logs.log(5, 0, "NA", 35, 35)
    # The dial log was emptied: the code tells the launch.
    code = f"V{local(60):%m%d%H%M%S}{6:010d}"
    logs.add(
        "vicidial_log_extended",
        uniqueid=logs.name(6, 60),
        server_ip="10.0.0.1",
        call_date=local(62),
        lead_id=6,
        caller_code=code,
    )
    logs.log(6, 60, "B", 62, 62)
    capsys.readouterr()

    found = attempts(site, tmp_path / "calls.csv", "--json")

    assert [c["launched"] for c in found] == [at(0).isoformat(), at(60).isoformat()]
    told = json.loads(capsys.readouterr().out)
    assert told["left_out"] == {
        "manual": 1,
        "without_log": 1,
        "without_launch": 0,
        "unknown_server": 1,
    }


def test_parquet_holds_the_same(site: Site, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    two_servers(site)
    logs = Logs(site)
    code = logs.launch(1, 0)
    logs.carrier(1, 0, code, "NOANSWER", 30)
    logs.log(1, 0, "NA", 35, 35)
    rows = attempts(site, tmp_path / "calls.csv")

    main(
        [
            "vicidial",
            "calls",
            site.dsn,
            "--from",
            "2030-03-04",
            "--to",
            "2030-03-04",
            "--out",
            str(tmp_path / "calls.parquet"),
        ]
    )

    table = pq.read_table(tmp_path / "calls.parquet").to_pylist()
    assert [{n: "" if v is None else str(v) for n, v in r.items()} for r in table] == rows
