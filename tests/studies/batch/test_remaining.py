"""How long the rest of a batch takes."""

from __future__ import annotations

import pytest

from planner.studies.batch.input.items import Files, Rows
from planner.studies.batch.remaining import Remaining
from planner.tables.sheets import Row


def test_equal_problems_take_equally_long() -> None:
    remaining = Remaining(dict.fromkeys(range(10), 4.0))
    assert remaining.seconds(1.0) is None
    for number in range(4):
        remaining.done(number)
    assert remaining.seconds(8.0) == pytest.approx(12.0)  # 2 s each, 6 left


def test_large_fleets_that_are_left_make_the_rest_long() -> None:
    # By count half is done and 10 s would be left; the other half is a hundred times as large.
    sizes = {**dict.fromkeys(range(5), 4.0), **dict.fromkeys(range(5, 10), 400.0)}
    remaining = Remaining(sizes)
    for number in range(5):
        remaining.done(number)
    left = remaining.seconds(10.0)
    assert left is not None
    assert 100 < left < 1000


def test_what_workers_took_to_start_does_not_count_and_others_are_under_way() -> None:
    remaining = Remaining(dict.fromkeys(range(9), 4.0), workers=2)
    remaining.done(0, 10.0)
    # 30 s passed, 10 of them for the plan; eight of 10 s are left for two workers.
    assert remaining.seconds(30.0) == pytest.approx(40.0)


def test_one_large_problem_is_not_shared() -> None:
    remaining = Remaining({0: 4.0, 1: 4.0, 2: 4.0}, workers=8)
    remaining.done(0, 10.0)
    assert remaining.seconds(10.0) == pytest.approx(10.0)


def test_nothing_is_left_at_the_end() -> None:
    remaining = Remaining({0: 1.0})
    remaining.done(0)
    assert remaining.seconds(5.0) == 0.0


def test_the_size_of_a_fleet_is_its_campaigns_times_its_dialers() -> None:
    content = {"dialers.csv": b"h\n1\n2\n", "campaigns.csv": b"h\n1\n2\n3\n", "notes.csv": b"x\n"}
    assert Files(content).size() == 3 * 4  # with the headers
    row = Row(2, ["x"])
    assert Rows({"dialers": (row, row), "campaigns": (row, row, row)}).size() == 6
