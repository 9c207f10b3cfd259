"""Checks a proof: its boxes hold all plans, and the bound of each leaf follows from its duals."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import REQUIREMENT_RULES, check
from planner.evaluation.proof.bound import Bounds
from planner.evaluation.proof.box import Box, options_in
from planner.evaluation.proof.record import Node, Proof
from planner.evaluation.proof.world import World

#: Claims are compared with this relative rounding.
ROUNDING = 1e-7
#: A box holds no plan where its feasibility bound is below this: a campaign is left out.
NO_PLAN = -1e-7


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    ``bound`` is what is proven, None: that there is no plan; ``whole`` is False where the time
    ended before all leaves were looked at, and then nothing is proven. Where not all maxima were
    ``exact``, a claim that was not shown may hold all the same.
    """

    bound: float | None
    whole: bool
    leaves: int
    fault: str | None = None
    exact: bool = True

    def refutes(self, proof: Proof) -> bool:
        """Whether the claim was found not to hold, rather than only not shown."""
        return self.whole and self.exact and not self.holds(proof)

    def holds(self, proof: Proof) -> bool:
        """Whether the claim of the proof was found to hold."""
        if not self.whole or self.fault is not None:
            return False
        if proof.bound is None or self.bound is None:
            return self.bound is None
        return self.bound <= proof.bound + ROUNDING * (1.0 + abs(proof.bound))


def check_proof(problem: Problem, proof: Proof, seconds: float = float("inf")) -> Verdict:
    """Recompute the bound that a proof proves, from the problem alone.

    Parameters
    ----------
    problem : without campaigns that cannot run
    proof : to be checked; nothing in it is believed but the duals, which may be any
    seconds : after which the check ends without a verdict
    """
    end = time.monotonic() + seconds
    world = World(problem, proof.failures, proof.keep_current)
    bounds = Bounds(world, proof, end)
    highest, leaves = -np.inf, 0
    waiting: list[tuple[int, Box]] = [(0, Box(world.low, world.high))]
    seen: set[int] = set()
    try:
        while waiting:
            place, box = waiting.pop()
            if place in seen or not 0 <= place < len(proof.nodes):
                return Verdict(None, False, leaves, f"node {place} is missing or used twice")
            seen.add(place)
            if np.any(box.low > box.high):
                continue
            node = proof.nodes[place]
            if node.children:
                highest = max(highest, _target(node))
                pairs = zip(node.children, _halves(world, proof, node, box), strict=True)
                waiting += list(pairs)
                continue
            if time.monotonic() > end:
                return Verdict(None, False, leaves)
            leaves += 1
            highest = max(highest, _leaf(bounds, node, box))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        return Verdict(None, False, leaves, str(error))
    bound = None if highest == -np.inf else float(highest)
    return Verdict(bound, True, leaves, exact=bounds.exact)


def _leaf(bounds: Bounds, node: Node, box: Box) -> float:
    """Bound of a leaf; -inf where it holds no plan."""
    if np.array_equal(box.low, box.high) and _breaks_a_limit(bounds, _plan(bounds, box.low)):
        return -np.inf
    if node.duals is None:
        raise ValueError("a leaf without duals")
    if not node.empty:
        found = bounds.at(box, node.duals, feasibility=False)
        claim = bounds.proof.bound
        return found if claim is None or found <= claim else min(found, _worth(bounds, box))
    found = bounds.at(box, node.duals, feasibility=True)
    if found >= NO_PLAN:
        raise ValueError(f"a leaf is said to hold no plan, and may hold one: {found:.3g}")
    return -np.inf


def _worth(bounds: Bounds, box: Box) -> float:
    """Value of the only plan of a box, which duals tell but for rounding; inf if there are more."""
    proof, world = bounds.proof, bounds.world
    if proof.counted is not None:
        return np.inf
    lines = np.zeros_like(box.low)
    for c, d in np.ndindex(lines.shape[:2]):
        there = options_in(world, box, c, d)
        if len(there.dial) != 1:
            return np.inf
        lines[c, d] = there.dial[0], there.agent[0]
    found = evaluate(
        world.problem,
        _plan(bounds, lines),
        proof.redundancy,
        failures=proof.failures,
        move_cost=proof.move_cost,
    )
    return found.value.value_per_hour


def _plan(bounds: Bounds, lines: NDArray[np.int64]) -> LinePlan:
    """The plan of (dial, agent) lines ``[campaign, dialer, 2]``."""
    problem = bounds.world.problem
    there = tuple(
        LineAssignment(
            campaign_id=campaign.campaign_id,
            dialer_id=dialer.dialer_id,
            dial_lines=int(lines[c, d, 0]),
            agent_lines=int(lines[c, d, 1]),
        )
        for c, campaign in enumerate(problem.campaigns)
        for d, dialer in enumerate(problem.dialers)
        if lines[c, d].any()
    )
    return LinePlan(assignments=there)


def _breaks_a_limit(bounds: Bounds, plan: LinePlan) -> bool:
    """Whether a plan breaks a limit that is never given up."""
    found = check(bounds.world.problem, plan, failures=bounds.proof.failures)
    soft = REQUIREMENT_RULES if bounds.most.any() else frozenset()
    return any(breach.rule not in soft for breach in found)


def _target(node: Node) -> float:
    """What plans may be worth that a split leaves out."""
    return -np.inf if node.taken is None else float(node.taken[1])


def _halves(world: World, proof: Proof, node: Node, box: Box) -> tuple[Box, Box]:
    """The two halves of a box that is split."""
    if node.taken is not None:
        return _told_apart(world, proof, box, *node.taken)
    if node.split is None:
        raise ValueError("a node with children that is not split")
    campaign, dialer, what, at = node.split
    place = (
        world.problem.campaign_index[campaign],
        world.problem.dialer_index[dialer],
        ("dial", "agent").index(what),
    )
    low, high = box.low.copy(), box.high.copy()
    high[place] = min(high[place], int(at))
    low[place] = max(low[place], int(at) + 1)
    return replace(box, high=high), replace(box, low=low)


def _told_apart(
    world: World, proof: Proof, box: Box, taken: float, target: float
) -> tuple[Box, Box]:
    """Plans worth more than the target of which the worst failure takes at most so much, or more.

    Where failures at once take k of G domains, they take any one and, of the others, no less than
    the average: one that earns ``x`` of ``total`` is taken with at least
    ``x + (k-1)/(G-1) (total - x)``.
    """
    problem = world.problem
    if any(d.cost_per_attempt or d.cost_per_talk_minute for d in problem.dialers):
        raise ValueError("plans told apart by what failures take, where calls cost")
    if proof.counted is not None or proof.redundancy <= 0:
        raise ValueError("plans told apart by what failures take, which does not count")
    domains = len(problem.failure_domains)
    others = (min(proof.failures, domains) - 1) / max(domains - 1, 1)
    total = max(target + proof.redundancy * box.least_taken, 0.0)
    most = np.inf if others >= 1 else (taken - others * total) / (1 - others)
    most = most * (1 + 1e-9) + 1e-9
    less = replace(box, most_here=min(box.most_here, most))
    return less, replace(box, least_taken=max(box.least_taken, taken))
