"""Independent computations that tests compare against: plain formulas, no code of the package."""

from __future__ import annotations

import itertools
from math import comb

from planner.problem import Campaign, Problem


def hourly_rates(campaign: Campaign, lines: int, agents: int) -> tuple[float, float, float, float]:
    """(handled, abandoned, live answered, attempts) per hour, by the closed forms."""
    nu = 1.0 / campaign.attempt_seconds
    if not campaign.is_live_transfer:
        attempts = 3600.0 * nu * lines
        return campaign.answer_rate * attempts, 0.0, campaign.answer_rate * attempts, attempts
    if agents == 0:
        return 0.0, 0.0, 0.0, 0.0
    mu = 1.0 / campaign.talk_seconds
    q = campaign.answer_rate * campaign.transfer_rate
    weights = [comb(lines, k) * (nu * q / mu) ** k for k in range(agents + 1)]
    pi = [w / sum(weights) for w in weights]
    in_pause = (lines - agents) * agents * mu / (agents * mu + nu)
    handled = mu * sum(k * p for k, p in enumerate(pi))
    abandoned = pi[agents] * in_pause * nu * q
    dialing = sum(p * (lines - k) for k, p in enumerate(pi[:agents]))
    attempts = nu * (dialing + pi[agents] * in_pause)
    return (
        3600 * handled,
        3600 * abandoned,
        3600 * campaign.answer_rate * attempts,
        3600 * attempts,
    )


def best_value_by_enumeration(problem: Problem, weight: float) -> float | None:
    """Largest objective over every integer plan of a tiny problem, None if there is none."""
    domains = sorted({d.domain for d in problem.dialers})
    splits = [_splits(problem, campaign, domains) for campaign in problem.campaigns]
    best: float | None = None
    for choice in itertools.product(*splits):
        if not _within_fleet(problem, choice):
            continue
        left = [
            sum(
                campaign.value
                * sum(f for f, d in zip(s[1], problem.dialers, strict=True) if d.domain != g)
                for campaign, s in zip(problem.campaigns, choice, strict=True)
            )
            for g in domains
        ]
        total = sum(c.value * sum(s[1]) for c, s in zip(problem.campaigns, choice, strict=True))
        value = (1 - weight) * total + weight * min(left)
        best = value if best is None else max(best, value)
    return best


def _splits(problem: Problem, campaign: Campaign, domains: list[str]) -> list[tuple]:
    """All splits of one campaign that hold its own limits: (lines, handled, attempts)."""
    per_dialer = []
    for dialer in problem.dialers:
        options = [(0, 0)]
        allowed = campaign.allowed_dialers is None or dialer.dialer_id in campaign.allowed_dialers
        if dialer.in_service and allowed:
            least = campaign.min_agent_lines if campaign.is_live_transfer else 0
            most = campaign.agent_lines if campaign.is_live_transfer else 0
            options += [
                (n, a)
                for a in range(least, most + 1)
                for n in range(max(a, 1), dialer.ports + 1)
                if n + a * dialer.agent_lines_use_ports <= dialer.ports
            ]
        for item in problem.assignments:
            # A lock on a dialer out of service lapses: such a dialer gets no lines.
            if (
                dialer.in_service
                and item.locked
                and (item.campaign_id, item.dialer_id)
                == (
                    campaign.campaign_id,
                    dialer.dialer_id,
                )
            ):
                lines = (item.dial_lines, item.agent_lines)
                options = [o for o in options if o == lines]
        per_dialer.append(options)
    found = []
    for lines in itertools.product(*per_dialer):
        figures = [hourly_rates(campaign, n, a) for n, a in lines]
        if _holds_own_limits(problem, campaign, lines, figures, domains):
            found.append((lines, [f[0] for f in figures], [f[3] for f in figures]))
    return found


def _holds_own_limits(problem, campaign, lines, figures, domains) -> bool:
    total = sum(f[0] for f in figures)
    if campaign.is_live_transfer and sum(a for _, a in lines) > campaign.agent_lines:
        return False
    if sum(n > 0 for n, _ in lines) < campaign.min_dialers:
        return False
    most = campaign.max_dial_lines
    if most is not None and sum(n for n, _ in lines) > most:
        return False
    limit = campaign.max_abandon_rate
    if limit is not None and sum(f[1] for f in figures) > limit * sum(f[2] for f in figures) + 1e-9:
        return False
    return all(
        sum(f[0] for f, d in zip(figures, problem.dialers, strict=True) if d.domain != g)
        >= campaign.survivable_share * total - 1e-9
        for g in domains
    )


def _within_fleet(problem: Problem, choice) -> bool:
    groups = {t.trunk_group: [0, 0.0] for t in problem.trunk_groups}
    for d, dialer in enumerate(problem.dialers):
        ports = sum(s[0][d][0] + s[0][d][1] * dialer.agent_lines_use_ports for s in choice)
        speed = sum(s[2][d] for s in choice) / 3600
        if ports > dialer.ports or (dialer.cps is not None and speed > dialer.cps + 1e-12):
            return False
        if dialer.trunk_group:
            groups[dialer.trunk_group][0] += ports
            groups[dialer.trunk_group][1] += speed
    return all(
        groups[t.trunk_group][0] <= t.channels
        and (t.cps is None or groups[t.trunk_group][1] <= t.cps + 1e-12)
        for t in problem.trunk_groups
    )
