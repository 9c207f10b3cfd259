"""Small problems for tests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup


def solar(**changes: Any) -> Campaign:
    """The example campaign: 10 agents, attempts of 25 s, 1 % transfer requests, talks of 180 s."""
    figures: dict[str, Any] = {
        "campaign_id": "Solar",
        "agent_lines": 10,
        "attempt_seconds": 25.0,
        "answer_rate": 0.1,
        "transfer_rate": 0.1,
        "talk_seconds": 180.0,
    }
    return Campaign(**(figures | changes))


def tiny_problem(seed: int) -> Problem:
    """A random problem of up to 3 x 2, small enough to enumerate, with every kind of limit."""
    draw = random.Random(seed)
    dialers = [
        Dialer(
            dialer_id=f"D{d}",
            ports=draw.randint(3, 7 if d < 2 else 5),
            failure_domain=draw.choice([None, None, "room"]),
            trunk_group=draw.choice([None, None, "T"]),
            agent_lines_use_ports=draw.random() < 0.7,
            cps=draw.choice([None, None, None, 0.5]),
            in_service=draw.random() < 0.95,
        )
        for d in range(draw.choice([2, 2, 3]))
    ]
    campaigns = [
        Campaign(
            campaign_id=f"C{c}",
            kind="broadcast" if draw.random() < 0.2 else "live_transfer",
            agent_lines=draw.randint(1, 3),
            attempt_seconds=draw.choice([10.0, 25.0]),
            answer_rate=draw.choice([0.2, 0.4]),
            transfer_rate=draw.choice([0.2, 0.6]),
            talk_seconds=draw.choice([30.0, 200.0]),
            value=draw.choice([1.0, 1.0, 3.0, 0.1]),
            min_dialers=draw.choice([0, 1, 1, 2]),
            min_agent_lines=draw.choice([1, 1, 2]),
            survivable_share=draw.choice([0.0, 0.0, 0.3, 0.5]),
            max_abandon_rate=draw.choice([None, None, 0.05, 0.2]),
            max_dial_lines=draw.choice([None, None, 6]),
            allowed_dialers=draw.choice([None, None, None, ("D0",)]),
        )
        for c in range(draw.choice([1, 2, 2]))
    ]
    assignments = []
    if draw.random() < 0.25:
        lock = LineAssignment(
            campaign_id="C0", dialer_id="D0", dial_lines=2, agent_lines=1, locked=True
        )
        if campaigns[0].is_live_transfer:
            assignments.append(lock)
    return Problem(
        dialers=tuple(dialers),
        campaigns=tuple(campaigns),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=8, cps=draw.choice([None, 0.8])),),
        assignments=tuple(assignments),
    )


def drawn_fleet(
    draw: np.random.Generator,
    ports: tuple[int, int],
    sites: Sequence[str],
    agents: tuple[int, int],
    own_limits: Sequence[tuple[float, float | None]],
) -> Problem:
    """A dialer for each site named, a campaign for each survivable share and abandonment limit.

    Ports and agent lines are drawn from so many to below so many, the campaigns' figures as well.
    """
    return Problem(
        dialers=tuple(
            Dialer(dialer_id=f"D{d}", ports=int(draw.integers(*ports)), failure_domain=site)
            for d, site in enumerate(sites)
        ),
        campaigns=tuple(
            Campaign(
                campaign_id=f"C{c}",
                agent_lines=int(draw.integers(*agents)),
                attempt_seconds=25.0,
                answer_rate=float(draw.uniform(0.2, 0.4)),
                transfer_rate=float(draw.uniform(0.2, 0.5)),
                talk_seconds=float(draw.uniform(60, 200)),
                value=float(draw.uniform(1, 8)),
                survivable_share=survivable,
                max_abandon_rate=abandon,
            )
            for c, (survivable, abandon) in enumerate(own_limits)
        ),
    )
