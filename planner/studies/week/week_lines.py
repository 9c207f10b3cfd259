"""The lines of all times of a week so far, and changes of them that gain over the whole week."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.studies.week.along import Choice, best_along, taken
from planner.studies.week.times import AGENT, DIAL, Follows, Lines, Measured, Node

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Lines between those of two times: shares of what is taken away.
BETWEEN = (0.0, 0.25, 0.5, 0.75)
#: Dial lines that one campaign lets another have on a dialer; so often in a round at the most.
STEPS, MOST_EXCHANGES = (1, 2, 4, 8), 30
#: Columns that are fitted to other times in a round, at most.
MOST_FITTED = 20_000
#: Times, the fullest, whose lines are tried everywhere.
MOST_SPREAD = 20
#: Less is rounding [value].
LEAST_CHANGE = 1e-9


class _Exchange(NamedTuple):
    """Dial lines more, or fewer, of a campaign on one dialer, and what that gains.

    They are one of the columns measured.
    """

    gain: float
    name: str
    columns: Measured
    place: int


class WeekLines:
    """All times with the lines they have so far."""

    def __init__(
        self, nodes: Sequence[Node], follows: Sequence[Follows], price: float, before: Lines
    ) -> None:
        self._nodes = nodes
        #: Of a line that is taken away, for each hour [value/h].
        self.price = price
        self._follows = [edge for edge in follows if edge.before != edge.after]
        first = nodes[0]
        running = {name for name, _ in before} & {*first.index}
        self._before = {name: first.as_column(name, before) for name in running}
        #: Of each campaign at a time: its lines, and its columns with more and fewer dial lines.
        self._steps: dict[tuple[int, str], tuple[bytes, list[tuple[int, int]], Measured]] = {}
        #: What no exchange at a time gained with.
        self._settled: dict[int, tuple[float | bytes, ...]] = {}
        self.campaigns = list(dict.fromkeys(name for node in nodes for name in node.index))

    @property
    def count(self) -> int:
        """How many times there are."""
        return len(self._nodes)

    def lines(self) -> list[Ints]:
        """The lines of every time, to be put back."""
        return [node.lines.copy() for node in self._nodes]

    def put(self, lines: Sequence[Ints]) -> None:
        """Put lines back."""
        for node, here in zip(self._nodes, lines, strict=True):
            node.put(here)

    def plans(self) -> list[LinePlan]:
        """The lines of every time."""
        return [node.plan() for node in self._nodes]

    def value(self) -> float:
        """The aim over the hours of the week [value]."""
        return sum(node.hours * node.aim() for node in self._nodes)

    def worth(self) -> float:
        """The value less the price of moves."""
        return self.value() - sum(self._moves(name, self._columns(name)) for name in self.campaigns)

    def moved(self) -> int:
        """How many lines are taken from campaigns that go on."""
        moved = 0.0
        for name in self.campaigns:
            columns = self._columns(name)
            for edge in self._follows:
                if edge.before in columns and edge.after in columns:
                    lost = taken(columns[edge.before], columns[edge.after])
                    moved += edge.count * float(lost)
            if name in self._before:
                moved += float(taken(self._before[name], columns[0]))
        return round(moved)

    def _columns(self, name: str) -> dict[int, Ints]:
        """The lines of a campaign, by the times in which it runs."""
        return {n: node.column(name) for n, node in enumerate(self._nodes) if name in node.index}

    def _moves(self, name: str, columns: Mapping[int, Ints]) -> float:
        """What the moves of one campaign cost in the week [value]."""
        cost = sum(
            self.price * edge.hours * float(taken(columns[edge.before], columns[edge.after]))
            for edge in self._follows
            if edge.before in columns and edge.after in columns
        )
        if name in self._before:
            away = float(taken(self._before[name], columns[0]))
            cost += self.price * self._nodes[0].hours * away
        return cost

    def _saved(self, place: int, name: str, lines: Ints) -> Floats:
        """What each column of a campaign at one time saves of the price of moves [value]."""
        now, saved = self._nodes[place].column(name), np.zeros(len(lines))
        for edge in self._follows:
            price = self.price * edge.hours
            if edge.after == place and name in self._nodes[edge.before].index:
                before = self._nodes[edge.before].column(name)
                saved += price * (taken(before, now) - taken(before, lines))
            if edge.before == place and name in self._nodes[edge.after].index:
                after = self._nodes[edge.after].column(name)
                saved += price * (taken(now, after) - taken(lines, after))
        if place == 0 and name in self._before:
            price, before = self.price * self._nodes[0].hours, self._before[name]
            saved += price * (taken(before, now) - taken(before, lines))
        return saved

    def spread(self) -> None:
        """Give all times the lines of one, as far as limits let them: with which most is left."""
        given = self.lines()
        sizes = [(len(node.index), node.hours) for node in self._nodes]
        fullest = sorted(range(self.count), key=lambda n: sizes[n], reverse=True)
        tried: list[tuple[float, list[Ints]]] = []
        for first in fullest[:MOST_SPREAD]:
            self.put(given)
            self._spread(first)
            tried.append((self.worth(), self.lines()))
        self.put(max(tried, key=lambda one: one[0])[1])

    def _spread(self, first: int) -> None:
        for other, node in enumerate(self._nodes):
            if other != first:
                fitting = self._fitted(other, first)
                if node.aim_with(fitting) is not None:
                    node.take(fitting)

    def _fitted(self, place: int, other: int) -> dict[str, Measured]:
        """The lines of another time for the campaigns of one, fewer where its limits want that."""
        node, given = self._nodes[place], self._nodes[other]
        found = {}
        for name in node.index:
            if name in given.index:
                column = node.fitted(name, given.column(name))
                if column is not None:
                    found[name] = column
        return found

    def switch(self) -> None:
        """Give times the lines of others, all campaigns together, where that gains in the week."""
        plans: dict[int, list[dict[str, Measured]]] = {}
        choices: dict[int, Choice] = {}
        told = [{name: node.column(name).tobytes() for name in node.index} for node in self._nodes]
        for n, node in enumerate(self._nodes):
            plans[n], aims = [{}], [node.aim()]
            seen = set()
            for other in self._nearest(n):
                same = tuple(told[other].get(name) for name in node.index)
                if same in seen:
                    continue
                seen.add(same)
                columns = self._fitted(n, other)
                aim = node.aim_with(columns) if columns else None
                if aim is not None:
                    plans[n].append(columns)
                    aims.append(aim)
            runs = np.array([name in node.index for name in self.campaigns], np.bool_)
            lines = np.zeros((len(aims), len(runs), 2, node.dialers), np.int64)
            lines[:, runs] = node.lines[[node.index[name] for name in self._running(n)]]
            for k, columns in enumerate(plans[n]):
                for name, found in columns.items():
                    lines[k, self.campaigns.index(name)] = found.lines[0]
            choices[n] = Choice(lines, runs, node.hours * np.array(aims))
        self._choose(self.campaigns, choices, lambda n, k: plans[n][k])

    def _nearest(self, n: int) -> list[int]:
        """The times whose lines another one may take: all where that is quick, else those near."""
        most = max(MOST_FITTED // (self.count * max(len(self.campaigns), 1)), 2)
        others = sorted(range(self.count), key=lambda other: abs(other - n))
        return others[1 : most + 1]

    def _running(self, n: int) -> list[str]:
        return [name for name in self.campaigns if name in self._nodes[n].index]

    def _choose(
        self,
        names: Sequence[str],
        choices: Mapping[int, Choice],
        columns: Callable[[int, int], Mapping[str, Measured]],
    ) -> None:
        """Take the best choices along the week, if they gain; their columns by time and place."""
        chosen = best_along(self._after_before(names, choices), self._follows, self.price)
        gain = sum(float(choices[n].worths[k] - choices[n].worths[0]) for n, k in chosen.items())
        others = {n: columns(n, k) for n, k in chosen.items() if k}
        for name in names:
            now = self._columns(name)
            after = now | {n: here[name].lines[0] for n, here in others.items() if name in here}
            gain += self._moves(name, now) - self._moves(name, after)
        if gain > LEAST_CHANGE:
            for n, here in others.items():
                self._nodes[n].take(here)

    def _take_if_better(self, node: Node, place: int, columns: Mapping[str, Measured]) -> bool:
        """Take other columns of some campaigns where they hold every limit and gain."""
        aim = node.aim_with(columns)
        if aim is None:
            return False
        gain = node.hours * (aim - node.aim())
        gain += sum(float(self._saved(place, n, c.lines)[0]) for n, c in columns.items())
        if gain > LEAST_CHANGE:
            node.take(columns)
        return gain > LEAST_CHANGE

    def exchange(self, place: int) -> None:
        """Let one campaign of a time have dial lines of another on the same dialer, if it gains."""
        node = self._nodes[place]
        for _ in range(MOST_EXCHANGES):
            around = self._around(place)
            if self._settled.get(place) == around:
                return
            gains = self._gains(place)
            if not any(
                self._swapped(node, place, gains.get((d, lines), ()), gains.get((d, -lines), ()))
                for d in range(node.dialers)
                for lines in STEPS
            ):
                self._settled[place] = around
                return

    def _around(self, place: int) -> tuple[float | bytes, ...]:
        """All that exchanges at one time hang on."""
        return self.price, *(
            self._nodes[n].lines.tobytes() for n in (place, *self._neighbours(place))
        )

    def _gains(self, place: int) -> dict[tuple[int, int], list[_Exchange]]:
        """What campaigns gain with so many dial lines more on a dialer, the most first."""
        node = self._nodes[place]
        found: dict[tuple[int, int], list[_Exchange]] = {}
        for name in node.index:
            open_steps, columns = self._stepped(place, name)
            gains = node.hours * (node.aims(name, columns) - node.aim())
            gains += self._saved(place, name, columns.lines)
            for k in np.flatnonzero(columns.holds).tolist():
                exchange = _Exchange(float(gains[k]), name, columns, k)
                found.setdefault(open_steps[k], []).append(exchange)
        return {key: sorted(rows, key=lambda row: -row.gain) for key, rows in found.items()}

    def _stepped(self, place: int, name: str) -> tuple[list[tuple[int, int]], Measured]:
        """Steps that a campaign may take, by dialer and lines more, and its columns then."""
        node = self._nodes[place]
        now = node.column(name)
        told = now.tobytes()
        known = self._steps.get((place, name))
        if known is None or known[0] != told:
            steps = [(d, step) for d in range(node.dialers) for n in STEPS for step in (n, -n)]
            steps = [(d, s) for d, s in steps if now[DIAL, d] > 0 and now[DIAL, d] + s > 0]
            tried = np.repeat(now[None], len(steps), axis=0)
            for k, (d, step) in enumerate(steps):
                tried[k, DIAL, d] += step
            known = self._steps[place, name] = told, steps, node.measured(name, tried)
        return known[1:]

    def _swapped(
        self, node: Node, place: int, more: Sequence[_Exchange], fewer: Sequence[_Exchange]
    ) -> bool:
        """Exchange the best pair of campaigns; whether that gained."""
        pairs = [(a, b) for a in more[:2] for b in fewer[:2] if a.name != b.name]
        best = max(pairs, key=lambda pair: pair[0].gain + pair[1].gain, default=None)
        if best is None or best[0].gain + best[1].gain <= 0:
            return False
        return self._take_if_better(
            node, place, {each.name: each.columns.at(each.place) for each in best}
        )

    def _neighbours(self, place: int) -> list[int]:
        after = [edge.after for edge in self._follows if edge.before == place]
        before = [edge.before for edge in self._follows if edge.after == place]
        return [*dict.fromkeys((*after, *before))]

    def improve(self, name: str) -> None:
        """Give a campaign the columns that are worth most, the others as they are."""
        now = self._columns(name)
        columns: dict[int, Measured] = {}
        choices: dict[int, Choice] = {}
        for n, tried in self._tried(name, now).items():
            node = self._nodes[n]
            found = node.measured(name, tried)
            fits = node.fits(name, found)
            fits[0] = True  # what it has
            columns[n] = found = found.some(fits)
            worths = node.hours * node.aims(name, found)
            choices[n] = Choice(found.lines[:, None], np.ones(1, np.bool_), worths)
        self._choose([name], choices, lambda n, k: {name: columns[n].at(k)})

    def _after_before(
        self, names: Sequence[str], choices: Mapping[int, Choice]
    ) -> Mapping[int, Choice]:
        """The choices, those of the first time less what moves from the lines before cost."""
        first = choices.get(0)
        if first is None:
            return choices
        worths, price = first.worths.copy(), self.price * self._nodes[0].hours
        for place, name in enumerate(names):
            if name in self._before:
                worths -= price * taken(self._before[name], first.lines[:, place])
        return {**choices, 0: first._replace(worths=worths)}

    def _tried(self, name: str, now: Mapping[int, Ints]) -> dict[int, Ints]:
        """Columns to choose from in each time, the one it has first.

        Those of all times, of the plans to begin with, and between those of neighbours; and those
        with more or fewer lines of each time for itself and its neighbours.
        """
        pairs = [
            (now[e.before], now[e.after]) for e in self._follows if {e.before, e.after} <= {*now}
        ]
        firsts = [self._nodes[n].first[self._nodes[n].index[name]] for n in now]
        between = [column for pair in pairs for column in _between(*pair)]
        known = _different(np.array([*now.values(), *firsts, *between]))
        grown = {n: self._nodes[n].grown(name) for n in now}
        return {
            n: np.concatenate([
                column[None],
                known,
                *(grown[m] for m in (n, *self._neighbours(n)) if m in grown),
            ])
            for n, column in now.items()
        }  # fmt: skip


def _different(columns: Ints) -> Ints:
    """The columns, each once."""
    found: Ints = np.unique(columns, axis=0)
    return found


def _between(one: Ints, other: Ints) -> Iterator[Ints]:
    """What both have, what one of them has, and dial lines between."""
    least = np.minimum(one, other)
    for high, low in ((one, other), (other, one)):
        more = np.maximum(high[DIAL] - low[DIAL], 0)
        for share in BETWEEN:
            dial = least[DIAL] + np.rint(share * more).astype(np.int64)
            yield np.array([dial, least[AGENT]])
            yield np.array([dial, high[AGENT]])
    yield np.maximum(one, other)
