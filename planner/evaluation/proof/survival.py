"""The largest reduced value of a campaign's splits that survive failures, from above.

Splits are told apart by the calls that they handle in all, in ranges ``(low, high]``. In one, no
failure may take more than its share of ``high``: what a dialer carries alone is left out, what
several carry together has a price, and so has being out of the range. Every price proves a bound
(weak duality); ranges whose bound is too high are cut. All ranges are worked out at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.programme import FREE, NEVER, UNUSED, USED, Asking, Grid, Programme
from planner.evaluation.proof.splits import Options, grid_of, largest_by_programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Ranges to begin with, the share of the most calls at which the lowest of them ends, prices tried
#: before a range is split, and into how many; what is too narrow to be cut alone, as a share.
RANGES, LOWEST, TRIALS, PARTS, NARROW = 24, 1e-3, 10, 2, 1e-3
#: Dialers used beyond the least that are told apart; not told apart yet.
MORE_DIALERS, ANY = 2, -1
#: No domain carries more than half of what two may; what is about half.
NONE, NEARLY = -2, 0.52
#: Steps go so much further than would bring the bound down to the target, which it then passes.
OVER = 1.5
#: Prices tried where there is no target to come below, and of what is dear.
MORE_TRIALS, FEW_TRIALS = 30, 3
#: Ranges at a time, and split at most: a target that cannot be had would split them without end.
AT_A_TIME, MOST_SPLIT = 400, 4000
#: What a bound may be above its target by, relatively: rounding.
NEAR = 1e-10


@dataclass(frozen=True)
class Asked:
    """What the splits of a campaign are held to.

    Attributes
    ----------
    agents : agent lines to split
    least_used : dialers that a split with lines uses at the least
    missing : what using so many dialers costs, the last for so many or more
    lost : ``[case, dialer]`` of the failures that must be survived
    share : of the calls that must be left
    at_once : failure domains, any so many of which a case takes
    domain : of each dialer
    """

    agents: int
    least_used: int
    missing: list[float]
    lost: Floats
    share: float
    at_once: int = 1
    domain: tuple[int, ...] = ()

    @cached_property
    def groups(self) -> list[list[int]]:
        """Cases of several dialers, none of which is in two of them; of single failures."""
        found: list[list[int]] = []
        if self.at_once > 1:
            return found
        for case in self.several:
            members = np.flatnonzero(case).tolist()
            if not any(set(members) & set(group) for group in found):
                found.append(members)
        return found

    @cached_property
    def several(self) -> Floats:
        """The cases that take several dialers."""
        return np.asarray(self.lost[self.lost.sum(axis=1) > 1], np.float64)

    @cached_property
    def alone(self) -> Floats:
        """Of those, which are no groups: 1 and 0."""
        return np.array(
            [float(np.flatnonzero(c).tolist() not in self.groups) for c in self.several]
        )

    def most_lost(self, calls: Floats) -> Floats:
        """What a failure may take at the most of so many calls."""
        return (1.0 - self.share) * calls + 1e-9 * (1 + calls)

    @property
    def least(self) -> int:
        """Dialers that a split with lines uses at the least.

        On ``m`` of them a failure takes ``at_once / m`` of the calls or more.
        """
        survive = np.ceil(self.at_once / max(1.0 - self.share, 1e-3) - 1e-6) if self.share else 1
        return max(self.least_used, 1, int(survive))

    @property
    def top(self) -> int:
        """The most dialers used that are told apart, so many or more."""
        most = max(len(self.missing) - 1, self.least)
        return max(min(most + MORE_DIALERS, int(self.lost.shape[1])), most)

    def costs(self, count: Ints) -> Floats:
        """What using ``u`` dialers costs ``[range, u]``, where so many are told to be."""
        used = np.arange(self.top + 1)
        cost = np.array(self.missing)[np.minimum(used, len(self.missing) - 1)]
        may = (used >= self.least) & ((count[:, None] == ANY) | (count[:, None] == used))
        return np.where(may, cost, np.inf)


@dataclass(frozen=True)
class Ranges:
    """Ranges of calls, told apart by the dialers used, and prices; together they hold all splits.

    ``count`` dialers are used, ANY or so many; the most that is told apart is so many or more.
    ``use`` says of each dialer whether it is, ``[range, dialer]``. Where any two domains may fail,
    ``big`` is the one that carries more than ``above`` calls, and at most ``upto``; or NONE: all
    carry at most so many. A price is of calls below the range, above it, and of what each case of
    several dialers may take.
    """

    low: Floats
    high: Floats
    count: Ints
    big: Ints
    above: Floats
    upto: Floats
    use: Ints
    prices: Floats

    def picked(self, which: Bools | Ints) -> Ranges:
        """Some of them."""
        return Ranges(*(getattr(self, f.name)[which] for f in fields(self)))

    def with_more(self, *others: Ranges) -> Ranges:
        """These and others."""
        every = (self, *others)
        return Ranges(*(np.concatenate([getattr(r, f.name) for r in every]) for f in fields(self)))


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
        known = _at_first(most, len(grids), len(asked.several))
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


def _caps(ranges: Ranges, asked: Asked) -> Floats:
    """Most calls on each dialer ``[range, dialer]`` of splits that survive.

    Of two domains that may fail, the one that carries less has at most half of what both may have,
    and no more than the other leaves.
    """
    both = asked.most_lost(ranges.high)[:, None]
    caps = np.where(np.asarray(asked.lost.any(axis=0)), both, np.inf)
    if asked.at_once < 2:
        return caps
    big, above, upto = ranges.big[:, None], ranges.above[:, None], ranges.upto[:, None]
    mine = (np.array(asked.domain) == big) | (big == NONE)
    told = np.where(mine, upto, np.maximum(np.minimum(both / 2, both - above), 0.0))
    return np.where(big == ANY, caps, np.minimum(caps, told * (1 + 1e-9)))


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
    cap, caps, several = asked.most_lost(high), _caps(ranges, asked), asked.several
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
        per_call = (each[:, :1] - each[:, 1:2]) - each[:, 2:] @ several
        asking = Asking(per_call, caps[here], cap[here], ranges.use[here])
        found = Programme(grids, every, asked.agents, asked.top, asking, groups)
        ends = found.best.max(axis=2) - cost[here]
        value = ends.max(axis=1) - each[:, 0] * low[here] + each[:, 1] * high[here]
        value = value + (each[:, 2:] * cap[here, None]).sum(axis=1)
        lower = value < best[here]
        best[here[lower]], kept[here[lower]] = value[lower], each[lower]
        far = np.isfinite(value) & (best[here] > target + NEAR * (1 + abs(target)))
        if not far.any() or (trial > 0 and time.monotonic() > end):
            break
        which, used = np.arange(len(here)), ends.argmax(axis=1)
        calls = found.amounts(which, used, found.best[which, used].argmax(axis=1))
        told[here[lower]] = calls[lower]
        total, taken = calls.sum(axis=1), calls @ several.T
        slack = np.column_stack([
            total - low[here], high[here] - total, cap[here, None] - taken
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
