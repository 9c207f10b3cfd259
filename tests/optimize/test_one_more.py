"""What one more is worth: the difference of two best plans."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import planner
from planner.contracts.answers import Worth
from planner.contracts.problem import Dialer, Problem
from planner.contracts.result import PlanFigures, PlanOptions, PlanResult, Progress
from planner.evaluation.worth import resources
from planner.evaluation.worth.limits import without_limits
from planner.optimize import trials
from planner.optimize.search import optimize
from planner.report.plans.plan import plan_text
from planner.studies.changes import changed_problem
from tests.benchmarks.fleets import FAMILIES, fleet
from tests.support.builders import solar, tiny_problem
from tests.support.reference import best_value_by_enumeration

CASES = Path(__file__).resolve().parents[1] / "data" / "cases"
QUICKSTART = Path(__file__).resolve().parents[2] / "data" / "quickstart"


def test_one_more_agent_is_worth_most_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # cases/README: with 21 instead of 20 agents C6 gains 113.77 an hour, and nobody gains more.
    monkeypatch.setattr(trials, "WORK", 2000)  # so much is enough to tell who gains most
    found = planner.plan(CASES / "claims" / "one_more_agent", PlanOptions(time_limit=20))
    rows = {row.campaign_id: row for row in found.campaigns}
    best = rows["C6"]
    assert best.value_of_one_more_agent_line_low is not None
    assert best.value_of_one_more_agent_line_high is not None
    assert best.value_of_one_more_agent_line_low <= 113.77 <= best.value_of_one_more_agent_line_high
    told = {name: row.value_of_one_more_agent_line or 0.0 for name, row in rows.items()}
    assert max(told, key=lambda name: told[name]) == "C6"


def test_one_more_agent_of_a_pool_that_has_idle_ones_is_worth_nothing() -> None:
    # Dallas and Atlanta: whoever has nobody to sit with gains nothing by one more.
    found = planner.plan(CASES / "pools" / "agents_at_sites", PlanOptions(gap=0))
    idle = [row for row in found.pools if row.idle > 0]
    assert all(row.value_of_one_more_agent_line == 0.0 for row in idle)
    assert all(row.value_of_one_more_agent_line is not None for row in found.pools)


@cache
def planned(seed: int) -> tuple[Problem, float | None, PlanResult]:
    """A tiny problem, its best value, and its plan with all that is told of it."""
    problem = tiny_problem(seed)
    best = best_value_by_enumeration(problem, 0.0)
    return problem, best, planner.plan(problem, PlanOptions(gap=0))


@pytest.mark.parametrize("seed", range(30))
def test_what_limits_cost_and_what_helps_holds_against_enumeration(seed: int) -> None:
    problem, best, found = planned(seed)
    if best is None:
        assert found.helps == () == found.binding
        return
    for item in found.helps:
        after = best_value_by_enumeration(changed_problem(problem, item.set), 0.0)
        assert after is not None
        slack = 1e-9 * (1 + best)
        assert item.gain_low - slack <= after - best <= item.gain_high + slack, item
        assert item.gain_low <= item.gain <= item.gain_high
    gains = [item.gain for item in found.helps]
    assert gains == sorted(gains, reverse=True)


@pytest.mark.parametrize("seed", range(30))
def test_a_limit_is_named_where_it_costs_and_only_there(seed: int) -> None:
    problem, best, found = planned(seed)
    if best is None:
        return
    told = found.binding
    for change in without_limits(problem, keep_current=False):
        after = best_value_by_enumeration(change.problem, 0.0)
        assert after is not None
        named = [t for t in told if t.startswith(" on ".join(change.key)) and "which costs" in t]
        if change.limit == "locked":
            named = [t for t in named if "locked" in t]
        else:
            named = [t for t in named if f"({change.limit})" in t]
        assert bool(named) == (after - best > 1e-9 * (1 + best)), (change.expressions, told)


def test_dialers_that_are_alike_have_one_figure() -> None:
    dialers = tuple(Dialer(dialer_id=name, ports=9) for name in ("D", "E", "F"))
    other = solar(campaign_id="Other", agent_lines=3, value=2.0)
    problem = Problem(dialers=dialers, campaigns=(solar(agent_lines=4), other))
    found = planner.plan(problem, PlanOptions(gap=0.01))
    assert len({d.value_of_one_more_port for d in found.dialers}) == 1
    assert found.dialers[0].value_of_one_more_port is not None


def test_a_stop_leaves_what_was_not_reached_empty() -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return told > 3

    told = 0

    def progress(said: Progress) -> None:
        nonlocal told
        told += said.phase.startswith("what would help")

    problem = Problem(
        dialers=tuple(Dialer(dialer_id=name, ports=9) for name in ("D", "E")),
        campaigns=tuple(solar(campaign_id=f"C{c}", agent_lines=3) for c in range(6)),
    )
    found = planner.plan(problem, PlanOptions(), on_progress=progress, stop=stop)
    known = [c.value_of_one_more_agent_line for c in found.campaigns]
    assert None in known
    assert any(worth is not None for worth in known)


def _tied_fleet() -> tuple[Problem, PlanOptions]:
    """Four dialers and six campaigns, 30 % of what counts being what survives a failure."""
    family = next(f for f in FAMILIES if f.name == "redundancy 0.3")
    options = PlanOptions(redundancy=family.redundancy, figures=PlanFigures.FORMULAS)
    return fleet(4, 6, family, 0), options


def _trials(problem: Problem, options: PlanOptions) -> trials.Trials:
    """What may be tried around a fleet's plan."""
    before = optimize(problem, options)
    assert before.plan is not None
    assert before.value is not None
    assert before.bound is not None
    known = before.plan, before.value, before.bound, before.warm
    return trials.Trials(problem, options, *known)


def test_no_range_is_told_that_is_wider_than_the_figure_and_than_two_gaps() -> None:
    # After one short search each, 17 of 22 ranges were wider than two gaps, three of them around 0.
    problem, options = _tied_fleet()
    found = planner.plan(problem, options)
    assert found.value is not None
    most = 2 * options.gap * found.value.value_per_hour * 1.01
    told = [Worth(item.gain, item.gain_low, item.gain_high) for item in found.helps]
    for row in found.campaigns:
        value, low, high = (
            getattr(row, f"value_of_one_more_agent_line{end}") for end in ("", "_low", "_high")
        )
        told += [] if value is None else [Worth(value, low, high)]
    assert len(told) > 10
    for worth in told:
        assert worth.high - worth.low <= max(most, worth.value), worth


def test_a_search_that_decided_nothing_goes_on_where_it_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem, options = _tied_fleet()
    monkeypatch.setattr(trials, "SMALL_SEARCH_WORK", (40, 4000))
    tried = _trials(problem, options)
    tried.begin()
    change = next(resources.more_agent_lines(problem))
    tried.glance(change)
    open_before = tried.promise(change)
    assert tried.unclear(change)
    tried.search(change)
    assert tried.unclear(change)
    assert tried.promise(change) <= open_before
    tried.search(change)
    assert not tried.unclear(change)

    # Another search, of nothing but the fleet with the change, leaves nothing outside.
    closely = options.model_copy(update={"gap": 1e-7})
    with_it, without = optimize(change.problem, closely), optimize(problem, closely)
    assert with_it.value is not None
    assert without.value is not None
    (worth,) = (worth for _, worth in tried.worths())
    slack = 1e-6 * without.value
    assert worth.low - slack <= with_it.value - without.value <= worth.high + slack


class Clock:
    """A clock that is set by hand [s]."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_comparing_ends_with_the_time_limit_and_has_less_work_with_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem, options = _tied_fleet()
    clock = Clock()
    monkeypatch.setattr(trials, "time", clock)
    tried = _trials(problem, options.model_copy(update={"time_limit": trials.LONG / 3}))
    assert tried.most_work == trials.WORK / 3
    clock.now = trials.LONG / 3 - 0.1
    assert not tried.spent(tried.most_work)
    assert tried.spent(0)
    clock.now += 0.2
    assert tried.spent(tried.most_work)


def test_a_plan_whose_time_is_up_compares_nothing_and_says_so() -> None:
    given = planner.read_folder(QUICKSTART)
    found = planner.plan(given, PlanOptions(time_limit=1e-3))
    assert found.plan is not None
    assert found.helps == ()
    assert found.helps_stopped_early
    assert "Not all was compared: the time limit or a stop ended it." in " ".join(
        plan_text(found, given).split()
    )
    in_time = planner.plan(given)
    assert in_time.helps
    assert not in_time.helps_stopped_early
