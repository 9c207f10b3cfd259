"""CP-SAT with the throughput tables as they are: an element constraint per campaign and dialer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.tables import ABANDONED, ANSWERED, ATTEMPTS, HANDLED
from tests.benchmarks.peer_plans import Reached, reached, shares_by_ports, within_limits

#: CP-SAT takes whole numbers: thousandths of a call per hour.
SCALE = 1000
#: Weights and shares are taken in thousandths too.
PARTS = 1000


class _Tables:
    """Lines of every campaign on every dialer, and the rates that the tables give for them."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.solver = cp_model.CpModel()
        self.lines: dict[tuple[int, int], tuple[Any, Any]] = {}
        self.handled: dict[tuple[int, int], Any] = {}
        self.attempts: dict[tuple[int, int], Any] = {}
        self.used: dict[tuple[int, int], Any] = {}
        for c in range(model.campaigns):
            self._add_campaign(c)

    def _add_campaign(self, c: int) -> None:
        model, box, table = self.model, self.model.box, self.model.tables[c]
        limit = model.abandon_limit[c]
        excesses = []
        for d in np.flatnonzero(box.n_high[c]).tolist():
            n = self.solver.new_int_var(int(box.n_low[c, d]), int(box.n_high[c, d]), "")
            a = self.solver.new_int_var(int(box.a_low[c, d]), int(box.a_high[c, d]), "")
            used = self.solver.new_bool_var("")
            self.lines[c, d], self.used[c, d] = (n, a), used
            self.solver.add(n >= a)
            self.solver.add(n >= used)
            self.solver.add(n <= int(box.n_high[c, d]) * used)
            self.solver.add(a >= int(model.min_agent_lines[c]) * used)
            rows = table[:, : int(box.a_high[c, d]) + 1, : int(box.n_high[c, d]) + 1]
            width = rows.shape[2]
            place = self.solver.new_int_var(0, rows[0].size - 1, "")
            self.solver.add(place == a * width + n)
            # Rounded in the model's favour, so that its bound holds.
            self.handled[c, d] = self._looked_up(place, np.ceil(SCALE * rows[HANDLED]))
            if not model.counts_lines.all():
                self.attempts[c, d] = self._looked_up(place, np.floor(SCALE * rows[ATTEMPTS]))
            if np.isfinite(limit):
                excess = np.floor(SCALE * (rows[ABANDONED] - limit * rows[ANSWERED]))
                excesses.append(self._looked_up(place, excess))
        if excesses:
            self.solver.add(sum(excesses) <= 0)
        places = [k for k in self.lines if k[0] == c]
        self.solver.add(sum(self.lines[k][1] for k in places) <= int(model.agents[c]))
        self.solver.add(sum(self.lines[k][0] for k in places) <= int(model.max_dial_lines[c]))
        self.solver.add(sum(self.used[k] for k in places) >= int(model.min_dialers[c]))
        share = int(PARTS * model.survivable[c])
        for lost in model.lost if share else ():
            kept = sum(self.handled[k] for k in places if not lost[k[1]])
            slack = SCALE * len(places)  # what rounding up may have added
            self.solver.add(PARTS * kept + slack >= share * sum(self.handled[k] for k in places))

    def _looked_up(self, place: Any, values: NDArray[np.float64]) -> Any:
        table = values.astype(np.int64).ravel().tolist()
        found = self.solver.new_int_var(min(table), max(table), "")
        self.solver.add_element(place, table, found)
        return found

    def add_fleet(self) -> None:
        """Limits over dialers, and the objective."""
        model = self.model
        for capacity in model.capacities:
            here = [k for k in self.lines if capacity.members[k[1]]]
            if capacity.counts_lines:
                used = [
                    self.lines[k][0] + int(model.agent_cost[k[1]]) * self.lines[k][1] for k in here
                ]
                self.solver.add(sum(used) <= int(capacity.limit))
            else:
                attempts = [self.attempts[k] for k in here]
                self.solver.add(sum(attempts) <= int(np.ceil(SCALE * capacity.limit)))
        worth = {k: round(PARTS * model.value[k[0]]) * f for k, f in self.handled.items()}
        weight = round(PARTS * model.weight)
        aim = (PARTS - weight) * sum(worth.values())
        if weight:
            survives = self.solver.new_int_var(0, 2**50, "")
            for lost in model.lost:
                self.solver.add(survives <= sum(w for k, w in worth.items() if not lost[k[1]]))
            aim = aim + weight * survives
        self.solver.maximize(aim)

    def add_hint(self, dial: NDArray[np.int64], agents: NDArray[np.int64]) -> None:
        """Start from a plan, without which some models find none at all."""
        for place, (n, a) in self.lines.items():
            self.solver.add_hint(n, int(dial[place]))
            self.solver.add_hint(a, int(agents[place]))
            self.solver.add_hint(self.used[place], bool(dial[place]))


def cp_sat_tables(problem: Problem, options: PlanOptions, seconds: float) -> Reached:
    """CP-SAT with tables for so many seconds on two cores, building the model not counted."""
    model = build_model(problem, options)
    tables = _Tables(model)
    tables.add_fleet()
    start = within_limits(problem, options, *shares_by_ports(problem))
    if start is not None:
        tables.add_hint(*start)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(tables.solver)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    unit = SCALE * PARTS * PARTS
    if not found:
        return Reached(0.0)
    lines = np.zeros((2, model.campaigns, model.dialers), dtype=np.int64)
    for place, (n, a) in tables.lines.items():
        lines[0][place], lines[1][place] = solver.value(n), solver.value(a)
    bound = solver.best_objective_bound / unit
    return Reached(reached(problem, options, *lines), bound)
