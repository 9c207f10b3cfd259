"""A plan beside a VICIdial database, written there, and what is there then."""

from __future__ import annotations

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
