"""What a user would write instead of the optimiser, for the same fleets.

Each returns the value per hour that its plan reaches; a plan that breaks a limit reaches nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from ortools.sat.python import cp_model

from planner.optimize.model import HANDLED, build_model
from planner.plan import LinePlan, PlanOptions
from planner.problem import LineAssignment, Problem
from planner.verify import check, evaluate

Lines = dict[tuple[int, int], tuple[int, int]]
#: CP-SAT takes whole numbers: thousandths of a call per hour.
SCALE = 1000


def by_ports(problem: Problem, redundancy: float, seconds: float) -> float:
    """Agents and dial lines shared out by ports, each campaign by its need."""
    del seconds
    ports = np.array([d.ports for d in problem.dialers], dtype=float)
    needs = np.array([_need(problem, c) for c in range(len(problem.campaigns))])
    fill = min(1.0, ports.sum() / max(needs.sum(), 1.0))
    lines: Lines = {}
    for c, campaign in enumerate(problem.campaigns):
        for d, share in enumerate(ports / ports.sum()):
            agents = int(campaign.agent_lines * share) if campaign.is_live_transfer else 0
            dial = max(int(fill * needs[c] * share) - agents, agents, 0)
            if dial and (agents or not campaign.is_live_transfer):
                lines[c, d] = dial, agents
    return _reached(problem, redundancy, lines)


def round_robin(problem: Problem, redundancy: float, seconds: float) -> float:
    """Each campaign whole on the next dialer, with as many lines as its ports allow."""
    del seconds
    free = [d.ports for d in problem.dialers]
    lines: Lines = {}
    for c, campaign in enumerate(problem.campaigns):
        d = c % len(free)
        agents = min(campaign.agent_lines, free[d] // 2) if campaign.is_live_transfer else 0
        dial = min(int(_need(problem, c)) - agents, free[d] - agents)
        if dial >= max(agents, 1):
            lines[c, d] = dial, agents
            free[d] -= dial + agents
    return _reached(problem, redundancy, lines)


def cp_sat_tables(problem: Problem, redundancy: float, seconds: float) -> float:
    """CP-SAT with an element constraint per campaign and dialer, the usual way."""
    model = build_model(problem, PlanOptions(redundancy=redundancy))
    solver_model = cp_model.CpModel()
    lines, earned, used = {}, [], [[] for _ in problem.dialers]
    for c, campaign in enumerate(problem.campaigns):
        agents_here = []
        for d, dialer in enumerate(problem.dialers):
            most_n, most_a = int(model.box.n_high[c, d]), int(model.box.a_high[c, d])
            n, a = solver_model.new_int_var(0, most_n, ""), solver_model.new_int_var(0, most_a, "")
            table = model.tables[c][HANDLED, : most_a + 1, : most_n + 1]
            values = (SCALE * campaign.value * table).astype(np.int64).ravel().tolist()
            place = solver_model.new_int_var(0, len(values) - 1, "")
            worth = solver_model.new_int_var(0, max(values), "")
            solver_model.add(place == a * (most_n + 1) + n)
            solver_model.add(n >= a)
            solver_model.add_element(place, values, worth)
            lines[c, d] = n, a
            earned.append(worth)
            agents_here.append(a)
            used[d].append(n + a * int(dialer.agent_lines_use_ports))
        if campaign.is_live_transfer:
            solver_model.add(sum(agents_here) <= campaign.agent_lines)
        if campaign.max_dial_lines is not None:
            dial = [lines[c, d][0] for d in range(len(problem.dialers))]
            solver_model.add(sum(dial) <= campaign.max_dial_lines)
    for d, dialer in enumerate(problem.dialers):
        solver_model.add(sum(used[d]) <= dialer.ports)
    solver_model.maximize(sum(earned))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = max(seconds, 1.0)
    status = solver.solve(solver_model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return 0.0
    found = {k: (solver.value(n), solver.value(a)) for k, (n, a) in lines.items()}
    return _reached(problem, redundancy, {k: cell for k, cell in found.items() if cell[0]})


def _need(problem: Problem, c: int) -> float:
    """Lines that keep a campaign's agents about busy."""
    campaign = problem.campaigns[c]
    if not campaign.is_live_transfer or not campaign.talk_seconds:
        return float(campaign.max_dial_lines or 0)
    load = campaign.transfer_probability * campaign.talk_seconds / campaign.attempt_seconds
    return campaign.agent_lines * (2 + 1 / max(load, 1e-9))


def _reached(problem: Problem, redundancy: float, lines: Lines) -> float:
    plan = LinePlan(
        assignments=tuple(
            LineAssignment(
                campaign_id=problem.campaigns[c].campaign_id,
                dialer_id=problem.dialers[d].dialer_id,
                dial_lines=dial,
                agent_lines=agents,
            )
            for (c, d), (dial, agents) in sorted(lines.items())
            if agents or not problem.campaigns[c].is_live_transfer
        )
    )
    hard = {"ports", "channels", "cps", "trunk_cps", "max_abandon_rate", "survivable_share"}
    if any(breach.rule in hard for breach in check(problem, plan)):
        return 0.0
    return evaluate(problem, plan, redundancy).value.value_per_hour


PEERS: dict[str, Callable[[Problem, float, float], float]] = {
    "by ports": by_ports,
    "round robin": round_robin,
    "CP-SAT tables": cp_sat_tables,
}
