"""Every split of one campaign over dialers of equal ports, from the throughput formulas alone."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from planner.contracts.problem import Campaign, Dialer, Problem, TrunkGroup
from planner.evaluation.rates import rates_table
from planner.optimize.model.requirements import RUNS, SURVIVES, USED
from planner.optimize.pricing.prices import Prices

PORTS = 9
#: A share is met when it is met to the nearest per cent; per cents are rounded up after 1e-6.
TOLERANCE, PER_CENT_ROUNDING = 0.005, 1e-6

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def one_campaign(
    survivable: float,
    abandon: float | None,
    agents: int,
    domains: tuple[str, ...],
    least: int,
    carriers: tuple[str | None, ...] = (),
) -> Problem:
    """A campaign on a dialer of each domain named; at least ``least`` of them are asked for.

    ``carriers`` names those of the dialers, if any, whose dialers fail together.
    """
    carriers = carriers or (None,) * len(domains)
    dialers = [
        Dialer(dialer_id=f"D{d}", ports=PORTS, failure_domain=name, trunk_group=carrier)
        for d, (name, carrier) in enumerate(zip(domains, carriers, strict=True))
    ]
    groups = [
        TrunkGroup(trunk_group=name, channels=PORTS * len(domains), fails_together=True)
        for name in sorted({name for name in carriers if name})
    ]
    campaign = Campaign(
        campaign_id="C",
        agent_lines=agents,
        attempt_seconds=25.0,
        answer_rate=0.4,
        transfer_rate=0.3,
        talk_seconds=90.0,
        min_dialers=least,
        survivable_share=survivable,
        max_abandon_rate=abandon,
    )
    return Problem(dialers=tuple(dialers), campaigns=(campaign,), trunk_groups=tuple(groups))


class AllSplits:
    """The splits that hold the campaign's limits, or with ``soft`` those that hold what is law."""

    def __init__(self, problem: Problem, soft: bool = False, failures: int = 1) -> None:
        self._failures = failures
        campaign = problem.campaigns[0]
        handled, abandoned, answered, attempts = rates_table(campaign, PORTS, campaign.agent_lines)
        cells = [(0, 0)] + [
            (n, a) for a in range(1, campaign.agent_lines + 1) for n in range(a, PORTS - a + 1)
        ]
        splits = itertools.product(cells, repeat=len(problem.dialers))
        kept = np.array([x for x in splits if sum(a for _, a in x) <= campaign.agent_lines])
        place = kept[:, :, 1], kept[:, :, 0]
        self.cells = kept  # [split, dialer, (dial lines, agent lines)]
        self._calls, self._tries = handled[place], attempts[place]
        self._asked = campaign.min_dialers
        self.used = (kept[:, :, 0] > 0).sum(axis=1)
        self.per_cents = self._per_cents_missing(problem, campaign.survivable_share)
        holds = np.ones(len(kept), np.bool_)
        if not soft:
            holds = (self.used >= self._asked) & (self.per_cents == 0)
        if campaign.max_abandon_rate is not None:
            spoke = answered[place].sum(axis=1)
            holds &= abandoned[place].sum(axis=1) <= campaign.max_abandon_rate * spoke
        self._keep(holds)

    def _per_cents_missing(self, problem: Problem, asked: float) -> Ints:
        total = self._calls.sum(axis=1)
        lost = np.zeros(len(total))
        single: dict[tuple[str, str | None], set[int]] = {}
        for d, dialer in enumerate(problem.dialers):
            single.setdefault(("domain", dialer.failure_domain), set()).add(d)
            if dialer.trunk_group:
                single.setdefault(("carrier", dialer.trunk_group), set()).add(d)
        for case in itertools.combinations(single.values(), self._failures):
            here = sorted(set().union(*case))
            lost = np.maximum(lost, self._calls[:, here].sum(axis=1))
        some = np.where(total > 0, total, 1.0)
        missing = 100 * (asked - TOLERANCE - (total - lost) / some)
        missing = np.ceil(np.where((total > 0) & (asked > 0), missing, 0.0) - PER_CENT_ROUNDING)
        return np.maximum(missing, 0.0).astype(np.int64)

    def _keep(self, holds: NDArray[np.bool_]) -> None:
        self.cells, self.used, self.per_cents = (
            self.cells[holds],
            self.used[holds],
            self.per_cents[holds],
        )
        self._calls, self._tries = self._calls[holds], self._tries[holds]

    def within(self, n_high: Ints, a_high: Ints, n_low: Ints, a_low: Ints) -> AllSplits:
        """Those within ranges of lines, arrays by dialer; the object itself is narrowed."""
        dial, agent = self.cells[:, :, 0], self.cells[:, :, 1]
        inside = (dial <= n_high) & (agent <= a_high) & (dial >= n_low) & (agent >= a_low)
        self._keep(inside.all(axis=1))
        return self

    def in_domains(self, domain: Ints) -> Floats:
        """The calls an hour ``[split, domain]``; ``domain`` by dialer."""
        each = [self._calls[:, domain == g].sum(axis=1) for g in np.unique(domain)]
        return np.stack(each, axis=1)

    def worth(self, prices: Prices, short: Floats) -> Floats:
        """What each is worth; ``short`` is the price of what it falls short, by kind."""
        dial, agent = self.cells[:, :, 0], self.cells[:, :, 1]
        worth = self._calls @ prices.call - self._tries @ prices.attempt
        worth = worth - dial @ prices.dial - agent @ prices.agent
        worth = worth - short[USED] * np.maximum(self._asked - self.used, 0)
        worth = worth - short[RUNS] * ((self.used == 0) & (self._asked >= 1))
        found: Floats = worth - short[SURVIVES] * self.per_cents
        return found

    def best(self, prices: Prices, short: Floats) -> float:
        """The most that one is worth."""
        return float(self.worth(prices, short).max())

    def holds(self, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Whether a split is among them."""
        lines = np.column_stack([dial_lines, agent_lines])
        return bool(np.any(np.all(self.cells == lines, axis=(1, 2))))
