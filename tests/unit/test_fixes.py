"""A step that repairs a broken limit: afterwards it holds, and no other is newly broken."""

from __future__ import annotations

from typing import Any

import pytest

from planner.fixes import find_fix
from planner.problem import Dialer, LineAssignment, Problem, TrunkGroup
from planner.scenario import Scenario, open_scenario
from planner.verify import Breach, check
from tests.builders import solar


def scenario(
    lines: dict[str, tuple[int, int]],
    *,
    dialer: dict[str, Any] | None = None,
    campaign: dict[str, Any] | None = None,
    locked: bool = False,
    channels: int = 1000,
) -> Scenario:
    names = ("A", "B", "C")
    return open_scenario(
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


def breaches(found: Scenario) -> tuple[Breach, ...]:
    return check(found.problem, found.line_plan)


def lines(found: Scenario) -> dict[str, tuple[int, int]]:
    return {key[1]: pair for key, pair in found.line_plan.lines().items()}


CASES = {
    "ports": scenario({"A": (120, 5)}),
    "channels": scenario({"A": (60, 5), "B": (60, 5)}, channels=100),
    # 90 dial lines launch up to 90 / 25 s = 3.6 calls per second.
    "cps": scenario({"A": (90, 5)}, dialer={"cps": 1.5}),
    "max_dial_lines": scenario({"A": (60, 5), "B": (30, 5)}, campaign={"max_dial_lines": 80}),
    "agent_lines": scenario({"A": (60, 8), "B": (60, 8)}),
    "dial_lines": scenario({"A": (3, 5)}),
    "min_agent_lines": scenario({"A": (60, 2)}, campaign={"min_agent_lines": 4}),
    "min_dialers": scenario({"A": (60, 6)}, campaign={"min_dialers": 3}),
    "survivable_share": scenario({"A": (90, 8)}, campaign={"survivable_share": 0.5}),
    # 95 + 5 lines abandon 2.1 % of live answers.
    "max_abandon_rate": scenario({"A": (95, 5)}, campaign={"max_abandon_rate": 0.01}),
    "in_service": scenario(
        {"A": (60, 5)}, dialer={"in_service": False}, campaign={"min_dialers": 0}
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_after_the_step_the_limit_holds_and_no_other_is_newly_broken(rule: str) -> None:
    start = CASES[rule]
    broken = next(b for b in breaches(start) if b.rule == rule)
    found = find_fix(start, broken)
    assert found is not None
    assert {b.rule for b in breaches(found.scenario)} <= {b.rule for b in breaches(start)} - {rule}
    assert len(found.scenario.past) == 1, "one step, which can be taken back"


def test_no_more_is_cut_than_the_limit_asks_for() -> None:
    found = find_fix(CASES["ports"], breaches(CASES["ports"])[0])
    assert found is not None
    dial, agents = lines(found.scenario)["A"]
    assert agents == 5
    assert 94 <= dial <= 95, "95 fit beside 5 agent lines; a step is 1/256"


def test_locked_rows_are_never_changed() -> None:
    start = scenario({"A": (120, 5)}, locked=True)
    assert find_fix(start, breaches(start)[0]) is None


def test_a_step_that_breaks_another_limit_is_none() -> None:
    # With 2 agents, both must be on A to reach its minimum; then nothing survives its loss.
    start = scenario(
        {"A": (60, 2)}, campaign={"agent_lines": 2, "min_agent_lines": 2, "survivable_share": 0.5}
    )
    broken = next(b for b in breaches(start) if b.rule == "survivable_share")
    assert find_fix(start, broken) is None
