"""The largest reduced value of a campaign's splits that survive failures, from above.

Splits are told apart by the calls that they handle in all, in ranges ``(low, high]``. In one, no
failure may take more than its share of ``high``: what a dialer carries alone is left out, what
several carry together has a price, and so has being out of the range. Every price proves a bound
(weak duality); ranges whose bound is too high are halved. All ranges are worked out at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.splits import NEVER, Options

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Ranges to begin with, the share of the most calls at which the lowest of them ends, prices tried
#: before a range is split, into how many, and how often one may be.
RANGES, LOWEST, TRIALS, PARTS, SPLITS = 24, 1e-3, 10, 3, 12
#: Whether a dialer is used in a part.
UNUSED, USED, FREE = 0, 1, 2
#: Prices tried where there is no target to come below.
MORE_TRIALS = 30
#: Parts at a time, at most: a target that cannot be had would split them without end.
MOST_PARTS = 2000
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
    """

    agents: int
    least_used: int
    missing: list[float]
    lost: Floats
    share: float

    @property
    def several(self) -> Floats:
        """The cases that take several dialers."""
        several: Floats = self.lost[self.lost.sum(axis=1) > 1]
        return several


@dataclass(frozen=True)
class _Parts:
    """Ranges of calls, whether each dialer is used ``[part, dialer]``, and prices."""

    low: Floats
    high: Floats
    use: Ints
    prices: Floats


@dataclass(frozen=True)
class _Grid:
    """Options of one dialer by agent lines, ``[agent lines, option]``, filled up with NEVER."""

    agents: Ints  # [agent lines]
    worth: Floats
    calls: Floats
    used: Bools


def largest_surviving(
    worth: list[Floats], options: list[Options], asked: Asked, target: float, end: float
) -> float:
    """An upper bound on the sum of worths over splits that survive; about the ``target`` or less.

    Parameters
    ----------
    worth : of each option, by dialer
    options : by dialer
    asked : what the splits are held to
    target : a bound need not be lower
    end : on the clock of ``time.monotonic``, at which it ends with the bound that it has
    """
    grids = [_grid(value, here) for value, here in zip(worth, options, strict=True)]
    most = sum(float(grid.calls.max(initial=0.0)) for grid in grids)
    none = -asked.missing[0] if all((o.dial == 0).any() for o in options) else NEVER
    if most <= 0:
        return none
    edges = np.concatenate([[0.0], most * np.geomspace(LOWEST, 1.0, RANGES)])
    parts = _Parts(
        low=edges[:-1],
        high=edges[1:] * (1 + 1e-12),
        use=np.full((RANGES, len(grids)), FREE),
        prices=np.zeros((RANGES, 2 + len(asked.several))),
    )
    best, left = none, SPLITS if target > NEVER else 0
    while len(parts.low):
        goal = max(target, best)
        found, parts, calls = _bounds(grids, asked, parts, goal, end)
        open_ = found > goal + NEAR * (1 + abs(goal))
        best = max(best, float(found[~open_].max(initial=NEVER)))
        too_many = 2 * PARTS * int(open_.sum()) > MOST_PARTS
        if not open_.any() or left == 0 or too_many or time.monotonic() > end:
            return max(best, float(found[open_].max(initial=NEVER)))
        parts = _split(parts, open_, calls, asked)
        left -= 1
    return best


def _split(parts: _Parts, open_: Bools, calls: Floats, asked: Asked) -> _Parts:
    """Parts of those left open: their ranges cut, and one more dialer told to be used or not.

    A price lets a case be split over its dialers as no plan can be; whether each of them is used
    takes that away. Every part begins with the prices of the whole.
    """
    cuts = np.linspace(parts.low[open_], parts.high[open_], PARTS + 1)
    low, high = cuts[:-1].ravel(), cuts[1:].ravel()
    use, prices = np.tile(parts.use[open_], (PARTS, 1)), np.tile(parts.prices[open_], (PARTS, 1))
    calls = np.tile(calls[open_], (PARTS, 1))
    together = asked.several.any(axis=0) if len(asked.several) else np.zeros(use.shape[1], np.bool_)
    may = (use == FREE) & together
    told = may.any(axis=1)
    which = np.where(may, calls, -1.0).argmax(axis=1)
    twice = np.concatenate([np.arange(len(low)), np.flatnonzero(told)])
    use = use[twice]
    rows = np.flatnonzero(told)
    use[rows, which[rows]] = USED
    use[len(low) + np.arange(len(rows)), which[rows]] = UNUSED
    return _Parts(low[twice], high[twice], use, prices[twice])


def _grid(worth: Floats, here: Options) -> _Grid:
    agents, row, count = np.unique(here.agent, return_inverse=True, return_counts=True)
    order = np.argsort(row, kind="stable")
    place = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    shape = len(agents), int(count.max(initial=0))
    values, calls = np.full(shape, NEVER), np.zeros(shape)
    used = np.zeros(shape, np.bool_)
    at = row[order], place
    values[at], calls[at], used[at] = worth[order], here.handled[order], here.dial[order] > 0
    return _Grid(agents.astype(np.int64), values, calls, used)


def _bounds(
    grids: list[_Grid], asked: Asked, parts: _Parts, target: float, end: float
) -> tuple[Floats, _Parts, Floats]:
    """Bound of each part, the least over prices that follow the subgradient.

    Also the parts with their best prices, and the calls ``[part, dialer]`` there.

    The step is Polyak's. Prices are of calls below the range, above it, and of what each case of
    several dialers may take.
    """
    low, high, prices = parts.low, parts.high, parts.prices
    cap = (1.0 - asked.share) * high + 1e-9 * (1 + high)
    several = asked.several
    best, kept = np.full(len(low), np.inf), prices.copy()
    told = np.zeros((len(low), len(grids)))
    now, open_ = prices.copy(), np.ones(len(low), np.bool_)
    for _ in range(TRIALS if target > NEVER else MORE_TRIALS):
        here = np.flatnonzero(open_)
        if not len(here):
            break
        each = now[here]
        per_call = (each[:, :1] - each[:, 1:2]) - each[:, 2:] @ several
        value, calls = _programme(grids, asked, per_call, cap[here], parts.use[here])
        total, taken = calls.sum(axis=1), calls @ several.T
        slack = np.column_stack([
            total - low[here], high[here] - total, cap[here, None] - taken
        ])  # fmt: skip
        value = value - each[:, 0] * low[here] + each[:, 1] * high[here]
        value = value + (each[:, 2:] * cap[here, None]).sum(axis=1)
        lower = value < best[here]
        best[here[lower]], kept[here[lower]] = value[lower], each[lower]
        told[here[lower]] = calls[lower]
        if time.monotonic() > end:
            break
        # Only what is broken, or has a price, moves.
        moves = np.where((slack < 0) | (each > 0), slack, 0.0)
        size = np.maximum((moves**2).sum(axis=1), 1e-300)
        goal = target if target > NEVER else best[here] - 0.05 * np.abs(best[here])
        known = np.isfinite(value)
        step = np.where(known, np.where(known, value, 0.0) - np.where(known, goal, 0.0), 0.0) / size
        now[here] = np.maximum(each - step[:, None] * moves, 0.0)
        stuck = (moves == 0).all(axis=1) | ~np.isfinite(value)
        near = best[here] <= target + NEAR * (1 + abs(target))
        open_[here[near | stuck]] = False
    return best, replace(parts, prices=kept), told


def _programme(
    grids: list[_Grid], asked: Asked, per_call: Floats, cap: Floats, told: Ints
) -> tuple[Floats, Floats]:
    """Largest worth of each range, and the calls ``[range, dialer]`` of that split.

    Dialer by dialer over (dialers used, agent lines), as :func:`largest_by_programme`; a split has
    at least one line, and one dialer that a failure takes carries at most the cap.
    """
    top, ranges, agents = max(len(asked.missing) - 1, 1), len(cap), asked.agents
    best = np.full((ranges, top + 1, agents + 1), NEVER)
    best[:, 0, 0] = 0.0
    before = np.arange(agents + 1)[:, None] - np.arange(agents + 1)[None, :]  # agents, lines here
    limited: Bools = np.asarray(asked.lost.any(axis=0))
    chosen = []
    for d, grid in enumerate(grids):
        worth = grid.worth[None] + per_call[:, d, None, None] * grid.calls[None]
        if limited[d]:
            worth = np.where(grid.calls[None] > cap[:, None, None], NEVER, worth)
        after = np.full_like(best, NEVER)
        option = np.full(best.shape, -1, np.int64)
        rows = np.flatnonzero(grid.agents <= agents)
        lines = grid.agents[rows]
        for use in (0, 1):
            may = (told[:, d] == FREE) | (told[:, d] == use)
            mine = np.where((grid.used[None] == bool(use)) & may[:, None, None], worth, NEVER)[
                :, rows
            ]
            pick = mine.argmax(axis=2)
            value = np.take_along_axis(mine, pick[:, :, None], axis=2)[:, :, 0]
            code = pick * len(grid.agents) + rows
            at = before[:, lines]  # [agents, row]
            fits = at >= 0
            for u in range(top + 1):
                to = min(u + use, top)
                sums = np.where(fits, best[:, u][:, np.where(fits, at, 0)] + value[:, None], NEVER)
                row = sums.argmax(axis=2)
                moved = np.take_along_axis(sums, row[:, :, None], axis=2)[:, :, 0]
                better = moved > after[:, to]
                after[:, to] = np.where(better, moved, after[:, to])
                mine_code = np.take_along_axis(code, row, axis=1) * (top + 1) + u
                option[:, to] = np.where(better, mine_code, option[:, to])
        best = after
        chosen.append(option)
    ends = best.max(axis=2)
    cost = np.array([asked.missing[min(u, len(asked.missing) - 1)] for u in range(top + 1)])
    ends = ends - np.where(np.isfinite(cost), cost, 0.0)[None]
    ends[:, ~np.isfinite(cost)] = NEVER
    ends[:, : max(min(asked.least_used, top), 1)] = NEVER
    return ends.max(axis=1), _calls_of(grids, chosen, best, ends)


def _calls_of(grids: list[_Grid], chosen: list[Ints], best: Floats, ends: Floats) -> Floats:
    """The calls of the best split of each range, read back dialer by dialer."""
    ranges = np.arange(len(ends))
    used = ends.argmax(axis=1)
    agents = best[ranges, used].argmax(axis=1)
    calls = np.zeros((len(ends), len(grids)))
    for d in range(len(grids) - 1, -1, -1):
        grid, code = grids[d], chosen[d][ranges, used, agents]
        top = best.shape[1]
        known = code >= 0
        code = np.where(known, code, 0)
        before, rest = code % top, code // top
        row, pick = rest % len(grid.agents), rest // len(grid.agents)
        calls[:, d] = np.where(known, grid.calls[row, pick], 0.0)
        used = np.where(known, before, used)
        agents = np.where(known, agents - grid.agents[row], agents)
        agents = np.maximum(agents, 0)
    return calls
