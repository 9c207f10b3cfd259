"""What the pool's columns are worth at prices: no more than their campaign's bound there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.heuristics.restricted_master_heuristic import promising, reduced_values
from planner.optimize.master.column_generation import generate_columns, relaxation_at
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.model import build_model
from tests.support.builders import drawn_fleet

LIMITS = [(0.0, None), (0.3, None), (0.4, None), (0.0, 0.1), (0.3, 0.1)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("move_cost", [0.0, 0.3])
def test_no_column_is_worth_more_than_its_bound_and_the_best_one_as_much(
    seed: int, move_cost: float
) -> None:
    draws = np.random.default_rng(seed)
    fleet = drawn_fleet(draws, (15, 40), ["S0", "S1"] * 2, (6, 12), LIMITS)
    model = build_model(fleet, PlanOptions(redundancy=0.3, move_cost=move_cost))
    master = RestrictedMaster(model)
    generate_columns(master, model.box)
    # Bounds hold at any prices, here also of what is not scarce; of abandoned calls where a row
    # limits them, which pricing else does by itself.
    even = master.even_duals(0.4)
    abandon = np.zeros(model.campaigns)
    abandon[list(master.abandon_rows)] = 0.5
    duals = replace(
        even,
        capacity=draws.uniform(0.1, 0.6, len(even.capacity)),
        dial_lines=draws.uniform(0.0, 0.2, model.campaigns),
        abandon=abandon,
    )
    priced = master.lagrangian.price(model.box, duals)
    assert priced is not None
    best = master.columns(priced.splits)
    for column in best:
        master.add(column)
    here = relaxation_at(duals, priced)

    worth = reduced_values(master, here)

    holds = master.arrays["holds_own_limits"]
    assert len(worth) == len(master.pool) > model.campaigns
    assert worth[holds].max() <= 1e-6
    places = {column.key: place for place, column in enumerate(master.arrays.columns)}
    plain = (model.survivable == 0) & np.isinf(model.abandon_limit)
    exact = np.flatnonzero(plain | master.lagrangian.with_list)
    assert len(exact)
    for c in exact:
        assert worth[places[best[c].key]] == pytest.approx(0.0, abs=1e-6)

    # An abandoned call more than the limit allows is charged its price, each less is paid it.
    charged = replace(here, duals=replace(duals, abandon=abandon + 0.5))
    limit = np.where(np.isfinite(model.abandon_limit), model.abandon_limit, 0.0)
    over = [k.abandoned - limit[k.campaign] * k.answered for k in master.arrays.columns]
    assert np.any(over)
    assert reduced_values(master, charged) == pytest.approx(worth - 0.5 * np.array(over))

    # Those that no plan worth more than the bound can have are left out, but for the plan's own.
    assert promising(master, here, (best[0],), here.bound + 1.0) == [best[0]]
