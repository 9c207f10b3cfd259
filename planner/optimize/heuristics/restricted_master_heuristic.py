"""The pool of columns: which are promising, and the integer master over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from planner.optimize.master.column_generation import Relaxation
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.columns import Column
from planner.optimize.model.model import Model

Floats = NDArray[np.float64]

#: Columns offered to the integer master, by least reduced cost.
MOST_COLUMNS = 3000


def reduced_values(master: RestrictedMaster, relaxation: Relaxation) -> Floats:
    """Value of the pool's columns at a relaxation's prices, less the bound on their campaign's."""
    model, lagrangian, columns = master.model, master.lagrangian, master.arrays
    duals, campaigns = relaxation.duals, columns["campaign"]
    worth: Floats = -relaxation.campaign_bounds[campaigns]
    if model.aim.is_value:
        worth += columns["worth"] @ lagrangian.call_share(duals)
        worth -= model.move_cost * columns["added"]
    worth -= columns["used"] @ duals.capacity
    worth -= duals.dial_lines[campaigns] * columns["dial_lines"].sum(axis=1)
    over = columns["abandoned"] - lagrangian.priced_abandon_limit[campaigns] * columns["answered"]
    worth -= duals.abandon[campaigns] * over
    short = lagrangian.short_prices(duals)
    if short.any():
        told = np.array([lagrangian.told(c) for c in range(model.campaigns)])
        worth -= ((short * told)[campaigns] * columns["short"]).sum(axis=1)
    for price, need in zip(duals.need.tolist(), lagrangian.needs, strict=True):
        worth += price * np.where(campaigns == need.campaign, need.amounts(columns), 0.0)
    return worth


def promising(
    master: RestrictedMaster, relaxation: Relaxation, best: Iterable[Column], value: float
) -> list[Column]:
    """Columns that hold their own limits, by reduced cost; those of the best plan always.

    Left out are those that cost more than lies between ``value``, which is to be beaten, and the
    bound: no better plan of the relaxation's box has them.
    """
    fit = np.flatnonzero(master.arrays["holds_own_limits"])
    worth = reduced_values(master, relaxation)[fit]
    order = np.argsort(-worth, kind="stable")[:MOST_COLUMNS]
    kept = {k.key: k for k in best}
    for i in fit[order[relaxation.bound + worth[order] > value]].tolist():
        column = master.arrays.columns[i]
        kept[column.key] = column
    return list(kept.values())


#: Values are scaled so that a plan's largest sum becomes about this: CP-SAT takes integers.
#: With 10**8 single solves of tiny problems did not end, whatever their work limit.
LARGEST_SUM = 10**6

#: Work limit in CP-SAT's deterministic time, so that the same input ends the same way.
DETERMINISTIC_TIME = 0.3


def choose_columns(
    model: Model,
    columns: Sequence[Column],
    hint: Mapping[int, Column],
    *,
    seed: int,
    seconds: float,
    stop: Callable[[], bool] = lambda: False,
) -> list[Column] | None:
    """Best choice of one column per campaign under the fleet's limits, None if none is found.

    ``columns`` must hold their campaign's own limits. ``hint`` is a known choice by campaign.
    Rates are rounded against the plan, so that the choice holds the exact limits.
    """
    solver_model = cp_model.CpModel()
    chosen = [solver_model.new_bool_var("") for _ in columns]
    for c in range(model.campaigns):
        mine = [x for x, k in zip(chosen, columns, strict=True) if k.campaign == c]
        if not mine:
            return None
        solver_model.add_exactly_one(mine)
    _limit_capacities(model, solver_model, columns, chosen)
    _set_objective(model, solver_model, columns, chosen)
    for x, column in zip(chosen, columns, strict=True):
        known = hint.get(column.campaign)
        solver_model.add_hint(x, int(known is not None and known.key == column.key))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    # Ctrl-C belongs to the caller: the solver would take its handler away for good.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.max_deterministic_time = DETERMINISTIC_TIME
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    status = solver.solve(solver_model, _Stopper(stop))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = [k for x, k in zip(chosen, columns, strict=True) if solver.boolean_value(x)]
    return sorted(found, key=lambda column: column.campaign)


class _Stopper(cp_model.CpSolverSolutionCallback):
    """Ends the search at the next solution once a stop is asked for."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        super().__init__()
        self._stop = stop

    def on_solution_callback(self) -> None:
        if self._stop():
            self.stop_search()


def _limit_capacities(
    model: Model,
    solver_model: cp_model.CpModel,
    columns: Sequence[Column],
    chosen: Sequence[cp_model.IntVar],
) -> None:
    """Ports, channels and calls per second: sum of what the chosen columns use <= limit."""
    for row, capacity in enumerate(model.capacities):
        amounts = [float(k.used[row]) for k in columns]
        if capacity.counts_lines:
            used, limit = [round(amount) for amount in amounts], int(capacity.limit)
        else:
            scale = 10**6 / max(capacity.limit, 1e-9)
            used, limit = [int(np.ceil(amount * scale)) for amount in amounts], 10**6
        solver_model.add(cp_model.LinearExpr.weighted_sum(chosen, used) <= limit)
    for which, most in model.aim.sums:
        short = [int(k.short[which[k.campaign]].sum()) for k in columns]
        solver_model.add(cp_model.LinearExpr.weighted_sum(chosen, short) <= most)


def _set_objective(
    model: Model,
    solver_model: cp_model.CpModel,
    columns: Sequence[Column],
    chosen: Sequence[cp_model.IntVar],
) -> None:
    """Value, less w times what the worst failure takes and the cost of moves, as integers."""
    if model.aim.counted is not None:
        short = [int(k.short[model.aim.counted[k.campaign]].sum()) for k in columns]
        solver_model.minimize(cp_model.LinearExpr.weighted_sum(chosen, short))
        return
    largest = np.zeros(model.campaigns)
    for k in columns:
        worth = float(np.abs(k.worth).sum())
        largest[k.campaign] = max(largest[k.campaign], worth)
    scale = LARGEST_SUM / max(float(largest.sum()), 1e-12)
    worth_of = [
        int(np.floor(scale * (float(k.worth.sum()) - model.move_cost * k.added))) for k in columns
    ]
    objective = cp_model.LinearExpr.weighted_sum(chosen, worth_of)
    if model.weight > 0:
        worst = solver_model.new_int_var(-2 * LARGEST_SUM, 2 * LARGEST_SUM, "")
        for g in range(len(model.lost)):
            lost = [
                int(np.ceil(scale * model.weight * float(model.lost[g] @ k.worth))) for k in columns
            ]
            solver_model.add(worst >= cp_model.LinearExpr.weighted_sum(chosen, lost))
        objective = objective - worst
    solver_model.maximize(objective)
