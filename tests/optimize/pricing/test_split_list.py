"""The list of a campaign's splits: each that holds its limits, once, and the best at any prices."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import build_model
from planner.optimize.model.requirements import ANY, KINDS, SURVIVES, USED, Aim
from planner.optimize.pricing import split_list
from planner.optimize.pricing.pricer import Pricer
from planner.optimize.pricing.prices import Prices
from planner.optimize.pricing.split_list import SplitList, listed
from tests.support.all_splits import AllSplits, one_campaign

CASES = [
    (0.5, None, 5, ("A", "B", "C"), 2),
    (0.4, 0.2, 4, ("A", "A", "B"), 1),
    (0.0, 0.05, 4, ("A", "B", "C"), 0),
]


def lines(found: SplitList) -> set[tuple[tuple[int, int], ...]]:
    """Dial and agent lines by dialer of each split in a list."""
    dialers = np.arange(len(found.options.counts))[:, None]
    dial = found.options.dial[dialers, found.chosen]
    agent = found.options.agent[dialers, found.chosen]
    return {
        tuple(zip(n.tolist(), a.tolist(), strict=True))
        for n, a in zip(dial.T, agent.T, strict=True)
    }


@pytest.mark.parametrize(("survivable", "abandon", "agents", "domains", "least"), CASES)
def test_the_list_has_every_split_that_holds_the_limits_and_no_other(
    survivable: float, abandon: float | None, agents: int, domains: tuple[str, ...], least: int
) -> None:
    problem = one_campaign(survivable, abandon, agents, domains, least)
    found = listed(build_model(problem, PlanOptions()), 0)
    assert found is not None
    expected = {tuple(map(tuple, split)) for split in AllSplits(problem).cells.tolist()}
    assert lines(found) == expected
    assert found.chosen.shape[1] == len(expected)
    assert len(found.short) == 0  # nothing may be missed


def test_what_each_split_of_the_list_falls_short_is_told() -> None:
    problem = one_campaign(0.5, None, 4, ("A", "B", "C"), 2)
    aim = Aim(np.full((1, len(KINDS)), ANY))
    found = listed(build_model(problem, PlanOptions(), aim=aim), 0)
    assert found is not None
    splits = AllSplits(problem, soft=True)
    dialers = np.arange(3)[:, None]
    dial = found.options.dial[dialers, found.chosen].T
    place = {cells.tobytes(): i for i, cells in enumerate(splits.cells)}
    agent = found.options.agent[dialers, found.chosen].T
    order = [place[np.stack(pair, axis=1).tobytes()] for pair in zip(dial, agent, strict=True)]
    assert sorted(order) == list(range(len(splits.cells)))
    assert found.short[:, SURVIVES].tolist() == splits.per_cents[order].tolist()
    assert found.short[:, USED].tolist() == np.maximum(2 - splits.used[order], 0).tolist()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("survivable", "abandon", "agents", "domains", "least"), CASES)
def test_the_best_of_a_list_within_ranges_is_that_of_all(
    survivable: float,
    abandon: float | None,
    agents: int,
    domains: tuple[str, ...],
    least: int,
    seed: int,
) -> None:
    problem = one_campaign(survivable, abandon, agents, domains, least)
    model = build_model(problem, PlanOptions())
    draw = np.random.default_rng(seed)
    box = model.box.with_range("n_high", (0, int(draw.integers(3))), int(draw.integers(1, 7)))
    box = box.with_range("a_high", (0, int(draw.integers(3))), int(draw.integers(0, 3)))
    exact = Pricer(model, fleet_arrays(model), 0, box, listed(model, 0))
    inside = AllSplits(problem).within(box.n_high[0], box.a_high[0], box.n_low[0], box.a_low[0])
    none = np.zeros(len(KINDS))
    for _ in range(15):
        line = 10 ** draw.uniform(-1, 1.5) * draw.uniform(0.8, 1.2, 3)
        call, attempt = draw.uniform(0.2, 1.0, 3), np.full(3, draw.choice([0.0, 0.01]))
        prices = Prices(call, line, line + draw.choice([0, 5]), attempt, 0, 0, 0, 0, 0, 0)
        found = exact.best(prices, none)
        if len(inside.cells) == 0:
            assert found is None
            continue
        assert found is not None
        assert found.bound == pytest.approx(inside.best(prices, none), abs=1e-6)
        assert inside.holds(found.dial_lines, found.agent_lines)


def test_a_share_of_all_can_be_had_by_nobody_but_who_has_no_calls() -> None:
    # Everything must survive: no line is on a dialer that may fail, so only no lines at all are.
    problem = one_campaign(1.0, None, 4, ("A", "B", "C"), 0)
    found = listed(build_model(problem, PlanOptions()), 0)
    assert found is not None
    assert lines(found) == {((0, 0),) * 3}


def test_too_many_splits_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build_model(one_campaign(0.5, None, 4, ("A", "B", "C"), 2), PlanOptions())
    everything = AllSplits(one_campaign(0.0, None, 4, ("A", "B", "C"), 0))
    monkeypatch.setattr(split_list, "MOST_SPLITS", len(everything.cells))
    assert listed(model, 0) is not None
    monkeypatch.setattr(split_list, "MOST_SPLITS", len(everything.cells) - 1)
    assert listed(model, 0) is None


def test_more_splits_than_are_kept_are_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = one_campaign(0.4, 0.2, 4, ("A", "A", "B"), 1)
    model = build_model(problem, PlanOptions())
    expected = {tuple(map(tuple, split)) for split in AllSplits(problem).cells.tolist()}
    monkeypatch.setattr(split_list, "BLOCK", 7)
    monkeypatch.setattr(split_list, "MOST_KEPT", len(expected))
    found = listed(model, 0)
    assert found is not None
    assert lines(found) == expected
    monkeypatch.setattr(split_list, "MOST_KEPT", len(expected) - 1)
    assert listed(model, 0) is None
