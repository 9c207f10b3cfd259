"""Best split of one campaign under a cap on the calls of each failure domain, compiled.

Survival ties the dialers of a campaign together: with F, its calls, in a bucket (low, high] no
domain carries more than (1 - s) * high. Where any two domains may fail, the two that carry most do
not together: then no more than one domain carries more than half of that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, lean
from planner.optimize.pricing.prices import NEVER, Limits, Prices, Split
from planner.optimize.pricing.split_program import Work, best_end, new_work, programme, read_back

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Prices of a failure domain's calls tried against its cap, as shares of their highest worth.
SHARES_OF_WORTH = np.array([0.0, 0.03, 0.07, 0.12, 0.2, 0.3, 0.42, 0.56, 0.72, 0.88, 1.0])


def capped_split(
    limits: Limits,
    prices: Prices,
    cap: float,
    shares: Floats = SHARES_OF_WORTH,
    second: float = np.inf,
) -> Split | None:
    """Upper bound over splits in which no failure domain carries more than ``cap`` calls an hour.

    And all but one of them no more than ``second``. A domain of one dialer obeys its cap exactly.
    One of several is bounded, for each number of agent lines and used dialers, by the best
    Lagrangian bound over ``shares`` of a call's worth; each of its dialers obeys the cap. The split
    returned attains the bound up to that relaxation. None when no split exists.
    """
    dial, agent = np.zeros_like(limits.room), np.zeros_like(limits.room)
    bound = fill_capped_split(limits, prices, cap, second, shares, dial, agent)
    return None if bound <= NEVER else Split(bound, dial, agent)


@lean
def _domain_profile(
    limits: Limits, prices: Prices, group: int, cap: float, shares: Floats, w: Work, first: int,
    profile: Floats, share_of: Ints,
) -> None:  # fmt: skip
    """Least bound over the shares, by (dialers used, agent lines), and the share it came from.

    What is needed to read splits back is kept from place ``first`` on.
    """
    members = 0
    for d in range(len(limits.room)):
        members += limits.domain[d] == group
    worth = 0.0
    for paid in prices.call:
        worth = max(worth, paid)
    for k in range(len(shares) if members > 1 else 1):
        discount = shares[k] * worth
        programme(limits, prices, group, discount, cap, w, first + k)
        for used in range(profile.shape[0]):
            for a in range(profile.shape[1]):
                bound = w.best[used, a]
                if bound > NEVER:
                    bound += discount * cap
                if k == 0 or bound < profile[used, a]:
                    profile[used, a] = bound
                    share_of[used, a] = first + k


@lean
def _add_domain(
    before: Floats, profile: Floats, exactly: bool, kind: int, after: Floats, part: Ints
) -> None:
    """One step of the programme over domains, where that is more than ``after`` has.

    ``part`` remembers (used here, before, agents, kind).
    """
    most_used, most_agents = before.shape[0] - 1, before.shape[1] - 1
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            start = before[used, agents]
            if start <= NEVER:
                continue
            for more in range(most_used + 1 - used if exactly else most_used + 1):
                to = min(used + more, most_used)
                for a in range(most_agents - agents + 1):
                    gain = profile[more, a]
                    if gain > NEVER and start + gain > after[to, agents + a]:
                        after[to, agents + a] = start + gain
                        part[to, agents + a, 0] = more
                        part[to, agents + a, 1] = used
                        part[to, agents + a, 2] = a
                        part[to, agents + a, 3] = kind


#: A domain under the second cap, before or after the one under the first; that one itself.
_SECOND, _FIRST = 0, 1


class _DomainWork(NamedTuple):
    """Arrays of the programme over domains, by whether one was under the first cap so far."""

    share_of: Ints  # [domain, cap, used, agents]
    part: Ints  # [domain, cap, used, agents, 4]
    profile: Floats  # [used, agents] of one domain
    best: Floats  # [cap, used, agents] over the domains so far
    spare: Floats


@compiled
def fill_capped_split(
    limits: Limits, prices: Prices, cap: float, second: float, shares: Floats, dial_lines: Ints,
    agent_lines: Ints,
) -> float:  # fmt: skip
    """As :func:`capped_split`: fills the split and returns the bound, NEVER if there is none."""
    domains, used, agents = limits.domain.max() + 1, limits.min_used + 1, limits.agents + 1
    work = _DomainWork(
        np.empty((domains, 2, used, agents), np.int64),
        np.empty((domains, 2, used, agents, 4), np.int64),
        np.empty((used, agents)),
        np.empty((2, used, agents)),
        np.empty((2, used, agents)),
    )
    inner = new_work(limits, 2 * len(shares))
    return _capped_split(limits, prices, cap, second, shares, dial_lines, agent_lines, inner, work)


@lean
def _capped_split(
    limits: Limits, prices: Prices, cap: float, second: float, shares: Floats, dial_lines: Ints,
    agent_lines: Ints, inner: Work, w: _DomainWork,
) -> float:  # fmt: skip
    """Programme over domains, each bounded under its cap."""
    domains, two, one = len(w.share_of), second < cap, 1 if second < cap else 0
    best, spare = w.best, w.spare
    best[:] = NEVER
    best[0, 0, 0] = 0.0
    for g in range(domains):
        share_of, part, exactly = w.share_of[g], w.part[g], limits.exactly
        spare[:] = NEVER
        _domain_profile(
            limits, prices, g, min(cap, second), shares, inner, 0, w.profile, share_of[_SECOND]
        )
        _add_domain(best[0], w.profile, exactly, _SECOND, spare[0], part[0])
        if two:
            _add_domain(best[1], w.profile, exactly, _SECOND, spare[1], part[1])
            _domain_profile(
                limits, prices, g, cap, shares, inner, len(shares), w.profile, share_of[_FIRST]
            )
            _add_domain(best[0], w.profile, exactly, _FIRST, spare[1], part[1])
        best, spare = spare, best
    used, agents, bound = best_end(limits, prices, best[one])
    if bound <= NEVER:
        return bound
    for g in range(domains - 1, -1, -1):
        come = w.part[g, one, used, agents]
        more, before, count, kind = come[0], come[1], come[2], come[3]
        k = w.share_of[g, kind, more, count]
        read_back(limits, g, inner, k, more, count, dial_lines, agent_lines)
        used, agents = before, agents - count
        one -= kind
    return bound
