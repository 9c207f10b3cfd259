"""A good order of many steps: a first one that fits, then insertion and exact windows by turns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.evaluation.moves.limits import Course
from planner.evaluation.moves.rows import Floats, Ints
from planner.evaluation.moves.scores import Score, States, along_order, score, scored, states
from planner.evaluation.moves.subsets import MOST_STEPS, best_order

#: So many steps in a row are put in order exactly, and the next window begins so much later.
_WINDOW, _STRIDE = 9, 5
#: Of steps that fit so many, the best earning, are compared by what they break.
_MOST_COMPARED = 40
#: So often all steps are tried at all places, and all windows.
_MOST_ROUNDS = 3
#: Of more steps only the first order is made, and its windows where something breaks: people who
#: set up a fleet anew look at no order.
_MOST_SEARCHED = 150


def ordered(course: Course, steps: Sequence[int], known: Sequence[int] | None = None) -> list[int]:
    """Steps in the best order that is found; exactly the best one where they are few.

    A search begins with an order that is ``known``, else with one that fits.
    """
    if len(steps) <= MOST_STEPS:
        exact = best_order(course, steps)
        return list(steps) if exact is None else exact
    order = first_order(course, steps) if known is None else list(known)
    if len(steps) <= _MOST_SEARCHED:
        return improved(course, order)
    best = score(course, order)
    return _windows(course, order, best)[0] if any(best[:4]) else order


def first_order(course: Course, steps: Sequence[int]) -> list[int]:
    """What breaks least is done first, of such what earns most, as soon as it fits.

    Where nothing fits that earns, what costs least among what fits makes room.
    """
    left = np.array(sorted(steps), dtype=np.int64)
    taken = course.hard_start.copy()
    order: list[int] = []
    gains = course.value.min(axis=1)
    while len(left):
        ready = np.flatnonzero(~np.isin(course.waits_for[left], left))
        over = np.maximum(taken + course.hard[left[ready]] - course.allowed, 0.0).sum(axis=1)
        ready = ready[over == over.min()]
        best = ready[np.argsort(-gains[left[ready]], kind="stable")[:_MOST_COMPARED]]
        pick = int(best[_least_broken(course, order, left[best])])
        order.append(int(left[pick]))
        taken = taken + course.hard[left[pick]]
        left = np.delete(left, pick)
    return order


def _least_broken(course: Course, made: Sequence[int], choices: Ints) -> int:
    """Which of some steps breaks least after those made; the first one where several do."""
    done = np.array(made, dtype=np.int64)

    def sums(start: Floats, added: Floats) -> Floats:
        after: Floats = start + added[done].sum(axis=0) + added[choices]
        return after

    found = states(course, sums, len(choices))
    return int(np.lexsort((np.arange(len(choices)), found.dark, np.round(found.broken, 9)))[0])


def improved(course: Course, order: list[int]) -> list[int]:
    """An order after insertions and exact windows, until neither helps or enough were tried."""
    best = score(course, order)
    for _ in range(_MOST_ROUNDS):
        before = best
        order, best = _inserted(course, order, best)
        order, best = _windows(course, order, best)
        if best == before:
            break
    return order


def _inserted(course: Course, order: list[int], best: Score) -> tuple[list[int], Score]:
    """Each step put where it is best, one after the other."""
    for step in list(order):
        others = [other for other in order if other != step]
        place, found = best_place(course, others, step)
        if found < best:
            order, best = [*others[:place], step, *others[place:]], found
    return order, best


def best_place(course: Course, others: Sequence[int], step: int) -> tuple[int, Score]:
    """The place of a step among others at which their order is best, and its score."""
    count = len(others) + 1
    before = int(course.waits_for[step])
    first = others.index(before) + 1 if before in others else 0
    waiting = [place for place, other in enumerate(others) if course.waits_for[other] == step]
    last = min(waiting, default=count - 1)
    kept, moved = _both(course, others, step)
    columns = (
        _head(kept.over, np.add, 0.0) + _tail(moved.over, np.add),
        np.maximum(_head(kept.breach, np.maximum, 0.0), _tail(moved.breach, np.maximum)),
        _head(kept.broken, np.add, 0.0) + _tail(moved.broken, np.add),
        _head(kept.dark, np.add, 0.0) + _tail(moved.dark, np.add),
        np.minimum(_head(kept.value, np.minimum, np.inf), _tail(moved.value, np.minimum)),
        _head(kept.value, np.add, 0.0) + _tail(moved.value, np.add),
    )
    scores = scored(course, *(column[first : last + 1] for column in columns))
    best = int(np.lexsort(scores[::-1])[0])
    return first + best, Score(*(float(part[best]) for part in scores))


def _both(course: Course, others: Sequence[int], step: int) -> tuple[States, States]:
    """The states of an order without a step, and the same with the step made."""
    count = len(others) + 1
    along = along_order(others)

    def twice(start: Floats, added: Floats) -> Floats:
        without = along(start, added)
        return np.concatenate([without, without + added[step]])

    found = states(course, twice, 2 * count)
    return States(*(part[:count] for part in found)), States(*(part[count:] for part in found))


def _head(values: Floats, merge: np.ufunc, none: float) -> Floats:
    """By place of the step: the states after the steps before it, but for the very first."""
    changed = values.copy()
    changed[0] = none
    merged: Floats = merge.accumulate(changed)
    return merged


def _tail(values: Floats, merge: np.ufunc) -> Floats:
    """By place of the step: the states from it on."""
    merged: Floats = merge.accumulate(values[::-1])[::-1]
    return merged


def _windows(course: Course, order: list[int], best: Score) -> tuple[list[int], Score]:
    """Steps in a row put in the best order, window after window."""
    for first in range(0, max(len(order) - _WINDOW, 0) + _STRIDE, _STRIDE):
        window = order[first : first + _WINDOW]
        if len(window) < 2:
            continue
        found = states(course, along_order(order), len(order) + 1)
        inside: Ints = np.arange(len(order) + 1)
        outside = (inside > 0) & ((inside <= first) | (inside >= first + len(window)))
        again = best_order(
            course,
            window,
            order[:first],
            float(found.breach[outside].max(initial=0.0)),
            float(found.value[outside].min(initial=np.inf)),
        )
        if again is None:
            continue
        trial = [*order[:first], *again, *order[first + len(window) :]]
        tried = score(course, trial)
        if tried < best:
            order, best = trial, tried
    return order, best
