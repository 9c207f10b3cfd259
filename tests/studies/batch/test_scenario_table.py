"""What is told of scenarios over all fleets, in words."""

from __future__ import annotations

from planner.studies.batch.results.columns import SCENARIO_COLUMNS
from planner.studies.batch.results.rows import Cell
from planner.studies.batch.results.scenario_table import loss_sentences, sorted_rows


def row(before: float, kept: float, anew: float, status: str = "optimal") -> list[Cell]:
    cells: dict[str, Cell] = {
        "scenario": "weak",
        "fleet": "north",
        "plan_id": "north: weak",
        "status": status,
        "before": before,
        "if_nobody_reacts": kept,
        "planned_anew": anew,
        "loss_if_nobody_reacts": before - kept,
        "loss_planned_anew": before - anew,
    }
    return [cells.get(name) for name in SCENARIO_COLUMNS]


def test_a_plan_that_brings_more_than_there_was_is_told_as_more() -> None:
    told = loss_sentences(sorted_rows([row(-150.0, -190.0, -5.0)]))
    assert told[1] == (
        "north: weak: 40.0 an hour lost if nobody reacts, 145.0 more than before planned anew"
    )


def test_what_stays_lost_is_told_as_lost() -> None:
    told = loss_sentences(sorted_rows([row(150.0, 90.0, 140.0)]))
    assert told[1] == "north: weak: 60.0 an hour lost if nobody reacts, 10.0 planned anew"


def test_one_fleet_that_is_not_concerned_is_counted_as_one() -> None:
    others = [row(1.0, 1.0, 1.0, "not_concerned")]
    (total, *_) = sorted_rows([row(150.0, 90.0, 140.0), *others])
    assert "; 1 does not have what it names" in str(total[-1])
