"""Levers as the expressions that they stand for."""

from __future__ import annotations

from datetime import time

import pytest

from planner.app.editing.worlds.levers import Levers, in_words, with_new_campaigns, without_unknown
from planner.contracts.comparison import Sensitivity, Tornado
from planner.contracts.faults import InputError
from planner.contracts.problem import CampaignStop, Dialer, LineAssignment, Problem
from planner.studies.whatif import whatif
from tests.support.builders import solar


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


def fleet() -> Problem:
    return Problem(
        dialers=[Dialer(dialer_id="D1", ports=100)], campaigns=[solar(status="stopped_by_admin")]
    )


def test_a_dialer_that_goes_down_later_is_down_in_the_world_itself() -> None:
    levers = Levers(down=("D1",), down_from=time(14), agents=-20)
    assert levers.expressions == ("dialer.D1.in_service=false", "campaign.*.agent_lines*=0.8")
    assert levers.while_up == ("campaign.*.agent_lines*=0.8",)


def test_a_new_campaign_runs_in_its_own_world_only() -> None:
    levers = Levers(new=solar(campaign_id="Roof.1", agent_lines=5))
    base = with_new_campaigns(fleet(), [Levers(), levers])
    assert [c.campaign_id for c in base.campaigns] == ["Solar", "Roof.1"]
    assert base.campaigns[1].status is CampaignStop.STOPPED
    lines = LineAssignment(campaign_id="Roof.1", dialer_id="D1", dial_lines=95, agent_lines=5)
    base = base.model_copy(update={"assignments": (lines,)})
    found = whatif(base, {"without": (), "with": levers.expressions}, engine="markov")
    # 95 + 5 lines carry 79.260393 transfers an hour (Engset).
    assert found.base.kept.value_per_hour == found.worlds[0].kept.value_per_hour == 0
    assert found.worlds[1].kept.value_per_hour == pytest.approx(79.260393, abs=1e-5)


def test_without_new_campaigns_the_problem_is_the_same() -> None:
    problem = fleet()
    assert with_new_campaigns(problem, [Levers(), Levers(agents=5)]) is problem


def test_a_new_campaign_needs_a_name_of_its_own() -> None:
    taken, one = Levers(new=solar()), Levers(new=solar(campaign_id="Roof"))
    for levers in ([taken], [one, one]):
        with pytest.raises(InputError) as told:
            with_new_campaigns(fleet(), levers)
        assert "no other campaign has" in told.value.faults[0].expected


def test_what_a_fleet_does_not_have_is_left_out_and_named() -> None:
    levers = Levers(down=("D1", "D9"), campaigns=("Solar", "Wind"), talk=10)
    known, gone = without_unknown(levers, fleet())
    assert (known.down, known.campaigns, known.talk) == (("D1",), ("Solar",), 10)
    assert gone == ("D9", "Wind")


def test_levers_are_the_same_after_they_were_written_and_read() -> None:
    levers = Levers(
        down=("D1",), down_from=time(14, 30), new=solar(campaign_id="Roof"), more=("x",)
    )
    assert Levers.model_validate_json(levers.model_dump_json()) == levers
