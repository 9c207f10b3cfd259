"""Best split of one campaign under caps on blocks of dialers, each lost with one failure; compiled.

Survival ties the dialers of a campaign together: with F, its calls, in a bucket (low, high] no
block carries more than (1 - s) * high. Where any two blocks may fail, the two that carry most do
not together: then no more than one block carries more than half of that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, lean
from planner.optimize.pricing.prices import NEVER, Limits, Prices, Split
from planner.optimize.pricing.split_program import Work, best_end, new_work, programme, read_back

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Prices of a block's calls tried against its cap, as shares of their highest worth; then
#: those against what it carries at the least.
SHARES_OF_WORTH = np.array([
    0.0, 0.03, 0.07, 0.12, 0.2, 0.3, 0.42, 0.56, 0.72, 0.88, 1.0, -0.04, -0.12, -0.35
])  # fmt: skip


class Caps(NamedTuple):
    """Calls per hour of each block: one carries ``first`` at the most, the others second.

    At the least a block that is used carries what the others leave, no more than 0 where that
    says nothing; with ``every`` each of them is used.
    """

    first: float
    second: float
    least_first: float
    least_second: float
    every: bool


def capped_split(
    limits: Limits, prices: Prices, caps: Caps, shares: Floats = SHARES_OF_WORTH
) -> Split | None:
    """Upper bound over splits in which each block carries what the caps say.

    A block of one dialer obeys them exactly, and so does one of several of which one is used.
    Where several are, it is bounded, for each number of agent lines and used dialers, by the best
    Lagrangian bound over ``shares`` of a call's worth; each of its dialers obeys the cap. The split
    returned attains the bound up to that relaxation. None when no split exists.
    """
    dial, agent = np.zeros_like(limits.room), np.zeros_like(limits.room)
    bound = fill_capped_split(limits, prices, caps, shares, dial, agent)
    return None if bound <= NEVER else Split(bound, dial, agent)


#: A block under the second cap, before or after the one under the first; that one itself.
_SECOND, _FIRST = 0, 1


@lean
def _members(limits: Limits, group: int) -> int:
    """How many dialers of a block may have lines."""
    found = 0
    for d in range(len(limits.room)):
        found += limits.block[d] == group and limits.n_high[d] > 0
    return found


@lean
def _block_profile(
    limits: Limits, prices: Prices, group: int, kind: int, caps: Caps, shares: Floats, w: Work,
    profile: Floats, share_of: Ints,
) -> None:  # fmt: skip
    """Least bound over the shares, by (dialers used, agent lines), and the share it came from."""
    members, worth = _members(limits, group), 0.0
    for paid in prices.call:
        worth = max(worth, paid)
    least, cap = caps.least_second, min(caps.first, caps.second)
    if kind == _FIRST:
        least, cap = caps.least_first, caps.first
    first = kind * (len(shares) + 1)  # place of what is needed to read splits back
    for k in range(len(shares) if members > 1 else 1):
        discount, alone = shares[k] * worth, least if members == 1 else 0.0
        if discount < 0 and least <= 0:
            break
        programme(limits, prices, group, discount, alone, cap, w, first + k)
        for used in range(1 if discount < 0 else 0, profile.shape[0]):
            for a in range(profile.shape[1]):
                bound = w.best[used, a]
                if bound > NEVER:
                    bound += discount * (cap if discount > 0 else least)
                if k == 0 or bound < profile[used, a]:
                    profile[used, a] = bound
                    share_of[used, a] = first + k
    if least <= 0 or members == 0:
        return
    if caps.every or kind == _FIRST:
        profile[0, 0] = NEVER
    # The last row holds so many dialers or more, unless exactly.
    if members > 1 and profile.shape[0] > (1 if limits.exactly else 2):
        last = first + len(shares)
        programme(limits, prices, group, 0.0, least, cap, w, last)
        for a in range(profile.shape[1]):
            profile[1, a] = w.best[1, a]
            share_of[1, a] = last


@lean
def _add_block(
    before: Floats, profile: Floats, exactly: bool, kind: int, after: Floats, part: Ints
) -> None:
    """One step of the programme over blocks, where that is more than ``after`` has.

    ``part`` remembers (used here, before, agents, kind).
    """
    most_used, most_agents = before.shape[0] - 1, before.shape[1] - 1
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            start = before[used, agents]
            if start <= NEVER:
                continue
            for more in range(most_used + 1 - used if exactly else most_used + 1):
                to = min(used + more, most_used)
                for a in range(most_agents - agents + 1):
                    gain = profile[more, a]
                    if gain > NEVER and start + gain > after[to, agents + a]:
                        after[to, agents + a] = start + gain
                        part[to, agents + a, 0] = more
                        part[to, agents + a, 1] = used
                        part[to, agents + a, 2] = a
                        part[to, agents + a, 3] = kind


class _BlockWork(NamedTuple):
    """Arrays of the programme over blocks, by whether one was under the first cap so far."""

    share_of: Ints  # [block, cap, used, agents]
    part: Ints  # [block, cap, used, agents, 4]
    profile: Floats  # [used, agents] of one block
    best: Floats  # [cap, used, agents] over the blocks so far
    spare: Floats


@compiled
def fill_capped_split(
    limits: Limits, prices: Prices, caps: Caps, shares: Floats, dial_lines: Ints, agent_lines: Ints
) -> float:
    """As :func:`capped_split`: fills the split and returns the bound, NEVER if there is none."""
    blocks, used, agents = limits.block.max() + 1, limits.min_used + 1, limits.agents + 1
    work = _BlockWork(
        np.empty((blocks, 2, used, agents), np.int64),
        np.empty((blocks, 2, used, agents, 4), np.int64),
        np.empty((used, agents)),
        np.empty((2, used, agents)),
        np.empty((2, used, agents)),
    )
    inner = new_work(limits, 2 * (len(shares) + 1))
    return _capped_split(limits, prices, caps, shares, dial_lines, agent_lines, inner, work)


@lean
def _capped_split(
    limits: Limits, prices: Prices, caps: Caps, shares: Floats, dial_lines: Ints,
    agent_lines: Ints, inner: Work, w: _BlockWork,
) -> float:  # fmt: skip
    """Programme over blocks, each bounded under its cap."""
    blocks, two = len(w.share_of), caps.second < caps.first
    one = 1 if two else 0
    best, spare = w.best, w.spare
    best[:] = NEVER
    best[0, 0, 0] = 0.0
    for g in range(blocks):
        share_of, part, exactly = w.share_of[g], w.part[g], limits.exactly
        spare[:] = NEVER
        _block_profile(
            limits, prices, g, _SECOND, caps, shares, inner, w.profile, share_of[_SECOND]
        )
        _add_block(best[0], w.profile, exactly, _SECOND, spare[0], part[0])
        if two:
            _add_block(best[1], w.profile, exactly, _SECOND, spare[1], part[1])
            _block_profile(
                limits, prices, g, _FIRST, caps, shares, inner, w.profile, share_of[_FIRST]
            )
            _add_block(best[0], w.profile, exactly, _FIRST, spare[1], part[1])
        best, spare = spare, best
    used, agents, bound = best_end(limits, prices, best[one])
    if bound <= NEVER:
        return bound
    for g in range(blocks - 1, -1, -1):
        come = w.part[g, one, used, agents]
        more, before, count, kind = come[0], come[1], come[2], come[3]
        k = w.share_of[g, kind, more, count]
        read_back(limits, g, inner, k, more, count, dial_lines, agent_lines)
        used, agents = before, agents - count
        one -= kind
    return bound
