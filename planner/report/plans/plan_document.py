"""A plan as plain data."""

from __future__ import annotations

from typing import Any

from planner.contracts.answers import NearestPlan
from planner.contracts.problem import Problem
from planner.contracts.result import (
    CampaignTotals,
    DialerUse,
    PlanResult,
)
from planner.report.documents import assignment_row
from planner.report.plans.moves import without_move
from planner.tables.cells import spelt
from planner.version import __version__


def plan_document(result: PlanResult, problem: Problem) -> dict[str, Any]:
    """A planning run as plain data; only ``seconds`` vary between runs for the same moment ``at``.

    Rates and values are per hour, shares in [0, 1]; what does not apply is None.
    """
    value = result.value
    return {
        "status": result.status.value,
        "value_per_hour": value and value.value_per_hour,
        "bound_per_hour": result.bound_per_hour,
        "gap": result.gap,
        "gross_value_per_hour": value and value.gross_value_per_hour,
        "cost_per_hour": value and value.cost_per_hour,
        "stopped_value_per_hour": result.stopped_value_per_hour if value else None,
        "stopped": [item.model_dump() for item in result.stopped],
        "throughput_value_per_hour": value and value.throughput_value_per_hour,
        "surviving_value_per_hour": value and value.surviving_value_per_hour,
        "worst_failure_domain": value and value.worst_failure_domain,
        "transfers_per_hour": result.total("transfers_per_hour"),
        "messages_per_hour": result.total("messages_per_hour"),
        "abandons_per_hour": result.total("abandons_per_hour"),
        "assignments": _assignments(result),
        "campaigns": [_campaign(totals, problem) for totals in result.campaigns],
        "dialers": [_dialer(use, problem) for use in result.dialers],
        "pools": [item.model_dump() for item in result.pools],
        "finish": [item.model_dump(mode="json") for item in result.finish],
        "binding": list(result.binding),
        "helps": [item.model_dump(mode="json") for item in result.helps],
        "why": [reason.model_dump(mode="json") for reason in result.why],
        "stranded": [item.model_dump(mode="json") for item in result.stranded],
        "expected_value_per_hour": result.expected_value_per_hour,
        "expected_value_per_hour_low": result.expected_value_per_hour_low,
        "expected_value_per_hour_high": result.expected_value_per_hour_high,
        "simulated_value_per_hour": result.simulated_value_per_hour,
        "simulated_value_per_hour_low": result.simulated_value_per_hour_low,
        "simulated_value_per_hour_high": result.simulated_value_per_hour_high,
        "proof": result.proof and result.proof.model_dump(),
        "limits_broken": [item.model_dump(mode="json") for item in result.limits_broken],
        "limits_tightened": [item.model_dump(mode="json") for item in result.limits_tightened],
        "abandon_days": [item.model_dump() for item in result.abandon_days],
        "abandon_days_cost_per_hour_low": result.abandon_days_cost_low,
        "abandon_days_cost_per_hour_high": result.abandon_days_cost_high,
        "given_up": [item.model_dump(mode="json") for item in result.given_up],
        "needed": [item.model_dump(mode="json") for item in result.needed],
        "needed_search": result.needed_search.value,
        "losses": [item.model_dump() for item in result.losses],
        "left_out": [item.model_dump(mode="json") for item in result.left_out],
        "nearest": result.nearest and _nearest_document(result.nearest),
        "value_before_moves": result.value_before_moves,
        "changes": _changes_in_order(result),
        "conflicts": [conflict.model_dump(mode="json") for conflict in result.conflicts],
        "repair_together": result.repair_together
        and result.repair_together.model_dump(mode="json"),
        "stages": [stage.model_dump() for stage in result.stages],
        "options": result.options.model_dump(exclude={"seed"}),
        "at": result.at and result.at.isoformat(),
        "stopped_early": result.stopped_early,
        "helps_stopped_early": result.helps_stopped_early,
        "seconds": round(result.seconds, 3),
        "seed": result.options.seed,
        "version": __version__,
    }


def _assignments(result: PlanResult) -> list[dict[str, Any]]:
    """Figures by campaign and dialer; where agents are pooled also whose agents sit there."""
    rows = [assignment_row(figures) for figures in result.figures]
    if not result.pools or result.plan is None:
        return rows
    seats = {(a.campaign_id, a.dialer_id): spelt(a, "pools") for a in result.plan.assignments}
    return [row | {"pools": seats.get((row["campaign_id"], row["dialer_id"]))} for row in rows]


def _nearest_document(nearest: NearestPlan) -> dict[str, Any]:
    return {
        "value_per_hour": nearest.value_per_hour,
        "bound_per_hour": nearest.bound_per_hour,
        "assignments": [
            item.model_dump(include={"campaign_id", "dialer_id", "dial_lines", "agent_lines"})
            for item in nearest.plan.assignments
        ],
        "given_up": [item.model_dump(mode="json") for item in nearest.given_up],
        "needed": [item.model_dump(mode="json") for item in nearest.needed],
        "needed_search": nearest.needed_search.value,
    }


def _changes_in_order(result: PlanResult) -> list[dict[str, Any]]:
    """The moves in order, then what changes on dialers out of service, where nothing is left."""
    value = result.moves[-1].value_after if result.moves else None
    return [
        *(move.model_dump() for move in result.moves),
        *(change.model_dump() | {"value_after": value} for change in without_move(result)),
    ]


def _campaign(totals: CampaignTotals, problem: Problem) -> dict[str, Any]:
    place = problem.campaign_index[totals.campaign_id]
    row: dict[str, Any] = totals.model_dump()
    return {
        "campaign_id": row.pop("campaign_id"),
        "kind": problem.campaigns[place].kind.value,
    } | row


def _dialer(use: DialerUse, problem: Problem) -> dict[str, Any]:
    place = problem.dialer_index[use.dialer_id]
    row: dict[str, Any] = use.model_dump()
    return {
        "dialer_id": row.pop("dialer_id"),
        "failure_domain": problem.dialers[place].domain,
    } | row
