"""Ctrl-C during a search that would go on for long: the best plan so far, with its bound."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.contracts.line_plan import LinePlan
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.system import uninterrupted
from planner.tables.folder import read_folder
from tests.support.program import PLANNER, QUICKSTART


def test_an_interrupt_writes_the_best_plan_so_far_and_its_bound(tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    # A proof without any gap takes far longer on this fleet than the first plan.
    ports = {"D1": 113, "D2": 87, "D3": 141, "D4": 64}
    (fleet / "dialers.csv").write_text(
        "dialer_id,ports\n" + "".join(f"{name},{count}\n" for name, count in ports.items())
    )
    head = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,value,"
    rows = [
        "A,17,25,0.21,0.11,310,7.3,0.4",
        "B,23,30,0.17,0.14,240,5.9,0.3",
        "C,9,20,0.31,0.08,410,8.8,0.5",
        "D,14,35,0.26,0.13,190,3.1,0.4",
        "E,21,27,0.19,0.17,280,4.7,0.35",
        "F,11,22,0.24,0.09,350,9.6,0.45",
    ]
    (fleet / "campaigns.csv").write_text("\n".join([head + "survivable_share", *rows, ""]))
    arguments = ["plan", str(fleet), "--gap", "0", "--redundancy", "0.3", "--time-limit", "300"]
    process = subprocess.Popen(
        [*PLANNER, *arguments, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:  # told in plain lines, as this is no terminal
        if "an hour, gap" in line:
            break
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    document = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert document["stopped_early"] is True
    assert document["status"] == "feasible"
    assert document["gap"] > 0
    assert "a stop ended the search" in " ".join(said.split())
    # What was written is a plan within every limit, worth what it says, below its bound.
    problem = read_folder(fleet)
    written = (tmp_path / "out" / "assignments.csv").rename(fleet / "assignments.csv")
    assert written.exists()
    plan = LinePlan(assignments=read_folder(fleet).assignments)
    assert check(problem, plan) == ()
    found = evaluate(problem, plan, 0.3).value.value_per_hour
    assert abs(found - document["value_per_hour"]) <= 1e-6 * found
    assert found < document["bound_per_hour"]


@pytest.mark.parametrize(
    "part", ["planner.cli.main", "planner.cli.arguments", "planner.cli.commands", "pydantic"]
)
def test_an_interrupt_while_the_program_is_loaded_gives_up_without_a_traceback(part: str) -> None:
    program = f"""
import sys
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == {part!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
sys.argv = ["planner", "check", {QUICKSTART!r}]
from planner.cli.start import main
sys.exit(main())
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (4, "", "Given up.\n")


@pytest.fixture
def heard() -> Iterator[None]:
    """Interrupts reach this process, also where a shell started it in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_what_is_started_uninterrupted_does_not_hear_an_interrupt_and_this_process_does() -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('went on')"
    with uninterrupted():
        child = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
    assert (child.returncode, child.stdout, child.stderr) == (0, "went on\n", "")
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
