"""Ranges of calls of a campaign that survives failures, and what its dialers carry in them.

In one, no failure may take more than its share of the most calls; what the others may not carry, a
dialer or a failure must.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.programme import FREE, USED, Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Dialers used beyond the least that are told apart; not told apart yet.
MORE_DIALERS, ANY = 2, -1
#: No domain carries more than half of what two may.
NONE = -2
#: More calls than there can be, of which none is still none.
WITHOUT_END = 1e100


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
    call : about what a call is worth before lines are charged
    """

    agents: int
    least_used: int
    missing: list[float]
    lost: Floats
    share: float
    at_once: int = 1
    domain: tuple[int, ...] = ()
    call: float = 0.0

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
        """Which of the rows are not those of what groups have at the most: 1 and 0."""
        alone = [float(np.flatnonzero(c).tolist() not in self.groups) for c in self.several]
        return np.array(alone + [1.0] * len(self.groups))

    @cached_property
    def blocks(self) -> Ints:
        """Which block each dialer is of: what is lost with one failure."""
        if self.at_once > 1:
            return np.unique(np.array(self.domain), return_inverse=True)[1]
        found = np.arange(self.lost.shape[1])
        for group in self.groups:
            found[group] = group[0]
        return np.unique(found, return_inverse=True)[1]

    @cached_property
    def rows(self) -> Floats:
        """Sums of calls that have a price: of the cases of several, and of groups at the least."""
        least = np.zeros((len(self.groups), self.lost.shape[1]))
        for row, group in zip(least, self.groups, strict=True):
            row[group] = -1.0
        return np.concatenate([self.several, least])

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


def most_calls(ranges: Ranges, asked: Asked) -> Floats:
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


@dataclass(frozen=True)
class Least:
    """What must be carried in ranges.

    Attributes
    ----------
    floors : least calls on each dialer that is used ``[range, dialer]``
    use : which dialers are, as far as that follows
    groups : least calls of each group ``[range]``, and where it is used
    """

    floors: Floats
    use: Ints
    groups: Floats
    groups_used: Floats


def least_calls(grids: list[Grid], ranges: Ranges, asked: Asked) -> Least:
    """What a block of dialers carries at the least: what a range has and the others may not.

    Each block carries no more than a failure takes, any two that may fail together no more than
    that.
    """
    has_lines = np.array([float(grid.amount.max(initial=0.0)) > 0 for grid in grids])
    sizes = np.bincount(asked.blocks, minlength=asked.blocks.max() + 1)
    usable = len(np.unique(asked.blocks[has_lines]))
    told = (ranges.count != ANY) & (ranges.count < asked.top)
    others = np.where(told, np.minimum(ranges.count, usable), usable) - 1
    if_used = ranges.low - _most_of(others, ranges, asked)
    always = ranges.low - _most_of(np.full_like(others, usable - 1), ranges, asked)
    # Where each block is used and there are no more dialers than blocks, each has one of them.
    one_each = (always > 0) & told & (ranges.count <= usable)
    alone: Bools = np.asarray(sizes[asked.blocks] == 1)
    floors = np.where(alone | one_each[:, None], if_used[:, None], 0.0)
    use = np.where(
        (always > 0)[:, None] & alone & has_lines & (ranges.use == FREE), USED, ranges.use
    )
    if asked.at_once > 1:  # the one that carries most
        biggest = (np.array(asked.domain) == ranges.big[:, None]) & alone
        floors = np.where(biggest, np.maximum(floors, ranges.above[:, None]), floors)
    return Least(floors * (1 - 1e-9), use, _less(always), _less(if_used))


def _less(calls: Floats) -> Floats:
    """A little less, as rounding may be."""
    return calls - 1e-9 * (1 + np.abs(calls))


def _most_of(others: Ints, ranges: Ranges, asked: Asked) -> Floats:
    """What so many blocks carry at the most ``[range]``."""
    both = asked.most_lost(ranges.high)
    if not asked.lost.any(axis=0).all():  # what no failure takes may be any number of calls
        return np.full(len(both), WITHOUT_END)
    if asked.at_once < 2:
        return np.maximum(others, 0) * both
    second = np.where(ranges.big >= 0, np.minimum(both / 2, both - ranges.above), both / 2)
    most = both + np.maximum(others - 2, 0) * np.maximum(second, 0.0)
    return np.where(others < 1, 0.0, most)
