"""A dynamic programme over dialers: one option of each, at many prices at once, plainly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = -np.inf
#: Numbers held at a time, about: as many as a processor has near.
BLOCK = 200_000
#: Whether a dialer is used.
UNUSED, USED, FREE = 0, 1, 2
#: Prices of what several dialers may have together that are tried, as shares of the highest; then
#: of what they have at the least; and none, of groups of which one dialer is used.
SHARES = np.array(
    [0, 0.03, 0.07, 0.12, 0.2, 0.3, 0.42, 0.56, 0.72, 0.88, 1, -0.04, -0.12, -0.35, 0]
)


class Grid(NamedTuple):
    """Options of one dialer with lines by agent lines ``[agent lines, option]``, and none at all.

    ``amount`` is what prices are put on and caps hold; NEVER fills up.
    """

    worth: Floats
    amount: Floats
    nothing: float


class Asking(NamedTuple):
    """What is asked at each price.

    Attributes
    ----------
    price : of an amount ``[price, dialer]``
    cap : most of an amount on each dialer ``[price, dialer]``
    floor : least of it where the dialer is used ``[price, dialer]``
    together : most of an amount on each group ``[price]``, and the least where it is used
    told : whether a dialer must be used ``[price, dialer]``
    call : about what an amount is worth before lines are charged, to try prices of groups
    """

    price: Floats
    cap: Floats | None = None
    floor: Floats | None = None
    together: tuple[Floats, Floats] | None = None
    told: Ints | None = None
    call: float = 0.0

    def at(self, which: Ints, less: Floats) -> Asking:
        """The same at some of the prices, so much lower."""
        cap = None if self.cap is None else self.cap[which]
        floor = None if self.floor is None else self.floor[which]
        told = None if self.told is None else self.told[which]
        return Asking(self.price[which] - less[:, None], cap, floor, None, told)


class _Stage(NamedTuple):
    """A dialer, or a group of several, by dialers used and agent lines ``[price, used, agents]``.

    Of a group ``inner`` has its dialers at prices of what they may have together, of which
    ``choice`` is the best.
    """

    profile: Floats
    dialer: int
    inner: Programme | None = None
    choice: Ints | None = None

    def most_lines(self) -> list[int]:
        """The most agent lines on so many dialers, by these."""
        lines = np.arange(self.profile.shape[2])
        has = np.where((self.profile > NEVER).any(axis=0), lines, 0)
        return [int(most) for most in has.max(axis=1)]


class Programme:
    """The largest sums of worths over one option per dialer, by dialers used and agent lines.

    ``grids`` are the options of the dialers in ``members``; ``top`` stands for so many dialers
    used or more. The dialers of a group have at most the cap together: that has a price, the best
    of some for each number of dialers used and agent lines; every price gives an upper bound.
    """

    def __init__(
        self,
        grids: list[Grid],
        members: list[int],
        agents: int,
        top: int,
        asking: Asking,
        groups: list[list[int]] | None = None,
    ) -> None:
        self._grids, self._top, self._asking = grids, top, asking
        grouped = {d for group in groups or [] for d in group}
        begin = np.full((len(asking.price), top + 1, agents + 1), NEVER)
        begin[:, 0, 0] = 0.0
        self._before, self._stages = [begin], list[_Stage]()
        for stage in [
            *(self._of_dialer(d) for d in members if d not in grouped),
            *(self._of_group(group, agents) for group in groups or []),
        ]:
            self._stages.append(stage)
            self._before.append(_joined(self._before[-1], stage.profile))

    @property
    def best(self) -> Floats:
        """Largest sums ``[price, dialers used, agent lines]``; NEVER where there is none."""
        return self._before[-1]

    def _of_dialer(self, d: int) -> _Stage:
        count, grid = len(self._asking.price), self._grids[d]
        profile = np.full((count, 2, len(grid.worth)), NEVER)
        profile[:, 0, 0] = grid.nothing
        if self._asking.told is not None:
            profile[self._asking.told[:, d] == USED, 0, 0] = NEVER
        each = max(BLOCK // max(grid.worth.size, 1), 1)
        for k in range(0, count, each):
            here = np.arange(k, min(k + each, count))
            profile[here, 1] = self._worth(d, here).max(axis=2)
        return _Stage(profile, d)

    def _worth(self, d: int, which: Ints) -> Floats:
        """Worths ``[price, agent lines, option]`` of a dialer at some of the prices."""
        grid, x = self._grids[d], self._asking
        worth: Floats = x.price[which, d, None, None] * grid.amount
        worth += grid.worth
        if x.cap is not None:
            np.copyto(worth, NEVER, where=grid.amount > x.cap[which, d, None, None])
        if x.floor is not None:
            np.copyto(worth, NEVER, where=grid.amount < x.floor[which, d, None, None])
        if x.told is not None:
            worth[x.told[which, d] == UNUSED] = NEVER
        return worth

    def _of_group(self, group: list[int], agents: int) -> _Stage:
        """Several dialers that have at most the cap together."""
        x, count, tried = self._asking, len(self._asking.price), len(SHARES)
        assert x.together is not None
        most, least = x.together
        each = [self._grids[d] for d in group]
        ratios = [np.max(g.worth[g.amount > 0] / g.amount[g.amount > 0], initial=0.0) for g in each]
        dearest = np.maximum(max(x.call, *ratios) + x.price[:, group].max(axis=1), 0.0)
        less = (dearest[:, None] * SHARES).ravel()
        which = np.repeat(np.arange(count), tried)
        fewer = min(agents, sum(len(grid.worth) - 1 for grid in each))
        asking = x.at(which, less)
        floor = np.zeros_like(asking.price) if asking.floor is None else asking.floor.copy()
        one = np.arange(len(which)) % tried == tried - 1
        floor[one] = np.maximum(floor[one], least[:, None])
        inner = Programme(self._grids, group, fewer, self._top, asking._replace(floor=floor))
        sums = inner.best.reshape(count, tried, *inner.best.shape[1:])
        bound = np.where(less > 0, most[which], least[which])
        sums = sums + (less * bound).reshape(count, tried, 1, 1)
        # The least holds for groups that are used; one dialer is so many where more are told apart.
        sums[:, SHARES < 0, 0] = np.inf
        sums[:, -1, [u for u in range(self._top + 1) if u != 1 or self._top == 1]] = np.inf
        of_least = (SHARES < 0) | (np.arange(tried) == tried - 1)
        sums[np.ix_(least <= 0, of_least)] = np.inf
        choice = sums.argmin(axis=1)
        profile = np.take_along_axis(sums, choice[:, None], axis=1)[:, 0]
        return _Stage(profile, -1, inner, choice)

    def amounts(self, which: Ints, used: Ints, agents: Ints) -> Floats:
        """The amounts ``[price, dialer]`` of the best options that so many dialers and lines have.

        At some of the prices; read back stage by stage.
        """
        every, found = np.arange(len(which)), np.zeros((len(which), len(self._grids)))
        for stage, before in zip(self._stages[::-1], self._before[-2::-1], strict=True):
            best = np.full(len(which), NEVER)
            here, come, mine = np.zeros_like(used), np.zeros_like(used), np.zeros_like(agents)
            for v, most in enumerate(stage.most_lines()):
                lines = np.arange(most + 1)
                left = agents[:, None] - lines
                profile = np.where(left >= 0, stage.profile[which, v, : most + 1], NEVER)
                # So many were used before; or more than are told apart, and are now.
                for u in (used - v, np.full_like(used, self._top))[: 1 + (v > 0)]:
                    may = (u >= 0) & (np.minimum(u + v, self._top) == used)
                    at = np.maximum(left, 0)
                    sums = before[which[:, None], np.maximum(u, 0)[:, None], at] + profile
                    pick = sums.argmax(axis=1)
                    found_here = np.where(may, sums[every, pick], NEVER)
                    better = found_here > best
                    best = np.where(better, found_here, best)
                    here, come = np.where(better, v, here), np.where(better, u, come)
                    mine = np.where(better, pick, mine)
            if stage.inner is not None and stage.choice is not None:
                inside = which * len(SHARES) + stage.choice[which, here, mine]
                found += stage.inner.amounts(inside, here, mine)
            else:
                some = np.flatnonzero(here > 0)
                worth = self._worth(stage.dialer, which[some])
                option = worth[np.arange(len(some)), mine[some]].argmax(axis=1)
                found[some, stage.dialer] = self._grids[stage.dialer].amount[mine[some], option]
            used, agents = come, agents - mine
        return found


def _joined(before: Floats, profile: Floats) -> Floats:
    """A stage more: the largest sums over how many dialers and agent lines it has."""
    after, top, agents = np.full_like(before, NEVER), before.shape[1] - 1, before.shape[2]
    for v in range(profile.shape[1]):
        has = np.flatnonzero((profile[:, v] > NEVER).any(axis=0))
        for a in has[has < agents].tolist():
            sums = before[:, :, : agents - a] + profile[:, v, a, None, None]
            to = after[:, v:, a:]
            np.maximum(to, sums[:, : top + 1 - v], out=to)
            for u in range(top + 1 - v, top + 1):  # more than are told apart
                np.maximum(after[:, top, a:], sums[:, u], out=after[:, top, a:])
    return after
