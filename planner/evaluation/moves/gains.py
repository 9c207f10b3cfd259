"""What each move brings: the share of a loss that it brings back, and value by number of moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from planner.contracts.result import Move


class BroughtBack(NamedTuple):
    """One move after a failure: the share of the loss it brings back, and all up to it."""

    move: Move
    share: float
    share_so_far: float


def brought_back(
    before: float, after_failure: float, moves: Sequence[Move], most: int | None = None
) -> tuple[BroughtBack, ...]:
    """What share of a loss each move brings back, in their order.

    Most comes back first, as far as the limits allow, where the moves were ordered with
    ``gains_first``. A move that makes room for the next has a share below 0.

    Parameters
    ----------
    before, after_failure : value per hour before the failure, and after it with no line moved
    moves : in their order
    most : how many are told, None for all

    Returns
    -------
    One for each move; none where nothing was lost.
    """
    lost = before - after_failure
    if lost <= 0:
        return ()
    found = []
    last = after_failure
    for move in moves[:most]:
        gained = move.value_after - last
        found.append(BroughtBack(move, gained / lost, (move.value_after - after_failure) / lost))
        last = move.value_after
    return tuple(found)


def value_by_moves(value_before: float, moves: Sequence[Move]) -> tuple[tuple[int, float], ...]:
    """The highest value per hour that is reached within so many moves, made in their order.

    Returns
    -------
    (moves, value) where more moves bring more, beginning with (0, the value before).
    """
    found = [(0, value_before)]
    for number, move in enumerate(moves, start=1):
        if move.value_after > found[-1][1]:
            found.append((number, move.value_after))
    return tuple(found)
