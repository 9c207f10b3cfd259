"""Independent computations that tests compare against: plain formulas, no code of the package."""

from __future__ import annotations

import functools
import itertools
from math import comb

import numpy as np

from planner.contracts.problem import Campaign, Dialer, Problem


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


def has_plan_by_enumeration(problem: Problem) -> bool:
    """Whether a tiny problem of one or two campaigns has any plan: every split is looked at.

    Of a campaign's splits only those stay that use no more of everything than another one.
    """
    limits, used_by = _fleet_limits(problem)
    least = []
    for campaign in problem.campaigns:
        uses = used_by(*_own_splits(problem, campaign))
        uses = uses[(uses <= limits + 1e-9).all(axis=1)]
        least.append(_least_uses(uses))
    if len(least) == 2:
        return any((use + least[1] <= limits + 1e-9).all(axis=1).any() for use in least[0])
    return all(len(uses) for uses in least)


def _own_splits(problem: Problem, campaign: Campaign) -> tuple[np.ndarray, ...]:
    """(dial lines, agent lines, attempts) of every split that holds the campaign's own limits."""
    options = [_lines_on(problem, campaign, dialer) for dialer in problem.dialers]
    places = np.meshgrid(*(np.arange(len(o)) for o in options), indexing="ij")
    places = [p.ravel() for p in places]
    figures = [
        np.array([_cached_rates(campaign, n, a) for n, a in o], float).reshape(-1, 4)
        for o in options
    ]
    n, a = (
        np.stack(
            [np.array(o, int).reshape(-1, 2)[p, k] for o, p in zip(options, places, strict=True)], 1
        )
        for k in (0, 1)
    )
    f, abandoned, answered, attempts = (
        np.stack([g[p, k] for g, p in zip(figures, places, strict=True)], 1) for k in range(4)
    )
    good = (n > 0).sum(1) >= campaign.min_dialers
    if campaign.is_live_transfer:
        good &= a.sum(1) <= campaign.agent_lines
    if campaign.max_dial_lines is not None:
        good &= n.sum(1) <= campaign.max_dial_lines
    if campaign.max_abandon_rate is not None:
        good &= abandoned.sum(1) <= campaign.max_abandon_rate * answered.sum(1) + 1e-9
    for domain in {d.domain for d in problem.dialers}:
        kept = f[:, [d.domain != domain for d in problem.dialers]].sum(1)
        good &= kept >= campaign.survivable_share * f.sum(1) - 1e-9
    return n[good], a[good], attempts[good]


def _lines_on(problem: Problem, campaign: Campaign, dialer: Dialer) -> list[tuple[int, int]]:
    """All (dial, agent) lines that a campaign may have on a dialer."""
    locks = [
        (item.dial_lines, item.agent_lines)
        for item in problem.assignments
        if dialer.in_service
        and item.locked
        and (item.campaign_id, item.dialer_id) == (campaign.campaign_id, dialer.dialer_id)
    ]
    live = campaign.is_live_transfer
    allowed = campaign.allowed_dialers is None or dialer.dialer_id in campaign.allowed_dialers
    options = [(0, 0)]
    if dialer.in_service and allowed:
        most = min(campaign.agent_lines, dialer.ports) if live else 0
        options += [
            (n, a)
            for a in range(campaign.min_agent_lines if live else 0, most + 1)
            for n in range(max(a, 1), dialer.ports + 1)
            if n + a * dialer.agent_lines_use_ports <= dialer.ports
        ]
    return [o for o in options if o == locks[0]] if locks else options


@functools.cache
def _cached_rates(campaign: Campaign, lines: int, agents: int) -> tuple[float, ...]:
    return hourly_rates(campaign, lines, agents)


def _fleet_limits(problem: Problem):
    """Limits of the fleet as one vector, and what splits use of each."""
    groups = [
        (t, [d.trunk_group == t.trunk_group for d in problem.dialers]) for t in problem.trunk_groups
    ]
    limits = [d.ports for d in problem.dialers] + [t.channels for t, _ in groups]
    limits += [3600 * d.cps if d.cps else np.inf for d in problem.dialers]
    limits += [3600 * t.cps if t.cps else np.inf for t, _ in groups]
    on_ports = np.array([d.agent_lines_use_ports for d in problem.dialers])

    def used_by(n: np.ndarray, a: np.ndarray, attempts: np.ndarray) -> np.ndarray:
        ports = n + a * on_ports
        lines = [ports[:, members].sum(1) for _, members in groups]
        speed = [attempts[:, members].sum(1) for _, members in groups]
        found = np.column_stack([ports, *lines, attempts, *speed])
        return np.where(np.isinf(limits), 0.0, found)

    return np.array(limits, dtype=float), used_by


def _least_uses(uses: np.ndarray) -> np.ndarray:
    kept = np.empty((0, uses.shape[1]))
    for use in np.unique(uses, axis=0)[np.argsort(np.unique(uses, axis=0).sum(1))]:
        if not (kept <= use).all(1).any():
            kept = np.vstack([kept, use])
    return kept
