"""The usual way: a loop over CP-SAT models with throughput tables as element constraints."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from planner.evaluation.rates import rates
from tests.benchmarks.batch_problems import problem

#: Handled calls an hour are whole numbers of thousandths in the model.
_SCALE = 1000


class Solved(NamedTuple):
    """What one model came to."""

    seconds: float
    gap: float


def solve(seed: int, dialers: int, campaigns: int, limit: float) -> Solved:
    """Build and solve one model with the settings of the planner: gap 0.1 %, one thread."""
    start = time.perf_counter()
    given = problem(seed, dialers, campaigns)
    model = cp_model.CpModel()
    used: dict[int, list[cp_model.IntVar]] = {d: [] for d in range(dialers)}
    goal = []
    for campaign in given.campaigns:
        split = []
        for d, dialer in enumerate(given.dialers):
            agents = campaign.agent_lines
            lines = model.new_int_var(0, dialer.ports, "")
            agent_lines = model.new_int_var(0, agents, "")
            model.add(lines >= agent_lines)
            place = model.new_int_var(0, (dialer.ports + 1) * (agents + 1) - 1, "")
            model.add(place == lines * (agents + 1) + agent_lines)
            n, a = np.meshgrid(np.arange(dialer.ports + 1), np.arange(agents + 1), indexing="ij")
            sound = (a >= 1) & (n >= a)
            table = np.zeros(n.shape)
            table[sound] = rates(campaign, n[sound], a[sound]).handled * campaign.value
            scaled = np.rint(_SCALE * table).astype(int).ravel().tolist()
            earned = model.new_int_var(0, max(scaled), "")
            model.add_element(place, scaled, earned)
            goal.append(earned)
            used[d] += [lines, agent_lines]
            split.append(agent_lines)
        model.add(sum(split) <= campaign.agent_lines)
    for d, dialer in enumerate(given.dialers):
        model.add(sum(used[d]) <= dialer.ports)
    model.maximize(sum(goal))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.relative_gap_limit = 0.001
    solver.parameters.max_time_in_seconds = limit
    status = solver.solve(model)
    gap = float("inf")
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        gap = solver.best_objective_bound / solver.objective_value - 1
    return Solved(time.perf_counter() - start, gap)


def loop(count: int, limit: float, workers: int) -> tuple[float, list[Solved]]:
    """Seconds and outcomes of so many problems of 3 x 4, one after the other or in a pool."""
    start = time.perf_counter()
    if workers == 1:
        solved = [solve(seed, 3, 4, limit) for seed in range(count)]
    else:
        with ProcessPoolExecutor(workers) as pool:
            futures = [pool.submit(solve, seed, 3, 4, limit) for seed in range(count)]
            solved = [future.result() for future in futures]
    return time.perf_counter() - start, solved
