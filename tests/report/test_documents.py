"""JSON documents: the names that scripts rely on, strict JSON, a stable order."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from planner import __version__
from planner.contracts.faults import Fault
from planner.contracts.problem import Dialer
from planner.contracts.projected import Completion, Projection, TimelineStep
from planner.contracts.result import PlanStatus, Status
from planner.evaluation.load import fleet_load
from planner.report.documents import assignment_row, check_document, fault_document, to_json
from planner.report.plans.plan_document import plan_document
from planner.report.projections.projection import projection_document
from tests.support.results import MONDAY_NINE, figures, plan_result, two_dialers

ROW = [
    *["campaign_id", "dialer_id", "dial_lines", "agent_lines", "status", "reason", "engine"],
    *["all_busy_share", "agent_occupancy", "transfers_per_hour", "abandons_per_hour"],
    *["abandon_rate", "transfer_loss", "attempts_per_hour", "live_answers_per_hour"],
    *["pauses_per_hour", "mean_pause_seconds", "seconds_to_all_busy_mean"],
    *["seconds_to_all_busy_p50", "seconds_to_all_busy_p90", "p_all_busy_5min"],
    *["p_all_busy_15min", "p_all_busy_60min", "advice"],
]


def test_an_assignment_row_has_the_columns_of_projection_csv_in_order() -> None:
    assert list(assignment_row(figures())) == ROW


def test_simulated_figures_add_their_interval_and_others_do_not() -> None:
    row = assignment_row(figures(low={"transfer_loss": 0.2}, high={"transfer_loss": 0.22}))
    assert list(row) == [*ROW, "transfer_loss_low", "transfer_loss_high"]
    assert (row["transfer_loss_low"], row["transfer_loss_high"]) == (0.2, 0.22)


def test_a_plan_document_has_every_name_that_scripts_rely_on() -> None:
    dialers = (
        Dialer(dialer_id="D1", ports=100, failure_domain="north"),
        Dialer(dialer_id="D2", ports=100),
    )
    document = plan_document(plan_result(), two_dialers(dialers=dialers))
    expected = {
        "status": "optimal",
        "value_per_hour": 158.520786,
        "bound_per_hour": 158.584,
        "gap": 0.0004,
        "surviving_value_per_hour": 79.260393,
        "worst_failure_domain": "D1",
        "transfers_per_hour": 158.520786,
        "messages_per_hour": None,
        "abandons_per_hour": 42.48595,
        "seconds": 1.25,
        "seed": 0,
        "version": __version__,
        "conflicts": [],
    }
    assert expected.items() <= document.items()
    assert [row["failure_domain"] for row in document["dialers"]] == ["north", "D2"]
    assert document["dialers"][0]["value_of_one_more_port"] == 0.31
    campaign = document["campaigns"][0]
    assert (campaign["campaign_id"], campaign["kind"]) == ("Solar", "live_transfer")
    assert campaign["value_of_one_more_agent_line"] == 4.2
    assert campaign["unused_agent_lines"] == 0
    assert document["changes"][0]["dial_lines_to"] == 95
    assert document["options"]["redundancy"] == 0


def test_only_the_seconds_differ_between_two_runs() -> None:
    first, second = (
        plan_document(plan_result(seconds=seconds), two_dialers()) for seconds in (1.0, 2.0)
    )
    assert first.pop("seconds") != second.pop("seconds")
    assert to_json(first) == to_json(second)


def test_a_document_without_a_plan_has_the_same_names() -> None:
    empty = plan_result(
        status=PlanStatus.INFEASIBLE,
        plan=None,
        value=None,
        bound_per_hour=None,
        gap=None,
        figures=(),
        campaigns=(),
    )
    document = plan_document(empty, two_dialers())
    assert list(document) == list(plan_document(plan_result(), two_dialers()))
    assert document["status"] == "infeasible"
    assert document["value_per_hour"] is None
    assert document["transfers_per_hour"] is None


def test_a_projection_document_tells_times_with_their_offset() -> None:
    end = MONDAY_NINE + timedelta(hours=1)
    step = TimelineStep(
        campaign_id="Solar",
        dialer_id="D1",
        start=MONDAY_NINE,
        end=end,
        probabilities={Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4},
        low={Status.ALL_BUSY: 0.3},
        high={Status.ALL_BUSY: 0.5},
    )
    projection = Projection(
        at=MONDAY_NINE,
        hours=1,
        assignments=(figures(),),
        timeline=(step,),
        completion=(Completion(campaign_id="Solar", p05=MONDAY_NINE, p50=end, p95=None),),
    )
    document = json.loads(to_json(projection_document(projection)))
    assert document["at"] == "2030-03-04T09:00:00+00:00"
    assert document["timeline"] == [
        {
            "campaign_id": "Solar",
            "dialer_id": "D1",
            "from": "2030-03-04T09:00:00+00:00",
            "to": "2030-03-04T10:00:00+00:00",
            "probabilities": {
                "Running and Dialing": 0.6,
                "Stopped Due to All Agent Lines Busy": 0.4,
            },
            "low": {"Stopped Due to All Agent Lines Busy": 0.3},
            "high": {"Stopped Due to All Agent Lines Busy": 0.5},
        }
    ]
    assert document["completion"] == [
        {
            "campaign_id": "Solar",
            "p05": "2030-03-04T09:00:00Z",
            "p50": "2030-03-04T10:00:00Z",
            "p95": None,
        }
    ]


def test_a_check_document_sums_up_fleet_and_load() -> None:
    document = check_document(fleet_load(two_dialers()), ["too many ports"])
    assert document["ports"] == 200
    # An idle line makes 3600 / 25 * 0.01 requests an hour.
    assert document["campaigns"][0]["calls_per_dial_line_hour"] == pytest.approx(1.44)
    assert document["breaches"] == ["too many ports"]


def test_faults_keep_file_line_column_value_and_what_was_expected() -> None:
    fault = Fault("dialers.csv", 3, "ports", "x", "a whole number")
    assert fault_document([fault])["faults"] == [
        {
            "file": "dialers.csv",
            "line": 3,
            "column": "ports",
            "value": "x",
            "expected": "a whole number",
        }
    ]


def test_a_document_is_strict_json() -> None:
    assert to_json({"name": "Zürich"}) == '{\n  "name": "Zürich"\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"gap": float("inf")})
