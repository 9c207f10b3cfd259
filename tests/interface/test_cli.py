"""The command line as a script or a manager meets it."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from planner import __version__, commands
from planner.cli import main
from planner.compiling import WORDS
from planner.plan import PlanOptions, PlanResult, Progress, Status
from planner.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = str(ROOT / "data" / "quickstart")
PLANNER = [sys.executable, "-c", "import sys; from planner.cli import main; sys.exit(main())"]
FILES = {"assignments.csv", "projection.csv", "plan.json"}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PLANNER, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=120,
        check=False,
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with one fault in each of two files."""
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,many\n")
    campaigns = "campaign_id,kind,attempt_seconds,answer_rate\nNews,broadcast,30,1.5\n"
    (tmp_path / "campaigns.csv").write_text(campaigns)
    return tmp_path


@pytest.fixture
def impossible(tmp_path: Path) -> Path:
    """A campaign that needs three dialers where there are two."""
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,100\nD2,100\n")
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,min_dialers\n"
        "Solar,10,25,0.1,0.1,180,3\n"
    )
    return tmp_path


# Help and usage


@pytest.mark.parametrize("command", ["check", "plan", "project", "whatif", "frontier", "app"])
def test_every_command_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert f"example:\n  planner {command} data/" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"planner {__version__}\n"


def test_help_loads_none_of_the_libraries() -> None:
    program = (
        "import sys\n"
        "from planner.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'numba', 'ortools', 'streamlit', 'pydantic'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


def test_faults_are_told_without_loading_the_heavy_libraries(broken: Path) -> None:
    program = (
        "import sys\n"
        "from planner.cli import main\n"
        "main(['plan', sys.argv[1]])\n"
        "heavy = {'numpy', 'pandas', 'numba', 'ortools', 'streamlit'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(broken)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["plan"], "the following arguments are required: DIR"),
        (["plan", "x", "--redundancy", "2"], "'2': expected a number from 0 to 1"),
        (["plan", "x", "--redundancy", "-1"], "'-1': expected a number from 0 to 1"),
        (["plan", "x", "--gap", "nan"], "'nan': expected a number from 0 to 1"),
        (["plan", "x", "--time-limit", "0"], "'0': expected a number above 0"),
        (["plan", "x", "--seed", "1.5"], "'1.5': expected a whole number from 0"),
        (["plan", "x", "--interval", "someday"], "such as 'Mon 09:00'"),
        (["plan", "x", "--week", "soon"], "'soon': expected a date such as 2030-03-04"),
        (["plan", "x", "--move-cost", "-1"], "'-1': expected a number from 0 to"),
        (["project", "x", "--hours", "0"], "'0': expected a number above 0 and up to 744"),
        (["project", "x", "--hours", "nan"], "'nan': expected a number above 0 and up to 744"),
        (["project", "x", "--hours", "1e9"], "'1e9': expected a number above 0 and up to 744"),
        (["project", "x", "--at", "soon"], "'soon': expected a date and time such as"),
        (["project", "x", "--at", "9999-12-31"], "(UTC without an offset), from 1970 to 2199"),
        (["project", "x", "--seed", "-1"], "'-1': expected a whole number from 0 to 2147483647"),
        (["app", "--port", "99999"], "'99999': expected a whole number from 1 to 65535"),
    ],
)
def test_wrong_usage_is_told_and_is_2(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert expected in capsys.readouterr().err


# Bad input


@pytest.mark.parametrize("command", ["check", "plan", "project", "app"])
def test_every_fault_is_told_at_once_without_a_traceback(
    command: str, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(broken)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "dialers.csv, line 2, column ports is 'many'" in printed.err
    assert "campaigns.csv, line 2, column answer_rate is '1.5'" in printed.err


def test_faults_are_a_json_document_where_one_is_asked_for(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(broken), "--json"]) == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {(fault["file"], fault["line"], fault["column"]) for fault in faults} == {
        ("dialers.csv", 2, "ports"),
        ("campaigns.csv", 2, "answer_rate"),
    }


def test_bad_input_writes_nothing(broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["plan", str(broken), "--out", str(out)]) == 2
    assert not out.exists()


def test_a_projection_needs_lines(impossible: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", str(impossible)]) == 2
    assert "expected the lines to project, in assignments.csv" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_written_is_told_before_planning(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("kept")
    monkeypatch.setattr("planner.pipeline.plan", pytest.fail)
    assert main(["plan", QUICKSTART, "--out", str(tmp_path / place)]) == 2
    assert "expected a folder that can be written" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "kept"


# Check


def test_a_check_sums_up_a_sound_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", QUICKSTART]) == 0
    assert "2 of 2 in service" in capsys.readouterr().out
    assert main(["check", QUICKSTART, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ports"] == 200


def test_a_check_tells_what_the_current_lines_break(
    impossible: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,120,5\n"
    (impossible / "assignments.csv").write_text(lines)
    assert main(["check", str(impossible), "--json"]) == 0
    breaches = json.loads(capsys.readouterr().out)["breaches"]
    assert any("D1" in breach and "125" in breach for breach in breaches)


# Plan


def test_a_plan_is_printed_with_its_proof(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", QUICKSTART]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Plan, proven ")
    assert "paused 40 % of the time, about 40 pauses an hour of 36 s" in printed


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
        assert main(["plan", QUICKSTART, "--out", str(tmp_path / name), "--seed", "7"]) == 0
        document = json.loads((tmp_path / name / "plan.json").read_text())
        assert document.pop("seconds") >= 0
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
    assert list(out.iterdir()) == []
    assert main(["plan", str(impossible), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "infeasible"
    (member,) = document["conflicts"][0]["members"]
    place = {"table": "campaigns.csv", "key": {"campaign_id": "Solar"}, "column": "min_dialers"}
    assert place.items() <= member.items()
    assert (member["value"], member["change_to"]) == (3, 2)


def test_an_interval_plans_with_the_figures_of_its_hour(
    impossible: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaigns = (impossible / "campaigns.csv").read_text().replace(",3\n", ",1\n")
    (impossible / "campaigns.csv").write_text(campaigns)
    (impossible / "intervals.csv").write_text(
        "campaign_id,days,from,to,agent_lines\nSolar,Mon-Fri,09:00,12:00,4\n"
    )
    used = {}
    for hour in ("Mon 09:00", "Mon 12:00", "Sat 09:00"):
        assert main(["plan", str(impossible), "--interval", hour, "--json"]) == 0
        campaign = json.loads(capsys.readouterr().out)["campaigns"][0]
        used[hour] = campaign["agent_lines"] + campaign["unused_agent_lines"]
    assert used == {"Mon 09:00": 4, "Mon 12:00": 10, "Sat 09:00": 10}


@pytest.fixture
def shifts(tmp_path: Path) -> Path:
    """East runs 9 to 11 and Late 10 to 12 on Monday, on one dialer of 8 ports, an agent each."""
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,8\n")
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,start,"
        "schedule,min_dialers,timezone\n"
        "East,1,20,0.5,0.6,50,2026-01-01,Mon 09:00-11:00,1,America/New_York\n"
        "Late,1,20,0.5,0.6,50,2026-01-01,Mon 10:00-12:00,1,America/New_York\n"
    )
    return tmp_path


def test_a_moment_is_planned_without_the_campaigns_that_are_closed_then(
    shifts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # In winter 9:00 in New York is 8:00 in Chicago; 7 + 1 lines take all ports.
    for hour in ("Mon 09:00", "Mon 08:00 America/Chicago"):
        assert main(["plan", str(shifts), "--interval", hour, "--week", "2026-01-07"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("For Mon 2026-01-05 0")
        assert lines[2:4] == ["Cannot run then", "  - Late: outside its schedule."]
        assert any(line.split()[:3] == ["D1", "7", "1"] for line in lines)
    assert main(["plan", str(shifts), "--interval", "Tue 09:00", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["assignments"] == []
    assert [row["why"] for row in document["idle"]] == ["outside its schedule"] * 2


def test_a_week_is_planned_interval_by_interval_and_written(
    shifts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    how = ["--interval", "all", "--week", "2026-01-05", "--out", str(out)]
    assert main(["plan", str(shifts), *how, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {file.name for file in out.iterdir()} == {"day.csv", "projection.csv", "plan.json"}
    assert document == json.loads((out / "plan.json").read_text())
    with (out / "day.csv").open() as file:
        rows = list(csv.DictReader(file))
    # 8 ports: 7 + 1 lines for one campaign, 3 + 1 for each of two.
    assert [(r["from"], r["to"], r["campaign_id"], r["dial_lines"]) for r in rows] == [
        ("2026-01-05T09:00:00-05:00", "2026-01-05T10:00:00-05:00", "East", "7"),
        ("2026-01-05T10:00:00-05:00", "2026-01-05T11:00:00-05:00", "East", "3"),
        ("2026-01-05T10:00:00-05:00", "2026-01-05T11:00:00-05:00", "Late", "3"),
        ("2026-01-05T11:00:00-05:00", "2026-01-05T12:00:00-05:00", "Late", "7"),
    ]
    with (out / "projection.csv").open() as file:
        figures = list(csv.DictReader(file))
    assert [(f["interval"], f["from"]) for f in figures] == [
        (r["interval"], r["from"]) for r in rows
    ]
    # h(N) = 54 N / (1 + 0.75 N): two hours of h(7), one of twice h(3).
    value = 2 * 54 * 7 / 6.25 + 2 * 54 * 3 / 3.25
    assert document["totals"]["value"] == pytest.approx(value)
    assert document["totals"]["hours_planned"] == 3
    assert len(document["plans"]) == 3
    assert [i["plan"] for i in document["intervals"] if i["running"]] == [0, 1, 2]


def test_a_week_is_a_table_a_manager_can_read(
    shifts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(shifts), "--interval", "all", "--week", "2026-01-05"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "Week of Mon 2026-01-05, times of America/New_York: 3 plans for 3 intervals."
    )
    start = lines.index("Intervals")
    assert [line.split() for line in lines[start + 1 : start + 5]] == [
        ["Days", "Hours", "Plan", "Value/h", "Gap", "Moved", "Runs"],
        ["Mon", "09:00-10:00", "1", "60.5", "0", "%", "-", "East"],
        ["Mon", "10:00-11:00", "2", "99.7", "0", "%", "4", "all", "campaigns"],
        ["Mon", "11:00-12:00", "3", "60.5", "0", "%", "0", "Late"],
    ]
    assert "Plan 2: Mon 10:00-11:00" in lines


def test_a_week_with_an_interval_that_cannot_be_planned_is_3_and_plans_the_others(
    shifts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (shifts / "campaigns.csv").read_text().replace("12:00,1,", "12:00,2,")
    (shifts / "campaigns.csv").write_text(table)
    how = ["--interval", "all", "--week", "2026-01-05", "--out", str(tmp_path / "out")]
    assert main(["plan", str(shifts), *how]) == 3
    text = capsys.readouterr().out
    assert "infeasible" in text
    assert "campaign Late runs on at least 2 dialers" in text
    assert "09:00:00" in (tmp_path / "out" / "day.csv").read_text()


def test_a_week_without_an_interval_is_refused(
    shifts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(shifts), "--week", "2026-01-05"]) == 2
    assert "--week" in capsys.readouterr().err


def test_the_options_reach_the_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[PlanOptions] = []

    def plan(_problem: Problem, options: PlanOptions, **_: object) -> PlanResult:
        seen.append(options)
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.pipeline.plan", plan)
    flags = ["--redundancy", "0.3", "--gap", "0.01", "--time-limit", "9", "--seed", "5"]
    assert main(["plan", QUICKSTART, *flags, "--keep-current", "--move-cost", "2"]) == 4
    asked = {"redundancy": 0.3, "gap": 0.01, "time_limit": 9, "seed": 5, "move_cost": 2}
    assert seen == [PlanOptions(**asked, keep_current=True)]


def test_an_interrupt_ends_the_run_with_what_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from planner.pipeline import plan

    def interrupted(
        problem: Problem,
        options: PlanOptions,
        *,
        on_progress: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> PlanResult:
        assert not stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        return plan(problem, options, on_progress=on_progress)

    monkeypatch.setattr("planner.pipeline.plan", interrupted)
    assert main(["plan", QUICKSTART]) == 0
    printed = capsys.readouterr()
    assert "Stopping with the best plan so far" in printed.err
    assert printed.out.startswith("Plan, ")


def test_solvers_leave_the_interrupt_to_us() -> None:
    # A solver that catches Ctrl-C itself restores the default action afterwards: to be killed.
    program = (
        "import os, signal\n"
        "from planner import PlanOptions, plan\n"
        "from tests.builders import tiny_problem\n"
        "heard = []\n"
        "signal.signal(signal.SIGINT, lambda *_: heard.append(True))\n"
        "for seed in range(10):\n"
        "    plan(tiny_problem(seed), PlanOptions(redundancy=0.3))\n"
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

    monkeypatch.setattr("planner.pipeline.plan", stopped)
    assert main(["plan", QUICKSTART]) == 4
    assert capsys.readouterr().out.startswith("Stopped before any plan was found.")


# Project


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
    names = {"projection.csv", "timeline.csv", "completion.csv", "projection.json", "report.html"}
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
        "  D1 / Solar: all 5 agent lines busy in about 3.2 min (90 % within 5.7 min); then paused "
        "40 % of the",
        "  time.",
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


# The first run after an installation


def test_a_first_run_says_that_it_compiles_and_later_ones_do_not(tmp_path: Path) -> None:
    told = [
        run(*command, NUMBA_CACHE_DIR=str(tmp_path)).stderr.count(WORDS)
        for command in (
            ("project", QUICKSTART, "--json"),
            ("project", QUICKSTART, "--engine", "simulate", "--replications", "1"),
            ("project", QUICKSTART, "--engine", "simulate", "--replications", "1"),
        )
    ]
    # With --json nothing but the document is printed. The simulation has functions of its own.
    assert told == [0, 1, 0]


# The app's own arguments


@pytest.mark.parametrize(
    ("given", "followed"),
    [
        ("live.csv", str(Path.cwd() / "live.csv")),
        ("/srv/live.csv", "/srv/live.csv"),
        ("https://example.org/live.csv", "https://example.org/live.csv"),
    ],
)
def test_the_app_follows_the_file_that_was_meant(
    given: str, followed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It becomes a server that works in another folder."""
    seen: dict[str, str] = {}
    monkeypatch.setattr("planner.commands.os.execve", lambda *given: seen.update(given[2]))
    monkeypatch.setattr("planner.commands.os.chdir", lambda _: None)
    monkeypatch.setattr("planner.commands._require_free", lambda *_: None)
    main(["app", "--live", given])
    assert seen["PLANNER_LIVE"] == followed


# The program around the commands


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
    "import sys, planner.load\n"
    "def fail(_): raise RuntimeError('some figure is wrong\\nsecond line')\n"
    "planner.load.fleet_load = fail\n"
    "from planner.cli import main\n"
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


# App


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def test_the_app_answers_on_its_port_and_ends_on_ctrl_c() -> None:
    port = free_port()
    with subprocess.Popen(
        [*PLANNER, "app", QUICKSTART, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    ) as server:
        try:
            assert answer(f"http://127.0.0.1:{port}/_stcore/health", server) == b"ok"
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0


def answer(address: str, server: subprocess.Popen[bytes]) -> bytes:
    """What the server says, once it listens."""
    for _ in range(300):
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                content: bytes = response.read()
                return content
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


def test_the_app_opens_the_folder_it_is_given_and_only_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from planner.ui.sources import FOLDER_VARIABLE

    started = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execve", lambda *how: started.append(how) or sys.exit(0))
    port = free_port()
    with pytest.raises(SystemExit):
        main(["app", QUICKSTART, "--port", str(port)])
    ((_, command, environment),) = started
    assert environment[FOLDER_VARIABLE] == QUICKSTART
    assert {"--address=127.0.0.1", f"--port={port}"} <= set(command)


def test_a_port_in_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", "--port", str(port)]) == 2
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


def test_exit_codes_are_those_that_scripts_rely_on() -> None:
    codes = (commands.DONE, commands.BAD_INPUT, commands.INFEASIBLE, commands.STOPPED)
    assert codes == (0, 2, 3, 4)
