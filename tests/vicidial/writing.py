"""A plan beside a VICIdial database, written there, and what is there then."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.cli.main import main
from tests.vicidial.builder import Site

LOG = "vicidial_admin_log"
WRITTEN = ("vicidial_server_trunks", "vicidial_remote_agents", "vicidial_campaigns")
#: C1 moves from D2 to D1's ports and the other way round; agents move along.
PLAN = {("C1", "D1"): (40, 3), ("C1", "D2"): (70, 6), ("C2", "D1"): (50, 4), ("C2", "D2"): (10, 1)}


def prepared(site: Site, folder: Path, plan: dict[tuple[str, str], tuple[int, int]] = PLAN) -> Path:
    """A folder that was read, with the lines of a plan in a folder beside it."""
    assert main(["vicidial", "read", site.dsn, "--out", str(folder)]) == 0
    rows = [f"{c},{d},{dial},{agent}" for (c, d), (dial, agent) in plan.items()]
    text = "\n".join(["campaign_id,dialer_id,dial_lines,agent_lines", *rows])
    (folder / "assignments.csv").write_text(text + "\n")
    return folder


def write(site: Site, folder: Path, *more: str) -> int:
    return main(["vicidial", "write", site.dsn, str(folder), *more])


def lines(site: Site) -> dict[tuple[str, str], tuple[int, int]]:
    """Dial and agent lines of all pairs, as VICIdial would see them."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in site.rows("SELECT * FROM vicidial_server_trunks"):
        assert row["trunk_restriction"] == "MAXIMUM_LIMIT"
        key = (row["campaign_id"], f"D{row['server_ip'].rpartition('.')[2]}")
        assert key not in found
        found[key] = (row["dedicated_trunks"], 0)
    for row in site.rows("SELECT * FROM vicidial_remote_agents WHERE status = 'ACTIVE'"):
        key = (row["campaign_id"], f"D{row['server_ip'].rpartition('.')[2]}")
        dial, agent = found[key]
        found[key] = (dial, agent + row["number_of_lines"])
    return found


def remote_agents_script(site: Site, stop: threading.Event, lasting: float) -> None:
    """Keeps the remote lines as VICIdial does; surplus ones stay ready for a while."""
    own = Site.__new__(Site)
    own.name, own.server, own.connection = site.name, site.server, site.server.connect(site.name)
    gone_at: dict[str, float] = {}
    while not stop.is_set():
        wanted = {}
        for row in own.rows("SELECT * FROM vicidial_remote_agents WHERE status = 'ACTIVE'"):
            for place in range(row["number_of_lines"]):
                wanted[str(int(row["user_start"]) + place)] = row
        own.run("UPDATE vicidial_live_agents SET last_update_time = NOW()")
        there = {row["user"] for row in own.rows("SELECT user FROM vicidial_live_agents")}
        for user in wanted.keys() - there:
            own.agent(wanted[user]["campaign_id"], wanted[user]["server_ip"], user, "READY")
        now = time.monotonic()
        for user in there - wanted.keys():
            if now >= gone_at.setdefault(user, now + lasting):
                own.run("DELETE FROM vicidial_live_agents WHERE user = %s", user)
        stop.wait(0.02)
    own.close()


@contextmanager
def agents_kept(site: Site, lasting: float) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=remote_agents_script, args=(site, stop, lasting))
    thread.start()
    try:
        while len(site.rows("SELECT * FROM vicidial_live_agents")) < 13:
            time.sleep(0.02)
        yield
    finally:
        stop.set()
        thread.join()
