"""What-if: the current lines in a changed world, and lines planned anew with few moves."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.contracts.comparison import Outcome
from planner.contracts.faults import InputError
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.contracts.result import PlanOptions, PlanStatus, Status
from planner.contracts.values.times import Interval
from planner.report.studies.whatif import comparison_text
from planner.studies.whatif import NoPlan, planning_anew, whatif
from tests.support import one_agent
from tests.support.builders import solar
from tests.support.reference import hourly_rates
from tests.support.results import two_dialers

DATA = Path(__file__).parents[2] / "data"
ALWAYS = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
D1_DOWN = ["dialer.D1.in_service=false"]


def lines(
    dialer_id: str, dial: int, agents: int, name: str = "Solar", **more: Any
) -> LineAssignment:
    return LineAssignment(
        campaign_id=name, dialer_id=dialer_id, dial_lines=dial, agent_lines=agents, **more
    )


def example(**changes: Any) -> Problem:
    """The example with 95 + 5 lines on each dialer."""
    fields: dict[str, Any] = {
        "campaigns": (solar(**ALWAYS),),
        "assignments": (lines("D1", 95, 5), lines("D2", 95, 5)),
    }
    return two_dialers(**(fields | changes))


def kept(problem: Problem, *expressions: str) -> Outcome:
    """What the lines come to in a world when nobody reacts."""
    return whatif(problem, {"world": expressions}).worlds[0].kept


# Nobody reacts


def test_a_limit_that_only_the_simulation_breaks_is_told_of_lines_that_stay() -> None:
    # Attempts that all last as long come in bursts, of which the tables know nothing.
    campaign = solar(**ALWAYS, attempt_cv=0.0, max_abandon_rate=0.022)
    found = kept(example(campaigns=(campaign,)))
    told = [words for words in found.breaches if "simulated" in words]
    assert len(told) == 1
    assert told[0].startswith("Solar: max_abandon_rate 2.2 %, simulated ")


def test_a_dialer_out_of_service_loses_its_calls() -> None:
    found = kept(example(), *D1_DOWN)
    # Check values of 95 + 5 lines: 79.260393 transfers and 21.242975 abandoned calls an hour.
    assert found.value_per_hour == pytest.approx(79.260393, abs=1e-6)
    assert found.transfers_per_hour == pytest.approx(79.260393, abs=1e-6)
    assert found.abandons_per_hour == pytest.approx(21.242975, abs=1e-6)
    assert (found.surviving_value_per_hour, found.worst_failure_domain) == (0.0, "D2")
    assert [(item.dialer_id, item.dial_lines, item.agent_lines) for item in found.lost] == [
        ("D1", 95, 5)
    ]
    assert (found.ports_used, found.ports) == (100, 100)


def test_statuses_are_those_of_the_changed_world() -> None:
    found = kept(example(), *D1_DOWN)
    assert [row.status for row in found.figures] == [Status.BY_DIALER, Status.RUNNING]
    assert found.figures[0].transfers_per_hour is None


def test_the_base_is_what_the_current_lines_come_to() -> None:
    base = whatif(example(), {}).base.kept
    assert base.value_per_hour == pytest.approx(158.520786, abs=1e-5)
    assert base.surviving_value_per_hour == pytest.approx(79.260393, abs=1e-6)
    # 79.260393 talks of 180 s an hour take 3.963020 of the 5 agent lines of a dialer.
    assert base.agents_idle == pytest.approx(10 - 2 * 79.260393 * 180 / 3600, abs=1e-6)


def test_a_changed_world_equals_a_folder_edited_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    shutil.copytree(DATA / "quickstart", folder)
    text = (folder / "campaigns.csv").read_text()
    assert ",25,0.10,0.10,180," in text
    (folder / "campaigns.csv").write_text(text.replace(",25,0.10,", ",25,0.12,"))
    by_hand = planner.project(
        planner.read_folder(folder), at=datetime(2030, 3, 4, 9, tzinfo=UTC), hours=1
    )
    problem = planner.read_folder(DATA / "quickstart")
    found = kept(problem, "campaign.Solar.answer_rate*=1.2")
    assert len(found.figures) == 2
    for mine, theirs in zip(found.figures, by_hand.assignments, strict=True):
        assert mine.transfers_per_hour == theirs.transfers_per_hour
        assert mine.abandon_rate == theirs.abandon_rate
        assert mine.seconds_to_all_busy_p90 == theirs.seconds_to_all_busy_p90


def test_fewer_agents_leave_lines_without_an_agent() -> None:
    found = kept(example(), "campaign.Solar.agent_lines-=1")
    # 9 agents on 5 + 5 lines: the first dialer keeps 5, the second 4 with its 95 dial lines.
    expected = sum(hourly_rates(solar(), 95, agents)[0] for agents in (5, 4))
    assert found.value_per_hour == pytest.approx(expected, rel=1e-9)
    assert "only 9 agents are on shift" in found.lost[0].reason


def test_fewer_ports_cut_dial_lines() -> None:
    found = kept(example(), "dialer.D1.ports=80")
    expected = hourly_rates(solar(), 75, 5)[0] + hourly_rates(solar(), 95, 5)[0]
    assert found.value_per_hour == pytest.approx(expected, rel=1e-9)


def test_a_stopped_campaign_earns_nothing() -> None:
    found = kept(example(), "campaign.Solar.status=stopped")
    assert (found.value_per_hour, found.lines) == (0.0, ())
    assert {item.reason for item in found.lost} == {"the campaign is stopped"}


def test_edited_lines_count_as_moved() -> None:
    texts = ["assignment.Solar.D1.dial_lines-=10", "assignment.Solar.D2.dial_lines-=5"]
    assert kept(example(), *texts).lines_moved == 15
    texts[1] = "assignment.Solar.D2.dial_lines+=4"  # 4 of the 10 go there
    assert kept(example(), *texts).lines_moved == 10


def test_broken_limits_are_told() -> None:
    found = kept(example(), "campaign.Solar.min_dialers=2", *D1_DOWN)
    assert found.breaches == ("Solar: runs on 1 dialer, at least 2 are required.",)


def test_a_world_in_which_nothing_changes_is_the_base() -> None:
    compared = whatif(example(), {"same": []})
    assert compared.worlds[0].kept == compared.base.kept


def test_worlds_do_not_build_on_each_other() -> None:
    both = whatif(example(), {"a": ["campaign.*.value*=2"], "b": ["campaign.*.value*=3"]})
    values = [world.kept.value_per_hour for world in both.worlds]
    assert values == pytest.approx([2 * 158.520786, 3 * 158.520786], rel=1e-7)


def test_the_aim_blends_value_and_what_survives() -> None:
    compared = whatif(example(), {}, PlanOptions(redundancy=0.25))
    assert compared.base.kept.aim_per_hour == pytest.approx(
        0.75 * 158.520786 + 0.25 * 79.260393, abs=1e-5
    )


def test_without_lines_the_base_is_the_plan() -> None:
    compared = whatif(example(assignments=()), {"fewer": ["assignment.Solar.D1.dial_lines-=1"]})
    assert compared.base_is_plan
    assert compared.base.kept.value_per_hour == pytest.approx(158.520786, rel=1e-3)
    assert compared.worlds[0].kept.lines_moved == 1


def test_without_lines_the_nearest_plan_is_what_is_compared_with() -> None:
    compared = whatif(example(assignments=(), campaigns=(solar(min_dialers=3),)), {})
    # Two dialers of 100 ports with 10 agents: 95 + 5 lines on each are the best split of equals.
    assert compared.base.kept.value_per_hour == pytest.approx(158.520786, rel=1e-3)


def test_without_lines_and_without_a_plan_there_is_nothing_to_compare() -> None:
    problem = example(assignments=(), campaigns=(solar(min_dialers=3, priority=0),))
    with pytest.raises(NoPlan) as caught:
        whatif(problem, {})
    assert caught.value.result.status is PlanStatus.INFEASIBLE


# Planned anew


def test_lines_go_where_they_earn_most() -> None:
    (world,) = whatif(example(), {"down": D1_DOWN}, replan=True).worlds
    # Of all lines that fit into 100 ports of D2 with 10 agents on shift, the best:
    best = max(hourly_rates(solar(), 100 - agents, agents)[0] for agents in range(1, 11))
    assert world.replanned is not None
    assert world.replanned.outcome is not None
    assert world.replanned.outcome.value_per_hour == pytest.approx(best, rel=1e-3)
    assert world.replanned.outcome.breaches == ()
    (move,) = world.replanned.moves
    assert move.instruction == (
        "On D2 change Solar from 95 dial lines and 5 agent lines to 90 dial lines and 10 agent "
        "lines."
    )


def test_no_line_moves_where_none_gains_enough() -> None:
    problem = example(assignments=(lines("D1", 90, 5), lines("D2", 90, 5)))
    dear, cheap = (
        whatif(problem, {"same": []}, replan=True, move_cost=cost).worlds[0].replanned
        for cost in (1e6, 0.0)
    )
    assert dear is not None
    assert cheap is not None
    assert (dear.moves, dear.outcome and dear.outcome.lines_moved) == ((), 0)
    assert cheap.outcome is not None
    assert cheap.outcome.value_per_hour == pytest.approx(158.520786, rel=1e-3)


def test_a_campaign_stays_where_its_moves_gain_too_little() -> None:
    # Two broadcasts on dialers of their own: one line more for A earns 120 * 0.5 = 60 an hour, for
    # B 0.6. At a price of 10 a line, A gets its 20 free ports and B stays on 80 of 100.
    figures: dict[str, Any] = {"kind": "broadcast", "attempt_seconds": 30, "answer_rate": 0.5}
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=100), Dialer(dialer_id="D2", ports=100)),
        campaigns=(
            Campaign(campaign_id="A", allowed_dialers=("D1",), **figures),
            Campaign(campaign_id="B", allowed_dialers=("D2",), value=0.01, **figures),
        ),
        assignments=(lines("D1", 80, 0, "A"), lines("D2", 80, 0, "B")),
    )
    (world,) = whatif(problem, {"same": []}, replan=True, move_cost=10.0).worlds
    assert world.replanned is not None
    (move,) = world.replanned.moves
    assert move.instruction == "On D1 raise A from 80 dial lines to 100 dial lines."


def test_the_lines_of_a_stopped_campaign_go_to_others() -> None:
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=100),),
        campaigns=(solar(), solar(campaign_id="Other")),
        assignments=(lines("D1", 45, 5), lines("D1", 45, 5, "Other")),
    )
    (world,) = whatif(problem, {"stop": ["campaign.Other.status=stopped"]}, replan=True).worlds
    assert world.replanned is not None
    first, *_ = world.replanned.moves
    assert first.instruction == "On D1 take Other off: 45 dial lines and 5 agent lines."
    best = max(hourly_rates(solar(), 100 - agents, agents)[0] for agents in range(1, 11))
    assert world.replanned.outcome is not None
    assert world.replanned.outcome.value_per_hour == pytest.approx(best, rel=1e-3)


def test_a_world_without_a_plan_tells_why() -> None:
    # 50 locked lines do not fit the 40 ports that are left, and locks are never given up.
    problem = example(
        dialers=(Dialer(dialer_id="D1", ports=100), Dialer(dialer_id="D2", ports=100)),
        assignments=(lines("D1", 95, 5), lines("D2", 45, 5, locked=True)),
    )
    compared = whatif(problem, {"small": ["dialer.D2.ports=40"]}, replan=True)
    (world,) = compared.worlds
    assert world.replanned is not None
    assert world.replanned.status is PlanStatus.INFEASIBLE
    assert world.replanned.outcome is None
    assert world.replanned.conflicts
    said = " ".join(comparison_text(compared).split())
    assert "No plan meets all requirements." in said
    assert "Cannot hold together" in said


def test_simulated_worlds_repeat_with_the_seed() -> None:
    broadcast = Campaign(campaign_id="Solar", kind="broadcast", attempt_seconds=30, answer_rate=0.5)
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=5, cps=0.1),),
        campaigns=(broadcast,),
        assignments=(lines("D1", 5, 0),),
    )
    options = PlanOptions(seed=3)
    first, second = (whatif(problem, {"x": ["dialer.D1.cps=0.12"]}, options) for _ in range(2))
    assert first == second
    assert any("Simulated" in note for note in first.notes)


# Faults


def test_all_faults_of_all_worlds_are_told_at_once() -> None:
    worlds = {"a": ["dialer.D9.ports=1"], "base": ["dialer.D1.ports=x"], "": []}
    with pytest.raises(InputError) as caught:
        whatif(example(), worlds)
    assert [fault.value for fault in caught.value.faults] == ["D9", "base", "x", ""]
    assert str(caught.value.faults[0]).startswith("a: dialer.D9.ports=1: 'D9' is not")


def test_nothing_is_planned_where_an_expression_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.pipeline.pipeline.plan", pytest.fail)
    with pytest.raises(InputError):
        whatif(example(assignments=()), {"a": ["dialer.D9.ports=1"]}, replan=True)


# Two failures at once


def three_dialers(**changes: Any) -> Problem:
    """Solar with 25 + 3, 20 + 2 and 15 + 1 lines: they handle different amounts."""
    fields: dict[str, Any] = {
        "dialers": tuple(Dialer(dialer_id=name, ports=40) for name in ("D1", "D2", "D3")),
        "campaigns": (solar(**ALWAYS),),
        "assignments": (lines("D1", 25, 3), lines("D2", 20, 2), lines("D3", 15, 1)),
    }
    return Problem(**(fields | changes))


def test_two_failures_at_once_leave_the_smallest_dialer() -> None:
    left = hourly_rates(solar(), 15, 1)[0]
    total = left + hourly_rates(solar(), 25, 3)[0] + hourly_rates(solar(), 20, 2)[0]
    options = PlanOptions(failures=2, redundancy=0.5)
    found = whatif(three_dialers(), {}, options).base.kept
    assert found.surviving_value_per_hour == pytest.approx(left, rel=1e-9)
    assert found.worst_failure_domain == "D1 and D2"
    assert found.aim_per_hour == pytest.approx(0.5 * total + 0.5 * left, rel=1e-9)
    assert found.campaigns[0].surviving_share == pytest.approx(left / total, rel=1e-9)
    # A fifth survives one failure (two dialers are left), but not two: 10 % of the calls are on D3.
    share = (solar(survivable_share=0.2, **ALWAYS),)
    world = three_dialers(campaigns=share)
    assert whatif(world, {}).base.kept.breaches == ()
    (breach,) = whatif(world, {}, options).base.kept.breaches
    assert "survive the loss of D1 and D2" in breach


def test_a_carrier_that_fails_takes_all_its_dialers_down() -> None:
    group = TrunkGroup(trunk_group="T", channels=200, fails_together=True)
    dialers = tuple(
        Dialer(dialer_id=name, ports=40, trunk_group="T" if name != "D3" else None)
        for name in ("D1", "D2", "D3")
    )
    found = whatif(three_dialers(dialers=dialers, trunk_groups=(group,)), {}).base.kept
    assert found.worst_failure_domain == "trunk group T"
    left = hourly_rates(solar(), 15, 1)[0]
    assert found.surviving_value_per_hour == pytest.approx(left, rel=1e-9)


def test_lines_planned_anew_survive_two_failures() -> None:
    options = PlanOptions(failures=2, redundancy=1.0)
    (world,) = whatif(three_dialers(), {"same": []}, options, replan=True, move_cost=0.0).worlds
    assert world.replanned is not None
    assert world.replanned.outcome is not None
    # Ten agents: three on each dialer at least, whichever is left has 37 + 3 lines.
    left = hourly_rates(solar(), 37, 3)[0]
    assert world.replanned.outcome.surviving_value_per_hour == pytest.approx(left, rel=1e-3)


def test_a_stop_keeps_what_was_planned_and_begins_nothing_more() -> None:
    phases: list[str] = []
    names = ("first", "second", "third")
    found = whatif(
        example(),
        dict.fromkeys(names, D1_DOWN),
        replan=True,
        on_progress=lambda _, phase: phases.append(phase),
        stop=lambda: planning_anew("first") in phases,
    )
    assert phases == ["base", "first", planning_anew("first"), "second", "third"]
    first, *others = found.worlds
    assert first.replanned is not None
    assert first.replanned.outcome is not None
    for world in others:
        assert world.replanned is not None
        assert world.replanned.outcome is None
        assert world.replanned.stopped_early
        # Check value of 95 + 5 lines on D2 alone.
        assert world.kept.transfers_per_hour == pytest.approx(79.260393, abs=1e-6)
    assert found.notes[-1].endswith("by formula: second, third.")


def test_a_moment_has_only_who_runs_then_with_the_figures_of_then() -> None:
    # Day runs from 9 to 17 on Mondays, Late from 17 on; at 10 Day's one agent has other talk times:
    # half as long, at which one agent line with 7 dial lines handles 2 * 72 * x / (1 + x) an hour
    # with x = 7 * 0.375.
    day = one_agent.campaign("Day", schedule="Mon 09:00-17:00", start=date(2026, 1, 1))
    late = one_agent.campaign("Late", schedule="Mon 17:00-20:00", start=date(2026, 1, 1))
    problem = one_agent.problem(
        campaigns=[day, late],
        assignments=(one_agent.item("D", 3, 1, "Day"), one_agent.item("D", 3, 1, "Late")),
        intervals=(
            Interval(
                campaign_id="Day", days=(0,), from_minute=600, to_minute=660, talk_seconds=25.0
            ),
        ),
    )
    at = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    found = whatif(problem, {"same": []}, replan=True, move_cost=0.0, at=at)
    assert [c.campaign_id for c in found.base.kept.campaigns] == ["Day"]
    x = 3 * 0.375
    assert found.base.kept.value_per_hour == pytest.approx(144 * x / (1 + x))
    again = found.worlds[0].replanned
    assert again is not None
    assert again.outcome is not None
    x = 7 * 0.375
    assert again.outcome.value_per_hour == pytest.approx(144 * x / (1 + x))
    assert "Compared as of Mon 2026-03-02 10:30 (UTC). Cannot run then: Late" in found.notes[0]
