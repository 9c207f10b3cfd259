"""What may be asked for: the same on the command line and in Python, and known at once."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from planner.cli.arguments import add_failures, add_search, add_seed, moment
from planner.contracts.problem import Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.pipeline.pipeline import project
from planner.studies.frontier import frontier
from tests.support.builders import solar

#: The largest value of each option that PlanOptions and the command line share.
LARGEST = [
    (add_failures, "failures", 2),
    (add_search, "time_limit", 1e6),
    (add_seed, "seed", 2**31 - 1),
]


def two_dialers() -> Problem:
    return Problem(dialers=[Dialer(dialer_id=d, ports=100) for d in "AB"], campaigns=[solar()])


@pytest.mark.parametrize(("add", "name", "largest"), LARGEST)
def test_options_of_a_plan_end_where_those_of_the_command_line_do(
    add: Callable[[argparse.ArgumentParser], None], name: str, largest: float
) -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add(parser)
    option = f"--{name.replace('_', '-')}"
    assert getattr(parser.parse_args([option, f"{largest:.0f}"]), name) == largest
    assert getattr(PlanOptions(**{name: largest}), name) == largest
    with pytest.raises(argparse.ArgumentError):
        parser.parse_args([option, f"{largest + 1:.0f}"])
    with pytest.raises(ValueError, match=name):
        PlanOptions(**{name: largest + 1})


@pytest.mark.parametrize("year", [1969, 2200])
def test_moments_outside_the_years_are_refused(year: int) -> None:
    at = datetime(year, 6, 1, tzinfo=UTC)
    with pytest.raises(argparse.ArgumentTypeError, match="from 1970 to 2199"):
        moment(at.isoformat())
    with pytest.raises(ValueError, match="of the years 1970 to 2199"):
        project(two_dialers(), at=at)


def test_a_projection_reaches_a_month_at_most() -> None:
    with pytest.raises(ValueError, match=r"at most 744 \(31 days\)"):
        project(two_dialers(), hours=744.1)


def test_a_frontier_has_at_most_201_points_at_10_levels() -> None:
    with pytest.raises(ValueError, match="from 2 to 201"):
        frontier(two_dialers(), points=202)
    with pytest.raises(ValueError, match="from 1 to 10"):
        frontier(two_dialers(), levels=11)


def test_the_limits_are_known_without_a_library() -> None:
    """Help and faults of usage come at once: pydantic and numpy are not loaded for them."""
    told = "import planner.contracts.limits, sys; print({'pydantic', 'numpy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
