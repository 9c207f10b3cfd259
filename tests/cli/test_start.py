"""The program around the commands: its first run, its streams, faults of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from planner.compiling.compilation import WORDS
from planner.compiling.kept_code import FOLDER
from tests.support.program import PLANNER, QUICKSTART, run

#: Loops of a projection by formula, and of a simulated one.
FORMULA, SIMULATION = "traffic.exact.engset_kernel", "traffic.simulation.event_kernel"


def lend(folder: Path, *without: str) -> Path:
    """A folder with all that is compiled already, but for some modules."""
    folder.mkdir()
    for kept in FOLDER.glob("*-*"):
        if kept.name.rsplit("-", 1)[0] not in without:
            (folder / kept.name).symlink_to(kept)
    return folder


def made(folder: Path) -> set[str]:
    """Modules of which something was compiled there."""
    return {kept.name.rsplit("-", 1)[0] for kept in folder.iterdir() if not kept.is_symlink()}


def test_a_first_run_says_that_it_compiles_and_later_ones_do_not(tmp_path: Path) -> None:
    folder = lend(tmp_path / "compiled", FORMULA, SIMULATION)
    simulated = ("project", QUICKSTART, "--engine", "simulate", "--replications", "1")

    def told(*command: str) -> int:
        return run(*command, NUMBA_CACHE_DIR=str(folder)).stderr.count(WORDS)

    # With --json nothing but the document is printed. The simulation has functions of its own.
    assert told("project", QUICKSTART, "--json") == 0
    assert FORMULA in made(folder)
    assert SIMULATION not in made(folder)
    assert told(*simulated) == 1
    assert SIMULATION in made(folder)
    assert told(*simulated) == 0


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    with subprocess.Popen(
        [*PLANNER, "check", QUICKSTART],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == ""
    assert program.returncode == 0


def test_a_terminal_without_the_letters_still_gets_the_plan(impossible: Path) -> None:
    lines = (impossible / "dialers.csv").read_text().replace("D1", "Zürich")
    (impossible / "dialers.csv").write_text(lines)
    done = run("check", str(impossible), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")


FAULTY = (
    "import sys, planner.evaluation.load\n"
    "def fail(_): raise RuntimeError('some figure is wrong\\nsecond line')\n"
    "planner.evaluation.load.fleet_load = fail\n"
    "from planner.cli.main import main\n"
    "sys.exit(main(['check', sys.argv[1]]))\n"
)


def test_a_fault_of_ours_is_1_and_short() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAULTY, QUICKSTART], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "A fault in the planner, not in your input (RuntimeError: some figure is wrong).\n"
        "Run it again with PLANNER_DEBUG=1 for details to report.\n"
    )


def test_the_details_of_a_fault_are_there_for_those_who_ask() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAULTY, QUICKSTART],
        capture_output=True,
        text=True,
        env=os.environ | {"PLANNER_DEBUG": "1"},
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
