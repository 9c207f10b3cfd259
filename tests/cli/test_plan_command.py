"""`planner plan` for one moment: what it prints and writes, how it ends."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli.start import main
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult, Progress
from tests.support.program import QUICKSTART, ROOT, run

FILES = {"assignments.csv", "projection.csv", "plan.json"}


def test_a_plan_is_printed_with_its_proof(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", QUICKSTART]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Plan, proven ")
    expected = "paused 40 % of the time, about 40 pauses an hour of 36 s"
    assert expected in " ".join(printed.split())


def test_a_plan_tells_why_where_it_is_asked_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", QUICKSTART, "--why"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "Solar on D1, 95 + 5 lines: one more dial line would bring 0.26 an hour, but" in words
    assert main(["plan", QUICKSTART, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["dial_line_limits"] for row in document["why"]] == [["ports"], ["ports"]]
    assert document["stranded"] == []


def test_a_plan_in_json_is_one_document_and_nothing_else() -> None:
    done = run("plan", QUICKSTART, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert document["status"] == "optimal"
    # Nothing is spared: 95 + 5 lines on each dialer make twice 79.260393 transfers an hour.
    assert document["value_per_hour"] == pytest.approx(158.520786, abs=1e-5)
    assert document["gap"] <= 0.001


def test_a_plan_is_written_whole_and_reads_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "out"
    assert main(["plan", QUICKSTART, "--out", str(out), "--json"]) == 0
    assert {file.name for file in out.iterdir()} == FILES
    document = json.loads((out / "plan.json").read_text())
    assert document == json.loads(capsys.readouterr().out)
    with (out / "projection.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (out / "assignments.csv").open() as file:
        lines = [(row["dialer_id"], int(row["dial_lines"])) for row in csv.DictReader(file)]
    assert [(row["dialer_id"], int(row["dial_lines"])) for row in rows] == lines
    assert [float(row["all_busy_share"]) for row in rows] == [
        row["all_busy_share"] for row in document["assignments"]
    ]


def test_the_same_seed_gives_the_same_plan_to_the_byte(tmp_path: Path) -> None:
    texts = []
    for name in ("a", "b"):
        given = ["--seed", "7", "--at", "2026-03-02T09:00Z"]
        assert main(["plan", QUICKSTART, "--out", str(tmp_path / name), *given]) == 0
        document = json.loads((tmp_path / name / "plan.json").read_text())
        assert document.pop("seconds") >= 0
        assert document["proof"].pop("seconds") >= 0
        rest = [(tmp_path / name / file).read_bytes() for file in sorted(FILES - {"plan.json"})]
        texts.append((json.dumps(document), rest))
    assert texts[0] == texts[1]


def test_what_cannot_be_met_is_3_with_its_conflict(
    impossible: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["plan", str(impossible), "--out", str(out)]) == 3
    text = capsys.readouterr().out
    assert text.startswith("No plan meets all requirements.")
    assert "Solar" in text
    assert not out.exists()
    assert main(["plan", str(impossible), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "infeasible"
    (member,) = document["conflicts"][0]["members"]
    place = {"table": "campaigns.csv", "key": {"campaign_id": "Solar"}, "column": "min_dialers"}
    assert place.items() <= member.items()
    assert (member["value"], member["change_to"]) == (3, 2)


def test_the_options_reach_the_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[PlanOptions] = []

    def plan(_problem: Problem, options: PlanOptions, **_: object) -> PlanResult:
        seen.append(options)
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.pipeline.pipeline.plan", plan)
    flags = ["--redundancy", "0.3", "--gap", "0.01", "--time-limit", "9", "--seed", "5"]
    assert main(["plan", QUICKSTART, *flags, "--keep-current", "--move-cost", "2"]) == 4
    asked = {"redundancy": 0.3, "gap": 0.01, "time_limit": 9, "seed": 5, "move_cost": 2}
    assert seen == [PlanOptions(**asked, keep_current=True)]


def test_an_interrupt_ends_the_run_with_what_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from planner.pipeline.pipeline import plan

    def interrupted(
        problem: Problem,
        options: PlanOptions,
        *,
        on_progress: Callable[[Progress], None],
        stop: Callable[[], bool],
        **_: object,
    ) -> PlanResult:
        assert not stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        return plan(problem, options, on_progress=on_progress)

    monkeypatch.setattr("planner.pipeline.pipeline.plan", interrupted)
    assert main(["plan", QUICKSTART]) == 0
    printed = capsys.readouterr()
    assert "Stopping with the best plan so far" in printed.err
    assert printed.out.startswith("Plan, ")


def test_solvers_leave_the_interrupt_to_us() -> None:
    # A solver that catches Ctrl-C itself restores the default action afterwards: to be killed.
    program = (
        "import os, signal\n"
        "from planner import PlanOptions, plan\n"
        "from tests.support.builders import tiny_problem\n"
        "heard = []\n"
        "signal.signal(signal.SIGINT, lambda *_: heard.append(True))\n"
        "for seed in range(10):\n"
        "    plan(tiny_problem(seed), PlanOptions(redundancy=0.3), explained=False)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "print(len(heard))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stdout) == (0, "10\n")


def test_a_run_that_is_stopped_before_any_plan_is_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_problem: Problem, options: PlanOptions, **_: object) -> PlanResult:
        return PlanResult(status="no_plan", options=options, stopped_early=True)

    monkeypatch.setattr("planner.pipeline.pipeline.plan", stopped)
    assert main(["plan", QUICKSTART]) == 4
    assert capsys.readouterr().out.startswith("Stopped before any plan was found.")
