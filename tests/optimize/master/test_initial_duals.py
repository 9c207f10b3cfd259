"""Even prices to begin with: close to what the best splits are worth, also where lines are free."""

from __future__ import annotations

import pytest

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.rates import rates_table
from planner.optimize.master.initial_duals import first_prices
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.model import build_model

SHARE, LIMIT, AGENTS, MOST = 0.5, 0.03, 12, 120


def test_abandoned_calls_have_a_price_where_ports_are_free() -> None:
    # Two sites with far more ports than anybody can use: only abandoned calls hold lines back.
    dialers = tuple(
        Dialer(dialer_id=f"{site}{n}", ports=ports, failure_domain=site)
        for site, sizes in (("A", (240, 120)), ("B", (180, 100)))
        for n, ports in enumerate(sizes)
    )
    campaign = Campaign(
        campaign_id="C",
        agent_lines=AGENTS,
        attempt_seconds=28.0,
        answer_rate=0.29,
        transfer_rate=0.1,
        talk_seconds=258.0,
        value=7.0,
        min_dialers=2,
        min_agent_lines=2,
        survivable_share=SHARE,
        max_abandon_rate=LIMIT,
    )
    model = build_model(Problem(dialers=dialers, campaigns=(campaign,)), PlanOptions())
    first = first_prices(RestrictedMaster(model), model.box)
    assert first is not None
    best = best_on_one_dialer_each(campaign)
    assert best * (1 - 1e-9) <= first.bound <= 1.005 * best
    assert first.duals.abandon[0] > 0


def best_on_one_dialer_each(campaign: Campaign) -> float:
    """The most of any split over one dialer of each site, by looking at all of them."""
    calls, abandoned, answered, _ = rates_table(campaign, MOST, AGENTS)
    best = 0.0
    for agents in range(2, AGENTS - 1):
        for n in range(agents, MOST + 1):
            for m in range(AGENTS - agents, MOST + 1):
                here, there = calls[agents, n], calls[AGENTS - agents, m]
                over = abandoned[agents, n] + abandoned[AGENTS - agents, m]
                over -= LIMIT * (answered[agents, n] + answered[AGENTS - agents, m])
                if over <= 0 and min(here, there) >= (SHARE - 0.005) * (here + there):
                    best = max(best, campaign.value * float(here + there))
    assert best == pytest.approx(1028.6, abs=0.1)
    return best
