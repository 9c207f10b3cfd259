"""Moves in their order, in words: what to do, what it is worth then, and what breaks meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from planner.contracts.result import LineChange, Move, PlanResult
from planner.report.words import amount


def without_move(result: PlanResult) -> list[LineChange]:
    """Changes that are no move: those on dialers out of service."""
    moved = {(move.campaign_id, move.dialer_id) for move in result.moves}
    return [c for c in result.changes if (c.campaign_id, c.dialer_id) not in moved]


def move_sentences(moves: Sequence[Move]) -> list[str]:
    """Each move with the value after it, and what does not hold then."""
    return [
        f"{move.instruction} Then {amount(move.value_after)} an hour."
        + (f" Meanwhile: {meanwhile(move)}" if move.breaks else "")
        for move in moves
    ]


def meanwhile(move: Move) -> str:
    """What does not hold after a move, in one sentence."""
    return "; ".join(text.removesuffix(".") for text in move.breaks) + "."


def way_sentence(value_before: float | None, moves: Sequence[Move]) -> str:
    """The value now, the lowest on the way, and at the end; how many moves break something."""
    if not moves or value_before is None:
        return ""
    last = moves[-1].value_after
    lowest = min(moves, key=lambda move: move.value_after)
    ends = f"{amount(value_before)} to {amount(last)}"
    words = f"On the way from {ends} of value an hour, by the planning tables, "
    if lowest.value_after < min(value_before, last):
        words += f"it is never below {amount(lowest.value_after)} (after move {lowest.step})."
    else:
        words += "it is never below the lower of the two."
    breaking = [str(move.step) for move in moves if move.breaks]
    if breaking:
        steps = f"move {breaking[0]}" if len(breaking) == 1 else f"moves {', '.join(breaking)}"
        words += f" Something does not hold meanwhile after {steps}: it is told there."
    return words


def rows_of_moves(moves: Sequence[Move]) -> list[list[str]]:
    """Step, campaign, dialer, dial lines, agent lines and value after, as cells."""
    return [
        [
            str(move.step),
            move.campaign_id,
            move.dialer_id,
            f"{move.dial_lines_from} -> {move.dial_lines_to}",
            f"{move.agent_lines_from} -> {move.agent_lines_to}",
            amount(move.value_after),
        ]
        for move in moves
    ]
