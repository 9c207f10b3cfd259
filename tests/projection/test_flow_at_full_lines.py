"""Launches that flow stop when all lines are in use, also where a gate is shared out just then."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

import planner
from planner.contracts.fleet.dialer import Dialer, TrunkGroup
from planner.contracts.fleet.line_assignment import LineAssignment
from planner.contracts.problem import Campaign, CampaignKind, Overflow, Problem

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
SECONDS_PER_HOUR = 3600.0


def fleet() -> Problem:
    """A broadcast on two dialers beside three campaigns with agents, one carrier for all."""
    talks = {
        "C0": {"agent_lines": 18, "attempt_seconds": 30.0, "answer_rate": 0.315,
               "transfer_rate": 0.15, "talk_seconds": 531.0, "overflow": Overflow.HOLD},
        "C2": {"agent_lines": 17, "attempt_seconds": 30.0, "answer_rate": 0.332,
               "transfer_rate": 0.068, "talk_seconds": 224.0, "pacing": 4.0},
        "C3": {"agent_lines": 7, "attempt_seconds": 35.0, "answer_rate": 0.145,
               "transfer_rate": 0.186, "talk_seconds": 366.0},
    }  # fmt: skip
    broadcast = Campaign(
        campaign_id="C1", kind=CampaignKind.BROADCAST, attempt_seconds=45.0, answer_rate=0.255
    )
    lines = [
        ("C0", "D1", 80, 18), ("C1", "D0", 51, 0), ("C1", "D1", 55, 0), ("C2", "D2", 56, 17),
        ("C3", "D2", 77, 7),
    ]  # fmt: skip
    return Problem(
        dialers=(
            Dialer(dialer_id="D0", ports=71, trunk_group="carrier"),
            Dialer(dialer_id="D1", ports=161, trunk_group="carrier"),
            Dialer(dialer_id="D2", ports=171, trunk_group="carrier", cps=5.34),
        ),
        trunk_groups=(TrunkGroup(trunk_group="carrier", channels=362, cps=13.43),),
        campaigns=(*(Campaign(campaign_id=name, **row) for name, row in talks.items()), broadcast),
        assignments=tuple(
            LineAssignment(campaign_id=c, dialer_id=d, dial_lines=n, agent_lines=a)
            for c, d, n, a in lines
        ),
    )


def test_no_line_makes_more_attempts_than_follow_one_another() -> None:
    problem = fleet()
    seconds = {c.campaign_id: c.attempt_seconds for c in problem.campaigns}
    found = planner.project(problem, at=AT, hours=1)
    for row in found.assignments:
        assert row.attempts_per_hour is not None
        most = SECONDS_PER_HOUR * row.dial_lines / seconds[row.campaign_id]
        assert row.attempts_per_hour <= most, row


def test_flowing_attempts_are_those_counted_call_by_call() -> None:
    flowing = planner.project(fleet(), at=AT, hours=1).assignments
    single = planner.project(fleet(), at=AT, hours=1, engine="simulate").assignments
    for one, other in zip(flowing, single, strict=True):
        low, high = one.low["attempts_per_hour"], one.high["attempts_per_hour"]
        assert low <= other.high["attempts_per_hour"], one
        assert high >= other.low["attempts_per_hour"], one


def test_a_broadcast_gets_its_share_while_another_campaign_fills_its_lines() -> None:
    # 34 lines that are paused 60 % of the time would launch more than the 3.292 calls a second: the
    # broadcast needs 0.917 of them, and has 0.805 by its 11 lines then. A simulation of the rules
    # of MODEL.md 2 written apart from the planner: 3,049 +- 8 attempts an hour; with all that it
    # needs it would make 3,216.
    talks = Campaign(
        campaign_id="C1",
        agent_lines=2,
        attempt_seconds=6.0,
        attempt_cv=0.3,
        answer_rate=0.25,
        transfer_rate=0.02,
        talk_seconds=300.0,
        wrap_up_seconds=10.0,
    )
    broadcast = Campaign(
        campaign_id="C2", kind=CampaignKind.BROADCAST, attempt_seconds=12.0, answer_rate=1.0
    )
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=50, cps=3.292),),
        campaigns=(talks, broadcast),
        assignments=(
            LineAssignment(campaign_id="C1", dialer_id="D1", dial_lines=34, agent_lines=2),
            LineAssignment(campaign_id="C2", dialer_id="D1", dial_lines=11, agent_lines=0),
        ),
    )
    found = planner.project(problem, at=AT, hours=1).assignments[1]
    assert found.attempts_per_hour == pytest.approx(3049, rel=0.02)


def paused_with_callers_held() -> float:
    """Share of time in which the one agent talks, by the chain of attempts and callers held.

    Seven attempts while the agent is free (the pacing); in a talk what is left of them ends, and
    who asks meanwhile waits for five seconds on average.
    """
    asks, ends, talks, leaves = 0.6, 1 / 31.5, 1 / 300.0, 1 / 5.0
    states = [(i, h) for i in range(7) for h in range(7 - i)]
    place = {state: n for n, state in enumerate(states, start=1)}  # 0: the agent is free
    rates = np.zeros((len(states) + 1, len(states) + 1))
    rates[0, place[6, 0]] = 7 * ends * asks
    for (i, h), n in place.items():
        if i:
            rates[n, place[i - 1, h + 1]] += i * ends * asks
            rates[n, place[i - 1, h]] += i * ends * (1 - asks)
        if h:
            rates[n, place[i, h - 1]] += h * leaves + talks
        else:
            rates[n, 0] += talks
    balance = np.vstack([(rates - np.diag(rates.sum(axis=1))).T, np.ones(len(rates))])
    shares = np.linalg.lstsq(balance, np.append(np.zeros(len(rates)), 1.0), rcond=None)[0]
    return 1.0 - float(shares[0])


def test_few_attempts_that_run_out_in_a_pause_end_one_by_one_where_callers_are_held() -> None:
    campaign = Campaign(
        campaign_id="C1",
        agent_lines=1,
        attempt_seconds=31.5,
        answer_rate=0.6,
        transfer_rate=1.0,
        talk_seconds=300.0,
        pacing=7.0,
        overflow=Overflow.HOLD,
        patience_seconds=5.0,
    )
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=50),),
        campaigns=(campaign,),
        assignments=(
            LineAssignment(campaign_id="C1", dialer_id="D1", dial_lines=21, agent_lines=1),
        ),
    )
    exact = paused_with_callers_held()
    assert exact == pytest.approx(0.97672, abs=1e-5)
    found = planner.project(problem, at=AT, hours=1).assignments[0]
    assert found.engine.value == "simulate"
    assert found.all_busy_share == pytest.approx(exact, abs=1e-3)
