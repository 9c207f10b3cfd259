"""The bound at a leaf of a proof: weak duality, with every campaign's maximum worked out anew.

``pi L + delta N + sigma S + sum_c r_c - (w - given) least taken``, where ``r_c`` is the largest
value of a split of campaign ``c`` in the box less what it is charged: rows of the fleet at ``pi``,
dial lines at ``delta``, shortfalls at ``sigma``, and what the failures take at ``rho``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.box import Box, options_in
from planner.evaluation.proof.floors import floors
from planner.evaluation.proof.listed import KINDS, Splits, largest_listed, list_splits
from planner.evaluation.proof.record import Proof
from planner.evaluation.proof.splits import (
    NEVER,
    Options,
    largest_by_programme,
    largest_with_abandonment,
)
from planner.evaluation.proof.survival import Asked, largest_surviving
from planner.evaluation.proof.world import Row, World, talk_minutes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Bounds:
    """Bounds of leaves of one proof; lists of splits are made once."""

    world: World
    proof: Proof
    end: float = float("inf")  # on the clock of time.monotonic, for what takes long
    #: Whether every maximum so far was found exactly: else a claim may hold though it is not shown.
    exact: bool = True
    _lists: dict[int, Splits | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        campaigns = self.world.problem.campaigns
        index, shape = self.world.problem.campaign_index, (len(campaigns), len(KINDS))
        self.most = np.zeros(shape, np.int64)
        for name, kind, lines in self.proof.most:
            self.most[index[name], KINDS.index(kind)] = lines
        self.counted = np.zeros(shape, np.bool_)
        for name, kind in self.proof.counted or []:
            self.counted[index[name], KINDS.index(kind)] = True
        self.sums = []
        for members, total in self.proof.sums:
            which = np.zeros(shape, np.bool_)
            for name, kind in members:
                which[index[name], KINDS.index(kind)] = True
            self.sums.append((which, int(total)))

    def at(self, box: Box, duals: dict[str, Any], feasibility: bool) -> float:
        """Bound on the plans of a box; -inf where it holds none."""
        world, value = self.world, self.proof.counted is None and not feasibility
        rows = [(float(price), self._row(name)) for name, price in duals["rows"].items()]
        if min([price for price, _ in rows] + duals["short"] + [0.0]) < 0:
            raise ValueError("a dual below 0")
        failure = np.maximum(np.array(duals["failure"], np.float64), 0.0)
        parts = self._failing_parts()
        share = 1.0 - (failure @ parts if len(failure) else np.zeros(parts.shape[1]))
        total = sum(price * row.limit for price, row in rows)
        short = self.counted.astype(np.float64) * (not feasibility)
        for price, (which, most) in zip(duals["short"], self.sums, strict=True):
            short = short + price * which
            total += price * most
        if value:
            total -= self._unpaid(failure) * box.least_taken
        total += self._needed(duals, short)
        for c in range(len(world.problem.campaigns)):
            own = self._campaign(box, c, rows, share, short[c], duals, value)
            if own == NEVER:
                return NEVER
            total += max(own, -1.0) if feasibility else own
        return float(total + self._dial_limits(duals))

    def _prices_of_needs(self, duals: dict[str, Any]) -> list[tuple[int, int, int, float]]:
        """Campaign, kind, which of its floors, and price, of what is a row of the master."""
        index = self.world.problem.campaign_index
        found = []
        for name, kind, place, price in duals.get("needs", []):
            if price < 0 or self._listed(index[name]) is not None:
                raise ValueError(f"a price of what {name} must reach, below 0 or told twice")
            found.append((index[name], KINDS.index(kind), int(place), float(price)))
        return found

    def _needed(self, duals: dict[str, Any], short: Floats) -> float:
        """What the rows of needs add: what is missing earns its price, all of it costs."""
        total = 0.0
        for c, k, place, price in self._prices_of_needs(duals):
            self.exact = False
            full = 100.0 if KINDS[k] != "limits" else float(floors(self.world.problem, c)[place][2])
            most = min(float(self.most[c, k]), full)
            total += max(price - float(short[c, k]), 0.0) * most - price * full
        return total

    def _credit(self, c: int, duals: dict[str, Any], shape: tuple[int, ...]) -> Floats:
        """What lines and attempts of a campaign earn as needs, per dial, agent line, attempt."""
        credit = np.zeros((3, *shape))
        campaign = self.world.problem.campaigns[c]
        for mine, k, place, price in self._prices_of_needs(duals):
            if mine != c:
                continue
            if KINDS[k] == "limits":
                here, what, _ = floors(self.world.problem, c)[place]
                credit[0 if what == "dial" else 1] += price * here
            elif KINDS[k] == "finish_by" and np.isfinite(campaign.min_attempts_per_hour):
                credit[2] += price * 100.0 / campaign.min_attempts_per_hour
        return credit

    def _told_calls(self, c: int, duals: dict[str, Any], o: Options) -> Floats:
        """What calls earn as a need, less what abandoned calls beyond their limit are charged."""
        campaign = self.world.problem.campaigns[c]
        found = np.zeros(len(o.dial))
        for mine, k, _, price in self._prices_of_needs(duals):
            asked = campaign.min_transfers_per_hour
            if mine == c and KINDS[k] == "min_transfers_per_hour" and asked:
                found = found + price * 100.0 / asked * o.handled
        price = float(duals.get("abandoned", {}).get(campaign.campaign_id, 0.0))
        if price:
            limit = campaign.max_abandon_rate
            if limit is None or price < 0:
                raise ValueError(f"a price of abandoned calls of {campaign.campaign_id}")
            found = found - price * (o.abandoned - limit * o.answered)
        return found

    def _dial_limits(self, duals: dict[str, Any]) -> float:
        campaigns, index = self.world.problem.campaigns, self.world.problem.campaign_index
        found = 0.0
        for name, price in duals["dial_lines"].items():
            most = campaigns[index[name]].max_dial_lines
            if most is None or price < 0:
                raise ValueError(f"a price of dial lines of {name}, who has no limit on them")
            found += price * most
        return found

    def _row(self, name: str) -> Row:
        if name.startswith("agents of pool"):
            return self.world.pool_row(name.split(" ", 3)[3].split(", "))
        return self.world.rows[name]

    def _failing_parts(self) -> Floats:
        """What is lost together ``[part, dialer]``: each case, or what any two of are one."""
        if self._pairs():
            domains = self.world.problem.failure_domains
            members = [[d.domain == g for d in self.world.problem.dialers] for g in domains]
            return np.array(members, np.float64)
        return self.world.lost.astype(np.float64)

    def _pairs(self) -> bool:
        domains = len(self.world.problem.failure_domains)
        cases = len(self.world.lost)
        return self.proof.failures == 2 and domains > 1 and cases == domains * (domains - 1) // 2

    def _unpaid(self, failure: Floats) -> float:
        at_once = 2 if self._pairs() else 1
        given = max(float(failure.sum()) / at_once, float(failure.max(initial=0.0)))
        if given > self.proof.redundancy * (1 + 1e-9):
            raise ValueError("failures are charged more than the weight of what survives")
        return max(self.proof.redundancy - given, 0.0)

    def _campaign(
        self,
        box: Box,
        c: int,
        rows: list[tuple[float, Row]],
        share: Floats,
        short: Floats,
        duals: dict[str, Any],
        value: bool,
    ) -> float:
        """Largest value of a campaign's splits in the box, less what they are charged."""
        campaign = self.world.problem.campaigns[c]
        extra = float(duals["dial_lines"].get(campaign.campaign_id, 0.0))
        # Per dial line, agent line and attempt, by dialer.
        charge: Floats = np.zeros((3, len(share)))
        for price, row in rows:
            charge += price * np.array([row.dial[c], row.agent[c], row.attempt[c]])
        charge[0] += extra
        charge -= self._credit(c, duals, share.shape)
        options = [options_in(self.world, box, c, d) for d in range(len(share))]
        if any(len(o.dial) == 0 for o in options):
            return NEVER
        listed = self._listed(c)
        if listed is not None:
            return largest_listed(
                self.world, box, c, self.proof.move_cost, charge, share, short, listed, value
            )
        worth = [
            self._worth(c, d, o, charge[:, d], float(share[d]), value)
            + self._told_calls(c, duals, o)
            for d, o in enumerate(options)
        ]
        return self._largest(c, worth, options, short, duals)

    def _largest(
        self,
        c: int,
        worth: list[Floats],
        options: list[Options],
        short: Floats,
        duals: dict[str, Any],
    ) -> float:
        """The largest worth of a campaign whose splits are not listed, or an upper bound."""
        campaign = self.world.problem.campaigns[c]
        missing, least = self._missing(c, short)
        agents = campaign.agent_lines if campaign.is_live_transfer else 0
        if campaign.least_surviving_share > 0:
            self.exact = False
            allowed = float(self.most[c, KINDS.index("survivable_share")]) / 100
            asked = Asked(
                agents=agents,
                least_used=least,
                missing=missing,
                lost=self.world.lost.astype(np.float64),
                share=max(campaign.least_surviving_share - allowed - 1e-8, 0.0),
            )
            target = float(duals.get("campaigns", {}).get(campaign.campaign_id, NEVER))
            return largest_surviving(worth, options, asked, target, self.end)
        if campaign.max_abandon_rate is not None and campaign.is_live_transfer:
            self.exact = False
            limit = campaign.max_abandon_rate
            return largest_with_abandonment(worth, options, agents, limit, least, missing)
        return largest_by_programme(worth, options, agents, least, missing)

    def _missing(self, c: int, short: Floats) -> tuple[list[float], int]:
        """What using so many dialers costs, and the fewest that a split with lines may use."""
        campaign, most = self.world.problem.campaigns[c], self.most[c]
        asked = campaign.min_dialers
        runs, used = KINDS.index("runs"), KINDS.index("min_dialers")
        costs = [float(short[used] * (asked - u)) for u in range(asked + 1)]
        least = max(asked - int(most[used]), min(asked, 1))
        if asked:
            empty = most[runs] >= 1 and most[used] >= asked
            costs[0] = costs[0] + float(short[runs]) if empty else np.inf
        return costs, least

    def _worth(
        self, c: int, d: int, o: Options, charge: Floats, share: float, value: bool
    ) -> Floats:
        """Value of options less what they are charged."""
        dial, agent, attempt = charge.tolist()
        worth: Floats = -(dial * o.dial + agent * o.agent + attempt * o.attempts)
        if not value:
            return worth
        campaign, dialer = self.world.problem.campaigns[c], self.world.problem.dialers[d]
        call = campaign.value - dialer.cost_per_talk_minute * talk_minutes(campaign)
        worth = worth + share * (call * o.handled - dialer.cost_per_attempt * o.attempts)
        return np.asarray(
            worth - self.world.moves(self.proof.move_cost, c, d, o.dial, o.agent), np.float64
        )

    def _listed(self, c: int) -> Splits | None:
        """All splits of a campaign whose dialers are tied together, where they are few."""
        if c not in self._lists:
            self._lists[c] = list_splits(self.world, self.most[c], c)
        return self._lists[c]
