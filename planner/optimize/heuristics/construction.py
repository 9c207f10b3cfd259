"""Construction of a plan: campaigns put in one after the other, guided by the duals.

Every plan on the way holds every limit. Random numbers come from a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled
from planner.optimize.heuristics.insertion import Scratch, insert, scratch
from planner.optimize.heuristics.plan_state import (
    DualGuide,
    State,
    empty_state,
    grow,
    mark,
    put,
    restore,
    trim,
)
from planner.optimize.heuristics.worst_failure import objective
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.duals import Duals
from planner.optimize.model.fleet import Fleet, fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.model.usage import Usage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Tries to find a campaign its first place; each looks at other dialers and caps.
TRIES = 20
#: Chance that tries after the first overlook a dialer whose carrier is full.
SHY = 0.7


#: A column with at least this share of its campaign in the relaxation is taken as it is.
WHOLE = 0.99


class Construction:
    """A plan put together campaign by campaign; :meth:`columns` is the best of those completed."""

    def __init__(self, master: RestrictedMaster, duals: Duals, seed: int) -> None:
        self._model = master.model
        self._fleet = fleet_arrays(self._model)
        self._guide = guide(master, duals)
        self._state = empty_state(self._fleet, seed)
        self._scratch = scratch(self._fleet)
        self._best_n, self._best_a = self._state.n.copy(), self._state.a.copy()
        self.value = -np.inf  # of the best plan [value per hour]

    def start(
        self,
        mix: Iterable[tuple[Column, float]] | None = None,
        columns: Sequence[Column] | None = None,
    ) -> bool:
        """Complete a relaxation's mix, a plan, or nothing; False where no plan is found."""
        begun = mix is not None and self._complete_from(self._whole(mix))
        if not begun and (mix is None or columns):
            begun = self._complete_from(columns or ())
        return begun

    def _complete_from(self, columns: Iterable[Column]) -> bool:
        """Put in the campaigns without a column; False where one has no place.

        The columns must hold the limits.
        """
        _take(self._fleet, self._state, *lines_of(self._model, columns))
        if not _complete(self._fleet, self._guide, self._state, self._scratch):
            return False
        value = _worth(self._fleet, self._state)
        if value > self.value:
            self.value = value
            self._best_n[:], self._best_a[:] = self._state.n, self._state.a
        return True

    def _whole(self, mix: Iterable[tuple[Column, float]]) -> list[Column]:
        """Columns that have almost all of their campaign, as many as the fleet has room for.

        Parts of almost one may fit where the whole columns do not.
        """
        usage, found = Usage(self._model), []
        for column, share in mix:
            if share > WHOLE and column.holds_own_limits:
                usage.add(column)
                if usage.fits():
                    found.append(column)
                else:
                    usage.add(column, -1.0)
        return found

    def columns(self) -> list[Column]:
        """The best plan as one column per campaign."""
        lines = enumerate(zip(self._best_n, self._best_a, strict=True))
        return [make_column(self._model, c, dial, agent) for c, (dial, agent) in lines]

    def begun(self) -> list[Column]:
        """What was put into a plan that could not be completed, and the least of all others."""
        box = self._model.box
        dial = np.maximum(self._state.n, box.n_low)
        agent = np.maximum(self._state.a, box.a_low)
        lines = enumerate(zip(dial, agent, strict=True))
        return [make_column(self._model, c, n, a) for c, (n, a) in lines]


@compiled
def _worth(f: Fleet, s: State) -> float:
    """Objective of the plan: (1 - w) * value + w * value surviving, less the cost of moves."""
    return float(objective(f, s.value) - f.move_cost * s.added.sum())


@compiled
def _take(f: Fleet, s: State, n: Ints, a: Ints) -> None:
    for d in range(len(s.cells)):
        while s.cells[d] > 0:
            put(f, s, s.ids[d, 0], d, 0, 0)
    for c in range(n.shape[0]):
        for d in range(n.shape[1]):
            if n[c, d] > 0:
                put(f, s, c, d, n[c, d], a[c, d])
    mark(s)


@compiled
def _complete(f: Fleet, g: DualGuide, s: State, w: Scratch) -> bool:
    """Put in the campaigns without lines, those hard to place and then the most valuable first."""
    campaigns = len(f.value)
    key = np.empty(campaigns)
    for c in range(campaigns):
        locked = f.n_low[c].max() if f.n_low.shape[1] else 0
        key[c] = -f.value[c] - 1e13 * (locked > 0) - 1e12 * (f.survivable[c] > 0)
    for c in np.argsort(key):
        tries = 0
        while s.lines[c] == 0:
            mark(s)
            if insert(f, g, s, w, c, SHY if tries > 0 else 0.0) and trim(f, g, s):
                break
            restore(f, s)
            tries += 1
            if tries == TRIES:
                return False
    for d in range(len(f.room)):
        grow(f, g, s, d)
    mark(s)
    return True


def guide(master: RestrictedMaster, duals: Duals, failure: Floats | None = None) -> DualGuide:
    """What lines are worth and charged at the relaxation's prices."""
    model = master.model
    ports = np.array([k.is_ports for k in model.capacities], dtype=np.bool_)
    weights = duals.failure if failure is None else failure
    return DualGuide(
        call=1.0 - weights @ model.parts,
        port=(duals.capacity * ports) @ model.members,
        line=(duals.capacity * (model.counts_lines & ~ports)) @ model.members,
        attempt=(duals.capacity * ~model.counts_lines) @ model.members,
    )


def lines_of(model: Model, columns: Iterable[Column]) -> tuple[Ints, Ints]:
    """Dial and agent lines ``[campaign, dialer]`` of columns; none of campaigns without one."""
    dial = np.zeros((model.campaigns, model.dialers), np.int64)
    agent = np.zeros_like(dial)
    for column in columns:
        dial[column.campaign], agent[column.campaign] = column.dial_lines, column.agent_lines
    return dial, agent
