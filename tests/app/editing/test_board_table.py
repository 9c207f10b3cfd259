"""The board: what each cell, row end and column end says, and where broken limits stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from planner.app.editing.assessment import assess
from planner.app.editing.board.over_limit import over_limit
from planner.app.editing.board.parts import Board, Measure
from planner.app.editing.board.slack import slack_sentences
from planner.app.editing.board.table import draw_board
from planner.app.editing.edited_lines import EditedLines, EditMessage, apply_edits, open_lines
from planner.contracts.fleet.agents import LimitRow
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def fleet(**changed: object) -> Problem:
    """One campaign on two of three dialers; a broadcast that may use the third alone."""
    solar = {
        "campaign_id": "Solar",
        "agent_lines": 10,
        "attempt_seconds": 25.0,
        "answer_rate": 0.1,
        "transfer_rate": 0.1,
        "talk_seconds": 180.0,
        **changed,
    }
    return Problem(
        dialers=(
            Dialer(dialer_id="D1", ports=100, failure_domain="North", cps=3),
            Dialer(dialer_id="D2", ports=100),
            Dialer(dialer_id="D3", ports=50),
        ),
        campaigns=(
            Campaign(**solar),
            Campaign(
                campaign_id="News",
                kind="broadcast",
                attempt_seconds=36.0,
                answer_rate=0.5,
                allowed_dialers=("D3",),
            ),
        ),
        assignments=(
            line("Solar", "D1", 95, 5),
            line("Solar", "D2", 95, 5),
            line("News", "D3", 10, 0),
        ),
    )


def line(
    campaign: str, dialer: str, dial: int, agents: int, locked: bool = False
) -> LineAssignment:
    return LineAssignment(
        campaign_id=campaign,
        dialer_id=dialer,
        dial_lines=dial,
        agent_lines=agents,
        locked=locked,
    )


def drawn(
    edited: EditedLines,
    measure: Measure = Measure.DIAL_LINES,
    refused: tuple[EditMessage, ...] = (),
) -> Board:
    opened = assess(open_lines(edited.baseline), AT)
    return draw_board(assess(edited, AT), opened, measure, edited.pairs, refused)


def cells(board: Board, row: int) -> dict[int, str]:
    return {cell.dialer: cell.text for cell in board.rows[row].cells}


def test_heads_speak_of_limits_where_a_campaign_has_one() -> None:
    free = drawn(open_lines(fleet()))
    assert [end.text for end in free.ends][1::2] == ["Abandon rate", "Survives a failure"]
    limited = drawn(open_lines(fleet(max_abandon_rate=0.03, survivable_share=0.5)))
    assert [end.text for end in limited.ends][1::2] == [
        "Abandon rate (at\N{NO-BREAK SPACE}most)",
        "Survives a failure (at\N{NO-BREAK SPACE}least)",
    ]


def test_campaigns_go_down_and_dialers_across() -> None:
    board = drawn(open_lines(fleet()))
    assert [row.head.text for row in board.rows] == ["Solar", "News"]
    assert [dialer.text for dialer in board.dialers] == ["D1", "D2", "D3"]
    # A dialer without a failure domain fails alone.
    assert board.domains == ("North", "D2", "D3")


def test_a_dialer_that_a_campaign_may_not_use_is_closed() -> None:
    board = drawn(open_lines(fleet()))
    assert board.rows[0].closed == ()
    assert board.rows[1].closed == (0, 1)


# Engset, 95 dial and 5 agent lines: paused 0.399945, 79.260393 transfers an hour;
# the broadcast answers 10 x 3600/36 x 0.5 = 500 messages.
@pytest.mark.parametrize(
    ("measure", "solar", "news", "column"),
    [
        (Measure.DIAL_LINES, {0: "95", 1: "95"}, {2: "10"}, "dial_lines"),
        (Measure.AGENT_LINES, {0: "5", 1: "5"}, {2: "0"}, "agent_lines"),
        (Measure.PAUSED, {0: "40 %", 1: "40 %"}, {}, None),
        (Measure.CALLS, {0: "79.3", 1: "79.3"}, {2: "500.0"}, None),
    ],
)
def test_cells_show_what_is_chosen_and_only_lines_are_edited(
    measure: Measure, solar: dict[int, str], news: dict[int, str], column: str | None
) -> None:
    board = drawn(open_lines(fleet()), measure)
    assert cells(board, 0) == solar
    assert cells(board, 1) == news
    assert board.column == column


def test_tints_are_the_share_of_time_and_of_the_campaigns_calls() -> None:
    paused = drawn(open_lines(fleet()), Measure.PAUSED).rows[0].cells
    assert [cell.level for cell in paused] == [pytest.approx(0.399945, abs=1e-6)] * 2
    calls = drawn(open_lines(fleet()), Measure.CALLS)
    assert [cell.level for cell in calls.rows[0].cells] == [pytest.approx(0.5)] * 2
    assert [cell.level for cell in calls.rows[1].cells] == [pytest.approx(1.0)]


def test_what_is_left_over_and_what_is_full_is_told() -> None:
    edited = open_lines(fleet())
    assert slack_sentences(assess(edited, AT)) == (
        "No free port on D1, D2; 40 free on the others.",
        "Every agent line on shift has a dialer.",
    )
    edited, _ = apply_edits(
        edited, {("Solar", d): {"dial_lines": "50", "agent_lines": "3"} for d in ("D1", "D2")}
    )
    # 100 - 53 on each of two, 40 on the third; four of ten agent lines are left.
    assert slack_sentences(assess(edited, AT)) == (
        "Free ports: 134.",
        "Agent lines on shift without a dialer: Solar 4.",
    )


def test_row_ends_say_what_a_campaign_comes_to_against_its_limits() -> None:
    edited = open_lines(fleet(max_abandon_rate=0.03, survivable_share=0.5))
    ends = drawn(edited).rows[0].ends
    # 200 asks would be 0.01 x 2 x 95 lines; abandoned per live answer is 0.021137 (README).
    assert [end.text for end in ends] == ["10 of 10", "2.1 % (3 %)", "158.5", "50 % (50 %)"]
    assert [end.change for end in ends] == ["", "", "", ""]
    assert [end.text for end in drawn(edited).rows[1].ends] == ["–", "–", "500.0", "0 %"]


def test_row_ends_say_what_changed_against_the_lines_as_opened() -> None:
    edited, _ = apply_edits(
        open_lines(fleet()), {("Solar", "D2"): {"dial_lines": "0", "agent_lines": "0"}}
    )
    ends = drawn(edited).rows[0].ends
    # One of two equal dialers is left, and nothing survives its loss; the rate stays.
    assert [(end.text, end.change) for end in ends] == [
        ("5 of 10", "−5"),
        ("2.1 %", ""),
        ("79.3", "−79.3"),
        ("0 %", "−50.0"),
    ]
    changed = {cell.dialer: cell.is_changed for cell in drawn(edited).rows[0].cells}
    assert changed == {0: False, 1: True}


def test_a_change_of_a_share_has_no_digits_that_the_share_cannot_show() -> None:
    """A line of 95 less: of 2.1 % a few hundredths of a point, of 50 % something like 0.1."""
    edited, _ = apply_edits(
        open_lines(fleet()), {("Solar", "D2"): {"dial_lines": "94", "agent_lines": "5"}}
    )
    _, rate, _, survives = drawn(edited).rows[0].ends
    assert (rate.text, rate.change) == ("2.1 %", "")
    assert re.fullmatch(r"−0\.\d", survives.change)


def test_column_ends_say_ports_and_calls_a_second_of_their_limits() -> None:
    ports, speed = drawn(open_lines(fleet())).feet
    assert [note.text for note in ports.cells] == ["100 of 100", "100 of 100", "10 of 50"]
    assert ports.total.text == "210 of 250 in all"
    # A dial line that is not paused launches one attempt in 25 s: 95 x 0.73467 (README: 2.7918);
    # of the broadcast 10 / 36. Only D1 has a limit.
    assert [note.text for note in speed.cells] == ["2.8 of 3", "2.8", "0.28"]
    assert speed.total.text == "5.9 in all"


def test_a_broken_limit_stands_where_its_figure_is() -> None:
    problem = fleet(max_abandon_rate=0.02, min_dialers=3)
    edited, _ = apply_edits(open_lines(problem), {("Solar", "D1"): {"dial_lines": "99"}})
    board = drawn(edited)
    assert "limit 2" in board.rows[0].ends[1].broken
    assert "runs on 2 dialers" in board.rows[0].head.broken
    ports, speed = board.feet
    assert ports.cells[0].broken == "D1: 104 ports used, 100 exist."
    assert not ports.cells[1].broken
    assert not speed.cells[0].broken
    assert [end.broken for end in board.rows[1].ends] == ["", "", "", ""]


def test_a_broken_sum_of_lines_stands_at_the_heads_of_the_dialers_that_it_counts() -> None:
    rows = (LimitRow(limit="Carrier", dialer_ids="D1|D2", max_dial_lines=150),)
    board = drawn(open_lines(fleet().model_copy(update={"limits": rows})))
    told = "190 dial lines, limit Carrier wants at most 150."  # 95 + 95
    assert [dialer.broken for dialer in board.dialers] == [told, told, ""]


def test_what_cannot_be_used_stands_at_its_cell() -> None:
    edited, refused = apply_edits(open_lines(fleet()), {("Solar", "D2"): {"dial_lines": "many"}})
    board = drawn(edited, refused=refused)
    assert "“many” is no whole number" in board.rows[0].cells[1].broken
    assert cells(board, 0)[1] == "95"


def test_locked_lines_are_marked() -> None:
    edited, _ = apply_edits(open_lines(fleet()), {("Solar", "D2"): {"locked": True}})
    assert [cell.is_locked for cell in drawn(edited).rows[0].cells] == [False, True]


def test_rows_and_columns_are_those_in_view_and_column_ends_count_all_campaigns() -> None:
    edited = open_lines(fleet())
    view = assess(edited, AT)
    board = draw_board(view, view, Measure.DIAL_LINES, [("News", "D3")])
    assert [row.head.text for row in board.rows] == ["News"]
    assert [dialer.text for dialer in board.dialers] == ["D3"]
    edited, _ = apply_edits(edited, {("Solar", "D3"): {"dial_lines": "7"}})
    view = assess(edited, AT)
    board = draw_board(view, view, Measure.DIAL_LINES, [("News", "D3")])
    assert board.feet[0].cells[0].text == "17 of 50"


def test_headline_figures_past_a_limit_name_what_is_past_it() -> None:
    assert over_limit(assess(open_lines(fleet()), AT)) == {}
    edited, _ = apply_edits(
        open_lines(fleet(max_abandon_rate=0.02, survivable_share=0.6)),
        {("Solar", "D1"): {"dial_lines": "99"}},
    )
    view = assess(edited, AT)
    found = over_limit(view)
    assert found["ports_used"] == "D1 104 of 100"
    assert found["abandon_rate"].startswith("Solar 2.")
    # What D2 handles, 79.26, of what both do: with four lines more D1 has little more.
    assert found["surviving_value_per_hour"] == "Solar 50 %"
    edited, _ = apply_edits(edited, {("Solar", "D2"): {"dial_lines": "99"}})
    assert over_limit(assess(edited, AT))["ports_used"] == "2 dialers over"
