"""The live state of a VICIdial system: statuses, the file, and a database that goes away."""

from __future__ import annotations

import csv
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.contracts.result import Status
from planner.vicidial.live.follow import Look, follow
from planner.vicidial.live.live import live_file, look, read_basis
from planner.vicidial.reading.address import address_of
from planner.vicidial.reading.database import Database
from tests.vicidial.builder import Site, two_servers

ALWAYS = {"ct_default_start": 0, "ct_default_stop": 2400}


def always_open(site: Site) -> None:
    site.run("UPDATE vicidial_call_times SET ct_default_start = 0, ct_default_stop = 2400")


def lines(site: Site, campaign: str, ip: str, first: int, ready: int, busy: int) -> None:
    """Remote lines that are there."""
    for place in range(ready + busy):
        status = "READY" if place < ready else "INCALL"
        site.agent(campaign, ip, str(first + place), status)


def statuses(site: Site) -> dict[tuple[str, str], Status]:
    database = Database(address_of(site.dsn))
    try:
        rows = look(database, read_basis(database))
    finally:
        database.close()
    return {(row.campaign_id, row.dialer_id): row.status for row in rows}


def test_lines_in_use_and_busy_agents_are_written(site: Site, tmp_path: Path) -> None:
    ips = two_servers(site)
    always_open(site)
    lines(site, "C1", ips["D1"], 1000, ready=3, busy=2)
    lines(site, "C1", ips["D2"], 1100, ready=0, busy=4)
    lines(site, "C2", ips["D2"], 2100, ready=3, busy=0)
    site.agent("C2", ips["D2"], "paused", "PAUSED")
    live = tmp_path / "live.csv"

    assert main(["vicidial", "follow", site.dsn, "--out", str(live), "--cycles", "1"]) == 0

    rows = list(csv.DictReader(live.open()))
    found = [
        (
            r["campaign_id"],
            r["dialer_id"],
            r["dial_lines"],
            r["agent_lines"],
            r["busy_agent_lines"],
            r["status"],
        )
        for r in rows
    ]
    assert found == [
        ("C1", "D1", "95", "5", "2", ""),
        ("C1", "D2", "60", "4", "4", ""),
        ("C2", "D1", "0", "0", "0", ""),  # no line of the row allowed, none there
        ("C2", "D2", "30", "3", "0", ""),
    ]
    as_of = datetime.fromisoformat(rows[0]["as_of"])
    assert abs((datetime.now(UTC) - as_of).total_seconds()) < 30


def test_the_eight_statuses_are_those_that_are_really_there(site: Site) -> None:
    site.system()
    ips = [site.dialer(1), site.dialer(2)]
    site.heard(ips[1], seconds_ago=61)
    site.calling_times("always", **ALWAYS)
    site.calling_times("never", ct_default_start=2400, ct_default_stop=2400)
    for place, (name, settings) in enumerate(
        {
            "RUNS": {},
            "BUSY": {},
            "DIALSON": {"available_only_ratio_tally": "N"},
            "DONE": {},
            "CLOSED": {"local_call_time": "never"},
            "OFF": {"active": "N"},
            "NOTIMES": {"local_call_time": "gone"},
        }.items()
    ):
        site.campaign(name, **{"local_call_time": "always"} | settings)
        site.trunks(name, ips[0], 30)
        site.remote(name, ips[0], 1000 * (place + 1), 2)
        busy = 2 if name in {"BUSY", "DIALSON"} else 1
        lines(site, name, ips[0], 1000 * (place + 1), ready=2 - busy, busy=busy)
    site.trunks("RUNS", ips[1], 30)
    site.remote("RUNS", ips[1], 9000, 2)
    site.trunks("BUSY", ips[1], 30)
    site.stats("DONE", dialable_leads=0)

    assert statuses(site) == {
        ("RUNS", "D1"): Status.RUNNING,
        ("BUSY", "D1"): Status.ALL_BUSY,
        ("DIALSON", "D1"): Status.RUNNING,  # all busy, and it dials on
        ("DONE", "D1"): Status.COMPLETED,
        ("CLOSED", "D1"): Status.SCHEDULED,
        ("OFF", "D1"): Status.STOPPED,
        ("NOTIMES", "D1"): Status.UNSCHEDULED,
        ("RUNS", "D2"): Status.BY_DIALER,
        ("BUSY", "D2"): Status.UNSCHEDULED,  # no agent line of its own there
    }

    site.run("UPDATE system_settings SET disable_auto_dial = '1'")
    assert statuses(site)["RUNS", "D1"] is Status.BY_ADMIN


def test_a_list_is_not_completed_while_its_last_calls_go_on(site: Site) -> None:
    ips = two_servers(site)
    always_open(site)
    lines(site, "C1", ips["D1"], 1000, ready=4, busy=1)
    site.stats("C1", dialable_leads=0)
    site.call("C1", ips["D1"], "V1", "XFER")
    assert statuses(site)["C1", "D1"] is Status.RUNNING

    site.run("DELETE FROM vicidial_auto_calls")
    assert statuses(site)["C1", "D1"] is Status.COMPLETED


def test_agents_that_nobody_updates_do_not_count(site: Site) -> None:
    ips = two_servers(site)
    always_open(site)
    lines(site, "C1", ips["D1"], 1000, ready=5, busy=0)
    site.run("UPDATE vicidial_live_agents SET last_update_time = NOW() - INTERVAL 31 SECOND")

    assert statuses(site)["C1", "D1"] is Status.BY_DIALER


class Proxy:
    """Stands between the planner and the database, and can cut the line."""

    def __init__(self, target: str, path: str) -> None:
        self._target, self._open = target, []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        self.is_up = True
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self.is_up:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._target)
            self._open += [client, server]
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass

    def cut(self) -> None:
        self.is_up = False
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        self.cut()
        self._listener.close()


@contextmanager
def proxied(site: Site, folder: Path) -> Iterator[tuple[Proxy, str]]:
    path = str(folder / "p")
    proxy = Proxy(site.server.socket, path)
    try:
        yield proxy, f"mysql://root@/{site.name}?unix_socket={path}"
    finally:
        proxy.close()


def test_a_lost_database_comes_back_by_itself(site: Site, tmp_path: Path) -> None:
    ips = two_servers(site)
    always_open(site)
    lines(site, "C1", ips["D1"], 1000, ready=4, busy=1)
    live, seen = tmp_path / "live.csv", []

    def on_look(found: Look) -> None:
        seen.append(bool(found.lost))
        if seen == [False]:
            proxy.cut()
        if seen == [False, True]:
            # What was true last stays, with its age.
            assert "C1,D1,95,5,1" in live.read_text()
            proxy.is_up = True

    with proxied(site, tmp_path) as (proxy, dsn):
        follow(address_of(dsn), live, 0.01, on_look=on_look, stop=lambda: seen.count(False) == 2)

    # There, lost for as many looks as it takes, there again: nothing else in between.
    assert [lost for lost, _ in itertools.groupby(seen)] == [False, True, False]


def test_each_look_is_one_line_of_json(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    always_open(site)
    arguments = ["--out", str(tmp_path / "live.csv"), "--cycles", "2", "--every", "0.1", "--json"]

    main(["vicidial", "follow", site.dsn, *arguments])

    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [len(document["rows"]) for document in documents] == [4, 4]


def test_a_look_at_40_servers_and_300_campaigns_has_a_row_for_each_pair(
    site: Site,
) -> None:
    site.system()
    ips = [site.dialer(number) for number in range(1, 41)]
    site.calling_times("9am-9pm", **ALWAYS)
    names = [f"C{number}" for number in range(300)]
    for name in names:
        site.campaign(name)
    pairs = [(name, ip) for name in names for ip in ips]
    site.add_all(
        "vicidial_server_trunks",
        [
            {
                "server_ip": ip,
                "campaign_id": name,
                "dedicated_trunks": 20,
                "trunk_restriction": "MAXIMUM_LIMIT",
            }
            for name, ip in pairs
        ],
    )
    site.add_all(
        "vicidial_remote_agents",
        [
            {
                "user_start": str(10 * place),
                "number_of_lines": 2,
                "server_ip": ip,
                "status": "ACTIVE",
                "campaign_id": name,
            }
            for place, (name, ip) in enumerate(pairs)
        ],
    )
    site.add_all(
        "vicidial_live_agents",
        [
            {
                "user": str(10 * place + line),
                "server_ip": ip,
                "campaign_id": name,
                "lead_id": 0,
                "extension": f"R/{10 * place + line}",
                "status": "READY",
            }
            for place, (name, ip) in enumerate(pairs)
            for line in range(2)
        ],
    )
    database = Database(address_of(site.dsn))
    basis = read_basis(database)
    site.run("UPDATE vicidial_live_agents SET last_update_time = NOW()")
    rows = look(database, basis)
    database.close()
    assert len(rows) == len(pairs)
    assert all(row.status is Status.RUNNING for row in rows)
    assert live_file(rows).count("\n") == len(pairs) + 1
