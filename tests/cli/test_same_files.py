"""The same input, seed and version write the same files to the byte, but for ``seconds``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli.main import main

SECONDS = re.compile(rb'"seconds": [0-9.e-]+')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two campaigns on three dialers, one of them simulated, through some hours of Monday."""
    place = tmp_path_factory.mktemp("fleet")
    (place / "dialers.csv").write_text(
        "dialer_id,ports,failure_domain\nD1,14,north\nD2,12,north\nD3,10,south\n"
    )
    (place / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,attempt_cv,answer_rate,transfer_rate,talk_seconds,"
        "max_abandon_rate,start,schedule\n"
        "Solar,4,25,1,0.3,0.3,180,0.1,2026-01-01,Mon 09:00-12:00\n"
        "Water,3,20,0.5,0.3,0.2,90,,2026-01-01,Mon 10:00-13:00\n"
    )
    (place / "intervals.csv").write_text(
        "campaign_id,days,from,to,agent_lines\nSolar,Mon,11:00,12:00,2\n"
    )
    (place / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,8,2\nWater,D3,6,2\n"
    )
    return place


def commands(folder: Path, out: Path) -> list[list[str]]:
    """A run of every command that plans, each with files of its own."""
    common = ["--seed", "3", "--gap", "0.001"]
    worlds = ["--set", "dialer.D1.in_service=false", "--replan"]
    week = ["--interval", "all", "--week", "2026-03-02", "--move-cost", "1"]
    given = {
        "plan": ["plan", str(folder), "--redundancy", "0.3", "--at", "2026-03-02T09:00Z"],
        "whatif": ["whatif", str(folder), *worlds],
        "frontier": ["frontier", str(folder), "--points", "2", "--levels", "1"],
        "week": ["plan", str(folder), *week],
    }
    return [[*words, *common, "--out", str(out / name)] for name, words in given.items()]


def files(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): SECONDS.sub(b"", path.read_bytes())
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_two_runs_write_the_same_files(folder: Path, tmp_path: Path) -> None:
    # The other process orders its sets and hashes in another way.
    program = "import json, sys; from planner.cli.main import main\n"
    program += "for words in json.loads(sys.argv[1]): assert main(words) == 0"
    other = subprocess.Popen(
        [sys.executable, "-c", program, json.dumps(commands(folder, tmp_path / "other"))],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    for words in commands(folder, tmp_path / "one"):
        assert main(words) == 0
    _, said = other.communicate(timeout=240)
    assert other.returncode == 0, said.decode()
    one, two = files(tmp_path / "one"), files(tmp_path / "other")
    assert {"plan/plan.json", "whatif/moves.csv", "frontier/report.html", "week/day.csv"} <= set(
        one
    )
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
