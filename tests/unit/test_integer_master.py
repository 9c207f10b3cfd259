"""The integer master on its own: one column of each campaign."""

from __future__ import annotations

import numpy as np

from planner.optimize.columns import make_column
from planner.optimize.integer import choose_columns
from planner.optimize.model import build_model
from planner.plan import PlanOptions
from planner.problem import Campaign, Dialer, Problem


def fleet() -> Problem:
    return Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=30) for d in range(2)),
        campaigns=tuple(
            Campaign(
                campaign_id=f"C{c}",
                agent_lines=2,
                attempt_seconds=20.0,
                answer_rate=0.5,
                transfer_rate=0.5,
                talk_seconds=60.0,
            )
            for c in range(2)
        ),
    )


def test_the_integer_master_gives_its_columns_in_the_order_of_the_campaigns() -> None:
    model = build_model(fleet(), PlanOptions())
    column = [
        make_column(model, c, np.array([10, 10]), np.array([1, 1])) for c in range(model.campaigns)
    ]
    chosen = choose_columns(model, column[::-1], {}, seed=0, seconds=10.0)
    assert chosen is not None
    assert [k.campaign for k in chosen] == [0, 1]
