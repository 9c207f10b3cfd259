"""Results made by hand for tests: the example of 95 + 5 lines on each of two dialers.

The figures are those of the exact formulas for attempts of 25 s, 1 % transfer requests and talks
of 180 s (check values: all-busy share 0.399945, 79.260393 transfers, 21.242975 abandoned calls
and 39.994490 pauses an hour, mean first passage 190.271372 s).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import (
    AssignmentFigures,
    CampaignTotals,
    DialerUse,
    Engine,
    LineChange,
    PlanOptions,
    PlanResult,
    PlanStatus,
    PlanValue,
    Status,
)
from tests.support.builders import solar

MONDAY_NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)


def two_dialers(**changes: Any) -> Problem:
    """The example fleet without current lines."""
    fields: dict[str, Any] = {
        "dialers": (Dialer(dialer_id="D1", ports=100), Dialer(dialer_id="D2", ports=100)),
        "campaigns": (solar(),),
    }
    return Problem(**(fields | changes))


def figures(**changes: Any) -> AssignmentFigures:
    """Solar on D1 with 95 + 5 lines."""
    fields: dict[str, Any] = {
        "campaign_id": "Solar",
        "dialer_id": "D1",
        "dial_lines": 95,
        "agent_lines": 5,
        "status": Status.RUNNING,
        "reason": "",
        "engine": Engine.MARKOV,
        "all_busy_share": 0.399945,
        "agent_occupancy": 0.792604,
        "transfers_per_hour": 79.260393,
        "abandons_per_hour": 21.242975,
        "abandon_rate": 0.021137,
        "transfer_loss": 0.211366,
        "attempts_per_hour": 10050.336778,
        "live_answers_per_hour": 1005.033678,
        "pauses_per_hour": 39.99449,
        "mean_pause_seconds": 36.0,
        "seconds_to_all_busy_mean": 190.271372,
    }
    return AssignmentFigures(**(fields | changes))


def plan_result(**changes: Any) -> PlanResult:
    """A plan of 95 + 5 lines on each dialer, proven within 0.04 %."""
    lines = [
        LineAssignment(campaign_id="Solar", dialer_id=d, dial_lines=95, agent_lines=5)
        for d in ("D1", "D2")
    ]
    fields: dict[str, Any] = {
        "status": PlanStatus.OPTIMAL,
        "options": PlanOptions(),
        "plan": LinePlan(assignments=tuple(lines)),
        "value": PlanValue(
            value_per_hour=158.520786,
            throughput_value_per_hour=158.520786,
            surviving_value_per_hour=79.260393,
            worst_failure_domain="D1",
        ),
        "bound_per_hour": 158.584,
        "gap": 0.0004,
        "figures": (figures(), figures(dialer_id="D2")),
        "campaigns": (
            CampaignTotals(
                campaign_id="Solar",
                dialers_used=2,
                dial_lines=190,
                agent_lines=10,
                unused_agent_lines=0,
                transfers_per_hour=158.520786,
                messages_per_hour=None,
                abandons_per_hour=42.48595,
                abandon_rate=0.021137,
                value_per_hour=158.520786,
                surviving_share=0.5,
                value_of_one_more_agent_line=4.2,
                value_of_one_more_agent_line_low=4.2,
                value_of_one_more_agent_line_high=4.2,
            ),
        ),
        "dialers": tuple(
            DialerUse(
                dialer_id=d,
                ports=100,
                ports_used=100,
                ports_free=0,
                attempts_per_second=2.79176,
                value_of_one_more_port=0.31,
                value_of_one_more_port_low=0.31,
                value_of_one_more_port_high=0.31,
            )
            for d in ("D1", "D2")
        ),
        "binding": ("All 100 ports of D1 are used.", "All 10 agent lines of Solar are used."),
        "changes": (
            LineChange(
                campaign_id="Solar",
                dialer_id="D1",
                dial_lines_from=100,
                dial_lines_to=95,
                agent_lines_from=0,
                agent_lines_to=5,
            ),
        ),
        "seconds": 1.25,
    }
    return PlanResult(**(fields | changes))
