"""Edits, their checks and their history."""

from __future__ import annotations

import pytest

from planner.app.editing.edited_lines import (
    EditedLines,
    apply_edits,
    open_lines,
    redo,
    take_plan,
    undo,
)
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Dialer, LineAssignment, Problem
from tests.support.builders import solar

D1, D2 = ("sales", "D1"), ("sales", "D2")


def line(dialer: str, dial: int, agents: int, **state: object) -> LineAssignment:
    return LineAssignment(
        campaign_id="sales", dialer_id=dialer, dial_lines=dial, agent_lines=agents, **state
    )


def fleet(*assignments: LineAssignment, **campaign: object) -> Problem:
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=100), Dialer(dialer_id="D2", ports=100)),
        campaigns=(solar(campaign_id="sales", **campaign),),
        assignments=assignments,
    )


@pytest.fixture
def edited() -> EditedLines:
    return open_lines(fleet(line("D1", 95, 5), line("D2", 95, 5)))


def lines(edited: EditedLines) -> dict[tuple[str, str], tuple[int, int]]:
    return edited.line_plan.lines()


def test_every_allowed_dialer_has_a_row_also_without_lines() -> None:
    assert open_lines(fleet(line("D2", 9, 1))).pairs == (D1, D2)


def test_a_dialer_that_is_not_allowed_has_a_row_only_with_lines_on_it() -> None:
    assert open_lines(fleet(allowed_dialers=("D2",))).pairs == (D2,)
    given = open_lines(fleet(line("D1", 9, 1), allowed_dialers=("D2",)))
    assert given.pairs == (D1, D2)


def test_a_good_edit_changes_its_cell_only(edited: EditedLines) -> None:
    after, messages = apply_edits(edited, {D2: {"dial_lines": "80"}})
    assert messages == ()
    assert lines(after) == {D1: (95, 5), D2: (80, 5)}
    assert after.problem.assignments == after.lines
    assert lines(edited) == {D1: (95, 5), D2: (95, 5)}, "the state before is left as it was"


@pytest.mark.parametrize("value", ["80", " 80 ", 80, 80.0, "80.0"])
def test_whole_numbers_are_read_however_the_grid_hands_them(
    edited: EditedLines, value: object
) -> None:
    after, messages = apply_edits(edited, {D1: {"dial_lines": value}})
    assert messages == ()
    assert lines(after)[D1] == (80, 5)


@pytest.mark.parametrize(
    "value",
    [
        None, "", "  ", "-1", -1, "9x", "1e3", "4.5", 4.5, "100001", "9" * 40, True,
        float("nan"), float("inf"), "=1+1", "1,000", "٣", [5],
    ],
)  # fmt: skip
def test_a_bad_cell_gets_a_message_and_the_last_good_lines_stay(
    edited: EditedLines, value: object
) -> None:
    after, (message,) = apply_edits(edited, {D1: {"dial_lines": value}})
    assert after is edited
    assert (message.campaign_id, message.dialer_id, message.column) == ("sales", "D1", "dial_lines")
    assert message.message.startswith("Dial lines: ")
    assert message.message.endswith("95 still counts.")


def test_a_bad_cell_does_not_hold_back_the_good_ones(edited: EditedLines) -> None:
    after, messages = apply_edits(
        edited, {D1: {"dial_lines": "x", "agent_lines": "4"}, D2: {"dial_lines": "90"}}
    )
    assert lines(after) == {D1: (95, 4), D2: (90, 5)}
    assert [m.column for m in messages] == ["dial_lines"]


def test_a_good_value_replaced_by_a_bad_one_keeps_the_good_one(edited: EditedLines) -> None:
    good, _ = apply_edits(edited, {D1: {"dial_lines": "80"}})
    after, (message,) = apply_edits(good, {D1: {"dial_lines": "-3"}})
    assert lines(after)[D1] == (80, 5)
    assert message.message.endswith("80 still counts.")


def test_columns_and_rows_that_are_not_for_editing_cannot_be_edited(edited: EditedLines) -> None:
    after, messages = apply_edits(
        edited, {D1: {"campaign_id": "x", "busy_agent_lines": 9}, ("sales", "D9"): {"x": 1}}
    )
    assert after is edited
    assert [(m.dialer_id, m.message) for m in messages] == [
        ("D9", "This campaign has no place on this dialer.")
    ]


def test_a_lock_is_an_edit_and_holds_a_row_at_no_lines(edited: EditedLines) -> None:
    after, _ = apply_edits(edited, {D1: {"dial_lines": 0, "agent_lines": 0, "locked": True}})
    assert after.problem.assignments[0] == line("D1", 0, 0, locked=True)
    _, (message,) = apply_edits(edited, {D1: {"locked": None}})
    assert message.message == "Lock: neither ticked nor unticked; unticked still counts."


def test_undo_and_redo_walk_the_whole_history(edited: EditedLines) -> None:
    states = [edited]
    for dial in range(90, 60, -1):
        states.append(apply_edits(states[-1], {D1: {"dial_lines": dial}})[0])
    now = states[-1]
    for state in reversed(states[:-1]):
        now = undo(now)
        assert now.lines == state.lines
    assert undo(now) is now
    for state in states[1:]:
        now = redo(now)
        assert now.lines == state.lines
    assert redo(now) is now


def test_an_edit_after_an_undo_ends_the_redo(edited: EditedLines) -> None:
    changed, _ = apply_edits(edited, {D1: {"dial_lines": 80}})
    after, _ = apply_edits(undo(changed), {D1: {"dial_lines": 70}})
    assert redo(after) is after
    assert lines(undo(after)) == lines(edited)


def test_the_same_edits_again_are_no_step_of_the_history(edited: EditedLines) -> None:
    edits = {D1: {"dial_lines": 80}}
    once, _ = apply_edits(edited, edits)
    assert apply_edits(once, edits)[0] is once


def test_taking_a_plan_keeps_locks_and_can_be_undone(edited: EditedLines) -> None:
    locked, _ = apply_edits(edited, {D1: {"locked": True}})
    plan = LinePlan(assignments=(line("D1", 100, 10),))
    after = take_plan(locked, plan)
    assert after.lines == (line("D1", 100, 10, locked=True),)
    assert undo(after).lines == locked.lines


def test_busy_agent_lines_follow_the_agent_lines_and_come_back() -> None:
    edited = open_lines(fleet(line("D1", 95, 5, busy_agent_lines=4)))
    fewer, _ = apply_edits(edited, {D1: {"agent_lines": 3}})
    assert fewer.lines[0].busy_agent_lines == 3
    again, _ = apply_edits(fewer, {D1: {"agent_lines": 5}})
    assert again.lines[0].busy_agent_lines == 4
