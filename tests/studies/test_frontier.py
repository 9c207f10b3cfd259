"""The frontier: its ends, what it leaves out, and what it proves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import planner.pipeline.pipeline
from planner.cli.main import main
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult
from planner.evaluation.arrays import PlanArrays, evaluate
from planner.evaluation.limits.check import check
from planner.report.studies.frontier import frontier_text
from planner.studies.frontier import Frontier, FrontierPoint, frontier, non_dominated
from planner.tables.folder_writing import write_folder
from tests.support import one_agent
from tests.support.builders import solar, tiny_problem
from tests.support.reference import best_value_by_enumeration
from tests.support.results import two_dialers

#: Random tiny problems that have a plan, and whose plans leave something after a failure.
SEEDS = [103, 124, 131, 132, 135]
EXACT = PlanOptions(gap=0.0)


def tiny(seed: int) -> Problem:
    """A tiny problem whose figures are exact: limits of calls per second would be simulated."""
    problem = tiny_problem(seed)
    unlimited = {
        table: tuple(item.model_copy(update={"cps": None}) for item in getattr(problem, table))
        for table in ("dialers", "trunk_groups")
    }
    return problem.model_copy(update=unlimited)


def figures(point: FrontierPoint) -> tuple[float, float, float]:
    """What is better the larger it is."""
    return (
        point.throughput_value_per_hour,
        point.surviving_value_per_hour,
        -point.abandon_rate,
    )


def beats(one: tuple[float, ...], other: tuple[float, ...], tolerance: float = 0.0) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(a >= b for a, b in pairs) and any(a > b + tolerance * (1 + abs(b)) for a, b in pairs)


def judged(problem: Problem, plan: LinePlan) -> tuple[float, float, float]:
    """Throughput, surviving value and abandon rate of a plan, computed apart from the frontier."""
    value = evaluate(problem, plan, 0.0).value
    rates = PlanArrays(problem, plan).rates
    live = [c.is_live_transfer for c in problem.campaigns]
    answered = rates.live_answered[live].sum()
    rate = rates.abandoned[live].sum() / answered if answered else 0.0
    return value.throughput_value_per_hour, value.surviving_value_per_hour, -rate


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ends_are_the_best_of_all_plans(seed: int) -> None:
    problem = tiny(seed)
    found = frontier(problem, EXACT, points=3, levels=1).points
    most = max(point.throughput_value_per_hour for point in found)
    safest = max(point.surviving_value_per_hour for point in found)
    assert most == pytest.approx(best_value_by_enumeration(problem, 0.0), rel=1e-7, abs=1e-7)
    assert safest == pytest.approx(best_value_by_enumeration(problem, 1.0), rel=1e-7, abs=1e-7)
    assert found[0].throughput_value_per_hour == most


@pytest.mark.parametrize("seed", SEEDS[2:4])
def test_no_plan_seen_beats_a_point(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, seen = tiny(seed), []
    real = planner.pipeline.pipeline.plan

    def watched(*arguments: Any, **named: Any) -> PlanResult:
        result = real(*arguments, **named)
        seen.append(result)
        return result

    monkeypatch.setattr("planner.pipeline.pipeline.plan", watched)
    found = frontier(problem, EXACT, points=4, levels=2).points
    plans = [judged(problem, result.plan) for result in seen if result.plan is not None]
    assert len(plans) >= 4
    for point in found:
        assert not any(beats(other, figures(point), 1e-7) for other in plans)
    # Every plan seen is matched or beaten by a point, so none worth having is lost.
    for mine in plans:
        assert any(
            all(a >= b - 1e-7 * (1 + abs(b)) for a, b in zip(figures(p), mine, strict=True))
            for p in found
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_options_that_a_point_tells_make_its_lines_again(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(tiny(seed), tmp_path / "fleet")
    command = ["frontier", str(tmp_path / "fleet"), "--json", "--points", "3", "--gap", "0.0"]
    assert main([*command, "--levels", "3", "--failures", "1", "--seed", "7"]) == 0
    points = json.loads(capsys.readouterr().out)["points"]
    assert points
    for point in points:
        told = point["plan_options"].split()
        assert {"--seed", "--gap"} <= set(told)
        assert main(["plan", str(tmp_path / "fleet"), "--json", *told]) == 0
        again = json.loads(capsys.readouterr().out)
        keys = ("campaign_id", "dialer_id", "dial_lines", "agent_lines")
        lines = [[row[key] for key in keys] for row in again["assignments"]]
        assert lines == [[row[key] for key in keys] for row in point["assignments"]]
        assert again["value_per_hour"] == pytest.approx(point["value_per_hour"], rel=1e-12)


def test_half_a_level_abandons_half_of_what_the_plan_without_it_abandons() -> None:
    problem = two_dialers()
    (whole,) = planner.pipeline.pipeline.plan(problem, PlanOptions(), explained=False).campaigns
    half = planner.pipeline.pipeline.plan(problem, PlanOptions(abandon_level=0.5), explained=False)
    assert whole.abandon_rate == pytest.approx(0.021137, rel=1e-4)  # two of 95 + 5 lines
    assert half.campaigns[0].abandon_rate is not None
    assert 0 < half.campaigns[0].abandon_rate <= 0.5 * whole.abandon_rate
    assert half.options.abandon_level == 0.5


def test_being_ahead_by_less_than_is_shown_keeps_no_point() -> None:
    best = _point(1000.0, 600.0, 0.0187)
    hair = _point(990.0, 600.1, 0.01862)  # ahead by 0.02 % and by 0.008 points: rounding
    fewer = _point(990.0, 600.0, 0.0180)
    safer = _point(990.0, 606.0, 0.0187)
    assert non_dominated([hair, best]) == [best]
    assert non_dominated([best, fewer]) == [best, fewer]
    assert non_dominated([safer, best]) == [best, safer]
    # Each of three beats the next but for rounding: one of them stays at the least.
    around = [
        _point(1000.0, 1000.4, 0.01),
        _point(1000.4, 999.8, 0.01),
        _point(999.8, 1000.0, 0.0099),
    ]
    assert non_dominated(around)


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=12))
def test_points_are_kept_as_by_comparing_each_with_each(triples: list[tuple[int, ...]]) -> None:
    kept = {figures(point) for point in non_dominated(_point(*triple) for triple in triples)}
    every = {(float(f), float(w), -float(r)) for f, w, r in triples}
    assert kept == {mine for mine in every if not any(beats(other, mine) for other in every)}


def test_of_equal_points_the_best_proven_is_kept() -> None:
    (kept,) = non_dominated([_point(5, 3, 1, gap=0.2), _point(5, 3, 1, gap=0.1)])
    assert kept.gap == 0.1


def _point(value: float, survives: float, rate: float, gap: float = 0.0) -> FrontierPoint:
    return FrontierPoint(
        number=0,
        throughput_value_per_hour=value,
        surviving_value_per_hour=survives,
        worst_failure_domain=None,
        abandon_rate=rate,
        transfers_per_hour=None,
        messages_per_hour=None,
        abandons_per_hour=None,
        redundancy=0.0,
        abandon_level=1.0,
        value_per_hour=value,
        bound_per_hour=value,
        gap=gap,
        lines=(),
    )


def example() -> tuple[Problem, Frontier]:
    problem = two_dialers()
    return problem, frontier(problem, PlanOptions(gap=0.001), points=2, levels=2)


def test_every_point_holds_the_limits_and_what_it_proves() -> None:
    problem, found = example()
    assert len(found.points) >= 2
    for point in found.points:
        plan = LinePlan(assignments=point.lines)
        assert check(problem, plan) == ()
        assert judged(problem, plan) == pytest.approx(figures(point), rel=1e-9)
        value = (1 - point.redundancy) * point.throughput_value_per_hour
        value += point.redundancy * point.surviving_value_per_hour
        assert point.value_per_hour == pytest.approx(value, rel=1e-9)
        assert point.value_per_hour <= point.bound_per_hour
        assert point.gap <= 0.001


def test_a_tighter_level_abandons_at_most_its_share() -> None:
    _, found = example()
    # The best plan is 95 + 5 on each dialer, which abandons 0.021137 of its answers.
    tight = [point for point in found.points if point.abandon_level == 0.5]
    assert tight
    assert all(point.abandon_rate <= 0.5 * 0.021137 for point in tight)


def test_where_nobody_is_abandoned_there_is_one_level() -> None:
    broadcast = {"kind": "broadcast", "agent_lines": 0, "transfer_rate": None, "talk_seconds": None}
    problem = two_dialers(campaigns=(solar().model_copy(update=broadcast),))
    assert {search.abandon_level for search in frontier(problem, points=2, levels=4).sweep} == {1.0}


def test_without_any_plan_the_conflict_is_told_once() -> None:
    found = frontier(two_dialers(campaigns=(solar(min_dialers=3),)), points=5)
    assert found.points == ()
    assert found.conflicts
    assert len(found.sweep) == 1


def test_a_stopped_sweep_keeps_what_it_found() -> None:
    begun: list[str] = []
    found = frontier(
        two_dialers(),
        points=5,
        levels=1,
        stop=lambda: len(begun) > 1,
        on_progress=lambda _, phase: begun.append(phase),
    )
    assert found.stopped_early
    assert 1 <= len(found.sweep) < 5


@pytest.mark.parametrize("how", [{"points": 1}, {"points": 202}, {"levels": 0}, {"levels": 11}])
def test_a_sweep_is_neither_empty_nor_endless(how: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a whole number from"):
        frontier(two_dialers(), **how)


def test_two_failures_at_once_leave_what_one_dialer_carries() -> None:
    # Three dialers of 4 ports, three agents: 3 + 1 lines on each, of which one is left.
    three = [one_agent.dialer(name, 4) for name in "DEF"]
    given = one_agent.problem(*three, campaigns=[one_agent.campaign(agent_lines=3)])
    options = PlanOptions(gap=0.0, failures=2)
    *_, safest = frontier(given, options, points=2, levels=1).points
    assert safest.surviving_value_per_hour == pytest.approx(one_agent.handled(3))
    assert safest.worst_failure_domain in {"D and E", "D and F", "E and F"}


def test_a_campaign_that_cannot_run_is_told_and_asks_for_nothing() -> None:
    # Solar's 10 agents on two dialers of 100 ports: 2 x 79.260393 transfers an hour (MODEL.md 3).
    campaigns = (solar(), solar(campaign_id="Over", records=0, min_transfers_per_hour=9.0))
    found = frontier(two_dialers(campaigns=campaigns), EXACT, points=2, levels=1)
    assert found.points[0].throughput_value_per_hour == pytest.approx(158.520786, abs=1e-5)
    assert [(item.campaign_id, item.why) for item in found.left_out] == [
        ("Over", "its dial list is empty")
    ]
    assert "Over gets no lines: its dial list is empty." in frontier_text(found)
