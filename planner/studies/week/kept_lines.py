"""Lines kept from one time of a week to the next where moving them gains little."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.studies.week.along import Choice, best_along, distances
from planner.studies.week.times import AGENT, DIAL, Follows, Lines, Measured, Node, Time

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Rounds over all campaigns at the most; they end when one gains next to nothing. So many are made
#: from the lines given and from those of the fullest time, before the better goes on.
ROUNDS, FIRST_ROUNDS = 12, 4
#: Lines between those of two times: shares of what is taken away.
BETWEEN = (0.0, 0.25, 0.5, 0.75)
#: Dial lines that one campaign lets another have on a dialer; so often in a round at the most.
STEPS, MOST_EXCHANGES = (1, 2, 4, 8), 30
#: Columns that are fitted to other times in a round, at most.
MOST_FITTED = 20_000
#: Less is rounding [value].
LEAST_CHANGE = 1e-9
#: A round that gains less than this share of the worth of the week is the last.
LEAST_GAIN = 1e-6


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
    It begins with the lines given, and with those of the fullest time everywhere as far as limits
    let them, and goes on from what is better after a few rounds. Each round first chooses for every
    time between its lines and those of all others, for all campaigns together, and lets pairs of
    campaigns exchange lines; then it takes one campaign after the other: among columns of its lines
    (those of all times, and between those of neighbours) it chooses one for every time. Both choose
    by dynamic programming along the week. Only changes that gain are kept, so that the result is
    never worth less than what is given.
    """
    nodes = [Node(time, redundancy, failures) for time in times]
    week = _Week(nodes, follows, price, before or {})
    given = week.lines()
    _improve(week, FIRST_ROUNDS, stop)
    best = week.worth(), week.lines()
    week.put(given)
    week.spread()
    _improve(week, FIRST_ROUNDS, stop)
    if week.worth() < best[0]:
        week.put(best[1])
    _improve(week, ROUNDS, stop)
    return week.plans()


def _improve(week: _Week, rounds: int, stop: Callable[[], bool]) -> None:
    for _ in range(rounds):
        if stop():
            return
        worth = week.worth()
        week.switch()
        for place in range(week.count):
            if stop():
                return
            week.exchange(place)
        for name in week.campaigns:
            if stop():
                return
            week.improve(name)
        if week.worth() <= worth + LEAST_GAIN * abs(worth):
            return


class _Exchange(NamedTuple):
    """Dial lines more, or fewer, of a campaign on one dialer, and what that gains."""

    gain: float
    name: str
    found: Measured


class _Week:
    """All times with the lines they have so far."""

    def __init__(
        self, nodes: Sequence[Node], follows: Sequence[Follows], price: float, before: Lines
    ) -> None:
        self._nodes, self._price = nodes, price / 2.0
        self._follows = [edge for edge in follows if edge.before != edge.after]
        first = nodes[0]
        running = {name for name, _ in before} & {*first.index}
        self._before = {name: first.as_column(name, before) for name in running}
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
        return [node.plan() for node in self._nodes]

    def worth(self) -> float:
        """The aim over the hours of the week less the price of moves [value]."""
        aims = sum(node.hours * node.aim() for node in self._nodes)
        return aims - sum(self._moves(name, self._columns(name)) for name in self.campaigns)

    def _columns(self, name: str) -> dict[int, Ints]:
        """The lines of a campaign, by the times in which it runs."""
        return {n: node.column(name) for n, node in enumerate(self._nodes) if name in node.index}

    def _moves(self, name: str, columns: Mapping[int, Ints]) -> float:
        """What the moves of one campaign cost in the week [value]."""
        cost = sum(
            self._price * edge.hours * float(distances(columns[edge.before], columns[edge.after]))
            for edge in self._follows
            if edge.before in columns and edge.after in columns
        )
        if name in self._before:
            away = float(distances(self._before[name], columns[0]))
            cost += self._price * self._nodes[0].hours * away
        return cost

    def _saved(self, place: int, name: str, lines: Ints) -> Floats:
        """What each column of a campaign at one time saves of the price of moves [value]."""
        others = [
            (self._price * edge.hours, self._nodes[other].column(name))
            for edge in self._follows
            if place in (edge.before, edge.after)
            for other in (edge.before + edge.after - place,)
            if name in self._nodes[other].index
        ]
        if place == 0 and name in self._before:
            others.append((self._price * self._nodes[0].hours, self._before[name]))
        now, saved = self._nodes[place].column(name), np.zeros(len(lines))
        for price, other in others:
            saved += price * (distances(now, other) - distances(lines, other))
        return saved

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
                    fitting = self._fitted(other, place)
                    if self._nodes[other].aim_with(fitting) is not None:
                        self._nodes[other].take(fitting)

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
        for n, node in enumerate(self._nodes):
            plans[n], aims = [{}], [node.aim()]
            for other in self._nearest(n):
                columns = self._fitted(n, other)
                aim = node.aim_with(columns) if columns else None
                if aim is not None:
                    plans[n].append(columns)
                    aims.append(aim)
            runs = np.array([name in node.index for name in self.campaigns])
            lines = np.zeros((len(aims), len(runs), 2, node.dialers), np.int64)
            lines[:, runs] = node.lines[[node.index[name] for name in self._running(n)]]
            for k, columns in enumerate(plans[n]):
                for name, found in columns.items():
                    lines[k, self.campaigns.index(name)] = found.lines[0]
            choices[n] = Choice(lines, runs, node.hours * np.array(aims))
        self._choose(self.campaigns, choices, plans)

    def _nearest(self, n: int) -> list[int]:
        """The times whose lines another one may take: all where that is quick, else those near."""
        most = max(MOST_FITTED // (self.count * len(self.campaigns)), 2)
        others = sorted(range(self.count), key=lambda other: abs(other - n))
        return others[1 : most + 1]

    def _running(self, n: int) -> list[str]:
        return [name for name in self.campaigns if name in self._nodes[n].index]

    def _choose(
        self,
        names: Sequence[str],
        choices: Mapping[int, Choice],
        columns: Mapping[int, Sequence[Mapping[str, Measured]]],
    ) -> None:
        """Take the best choices along the week, if they gain."""
        chosen = best_along(self._after_before(names, choices), self._follows, self._price)
        gain = sum(float(choices[n].worths[k] - choices[n].worths[0]) for n, k in chosen.items())
        for name in names:
            now = self._columns(name)
            after = now | {
                n: columns[n][k][name].lines[0] for n, k in chosen.items() if name in columns[n][k]
            }
            gain += self._moves(name, now) - self._moves(name, after)
        if gain > LEAST_CHANGE:
            for n, k in chosen.items():
                self._nodes[n].take(columns[n][k])

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
            gains = self._gains(place)
            if not any(
                self._swapped(node, place, gains.get((d, lines), ()), gains.get((d, -lines), ()))
                for d in range(node.dialers)
                for lines in STEPS
            ):
                return

    def _gains(self, place: int) -> dict[tuple[int, int], list[_Exchange]]:
        """What campaigns gain with so many dial lines more on a dialer, the most first."""
        node = self._nodes[place]
        steps = [(d, step) for d in range(node.dialers) for n in STEPS for step in (n, -n)]
        found: dict[tuple[int, int], list[_Exchange]] = {}
        for name in node.index:
            now = node.column(name)
            open_steps = [(d, s) for d, s in steps if now[DIAL, d] > 0 and now[DIAL, d] + s > 0]
            tried = np.repeat(now[None], len(open_steps), axis=0)
            for k, (d, step) in enumerate(open_steps):
                tried[k, DIAL, d] += step
            columns = node.measured(name, tried)
            gains = node.hours * (node.aims(name, columns) - node.aim())
            gains += self._saved(place, name, tried)
            for k in np.flatnonzero(columns.holds).tolist():
                exchange = _Exchange(float(gains[k]), name, columns.at(k))
                found.setdefault(open_steps[k], []).append(exchange)
        return {key: sorted(rows, key=lambda row: -row.gain) for key, rows in found.items()}

    def _swapped(
        self, node: Node, place: int, more: Sequence[_Exchange], fewer: Sequence[_Exchange]
    ) -> bool:
        """Exchange the best pair of campaigns; whether that gained."""
        pairs = [(a, b) for a in more[:2] for b in fewer[:2] if a.name != b.name]
        best = max(pairs, key=lambda pair: pair[0].gain + pair[1].gain, default=None)
        if best is None or best[0].gain + best[1].gain <= 0:
            return False
        return self._take_if_better(node, place, {each.name: each.found for each in best})

    def _neighbours(self, place: int) -> list[int]:
        after = [edge.after for edge in self._follows if edge.before == place]
        before = [edge.before for edge in self._follows if edge.after == place]
        return [*dict.fromkeys((*after, *before))]

    def improve(self, name: str) -> None:
        """Give a campaign the columns that are worth most, the others as they are."""
        now = self._columns(name)
        columns: dict[int, list[dict[str, Measured]]] = {}
        choices: dict[int, Choice] = {}
        for n, tried in self._tried(name, now).items():
            node = self._nodes[n]
            found = node.measured(name, tried)
            fits = node.fits(name, found)
            fits[0] = True  # what it has
            found = found.some(fits)
            columns[n] = [{name: found.at(k)} for k in range(len(found.lines))]
            worths = node.hours * node.aims(name, found)
            choices[n] = Choice(found.lines[:, None], np.ones(1, np.bool_), worths)
        self._choose([name], choices, columns)

    def _after_before(
        self, names: Sequence[str], choices: Mapping[int, Choice]
    ) -> Mapping[int, Choice]:
        """The choices, those of the first time less what moves from the lines before cost."""
        first = choices.get(0)
        if first is None:
            return choices
        worths, price = first.worths.copy(), self._price * self._nodes[0].hours
        for place, name in enumerate(names):
            if name in self._before:
                worths -= price * distances(first.lines[:, place], self._before[name])
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
