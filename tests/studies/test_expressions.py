"""Expressions: what they name, what they compute, and how faults are told."""

from __future__ import annotations

from typing import Any

import pytest

from planner.contracts.faults import InputError
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.studies.changes import changed_problem
from planner.studies.expressions import read_expression
from tests.support.builders import solar

NEWS = Campaign(campaign_id="News", kind="broadcast", attempt_seconds=30, answer_rate=0.5)


def fleet(**changes: Any) -> Problem:
    """Two dialers in a trunk group, one without a limit of calls, and both kinds of campaign."""
    fields: dict[str, Any] = {
        "dialers": (
            Dialer(dialer_id="D1", ports=100, cps=4.0, trunk_group="T"),
            Dialer(dialer_id="D2", ports=50, trunk_group="T"),
        ),
        "campaigns": (solar(), NEWS),
        "trunk_groups": (TrunkGroup(trunk_group="T", channels=120),),
        "assignments": (
            LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=25, agent_lines=5),
        ),
    }
    return Problem(**(fields | changes))


def faults_of(problem: Problem, *expressions: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        changed_problem(problem, expressions)
    return [str(fault) for fault in caught.value.faults]


# What is named


def test_the_longest_id_that_fits_is_meant() -> None:
    ids = ("D", "D.1", "D.1.ports")
    problem = fleet(dialers=tuple(Dialer(dialer_id=name, ports=9) for name in ids), assignments=())
    changed = changed_problem(problem, ["dialer.D.1.ports=5"])
    assert [d.ports for d in changed.dialers] == [9, 5, 9]
    changed = changed_problem(problem, ["dialer.D.1.ports.ports=5"])
    assert [d.ports for d in changed.dialers] == [9, 9, 5]


def test_an_id_may_hold_an_operator() -> None:
    problem = fleet(campaigns=(solar(campaign_id="a=b.value=1"),), assignments=())
    changed = changed_problem(problem, ["campaign.a=b.value=1.value=7"])
    assert changed.campaigns[0].value == 7


def test_both_ids_of_an_assignment_may_hold_dots() -> None:
    problem = fleet(
        dialers=(Dialer(dialer_id="x.y", ports=9), Dialer(dialer_id="y", ports=9)),
        campaigns=(solar(campaign_id="C"), solar(campaign_id="C.x")),
        assignments=(),
    )
    # "C.x.y" is campaign C.x on y and campaign C on x.y: the longest campaign wins.
    assert read_expression("assignment.C.x.y.dial_lines=3", problem).key == ("C.x", "y")


def test_a_star_is_every_row() -> None:
    changed = changed_problem(fleet(), ["dialer.*.ports*=2"])
    assert [d.ports for d in changed.dialers] == [200, 100]


def test_spaces_and_the_case_of_names_do_not_matter() -> None:
    changed = changed_problem(fleet(), [" Dialer.D1.Ports -= 1 "])
    assert changed.dialers[0].ports == 99


def test_lines_of_a_new_place_start_at_none() -> None:
    texts = ["assignment.Solar.D2.dial_lines+=20", "assignment.Solar.D2.agent_lines=5"]
    changed = changed_problem(fleet(), texts)
    assert changed.assignments[1] == LineAssignment(
        campaign_id="Solar", dialer_id="D2", dial_lines=20, agent_lines=5
    )


# What is computed


@pytest.mark.parametrize(
    ("expression", "ports"),
    [
        ("dialer.D1.ports=7", 7),
        ("dialer.D1.ports+=7", 107),
        ("dialer.D1.ports-=7", 93),
        ("dialer.D1.ports*=0.333", 33),  # 33.3
        ("dialer.D1.ports/=3", 33),  # 33.33...
        ("dialer.D1.ports/=8", 13),  # 12.5: halves up
        ("dialer.D1.ports*=1.005", 101),  # 100.5 exactly, which floats miss
    ],
)
def test_whole_numbers_are_rounded_to_the_nearest_halves_up(expression: str, ports: int) -> None:
    assert changed_problem(fleet(), [expression]).dialers[0].ports == ports


def test_decimals_are_computed_as_on_paper() -> None:
    problem = fleet(campaigns=(solar(answer_rate=0.7),))
    changed = changed_problem(problem, ["campaign.Solar.answer_rate*=1.1"])
    assert changed.campaigns[0].answer_rate == 0.77  # 0.7 * 1.1 is 0.7700000000000001 in floats


def test_expressions_build_on_each_other() -> None:
    texts = ["campaign.Solar.talk_seconds+=20", "campaign.Solar.talk_seconds*=2"]
    assert changed_problem(fleet(), texts).campaigns[0].talk_seconds == 400


def test_text_and_truth_values_are_set() -> None:
    texts = ["dialer.D1.in_service=false", "campaign.Solar.allowed_dialers=D1|D2"]
    changed = changed_problem(fleet(), texts)
    assert not changed.dialers[0].in_service
    assert changed.campaigns[0].allowed_dialers == ("D1", "D2")


def test_a_blank_value_takes_the_default() -> None:
    assert changed_problem(fleet(), ["dialer.D1.cps="]).dialers[0].cps is None


def test_a_star_leaves_blank_cells_blank() -> None:
    changed = changed_problem(fleet(), ["dialer.*.cps*=0.5"])
    assert [d.cps for d in changed.dialers] == [2.0, None]


def test_a_star_passes_by_broadcasts_where_agents_are_meant() -> None:
    changed = changed_problem(fleet(), ["campaign.*.agent_lines-=2"])
    assert [c.agent_lines for c in changed.campaigns] == [8, 0]


def test_the_given_problem_stays_as_it_is() -> None:
    problem = fleet()
    changed_problem(problem, ["dialer.*.ports=1"])
    assert problem == fleet()


# Faults


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("", "assignment, pool or limit, then .ID.COLUMN=VALUE"),
        ("nonsense", "expected one of dialer, campaign, trunk_group, assignment, pool or limit"),
        ("queue.Q.size=3", ": 'queue' is not one of dialer, campaign"),
        ("dialer.D1", "expected dialer.DIALER.COLUMN and one of = += -= *= /= and a value"),
        ("dialer.D3.ports=1", ": 'D3' is not an id of dialers.csv (D1, D2) or * for all"),
        (
            "campaign.Solr.value=1",
            ": 'Solr' is not an id of campaigns.csv (Solar, News) or * for all",
        ),
        (
            "dialer.D1.port=1",
            ": 'port' is not a column of dialers.csv that can be changed, perhaps ports",
        ),
        ("dialer.D1.dialer_id=X", ": 'dialer_id' is not a column of dialers.csv that can"),
        ("assignment.Solar.dial_lines=3", "'Solar' is not CAMPAIGN.DIALER"),
        ("assignment.Solar.D3.dial_lines=3", ": 'D3' is not an id of dialers.csv (D1, D2)"),
        ("assignment.Solr.D1.dial_lines=3", ": 'Solr' is not an id of campaigns.csv (Solar, News)"),
        ("assignment.*.D3.dial_lines=3", ": 'D3' is not an id of dialers.csv (D1, D2)"),
        ("dialer.NEW.like=D3", ": 'D3' is not an id of dialers.csv (D1, D2)"),
        ("dialer.D1.in_service*=2", ": '*=' is not an operator for in_service, which is no number"),
        ("dialer.D1.ports+=many", ": 'many' is not a number after +="),
        ("dialer.D1.ports+=1e9999", ": '1e9999' is not a number after +="),
        ("dialer.D1.ports+=nan", ": 'nan' is not a number after +="),
        ("dialer.D1.ports/=0", ": '0' is not a number other than 0 after /="),
        ("dialer.D1.ports=-1", ": '-1' is not a whole number from 0 to 100,000"),
        ("dialer.D1.ports=2.5", ": '2.5' is not a whole number from 0 to 100,000"),
        ("dialer.D1.ports*=1e999", ": 'inf' is not a whole number from 0 to 100,000"),
        ("dialer.D1.in_service=maybe", ": 'maybe' is not true or false"),
        ("dialer.D1.trunk_group=U", ": 'U' is not a trunk group of trunk_groups.csv"),
        ("dialer.D2.cps+=1", "expected cps set with = first: it is blank"),
        ("campaign.*.pacing*=2", "expected at least one campaign to which it applies"),
        ("campaign.Solar.answer_rate*=20", ": '2.0' is not a number from 0 to 1"),
        ("campaign.*.answer_rate=2", "for Solar and 1 more: '2' is not a number from 0 to 1"),
        ("campaign.Solar.talk_seconds=", "expected a number: a live-transfer campaign needs it"),
        ("campaign.Solar.allowed_dialers=D9", ": 'D9' is not dialers of dialers.csv"),
        ("campaign.News.kind=live_transfer", "expected agent_lines: a number"),
    ],
)
def test_a_fault_names_expression_value_and_what_was_expected(expression: str, told: str) -> None:
    (first, *_) = faults_of(fleet(), expression)
    assert first.startswith(expression.strip()[:15])
    assert told in first


@pytest.mark.parametrize("text", ["dialer.D1.ports=1\nx", "dialer.D1.ports=" + "1" * 3000])
def test_an_expression_is_one_line_of_reasonable_length(text: str) -> None:
    (fault,) = faults_of(fleet(), text)
    assert "expected one line of at most 2,000 letters" in fault


def test_of_many_ids_those_most_alike_are_named() -> None:
    dialers = tuple(Dialer(dialer_id=f"ATL-{n}", ports=9) for n in range(1, 13))
    (fault,) = faults_of(fleet().model_copy(update={"dialers": dialers}), "dialer.ATL12.ports=1")
    assert fault.startswith(
        "dialer.ATL12.ports=1: 'ATL12' is not one of the 12 ids of dialers.csv (most alike: ATL-12"
    )


def test_all_faults_are_told_at_once() -> None:
    texts = ["dialer.D9.ports=1", "dialer.D1.ports=x", "campaign.Solar.value=-1"]
    assert len(faults_of(fleet(), *texts)) == 3


def test_only_the_last_of_opposite_changes_counts() -> None:
    texts = ["campaign.Solar.answer_rate*=20", "campaign.Solar.answer_rate/=20"]
    assert changed_problem(fleet(), texts) == fleet()
