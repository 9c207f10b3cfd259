"""Diving holds the campaigns that a relaxation mixes, and leads to a plan."""

from __future__ import annotations

import numpy as np
import pytest
from planner.optimize.heuristics.diving import dive

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.master.column_generation import Relaxation, relax
from planner.optimize.master.initial_duals import first_prices
from planner.optimize.master.restricted_master import Master
from planner.optimize.model.model import build_model


def fleet(seed: int) -> Problem:
    """Blocks of 20 to 40 lines on four dialers of 50 to 70: not all of them fit whole."""
    draw = np.random.default_rng(seed)
    return Problem(
        dialers=tuple(
            Dialer(dialer_id=f"D{d}", ports=int(draw.integers(50, 70))) for d in range(4)
        ),
        campaigns=tuple(
            Campaign(
                campaign_id=f"C{c}",
                agent_lines=int(draw.integers(5, 9)),
                attempt_seconds=25.0,
                answer_rate=0.3,
                transfer_rate=float(draw.uniform(0.2, 0.3)),
                talk_seconds=float(draw.uniform(150, 250)),
                value=float(draw.uniform(3, 5)),
                survivable_share=0.3 if c == 0 else 0.0,
            )
            for c in range(9)
        ),
    )


def placements(relaxation: Relaxation) -> dict[int, set[tuple[int, ...]]]:
    """By campaign, the agent lines of the columns mixed."""
    found: dict[int, set[tuple[int, ...]]] = {}
    for column, share in relaxation.mix:
        if share > 1e-6:
            found.setdefault(column.campaign, set()).add(tuple(column.agent_lines.tolist()))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_dive_ends_where_the_agents_of_every_campaign_have_one_place(seed: int) -> None:
    model = build_model(fleet(seed), PlanOptions())
    master = Master(model)
    first = first_prices(master, model.box)
    assert first is not None
    root = relax(master, model.box, start=first)
    assert root is not None
    assert any(len(places) > 1 for places in placements(root).values())  # there is work to do
    last = dive(
        master,
        root,
        steps=25,
        target=lambda: -np.inf,
        stop=lambda: False,
        precision=1e-6,
    )
    assert set(placements(last)) == set(range(9))
    assert all(len(places) == 1 for places in placements(last).values())
    ports = np.sum([share * k.lines for k, share in last.mix], axis=0)
    assert np.all(ports <= [d.ports + 1e-6 for d in model.problem.dialers])
    worth = sum(share * model.value[k.campaign] * k.handled for k, share in last.mix)
    assert worth <= root.bound * (1 + 1e-9)  # a part of all plans


def test_a_dive_that_is_stopped_gives_back_what_it_began_with() -> None:
    model = build_model(fleet(0), PlanOptions())
    master = Master(model)
    first = first_prices(master, model.box)
    assert first is not None
    root = relax(master, model.box, start=first)
    assert root is not None
    assert (
        dive(master, root, steps=5, target=lambda: 0.0, stop=lambda: True, precision=1e-6) is root
    )
