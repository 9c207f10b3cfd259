"""Agent lines of pools and rows of limits on sums of lines, while lines are moved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.contracts.fleet.agents import LimitRow, PoolRow, limits_in_force, pools_in_force
from planner.contracts.problem import Problem
from planner.evaluation.moves.rows import Bools, Ledger, Row

#: Sets of pools that are looked at; fleets have a handful of sites, so that these are all.
_MOST_SETS = 500


def pool_rows(ledger: Ledger) -> Iterator[tuple[Row, float]]:
    """Agent lines that only some pools can fill <= agent lines of these, for sets of pools (Hall).

    Those sets matter that are unions of what can fill some campaign on some dialer.
    """
    problem = ledger.problem
    pools = pools_in_force(problem.pools, None, problem.common_zone)
    fits = _fits(problem, pools)
    sets: set[frozenset[int]] = set()
    for wanted in set(fits.values()):
        sets |= {wanted, *(wanted | other for other in sets)}
        if len(sets) > _MOST_SETS:
            break
    for some in sorted(sets, key=sorted):
        here = np.zeros((len(problem.campaigns), len(problem.dialers)), dtype=np.bool_)
        for pair, wanted in fits.items():
            here[pair] = wanted <= some
        yield ledger.over("agents", here), sum(pools[p].agent_lines for p in some)


def _fits(problem: Problem, pools: tuple[PoolRow, ...]) -> dict[tuple[int, int], frozenset[int]]:
    """Which pools can fill each campaign on each dialer, where any pool serves the campaign."""
    found = {}
    for c, campaign in enumerate(problem.campaigns):
        serving = [p for p, pool in enumerate(pools) if pool.serves(campaign.campaign_id)]
        if not serving or not campaign.is_live_transfer:
            continue
        for d, dialer in enumerate(problem.dialers):
            reaching = frozenset(p for p in serving if pools[p].reaches(dialer.dialer_id))
            if reaching:
                found[c, d] = reaching
    return found


def most_rows(ledger: Ledger) -> Iterator[tuple[Row, float]]:
    """Sums of lines that rows of ``limits.csv`` cap, with the most there may be."""
    for row, here in _limits(ledger.problem):
        if row.max_dial_lines is not None:
            yield ledger.over("dial", here), row.max_dial_lines
        if row.max_agent_lines is not None:
            yield ledger.over("agents", here), row.max_agent_lines
        if row.max_lines is not None:
            yield ledger.over("dial", here) + ledger.over("agents", here), row.max_lines


def least_rows(ledger: Ledger) -> Iterator[tuple[str, Row, int]]:
    """Sums of lines of which rows of ``limits.csv`` ask for so many, with what they are."""
    for row, here in _limits(ledger.problem):
        for figure, least in (("dial", row.min_dial_lines), ("agents", row.min_agent_lines)):
            if least:
                kind = "dial" if figure == "dial" else "agent"
                name = f"{row.campaign_id}: {{}} {kind} lines, limit {row.limit} asks for {least}"
                yield name, ledger.over(figure, here), least


def _limits(problem: Problem) -> Iterator[tuple[LimitRow, Bools]]:
    """Each row in force, and what it counts ``[campaign, dialer]``."""
    for row in limits_in_force(problem.limits, None, problem.common_zone):
        campaigns = [row.campaign_id in (None, c.campaign_id) for c in problem.campaigns]
        dialers = [row.counts(d.dialer_id, d.domain, d.trunk_group) for d in problem.dialers]
        yield row, np.outer(np.array(campaigns, dtype=bool), np.array(dialers, dtype=bool))
