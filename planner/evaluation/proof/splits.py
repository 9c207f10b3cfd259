"""The largest reduced value of a campaign's splits in a box, plainly.

A campaign whose dialers nothing ties together: a dynamic programme, dialer by dialer over dialers
used and agent lines. One of few splits: all of them. One with an abandonment limit alone: the same
programme with the abandoned calls at a price, the least over some prices, and each dialer alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = -np.inf
#: Prices of an abandoned call tried.
ABANDON_TRIALS = 16


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


def largest_by_programme(
    worth: list[Floats], options: list[Options], agents: int, least_used: int, missing: list[float]
) -> float:
    """Largest sum of worths, one option per dialer, with no more agent lines than there are.

    ``missing[u]`` is what using ``u`` dialers costs, for up to the last index, which stands for so
    many or more; fewer than ``least_used`` are not allowed, but none at all as ``missing[0]`` says.
    """
    top = len(missing) - 1
    best = np.full((top + 1, agents + 1), NEVER)
    best[0, 0] = 0.0
    for value, here in zip(worth, options, strict=True):
        after = np.full_like(best, NEVER)
        for used, lines in product((0, 1), np.unique(here.agent).tolist()):
            mine = (here.agent == lines) & ((here.dial > 0) == bool(used))
            if not mine.any() or lines > agents:
                continue
            most = float(value[mine].max())
            for u in range(top + 1):
                to = min(u + used, top)
                moved = best[u, : agents + 1 - lines] + most
                np.maximum(after[to, lines:], moved, out=after[to, lines:])
        best = after
    ends = [
        float(best[u].max()) - missing[u]
        for u in range(top + 1)
        if u >= least_used or u in (0, top)
    ]
    return max(ends, default=NEVER)


def largest_with_abandonment(
    worth: list[Floats],
    options: list[Options],
    agents: int,
    limit: float,
    least_used: int,
    missing: list[float],
) -> float:
    """As above, of splits that abandon at most ``limit`` of their live answers; an upper bound.

    On a single dialer exactly; on several the abandoned calls beyond the limit are charged, and the
    least over some prices counts: each is a bound.
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

    def charged(price: float) -> float:
        prices = [w - price * o for w, o in zip(worth, over, strict=True)]
        return _on_several(prices, options, agents, max(least_used, 2), two)

    scale = max((float(np.abs(w).max(initial=0.0)) for w in worth), default=1.0)
    several = _least(charged, max(scale, 1e-9) * 1e-3)
    return max(alone, none, several)


def _least(bound: Callable[[float], float], step: float) -> float:
    """About the least value of a convex function of a price >= 0; every value of it is a bound."""
    low, price, best = 0.0, step, min(bound(0.0), bound(step))
    while (found := bound(2 * price)) < best:
        low, price, best = price, 2 * price, found
        if price > 1e12 * step:
            return best
    high = 2 * price
    for _ in range(ABANDON_TRIALS):
        left, right = low + (high - low) * 0.382, low + (high - low) * 0.618
        at_left, at_right = bound(left), bound(right)
        best = min(best, at_left, at_right)
        if at_left <= at_right:
            high = right
        else:
            low = left
    return best


def _on_several(
    worth: list[Floats], options: list[Options], agents: int, least: int, missing: list[float]
) -> float:
    """The programme without the ends on fewer than ``least`` dialers."""
    blocked = [np.inf if u < least else cost for u, cost in enumerate(missing)]
    return largest_by_programme(worth, options, agents, least, blocked)


def all_splits(options: list[Options], agents: int, most_lines: int, most: int) -> Ints | None:
    """Every choice of an option by dialer ``[split, dialer]``; None where there are too many."""
    if _are_more(options, agents, most_lines, most):
        return None
    chosen = np.zeros((1, 0), np.int64)
    agent, lines = np.zeros(1, np.int64), np.zeros(1, np.int64)
    for here in options:
        count = len(here.dial)
        if len(chosen) * count > 40 * most:
            return None
        agent = (agent[:, None] + here.agent[None, :]).ravel()
        lines = (lines[:, None] + here.dial[None, :]).ravel()
        kept = np.flatnonzero((agent <= agents) & (lines <= most_lines))
        before, option = np.divmod(kept, count)
        chosen = np.concatenate([chosen[before], option[:, None]], axis=1)
        agent, lines = agent[kept], lines[kept]
        if len(chosen) > most:
            return None
    return chosen


def _are_more(options: list[Options], agents: int, most_lines: int, most: int) -> bool:
    """Whether the first dialers alone have too many choices, counted by agent lines."""
    if most_lines < sum(int(o.dial.max(initial=0)) for o in options):
        return False  # which lines leave out some of them is not counted
    counts = np.zeros(agents + 1)
    counts[0] = 1.0
    for here in options:
        lines = here.agent[here.agent <= agents]
        counts = np.convolve(counts, np.bincount(lines, minlength=agents + 1))[: agents + 1]
        if counts.sum() > most:
            return True
    return False
