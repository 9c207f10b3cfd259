"""Moves in words: what they are worth then, and what does not hold meanwhile."""

from __future__ import annotations

from planner.contracts.problem import Dialer, LineAssignment
from planner.contracts.result import LineChange, Move
from planner.report.plans.moves import move_sentences, way_sentence, without_move
from planner.report.plans.plan import plan_text
from planner.report.plans.plan_document import plan_document
from tests.support.results import plan_result, two_dialers


def move(step: int, value: float, *breaks: str) -> Move:
    return Move(
        step=step,
        campaign_id="Solar",
        dialer_id=f"D{step}",
        dial_lines_from=0,
        dial_lines_to=5,
        agent_lines_from=0,
        agent_lines_to=1,
        instruction=f"On D{step} start Solar with 5 dial lines and 1 agent line.",
        value_after=value,
        breaks=breaks,
    )


MOVES = (move(1, 80.0, "D1 launches 2 calls a second, limit 1."), move(2, 120.0))


def test_each_move_tells_its_value_and_what_does_not_hold_meanwhile() -> None:
    assert move_sentences(MOVES) == [
        "On D1 start Solar with 5 dial lines and 1 agent line. Then 80.0 an hour. "
        "Meanwhile: D1 launches 2 calls a second, limit 1.",
        "On D2 start Solar with 5 dial lines and 1 agent line. Then 120.0 an hour.",
    ]


def test_the_lowest_value_on_the_way_is_told() -> None:
    assert way_sentence(100.0, MOVES) == (
        "On the way from 100.0 to 120.0 of value an hour, by the planning tables, it is never "
        "below 80.0 (after move 1). "
        "Something does not hold meanwhile after move 1: it is told there."
    )
    assert way_sentence(70.0, MOVES[1:]) == (
        "On the way from 70.0 to 120.0 of value an hour, by the planning tables, it is never "
        "below the lower of the two."
    )
    assert way_sentence(70.0, ()) == ""


def test_where_every_call_counts_1_the_way_tells_of_calls() -> None:
    assert way_sentence(100.0, MOVES, "transfer") == (
        "On the way from 100.0 to 120.0 transfers an hour, by the planning tables, there are never "
        "fewer than 80.0 (after move 1). "
        "Something does not hold meanwhile after move 1: it is told there."
    )


def test_a_plan_lists_its_moves_in_order_and_what_is_gone_without_one() -> None:
    gone = LineChange(
        campaign_id="Solar",
        dialer_id="D3",
        dial_lines_from=7,
        dial_lines_to=0,
        agent_lines_from=2,
        agent_lines_to=0,
    )
    made = [LineChange(**m.model_dump(include=set(LineChange.model_fields))) for m in MOVES]
    result = plan_result(moves=MOVES, value_before_moves=100.0, changes=(gone, *made))
    assert without_move(result) == [gone]
    problem = two_dialers()
    document = plan_document(result, problem)
    assert [(c["dialer_id"], c["value_after"]) for c in document["changes"]] == [
        ("D1", 80.0),
        ("D2", 120.0),
        ("D3", 120.0),
    ]
    assert document["changes"][0]["breaks"] == ("D1 launches 2 calls a second, limit 1.",)
    assert document["value_before_moves"] == 100.0
    current = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=9, agent_lines=1)
    three = problem.model_copy(
        update={
            "dialers": (*problem.dialers, Dialer(dialer_id="D3", ports=9)),
            "assignments": (current,),
        }
    )
    text = plan_text(result, three)
    assert "After move 1: D1 launches 2 calls a second, limit 1." in text
    assert "never fewer than 80.0 (after move 1)" in " ".join(text.split())
    order = [text.index(f"{step}     Solar") for step in (1, 2)]
    assert order == sorted(order)
