"""Plans improved side by side on both cores, from different random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planner.optimize.cores import side_by_side
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.model import Model

Ints = NDArray[np.int64]

#: Plans improved side by side.
PARALLEL_RUNS = 2
#: Chunks after which a run that is behind goes on from the best plan.
MEET_AFTER = 10


class Run(Protocol):
    """A plan under change that keeps the best one."""

    best: float
    best_n: Ints  # [campaign, dialer] dial lines
    best_a: Ints

    def start_from(self, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Go on from a plan that holds the limits."""

    def run(self, steps: int, heat: float, target: float) -> float:
        """Make some steps at a temperature [value], until the target is reached."""


class Best:
    """The best plan of the runs, in lines ``[campaign, dialer]``."""

    def __init__(self, model: Model, runs: Sequence[Run]) -> None:
        self._model = model
        self._runs = runs
        self.value = -np.inf
        self.dial_lines = np.zeros((0, 0), np.int64)
        self.agent_lines = self.dial_lines

    def start_from(self, columns: Sequence[Column]) -> bool:
        """Begin all runs with a plan; whether it is better than the best."""
        dial = np.array([k.dial_lines for k in columns])
        agent = np.array([k.agent_lines for k in columns])
        for run in self._runs:
            run.start_from(dial, agent)
        return self.update()

    def update(self) -> bool:
        """Look at the runs again; whether one found a better plan."""
        best = max(self._runs, key=lambda run: run.best)
        if best.best <= self.value:
            return False
        self.value = best.best
        self.dial_lines, self.agent_lines = best.best_n.copy(), best.best_a.copy()
        return True

    def columns(self) -> list[Column]:
        """The plan as one column per campaign."""
        lines = zip(self.dial_lines, self.agent_lines, strict=True)
        return [make_column(self._model, c, dial, agent) for c, (dial, agent) in enumerate(lines)]

    def synchronise(self) -> None:
        """Let the run that is behind go on from the best plan."""
        behind = min(self._runs, key=lambda run: run.best)
        if behind.best < self.value:
            behind.start_from(self.dial_lines, self.agent_lines)


def cool_down(
    runs: Sequence[Run],
    best: Best,
    *,
    steps: int,
    chunks: int,
    scale: float,
    heat: tuple[float, float],
    enough: Callable[[], float],
    interrupted: Callable[[], bool],
    on_better: Callable[[], None],
) -> None:
    """Run the runs at falling temperature until a plan is worth enough or the round is over.

    Parameters
    ----------
    steps : of a run between two comparisons; there are ``chunks`` of these
    scale : what one campaign is worth about [value per hour]
    heat : highest and lowest temperature in that scale, between which it falls geometrically
    """
    hottest, coldest = heat
    with side_by_side(len(runs)) as each:
        for chunk in range(chunks):
            if interrupted() or best.value >= enough():
                break
            now = scale * hottest * (coldest / hottest) ** (chunk / chunks)
            target = enough()
            each(partial(_run, steps=steps, heat=now, target=target), runs)
            if best.update():
                on_better()
            if chunk % MEET_AFTER == MEET_AFTER - 1:
                best.synchronise()


def _run(run: Run, steps: int, heat: float, target: float) -> None:
    run.run(steps, heat, target)
