"""Lines kept from one time of a week to the next where moving them gains little."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.evaluation.arrays import PlanArrays
from planner.studies.week.times import Column, Follows, Lines, Node, Time

Floats = NDArray[np.float64]

#: Rounds over all campaigns at the most; they end when one gains next to nothing.
ROUNDS = 6
#: Lines between those of two times: shares of what is taken away.
BETWEEN = (0.0, 0.25, 0.5, 0.75)
#: Dial lines that one campaign lets another have on a dialer; so often in a round at the most.
STEPS, MOST_EXCHANGES = (1, 2, 4, 8), 8
#: A round that gains less than this share of the worth of the week is the last.
LEAST_GAIN = 1e-5


def keep_lines(
    times: Sequence[Time],
    follows: Sequence[Follows],
    price: float,
    *,
    before: Lines | None = None,
    redundancy: float = 0.0,
    failures: int = 1,
    stop: Callable[[], bool] = lambda: False,
) -> list[LinePlan]:
    """Lines for every time that are worth most less the price of moves from time to time.

    A line that a campaign which goes on loses or gets counts half, so that one that moves counts
    once. Lines of campaigns that begin or end cost nothing. Every limit holds, and no campaign
    falls shorter of what is asked for than in the plan given.

    Parameters
    ----------
    times : with the plans to begin with, such as the best of each time; in their order
    follows : which comes after which
    price : of a moved line, for each hour of the time it is moved for [value/h]
    before : lines before the first of the times, by campaign and dialer
    redundancy, failures : of the aim, as in PlanOptions
    stop : polled; once it says True the lines so far are returned

    Notes
    -----
    It begins with the lines of the fullest time everywhere, as far as limits let them, or with
    those given where that ends worse. Each round first gives whole times the lines of a neighbour
    and lets pairs of campaigns exchange lines, then takes one campaign after the other: among
    columns of its lines (those of all times, and between those of neighbours) it chooses one for
    every time by dynamic programming along the week, all other campaigns as they are. Only changes
    that gain are kept, so that the result is never worth less than what is given.
    """
    nodes = [Node(time, redundancy, failures) for time in times]
    week = _Week(nodes, follows, price, before or {})
    given, first = week.worth(), week.lines()
    week.spread()
    _improve(week, stop)
    if week.worth() < given:
        week.put(first)
        _improve(week, stop)
    return week.plans()


def _improve(week: _Week, stop: Callable[[], bool]) -> None:
    for _ in range(ROUNDS):
        worth = week.worth()
        for place in range(week.count):
            if stop():
                return
            week.take_over(place)
            week.exchange(place)
        for name in week.campaigns:
            if stop():
                return
            week.improve(name)
        if week.worth() <= worth + LEAST_GAIN * abs(worth):
            return


class _Week:
    """All times with the lines they have so far."""

    def __init__(
        self, nodes: Sequence[Node], follows: Sequence[Follows], price: float, before: Lines
    ) -> None:
        self._nodes, self._price = nodes, price / 2.0
        self._follows = follows
        first = nodes[0]
        running = {name for name, _ in before} & {*first.index}
        self._before = {name: first.as_column(name, before) for name in running}
        self.campaigns = list(dict.fromkeys(name for node in nodes for name in node.index))

    @property
    def count(self) -> int:
        """How many times there are."""
        return len(self._nodes)

    def lines(self) -> list[PlanArrays]:
        """The lines of every time, to be put back."""
        return [node.arrays for node in self._nodes]

    def put(self, lines: Sequence[PlanArrays]) -> None:
        """Put lines back."""
        for node, arrays in zip(self._nodes, lines, strict=True):
            node.arrays = arrays

    def plans(self) -> list[LinePlan]:
        return [node.plan() for node in self._nodes]

    def worth(self) -> float:
        """The aim over the hours of the week less the price of moves [value]."""
        aims = sum(node.hours * node.aim(node.arrays) for node in self._nodes)
        return aims - sum(self._moves(name, self._columns(name)) for name in self.campaigns)

    def _columns(self, name: str) -> dict[int, Column]:
        """The lines of a campaign, by the times in which it runs."""
        return {n: node.column(name) for n, node in enumerate(self._nodes) if name in node.index}

    def _moves(self, name: str, columns: Mapping[int, Column]) -> float:
        """What the moves of one campaign cost in the week [value]."""
        cost = sum(
            self._price * edge.hours * _distance(columns[edge.before], columns[edge.after])
            for edge in self._follows
            if edge.before in columns and edge.after in columns
        )
        if name in self._before:
            cost += self._price * self._nodes[0].hours * _distance(self._before[name], columns[0])
        return cost

    def spread(self) -> None:
        """Give all times the lines of the fullest one, as far as their limits let them."""
        first = max(
            range(len(self._nodes)), key=lambda n: (len(self._nodes[n].index), self._nodes[n].hours)
        )
        done, waiting = {first}, [first]
        while waiting:
            place = waiting.pop(0)
            for other in self._neighbours(place):
                if other not in done:
                    done.add(other)
                    waiting.append(other)
                    self._copy(place, other)

    def _copy(self, place: int, other: int) -> None:
        node = self._nodes[other]
        arrays = node.changed(self._fitted(other, place))
        if arrays is not None:
            node.arrays = arrays

    def _fitted(self, place: int, other: int) -> dict[str, Column]:
        """The lines of another time for the campaigns of one, fewer where its limits want that."""
        node, given = self._nodes[place], self._nodes[other]
        found = {}
        for name in node.index:
            if name in given.index:
                column = node.fitted(name, given.column(name))
                if column is not None:
                    found[name] = column
        return found

    def take_over(self, place: int) -> None:
        """Give a time the lines of a time before or after it, where that gains."""
        node = self._nodes[place]
        for other in self._neighbours(place):
            fitting = self._fitted(place, other)
            arrays = node.changed(fitting)
            if arrays is None:
                continue
            gain = node.hours * (node.aim(arrays) - node.aim(node.arrays))
            for name, column in fitting.items():
                now = self._columns(name)
                gain += self._moves(name, now) - self._moves(name, now | {place: column})
            if gain > 0:
                node.arrays = arrays

    def exchange(self, place: int) -> None:
        """Let one campaign of a time have dial lines of another on the same dialer, if it gains."""
        node = self._nodes[place]
        for _ in range(MOST_EXCHANGES):
            gains = {
                (d, step): self._gains(place, d, step)
                for d in range(node.dialers)
                for lines in STEPS
                for step in (lines, -lines)
            }
            if not any(self._swapped(place, d, k, gains) for d, k in gains if k > 0):
                return

    def _gains(self, place: int, d: int, step: int) -> list[tuple[float, str, Column]]:
        """What each campaign gains with so many dial lines more on a dialer, the most first."""
        node = self._nodes[place]
        aim, found = node.aim(node.arrays), []
        for name in node.index:
            now = node.column(name)
            dial, agents = now[d]
            column = (*now[:d], (dial + step, agents), *now[d + 1 :])
            if dial > 0 and dial + step > 0 and node.holds(name, column):
                columns = self._columns(name)
                gain = node.hours * (node.aim(node.put(name, column)) - aim)
                gain += self._moves(name, columns) - self._moves(name, columns | {place: column})
                found.append((gain, name, column))
        return sorted(found, key=lambda row: -row[0])

    def _swapped(
        self,
        place: int,
        d: int,
        step: int,
        gains: Mapping[tuple[int, int], list[tuple[float, str, Column]]],
    ) -> bool:
        """Exchange the best pair of campaigns; whether that gained."""
        node = self._nodes[place]
        pairs = [
            (more + less, {name: column, other: fewer})
            for more, name, column in gains[d, step][:2]
            for less, other, fewer in gains[d, -step][:2]
            if name != other
        ]
        gain, columns = max(pairs, key=lambda pair: pair[0], default=(0.0, {}))
        before = {name: node.column(name) for name in columns}
        if gain <= 0 or any(abs(columns[n][d][0] - before[n][d][0]) != step for n in columns):
            return False
        arrays = node.changed(columns)
        if arrays is None:
            return False
        worth, kept = self.worth(), node.arrays
        node.arrays = arrays
        if self.worth() > worth:
            return True
        node.arrays = kept
        return False

    def _neighbours(self, place: int) -> list[int]:
        after = [edge.after for edge in self._follows if edge.before == place]
        before = [edge.before for edge in self._follows if edge.after == place]
        return [n for n in dict.fromkeys((*after, *before)) if n != place]

    def improve(self, name: str) -> None:
        """Give a campaign the columns that are worth most, the others as they are."""
        now = self._columns(name)
        tried = {column: {*now} for column in self._tried(name, now)}
        for n in now:
            for column in self._nodes[n].grown(name):
                tried.setdefault(column, set()).update({n, *self._neighbours(n)})
        known = [*tried]
        if len(known) < 2:
            return
        flat = np.array(known).reshape(len(known), -1)
        distances = np.abs(flat[:, None] - flat).sum(axis=2)
        worths = {n: self._worths(n, name, tried) for n in now}
        found = self._along(name, now, known, worths, distances)
        if found != now and self._total(name, found, known, worths) > (
            self._total(name, now, known, worths)
        ):
            for n, column in found.items():
                if column != now[n]:
                    arrays = self._nodes[n].changed({name: column})
                    if arrays is not None:
                        self._nodes[n].arrays = arrays

    def _tried(self, name: str, now: Mapping[int, Column]) -> Iterator[Column]:
        """Columns of all times, of the plans to begin with, and between those of neighbours."""
        seen: set[Column] = set()
        pairs = [
            (now[e.before], now[e.after]) for e in self._follows if {e.before, e.after} <= {*now}
        ]
        groups = (
            now.values(),
            (self._nodes[n].first[name] for n in now),
            (column for pair in pairs for column in _between(*pair)),
        )
        for group in groups:
            for column in group:
                if column not in seen:
                    seen.add(column)
                    yield column

    def _worths(self, place: int, name: str, tried: Mapping[Column, Collection[int]]) -> Floats:
        """What a time is worth with each column, -inf where a limit would be broken [value]."""
        node = self._nodes[place]
        worths = np.full(len(tried), -np.inf)
        for k, (column, where) in enumerate(tried.items()):
            arrays = node.changed({name: column}) if place in where else None
            if arrays is not None:
                worths[k] = node.hours * node.aim(arrays)
        return worths

    def _total(
        self,
        name: str,
        columns: Mapping[int, Column],
        known: Sequence[Column],
        worths: Mapping[int, Floats],
    ) -> float:
        places = {column: k for k, column in enumerate(known)}
        return sum(float(worths[n][places[column]]) for n, column in columns.items()) - self._moves(
            name, columns
        )

    def _along(
        self,
        name: str,
        now: Mapping[int, Column],
        known: Sequence[Column],
        worths: Mapping[int, Floats],
        distances: Floats,
    ) -> dict[int, Column]:
        """The best columns in the order of the times; what comes back in it is as it is now."""
        order = sorted(now)
        along = set(pairwise(order))
        places = {column: k for k, column in enumerate(known)}
        given = {n: worths[n].copy() for n in order}
        if name in self._before:
            from_before = [_distance(self._before[name], column) for column in known]
            given[0] -= self._price * self._nodes[0].hours * np.array(from_before)
        steps: dict[tuple[int, int], float] = {}
        for edge in self._follows:
            if edge.before not in now or edge.after not in now or edge.before == edge.after:
                continue
            cost = self._price * edge.hours
            if (edge.before, edge.after) in along:
                steps[edge.before, edge.after] = cost
                continue
            given[edge.before] -= cost * distances[places[now[edge.after]]]
            given[edge.after] -= cost * distances[places[now[edge.before]]]
        best, came = given[order[0]], []
        for before, after in pairwise(order):
            paths = best[:, None] - steps.get((before, after), 0.0) * distances
            came.append(paths.argmax(axis=0))
            best = given[after] + paths.max(axis=0)
        k = int(best.argmax())
        found = {order[-1]: known[k]}
        for place, back in zip(reversed(order[:-1]), reversed(came), strict=True):
            k = int(back[k])
            found[place] = known[k]
        return found


def _distance(one: Column, other: Column) -> int:
    """Lines that are taken away and lines that are added."""
    return sum(abs(a - b) + abs(m - n) for (a, m), (b, n) in zip(one, other, strict=True))


def _between(one: Column, other: Column) -> Iterator[Column]:
    """What both have, what one of them has, and dial lines between."""
    for high, low in ((one, other), (other, one)):
        for share in BETWEEN:
            yield tuple(
                (min(a, b) + round(share * max(a - b, 0)), min(m, n))
                for (a, m), (b, n) in zip(high, low, strict=True)
            )
            yield tuple(
                (min(a, b) + round(share * max(a - b, 0)), m)
                for (a, m), (b, _) in zip(high, low, strict=True)
            )
    yield tuple((max(a, b), max(m, n)) for (a, m), (b, n) in zip(one, other, strict=True))
