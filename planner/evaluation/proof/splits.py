"""The largest reduced value of a campaign's splits in a box, plainly.

A campaign whose dialers nothing ties together: a dynamic programme, dialer by dialer over dialers
used and agent lines. One of few splits: all of them. One with an abandonment limit alone: the same
programme with the abandoned calls at a price, the least over some prices, and each dialer alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.programme import NEVER, Asking, Grid, Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Prices of an abandoned call tried at a time, how often, and how far apart at first.
PRICES, ABANDON_TRIALS, APART = 9, 8, 4.0


class _Places(NamedTuple):
    """Where each option with lines stands by agent lines: which, its row, its place there."""

    which: Ints
    row: Ints
    place: Ints
    width: int


@dataclass(frozen=True)
class Options:
    """Lines that a campaign may have on one dialer, nothing among them where that may be.

    Arrays by option: dial and agent lines, handled and abandoned calls, live answers and attempts.
    """

    dial: Ints
    agent: Ints
    handled: Floats
    abandoned: Floats
    answered: Floats
    attempts: Floats

    @cached_property
    def places(self) -> _Places:
        """Where the options stand in a table by agent lines; worked out once."""
        which = np.flatnonzero(self.dial > 0)
        which = which[np.argsort(self.agent[which], kind="stable")]
        row = self.agent[which]
        count = np.bincount(row)
        place = np.arange(len(row)) - (np.cumsum(count) - count)[row]
        return _Places(which, row, place, int(count.max(initial=1)))


def grid_of(worth: Floats, here: Options, amount: Floats, agents: int) -> Grid:
    """The options of a dialer as a table, with at most so many agent lines."""
    at = here.places
    shape = int(at.row.max(initial=0)) + 1, at.width
    values, amounts = np.full(shape, NEVER), np.zeros(shape)
    values[at.row, at.place] = worth[at.which]
    amounts[at.row, at.place] = amount[at.which]
    none = np.flatnonzero(here.dial == 0)
    nothing = float(worth[none].max()) if len(none) else NEVER
    return Grid(values[: agents + 1], amounts[: agents + 1], nothing)


def largest_by_programme(
    worth: list[Floats], options: list[Options], agents: int, least_used: int, missing: list[float]
) -> float:
    """Largest sum of worths, one option per dialer, with no more agent lines than there are.

    ``missing[u]`` is what using ``u`` dialers costs, for up to the last index, which stands for so
    many or more; fewer than ``least_used`` are not allowed, but none at all as ``missing[0]`` says.
    """
    grids = [grid_of(w, o, o.handled, agents) for w, o in zip(worth, options, strict=True)]
    top = len(missing) - 1
    cost = [m if u >= least_used or u in (0, top) else np.inf for u, m in enumerate(missing)]
    return float(_values(grids, agents, np.array(cost), np.zeros((1, len(grids))))[0])


def _values(grids: list[Grid], agents: int, cost: Floats, price: Floats) -> Floats:
    """The largest sum at each price, less what so many dialers used cost."""
    every = list(range(len(grids)))
    best = Programme(grids, every, agents, len(cost) - 1, Asking(price)).best
    ends: Floats = (best.max(axis=2) - cost).max(axis=1)
    return ends


def largest_with_abandonment(
    worth: list[Floats],
    options: list[Options],
    agents: int,
    limit: float,
    least_used: int,
    missing: list[float],
    target: float = NEVER,
    first: float | None = None,
) -> tuple[float, float]:
    """As above, of splits that abandon at most ``limit`` of their live answers; an upper bound.

    On a single dialer exactly; on several the abandoned calls beyond the limit are charged, and the
    least over some prices counts: each is a bound. It need not be lower than ``target``; ``first``
    is the price to begin with. Also the price found.
    """
    over = [o.abandoned - limit * o.answered for o in options]
    alone = NEVER
    if least_used <= 1:
        nothing = [bool((o.dial == 0).any()) for o in options]
        for d, here in enumerate(options):
            if all(nothing[:d]) and all(nothing[d + 1 :]):
                fits = (over[d] <= 1e-9 * (1 + here.answered)) & (here.agent <= agents)
                fits &= here.dial > 0
                if fits.any():
                    alone = max(alone, float(worth[d][fits].max()))
        alone -= missing[min(1, len(missing) - 1)]
    none = -missing[0] if all((o.dial == 0).any() for o in options) else NEVER
    two = [missing[min(u, len(missing) - 1)] for u in range(max(len(missing), 3))]
    cost = [m if u >= max(least_used, 2) else np.inf for u, m in enumerate(two)]
    grids = [grid_of(w, o, x, agents) for w, o, x in zip(worth, options, over, strict=True)]

    def charged(prices: Floats) -> Floats:
        return _values(grids, agents, np.array(cost), -np.repeat(prices[:, None], len(grids), 1))

    if not first:
        scale = max((float(np.abs(w).max(initial=0.0)) for w in worth), default=1.0)
        first = max(scale, 1e-9) * 1e-3
    several, price = _least(charged, first, max(target, alone, none))
    return max(alone, none, several), price


def _least(bound: Callable[[Floats], Floats], first: float, target: float) -> tuple[float, float]:
    """About the least value of a convex function of prices >= 0, or one below the target.

    Every value of it is a bound. Also the price where it was found.
    """
    best = float(bound(np.array([first]))[0])
    price, apart = first, APART
    if best <= target:
        return best, price
    for _ in range(ABANDON_TRIALS):
        tried = price * apart ** np.linspace(-4, 4, PRICES)
        tried[0] = 0.0 if apart == APART else tried[0]
        found = bound(tried)
        place = int(found.argmin())
        if found[place] < best:
            best, price = float(found[place]), float(tried[place])
        if best <= target or price == 0.0:
            break
        if 0 < place < PRICES - 1:  # the least lies between the neighbours
            apart = apart ** (1 / 4)
    return best, price


def all_splits(options: list[Options], agents: int, most_lines: int, most: int) -> Ints | None:
    """Every choice of an option by dialer ``[split, dialer]``; None where there are too many."""
    if _are_more(options, agents, most_lines, most):
        return None
    chosen = np.zeros((1, 0), np.int64)
    agent, lines = np.zeros(1, np.int64), np.zeros(1, np.int64)
    for here, left in zip(options, _left_for(options, agents), strict=True):
        count = len(here.dial)
        if len(chosen) * count > 40 * most:
            return None
        agent = (agent[:, None] + here.agent[None, :]).ravel()
        lines = (lines[:, None] + here.dial[None, :]).ravel()
        kept = np.flatnonzero((agent <= left) & (lines <= most_lines))
        before, option = np.divmod(kept, count)
        chosen = np.concatenate([chosen[before], option[:, None]], axis=1)
        agent, lines = agent[kept], lines[kept]
        if len(chosen) > most:
            return None
    return chosen


def _left_for(options: list[Options], agents: int) -> list[int]:
    """Agents that the dialers up to each may have, the others with the fewest they can have."""
    fewest = [int(o.agent.min(initial=agents + 1)) for o in options]
    return [agents - sum(fewest[d + 1 :]) for d in range(len(options))]


def _are_more(options: list[Options], agents: int, most_lines: int, most: int) -> bool:
    """Whether the first dialers alone have too many choices, counted by agent and dial lines."""
    limited = most_lines < sum(int(o.dial.max(initial=0)) for o in options)
    shape = agents + 1, most_lines + 1 if limited else 1
    counts = np.zeros(shape)
    counts[0, 0] = 1.0
    for here, left in zip(options, _left_for(options, agents), strict=True):
        fits = (here.agent <= agents) & (here.dial <= most_lines)
        lines = here.dial[fits] if limited else np.zeros(int(fits.sum()), np.int64)
        ways = np.zeros(shape)
        np.add.at(ways, (here.agent[fits], lines), 1.0)
        whole = 2 * shape[0], 2 * shape[1]
        product = np.fft.rfft2(counts, whole) * np.fft.rfft2(ways, whole)
        counts = np.fft.irfft2(product, whole)[: shape[0], : shape[1]]
        counts[max(left + 1, 0) :] = 0.0
        if counts.sum() > most:
            return True
    return False
