"""Results as data frames."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from planner.contracts.faults import InputError
from planner.contracts.projected import Projection, TimelineStep
from planner.contracts.result import (
    AssignmentFigures,
    CampaignTotals,
    Engine,
    PlanOptions,
    PlanResult,
    PlanStatus,
    Status,
)

ROW = AssignmentFigures(
    campaign_id="Solar",
    dialer_id="D1",
    dial_lines=7,
    agent_lines=1,
    status=Status.RUNNING,
    reason="",
    engine=Engine.SIMULATE,
    transfers_per_hour=60.5,
    low={"transfers_per_hour": 59.0},
    high={"transfers_per_hour": 62.0},
)


def test_a_plan_is_a_frame_of_its_lines_and_figures() -> None:
    totals = CampaignTotals(
        campaign_id="Solar",
        dialers_used=1,
        dial_lines=7,
        agent_lines=1,
        unused_agent_lines=0,
        transfers_per_hour=60.5,
        messages_per_hour=None,
        abandons_per_hour=1.0,
        abandon_rate=0.1,
        value_per_hour=60.5,
        surviving_share=0.0,
    )
    result = PlanResult(
        status=PlanStatus.OPTIMAL, options=PlanOptions(), figures=(ROW,), campaigns=(totals,)
    )
    frame = result.frame()
    assert list(frame["transfers_per_hour"]) == [60.5]
    assert list(frame["transfers_per_hour_low"]) == [59.0]
    assert list(frame["status"]) == ["Running and Dialing"]
    days = ROW.model_copy(update={"day_low": {"abandon_rate": 0.01}, "day_high": {}})
    assert list(result.model_copy(update={"figures": (days,)}).frame()["abandon_rate_day_low"]) == [
        0.01
    ]
    assert not {"day_low", "day_high"} & set(frame.columns)
    assert result.frame("campaigns")["dialers_used"].sum() == 1
    assert result.frame("dialers").empty
    with pytest.raises(InputError, match="PlanResult, column table is 'lines': expected one of"):
        result.frame("lines")


def test_a_projection_is_a_frame_of_its_figures_and_its_timeline() -> None:
    at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    shares = {Status.RUNNING: 0.75, Status.ALL_BUSY: 0.25}
    step = TimelineStep(campaign_id="Solar", dialer_id="D1", start=at, end=at, probabilities=shares)
    found = Projection(at=at, hours=1.0, assignments=(ROW,), timeline=(step,))
    assert list(found.frame()["dialer_id"]) == ["D1"]
    assert list(found.frame("timeline")["Stopped Due to All Agent Lines Busy"]) == [0.25]
