"""The rows of a plan by its planning tables, as its value and bound are."""

from __future__ import annotations

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import AssignmentFigures, Engine
from planner.evaluation.arrays import PlanArrays
from planner.projection.effort import EngineChoice
from planner.projection.project import plan_figures


def table_figures(problem: Problem) -> tuple[AssignmentFigures, ...]:
    """Figures of the problem's lines: rates by the planning tables, the rest by formula.

    Where the assumptions of the formulas do not hold, these are what the search compared plans by;
    the simulation stands beside them.
    """
    arrays = PlanArrays(problem, LinePlan(assignments=problem.assignments))
    found = []
    for row in plan_figures(problem, engine=EngineChoice.MARKOV):
        c, d = problem.campaign_index[row.campaign_id], problem.dialer_index[row.dialer_id]
        rates, campaign = arrays.row(c), problem.campaigns[c]
        agents = int(arrays.running[1][c, d])
        update: dict[str, object] = {
            "engine": Engine.MARKOV,
            "attempts_per_hour": float(rates.attempts[d]),
            "live_answers_per_hour": float(rates.live_answered[d]),
        }
        if campaign.is_live_transfer:
            handled, abandoned = float(rates.handled[d]), float(rates.abandoned[d])
            answered = float(rates.live_answered[d])
            requests = handled + abandoned
            update |= {
                "transfers_per_hour": handled,
                "abandons_per_hour": abandoned,
                "abandon_rate": abandoned / answered if answered > 0 else None,
                "transfer_loss": abandoned / requests if requests > 0 else None,
                "all_busy_share": float(rates.all_busy_share[d]),
                "pauses_per_hour": float(rates.pauses[d]),
                "mean_pause_seconds": float(rates.mean_pause_seconds[d]),
                "agent_occupancy": float(rates.mean_busy_agent_lines[d]) / agents
                if agents
                else None,
            }
        found.append(row.model_copy(update=update))
    return tuple(found)
