"""Pools of agents on the board: whose agents have the lines, and why some are idle."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from planner.app.editing.assessment import Assessment, assess
from planner.app.editing.board.parts import Board, Measure
from planner.app.editing.board.slack import slack_sentences
from planner.app.editing.board.table import draw_board
from planner.app.editing.edited_lines import open_lines
from planner.contracts.fleet.agents import PoolRow
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.tables.folder import read_folder
from tests.support.builders import solar
from tests.support.pages import ROOT

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def seen(*lines: tuple[str, str, int, int], most: int | None = None) -> Assessment:
    """Solar and Tax on two dialers; Dallas serves both at D1 alone, Atlanta Solar anywhere."""
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=20), Dialer(dialer_id="D2", ports=20)),
        campaigns=(
            solar(agent_lines=most),
            solar(campaign_id="Tax", agent_lines=most),
            solar(campaign_id="Own", agent_lines=3),
        ),
        pools=(
            PoolRow(pool="Dallas", agent_lines=6, campaigns=("Solar", "Tax"), dialers=("D1",)),
            PoolRow(pool="Atlanta", agent_lines=4, campaigns=("Solar",)),
        ),
        assignments=tuple(
            LineAssignment(campaign_id=c, dialer_id=d, dial_lines=n, agent_lines=a)
            for c, d, n, a in lines
        ),
    )
    return assess(open_lines(problem), AT)


def drawn(view: Assessment) -> Board:
    return draw_board(view, view, Measure.AGENT_LINES, view.edited.pairs)


def test_rows_end_with_whose_agents_have_the_lines() -> None:
    # Tax can have Dallas only; of the three of Solar on D2 all come from Atlanta.
    board = drawn(seen(("Solar", "D2", 6, 3), ("Tax", "D1", 8, 6), ("Own", "D2", 3, 1)))
    assert board.ends[-1].text == "From pools"
    assert [row.ends[-1].text for row in board.rows] == ["Atlanta 3", "Dallas 6", "–"]
    assert board.rows[0].ends[-1].told == "Atlanta: 3 of its 4, 1 idle"


def test_each_pool_has_a_line_below_with_its_agents_on_each_dialer() -> None:
    board = drawn(seen(("Solar", "D2", 6, 3), ("Tax", "D1", 8, 6)))
    below = {
        foot.label: ([cell.text for cell in foot.cells], foot.total.text) for foot in board.feet[2:]
    }
    assert below == {
        "Pool Dallas": (["6", ""], "6 of 6 used"),
        "Pool Atlanta": (["", "3"], "3 of 4 used"),
    }


@pytest.mark.parametrize(
    ("lines", "most", "told"),
    [
        (
            [("Solar", "D2", 6, 3), ("Tax", "D1", 8, 6)],
            None,
            "Atlanta: 1 of 4 agent lines idle; Solar could have some on D1, D2.",
        ),
        (
            [("Solar", "D2", 6, 3), ("Tax", "D1", 6, 3)],
            3,
            "Atlanta: 1 of 4 agent lines idle; its campaigns have as many as they may.",
        ),
        (
            [("Solar", "D2", 17, 3), ("Tax", "D1", 14, 6)],
            None,
            "Atlanta: 1 of 4 agent lines idle; no port is free where they may sit.",
        ),
    ],
)
def test_why_agents_are_idle_is_told(
    lines: list[tuple[str, str, int, int]], most: int | None, told: str
) -> None:
    assert told in slack_sentences(seen(*lines, most=most))


def test_the_agents_of_a_pool_are_not_counted_again_for_each_campaign() -> None:
    # Solar may have 10 agents and Tax 6, but there are 10 in all and all have lines.
    view = seen(("Solar", "D2", 8, 4), ("Tax", "D1", 12, 6), ("Own", "D2", 3, 1))
    assert slack_sentences(view)[1:] == (
        "Agent lines on shift without a dialer: Own 2.",
        "Every agent of every pool has a line.",
    )


def test_a_fleet_without_pools_has_no_such_column() -> None:
    view = assess(open_lines(read_folder(ROOT / "data" / "quickstart")), AT)
    assert len(drawn(view).ends) == 4
