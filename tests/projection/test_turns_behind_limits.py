"""Broadcasts of few lines behind calls per second, where it hangs on whose turn it is.

Expected are attempts an hour of a simulation of the rules of MODEL.md 2 that was written apart from
the planner (one queue of events, one launch at a time), 48 hours of it each, with their 95 %. While
other campaigns fill up, few lines wait for each other's turns too: as a level they would launch
3,116 instead of 2,980 an hour.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import planner
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.projection.effort import Effort, EngineChoice
from planner.projection.figures.flowing import with_flow_error
from planner.projection.figures.intervals import Interval
from planner.projection.figures.measured_waits import long_run_waits
from planner.projection.network import always_on, network
from planner.projection.pairs import limits, pairs_at
from planner.traffic.simulation.flow.fluid import turns_matter

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)


def fleet(cps: float, *campaigns: tuple[int, int, dict[str, Any]]) -> Problem:
    """One dialer; dial and agent lines and figures of each campaign, the last one a broadcast."""
    names = [f"C{n}" for n in range(len(campaigns))]
    kinds = ["live_transfer"] * (len(campaigns) - 1) + ["broadcast"]
    agents: list[dict[str, Any]] = [{"agent_lines": a} if a else {} for _, a, _ in campaigns]
    return Problem(
        dialers=(Dialer(dialer_id="D", ports=1000, cps=cps),),
        campaigns=tuple(
            Campaign(campaign_id=name, kind=kind, **own, **figures)
            for name, kind, own, (_, _, figures) in zip(
                names, kinds, agents, campaigns, strict=True
            )
        ),
        assignments=tuple(
            LineAssignment(campaign_id=name, dialer_id="D", dial_lines=dial, agent_lines=agents)
            for name, (dial, agents, _) in zip(names, campaigns, strict=True)
        ),
    )


def calls(attempt: float, answered: float, asks: float, talk: float, **more: Any) -> dict[str, Any]:
    figures = {"attempt_seconds": attempt, "answer_rate": answered, "transfer_rate": asks}
    return figures | {"talk_seconds": talk} | more


def message(attempt: float) -> dict[str, Any]:
    return {"attempt_seconds": attempt, "attempt_cv": 0.3, "answer_rate": 1.0}


#: While it dials the second campaign alone asks for more calls a second than there are.
FULL = fleet(
    16.417,
    (4, 2, calls(12.0, 0.5, 0.2, 150.0)),
    (120, 3, calls(6.0, 0.025, 0.2, 60.0, attempt_cv=0.6, wrap_up_seconds=15.0, overflow="hold")),
    (17, 4, calls(20.0, 0.1, 0.2, 300.0)),
    (7, 0, message(8.0)),
)


@pytest.mark.parametrize(
    ("given", "attempts", "apart"),
    [
        (FULL, 2980.3, 5.4),
        (
            fleet(
                11.288,
                (120, 4, calls(20.0, 0.05, 0.2, 60.0, wrap_up_seconds=15.0)),
                (6, 4, calls(20.0, 0.25, 0.2, 500.0, attempt_cv=0.6)),
                (15, 2, calls(40.0, 0.25, 0.2, 300.0, wrap_up_seconds=15.0)),
                (16, 0, message(12.0)),
            ),
            4703.6,
            9.6,
        ),
        (
            fleet(
                9.048,
                (120, 5, calls(20.0, 0.1, 0.2, 60.0)),
                (9, 7, calls(12.0, 0.25, 0.2, 500.0)),
                (13, 0, message(12.0)),
            ),
            3674.9,
            5.9,
        ),
    ],
)
def test_a_broadcast_of_few_lines_waits_for_its_turns(
    given: Problem, attempts: float, apart: float
) -> None:
    row = planner.project(given, at=AT, hours=0.25).assignments[-1]
    low, high = row.low["attempts_per_hour"], row.high["attempts_per_hour"]
    assert low <= attempts + apart
    assert attempts - apart <= high
    assert high - low < 0.01 * attempts


def test_waits_are_measured_where_turns_are_far_apart_and_that_is_affordable() -> None:
    pairs = pairs_at(FULL, None)
    together = network([always_on(pairs)], limits(FULL, pairs))
    assert turns_matter(together)
    roomy = together._replace(dialer_cps=100.0 * together.dialer_cps)
    assert not turns_matter(roomy)
    assert long_run_waits(together, 150.0, 22.0, Effort(EngineChoice.AUTO, replications=9)) is None
    # Eight runs of two hours and more hold 22 * 8 * 8,400 attempts, of which half are too many.
    small = Effort().part(0.2, 0)
    assert long_run_waits(together, 150.0, 22.0, small) is None


def test_calls_of_a_broadcast_are_as_uncertain_as_the_waits_of_its_lines() -> None:
    row = {"attempts_per_hour": Interval(1000.0, 999.0, 1001.0)}
    # By formula waits of 4 % may be wrong by half: 2 % of the calls.
    low, high = with_flow_error(row, 0.04, broadcast=True)["attempts_per_hour"][1:]
    assert low == pytest.approx(980.0, abs=1.0)
    assert high == pytest.approx(1020.0, abs=1.0)
    # Measured to 0.3 points: with the chance of the runs 1000 * hypot(0.003 / 0.96, 0.001).
    low, high = with_flow_error(row, 0.04, measured=0.003, broadcast=True)["attempts_per_hour"][1:]
    assert high - 1000.0 == pytest.approx(3.281, abs=0.01)
    assert 1000.0 - low == pytest.approx(3.281, abs=0.01)
