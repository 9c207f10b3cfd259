"""Planning tables with held callers are the exact chain's, in the plan and in its rows."""

from __future__ import annotations

import numpy as np
import pytest

import planner
from planner.contracts.problem import Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.rates import rates, rates_table
from tests.support.builders import solar
from tests.support.generators import hold_generator, hold_states


def held_rates(lines: int, agents: int, patience: float) -> tuple[float, float]:
    """Handled and abandoned an hour of the example campaign, by the whole chain, densely."""
    states = hold_states(lines, agents)
    matrix = hold_generator(lines, agents, 25.0, 0.01, 180.0, patience)
    system = np.vstack([matrix.T, np.ones(len(states))])
    pi = np.linalg.lstsq(system, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]
    busy = sum(p * k for p, (k, _, _) in zip(pi, states, strict=True))
    waiting = sum(p * held for p, (_, _, held) in zip(pi, states, strict=True))
    return 3600 * busy / 180.0, 3600 * waiting / patience


@pytest.mark.parametrize(("lines", "agents", "patience"), [(30, 2, 20.0), (24, 3, 60.0)])
def test_rates_with_held_callers_are_those_of_the_whole_chain(
    lines: int, agents: int, patience: float
) -> None:
    campaign = solar(overflow="hold", patience_seconds=patience)
    handled, abandoned = held_rates(lines, agents, patience)
    found = rates(campaign, lines, agents)
    assert float(found.handled) == pytest.approx(handled, rel=1e-8)
    assert float(found.abandoned) == pytest.approx(abandoned, rel=1e-8)
    table = rates_table(campaign, lines, agents)
    assert table[0][agents, lines] == pytest.approx(handled, rel=1e-8)
    assert table[1][agents, lines] == pytest.approx(abandoned, rel=1e-8)


def test_campaigns_that_differ_in_patience_alone_have_tables_of_their_own() -> None:
    # Each alone on the fleet is worth what both say of it together: ports are enough for both.
    dialers = (Dialer(dialer_id="D", ports=1000, agent_lines_use_ports=False),)
    two = tuple(
        solar(
            campaign_id=f"{patience:g} s",
            agent_lines=3,
            max_dial_lines=60,
            overflow="hold",
            patience_seconds=patience,
        )
        for patience in (5.0, 300.0)
    )
    found = planner.plan(Problem(dialers=dialers, campaigns=two), PlanOptions(), explained=False)
    handled = [row.transfers_per_hour for row in found.campaigns]
    assert handled == pytest.approx([float(rates(c, 60, 3).handled) for c in two])
    assert handled[1] > handled[0]  # who waits longer is served more often
    assert found.simulated_value_per_hour is None  # the tables are exact
