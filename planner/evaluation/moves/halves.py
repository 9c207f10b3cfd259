"""Moves made in two steps where that helps: limits, nobody dark, or a higher value on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.contracts.problem import Campaign
from planner.evaluation.moves.limits import Course
from planner.evaluation.moves.rows import Lines
from planner.evaluation.moves.scores import Score, scale, score
from planner.evaluation.moves.search import best_place, ordered
from planner.evaluation.moves.subsets import MOST_STEPS

#: A move in two steps is more work: the lowest value must rise by this part of the lower end.
WORTH = 0.05
#: Of more moves none is halved for the value: the order of so many has enough to choose from.
_MOST_HALVED = 64


def half_way(campaign: Campaign, before: Lines, after: Lines) -> Lines | None:
    """Lines between two settings of a campaign on a dialer, None where there are none.

    Where dial lines rise and agent lines fall, or the other way round, what falls falls first;
    else half of each. The lines in between can run, as those at both ends do.
    """
    (n0, a0), (n1, a1) = before, after
    if (n1 - n0) * (a1 - a0) < 0:
        between = min(n0, n1), min(a0, a1)
    else:
        least = campaign.min_agent_lines if campaign.is_live_transfer else 0
        agents = max((a0 + a1) // 2, min(least, max(a0, a1)))
        between = max((n0 + n1) // 2, agents, 1), agents
    if between in (before, after) or not _can_run(campaign, between):
        return None
    return between


def _can_run(campaign: Campaign, lines: Lines) -> bool:
    dial, agents = lines
    needed = max(campaign.min_agent_lines, 1) if campaign.is_live_transfer else 0
    return agents >= needed and dial >= max(agents, 1)


def best_steps(
    course: Course, wholes: Sequence[int], halves: Mapping[int, tuple[int, int]], mixed: set[int]
) -> list[int]:
    """The best order of moves, some of them as two steps where that helps.

    Parameters
    ----------
    wholes : the moves as one step each
    halves : the two steps of moves that can be halved
    mixed : moves that take some lines and add others, which need not fit as one step
    """
    halved = mixed & halves.keys() if len(wholes) > MOST_STEPS else set()
    order = _merged(course, ordered(course, _steps(wholes, halves, halved)), halves, 0.0)
    found = score(course, order)
    margin = WORTH * abs(_lower_end(course, wholes)) / scale(course)
    if _is_fine(course, found, wholes, margin) or not halves or len(wholes) > _MOST_HALVED:
        return order
    finer = ordered(course, _steps(wholes, halves, set(halves)))
    finer = _merged(course, finer, halves, margin)
    best = score(course, finer)
    if best[:4] == found[:4] and best.less_lowest > found.less_lowest - margin:
        return order
    return finer if best < found else order


def _steps(
    wholes: Sequence[int], halves: Mapping[int, tuple[int, int]], halved: set[int]
) -> list[int]:
    return [s for move in wholes for s in (halves[move] if move in halved else (move,))]


def _is_fine(course: Course, found: Score, wholes: Sequence[int], margin: float) -> bool:
    """Whether nothing breaks and the value falls no further than steps in two could save."""
    if any(found[:4]):
        return False
    dip = _lower_end(course, wholes) / scale(course) + found.less_lowest
    return course.gains_first or dip <= margin


def _lower_end(course: Course, wholes: Sequence[int]) -> float:
    end = course.value_start + course.value[list(wholes)].sum(axis=0)
    return min(course.value_before, float(end.min()))


def _merged(
    course: Course, order: list[int], halves: Mapping[int, tuple[int, int]], margin: float
) -> list[int]:
    """An order in which a move is in two steps only where the lowest value rises by so much."""
    best = score(course, order)
    merging = True
    while merging:
        merging = False
        for _, move in sorted(_costs_of_merging(course, order, halves)):
            others = [step for step in order if step not in halves[move]]
            place, found = best_place(course, others, move)
            if found[:4] <= best[:4] and found.less_lowest <= best.less_lowest + margin:
                order, best, merging = [*others[:place], move, *others[place:]], found, True
        if merging:
            again = ordered(course, order, order)
            found = score(course, again)
            if found < best:
                order, best = again, found
    return order


def _costs_of_merging(
    course: Course, order: Sequence[int], halves: Mapping[int, tuple[int, int]]
) -> Iterator[tuple[Score, int]]:
    """The score of the order with each of its halved moves as one step."""
    for move, pair in halves.items():
        if pair[0] in order:
            others = [step for step in order if step not in pair]
            yield best_place(course, others, move)[1], move
