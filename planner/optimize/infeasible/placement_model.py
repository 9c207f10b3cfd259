"""Whether blocks of lines can be placed at all: a model in which dialers get them or not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.optimize.infeasible.least_lines import Block, Blocks

#: Work limit of one solve: most take a thousandth of it. Building the model counts as so much work
#: for each campaign and dialer.
SOLVE_WORK, WORK_OF_A_CELL = 0.3, 6e-5
#: A safety net for a solve [s].
SOLVE_SECONDS = 5.0
#: Attempts are counted in whole millionths of a call an hour.
_ATTEMPT_UNIT = 1e-6
_ATTEMPTS_PER_CPS = 3600.0
#: Abandoned calls are counted in whole thousandths of a call an hour.
_RELIEF_UNIT = 1e-3
_PARTS = 1_000_000


class Placed(NamedTuple):
    """A placement of blocks, if one was found; whether there is proven none; work it took."""

    plan: LinePlan | None
    impossible: bool
    work: float


class _Option(NamedTuple):
    """Lines that a campaign may get on a dialer, and what they do there."""

    chosen: Any
    dial_lines: int
    agent_lines: int
    attempts: float
    relief: float


def place_blocks(problem: Problem, blocks: Blocks, *, cautious: bool, failures: int = 1) -> Placed:
    """Place blocks, if that is possible.

    Cautious, it leaves out what a checker would refuse: campaigns that must survive with too much
    in one failure domain. Otherwise it asks for no more than every plan must have, so that where
    it fails there is no plan.
    """
    counting = _Counting(problem, blocks, cautious)
    counting.hold_ports()
    for c, campaign in enumerate(problem.campaigns):
        if not counting.hold_campaign(c) or not counting.hold_abandonment(c):
            return Placed(None, True, 0.0)
        if campaign.least_surviving_share > 0:
            if cautious:
                counting.spread_evenly(c, failures)
            elif not counting.spread_at_all(c, failures):
                return Placed(None, True, 0.0)
    counting.hold_speed()
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False
    solver.parameters.cp_model_probing_level = 0  # longer than most solves
    solver.parameters.symmetry_level = 0
    solver.parameters.max_deterministic_time = SOLVE_WORK
    solver.parameters.max_time_in_seconds = SOLVE_SECONDS
    status = solver.solve(counting.model)
    cells = len(problem.campaigns) * len(problem.dialers)
    work = float(solver.response_proto.deterministic_time) + WORK_OF_A_CELL * cells
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Placed(counting.plan(solver), False, work)
    return Placed(None, status == cp_model.INFEASIBLE, work)


class _Counting:
    """Which dialers get which lines of which campaign, as a 0-1 model."""

    def __init__(self, problem: Problem, blocks: Blocks, cautious: bool) -> None:
        self.problem = problem
        self.cautious = cautious
        self.model = cp_model.CpModel()
        self.blocks: list[Block] = [blocks.block(c, problem) for c in problem.campaigns]
        self._made = blocks
        self._lock = {(a.campaign_id, a.dialer_id): a for a in problem.assignments}
        self._options: dict[tuple[int, int], list[_Option]] = {}
        self._excess: dict[int, float] = {}
        for c, campaign in enumerate(problem.campaigns):
            locks = self.locks(c)
            for d, dialer in enumerate(problem.dialers):
                fixed = (campaign.campaign_id, dialer.dialer_id) in self._lock
                if not fixed and problem.may_use(campaign, dialer):
                    self._options[c, d] = list(self._options_of(c, d, locks))

    def locks(self, c: int) -> list[LineAssignment]:
        """The locked lines of a campaign."""
        found = (self.locked(c, d) for d in range(len(self.problem.dialers)))
        return [item for item in found if item is not None]

    def locked(self, c: int, d: int) -> LineAssignment | None:
        """The locked lines of a campaign on a dialer; None if there are none."""
        names = self.problem.campaigns[c].campaign_id, self.problem.dialers[d].dialer_id
        item = self._lock.get(names)
        return item if item is not None and item.dial_lines else None

    def _options_of(self, c: int, d: int, locks: list[LineAssignment]) -> Iterator[_Option]:
        """The block; or lines with more agents where those make up for what locks abandon."""
        campaign, dialer, block = self.problem.campaigns[c], self.problem.dialers[d], self.blocks[c]
        relief = self._made.relief(campaign, locks, dialer.ports, dialer.agent_lines_use_ports)
        attempts = block.attempts if self.cautious else block.least_attempts
        if relief is None:
            chosen = self.model.new_bool_var("")
            yield _Option(chosen, block.dial_lines, block.agent_lines, attempts, 0.0)
            return
        self._excess[c] = relief.excess
        for agents, best, less in zip(
            relief.agent_lines, relief.dial_lines, relief.relief, strict=True
        ):
            lines = best if self.cautious else max(agents, 1)
            yield _Option(self.model.new_bool_var(""), lines, agents, attempts, less)

    def used(self, c: int, d: int) -> Any:
        """1 where a campaign gets lines on a dialer, 0 where not."""
        return sum(option.chosen for option in self._options.get((c, d), ()))

    def _all_used(self, c: int) -> Any:
        return sum(self.used(c, d) for d in range(len(self.problem.dialers)))

    def _places_of(self, c: int) -> int:
        """Dialers on which a campaign may get lines."""
        return sum((c, d) in self._options for d in range(len(self.problem.dialers)))

    def _of_campaign(self, c: int) -> list[_Option]:
        dialers = range(len(self.problem.dialers))
        return [option for d in dialers for option in self._options.get((c, d), ())]

    def hold_ports(self) -> None:
        """Ports of each dialer and channels of each trunk group, locks counted."""
        problem, campaigns = self.problem, range(len(self.problem.campaigns))
        free: NDArray[np.int64] = np.array([d.ports for d in problem.dialers], dtype=np.int64)
        taken: list[list[Any]] = [[] for _ in problem.dialers]
        for d, dialer in enumerate(problem.dialers):
            counts = dialer.agent_lines_use_ports
            for c in campaigns:
                item = self.locked(c, d)
                if item is not None:
                    free[d] -= item.dial_lines + item.agent_lines * counts
                for option in self._options.get((c, d), ()):
                    ports = option.dial_lines + option.agent_lines * counts
                    taken[d].append(ports * option.chosen)
            self.model.add(sum(taken[d]) <= int(free[d]))
        for group in problem.trunk_groups:
            members = [
                d for d, x in enumerate(problem.dialers) if x.trunk_group == group.trunk_group
            ]
            locked = sum(problem.dialers[d].ports - int(free[d]) for d in members)
            if members:
                terms = [term for d in members for term in taken[d]]
                self.model.add(sum(terms) <= group.channels - locked)

    def hold_campaign(self, c: int) -> bool:
        """Agent lines, dial lines and dialers of a campaign; False where they cannot be held."""
        campaign, locks, options = self.problem.campaigns[c], self.locks(c), self._of_campaign(c)
        for (owner, _), here in self._options.items():
            if owner == c and len(here) > 1:
                self.model.add_at_most_one(option.chosen for option in here)
        agents = sum(k.agent_lines for k in locks)
        if campaign.is_live_transfer:
            if agents > campaign.agent_lines:
                return False
            taken = sum(o.agent_lines * o.chosen for o in options)
            self.model.add(taken <= campaign.agent_lines - agents)
        if campaign.max_dial_lines is not None:
            lines = campaign.max_dial_lines - sum(k.dial_lines for k in locks)
            self.model.add(sum(o.dial_lines * o.chosen for o in options) <= lines)
        if campaign.min_dialers > self._places_of(c) + len(locks):
            return False
        self.model.add(self._all_used(c) >= campaign.min_dialers - len(locks))
        return True

    def hold_abandonment(self, c: int) -> bool:
        """Lines elsewhere make up for what locks abandon; False where they cannot."""
        locks = self.locks(c)
        relief = self._made.relief(self.problem.campaigns[c], locks, 0, True)
        if relief is None:
            return True
        options = self._of_campaign(c)
        down, up = (math.floor, math.ceil) if self.cautious else (math.ceil, math.floor)
        terms = [down(o.relief / _RELIEF_UNIT) * o.chosen for o in options]
        if not terms:
            return False
        self.model.add(sum(terms) >= up(relief.excess / _RELIEF_UNIT))
        return True

    def spread_evenly(self, c: int, failures: int) -> None:
        """Equal blocks: no failure domain has more of them than may be lost."""
        campaign, problem = self.problem.campaigns[c], self.problem
        if self.locks(c):
            return  # unequal ones: the checker tells
        may_be_lost = math.floor((1 - campaign.least_surviving_share) / failures * _PARTS + 1e-3)
        for _, members in problem.single_failures:
            here = sum(self.used(c, d) for d in sorted(members))
            self.model.add(_PARTS * here <= may_be_lost * self._all_used(c))

    def spread_at_all(self, c: int, failures: int) -> bool:
        """Of k failure domains in use, f of them have at least f/k of the calls: k >= f / (1 - s).

        Says nothing of campaigns whose calls nobody handles: nothing of them can be lost. One that
        may be without lines needs these domains only where it has some.
        """
        campaign, block = self.problem.campaigns[c], self.blocks[c]
        live = campaign.is_live_transfer
        answered = campaign.transfer_probability if live else campaign.answer_rate
        if answered == 0 or block.attempts == 0:
            return True
        needed = math.inf
        if campaign.least_surviving_share < 1:
            needed = math.ceil(failures / (1 - campaign.least_surviving_share) - 1e-6)
        in_use: list[Any] = []
        for domain in self.problem.failure_domains:
            members = [d for d, x in enumerate(self.problem.dialers) if x.domain == domain]
            if any(self.locked(c, d) for d in members):
                in_use.append(1)
            elif any((c, d) in self._options for d in members):
                some = self.model.new_bool_var("")
                self.model.add(some <= sum(self.used(c, d) for d in members))
                in_use.append(some)
        must_run = campaign.min_dialers >= 1 or bool(self.locks(c))
        if len(in_use) < needed:
            if not must_run:
                self.model.add(self._all_used(c) == 0)
            return not must_run
        for d in [None] if must_run else range(len(self.problem.dialers)):
            runs = 1 if d is None else self.used(c, d)
            self.model.add(sum(in_use) >= int(needed) * runs)
        return True

    def hold_speed(self) -> None:
        """Calls per second, those of locks counted."""
        problem = self.problem
        limits = [([d], x.cps) for d, x in enumerate(problem.dialers) if x.cps is not None]
        for group in problem.trunk_groups:
            if group.cps is not None:
                members = [
                    d for d, x in enumerate(problem.dialers) if x.trunk_group == group.trunk_group
                ]
                limits.append((members, group.cps))
        whole = math.ceil if self.cautious else math.floor
        for members, cps in limits:
            left = cps * (1 + 1e-9) * _ATTEMPTS_PER_CPS
            terms = []
            for c, campaign in enumerate(problem.campaigns):
                for d in members:
                    lock = self.locked(c, d)
                    if lock is not None:
                        left -= self._made.attempts(campaign, lock)
                    for option in self._options.get((c, d), ()):
                        terms.append(whole(option.attempts / _ATTEMPT_UNIT) * option.chosen)
            most = max(min(left, 1e9), -1e9) / _ATTEMPT_UNIT
            self.model.add(sum(terms) <= math.floor(most))

    def plan(self, solver: cp_model.CpSolver) -> LinePlan:
        """The locks and the lines chosen."""
        lines = [item for item in self.problem.assignments if item.dial_lines]
        for (c, d), options in self._options.items():
            for option in options:
                if solver.value(option.chosen):
                    lines.append(
                        LineAssignment(
                            campaign_id=self.problem.campaigns[c].campaign_id,
                            dialer_id=self.problem.dialers[d].dialer_id,
                            dial_lines=option.dial_lines,
                            agent_lines=option.agent_lines,
                        )
                    )
        return LinePlan(assignments=tuple(lines))
