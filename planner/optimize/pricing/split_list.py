"""All splits of a campaign that has few of them, so that it is priced exactly whatever ties them.

Where limits tie the dialers of a campaign together (abandonment, survival, what it must reach), the
dynamic programme only bounds its splits. A campaign of few lines has so few that they are listed
once; at any prices the best is the largest of as many sums over its dialers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, lean
from planner.optimize.model.columns import line_room, read_splits
from planner.optimize.model.model import Model
from planner.optimize.model.tables import HANDLED
from planner.optimize.pricing.prices import NEVER, Limits, Prices, Split
from planner.optimize.pricing.split_program import lines_worth

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Campaigns with more splits than this are not listed.
MOST_SPLITS = 1_000_000
#: Splits kept at the most, which each pricing looks at; about so many are looked at at once.
MOST_KEPT, BLOCK = 200_000, 40_000


class Options(NamedTuple):
    """What a campaign may have on each dialer ``[dialer, option]``; the first is nothing."""

    dial: Ints
    agent: Ints
    counts: Ints  # [dialer]


class SplitList(NamedTuple):
    """The splits of a campaign that hold its own limits, as options by dialer ``[dialer, split]``.

    ``short`` has what each falls short of ``[split, kind]``; it is empty where nothing may be.
    """

    options: Options
    chosen: NDArray[np.uint16]
    short: Ints


def listed(model: Model, campaign: int) -> SplitList | None:
    """The splits of a campaign in its ranges; None where there are too many."""
    options = _options(model, campaign)
    if options is None or _count(options.agent, options.counts, int(model.agents[campaign])) > (
        MOST_SPLITS
    ):
        return None
    most_lines = int(model.max_dial_lines[campaign])
    chosen = _list(options, int(model.agents[campaign]), most_lines)
    kept: list[tuple[NDArray[np.uint16], Ints]] = []
    many = 0
    for block in np.array_split(chosen, max(len(chosen) // BLOCK, 1)):
        kept.append(_kept(model, campaign, options, block))
        many += len(kept[-1][0])
        if many > MOST_KEPT:
            return None
    chosen = np.concatenate([part for part, _ in kept])
    short = np.concatenate([part for _, part in kept])
    if not short.any():
        short = short[:0]
    return SplitList(options, np.ascontiguousarray(chosen.T), short)


def _options(model: Model, c: int) -> Options | None:
    """What the campaign may have on each dialer; None where that is too many."""
    box, room = model.box, line_room(model)
    least = np.maximum(box.n_low[c], 1)
    rows = []
    total = 1.0
    for d in range(model.dialers):
        a = np.arange(
            max(int(box.a_low[c, d]), int(model.min_agent_lines[c])),
            min(int(box.a_high[c, d]), int(model.agents[c])) + 1,
        )
        first = np.maximum(least[d], a)
        last = np.minimum(box.n_high[c, d], room[d] - model.agent_cost[d] * a)
        counts = np.maximum(last - first + 1, 0)
        nothing = int(box.n_low[c, d] == 0 and box.a_low[c, d] == 0)
        size = nothing + int(counts.sum())
        total *= max(size, 1)
        # Agents on shift leave no more than a thousandth.
        if size > np.iinfo(np.uint16).max or total > MOST_SPLITS * 1000:
            return None
        rows.append((nothing, a, first, counts, size))
    width = max((row[-1] for row in rows), default=1)
    dial = np.zeros((model.dialers, max(width, 1)), np.int64)
    agent = np.zeros_like(dial)
    for d, (nothing, a, first, counts, size) in enumerate(rows):
        agent[d, nothing:size] = np.repeat(a, counts)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        dial[d, nothing:size] = np.repeat(first, counts) + np.arange(size - nothing) - before
    return Options(dial, agent, np.array([row[-1] for row in rows], np.int64))


@compiled
def _count(agent: Ints, count: Ints, agents: int) -> float:
    """How many splits have no more agent lines than are on shift."""
    ways = np.zeros(agents + 1)
    ways[0] = 1.0
    for d in range(len(count)):
        after = np.zeros(agents + 1)
        for k in range(count[d]):
            for a in range(agents + 1 - agent[d, k]):
                after[a + agent[d, k]] += ways[a]
        ways = after
    return float(ways.sum())


@compiled
def _list(options: Options, agents: int, most_lines: int) -> NDArray[np.uint16]:
    """All splits with so many agent and dial lines at the most ``[split, dialer]``."""
    dialers = len(options.counts)
    room = 1024
    found = np.zeros((room, dialers), np.uint16)
    size = 0
    place = np.full(dialers, -1, np.int64)
    left = np.zeros(dialers + 1, np.int64)
    lines = np.zeros(dialers + 1, np.int64)
    left[0], lines[0] = agents, most_lines
    d = 0
    while d >= 0:
        place[d] += 1
        k = place[d]
        if k >= options.counts[d]:
            place[d] = -1
            d -= 1
            continue
        left[d + 1] = left[d] - options.agent[d, k]
        lines[d + 1] = lines[d] - options.dial[d, k]
        if left[d + 1] < 0:  # the options that follow have as many agent lines, or more
            place[d] = options.counts[d]
            continue
        if lines[d + 1] < 0:
            continue
        if d + 1 < dialers:
            d += 1
            continue
        if size == room:
            more = np.zeros((2 * room, dialers), np.uint16)
            more[:room] = found
            found, room = more, 2 * room
        for e in range(dialers):
            found[size, e] = place[e]
        size += 1
    return found[:size]


def _kept(
    model: Model, c: int, options: Options, chosen: NDArray[np.uint16]
) -> tuple[NDArray[np.uint16], Ints]:
    """Those splits that hold the campaign's own limits, and what they fall short of."""
    dialers = np.arange(model.dialers)[None, :]
    dial, agent = options.dial[dialers, chosen], options.agent[dialers, chosen]
    found = read_splits(model, c, dial, agent)
    return chosen[found.holds], found.short[found.holds]


class ListPricer:
    """Finds the best split of a campaign among all that it has, in its ranges, at any prices."""

    def __init__(self, splits: SplitList, limits: Limits) -> None:
        self._splits, self._limits = splits, limits
        self._inside = _inside(splits.options, limits)

    def best(self, prices: Prices, short: Floats) -> Split | None:
        """The best split and its worth; None when there is none.

        ``short`` is the price of what a split falls short, by kind.
        """
        options = self._splits.options
        worths = _option_worths(options, self._inside, self._limits, prices)
        charged = self._splits.short @ short
        bound, which = _best(self._splits.chosen, worths, charged)
        if which < 0:
            return None
        dialers = np.arange(len(options.counts))
        picked = self._splits.chosen[:, which]
        return Split(float(bound), options.dial[dialers, picked], options.agent[dialers, picked])


def _inside(options: Options, limits: Limits) -> Bools:
    """Which options lie in a box ``[dialer, option]``."""
    dial, agent = options.dial, options.agent
    inside = (dial >= limits.n_low[:, None]) & (dial <= limits.n_high[:, None])
    inside &= (agent >= limits.a_low[:, None]) & (agent <= limits.a_high[:, None])
    inside &= limits.table[HANDLED][agent, dial] <= limits.most_calls
    return np.asarray(inside)


@compiled
def _option_worths(options: Options, inside: Bools, limits: Limits, prices: Prices) -> Floats:
    """What each option is worth at the prices, NEVER outside the box ``[dialer, option]``."""
    found = np.full(options.dial.shape, NEVER)
    for d in range(len(options.counts)):
        for k in range(options.counts[d]):
            if inside[d, k]:
                n, a = options.dial[d, k], options.agent[d, k]
                found[d, k] = lines_worth(limits, prices, d, n, a) if n > 0 else 0.0
    return found


@lean
def _best(chosen: NDArray[np.uint16], worths: Floats, charged: Floats) -> tuple[float, int]:
    """The largest worth of a split, and which it is; -1 where there is none."""
    best, which = NEVER, -1
    for i in range(chosen.shape[1]):
        worth = 0.0 if len(charged) == 0 else -charged[i]
        for d in range(len(chosen)):
            worth += worths[d, chosen[d, i]]
        if worth > best:
            best, which = worth, i
    return best, which
