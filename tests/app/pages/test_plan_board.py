"""The board on the plan page without a browser: what is typed reaches the lines, once."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages import edit, figures, go_to, lines, new_session


@pytest.fixture
def app() -> AppTest:
    app = new_session()
    app.run().button(key="open-quickstart").click().run()
    return app


def batch(number: int, *cells: list[str], column: str = "dial_lines") -> dict[str, Any]:
    return {"id": number, "column": column, "cells": list(cells)}


def send(app: AppTest, *batches: dict[str, Any], mount: str = "one") -> AppTest:
    """What the browser would send; every later run of the page has it again."""
    app.session_state["board"] = {"typed": {"mount": mount, "batches": list(batches)}}
    return app.run()


def test_the_board_is_what_one_sees_first(app: AppTest) -> None:
    assert app.session_state["measure"] == "Dial lines"
    assert not app.get("arrow_data_frame")


def test_what_is_typed_is_taken_in_once(app: AppTest) -> None:
    first = batch(1, ["Solar", "D1", "60"])
    send(app, first)
    assert not app.exception
    assert lines(app)["Solar", "D1"] == (60, 5)
    assert figures(app)["Ports used"] == "165 of 200"
    app.button(key="undo").click().run()
    assert lines(app)["Solar", "D1"] == (95, 5)
    # The browser sends it again until it is told that it has arrived: it stays undone.
    send(app, first, batch(2, ["Solar", "D2", "50"]))
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (50, 5)}


def test_each_batch_is_one_step_of_the_history(app: AppTest) -> None:
    block = batch(1, ["Solar", "D1", "60"], ["Solar", "D2", "50"])
    send(app, block, batch(2, ["Solar", "D1", "4"], column="agent_lines"))
    assert lines(app) == {("Solar", "D1"): (60, 4), ("Solar", "D2"): (50, 5)}
    app.button(key="undo").click().run()
    assert lines(app) == {("Solar", "D1"): (60, 5), ("Solar", "D2"): (50, 5)}
    app.button(key="undo").click().run()
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}
    app.button(key="redo").click().run()
    assert lines(app) == {("Solar", "D1"): (60, 5), ("Solar", "D2"): (50, 5)}


def test_steps_asked_for_on_the_board_come_in_their_turn(app: AppTest) -> None:
    # Typed and undone faster than the server answers: both arrive together.
    undo, redo = {"id": 2, "step": "undo"}, {"id": 3, "step": "redo"}
    send(app, batch(1, ["Solar", "D1", "60"]), undo)
    assert lines(app)["Solar", "D1"] == (95, 5)
    send(app, batch(1, ["Solar", "D1", "60"]), undo, redo)
    assert lines(app)["Solar", "D1"] == (60, 5)
    send(app, batch(4, ["Solar", "D1", "many"]))
    assert "no whole number" in told(app)
    send(app, {"id": 5, "step": "undo"})
    assert "no whole number" not in told(app)
    assert lines(app)["Solar", "D1"] == (60, 5)


def test_a_board_drawn_anew_counts_from_one_again(app: AppTest) -> None:
    send(app, batch(1, ["Solar", "D1", "60"]))
    send(app, batch(1, ["Solar", "D2", "50"]), mount="two")
    assert lines(app) == {("Solar", "D1"): (60, 5), ("Solar", "D2"): (50, 5)}


def test_what_cannot_be_used_is_told_until_it_is_typed_anew(app: AppTest) -> None:
    bad = batch(1, ["Solar", "D1", "many"])
    send(app, bad)
    assert lines(app)["Solar", "D1"] == (95, 5)
    assert "no whole number" in told(app)
    app.run()
    assert "no whole number" in told(app)
    send(app, bad, batch(2, ["Solar", "D1", "70"]))
    assert "no whole number" not in told(app)
    assert lines(app)["Solar", "D1"] == (70, 5)


def test_the_list_of_rows_and_the_board_edit_the_same_lines(app: AppTest) -> None:
    send(app, batch(1, ["Solar", "D1", "60"]))
    app.session_state["measure"] = "List of rows"
    app.run()
    edit(app, {1: {"dial_lines": "50"}})
    assert lines(app) == {("Solar", "D1"): (60, 5), ("Solar", "D2"): (50, 5)}
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}


def test_what_is_shown_outlasts_a_look_at_another_page(app: AppTest) -> None:
    app.session_state["measure"] = "Time paused"
    app.run()
    go_to(app, "status")
    go_to(app, "plan")
    assert app.session_state["measure"] == "Time paused"


def test_what_is_past_a_limit_stands_out_among_the_figures(app: AppTest) -> None:
    send(app, batch(1, ["Solar", "D1", "120"]))
    ports = next(metric for metric in app.metric if metric.label == "Ports used")
    assert ports.value == "225 of 200"
    assert ports.delta.replace("\\", "") == "D1 125 of 100"


def told(app: AppTest) -> str:
    return " ".join(item.value for item in app.markdown).replace("\\", "")
