"""The steps of a planning run: search, nearest plan, checked bound, simulation beside it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from planner.compiling.compilation import COMPILATION
from planner.contracts.answers import Conflict, NearestPlan, NeededSearch, ProofCheck
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import (
    PlanOptions,
    PlanResult,
    PlanStatus,
    Progress,
    relative_gap,
)
from planner.contracts.values.told import amount
from planner.evaluation.differences import changes

if TYPE_CHECKING:
    from planner.evaluation.proof.check import Verdict
    from planner.evaluation.proof.record import Proof
    from planner.optimize.nearest import Nearest, Sum
    from planner.optimize.search_result import SearchResult


_log = logging.getLogger(__name__)

#: A proof is checked in this time [s], or in this share of what the search took.
LONGEST_CHECK, CHECKING_SHARE = 2.0, 0.25
#: Time left to a round after a correction at the least, so that it returns a plan [s].
SHORTEST_ROUND = 2.0
#: For so large a part of its time a search without any plan goes on; the rest is for the nearest.
SHARE_WITHOUT_PLAN = 0.5
#: Of a time limit below this a round still takes as long as it needs for a plan [s].
SHORTEST_LIMIT = 0.5


def beside_lines(problem: Problem, result: PlanResult, at: datetime) -> dict[str, object]:
    """Who sits where, which lists are done in time, and what comes only when it is run."""
    from planner.evaluation.arrays import PlanArrays
    from planner.evaluation.limits.pool_use import seated
    from planner.evaluation.running.losses import losses
    from planner.evaluation.running.stopped import stopped_values
    from planner.projection.hours.finish import finishes

    assert result.plan is not None
    plan, pools = seated(problem, result.plan)
    attempts = PlanArrays(problem, plan).rates.attempts.sum(axis=1).tolist()
    return {
        "plan": plan,
        "pools": pools,
        "finish": finishes(problem, attempts, at),
        "stopped": stopped_values(problem, plan),
        "losses": losses(problem, plan),
    }


def what_is_given_up(problem: Problem, options: PlanOptions, found: Found) -> dict[str, object]:
    """What a relaxed plan gives up, and its status; nothing of any other."""
    from planner.evaluation.limits.keepers import with_keepers
    from planner.optimize.shortfalls import asked_of, given_up

    if not found.gives_up or found.outcome.plan is None:
        return {}
    least = {(s.priority, s.kind): s.least for s in found.sums}
    asked = asked_of(problem, options.failures)
    told = tuple(given_up(problem, asked, found.outcome.plan, least))
    told = with_keepers(problem, found.outcome.plan, told)
    return {
        "given_up": told,
        "needed_search": NeededSearch.NOT_SOUGHT,
        "status": PlanStatus.RELAXED,
    }


def with_checked_bound(
    problem: Problem,
    result: PlanResult,
    found: Found,
    on_proof: Callable[[Sequence[Proof]], None],
) -> PlanResult:
    """The result with what its bound rests on, checked by another program within a short time.

    A bound that does not hold is a fault of ours and is not shown: what the check proves is.
    """
    from planner.evaluation.proof.check import check_proof

    proofs = found.proofs
    if proofs is None and not problem.campaigns and result.bound_per_hour == 0:
        told = ProofCheck(boxes=0, leaves=0, checked=True, checked_bound_per_hour=0.0)
        return result.model_copy(update={"proof": told})  # nobody can run: nothing is the most
    if proofs is None:
        why = "the checker does not know every row of this search"
        return result.model_copy(
            update={"proof": ProofCheck(boxes=0, leaves=0, checked=None, why=why)}
        )
    on_proof(proofs)
    start = time.monotonic()
    allowed = max(LONGEST_CHECK, CHECKING_SHARE * result.seconds)
    verdicts = []
    for proof in proofs:
        left = allowed - (time.monotonic() - start)
        verdicts.append(check_proof(problem, proof, max(left, 0.0)))
    pairs = list(zip(verdicts, proofs, strict=True))
    whole = all(v.holds(p) or v.refutes(p) for v, p in pairs)
    told = ProofCheck(
        boxes=sum(len(p.nodes) for p in proofs),
        leaves=sum(v.leaves for v in verdicts),
        checked=all(v.holds(p) for v, p in pairs) if whole else None,
        checked_bound_per_hour=verdicts[-1].bound if whole else None,
        seconds=time.monotonic() - start,
        why="" if whole else _why_not_checked(pairs),
    )
    update: dict[str, object] = {"proof": told}
    if told.checked is False and result.value is not None:
        _log.error("a bound does not hold: %s", [v.bound for v in verdicts])
        value, bound = result.value.value_per_hour, verdicts[-1].bound
        bound = None if bound is None else max(bound, value)
        gap = None if bound is None else relative_gap(value, bound)
        update |= {"bound_per_hour": bound, "gap": gap, "status": PlanStatus.FEASIBLE}
    return result.model_copy(update=update)


def _why_not_checked(pairs: Sequence[tuple[Verdict, Proof]]) -> str:
    """Why a claim was neither shown nor refuted."""
    for verdict, proof in pairs:
        if verdict.fault:
            return verdict.fault
        if verdict.whole and not verdict.holds(proof):
            shown = "that there may be a plan" if verdict.bound is None else amount(verdict.bound)
            return f"the checker shows only {shown} of splits too many to be looked at one by one"
    return "the time ended first"


def beside_simulation(problem: Problem, result: PlanResult, stop: Callable[[], bool]) -> PlanResult:
    """The result with what its simulation says in the long run, where its tables are not exact.

    A plan whose simulation breaks a limit is not called optimal.
    """
    from planner.evaluation.simulated import limits_broken, simulated_value
    from planner.projection.project import plan_figures

    assert result.plan is not None
    if stop():
        return result
    rows = plan_figures(with_plan(problem, result.plan), result.options.seed, passages=False)
    value = simulated_value(problem, rows)
    if value is None:
        return result
    known = {(item.campaign_id, item.requirement) for item in result.given_up}
    found = limits_broken(problem, result.plan, rows, result.options.failures)
    broken = tuple(item for item in found if (item.campaign_id, item.limit) not in known)
    demoted = bool(broken) and result.status is PlanStatus.OPTIMAL
    return result.model_copy(
        update={
            "simulated": rows,
            "simulated_value_per_hour": value.value,
            "simulated_value_per_hour_low": value.low,
            "simulated_value_per_hour_high": value.high,
            "limits_broken": broken,
            "status": PlanStatus.FEASIBLE if demoted else result.status,
        }
    )


@dataclass(frozen=True)
class Found:
    """What a search found: the plan asked for, else with ``relax`` the nearest one.

    ``nearest`` stands beside where there is no plan as asked for.
    """

    outcome: SearchResult
    nearest: Nearest | None = None
    gives_up: bool = False

    @property
    def proofs(self) -> tuple[Proof, ...] | None:
        """All claims that the answer rests on; None where one cannot be written down."""
        outcomes = [self.outcome]
        if self.gives_up and self.nearest is not None:
            outcomes = [*(s.outcome for s in self.nearest.sums if s.outcome), self.nearest.outcome]
        proofs = [outcome.proof for outcome in outcomes]
        return None if None in proofs else tuple(p for p in proofs if p is not None)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """The sums of shortfalls of the nearest plan."""
        return () if self.nearest is None else self.nearest.sums


def find_plan(
    problem: Problem,
    options: PlanOptions,
    clock: Clock,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool],
    first: bool = False,
) -> Found:
    """The plan asked for, and the nearest one where there is none; ``first``: soon, not close."""
    from planner.optimize.nearest import nearest_plan
    from planner.pipeline.first_answer import first_answer

    if first:
        outcome = first_answer(problem, options, on_progress, stop)
    else:
        outcome = _optimize_while_there_is_hope(problem, options, clock, on_progress, stop)
    if outcome.plan is not None or stop():
        return Found(outcome)
    nearest = nearest_plan(problem, clock.limited(options), on_progress, stop)
    if nearest.outcome.plan is None:
        return Found(outcome, nearest)
    if not nearest.gives_up:
        return Found(nearest.outcome)
    infeasible = outcome.infeasible or nearest.must_give_up
    if options.relax:
        return Found(nearest.outcome, nearest, gives_up=True)
    return Found(replace(outcome, infeasible=infeasible), nearest)


def _optimize_while_there_is_hope(
    problem: Problem,
    options: PlanOptions,
    clock: Clock,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> SearchResult:
    """The search for the plan asked for, which leaves time for the nearest while it has none."""
    from planner.optimize.search import optimize

    limited, found = clock.limited(options), False
    turn = clock.spent + SHARE_WITHOUT_PLAN * limited.time_limit

    def heard(progress: Progress) -> None:
        nonlocal found
        found = found or progress.value_per_hour is not None
        on_progress(progress)

    return optimize(problem, limited, heard, lambda: stop() or (not found and clock.spent > turn))


class Clock:
    """How long a run takes; its time limit does not count what compiling took."""

    def __init__(self) -> None:
        self._start, self._compiled = time.monotonic(), COMPILATION.seconds

    @property
    def seconds(self) -> float:
        """Since the start, all told [s]."""
        return time.monotonic() - self._start

    @property
    def spent(self) -> float:
        """Since the start, but for compiling [s]."""
        return self.seconds - (COMPILATION.seconds - self._compiled)

    def limited(self, options: PlanOptions) -> PlanOptions:
        """The options with what is left of the time limit."""
        shortest = SHORTEST_ROUND
        if options.time_limit >= SHORTEST_LIMIT:  # who asks for a second waits no longer
            shortest = min(shortest, options.time_limit)
        left = max(options.time_limit - self.spent, shortest)
        return options.model_copy(update={"time_limit": left})


def without_plan(
    problem: Problem,
    options: PlanOptions,
    found: Found,
    clock: Clock,
    stop: Callable[[], bool],
) -> PlanResult:
    """The result where there is no plan: why, and the nearest one."""
    from planner.optimize.infeasible.causes import common_causes
    from planner.optimize.infeasible.conflicts import explained_conflicts
    from planner.optimize.infeasible.needed import tried_ways

    outcome = found.outcome
    conflicts: tuple[Conflict, ...] = ()
    together = None
    if outcome.infeasible:
        limited = clock.limited(options)
        found_out = explained_conflicts(problem, limited, proven=True, stop=stop)
        conflicts = found_out.conflicts
        if found_out.together is not None:
            together = tried_ways(problem, options, found_out.together, stop)
        if len(conflicts) > 1 or not any(c.relaxations for c in conflicts):
            causes = common_causes(problem, clock.limited(options), stop)
            conflicts = (*causes, *conflicts)
    return PlanResult(
        status=PlanStatus.INFEASIBLE if outcome.infeasible else PlanStatus.NO_PLAN,
        options=options,
        bound_per_hour=outcome.bound,
        conflicts=conflicts,
        repair_together=together,
        nearest=_nearest(problem, options, found.nearest),
        seconds=clock.seconds,
        stopped_early=outcome.stopped_early,
    )


def _nearest(
    problem: Problem,
    options: PlanOptions,
    nearest: Nearest | None,
) -> NearestPlan | None:
    from planner.evaluation.limits.keepers import with_keepers
    from planner.optimize.shortfalls import asked_of, given_up

    if nearest is None or nearest.outcome.plan is None:
        return None
    least = {(s.priority, s.kind): s.least for s in nearest.sums}
    plan, value = nearest.outcome.plan, nearest.outcome.value or 0.0
    asked = asked_of(problem, options.failures)
    return NearestPlan(
        plan=plan,
        value_per_hour=value,
        bound_per_hour=max(nearest.outcome.bound or value, value),
        given_up=with_keepers(problem, plan, tuple(given_up(problem, asked, plan, least))),
    )


def with_plan_found(
    problem: Problem, options: PlanOptions, outcome: SearchResult, clock: Clock
) -> PlanResult:
    """The result of a plan that was found, by the planning tables."""
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.tables_error import expected_value
    from planner.projection.planned import table_figures

    assert outcome.plan is not None
    found = evaluate(
        problem,
        outcome.plan,
        options.redundancy,
        failures=options.failures,
        move_cost=options.move_cost,
    )
    value = found.value.value_per_hour
    bound = value if outcome.bound is None else max(outcome.bound, value)
    gap = relative_gap(value, bound)
    proven = gap <= max(options.gap, 1e-9)
    expected = expected_value(problem, outcome.plan)
    return PlanResult(
        expected_value_per_hour=None if expected is None else expected.value,
        expected_value_per_hour_low=None if expected is None else expected.low,
        expected_value_per_hour_high=None if expected is None else expected.high,
        status=PlanStatus.OPTIMAL if proven else PlanStatus.FEASIBLE,
        options=options,
        plan=outcome.plan,
        value=found.value,
        bound_per_hour=bound,
        gap=gap,
        figures=table_figures(with_plan(problem, outcome.plan)),
        campaigns=found.campaigns,
        dialers=found.dialers,
        changes=changes(problem, outcome.plan),
        stages=outcome.stages,
        seconds=clock.seconds,
        stopped_early=outcome.stopped_early,
    )


def with_moves(problem: Problem, result: PlanResult, at: datetime | None) -> PlanResult:
    """The result with the moves from the current lines to the plan, in order."""
    from planner.evaluation.moves.ordered import ordered_moves

    assert result.plan is not None
    found = ordered_moves(problem, problem.assignments, result.plan, result.options, at=at)
    return result.model_copy(
        update={"moves": found.moves, "value_before_moves": found.value_before}
    )


def with_plan(problem: Problem, line_plan: LinePlan) -> Problem:
    """The problem with a plan's lines as its assignments."""
    return problem.model_copy(update={"assignments": line_plan.assignments})
