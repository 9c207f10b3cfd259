"""`planner project`: the figures of given lines, and what happens next."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.contracts.result import Status
from tests.support.program import QUICKSTART


def test_a_projection_tells_the_figures_of_given_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    when = ["--at", "2030-03-04T09:00+01:00", "--hours", "2"]
    assert main(["project", QUICKSTART, *when, "--json", "--out", str(tmp_path)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["at"] == "2030-03-04T09:00:00+01:00"
    assert [row["dialer_id"] for row in document["assignments"]] == ["D1", "D2"]
    for row in document["assignments"]:
        assert row["all_busy_share"] == pytest.approx(0.399945, abs=1e-6)
        assert row["seconds_to_all_busy_mean"] == pytest.approx(190.271372, abs=1e-5)
    (joint,) = document["campaigns_joint"]
    assert joint["some_paused"] == pytest.approx(0.480, abs=5e-4)
    assert len(document["timeline_joint"]) == 8
    names = {"projection.csv", "timeline.csv", "completion.csv", "projection.json", "report.html"}
    names |= {"campaigns_joint.csv", "timeline_joint.csv"}
    assert {file.name for file in tmp_path.iterdir()} == names
    with (tmp_path / "timeline.csv").open() as file:
        steps = list(csv.DictReader(file))
    assert (steps[0]["from"], steps[0]["to"]) == (
        "2030-03-04T09:00:00+01:00",
        "2030-03-04T09:15:00+01:00",
    )
    assert len(steps) == 2 * 8  # two dialers, quarters of two hours
    for step in steps:
        assert sum(float(step[status]) for status in Status) == pytest.approx(1.0)


def test_a_projection_says_first_what_happens_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", QUICKSTART, "--at", "2030-03-04T09:00"]) == 0
    lines = capsys.readouterr().out.splitlines()
    # The mean first passage is 190.27 s, the all-busy share 0.3999 (check values).
    assert lines[2:5] == [
        "What happens next",
        "  D1 / Solar: all 5 agent lines busy in about 3.2 min (90 % within 5.7 min);",
        "  then paused 40 % of the time.",
    ]


def test_a_simulated_projection_takes_runs_and_seed(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for seed in ("1", "1", "2"):
        arguments = ["--engine", "simulate", "--replications", "3", "--seed", seed, "--json"]
        when = ["--at", "2030-03-04T09:00", "--hours", "1"]
        assert main(["project", QUICKSTART, *when, *arguments]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    row = json.loads(texts[0])["assignments"][0]
    assert row["engine"] == "simulate"
    assert row["all_busy_share_low"] < row["all_busy_share"] < row["all_busy_share_high"]


def test_a_moment_without_an_offset_is_utc(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", QUICKSTART, "--at", "2030-03-04T09:00"]) == 0
    assert capsys.readouterr().out.startswith("Projection from 2030-03-04 09:00+00:00 over 8 h\n")
