"""Edits of many rows at once."""

from __future__ import annotations

from planner.app.editing.edited_lines import EditedLines, open_lines, undo
from planner.app.editing.quick_edits import clear, even_out, match_agents
from planner.contracts.problem import Dialer, LineAssignment, Problem
from tests.support.builders import solar


def edited(
    lines: dict[str, tuple[int, int]], *, locked: tuple[str, ...] = (), agents: int = 10
) -> EditedLines:
    """Solar on dialers named as in ``lines``."""
    return open_lines(
        Problem(
            dialers=tuple(Dialer(dialer_id=name, ports=100) for name in lines),
            campaigns=(solar(agent_lines=agents),),
            assignments=tuple(
                LineAssignment(
                    campaign_id="Solar",
                    dialer_id=name,
                    dial_lines=dial,
                    agent_lines=count,
                    locked=name in locked,
                )
                for name, (dial, count) in lines.items()
            ),
        )
    )


def lines(found: EditedLines) -> dict[str, tuple[int, int]]:
    return {key[1]: pair for key, pair in found.line_plan.lines().items()}


def test_lines_are_spread_evenly_and_none_is_lost() -> None:
    start = edited({"A": (80, 9), "B": (0, 0), "C": (20, 1)})
    found = even_out(start, start.pairs)
    assert lines(found) == {"A": (34, 4), "B": (33, 3), "C": (33, 3)}
    assert undo(found).lines == start.lines, "one step"


def test_evening_out_leaves_locked_rows_and_rows_out_of_view() -> None:
    start = edited({"A": (80, 8), "B": (20, 2), "C": (10, 2)}, locked=("A",))
    assert lines(even_out(start, [("Solar", "A"), ("Solar", "B"), ("Solar", "C")])) == {
        "A": (80, 8),
        "B": (15, 2),
        "C": (15, 2),
    }
    assert lines(even_out(start, [("Solar", "B")])) == lines(start)


def test_agent_lines_become_those_on_shift_in_proportion() -> None:
    start = edited({"A": (60, 3), "B": (60, 1)}, agents=10)
    # 10 * 3/4 = 7.5 and 10 * 1/4 = 2.5: the whole parts, and the line left over to the first.
    assert lines(match_agents(start, start.pairs)) == {"A": (60, 8), "B": (60, 2)}
    start = edited({"A": (60, 9), "B": (60, 6)}, agents=10)
    assert lines(match_agents(start, start.pairs)) == {"A": (60, 6), "B": (60, 4)}


def test_no_row_gets_more_agent_lines_than_dial_lines() -> None:
    start = edited({"A": (4, 3), "B": (60, 1)}, agents=12)
    assert lines(match_agents(start, start.pairs)) == {"A": (4, 4), "B": (60, 8)}
    start = edited({"A": (2, 1), "B": (3, 1)}, agents=12)
    assert lines(match_agents(start, start.pairs)) == {"A": (2, 2), "B": (3, 3)}


def test_agents_of_locked_rows_count_as_taken() -> None:
    start = edited({"A": (60, 7), "B": (60, 1)}, locked=("A",), agents=10)
    assert lines(match_agents(start, start.pairs)) == {"A": (60, 7), "B": (60, 3)}


def test_without_agent_lines_they_follow_the_dial_lines() -> None:
    start = edited({"A": (60, 0), "B": (20, 0)}, agents=8)
    assert lines(match_agents(start, start.pairs)) == {"A": (60, 6), "B": (20, 2)}


def test_clearing_takes_what_is_in_view_and_not_locked() -> None:
    start = edited({"A": (60, 5), "B": (20, 2), "C": (9, 1)}, locked=("A",))
    assert lines(clear(start, [("Solar", "A"), ("Solar", "B")])) == {"A": (60, 5), "C": (9, 1)}
