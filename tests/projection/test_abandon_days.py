"""Abandonment limits that hold on a share of the days."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from planner.cli.start import main
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.limits.check import check
from planner.evaluation.rates import rates, rates_table
from planner.pipeline.pipeline import plan
from planner.projection.figures.abandon_days import abandon_days, with_abandon_days
from planner.report.projections.days import abandon_day_sentences
from planner.traffic.exact.engset import stationary
from tests.support.builders import solar
from tests.support.results import two_dialers

OTHER_DAYS = 200_000
#: Of a share of 4,000 drawn days, and of the others, with room for one chance in ten thousand.
NOISE = 4 * (0.25 / 4000) ** 0.5


def problem(**changes: Any) -> Problem:
    """Ten agents on two dialers; some 2.1 % of the answers are abandoned on the mean day."""
    fields: dict[str, Any] = {
        "campaign_id": "Solar",
        "agent_lines": 10,
        "attempt_seconds": 25.0,
        "answer_rate": 0.1,
        "transfer_rate": 0.1,
        "talk_seconds": 180.0,
        "max_abandon_rate": 0.018,
        "answer_rate_day_cv": 0.15,
        "start": "2026-01-01",
        "schedule": "Mon-Sun 00:00-24:00",
    }
    return Problem(
        dialers=tuple(Dialer(dialer_id=name, ports=100) for name in ("D1", "D2")),
        campaigns=(Campaign(**(fields | changes)),),
    )


def lines_of(*lines: tuple[int, int]) -> LinePlan:
    return LinePlan(
        assignments=tuple(
            LineAssignment(campaign_id="Solar", dialer_id=f"D{d}", dial_lines=n, agent_lines=a)
            for d, (n, a) in enumerate(lines, start=1)
        )
    )


def rate_by_day(given: Problem, line_plan: LinePlan) -> np.ndarray:
    """Abandon rates on other days than the planner draws, by Engset's formula."""
    campaign, rng = given.campaigns[0], np.random.default_rng(77)

    def factors(cv: float) -> np.ndarray:
        return rng.gamma(1 / cv**2, cv**2, OTHER_DAYS) if cv else np.ones(OTHER_DAYS)

    answer = np.minimum(campaign.answer_rate * factors(campaign.answer_rate_day_cv), 1.0)
    transfer = (campaign.transfer_rate or 0.0) * factors(campaign.transfer_rate_day_cv)
    talk = (campaign.talk_seconds or 0.0) * factors(campaign.talk_day_cv)
    abandoned, answered = np.zeros(OTHER_DAYS), np.zeros(OTHER_DAYS)
    for item in line_plan.assignments:
        found = stationary(
            item.dial_lines, item.agent_lines, 25.0, answer * np.minimum(transfer, 1.0), talk
        )
        abandoned += found.abandoned_per_second
        answered += answer * found.attempts_per_second
    return abandoned / answered


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"answer_rate_day_cv": 0.0, "talk_day_cv": 0.3},
        {"answer_rate_day_cv": 0.2, "transfer_rate_day_cv": 0.2, "talk_day_cv": 0.1},
    ],
)
def test_the_share_of_days_is_that_of_other_days(changes: dict[str, Any]) -> None:
    given = problem(**changes)
    lines = lines_of((80, 5), (70, 5))
    (row,) = abandon_days(given, lines, None)
    expected = float((rate_by_day(given, lines) <= 0.018).mean())
    assert 0.05 < expected < 0.95
    assert row.share_of_days == pytest.approx(expected, abs=NOISE)


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize(
    "changes", [{}, {"transfer_rate_day_cv": 0.2, "talk_day_cv": 0.15, "max_abandon_rate": 0.02}]
)
def test_a_plan_holds_its_limit_on_the_share_of_days_and_no_more_than_needed(
    share: float, changes: dict[str, Any]
) -> None:
    given = problem(**changes)
    options = PlanOptions(abandon_days=share, gap=0.0001, time_limit=20)
    found = plan(given, options, explained=False)
    assert found.plan is not None
    limit = given.campaigns[0].max_abandon_rate or 0.0
    held = float((rate_by_day(given, found.plan) <= limit).mean())
    # One line more or less moves the share by some points.
    assert share - NOISE <= held <= share + 0.08
    assert found.abandon_days[0].asked_share_of_days == share
    assert found.abandon_days[0].share_of_days == pytest.approx(held, abs=NOISE)


def test_what_the_days_cost_is_the_difference_of_the_two_plans() -> None:
    given = problem()
    free = plan(given, PlanOptions(gap=0.0001, time_limit=20), explained=False)
    held = plan(given, PlanOptions(abandon_days=0.9, gap=0.0001, time_limit=20), explained=False)
    assert free.value is not None
    assert held.value is not None
    cost = free.value.value_per_hour - held.value.value_per_hour
    assert cost > 1.0
    assert held.abandon_days_cost_low is not None
    assert held.abandon_days_cost_high is not None
    assert held.abandon_days_cost_low - 1e-6 <= cost <= held.abandon_days_cost_high + 1e-6
    assert free.abandon_days_cost_low is None
    # Figures of the plan are those of the mean day, whichever day its limit is held on.
    (totals,) = held.campaigns
    assert held.plan is not None
    mean = sum(
        float(rates(given.campaigns[0], a.dial_lines, a.agent_lines).abandoned)
        for a in held.plan.assignments
    )
    assert totals.abandons_per_hour == pytest.approx(mean)


def test_the_day_stands_in_the_tables_of_the_limit_alone() -> None:
    given = problem()
    (campaign,), (limited,) = given.campaigns, with_abandon_days(given, 0.9).campaigns
    assert limited.abandon_day is not None
    day = campaign.model_copy(update={"answer_rate": 0.1 * limited.abandon_day[0]})
    handled, abandoned, answered, attempts = rates_table(limited, 40, 4)
    mean, busy = rates_table(campaign, 40, 4), rates_table(day, 40, 4)
    np.testing.assert_array_equal(handled, mean[0])
    np.testing.assert_array_equal(attempts, mean[3])
    np.testing.assert_allclose(abandoned, busy[1], rtol=1e-12)
    np.testing.assert_allclose(answered, busy[2], rtol=1e-12)
    # Between the mean day and that of nine of ten lie the lines that the checker refuses.
    lines = lines_of((78, 5), (78, 5))
    assert check(given, lines) == ()
    assert [b.rule for b in check(with_abandon_days(given, 0.9), lines)] == ["max_abandon_rate"]


def test_campaigns_whose_days_are_alike_are_as_they_were() -> None:
    given = problem(answer_rate_day_cv=0.0)
    assert with_abandon_days(given, 0.9) == given
    assert list(abandon_days(given, lines_of((80, 5)), 0.9)) == []


def test_a_plan_tells_on_how_many_days_its_limits_break() -> None:
    found = plan(problem(), PlanOptions(time_limit=10), explained=False)
    broken = 1.0 - found.abandon_days[0].share_of_days
    assert 0.3 < broken < 0.7  # it goes as far as the mean day lets it
    first, last = abandon_day_sentences(found)
    assert first.startswith("Solar: abandons more than 1.8 % on about ")
    assert "--abandon-days" in last


def test_the_proof_of_such_a_plan_is_checked_with_the_same_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,100\nD2,100\n")
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,start,"
        "schedule,max_abandon_rate,answer_rate_day_cv\n"
        "Solar,10,25,0.1,0.1,180,2026-01-01,Mon-Sun 00:00-24:00,0.018,0.15\n"
    )
    out, proof = tmp_path / "out", tmp_path / "proof.json"
    options = ["--abandon-days", "0.9", "--time-limit", "20", "--proof", str(proof)]
    assert main(["plan", str(tmp_path), *options, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["abandon_days"][0]["share_of_days"] >= 0.9
    assert told["abandon_days_cost_per_hour_high"] > 1.0
    checked = ["check", str(tmp_path), "--proof", str(proof), "--plan"]
    assert main([*checked, str(out / "plan.json")]) == 0
    assert "Checked" in capsys.readouterr().out
    # The same claims of another share are of other tables.
    claims = json.loads((out / "plan.json").read_text())
    claims["options"]["abandon_days"] = 0.99
    (out / "other.json").write_text(json.dumps(claims))
    assert main([*checked, str(out / "other.json")]) != 0


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.95])
def test_where_one_figure_differs_the_day_is_that_of_its_share(share: float) -> None:
    # The quantile of a gamma variable of mean 1 and coefficient of variation 0.4, by scipy. Talk
    # times that differ make days worse the longer they are.
    campaigns = (solar(talk_day_cv=0.4, max_abandon_rate=0.03, campaign_id=n) for n in "AB")
    problem = with_abandon_days(two_dialers(campaigns=tuple(campaigns)), share)
    exact = stats.gamma.ppf(share, 1 / 0.4**2, scale=0.4**2)
    for campaign in problem.campaigns:
        assert campaign.abandon_day[:2] == (1, 1)
        assert campaign.abandon_day[2] == pytest.approx(exact, rel=3e-3)
