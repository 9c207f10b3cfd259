"""Moves in their order, in words: what to do, what it is worth then, and what breaks meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from planner.contracts.comparison import Replanned
from planner.contracts.result import LineChange, Move, PlanResult
from planner.report.words import amount, value_rate


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


def way_sentence(value_before: float | None, moves: Sequence[Move], call: str = "") -> str:
    """The value now, the lowest on the way, and at the end; how many moves break something.

    ``call`` is what is counted in place of value (:func:`planner.evaluation.notes.counted_calls`).
    """
    if not moves or value_before is None:
        return ""
    last = moves[-1].value_after
    lowest = min(moves, key=lambda move: move.value_after)
    ends = f"{amount(value_before)} to {value_rate(last, call)}"
    never = "there are never fewer than" if call else "it is never below"
    words = f"On the way from {ends}, by the planning tables, {never} "
    if lowest.value_after < min(value_before, last):
        words += f"{amount(lowest.value_after)} (after move {lowest.step})."
    else:
        words += "the lower of the two."
    breaking = [str(move.step) for move in moves if move.breaks]
    if breaking:
        steps = f"move {breaking[0]}" if len(breaking) == 1 else f"moves {', '.join(breaking)}"
        words += f" Something does not hold meanwhile after {steps}: it is told there."
    return words


def calls_on_the_way(found: Replanned) -> str:
    """What is counted in place of value along moves: nothing where they raise a mixed aim."""
    outcome = found.outcome
    if outcome is None or outcome.aim_per_hour != outcome.value_per_hour:
        return ""
    return outcome.counted_calls


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
