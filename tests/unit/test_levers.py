"""Levers as the expressions that they stand for."""

from __future__ import annotations

from planner.levers import Levers, in_words
from planner.worlds import Sensitivity, Tornado


def test_nothing_moved_is_no_change() -> None:
    assert Levers().expressions == ()


def test_each_lever_is_one_expression() -> None:
    levers = Levers(
        down=("D1",),
        agents=-20,
        answers=50,
        talk=10,
        channels=-5,
        more=(" dialer.D2.ports=80 ", ""),
    )
    assert levers.expressions == (
        "dialer.D1.in_service=false",
        "campaign.*.agent_lines*=0.8",
        "campaign.*.answer_rate*=1.5",
        "campaign.*.talk_seconds*=1.1",
        "trunk_group.*.channels*=0.95",
        "dialer.D2.ports=80",
    )


def test_only_the_picked_campaigns_change() -> None:
    levers = Levers(campaigns=("A", "B.1"), agents=-100)
    assert levers.expressions == ("campaign.A.agent_lines*=0", "campaign.B.1.agent_lines*=0")


def test_inputs_are_named_as_a_planner_names_them() -> None:
    row = Sensitivity(
        input="campaign.B.1.talk_seconds",
        base_input=1,
        low_input=1,
        high_input=1,
        low_aim=1,
        high_aim=1,
    )
    group = row.model_copy(update={"input": "trunk_group.East.channels"})
    found = in_words(Tornado(base_aim=1, replanned=False, rows=(row, group)))
    assert [r.input for r in found.rows] == ["B.1: talk seconds", "Trunk group East: channels"]
