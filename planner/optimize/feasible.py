"""Whether there is any plan at all, by counting first and by the search where that cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from planner.optimize.search import optimize
from planner.plan import LinePlan, PlanOptions
from planner.problem import Campaign, LineAssignment, Problem
from planner.throughput import Correction, corrected_rates
from planner.verify import Corrections, check

#: A trial may take so long [s]: a safety net, most take milliseconds.
TRIAL_SECONDS = 5.0
#: Work limit of a counting trial, which decides before the clock does.
COUNTING_WORK = 5.0
#: Attempts are counted in whole millionths of a call an hour.
_ATTEMPT_UNIT = 1e-6
_ATTEMPTS_PER_CPS = 3600.0


@dataclass(frozen=True)
class _Block:
    """The least lines with which a campaign runs on a dialer, and their attempts an hour."""

    dial_lines: int
    agent_lines: int
    attempts: float


def is_infeasible(problem: Problem, options: PlanOptions, corrections: Corrections) -> bool | None:
    """Whether a problem has no plan; None where that could not be told in time.

    All limits of a problem keep lines away. So a plan of least blocks (``min_agent_lines`` agent
    lines and as many dial lines) on chosen dialers is looked for first: where one passes the
    checker, there is a plan; where not even blocks can be placed, with the limits that are not
    about rates, there is none. Only in between does the search decide.

    Parameters
    ----------
    problem : whose assignments are all locks, on dialers in service
    """
    if not problem.campaigns:
        return False
    if _has_impossible_lock(problem):
        return True
    blocks = [_block(c, corrections) for c in problem.campaigns]
    found, _ = _place_blocks(problem, blocks, cautious=True)
    if found is not None and not check(problem, found, corrections, options.failures):
        return False
    _, proven = _place_blocks(problem, blocks, cautious=False)
    if proven:
        return True
    tried = options.model_copy(
        update={
            "gap": 1.0,
            "time_limit": TRIAL_SECONDS,
            "redundancy": 0.0,
            "move_cost": 0.0,
            "keep_current": False,
        }
    )
    outcome = optimize(problem, tried, corrections=corrections)
    if outcome.infeasible:
        return True
    return None if outcome.plan is None else False


def _has_impossible_lock(problem: Problem) -> bool:
    """A lock that breaks a limit all by itself, whatever else the plan does."""
    campaigns = {c.campaign_id: c for c in problem.campaigns}
    for item in problem.assignments:
        if not (item.dial_lines or item.agent_lines):
            continue
        campaign = campaigns[item.campaign_id]
        dialer = problem.dialers[problem.dialer_index[item.dialer_id]]
        least = campaign.min_agent_lines if campaign.is_live_transfer else 0
        fits = least <= item.agent_lines <= item.dial_lines
        if not campaign.is_live_transfer:
            fits = item.agent_lines == 0
        if not fits or not problem.may_use(campaign, dialer):
            return True
    return False


def _block(campaign: Campaign, corrections: Corrections) -> _Block:
    agents = campaign.min_agent_lines if campaign.is_live_transfer else 0
    lines = max(agents, 1)
    correction = corrections.get(campaign.campaign_id, Correction())
    attempts = corrected_rates(campaign, [lines], [agents], correction).attempts[0]
    return _Block(lines, agents, float(attempts))


class _Counting:
    """Which dialers get a block of which campaign, as a 0-1 model."""

    def __init__(self, problem: Problem, blocks: list[_Block]) -> None:
        self.problem = problem
        self.blocks = blocks
        self.model = cp_model.CpModel()
        self.lock = {(a.campaign_id, a.dialer_id): a for a in problem.assignments}
        self.used: dict[tuple[int, int], cp_model.IntVar] = {}
        for c, campaign in enumerate(problem.campaigns):
            for d, dialer in enumerate(problem.dialers):
                fixed = (campaign.campaign_id, dialer.dialer_id) in self.lock
                if not fixed and problem.may_use(campaign, dialer):
                    self.used[c, d] = self.model.new_bool_var("")

    def locked(self, c: int, d: int) -> LineAssignment | None:
        """The locked lines of a campaign on a dialer; None if there are none."""
        names = self.problem.campaigns[c].campaign_id, self.problem.dialers[d].dialer_id
        item = self.lock.get(names)
        return item if item is not None and item.dial_lines else None

    def ports(self, c: int, d: int) -> int:
        """Ports that a block takes on a dialer."""
        block, dialer = self.blocks[c], self.problem.dialers[d]
        return block.dial_lines + block.agent_lines * dialer.agent_lines_use_ports

    def dialers_of(self, c: int) -> Iterator[int]:
        """Dialers on which a campaign may get a block."""
        return (d for d in range(len(self.problem.dialers)) if (c, d) in self.used)


def _place_blocks(
    problem: Problem, blocks: list[_Block], *, cautious: bool
) -> tuple[LinePlan | None, bool]:
    """A placement of blocks, if there is one; and whether it is proven that there is none.

    Cautious, it leaves out what a checker would refuse: too many calls per second, and campaigns
    that must survive with too much in one failure domain. Otherwise it asks for no more than every
    plan must have.
    """
    counting = _Counting(problem, blocks)
    _hold_ports(counting)
    for c, campaign in enumerate(problem.campaigns):
        if not _hold_campaign(counting, c):
            return None, True
        if campaign.survivable_share > 0:
            if cautious:
                _spread_evenly(counting, c)
            elif not _spread_at_all(counting, c):
                return None, True
    if cautious:
        _hold_speed(counting)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False
    solver.parameters.max_deterministic_time = COUNTING_WORK
    solver.parameters.max_time_in_seconds = TRIAL_SECONDS
    status = solver.solve(counting.model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _blocks_plan(counting, solver), False
    return None, status == cp_model.INFEASIBLE


def _hold_ports(counting: _Counting) -> None:
    """Ports of each dialer and channels of each trunk group, locks counted."""
    problem, campaigns = counting.problem, range(len(counting.problem.campaigns))
    free: NDArray[np.int64] = np.array([d.ports for d in problem.dialers], dtype=np.int64)
    for d, dialer in enumerate(problem.dialers):
        for item in (counting.locked(c, d) for c in campaigns):
            if item is not None:
                free[d] -= item.dial_lines + item.agent_lines * dialer.agent_lines_use_ports
    taken = [
        [counting.ports(c, d) * counting.used[c, d] for c in campaigns if (c, d) in counting.used]
        for d in range(len(problem.dialers))
    ]
    for d, terms in enumerate(taken):
        counting.model.add(sum(terms) <= int(free[d]))
    for group in problem.trunk_groups:
        members = [d for d, x in enumerate(problem.dialers) if x.trunk_group == group.trunk_group]
        locked = sum(problem.dialers[d].ports - int(free[d]) for d in members)
        if members:
            terms = [term for d in members for term in taken[d]]
            counting.model.add(sum(terms) <= group.channels - locked)


def _hold_campaign(counting: _Counting, c: int) -> bool:
    """Agent lines, dial lines and dialers of a campaign; False where they cannot be held."""
    campaign, block = counting.problem.campaigns[c], counting.blocks[c]
    locks = [k for d in range(len(counting.problem.dialers)) if (k := counting.locked(c, d))]
    used = [counting.used[c, d] for d in counting.dialers_of(c)]
    agents = sum(k.agent_lines for k in locks)
    if campaign.is_live_transfer:
        counting.model.add(block.agent_lines * sum(used) <= campaign.agent_lines - agents)
        if agents > campaign.agent_lines:
            return False
    if campaign.max_dial_lines is not None:
        lines = campaign.max_dial_lines - sum(k.dial_lines for k in locks)
        counting.model.add(block.dial_lines * sum(used) <= lines)
    if campaign.min_dialers > len(used) + len(locks):
        return False
    counting.model.add(sum(used) >= campaign.min_dialers - len(locks))
    return True


def _spread_evenly(counting: _Counting, c: int) -> None:
    """Equal blocks: no failure domain has more of them than may be lost."""
    campaign, problem = counting.problem.campaigns[c], counting.problem
    if any(counting.locked(c, d) for d in range(len(problem.dialers))):
        return  # unequal ones: the checker tells
    parts = 1_000_000
    may_be_lost = math.floor((1 - campaign.survivable_share) * parts + 1e-3)
    used = [counting.used[c, d] for d in counting.dialers_of(c)]
    for members in _by_domain(counting, c).values():
        here = [counting.used[c, d] for d in members if (c, d) in counting.used]
        counting.model.add(parts * sum(here) <= may_be_lost * sum(used))


def _spread_at_all(counting: _Counting, c: int) -> bool:
    """Of k failure domains in use one has at least 1/k of the calls: k >= 1 / (1 - share).

    Says nothing of campaigns whose calls nobody handles: nothing of them can be lost.
    """
    campaign, block = counting.problem.campaigns[c], counting.blocks[c]
    if campaign.survivable_share >= 1:
        needed = len(counting.problem.dialers) + 1
    else:
        needed = math.ceil(1 / (1 - campaign.survivable_share) - 1e-6)
    answered = campaign.transfer_probability if campaign.is_live_transfer else campaign.answer_rate
    if answered == 0 or block.attempts == 0:
        return True
    in_use: list[cp_model.IntVar | int] = []
    for members in _by_domain(counting, c).values():
        if any(counting.locked(c, d) for d in members):
            in_use.append(1)
            continue
        some = counting.model.new_bool_var("")
        counting.model.add(some <= sum(counting.used[c, d] for d in members))
        in_use.append(some)
    if len(in_use) < needed:
        return False
    counting.model.add(sum(in_use) >= needed)
    return True


def _by_domain(counting: _Counting, c: int) -> dict[str, list[int]]:
    """Dialers on which a campaign has a lock or may get a block, by failure domain."""
    found: dict[str, list[int]] = {}
    for d, dialer in enumerate(counting.problem.dialers):
        if (c, d) in counting.used or counting.locked(c, d):
            found.setdefault(dialer.domain, []).append(d)
    return found


def _hold_speed(counting: _Counting) -> None:
    """Calls per second of blocks; those of locks are left to the checker."""
    problem = counting.problem
    limits = [([d], x.cps) for d, x in enumerate(problem.dialers) if x.cps is not None]
    for group in problem.trunk_groups:
        if group.cps is not None:
            members = [
                d for d, x in enumerate(problem.dialers) if x.trunk_group == group.trunk_group
            ]
            limits.append((members, group.cps))
    for members, cps in limits:
        terms = [
            math.ceil(counting.blocks[c].attempts / _ATTEMPT_UNIT) * counting.used[c, d]
            for c in range(len(problem.campaigns))
            for d in members
            if (c, d) in counting.used
        ]
        if terms:
            most = min(cps * _ATTEMPTS_PER_CPS, 1e9) / _ATTEMPT_UNIT
            counting.model.add(sum(terms) <= math.floor(most))


def _blocks_plan(counting: _Counting, solver: cp_model.CpSolver) -> LinePlan:
    lines = [item for item in counting.problem.assignments if item.dial_lines]
    for (c, d), used in counting.used.items():
        if solver.value(used):
            lines.append(
                LineAssignment(
                    campaign_id=counting.problem.campaigns[c].campaign_id,
                    dialer_id=counting.problem.dialers[d].dialer_id,
                    dial_lines=counting.blocks[c].dial_lines,
                    agent_lines=counting.blocks[c].agent_lines,
                )
            )
    return LinePlan(assignments=tuple(lines))
