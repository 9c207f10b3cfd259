"""Ranges in expressions, and tables of scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.contracts.faults import InputError
from planner.studies.batch.input.items import Broken, Item, Scenario
from planner.studies.batch.input.ranges import read_sweep, scenario_count, scenarios
from planner.studies.batch.input.scenarios import Scenarios
from tests.support.batches import write


def expressions(*texts: str) -> list[tuple[str, ...]]:
    return [found for _, found in scenarios([read_sweep(text) for text in texts])]


def test_a_range_stands_for_every_whole_number_from_end_to_end() -> None:
    assert expressions("campaign.C7.agent_lines=4..6") == [
        ("campaign.C7.agent_lines=4",),
        ("campaign.C7.agent_lines=5",),
        ("campaign.C7.agent_lines=6",),
    ]
    assert scenario_count([read_sweep("campaign.C7.agent_lines=4..20")]) == 17


def test_steps_are_exact_decimals_and_the_end_is_included_where_it_is_met() -> None:
    # In binary fractions 0.1 + 2 * 0.1 is 0.30000000000000004.
    assert expressions("campaign.C.answer_rate*=0.1..0.3 step 0.1") == [
        ("campaign.C.answer_rate*=0.1",),
        ("campaign.C.answer_rate*=0.2",),
        ("campaign.C.answer_rate*=0.3",),
    ]
    assert len(expressions("campaign.C.agent_lines=1..6 step 2")) == 3


def test_several_ranges_make_a_grid_whose_last_runs_fastest() -> None:
    found = scenarios([read_sweep("a.b=1..2"), read_sweep("c.d=x"), read_sweep("e.f=3..4")])
    assert list(found) == [
        ("1, 3", ("a.b=1", "c.d=x", "e.f=3")),
        ("1, 4", ("a.b=1", "c.d=x", "e.f=4")),
        ("2, 3", ("a.b=2", "c.d=x", "e.f=3")),
        ("2, 4", ("a.b=2", "c.d=x", "e.f=4")),
    ]


@pytest.mark.parametrize("text", ["a.b=5..4", "a.b=1..2 step 0", "a.b=1..2 step x", "a.b=1..1e9"])
def test_a_range_that_counts_nothing_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="range"):
        read_sweep(text)


def test_text_with_two_dots_that_is_no_range_is_taken_as_it_is() -> None:
    assert expressions("dialer.D..1.trunk_group=a..b") == [("dialer.D..1.trunk_group=a..b",)]


def items(tmp_path: Path, header: list[str], *rows: list[str]) -> list[Item]:
    write(tmp_path / "scenarios.csv", header, rows)
    return list(Scenarios(tmp_path / "scenarios.csv").items())


def test_each_row_is_a_problem_and_a_range_makes_several(tmp_path: Path) -> None:
    found = items(
        tmp_path,
        ["plan_id", "set", "set_2"],
        ["same", "", ""],
        ["less", "campaign.C.agent_lines=1..2", "dialer.D.ports=9"],
    )
    assert [item.plan_id for item in found] == ["same", "less [1]", "less [2]"]
    assert [item.number for item in found] == [0, 1, 2]
    assert found[2].source == Scenario(
        ("campaign.C.agent_lines=2", "dialer.D.ports=9"), "scenarios.csv", 3
    )


def test_a_wrong_range_is_a_fault_of_its_row_alone(tmp_path: Path) -> None:
    found = items(tmp_path, ["plan_id", "set"], ["bad", "a.b=5..4"], ["good", "a.b=5"])
    bad, good = (item.source for item in found)
    assert isinstance(good, Scenario)
    assert isinstance(bad, Broken)
    assert (bad.faults[0].line, bad.faults[0].column) == (2, "set")


@pytest.mark.parametrize(
    ("header", "row"),
    [(["plan_id", "sets"], ["a", "b"]), (["plan_id"], ["a"]), (["set", "set"], ["a", "b"])],
)
def test_a_table_with_other_columns_is_refused(
    tmp_path: Path, header: list[str], row: list[str]
) -> None:
    with pytest.raises(InputError, match="set"):
        items(tmp_path, header, row)


def test_names_must_differ(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a name that no other row has"):
        items(tmp_path, ["plan_id", "set"], ["a", "b.c=1"], ["a", "b.c=2"])
