"""The largest reduced value of a campaign's splits that survive failures, from above.

Splits are told apart by the calls that they handle in all, in ranges ``(low, high]``. In one, no
failure may take more than its share of ``high``: what a dialer carries alone is left out, what
several carry together has a price, and so has being out of the range; what the others may not
carry, a dialer or a failure must. Every price proves a bound (weak duality); ranges whose bound is
too high are cut. All ranges are worked out at once.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.programme import FREE, NEVER, UNUSED, USED, Asking, Grid, Programme
from planner.evaluation.proof.ranges import ANY, NONE, Asked, Ranges, least_calls, most_calls
from planner.evaluation.proof.splits import Options, grid_of, largest_by_programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Ranges to begin with, the share of the most calls at which the lowest of them ends, prices tried
#: before a range is split, and into how many; what is too narrow to be cut alone, as a share.
RANGES, LOWEST, TRIALS, PARTS, NARROW = 70, 0.05, 10, 3, 1e-3
#: What is about half of what two domains may carry.
NEARLY = 0.52
#: Steps go so much further than would bring the bound down to the target, which it then passes.
OVER = 1.5
#: Prices tried where there is no target to come below, and of what is dear.
MORE_TRIALS, FEW_TRIALS = 30, 3
#: Ranges at a time, and split at most: a target that cannot be had would split them without end.
AT_A_TIME, MOST_SPLIT = 400, 4000
#: What a bound may be above its target by, relatively: rounding.
NEAR = 1e-10


def largest_surviving(
    worth: list[Floats],
    options: list[Options],
    asked: Asked,
    target: float,
    end: float,
    known: Ranges | None = None,
    most_split: int | None = None,
) -> tuple[float, Ranges | None]:
    """An upper bound on the sum of worths over splits that survive; about the ``target`` or less.

    Parameters
    ----------
    worth : of each option, by dialer
    options : by dialer
    asked : what the splits are held to
    target : a bound need not be lower
    end : on the clock of ``time.monotonic``, at which it ends with the bound that it has
    known : ranges found before, at other worths, to begin with; those found are returned
    most_split : ranges split at the most, where not the usual number
    """
    pairs = zip(worth, options, strict=True)
    grids = [grid_of(value, here, here.handled, asked.agents) for value, here in pairs]
    most = sum(float(grid.amount.max(initial=0.0)) for grid in grids)
    none = -asked.missing[0] if all(grid.nothing > NEVER for grid in grids) else NEVER
    if most <= 0:  # without calls nothing need survive
        free = worth, options, asked.agents, asked.least_used, asked.missing
        return largest_by_programme(*free), known
    if known is None or known.high.max() < most or len(known.low) > AT_A_TIME:
        known = _at_first(most, len(grids), len(asked.rows))
    most_split = MOST_SPLIT if most_split is None else most_split
    best, split = none, 0
    waiting, above, kept = known, np.full(len(known.low), np.inf), known.picked(np.zeros(0, int))
    while len(waiting.low):
        goal = max(target, best)
        order = np.argsort(-above, kind="stable")
        now, later = order[:AT_A_TIME], order[AT_A_TIME:]
        found, ranges, calls = _bounds(grids, asked, waiting.picked(now), goal, end)
        found = np.minimum(found, above[now])
        far: Bools = np.asarray(found > goal + NEAR * (1 + abs(goal)))
        if asked.groups and far.any() and target > NEVER and time.monotonic() < end:
            closer, _, _ = _bounds(grids, asked, ranges.picked(far), goal, end, together=True)
            found[far] = np.minimum(found[far], closer)
            far = np.asarray(found > goal + NEAR * (1 + abs(goal)))
        best = max(best, float(found[~far].max(initial=NEVER)))
        kept = kept.with_more(ranges.picked(~far))
        parts, bounds = _split(ranges.picked(far), calls[far], found[far], asked)
        waiting, above = waiting.picked(later).with_more(parts), np.append(above[later], bounds)
        split += int(far.sum())
        if target == NEVER or split > most_split or time.monotonic() > end:
            best = max(best, float(above.max(initial=NEVER)))
            return best, kept.with_more(waiting)
    return best, kept


def _at_first(most: float, dialers: int, cases: int) -> Ranges:
    """Ranges of up to so many calls, those of many calls close together."""
    edges = np.concatenate([[0.0], most * np.geomspace(LOWEST, 1.0, RANGES)])
    use, prices = np.full((RANGES, dialers), FREE), np.zeros((RANGES, 2 + cases))
    none = np.full(RANGES, ANY), np.full(RANGES, ANY), np.zeros(RANGES), np.full(RANGES, np.inf)
    return Ranges(edges[:-1], edges[1:] * (1 + 1e-12), *none, use, prices)


def _split(open_: Ranges, calls: Floats, found: Floats, asked: Asked) -> tuple[Ranges, Floats]:
    """Parts of ranges left open, with the prices of the whole; and the bounds of the whole.

    A price lets a split be mixed of others, as no plan can be. What takes that away: how many
    dialers are used, then whether each is that a failure takes with others, and fewer calls.
    """
    any_: Bools = open_.count == ANY
    counts = np.arange(asked.least, asked.top + 1)
    whole = open_.picked(any_)
    by_count = whole.picked(np.repeat(np.arange(len(whole.low)), len(counts)))
    by_count = replace(by_count, count=np.tile(counts, len(whole.low)))
    bounds = [np.repeat(found[any_], len(counts))]
    rest, calls, found = open_.picked(~any_), calls[~any_], found[~any_]
    if asked.at_once > 1:
        by_big, more, left = _by_largest(rest, found, asked)
        by_count, bounds = by_count.with_more(by_big), [*bounds, more]
        rest, calls, found = rest.picked(left), calls[left], found[left]
    together: Bools = np.asarray(asked.several.any(axis=0))
    narrow = rest.high - rest.low < NARROW * rest.high
    free = (rest.use == FREE) & (together | narrow[:, None])
    which = np.where(free, calls, -1.0).argmax(axis=1)
    told = np.flatnonzero(free.any(axis=1))
    place = np.concatenate([np.arange(len(rest.low)), told])
    use = rest.use[place]
    use[told, which[told]] = USED
    use[len(rest.low) + np.arange(len(told)), which[told]] = UNUSED
    by_use = replace(rest.picked(place), use=use)
    cuts = np.linspace(by_use.low, by_use.high, PARTS + 1)
    by_calls = by_use.picked(np.tile(np.arange(len(place)), PARTS))
    by_calls = replace(by_calls, low=cuts[:-1].ravel(), high=cuts[1:].ravel())
    bounds.append(np.tile(found[place], PARTS))
    return by_count.with_more(by_calls), np.concatenate(bounds)


def _by_largest(open_: Ranges, found: Floats, asked: Asked) -> tuple[Ranges, Floats, Bools]:
    """Parts of ranges by the domain that carries most, where that is not told yet, or wide.

    With their bounds, and which ranges were left as they are.
    """
    both = asked.most_lost(open_.high)
    upto = np.minimum(open_.upto, both)
    fresh: Bools = (open_.big == ANY) | ((open_.big == NONE) & (upto > NEARLY * both))
    width = (open_.high - open_.low) / open_.high
    wide: Bools = (open_.big >= 0) & ((upto - open_.above) / both > width)
    domains = np.array([NONE, *sorted(set(asked.domain))])
    told = open_.picked(np.repeat(np.flatnonzero(fresh), len(domains)))
    big = np.tile(domains, int(fresh.sum()))
    half = asked.most_lost(told.high) / 2
    told = replace(
        told,
        big=big,
        above=np.where(big == NONE, 0.0, half),
        upto=np.where(big == NONE, np.minimum(told.upto, half), told.upto),
    )
    cut = open_.picked(wide)
    middle = (cut.above + upto[wide]) / 2
    parts = told.with_more(replace(cut, upto=middle), replace(cut, above=middle))
    bounds = np.repeat(found[fresh], len(domains)), found[wide], found[wide]
    return parts, np.concatenate(bounds), ~(fresh | wide)


def _bounds(
    grids: list[Grid],
    asked: Asked,
    ranges: Ranges,
    target: float,
    end: float,
    together: bool = False,
) -> tuple[Floats, Ranges, Floats]:
    """Bound of each range, the least over prices that follow the subgradient.

    Also the ranges with their best prices, and the calls ``[range, dialer]`` there. The step is
    Polyak's. With ``together`` what groups of dialers may have has prices of its own for each
    number of their dialers and lines: closer, and ten times as dear.
    """
    low, high = ranges.low, ranges.high
    cap, caps, rows = asked.most_lost(high), most_calls(ranges, asked), asked.rows
    least = least_calls(grids, ranges, asked)
    groups_least = np.repeat(-least.groups[:, None], len(asked.groups), axis=1)
    limits = np.column_stack([np.repeat(cap[:, None], len(asked.several), axis=1), groups_least])
    cost = asked.costs(ranges.count)
    best, kept = np.full(len(low), np.inf), ranges.prices.copy()
    told, now = np.zeros((len(low), len(grids))), ranges.prices.copy()
    groups, trials = None, TRIALS if target > NEVER else MORE_TRIALS
    if together:
        groups, trials = asked.groups, FEW_TRIALS
        now[:, 2:] *= asked.alone
    here, every = np.arange(len(low)), list(range(len(grids)))
    for trial in range(trials):
        each = now[here]
        per_call = (each[:, :1] - each[:, 1:2]) - each[:, 2:] @ rows
        bounds = cap[here], least.groups_used[here]
        asking = Asking(
            per_call, caps[here], least.floors[here], bounds, least.use[here], asked.call
        )
        found = Programme(grids, every, asked.agents, asked.top, asking, groups)
        ends = found.best.max(axis=2) - cost[here]
        value = ends.max(axis=1) - each[:, 0] * low[here] + each[:, 1] * high[here]
        value = value + (each[:, 2:] * limits[here]).sum(axis=1)
        lower = value < best[here]
        best[here[lower]], kept[here[lower]] = value[lower], each[lower]
        far = np.isfinite(value) & (best[here] > target + NEAR * (1 + abs(target)))
        if not far.any() or (trial > 0 and time.monotonic() > end):
            break
        which, used = np.arange(len(here)), ends.argmax(axis=1)
        calls = found.amounts(which, used, found.best[which, used].argmax(axis=1))
        told[here[lower]] = calls[lower]
        total, taken = calls.sum(axis=1), calls @ rows.T
        slack = np.column_stack([
            total - low[here], high[here] - total, limits[here] - taken
        ])  # fmt: skip
        # Only what is broken, or has a price, moves.
        moves = np.where((slack < 0) | (each > 0), slack, 0.0)
        if together:
            moves[:, 2:] *= asked.alone
        size = np.maximum((moves**2).sum(axis=1), 1e-300)
        goal = target if target > NEVER else best[here] - 0.05 * np.abs(best[here])
        step = np.where(far, np.where(far, value, 0.0) - np.where(far, goal, 0.0), 0.0) / size
        now[here] = np.maximum(each - OVER * step[:, None] * moves, 0.0)
        here = here[far & (moves != 0).any(axis=1)]
        if not len(here):
            break
    return best, replace(ranges, prices=kept), told
