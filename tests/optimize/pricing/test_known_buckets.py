"""Buckets that are kept are those that would be worked out, and of what they hang on only."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model, build_model
from planner.optimize.pricing.pricer import Pricer
from planner.optimize.pricing.survival import known_buckets as kept
from planner.optimize.pricing.survival.buckets import live_buckets
from tests.support.one_agent import campaign, dialer, problem


def surviving(**changes: object) -> Campaign:
    figures = {"agent_lines": 6, "survivable_share": 0.4, "max_abandon_rate": 0.3}
    return campaign(**(figures | changes))


def model(asked: Campaign, ports: int = 9, failures: int = 1) -> Model:
    dialers = [dialer(name, ports) for name in ("D", "E", "F")]
    given: Problem = problem(*dialers, campaigns=[asked])
    return build_model(given, PlanOptions(failures=failures), None, [])


def found(built: Model) -> tuple[kept.Buckets, kept.Buckets]:
    limits = Pricer(built, fleet_arrays(built), 0, built.box).limits
    return kept.known_buckets(built, 0, limits), live_buckets(built, 0, limits)


@pytest.mark.parametrize(
    ("changes", "ports", "failures"),
    [
        ({}, 9, 1),
        ({"survivable_share": 0.3}, 9, 1),
        ({"max_abandon_rate": 0.05}, 9, 1),
        ({"max_abandon_rate": None}, 9, 1),
        ({"agent_lines": 5}, 9, 1),
        ({"min_agent_lines": 2}, 9, 1),
        ({"talk_seconds": 80.0}, 9, 1),
        ({"survivable_share": 0.3}, 9, 2),
        ({}, 10, 1),
    ],
)
def test_what_is_kept_is_what_is_worked_out_anew(
    changes: dict[str, object], ports: int, failures: int
) -> None:
    found(model(surviving()))  # which the others must not be mistaken for
    built = model(surviving(**changes), ports, failures)
    mine, anew = found(built)
    for one, other in zip(mine, anew, strict=True):
        np.testing.assert_array_equal(one, other)
    again, _ = found(model(surviving(**changes), ports, failures))
    assert again is mine


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 1)
    monkeypatch.setattr(kept, "_kept", {})
    first, _ = found(model(surviving()))
    found(model(surviving(agent_lines=5)))
    again, _ = found(model(surviving()))
    assert again is not first
    np.testing.assert_array_equal(again.high, first.high)
