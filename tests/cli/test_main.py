"""Help, wrong usage and exit codes of the command line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from planner import __version__
from planner.cli import exit_codes
from planner.cli.main import main


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
        "from planner.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'numba', 'ortools', 'streamlit', 'pydantic'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


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


def test_exit_codes_are_those_that_scripts_rely_on() -> None:
    codes = (exit_codes.DONE, exit_codes.FAULT, exit_codes.BAD_INPUT, exit_codes.INFEASIBLE)
    assert (*codes, exit_codes.STOPPED) == (0, 1, 2, 3, 4)
