"""What one more line would bring and break, against the checker and the formulas.

One agent line handles h(N) = 54 N / (1 + 0.75 N) calls an hour (derived in one_agent.py).
"""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.fleet.agents import PoolRow
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.evaluation.marginal import OneMore, Step
from planner.evaluation.reasons import explain
from planner.optimize.search import optimize
from tests.support.builders import tiny_problem
from tests.support.one_agent import campaign, dialer, handled, item

PLAIN = PlanOptions()
#: Rules about where lines may be and how many fit there, not about what the lines do.
WHERE = frozenset({"agent_lines", "in_service", "allowed_dialers", "locked", "ports", "channels"})


def lines(*items: LineAssignment) -> LinePlan:
    return LinePlan(assignments=items)


def stepped(problem: Problem, plan: LinePlan, c: int, d: int, step: Step) -> LinePlan:
    """The plan with other lines in one place."""
    names = problem.campaigns[c].campaign_id, problem.dialers[d].dialer_id
    rest = [a for a in plan.assignments if (a.campaign_id, a.dialer_id) != names]
    return lines(*rest, item(names[1], step.dial_lines, step.agent_lines, names[0]))


def with_all_running(problem: Problem, plan: LinePlan) -> Problem:
    """The problem with an agent and a port for each line of a plan, and all dialers in service."""
    lines = {c.campaign_id: 0 for c in problem.campaigns}
    for a in plan.assignments:
        lines[a.campaign_id] += a.agent_lines
    campaigns = tuple(
        c.model_copy(update={"agent_lines": max(c.agent_lines, lines[c.campaign_id])})
        for c in problem.campaigns
    )
    room: dict[str, object] = {"in_service": True, "ports": 1000}
    return problem.model_copy(
        update={
            "campaigns": campaigns,
            "dialers": tuple(d.model_copy(update=room) for d in problem.dialers),
            "trunk_groups": tuple(
                group.model_copy(update={"channels": 1000}) for group in problem.trunk_groups
            ),
        }
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_step_breaks_what_the_checker_says_and_gains_what_the_objective_does(seed: int) -> None:
    problem = tiny_problem(seed)
    options = PlanOptions(redundancy=(seed % 3) / 2)
    plan = optimize(problem, options).plan
    if plan is None:  # then from nothing, which breaks min_dialers: no step is about that
        plan, problem = lines(), problem.model_copy(update={"assignments": ()})
    tried = OneMore(problem, plan, options)
    before = evaluate(problem, plan, options.redundancy).value.value_per_hour
    for c, d in np.ndindex(tried.arrays.dial_lines.shape):
        if tried.arrays.in_use[c, d]:
            steps = [tried.more_dial_lines(c, d), tried.more_agent_lines(c, d)]
        else:
            steps = [tried.start(c, d)]
        for step in (s for s in steps if s is not None):
            after = stepped(problem, plan, c, d, step)
            # A step counts an agent and a port for each of its lines, and dialers in service.
            manned = with_all_running(problem, after)
            broken = {b.rule for b in check(problem, after)} & WHERE
            broken |= {b.rule for b in check(manned, after)} - {"min_dialers", *WHERE}
            if "locked" in broken:  # the checker tells only of locks that are not as they were
                assert "locked" in step.limits
            assert set(step.limits) - {"locked"} == broken - {"locked"}
            if "dial_lines" not in broken:
                value = evaluate(manned, after, options.redundancy).value.value_per_hour
                assert step.gain == pytest.approx(value - before, rel=1e-9, abs=1e-9)


def test_each_assignment_says_what_one_more_line_would_bring_and_what_stops_it() -> None:
    given = Problem(dialers=(dialer("D"),), campaigns=(campaign(),))
    (reason,) = explain(given, lines(item("D", 7, 1)), PLAIN).why
    assert reason.one_more_dial_line == pytest.approx(handled(8) - handled(7))  # 1.234
    assert reason.dial_line_limits == ("ports",)
    assert reason.agent_line_limits == ("agent_lines", "ports")
    assert reason.words.startswith(
        "C on D, 7 + 1 lines: one more dial line would bring 1.2 an hour, but all 8 ports of D are "
        "in use; one more agent line would bring "
    )
    assert reason.words.endswith(
        "but its one agent line on shift is assigned and all 8 ports of D are in use."
    )


def test_a_line_that_would_cost_says_so() -> None:
    # Redundancy 1: the aim is what is left when D fails, all of it on E. More on D brings nothing;
    # more on E leaves more: h(3) - h(2) = 49.846 - 43.2.
    given = Problem(
        dialers=(dialer("D"), dialer("E")), campaigns=(campaign(agent_lines=2, value=1.0),)
    )
    plan = lines(item("D", 3, 1), item("E", 2, 1))
    on_d, on_e = explain(given, plan, PlanOptions(redundancy=1.0)).why
    assert on_d.one_more_dial_line == pytest.approx(0.0)
    assert "one more dial line would bring nothing" in on_d.words
    assert on_e.one_more_dial_line == pytest.approx(handled(3) - handled(2))


def test_it_is_said_that_no_plan_survives_where_a_failure_takes_every_dialer() -> None:
    given = Problem(
        dialers=(dialer("D"), dialer("E"), dialer("F", in_service=False)),
        campaigns=(campaign(agent_lines=2),),
    )
    plan = lines(item("D", 7, 1), item("E", 7, 1))

    def said(redundancy: float, failures: int) -> list[str]:
        options = PlanOptions(redundancy=redundancy, failures=failures)
        binding = explain(given, plan, options).binding
        return [words for words in binding if words.startswith("Redundancy")]

    no_other = "since no other dialer is in service:"
    words = f"Redundancy: nothing can survive when D and E fail, {no_other}"
    assert said(1.0, 2) == [f"{words} every plan is as good."]
    assert said(0.3, 2) == [f"{words} it changes no plan."]
    assert said(0.3, 1) == []  # E goes on where D fails
    assert said(0.0, 2) == []


def test_locked_lines_are_their_own_reason() -> None:
    given = Problem(
        dialers=(dialer("D"),), campaigns=(campaign(),), assignments=(item("D", 2, 1, locked=True),)
    )
    found = explain(given, lines(item("D", 2, 1, locked=True)), PLAIN)
    assert [reason.words for reason in found.why] == ["C on D, 2 + 1 lines: the lines are locked."]
    assert found.binding == ()
    (stranded,) = found.stranded
    assert stranded.words == "D: 5 of 8 ports are free. C: its lines there are locked."


def test_free_ports_say_of_every_campaign_why_it_takes_none() -> None:
    # A has its agent on D; B may not use E; News has its two lines.
    given = Problem(
        dialers=(dialer("D", 10), dialer("E", 6)),
        campaigns=(
            campaign("A"),
            campaign("B", allowed_dialers=("D",)),
            campaign("News", kind="broadcast", max_dial_lines=2),
        ),
    )
    plan = lines(item("D", 5, 1, "A"), item("D", 3, 1, "B"), item("E", 2, 0, "News"))
    found = explain(given, plan, PLAIN)
    assert [(s.dialer_id, s.campaign_id, s.lines) for s in found.stranded] == [("E", None, 4)]
    assert found.stranded[0].words == (
        "E: 4 of 6 ports are free. A: no agent line is left. B: not among the dialers that it may "
        "use. News: all 2 dial lines allowed are assigned."
    )


@pytest.mark.parametrize(("agents", "unused"), [(2, {}), (3, {"A": 1, "B": 1})])
def test_agents_that_work_for_another_campaign_of_their_pool_are_not_unused(
    agents: int, unused: dict[str, int]
) -> None:
    given = Problem(
        dialers=(dialer("D", 10),),
        campaigns=(campaign("A", agent_lines=None), campaign("B", agent_lines=None)),
        pools=(PoolRow(pool="Dallas", agent_lines=agents),),
    )
    found = explain(given, lines(item("D", 4, 1, "A"), item("D", 4, 1, "B")), PLAIN).stranded
    assert {s.campaign_id: s.lines for s in found if s.campaign_id} == unused


def test_unused_agent_lines_say_of_every_dialer_why_they_are_not_there() -> None:
    given = Problem(
        dialers=(dialer("D", 4), dialer("E", 1), dialer("F", in_service=False)),
        campaigns=(campaign(agent_lines=3),),
    )
    found = explain(given, lines(item("D", 3, 1)), PLAIN)
    words = {s.campaign_id or s.dialer_id: s.words for s in found.stranded}
    assert words == {
        "E": "E: 1 of 1 ports is free. C: too few ports are free.",
        "F": "F: all 8 ports are out of service.",
        "C": "C: 2 of 3 agent lines are not used. D, E: too few ports are free. F: out of service.",
    }


def test_a_plan_that_could_take_a_line_says_that_it_is_within_its_gap() -> None:
    given = Problem(dialers=(dialer("D"),), campaigns=(campaign(),))
    # h(7) - h(6) = 60.48 - 58.909 = 1.571
    found = explain(given, lines(item("D", 6, 1)), PLAIN)
    assert "would bring 1.6 an hour, within the gap of the plan" in found.why[0].words
    assert "within its gap without it" in found.stranded[0].words


def test_many_names_are_counted() -> None:
    given = Problem(
        dialers=(dialer("D"),), campaigns=tuple(campaign(f"C{i}", agent_lines=0) for i in range(9))
    )
    (stranded,) = explain(given, lines(), PLAIN).stranded
    assert stranded.words.endswith("C0, C1, C2, C3, C4, C5 and 3 more: no agent line is left.")


def test_a_plan_that_is_not_explained_is_the_same_plan() -> None:
    from planner.pipeline.pipeline import plan

    given = Problem(dialers=(dialer("D"),), campaigns=(campaign(),))
    told, bare = plan(given), plan(given, explained=False)
    assert told.binding
    assert told.why
    assert bare.plan == told.plan
    assert bare.value == told.value
    assert (bare.binding, bare.why, bare.stranded) == ((), (), ())
