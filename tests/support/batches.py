"""Small batches for tests: problems of one dialer, which are planned in milliseconds."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from planner.cli.main import main

DIALERS = ["dialer_id", "ports"]
CAMPAIGNS = [
    "campaign_id",
    "agent_lines",
    "attempt_seconds",
    "answer_rate",
    "transfer_rate",
    "talk_seconds",
    "min_dialers",
]
TABLES = ("plans", "campaigns", "dialers", "assignments", "projection", "errors")
RESULTS = {*(f"{table}.csv" for table in TABLES), "manifest.json"}


def dialer(ports: object = 7) -> list[object]:
    return ["D1", ports]


def campaign(
    agent_lines: object = 1, *, talk: object = 50, min_dialers: object = 1
) -> list[object]:
    """With 7 ports and 1 agent line the closed form gives 60.48 transfers an hour on 7."""
    return ["Solar", agent_lines, 20, 1, 0.3, talk, min_dialers]


def write(path: Path, header: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def folders(path: Path, names: Iterable[str]) -> Path:
    """A folder of planning folders, of 8 ports, 9 ports, and so on."""
    for place, name in enumerate(names):
        write(path / name / "dialers.csv", DIALERS, [dialer(8 + place)])
        write(path / name / "campaigns.csv", CAMPAIGNS, [campaign()])
    return path


def tables(path: Path, names: Iterable[str]) -> Path:
    """The same problems as long tables."""
    names = list(names)
    dialers = [[name, *dialer(8 + place)] for place, name in enumerate(names)]
    write(path / "dialers.csv", ["plan_id", *DIALERS], dialers)
    write(path / "campaigns.csv", ["plan_id", *CAMPAIGNS], [[n, *campaign()] for n in names])
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def results(out: Path) -> dict[str, bytes]:
    """Every file of a run but run.json, which alone may differ."""
    return {file.name: file.read_bytes() for file in out.iterdir() if file.name != "run.json"}


def batch(*arguments: object) -> int:
    """Run `planner batch` in this process."""
    return main(["batch", *map(str, arguments)])
