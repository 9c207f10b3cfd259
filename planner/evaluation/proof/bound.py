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

from planner.evaluation.proof.box import Box
from planner.evaluation.proof.floors import floors
from planner.evaluation.proof.listed import KINDS, Lists, Splits, largest_listed
from planner.evaluation.proof.programme import NEVER
from planner.evaluation.proof.ranges import Asked, Ranges
from planner.evaluation.proof.record import Proof
from planner.evaluation.proof.splits import (
    Options,
    largest_by_programme,
    largest_with_abandonment,
)
from planner.evaluation.proof.survival import largest_surviving
from planner.evaluation.proof.world import Row, World, talk_minutes

#: What a campaign that is left out costs, where only is asked whether there is a plan.
LEFT_OUT = 1.0
#: What is below this is below 0, whatever was rounded.
SURELY = -1e-6
#: Ranges split of each of several campaigns in turn, one of which may have no split: None as usual.
IN_TURN = (0, 100, None)
#: Ranges of calls kept to begin with, at most.
MOST_KEPT = 1000

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Case:
    """A campaign in a box at some duals: what its lines are charged, calls and shortfalls."""

    campaign: int
    box: Box
    charge: Floats  # [dial line, agent line or attempt, dialer]
    share: Floats  # [dialer] of a call's value that counts
    short: Floats  # [kind]
    duals: dict[str, Any]
    value: bool

    def key(self) -> tuple[object, ...]:
        """What the largest value depends on."""
        c, box = self.campaign, self.box
        needs = tuple(tuple(need) for need in self.duals.get("needs", []))
        arrays = box.low[c], box.high[c], self.charge, self.share, self.short
        told = tuple(self.duals.get("abandoned", {}).items())
        return c, box.most_here, self.value, needs, told, *(a.tobytes() for a in arrays)


@dataclass
class Bounds:
    """Bounds of leaves of one proof.

    Leaves differ in little: what was found for one is kept for the next, lists of splits, options,
    ranges of calls and prices to begin with, and the campaigns that are the same.
    """

    world: World
    proof: Proof
    end: float = float("inf")  # on the clock of time.monotonic, for what takes long
    #: Whether every maximum so far was found exactly: else a claim may hold though it is not shown.
    exact: bool = True
    _splits: list[Splits | None] = field(default_factory=list)  # of each campaign, where listed
    _known: dict[tuple[object, ...], float] = field(default_factory=dict)
    _ranges: dict[object, Ranges | None] = field(default_factory=dict)
    _prices: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        campaigns = self.world.problem.campaigns
        index, shape = self.world.problem.campaign_index, (len(campaigns), len(KINDS))
        self.most = np.zeros(shape, np.int64)
        for name, kind, lines in self.proof.most:
            self.most[index[name], KINDS.index(kind)] = lines
        self._lists = Lists(self.world, self.most)
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
        self._splits = [self._lists.of(c, box) for c in range(len(world.problem.campaigns))]
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
        total += self._needed(duals, short) + self._dial_limits(duals)
        charges = self._charges(rows, duals)
        cases = [
            _Case(c, box, charges[:, c], share, short[c], duals, value)
            for c in range(len(world.problem.campaigns))
        ]
        for case in cases:
            if not self._is_loose(case.campaign):
                own = self._exactly(case)
                if own == NEVER:
                    return NEVER
                total += own
        loose = [case for case in cases if self._is_loose(case.campaign)]
        self.exact = self.exact and not loose
        # Campaigns that are bounded only, in sum: as close as the claim needs it.
        return self._left_out(loose, total) if feasibility else self._worthy(loose, total)

    def _worthy(self, cases: list[_Case], before: float) -> float:
        """What the claim leaves after all that the search says they are worth need not be saved."""
        told = [self._target(case) for case in cases]
        claim = NEVER if self.proof.bound is None else self.proof.bound
        spare = max(claim - before - sum(told), 0.0) if np.isfinite(sum(told)) else 0.0
        total = before
        for case, target in zip(cases, told, strict=True):
            own = self._roughly(case, target + spare)
            if own == NEVER:
                return NEVER
            spare = max(spare + target - own, 0.0) if np.isfinite(target) else 0.0
            total += own
        return total

    def _left_out(self, cases: list[_Case], before: float) -> float:
        """Where a plan may leave campaigns out, at one each: none is worth less than that.

        Prices of the rows alone may show that there is none; else a campaign without any split.
        """
        owns = [self._roughly(case, NEVER) for case in cases]
        for most_split in IN_TURN:
            for i, case in enumerate(cases):
                total = before + sum(owns)
                if NEVER in owns:  # one without any split
                    return NEVER
                if total < SURELY:
                    return total
                owns[i] = min(owns[i], self._roughly(case, -LEFT_OUT, most_split))
        return before + sum(owns)

    def _target(self, case: _Case) -> float:
        """What the search says that the splits of a campaign are worth at the most."""
        name = self.world.problem.campaigns[case.campaign].campaign_id
        return float(case.duals.get("campaigns", {}).get(name, NEVER))

    def _is_loose(self, c: int) -> bool:
        """Whether the splits of a campaign are tied together, and too many to be listed."""
        campaign = self.world.problem.campaigns[c]
        limited = campaign.max_abandon_rate is not None and campaign.is_live_transfer
        return (campaign.least_surviving_share > 0 or limited) and self._splits[c] is None

    def _charges(self, rows: list[tuple[float, Row]], duals: dict[str, Any]) -> Floats:
        """Price of a dial line, an agent line and an attempt ``[3, campaign, dialer]``."""
        problem = self.world.problem
        charge: Floats = np.zeros((3, len(problem.campaigns), len(problem.dialers)))
        for price, row in rows:
            for kind, each in enumerate((row.dial, row.agent, row.attempt)):
                charge[kind] += price * each
        for name, price in duals["dial_lines"].items():
            charge[0, problem.campaign_index[name]] += float(price)
        for c in {c for c, *_ in self._prices_of_needs(duals)}:
            charge[:, c] -= self._credit(c, duals, charge.shape[2:])
        return charge

    def _prices_of_needs(self, duals: dict[str, Any]) -> list[tuple[int, int, int, float]]:
        """Campaign, kind, which of its floors, and price, of what is a row of the master.

        Where splits are listed, what each misses is known: no row for it bounds them closer.
        """
        index = self.world.problem.campaign_index
        found = []
        for name, kind, place, price in duals.get("needs", []):
            if price < 0:
                raise ValueError(f"a price of what {name} must reach, below 0")
            if self._splits[index[name]] is None:
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

    def _exactly(self, case: _Case) -> float:
        """Largest value of a campaign's splits in the box, less what they are charged."""
        known = self._known.get(case.key())
        if known is None:
            known = self._largest(case)
            self._known[case.key()] = known
        return known

    def _largest(self, case: _Case) -> float:
        listed = self._splits[case.campaign]
        if listed is not None:
            return largest_listed(
                self.world, case.box, case.campaign, self.proof.move_cost,
                case.charge, case.share, case.short, listed, case.value,
            )  # fmt: skip
        options = self._lists.options(case.campaign, case.box)
        if any(len(o.dial) == 0 for o in options):
            return NEVER
        missing, least = self._missing(case.campaign, case.short)
        agents = self._agents(case.campaign)
        return largest_by_programme(self._worths(case, options), options, agents, least, missing)

    def _roughly(self, case: _Case, target: float, most_split: int | None = None) -> float:
        """An upper bound on what a campaign is worth; about the target or less."""
        known = self._known.get(case.key(), np.inf)
        if known <= target:
            return known
        c, options = case.campaign, self._lists.options(case.campaign, case.box)
        if any(len(o.dial) == 0 for o in options):
            return NEVER
        campaign, worth = self.world.problem.campaigns[c], self._worths(case, options)
        missing, least = self._missing(c, case.short)
        if campaign.least_surviving_share > 0:
            domains = self.world.problem.failure_domains
            asked = Asked(
                agents=self._agents(c),
                least_used=least,
                missing=missing,
                lost=self.world.lost.astype(np.float64),
                share=max(campaign.least_surviving_share - self._allowed(c) - 1e-8, 0.0),
                at_once=min(self.proof.failures, len(domains)),
                domain=tuple(domains.index(d.domain) for d in self.world.problem.dialers),
                call=float(campaign.value),
            )
            # Prices of what is worth something are far off where is only asked for a plan.
            lasting = target not in (NEVER, -LEFT_OUT)
            place = c, case.box.low[c].tobytes(), case.box.high[c].tobytes()
            begun = self._ranges.get(place, self._ranges.get(c)) if lasting else None
            found, ranges = largest_surviving(
                worth, options, asked, target, self.end, begun, most_split
            )
            if lasting:
                self._keep(ranges, place)
        else:
            limit = campaign.max_abandon_rate or 0.0
            found, self._prices[c] = largest_with_abandonment(
                worth, options, self._agents(c), limit, least, missing, target, self._prices.get(c)
            )
        self._known[case.key()] = found
        return found

    def _keep(self, ranges: Ranges | None, place: tuple[int, bytes, bytes]) -> None:
        """Ranges to begin with: the campaign's in the same box, else those of its last one."""
        if len(self._ranges) > MOST_KEPT:
            self._ranges.clear()
        self._ranges[place] = self._ranges[place[0]] = ranges

    def _allowed(self, c: int) -> float:
        """Share of a campaign's calls that may be missing of what must survive."""
        return float(self.most[c, KINDS.index("survivable_share")]) / 100

    def _agents(self, c: int) -> int:
        campaign = self.world.problem.campaigns[c]
        return campaign.agent_lines if campaign.is_live_transfer else 0

    def _worths(self, case: _Case, options: list[Options]) -> list[Floats]:
        """Value of the options of each dialer, less what they are charged."""
        c = case.campaign
        return [
            self._worth(c, d, o, case.charge[:, d], float(case.share[d]), case.value)
            + self._told_calls(c, case.duals, o)
            for d, o in enumerate(options)
        ]

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
