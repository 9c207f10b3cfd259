"""What the steps between two states of the lines add to every limit and to the value.

The lines of a campaign on a dialer earn, abandon and dial whatever the others do, so every limit
is a linear row: what it is at the start, and what each step adds once it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.problem import Campaign, Problem
from planner.evaluation.rates import rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Lines = tuple[int, int]
Pair = tuple[int, int]


class Step(NamedTuple):
    """Set the dial and agent lines of a campaign on a dialer, by their places in the problem."""

    pair: Pair
    before: Lines
    after: Lines


class Figures(NamedTuple):
    """Figures of lines, an hour where they are rates; ``[campaign, dialer]`` or by step."""

    dial: Floats
    agents: Floats
    ports: Floats
    used: Floats
    handled: Floats
    abandoned: Floats
    answered: Floats
    attempts: Floats


#: Of lines that nobody runs, the figures from this one on are 0.
_FIRST_RATE = Figures._fields.index("used")


@dataclass(frozen=True)
class Row:
    """A linear quantity: at the start, and what each step adds to it."""

    start: float
    added: Floats

    def __add__(self, other: Row) -> Row:
        return Row(self.start + other.start, self.added + other.added)

    def __sub__(self, other: Row) -> Row:
        return self + other * -1.0

    def __mul__(self, factor: float) -> Row:
        return Row(self.start * factor, self.added * factor)

    def plus(self, constant: float) -> Row:
        """The quantity with a constant on top."""
        return Row(self.start + constant, self.added)


class Ledger:
    """The figures of the lines at the start, and what each step adds to them.

    Parameters
    ----------
    problem : the world in which the steps are made
    lines : at the start, by places of campaign and dialer
    steps : those that may be made, whole moves and halves of them
    idle : pairs that somebody stopped: their lines take ports and agents, and do nothing
    running : of a pair's lines those that run, where not all have an agent
    """

    def __init__(
        self,
        problem: Problem,
        lines: Mapping[Pair, Lines],
        steps: Sequence[Step],
        idle: Collection[Pair] = (),
        running: Mapping[tuple[Pair, Lines], Lines] = MappingProxyType({}),
    ) -> None:
        self.problem, self._idle = problem, idle
        self._running = running
        shape = len(problem.campaigns), len(problem.dialers)
        self._start = Figures(*np.zeros((len(Figures._fields), *shape)))
        for pair, found in zip(lines, self._figures(list(lines.items())), strict=True):
            for table, value in zip(self._start, found, strict=True):
                table[pair] = value
        before = self._figures([(step.pair, step.before) for step in steps])
        after = self._figures([(step.pair, step.after) for step in steps])
        self._added = Figures(*(after - before).T)
        self.campaigns = np.array([step.pair[0] for step in steps], dtype=np.int64)
        self.dialers = np.array([step.pair[1] for step in steps], dtype=np.int64)

    def over(self, figure: str, here: Bools) -> Row:
        """The sum of a figure over some pairs ``[campaign, dialer]``."""
        start: Floats = getattr(self._start, figure)
        added: Floats = getattr(self._added, figure)
        return Row(float(start[here].sum()), added * here[self.campaigns, self.dialers])

    def of_campaign(self, figure: str, c: int, dialers: Bools | None = None) -> Row:
        """The sum of a figure of a campaign, over all dialers or some."""
        here = np.zeros(self._start.dial.shape, dtype=np.bool_)
        here[c] = True if dialers is None else dialers
        return self.over(figure, here)

    def of_dialers(self, figure: str, dialers: Sequence[int]) -> Row:
        """The sum of a figure over all campaigns on some dialers."""
        here = np.zeros(self._start.dial.shape, dtype=np.bool_)
        here[:, list(dialers)] = True
        return self.over(figure, here)

    def earned(self, spared: Bools | None = None) -> Row:
        """Value an hour less what calls cost, on all dialers or on those that a failure spares."""
        problem = self.problem
        worth = np.array([[c.value] * len(problem.dialers) for c in problem.campaigns])
        minutes = np.array([(c.talk_seconds or 0.0) / 60 for c in problem.campaigns])
        minutes *= [c.is_live_transfer for c in problem.campaigns]
        worth = worth.reshape(len(problem.campaigns), len(problem.dialers))
        worth -= np.outer(minutes, [d.cost_per_talk_minute for d in problem.dialers])
        cost = np.array([d.cost_per_attempt for d in problem.dialers])
        weights = np.ones(len(problem.dialers)) if spared is None else spared.astype(float)
        start = ((self._start.handled * worth - self._start.attempts * cost) @ weights).sum()
        each = worth[self.campaigns, self.dialers] * self._added.handled
        added = (each - cost[self.dialers] * self._added.attempts) * weights[self.dialers]
        return Row(float(start), added)

    def _figures(self, items: Sequence[tuple[Pair, Lines]]) -> Floats:
        """Figures of some pairs with some lines ``[item, figure]``."""
        found = np.zeros((len(items), len(Figures._fields)))
        by_campaign: dict[int, list[int]] = {}
        for place, (pair, _) in enumerate(items):
            by_campaign.setdefault(pair[0], []).append(place)
        for c, places in by_campaign.items():
            lines = np.array([items[place][1] for place in places], dtype=np.int64)
            running = self._running
            run = np.array([running.get(items[p], items[p][1]) for p in places], dtype=np.int64)
            takes_port = [
                self.problem.dialers[items[place][0][1]].agent_lines_use_ports for place in places
            ]
            campaign = self.problem.campaigns[c]
            found[places] = self._of_lines(campaign, lines, run, np.array(takes_port))
        idle = [place for place, (pair, _) in enumerate(items) if pair in self._idle]
        found[idle, _FIRST_RATE:] = 0.0
        return found

    def _of_lines(self, campaign: Campaign, lines: Ints, run: Ints, takes_port: Bools) -> Floats:
        (dial, agents), (run_dial, run_agents) = lines.T, run.T
        made = rates(campaign, run_dial, np.minimum(run_agents, run_dial))
        used = (run_dial >= np.maximum(run_agents, 1)) & (
            (run_agents > 0) | (not campaign.is_live_transfer)
        )
        counted = (dial, agents, dial + agents * takes_port, used)
        calls = (made.handled, made.abandoned, made.live_answered, made.attempts)
        return np.array([*counted, *calls], dtype=np.float64).T
