"""A step that repairs a broken limit: afterwards it holds, and no other is newly broken."""

from __future__ import annotations

from typing import Any

import pytest

from planner.app.editing.edit_check import EditCheck, limit_of
from planner.app.editing.edited_lines import EditedLines, open_lines
from planner.app.editing.quick_edits import with_lines
from planner.app.editing.repairs import Fix, find_fixes, fix_all, fix_one
from planner.contracts.problem import Dialer, LineAssignment, Problem, TrunkGroup
from planner.evaluation.limits.check import Breach, check
from tests.support.builders import solar


def edited(
    lines: dict[str, tuple[int, int]],
    *,
    dialer: dict[str, Any] | None = None,
    campaign: dict[str, Any] | None = None,
    locked: bool = False,
    channels: int = 1000,
) -> EditedLines:
    names = ("A", "B", "C")
    return open_lines(
        Problem(
            dialers=tuple(
                Dialer(**{"dialer_id": n, "ports": 100, "trunk_group": "T", **(dialer or {})})
                for n in names
            ),
            campaigns=(solar(**(campaign or {})),),
            trunk_groups=(TrunkGroup(trunk_group="T", channels=channels),),
            assignments=tuple(
                LineAssignment(
                    campaign_id="Solar",
                    dialer_id=name,
                    dial_lines=dial,
                    agent_lines=count,
                    locked=locked,
                )
                for name, (dial, count) in lines.items()
            ),
        )
    )


def breaches(found: EditedLines) -> tuple[Breach, ...]:
    return check(found.problem, found.line_plan)


def lines(found: EditedLines) -> dict[str, tuple[int, int]]:
    return {key[1]: pair for key, pair in found.line_plan.lines().items()}


def found_for(start: EditedLines, broken: Breach) -> Fix | None:
    known = breaches(start)
    return find_fixes(start, known, [known.index(broken)])[0]


def is_held_by_one_step(start: EditedLines, broken: Breach) -> bool:
    after = fix_one(start, broken)
    kept = {b.rule for b in breaches(after)} <= {b.rule for b in breaches(start)} - {broken.rule}
    return kept and len(after.past) == 1


CASES = {
    "ports": edited({"A": (120, 5)}),
    "channels": edited({"A": (60, 5), "B": (60, 5)}, channels=100),
    # 90 dial lines launch up to 90 / 25 s = 3.6 calls per second.
    "cps": edited({"A": (90, 5)}, dialer={"cps": 1.5}),
    "max_dial_lines": edited({"A": (60, 5), "B": (30, 5)}, campaign={"max_dial_lines": 80}),
    "agent_lines": edited({"A": (60, 8), "B": (60, 8)}),
    "dial_lines": edited({"A": (3, 5)}),
    "min_agent_lines": edited({"A": (60, 2)}, campaign={"min_agent_lines": 4}),
    "min_dialers": edited({"A": (60, 6)}, campaign={"min_dialers": 3}),
    "survivable_share": edited({"A": (90, 8)}, campaign={"survivable_share": 0.5}),
    # 95 + 5 lines abandon 2.1 % of live answers.
    "max_abandon_rate": edited({"A": (95, 5)}, campaign={"max_abandon_rate": 0.01}),
    # Five dial lines are the fewest for five agent lines: both have to go down to fit 6 ports.
    "ports of agent lines alone": edited({"A": (5, 5)}, dialer={"ports": 6}),
    "in_service": edited({"A": (60, 5)}, dialer={"in_service": False}, campaign={"min_dialers": 0}),
}


@pytest.mark.parametrize("rule", CASES)
def test_after_the_step_the_limit_holds_and_no_other_is_newly_broken(rule: str) -> None:
    start = CASES[rule]
    broken = next(b for b in breaches(start) if b.rule == rule.split(maxsplit=1)[0])
    assert found_for(start, broken) is not None
    assert is_held_by_one_step(start, broken)


def test_no_more_is_cut_than_the_limit_asks_for() -> None:
    dial, agents = lines(fix_one(CASES["ports"], breaches(CASES["ports"])[0]))["A"]
    assert agents == 5
    assert 94 <= dial <= 95, "95 fit beside 5 agent lines; a step is 1/256"


def test_locked_rows_are_never_changed() -> None:
    start = edited({"A": (120, 5)}, locked=True)
    assert found_for(start, breaches(start)[0]) is None
    assert fix_one(start, breaches(start)[0]) == fix_all(start) == start


def test_a_step_that_breaks_another_limit_is_none() -> None:
    # With 2 agents, both must be on A to reach its minimum; then nothing survives its loss.
    start = edited(
        {"A": (60, 2)}, campaign={"agent_lines": 2, "min_agent_lines": 2, "survivable_share": 0.5}
    )
    broken = next(b for b in breaches(start) if b.rule == "survivable_share")
    assert found_for(start, broken) is None


def two_sites(agents: int, **campaign: Any) -> EditedLines:
    """A and B at one site with all lines, and C, with 60 ports, at another."""
    return open_lines(
        Problem(
            dialers=(
                Dialer(dialer_id="A", ports=100, failure_domain="North"),
                Dialer(dialer_id="B", ports=100, failure_domain="North"),
                Dialer(dialer_id="C", ports=60, failure_domain="South"),
            ),
            campaigns=(solar(agent_lines=agents, **campaign),),
            assignments=tuple(
                LineAssignment(
                    campaign_id="Solar", dialer_id=name, dial_lines=70, agent_lines=agents // 2
                )
                for name in ("A", "B")
            ),
        )
    )


def test_lines_go_to_another_site_as_far_as_there_is_room() -> None:
    start = two_sites(8, survivable_share=0.5)
    (broken,) = breaches(start)
    found = found_for(start, broken)
    assert found is not None
    # Evenly over three dialers two thirds would be lost with North. Over two sites each has 4
    # agent lines, and of the 140 dial lines South takes the 56 that fit beside them.
    assert found.words == "spread its lines over 2 sites"
    assert lines(fix_one(start, broken)) == {"A": (56, 4), "C": (56, 4)}


def test_cutting_leaves_the_least_agent_lines_of_a_campaign() -> None:
    start = edited({"A": (90, 90), "B": (10, 2)}, campaign={"min_agent_lines": 2})
    # In proportion B would keep none of its 2; ten are on shift.
    broken = next(b for b in breaches(start) if b.rule == "agent_lines")
    after = lines(fix_one(start, broken))
    assert after["B"][1] == 2
    assert 7 <= after["A"][1] <= 8


def test_all_is_repaired_in_one_step_of_the_history() -> None:
    start = edited({"A": (120, 6), "B": (3, 6), "C": (140, 6)}, campaign={"min_dialers": 2})
    assert len(breaches(start)) > 3
    after = fix_all(start)
    assert breaches(after) == ()
    assert len(after.past) == 1


def test_with_all_repaired_what_no_step_repairs_is_left_alone() -> None:
    start = edited({"A": (120, 5), "B": (60, 2)}, campaign={"agent_lines": 5}, locked=True)
    assert fix_all(start) == start


def test_what_changed_rows_break_is_what_a_check_of_everything_finds() -> None:
    start = edited(
        {"A": (90, 5), "B": (60, 4)},
        channels=160,
        dialer={"cps": 3.0},
        campaign={"survivable_share": 0.4, "max_abandon_rate": 0.02, "min_dialers": 2},
    )
    for pairs in [{"A": (120, 9)}, {"B": (0, 0)}, {"A": (3, 4), "C": (80, 3)}, {"C": (1, 5)}]:
        changes = {("Solar", name): pair for name, pair in pairs.items()}
        whole = breaches(with_lines(start, changes))
        assert EditCheck(start).broken_after(changes) == {limit_of(breach) for breach in whole}
        edits = EditCheck(start)
        edits.take(changes)
        assert edits.broken == EditCheck(with_lines(start, changes)).broken
