"""What the board sends: batches are read in their order, and nonsense is left out."""

from __future__ import annotations

import pytest

from planner.app.editing.board.typed import read_typed
from planner.app.editing.edited_lines import EditMessage


def batch(number: object = 1, column: object = "dial_lines", cells: object = None) -> object:
    return {"id": number, "column": column, "cells": [["C", "D", "5"]] if cells is None else cells}


def test_batches_come_in_the_order_of_their_numbers() -> None:
    typed = read_typed({"mount": "a", "batches": [batch(2), batch(1, "agent_lines")]})
    assert typed is not None
    assert typed.mount == "a"
    assert [b.id for b in typed.batches] == [1, 2]
    assert typed.batches[0].edits == {("C", "D"): {"agent_lines": "5"}}


@pytest.mark.parametrize("value", [None, "x", [], {}, {"mount": 1, "batches": []}])
def test_what_is_no_message_of_the_board_says_nothing(value: object) -> None:
    assert read_typed(value) is None


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        batch("1"),
        batch(True),
        batch(1, "status"),
        batch(1, ["dial_lines"]),
        batch(1, "dial_lines", "C"),
    ],
)
def test_a_batch_that_makes_no_sense_is_left_out(item: object) -> None:
    typed = read_typed({"mount": "a", "batches": [item, batch(3)]})
    assert typed is not None
    assert [b.id for b in typed.batches] == [3]


@pytest.mark.parametrize("cell", [None, "C", ["C", "D"], ["C", "D", 5], [["C"], "D", "5"]])
def test_a_cell_that_makes_no_sense_is_left_out(cell: object) -> None:
    typed = read_typed({"mount": "a", "batches": [batch(1, "dial_lines", [cell, ["C", "E", "7"]])]})
    assert typed is not None
    assert typed.batches[0].edits == {("C", "E"): {"dial_lines": "7"}}


def test_a_step_through_the_history_is_a_batch_of_its_own() -> None:
    steps = [{"id": 1, "step": "undo"}, {"id": 2, "step": "drop"}, {"id": "3", "step": "redo"}]
    typed = read_typed({"mount": "a", "batches": steps})
    assert typed is not None
    assert [(b.id, b.step, b.edits) for b in typed.batches] == [(1, "undo", {})]


def test_a_message_is_over_once_its_cell_is_typed_anew() -> None:
    typed = read_typed({"mount": "a", "batches": [batch()]})
    assert typed is not None
    (found,) = typed.batches
    assert found.is_about(EditMessage("C", "D", "dial_lines", "no number"))
    assert not found.is_about(EditMessage("C", "D", "agent_lines", "no number"))
    assert not found.is_about(EditMessage("C", "E", "dial_lines", "no number"))


def test_a_lock_is_set_by_1_and_taken_off_by_anything_else() -> None:
    cells = [["C", "D", "1"], ["C", "E", "0"], ["C", "F", "yes"]]
    typed = read_typed({"mount": "a", "batches": [batch(1, "locked", cells)]})
    assert typed is not None
    locks = {dialer: cells["locked"] for (_, dialer), cells in typed.batches[0].edits.items()}
    assert locks == {"D": True, "E": False, "F": False}
