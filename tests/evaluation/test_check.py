"""What a broken limit says about itself, besides its sentence."""

from __future__ import annotations

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Dialer, LineAssignment, Problem, TrunkGroup
from planner.evaluation.limits.check import check
from tests.support.builders import solar


def test_a_breach_of_a_carrier_names_its_trunk_group() -> None:
    # 100 lines on 99 channels; 95 lines of 25 s each launch some 3.2 calls a second, limit 1. The
    # name is of a kind that no reader of the sentence could tell from the words around it.
    carrier = TrunkGroup(trunk_group="East: 3 channels used", channels=99, cps=1.0)
    line = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=95, agent_lines=5)
    problem = Problem(
        dialers=[Dialer(dialer_id="D1", ports=100, trunk_group=carrier.trunk_group)],
        trunk_groups=[carrier],
        campaigns=[solar(agent_lines=4)],
    )
    found = check(problem, LinePlan(assignments=(line,)))
    assert {breach.rule: breach.trunk_group for breach in found} == {
        "agent_lines": None,
        "channels": carrier.trunk_group,
        "trunk_cps": carrier.trunk_group,
    }
