"""Plans of a trade-off against the lines as they are, in words and on the chart."""

from __future__ import annotations

from typing import Any

from planner.contracts.result import PlanOptions, PlanStatus
from planner.report.charts.studies import clickable_frontier, frontier_chart
from planner.report.html.reports import frontier_page
from planner.report.studies.frontier import (
    against_sentence,
    current_sentence,
    frontier_document,
    how_to_plan,
    sweep_sentences,
)
from planner.studies.frontier import CurrentLines, Frontier, FrontierPoint, Sweep

NOW = CurrentLines(
    throughput_value_per_hour=200.0,
    surviving_value_per_hour=100.0,
    worst_failure_domain="Dallas",
    abandon_rate=0.0211,
    breaches=("Solar: too many.", "Roof: too few."),
)


def point(number: int, value: float, left: float, **changes: Any) -> FrontierPoint:
    fields: dict[str, Any] = {
        "number": number,
        "throughput_value_per_hour": value,
        "surviving_value_per_hour": left,
        "worst_failure_domain": "Dallas",
        "abandon_rate": 0.0188,
        "transfers_per_hour": value,
        "messages_per_hour": None,
        "abandons_per_hour": 1.0,
        "redundancy": 0.5,
        "abandon_level": 1.0,
        "value_per_hour": value,
        "bound_per_hour": value,
        "gap": 0.0,
        "lines": (),
    }
    return FrontierPoint(**(fields | changes))


def search(redundancy: float, level: float, status: PlanStatus, *why: str) -> Sweep:
    return Sweep(
        redundancy=redundancy, abandon_level=level, status=status, bound_per_hour=None, why=why
    )


def found(*points: FrontierPoint, **changes: Any) -> Frontier:
    fields: dict[str, Any] = {"options": PlanOptions(), "points": points, "sweep": ()}
    return Frontier(**(fields | {"current": NOW} | changes))


def test_a_plan_tells_what_it_gains_and_what_it_costs() -> None:
    assert against_sentence(point(1, 190.0, 130.0), NOW) == (
        "Gains 30.0 of what is left after the worst failure (+30 %); costs 10.0 of value an hour "
        "(-5.0 %); abandon rate 1.9 % instead of 2.1 %; no longer breaks the 2 limits "
        "that are broken now."
    )
    sound = NOW.model_copy(update={"breaches": ()})
    same = point(1, 200.0, 100.0, abandon_rate=0.0211)
    assert against_sentence(same, sound) == (
        "As much value, and as much left after the worst failure; abandon rate 2.1 %."
    )


def test_the_lines_as_they_are_tell_their_figures_and_how_many_limits_they_break() -> None:
    assert current_sentence(found()) == (
        "The lines as they are: 200.0 of value an hour, 100.0 left if Dallas fails, abandon rate "
        "2.1 %; 2 limits broken; by the planning tables, as the plans."
    )
    assert current_sentence(found(current=None)) == ""


def test_searches_that_gave_nothing_are_told() -> None:
    sweep = (
        search(0.0, 1.0, PlanStatus.OPTIMAL),
        search(0.5, 1.0, PlanStatus.FEASIBLE),
        search(1.0, 1.0, PlanStatus.NO_PLAN),
        search(0.0, 0.25, PlanStatus.INFEASIBLE, "lock of 8 agents", "at most 1 % abandoned"),
        search(0.5, 0.25, PlanStatus.INFEASIBLE, "lock of 8 agents", "at most 1 % abandoned"),
        search(0.0, 0.125, PlanStatus.INFEASIBLE, *(f"limit {n}" for n in range(6))),
    )
    assert sweep_sentences(found(point(1, 200.0, 100.0), sweep=sweep)) == [
        "Weight 100 % on what survives: no plan was found in time.",
        "Weights 0 % and 50 % on what survives, at most 25 % of the abandoned calls: no plan holds "
        "all limits: these cannot hold together: lock of 8 agents; at most 1 % abandoned.",
        "Weight 0 % on what survives, at most 12.5 % of the abandoned calls: no plan holds all "
        "limits: these cannot hold together: limit 0; limit 1; limit 2; limit 3; and 2 more.",
        "1 of 2 plans found are not shown: another is as good or better in all three, but for "
        "rounding.",
    ]
    assert sweep_sentences(found(point(1, 1.0, 1.0), sweep=sweep[:1])) == []


def test_each_plan_tells_the_command_that_makes_it_again() -> None:
    options = PlanOptions(failures=2, time_limit=5.0)
    given = found(
        point(1, 200.0, 100.0, redundancy=0.0),
        point(2, 190.0, 110.0, redundancy=1 / 3, abandon_level=0.25),
        options=options,
    )
    assert how_to_plan(given) == [
        "Plan 1: planner plan DIR --failures 2 --time-limit 5",
        "Plan 2: planner plan DIR --redundancy 0.3333333333333333 --abandon-level 0.25 "
        "--failures 2 --time-limit 5",
    ]
    told = [row["plan_options"] for row in frontier_document(given)["points"]]
    assert [f"Plan {n}: planner plan DIR {text}" for n, text in enumerate(told, 1)] == how_to_plan(
        given
    )
    assert how_to_plan(given)[1].removeprefix("Plan 2: ") in frontier_page(given)


def layers(given: Frontier) -> list[list[dict[str, Any]]]:
    return [list(layer.data.values) for layer in clickable_frontier(given).chart.layer]


def test_the_frontier_goes_through_those_that_no_other_beats_in_both_axes() -> None:
    # The second has less of both than the third: it is there for its few abandoned calls.
    given = found(point(1, 210.0, 90.0), point(2, 195.0, 95.0), point(3, 190.0, 130.0))
    line, plans, numbers, diamond, words = layers(given)
    assert [p["Value an hour"] for p in line] == [210.0, 195.0, 190.0]
    beaten = found(point(1, 210.0, 90.0), point(2, 195.0, 80.0), point(3, 190.0, 130.0))
    line, plans, numbers, diamond, words = layers(beaten)
    assert [p["Value an hour"] for p in line] == [210.0, 190.0]
    assert [p["Plan"] for p in plans] == [1, 2, 3]
    assert numbers == plans  # each point bears the number of its plan
    assert diamond == words
    assert (diamond[0]["Value an hour"], diamond[0]["After the worst failure"]) == (200.0, 100.0)


def test_the_axes_have_room_for_the_lines_as_they_are() -> None:
    given = found(point(1, 300.0, 250.0))
    _, *_ = layers(given)
    encoding = frontier_chart(given).chart.layer[0].to_dict()["encoding"]
    low, high = encoding["x"]["scale"]["domain"]
    assert low < 200.0
    assert high > 300.0


def test_the_page_has_what_each_plan_gains_and_the_searches_without_one() -> None:
    sweep = (search(0.5, 1.0, PlanStatus.OPTIMAL), search(1.0, 1.0, PlanStatus.NO_PLAN))
    page = frontier_page(found(point(1, 190.0, 130.0), sweep=sweep))
    assert "Plan 1: Gains 30.0 of what is left" in page
    assert "no plan was found in time" in page
