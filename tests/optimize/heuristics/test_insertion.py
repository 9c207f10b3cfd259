"""A campaign put into a plan, against every split that it could have and all that it may take."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.heuristics.insertion import insert, scratch
from planner.optimize.heuristics.plan_state import DualGuide, empty_state, put
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.tables import HANDLED

#: A dialer is overlooked now and then, so that insertions differ by their seed.
TRIES = 8

Lines = list[tuple[int, int]]


def given(seed: int, **own: object) -> Problem:
    """A campaign to be put in (the first) beside two others, on two dialers."""
    draws = np.random.default_rng(seed)
    campaigns = [
        Campaign(
            campaign_id=f"C{c}",
            agent_lines=int(draws.integers(1, 4)),
            attempt_seconds=float(draws.choice([10.0, 25.0])),
            answer_rate=0.4,
            transfer_rate=float(draws.choice([0.2, 0.5])),
            talk_seconds=float(draws.choice([30.0, 90.0])),
            value=float(draws.choice([1.0, 2.5, 5.0])),
        )
        for c in range(3)
    ]
    campaigns[0] = campaigns[0].model_copy(update=own)
    dialers = tuple(
        Dialer(dialer_id=f"D{d}", ports=int(draws.integers(9, 13)), failure_domain=f"S{d}")
        for d in range(2)
    )
    return Problem(dialers=dialers, campaigns=tuple(campaigns))


def free(model: Model) -> DualGuide:
    none = np.zeros(model.dialers)
    return DualGuide(none + 1.0, none, none.copy(), none.copy())


def worth(model: Model, c: int, n: int, a: int) -> float:
    return float(model.value[c] * model.tables[c][HANDLED, a, n])


class Reference:
    """What the whole plan earns with a split, when the others only lose dial lines, the best."""

    def __init__(self, model: Model, others: dict[tuple[int, int], tuple[int, int]]) -> None:
        self._model, self._others = model, others
        self.beside = cache(self._beside)

    def _beside(self, d: int, ports: int) -> float:
        """What the others earn on a dialer at the most with so many ports; -inf: impossible."""
        here = [(c, lines) for (c, at), lines in self._others.items() if at == d]
        room = ports - sum(a for _, (_, a) in here)
        ways = itertools.product(*(range(a, n + 1) for _, (n, a) in here))
        return max(
            (
                sum(worth(self._model, c, n, a) for n, (c, (_, a)) in zip(way, here, strict=True))
                for way in ways
                if sum(way) <= room
            ),
            default=-np.inf,
        )

    def total(self, split: Lines) -> float:
        found = 0.0
        for d, (n, a) in enumerate(split):
            found += worth(self._model, 0, n, a) + self.beside(d, int(self._model.ports[d]) - n - a)
        return found

    def best(self) -> float:
        model = self._model
        cells = [
            [(0, 0)]
            + [(n, a) for a in range(1, int(model.agents[0]) + 1)
               for n in range(a, int(model.ports[d]) - a + 1)]
            for d in range(model.dialers)
        ]  # fmt: skip
        return max(
            self.total(list(split))
            for split in itertools.product(*cells)
            if sum(a for _, a in split) <= model.agents[0]
            and sum(n for n, _ in split) <= model.max_dial_lines[0]
            and sum(n > 0 for n, _ in split) >= model.min_dialers[0]
        )


def inserted(
    model: Model, others: dict[tuple[int, int], tuple[int, int]], seed: int
) -> tuple[float, np.ndarray, np.ndarray] | None:
    """The plan's value and lines after an insertion; None where there is no place."""
    fleet = fleet_arrays(model)
    state = empty_state(fleet, seed)
    for (c, d), (n, a) in others.items():
        put(fleet, state, c, d, n, a)
    if not insert(fleet, free(model), state, scratch(fleet), 0, 0.0):
        return None
    return float(state.value.sum()), state.n, state.a


@pytest.mark.parametrize("least", [0, 1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_a_campaign_put_in_takes_what_pays_and_no_more(seed: int, least: int) -> None:
    model = build_model(given(seed, min_dialers=least), PlanOptions())
    others = {(1, 0): (4, 1), (2, 0): (2, 1), (1, 1): (3, 1)}
    others = {k: (n, a) for k, (n, a) in others.items() if k != (1, 1) or model.agents[1] > 1}
    expected = Reference(model, others).best() if model.agents[0] >= least else None
    found = [inserted(model, others, try_) for try_ in range(TRIES)]
    values = [one[0] for one in found if one is not None]
    if expected is None or expected == -np.inf:
        assert values == []
        return
    assert max(values) == pytest.approx(expected, rel=1e-9)
    for one in found:
        if one is None:
            continue
        _, n, a = one
        assert (n >= a).all()
        assert ((n + a).sum(axis=0) <= model.ports).all()
        assert a[0].sum() <= model.agents[0]
        assert (n[0] > 0).sum() >= least


@pytest.mark.parametrize("seed", range(12))
def test_a_campaign_of_few_dial_lines_keeps_to_them(seed: int) -> None:
    """The price of a line is bisected: close to the best, and never over the limit."""
    model = build_model(given(seed, max_dial_lines=5), PlanOptions())
    expected = Reference(model, {}).best()
    found = [inserted(model, {}, try_) for try_ in range(TRIES)]
    lines = [one for one in found if one is not None]
    assert lines
    assert all(n[0].sum() <= 5 for _, n, _ in lines)
    best = max(value for value, _, _ in lines)
    assert 0.75 * expected <= best <= expected * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_what_must_survive_survives(seed: int) -> None:
    own = {"survivable_share": 0.4, "min_dialers": 2, "agent_lines": 3}
    model = build_model(given(seed, **own), PlanOptions())
    for try_ in range(TRIES):
        found = inserted(model, {}, try_)
        if found is None:
            continue
        _, n, a = found
        calls = [model.tables[0][HANDLED, a[0, d], n[0, d]] for d in range(2)]
        assert min(calls) >= (0.4 - 0.005) * sum(calls) * (1 - 1e-9)
        assert (n[0] > 0).all()
