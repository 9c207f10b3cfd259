"""Conflicts: infeasible alone, feasible without any one member, and their least changes.

With 1 + 1 lines a campaign makes 0.02857 attempts a second and abandons none (one_agent.py).
Feasibility is told here by looking at every split of tiny problems, not by the planner.
"""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from planner.contracts.answers import Conflict
from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import LineAssignment, Problem, TrunkGroup
from planner.contracts.result import PlanOptions
from planner.optimize.infeasible.conflicts import core_problem, find_conflicts
from planner.optimize.infeasible.constraints import demands_of, limits_of, locked_only, room_for
from tests.support.builders import tiny_problem
from tests.support.one_agent import campaign, dialer, problem
from tests.support.reference import best_value_by_enumeration, has_plan_by_enumeration

EXACT = PlanOptions(gap=0.0)
#: Two dialers each, so that all splits can be looked at with limits lifted.
SEEDS = [seed for seed in range(100) if len(tiny_problem(seed).dialers) == 2]


def requirements(problem: Problem, conflict: Conflict) -> list[Any]:
    """The planner's requirements that a conflict is about, of the campaigns that it names."""
    base = locked_only(problem, keep_current=False)
    every = [*demands_of(base), *limits_of(base, room_for(base))]
    words = set(conflict.requirements)
    return [r for r in every if r.words in words]


def test_the_two_enumerations_agree() -> None:
    for seed in SEEDS[:20]:
        problem = tiny_problem(seed)
        assert has_plan_by_enumeration(problem) == (
            best_value_by_enumeration(problem, 0.0) is not None
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_conflict_is_infeasible_alone_and_feasible_without_any_member(seed: int) -> None:
    problem = tiny_problem(seed)
    found = find_conflicts(problem, PlanOptions())
    assert bool(found) != has_plan_by_enumeration(problem)
    for conflict in found:
        assert conflict.smallest
        core = requirements(problem, conflict)
        assert len(core) == len(conflict.requirements)
        assert not has_plan_by_enumeration(core_problem(problem, core))
        for member in core:
            rest = [r for r in core if r is not member]
            assert has_plan_by_enumeration(core_problem(problem, rest)), member.words


def lock(dial: int, agent: int, **changes: Any) -> LineAssignment:
    fields = {"campaign_id": "C", "dialer_id": "D", "locked": True} | changes
    return LineAssignment(dial_lines=dial, agent_lines=agent, **fields)


RUNS = ("campaigns.csv", "C", "min_dialers", 1, 0)
ON_PORTS = ("dialers.csv", "D", "agent_lines_use_ports", True, False)
CASES = {
    # what: (problem, (file, row, column, value, least value that helps) of every member)
    "ports": (problem(dialer(ports=1)), {RUNS, ON_PORTS, ("dialers.csv", "D", "ports", 1, 2)}),
    "agent lines on shift": (
        problem(dialer("D"), dialer("E"), campaigns=[campaign(min_dialers=2)]),
        {
            ("campaigns.csv", "C", "min_dialers", 2, 1),
            ("campaigns.csv", "C", "agent_lines", 1, 2),
        },
    ),
    "agent lines where it runs": (
        problem(campaigns=[campaign(min_agent_lines=3)]),
        {
            RUNS,
            ("campaigns.csv", "C", "min_agent_lines", 3, 1),
            ("campaigns.csv", "C", "agent_lines", 1, 3),
        },
    ),
    "dial lines": (
        problem(campaigns=[campaign(max_dial_lines=0)]),
        {RUNS, ("campaigns.csv", "C", "max_dial_lines", 0, 1)},
    ),
    "the only dialer allowed is out of service": (
        problem(
            dialer("D", in_service=False), dialer("E"), campaigns=[campaign(allowed_dialers=("D",))]
        ),
        {
            RUNS,
            ("campaigns.csv", "C", "allowed_dialers", "D", "D|E"),
            ("dialers.csv", "D", "in_service", False, True),
        },
    ),
    # One per cent steps, three digits: 0.02 * 1.01**36 = 0.028615 is the first above 0.028571.
    "calls per second": (
        problem(dialer(cps=0.02)),
        {RUNS, ("dialers.csv", "D", "cps", 0.02, 0.0286)},
    ),
    "calls per second of a trunk group": (
        problem(
            dialer(trunk_group="T"),
            trunk_groups=(TrunkGroup(trunk_group="T", channels=9, cps=0.02),),
        ),
        {RUNS, ("trunk_groups.csv", "T", "cps", 0.02, 0.0286)},
    ),
    "channels": (
        problem(dialer(trunk_group="T"), trunk_groups=(TrunkGroup(trunk_group="T", channels=0),)),
        {RUNS, ("trunk_groups.csv", "T", "channels", 0, 2)},
    ),
    # Two dialers that fail apart can leave half of the calls; as one domain they leave nothing.
    "failure domain": (
        problem(
            dialer("D", failure_domain="room"),
            dialer("E", failure_domain="room"),
            campaigns=[campaign(agent_lines=2, survivable_share=0.5)],
        ),
        {
            RUNS,
            ("campaigns.csv", "C", "survivable_share", 0.5, 0.0),
            ("dialers.csv", "room", "failure_domain", "room", None),
        },
    ),
    # Two dialers leave half at best, three leave two thirds; shares go by thousandths.
    "surviving share": (
        problem(
            dialer("D"), dialer("E"), campaigns=[campaign(agent_lines=2, survivable_share=0.6)]
        ),
        {RUNS, ("campaigns.csv", "C", "survivable_share", 0.6, 0.5)},
    ),
    # 7 + 1 lines abandon 77.76 of 230.4 live answers: 33.75 %.
    "abandon rate": (
        problem(campaigns=[campaign(max_abandon_rate=0.33)], assignments=(lock(7, 1),)),
        {
            ("assignments.csv", "C on D", "locked", True, False),
            ("campaigns.csv", "C", "max_abandon_rate", 0.33, 0.3375),
        },
    ),
    # One agent on 8 ports reaches 60.48 transfers an hour, two reach 110.42: by the finite-source
    # formula of tests/support/exhaustive, over all numbers of dial lines.
    "least transfers": (
        problem(campaigns=[campaign(min_transfers_per_hour=100)]),
        {
            ("campaigns.csv", "C", "min_transfers_per_hour", 100.0, 60.0),
            ("campaigns.csv", "C", "agent_lines", 1, 2),
        },
    ),
    # A line of a broadcast makes 180 attempts an hour: 2,000 take twelve.
    "a list that must be done": (
        problem(
            campaigns=[
                campaign(
                    kind="broadcast",
                    agent_lines=0,
                    transfer_rate=None,
                    talk_seconds=None,
                    records=9_999,
                    finish_by="2030-03-01",
                    min_attempts_per_hour=2000,
                )
            ]
        ),
        {
            ("campaigns.csv", "C", "finish_by", "2030-03-01", None),
            ("dialers.csv", "D", "ports", 8, 12),
        },
    ),
    "least lines of a limit": (
        problem(limits=(LimitRow(limit="x", campaign_id="C", min_agent_lines=2),)),
        {
            ("limits.csv", "x", "min_agent_lines", 2, 1),
            ("campaigns.csv", "C", "agent_lines", 1, 2),
        },
    ),
    "most lines of a limit": (
        problem(
            campaigns=[campaign(agent_lines=2, min_agent_lines=2)],
            limits=(LimitRow(limit="x", max_agent_lines=1),),
        ),
        {
            RUNS,
            ("campaigns.csv", "C", "min_agent_lines", 2, 1),
            ("limits.csv", "x", "max_agent_lines", 1, 2),
        },
    ),
    "agents of a pool": (
        problem(
            dialer("D"),
            dialer("E"),
            campaigns=[campaign(agent_lines=None, min_dialers=2)],
            pools=(PoolRow(pool="A", agent_lines=1),),
        ),
        {("campaigns.csv", "C", "min_dialers", 2, 1), ("agents.csv", "A", "agent_lines", 1, 2)},
    ),
    "where agents of a pool can sit": (
        problem(
            dialer("D"),
            dialer("E"),
            campaigns=[campaign(agent_lines=None, min_dialers=2)],
            pools=(PoolRow(pool="A", agent_lines=3, dialers=("D",)),),
        ),
        {("campaigns.csv", "C", "min_dialers", 2, 1), ("agents.csv", "A", "dialers", "D", None)},
    ),
    "a lock above the ports": (
        problem(assignments=(lock(8, 1),)),
        {
            ("assignments.csv", "C on D", "locked", True, False),
            ON_PORTS,
            ("dialers.csv", "D", "ports", 8, 9),
        },
    ),
    "a lock with fewer dial than agent lines": (
        problem(campaigns=[campaign(agent_lines=2)], assignments=(lock(1, 2),)),
        {("assignments.csv", "C on D", "locked", True, False)},
    ),
    "a lock at nothing": (
        problem(assignments=(lock(0, 0),)),
        {RUNS, ("assignments.csv", "C on D", "locked", True, False)},
    ),
    "more dialers than there are": (
        problem(campaigns=[campaign(agent_lines=9, min_dialers=4)]),
        {("campaigns.csv", "C", "min_dialers", 4, 1)},
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_every_kind_of_requirement_is_named_by_its_column_with_its_least_change(what: str) -> None:
    given, expected = CASES[what]
    (conflict,) = find_conflicts(given, PlanOptions())
    assert {
        (m.table, " on ".join(m.key.values()), m.column, m.value, m.change_to)
        for m in conflict.members
    } == expected
    assert conflict.smallest
    assert conflict.all_tried
    assert conflict.requirements == tuple(m.words for m in conflict.members)
    assert conflict.relaxations == tuple(m.change for m in conflict.members)


def test_kept_current_lines_are_requirements_like_locks() -> None:
    given = problem(assignments=(lock(9, 1, locked=False),))
    assert find_conflicts(given, PlanOptions()) == ()
    (conflict,) = find_conflicts(given, PlanOptions(keep_current=True))
    assert "campaign C on D keeps its 9 + 1 lines (--keep-current)" in conflict.requirements


def test_conflicts_that_have_nothing_in_common_are_told_apart() -> None:
    # A asks for agents, B for survival; the change of each is sought as if the other were solved.
    given = problem(
        campaigns=[
            campaign(campaign_id="A", min_agent_lines=2),
            campaign(campaign_id="B", survivable_share=0.5),
            campaign(campaign_id="Fine"),
        ]
    )
    first, second = find_conflicts(given, PlanOptions())
    assert {m.key["campaign_id"] for m in first.members} == {"A"}
    assert {m.key["campaign_id"] for m in second.members} == {"B"}
    assert "put 2 agent lines of campaign A on shift" in first.relaxations
    assert "ask for 0 % of campaign B to survive" in second.relaxations


def test_a_conflict_among_many_campaigns_names_only_those_concerned() -> None:
    # 40 campaigns with two ports each fill 80 ports; A and B can run on D alone, of 3 ports.
    many = [campaign(campaign_id=f"C{i}", allowed_dialers=("E",)) for i in range(40)]
    two = [campaign(campaign_id=name, allowed_dialers=("D",)) for name in ("A", "B")]
    given = problem(dialer("D", 3), dialer("E", 84), campaigns=[*many, *two])
    (conflict,) = find_conflicts(given, PlanOptions())
    named = {m.key["campaign_id"] for m in conflict.members if m.table == "campaigns.csv"}
    assert named == {"A", "B"}
    assert "give dialer D 4 ports" in conflict.relaxations
    assert "let campaign A use E too" in conflict.relaxations


def test_calls_per_second_that_no_lines_keep_are_told_without_a_search() -> None:
    # 1 + 1 lines make 0.02857 calls a second, the fewest of all: five campaigns need 0.1429.
    five = [campaign(campaign_id=f"C{i}") for i in range(5)]
    given = problem(dialer("D", 40, cps=0.07), dialer("E", 40, cps=0.07), campaigns=five)
    (conflict,) = find_conflicts(given, PlanOptions())
    assert conflict.smallest
    assert {m.column for m in conflict.members} == {"min_dialers", "cps"}
    assert {m.change_to for m in conflict.members if m.column == "min_dialers"} == {0}


def test_agents_elsewhere_make_up_for_a_lock_that_abandons_too_many() -> None:
    # 7 + 1 lines on D abandon 77.76 of 230.4 answers, limit 25 %: 20.16 too many. 1 + 1 lines on E
    # abandon none of their 0.02857 * 3600 * 0.5 = 51.43 answers: 12.86 less than they may. 2 + 1
    # lines there: all busy 0.6 of the time, then one attempt is left and lives on 1 / (1 + 2.5)
    # of its time: 0.6 * 2/7 * 0.05 * 0.3 * 3600 = 9.26 of 3600 * 0.05 * 0.5 * (0.8 + 0.6 * 2/7)
    # = 87.43 answers: 12.6 less. So one agent on E is not enough, and two with 2 + 2 lines are:
    # they abandon none of 3600 * 0.05 * 0.5 * (2 * 0.3265 + 0.4898) = 102.9: 25.7 less.
    given = problem(
        dialer("D"),
        dialer("E"),
        campaigns=[campaign(agent_lines=2, max_abandon_rate=0.25)],
        assignments=(lock(7, 1),),
    )
    (conflict,) = find_conflicts(given, PlanOptions())
    assert conflict.smallest
    changes = {m.column: m.change_to for m in conflict.members}
    assert changes["agent_lines"] == 3
    assert changes["locked"] is False


@pytest.mark.parametrize("limit", ["MOST_TRIALS", "MOST_WORK", "MOST_SEARCHED", "MOST_ENTRIES"])
def test_when_a_work_limit_acts_the_set_still_conflicts_but_is_not_called_smallest(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"planner.optimize.infeasible.feasibility.{limit}", -1)
    # Survival of unequal locks is the search's to decide: D has 7/8 of the lines.
    given = problem(
        dialer("D"),
        dialer("E"),
        campaigns=[campaign(agent_lines=2, survivable_share=0.45)],
        assignments=(lock(7, 1), lock(1, 1, dialer_id="E")),
    )
    assert not has_plan_by_enumeration(given)
    (conflict,) = find_conflicts(given, PlanOptions(), proven=True)
    assert not conflict.smallest
    assert "campaign C needs 45 % to survive any single failure" in conflict.requirements


def test_an_absurd_lock_is_explained_in_little_memory() -> None:
    # With the limit on ports lifted, the lock alone would have a table of 100 x 100,000 entries
    # of seven figures: 600 MB.
    given = problem(
        dialer("D", 300),
        dialer("E", 300),
        campaigns=[campaign(agent_lines=100, max_abandon_rate=0.03)],
        assignments=(lock(100_000, 8),),
    )
    tracemalloc.start()
    found = find_conflicts(given, PlanOptions())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "campaign C on D keeps its 100000 + 8 lines" in found[0].requirements
    assert most < 300e6


def test_a_stop_ends_the_search_for_conflicts_at_once() -> None:
    asked = []

    def stop() -> bool:
        asked.append(True)
        return True

    given = problem(dialer(ports=1))
    (conflict,) = find_conflicts(given, PlanOptions(), proven=True, stop=stop)
    assert asked
    assert not conflict.smallest
    assert not conflict.all_tried
    # Without any campaign left there is nothing to try.
    assert conflict.relaxations == ("let campaign C go without lines (min_dialers 0)",)


def test_two_failures_at_once_need_more_places() -> None:
    # Of three dialers two are lost: a third survives at best.
    three = [dialer(name) for name in "DEF"]
    given = problem(*three, campaigns=[campaign(agent_lines=3, survivable_share=0.34)])
    assert find_conflicts(given, PlanOptions()) == ()
    (conflict,) = find_conflicts(given, PlanOptions(failures=2))
    assert "campaign C needs 34 % to survive any 2 failures at once" in conflict.requirements
    # Shares are asked for by whole per cents.
    assert {m.column: m.change_to for m in conflict.members}["survivable_share"] == 0.33


def test_lines_that_are_kept_by_an_option_are_not_told_as_locks_of_a_file() -> None:
    kept = (lock(9, 1, locked=False), lock(1, 1, locked=True, dialer_id="E"))
    given = problem(dialer("D"), dialer("E"), campaigns=[campaign(agent_lines=2)], assignments=kept)
    (conflict,) = find_conflicts(given, PlanOptions(keep_current=True))
    (member,) = [m for m in conflict.members if m.table == "assignments.csv"]
    assert member.column == "dial_lines"
    assert member.words == "campaign C on D keeps its 9 + 1 lines (--keep-current)"
    assert member.change == "plan without --keep-current"
    assert member.change_to is None


def test_a_dialer_put_back_in_service_has_its_locks_back() -> None:
    # 1 + 1 lines make 0.02857 attempts a second: with the lock in force again D breaks its limit,
    # so that putting D back does not help alone, and is not told.
    given = problem(
        dialer("D", in_service=False, cps=0.02),
        dialer("E"),
        campaigns=[campaign(allowed_dialers=("D",))],
        assignments=(lock(1, 1),),
    )
    (conflict,) = find_conflicts(given, EXACT)
    assert "dialer D is out of service" in conflict.requirements
    (member,) = (m for m in conflict.members if m.column == "in_service")
    assert member.change_to is None
    fast = tuple(d.model_copy(update={"cps": None}) for d in given.dialers)
    (conflict,) = find_conflicts(given.model_copy(update={"dialers": fast}), EXACT)
    (member,) = (m for m in conflict.members if m.column == "in_service")
    assert member.change_to is True
