"""The plans of a week, their order, their sums and the lines that move between them.

One agent line handles h(N) = 54 N / (1 + 0.75 N) calls an hour of N dial lines (derived in
one_agent.py): h(3) = 49.846, h(7) = 60.48.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Outage, Problem
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus
from planner.pipeline.pipeline import plan
from planner.report.studies.week import week_document, week_text
from planner.studies.week.spans import WhyNot
from planner.studies.week.week import WeekPlan, plan_week
from tests.support import one_agent
from tests.support.one_agent import handled

MONDAY = date(2026, 3, 2)
EXACT = PlanOptions(gap=0.0)


def campaign(name: str, schedule: str, **changes: Any) -> Campaign:
    return one_agent.campaign(name, schedule=schedule, start=date(2026, 1, 1), **changes)


A, B = campaign("A", "Mon 09:00-11:00"), campaign("B", "Mon 10:00-12:00")


def one_dialer(*campaigns: Campaign, **tables: Any) -> Problem:
    return Problem(dialers=(Dialer(dialer_id="D", ports=8),), campaigns=campaigns, **tables)


def item(name: str, dial: int, agent: int, **changes: Any) -> LineAssignment:
    return LineAssignment(
        campaign_id=name, dialer_id="D", dial_lines=dial, agent_lines=agent, **changes
    )


def planned(problem: Problem, options: PlanOptions = EXACT, **how: Any) -> WeekPlan:
    return plan_week(problem, options, week=MONDAY, **how)


def lines_by_hour(found: WeekPlan) -> dict[str, dict[str, tuple[int, int]]]:
    """Lines on the one dialer by campaign, for each interval that has a plan."""
    return {
        f"{interval.start:%a %H}": {pair[0]: counts for pair, counts in result.plan.lines().items()}
        for interval in found.intervals
        if (result := found.result_of(interval)) and result.plan
    }


def test_campaigns_that_are_closed_give_their_ports_to_those_that_run() -> None:
    # 8 ports: alone 7 + 1 lines; together 3 + 1 each, as h is concave.
    found = planned(one_dialer(A, B))
    assert lines_by_hour(found) == {
        "Mon 09": {"A": (7, 1)},
        "Mon 10": {"A": (3, 1), "B": (3, 1)},
        "Mon 11": {"B": (7, 1)},
    }
    assert [i.idle for i in found.intervals if i.running] == [
        (("B", WhyNot.CLOSED),),
        (),
        (("A", WhyNot.CLOSED),),
    ]


def test_the_week_sums_what_its_hours_bring() -> None:
    totals = planned(one_dialer(A, B)).totals()
    assert totals.value == pytest.approx(2 * handled(7) + 2 * handled(3))
    assert totals.throughput_value == pytest.approx(totals.value)
    assert totals.surviving_value == 0.0  # one dialer: nothing is left when it fails
    assert totals.gap == pytest.approx(0.0, abs=1e-8)
    hours = (totals.hours_planned, totals.hours_idle, totals.hours_without_plan)
    assert hours == (3.0, 165.0, 0.0)


def test_lines_moved_are_those_taken_from_campaigns_that_go_on() -> None:
    # At 10:00 A gives 4 dial lines, B gets 3 + 1; at 11:00 A ends, which moves nothing, and B gets
    # 4 dial lines. Before 09:00 there are no lines to compare with.
    found = planned(one_dialer(A, B))
    moves = [(i.lines_moved, i.lines_added) for i in found.intervals if i.running]
    assert moves == [(None, None), (4, 4), (0, 4)]
    assert (found.totals().lines_moved, found.totals().lines_added) == (4, 8)


def test_the_first_interval_moves_lines_away_from_the_current_ones() -> None:
    found = planned(one_dialer(A, assignments=(item("A", 4, 1),)))
    assert [(i.lines_moved, i.lines_added) for i in found.intervals if i.running] == [(0, 3)]


def test_a_running_set_that_comes_again_is_planned_once() -> None:
    calls = []
    given = one_dialer(campaign("A", "Mon-Fri 09:00-17:00"))
    found = planned(given, on_progress=lambda number, count, _: calls.append((number, count)))
    assert len(found.plans) == 1
    assert [i.plan for i in found.intervals if i.running] == [0] * 5
    assert set(calls) == {(1, 1)}


def test_with_a_price_lines_stay_where_moving_gains_less_over_the_week() -> None:
    # Order of running sets: A, A + B, A again. A alone has n dial lines, with B beside it k, B
    # 6 - k, and after it all 7 that there are, as lines that it gets cost nothing: worth
    # h(n) + h(k) + h(6 - k) + h(7) less the price of n - k moved lines. By enumeration:
    given = one_dialer(
        campaign("A", "Mon 09:00-10:00; Mon 10:00-11:00; Mon 11:00-12:00"),
        campaign("B", "Mon 10:00-11:00"),
    )
    for price in (2.0, 5.0):
        worth = {
            (n, k): handled(n) + handled(k) + handled(6 - k) + handled(7) - price * max(n - k, 0)
            for n in range(1, 8)
            for k in range(1, 6)
        }
        n, k = max(worth, key=lambda pair: worth[pair])
        found = planned(given, PlanOptions(gap=0.0, move_cost=price))
        assert lines_by_hour(found) == {
            "Mon 09": {"A": (n, 1)},
            "Mon 10": {"A": (k, 1), "B": (6 - k, 1)},
            "Mon 11": {"A": (7, 1)},
        }
        totals = found.totals()
        assert totals.lines_moved == n - k
        assert totals.value == pytest.approx(worth[n, k] + price * (n - k))
        # What the hours could bring is told beside it: moves are not in it.
        assert totals.bound == pytest.approx(2 * handled(7) + 2 * handled(3))
        assert found.value_if_lines_move == pytest.approx(totals.bound)
        assert found.lines_moved_if_they_move == 4
    dear = planned(given, PlanOptions(gap=0.0, move_cost=50.0)).totals()
    assert dear.lines_moved == 0
    assert dear.value >= 4 * handled(3)  # as many lines as both have together, all the time


def test_with_a_price_each_running_set_is_still_searched_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Problem] = []

    def recorded(problem: Problem, options: PlanOptions, **how: Any) -> PlanResult:
        seen.append(problem)
        return plan(problem, options, **how)

    monkeypatch.setattr("planner.pipeline.pipeline.plan", recorded)
    found = planned(one_dialer(A, B), PlanOptions(gap=0.0, move_cost=1.0))
    assert len(seen) == len({tuple(c.campaign_id for c in problem.campaigns) for problem in seen})
    assert len(seen) == 3
    assert all(result.options.move_cost == 1.0 for result in found.plans)


def test_with_a_price_hours_are_searched_less_closely_but_told_by_the_gap_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gaps: list[float] = []

    def loose(problem: Problem, options: PlanOptions, **how: Any) -> PlanResult:
        gaps.append(options.gap)
        found = plan(problem, options.model_copy(update={"gap": 0.0}), **how)
        assert found.value is not None
        bound = found.value.value_per_hour / (1 - 0.012)
        return found.model_copy(
            update={
                "options": options,
                "bound_per_hour": bound,
                "gap": 0.012,
                "status": PlanStatus.OPTIMAL if options.gap >= 0.012 else PlanStatus.FEASIBLE,
            }
        )

    monkeypatch.setattr("planner.pipeline.pipeline.plan", loose)
    given = one_dialer(campaign("A", "Mon 09:00-10:00"))
    dear = planned(given, PlanOptions(gap=0.01, move_cost=0.1))
    free = planned(given, PlanOptions(gap=0.01))
    assert gaps[0] > 0.012
    assert gaps[1] == 0.01
    for found in (dear, free):
        assert [r.status for r in found.plans] == [PlanStatus.FEASIBLE]
        assert [r.options.gap for r in found.plans] == [0.01]
        assert found.totals().gap == pytest.approx(0.012)


def test_an_hour_whose_search_ended_without_a_plan_is_searched_again_and_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[float] = []

    def hurried(problem: Problem, options: PlanOptions, **how: Any) -> PlanResult:
        limits.append(options.time_limit)
        if len(limits) == 1:
            return PlanResult(status=PlanStatus.NO_PLAN, options=options)
        return plan(problem, options, **how)

    monkeypatch.setattr("planner.pipeline.pipeline.plan", hurried)
    found = planned(one_dialer(campaign("A", "Mon 09:00-10:00")), PlanOptions(time_limit=1.0))
    assert lines_by_hour(found) == {"Mon 09": {"A": (7, 1)}}
    assert len(limits) == 2
    assert limits[1] > limits[0]


def test_the_lines_before_the_week_are_kept_too() -> None:
    # Of 6 dial lines A has 5 and B one; a line of A's earns more with B as long as A has more.
    given = one_dialer(
        campaign("A", "Mon 09:00-10:00"),
        campaign("B", "Mon 09:00-10:00"),
        assignments=(item("A", 5, 1), item("B", 1, 1)),
    )
    for price in (0.1, 2.0, 20.0):
        worth = {k: handled(k) + handled(6 - k) - price * max(5 - k, 0) for k in range(1, 6)}
        k = max(worth, key=lambda n: worth[n])
        found = planned(given, PlanOptions(gap=0.0, move_cost=price))
        assert lines_by_hour(found) == {"Mon 09": {"A": (k, 1), "B": (6 - k, 1)}}
        assert found.totals().lines_moved == 5 - k


def test_fewest_lines_move_of_weeks_that_leave_a_share_of_the_value() -> None:
    # A, A + B, A again, as above: n and k dial lines, then 7. Of all with so much of the value.
    given = one_dialer(
        campaign("A", "Mon 09:00-10:00; Mon 10:00-11:00; Mon 11:00-12:00"),
        campaign("B", "Mon 10:00-11:00"),
    )
    freely = 2 * handled(7) + 2 * handled(3)
    for share in (0.9999, 0.98, 0.95, 0.5):
        moved = min(
            n - k
            for n in range(1, 8)
            for k in range(1, min(n, 5) + 1)
            if handled(n) + handled(k) + handled(6 - k) + handled(7) >= share * freely
        )
        found = planned(given, PlanOptions(gap=0.0), least_share=share)
        assert found.totals().value >= share * freely - 1e-9
        assert found.totals().lines_moved == moved
        assert found.value_if_lines_move == pytest.approx(freely)
        assert found.options.move_cost > 0
        assert {result.options.move_cost for result in found.plans} == {found.options.move_cost}


def test_an_interval_that_cannot_be_planned_does_not_stop_the_others() -> None:
    found = planned(one_dialer(A, campaign("B", "Mon 10:00-12:00", min_dialers=2)))
    assert found.status is PlanStatus.INFEASIBLE
    assert lines_by_hour(found) == {"Mon 09": {"A": (7, 1)}}
    ends = [r.status for i in found.intervals if (r := found.result_of(i))]
    assert ends == [PlanStatus.OPTIMAL, PlanStatus.INFEASIBLE, PlanStatus.INFEASIBLE]
    assert all(r.conflicts for r in found.plans[1:])
    assert found.totals().hours_without_plan == 2.0
    assert found.totals().value == pytest.approx(handled(7))


def test_locked_lines_stay_in_every_interval_in_which_their_campaign_runs() -> None:
    # A keeps 2 + 1, closed or not in between; B gets the other 5 ports.
    given = one_dialer(
        campaign("A", "Mon 09:00-10:00; Mon 11:00-12:00"),
        B,
        assignments=(item("A", 2, 1, locked=True),),
    )
    assert lines_by_hour(planned(given)) == {
        "Mon 09": {"A": (2, 1)},
        "Mon 10": {"B": (7, 1)},
        "Mon 11": {"A": (2, 1), "B": (4, 1)},
    }


def test_kept_current_lines_stay_as_if_locked_and_others_are_planned_anew() -> None:
    given = one_dialer(A, B, assignments=(item("A", 2, 1),))
    assert lines_by_hour(planned(given, PlanOptions(gap=0.0, keep_current=True))) == {
        "Mon 09": {"A": (2, 1)},
        "Mon 10": {"A": (2, 1), "B": (4, 1)},
        "Mon 11": {"B": (7, 1)},
    }


def test_a_stop_leaves_out_what_was_not_begun() -> None:
    found = planned(one_dialer(A, B), stop=lambda: True)
    assert found.status is PlanStatus.NO_PLAN
    assert [result.status for result in found.plans] == [PlanStatus.NO_PLAN] * 3
    assert found.totals().value == 0.0


def test_without_a_day_the_coming_week_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday

    monkeypatch.setattr("planner.studies.week.week.datetime", Clock)
    found = plan_week(one_dialer(campaign("A", "Mon 09:00-17:00", stop=date(2026, 3, 3))))
    assert found.monday == date(2026, 3, 9)
    assert found.plans == ()  # A has ended by then
    assert found.status is PlanStatus.OPTIMAL


def test_the_same_hours_of_all_days_have_the_same_lines() -> None:
    given = one_dialer(campaign("A", "Mon-Fri 09:00-17:00"))
    found = planned(given, PlanOptions(gap=0.0, move_cost=2.0))
    lines = [found.plans[i.plan].plan for i in found.intervals if i.plan is not None]
    assert len({plan.assignments for plan in lines if plan}) == 1
    assert {i.lines_moved for i in found.intervals if i.running} == {None, 0}


def test_every_hour_answers_and_tells_what_it_gives_up() -> None:
    # 9 to 11 both dialers are up, of which campaign A asks for two; from 10 on one is out.
    out = Outage(
        dialer_id="D1",
        start=datetime(2026, 3, 2, 10, tzinfo=UTC),
        end=datetime(2026, 3, 2, 11, tzinfo=UTC),
    )
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=8), Dialer(dialer_id="D2", ports=8)),
        campaigns=(campaign("A", "Mon 09:00-11:00", min_dialers=2, agent_lines=2),),
        outages=(out,),
    )
    found = planned(problem, EXACT.model_copy(update={"relax": True}))
    assert found.status is PlanStatus.RELAXED
    running = [i for i in found.intervals if i.running]
    results = [found.result_of(i) for i in running]
    assert [r and r.status for r in results] == [PlanStatus.OPTIMAL, PlanStatus.RELAXED]
    assert [len(r.given_up) for r in results if r is not None] == [0, 1]
    totals = found.totals()
    assert (totals.hours_planned, totals.hours_relaxed, totals.hours_without_plan) == (2, 1, 0)
    said = " ".join(week_text(found).split())
    assert "Mon 10:00-11:00: A (priority 1): should run on 2 dialers, runs on 1." in said
    first, last = (i for i in week_document(found)["intervals"] if i["running"])
    assert (first["given_up"], last["given_up"][0]["requirement"]) == ([], "min_dialers")


def test_a_limit_and_a_pool_of_a_campaign_do_not_hold_a_week_up_while_it_is_closed() -> None:
    # B has two agents from a pool of its own, and at most 3 lines: 2 + 1, as 1 + 1 make less.
    pooled = campaign("B", "Mon 10:00-12:00", agent_lines=None)
    found = planned(
        one_dialer(
            A,
            pooled,
            pools=(PoolRow(pool="P", agent_lines=2, campaigns="B"),),
            limits=(LimitRow(campaign_id="B", max_lines=3),),
        )
    )
    assert lines_by_hour(found) == {
        "Mon 09": {"A": (7, 1)},
        "Mon 10": {"A": (4, 1), "B": (2, 1)},
        "Mon 11": {"B": (2, 1)},
    }


def test_hours_without_anybody_on_shift_are_a_part_of_a_week() -> None:
    # Agents come at ten; B's never do.
    pools = (
        PoolRow(pool="P", agent_lines=1, campaigns="A", from_="10:00", to="11:00"),
        PoolRow(pool="Q", agent_lines=0, campaigns="B"),
    )
    found = planned(
        one_dialer(
            campaign("A", "Mon 09:00-11:00", agent_lines=None),
            campaign("B", "Mon 10:00-12:00", agent_lines=None),
            pools=pools,
        )
    )
    assert lines_by_hour(found) == {"Mon 09": {}, "Mon 10": {"A": (7, 1)}, "Mon 11": {}}
