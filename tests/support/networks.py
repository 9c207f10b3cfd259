"""Builds simulated networks from a few numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.traffic.simulation.network import Network

_BY_CAMPAIGN: dict[str, Any] = {
    "attempt_seconds": 25.0,
    "attempt_cv": 1.0,
    "talk_cv": 1.0,
    "wrap_up_seconds": 0.0,
    "patience_seconds": 0.0,
    "pacing": np.inf,
    "uses_agents": True,
    "attempts_left": np.inf,
}


def network(
    lines: dict[tuple[int, int], tuple[int, int]],
    *,
    q: float | list[float] = 0.01,
    answer_rate: float | list[float] = 1.0,
    talk_seconds: float | list[float] = 180.0,
    busy: int = 0,
    dialer_cps: float | list[float] = np.inf,
    dialer_group: int | list[int] = -1,
    group_cps: tuple[float, ...] = (),
    group_channels: tuple[float, ...] = (),
    changes: tuple[float, ...] = (0.0,),
    agent_lines: Any = None,
    window_open: Any = True,
    in_service: Any = True,
    pass_attempts: float = np.inf,
    pass_factors: tuple[float, ...] = (1.0,),
    **by_campaign: Any,
) -> Network:
    """``lines`` is (dial lines, agent lines) by (campaign, dialer); the rest is broadcast."""
    pairs = np.array(list(lines), dtype=np.int64)
    counts = np.array(list(lines.values()), dtype=np.int64)
    C, D = pairs.max(axis=0) + 1
    P, S = len(pairs), len(changes)

    def full(value: Any, shape: tuple[int, ...], kind: type) -> Any:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(value, dtype=kind), shape))

    campaign = {
        name: full(by_campaign.pop(name, default), (C,), bool if default is True else np.float64)
        for name, default in _BY_CAMPAIGN.items()
    }
    assert not by_campaign, f"no such figures: {by_campaign}"
    answered = full(answer_rate, (S, C), np.float64)
    return Network(
        campaign=pairs[:, 0].copy(),
        dialer=pairs[:, 1].copy(),
        dial_lines=counts[:, 0].copy(),
        busy_agent_lines=full(busy, (P,), np.int64),
        **campaign,
        pass_attempts=full(pass_attempts, (C,), np.float64),
        pass_factors=full(pass_factors, (C, len(pass_factors)), np.float64),
        dialer_cps=full(dialer_cps, (D,), np.float64),
        dialer_group=full(dialer_group, (D,), np.int64),
        group_cps=np.array(group_cps, dtype=np.float64),
        group_channels=np.array(group_channels, dtype=np.float64),
        changes=np.array(changes, dtype=np.float64),
        agent_lines=full(counts[:, 1] if agent_lines is None else agent_lines, (S, P), np.int64),
        window_open=full(window_open, (S, P), bool),
        in_service=full(in_service, (S, P), bool),
        answer_rate=answered,
        transfer_rate=full(q, (S, C), np.float64) / answered,
        talk_seconds=full(talk_seconds, (S, C), np.float64),
    )
