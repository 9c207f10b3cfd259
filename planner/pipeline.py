"""The one path every interface takes: problem -> plan -> check -> projection."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.compilation import COMPILATION
from planner.contracts.limits import MAX_HOURS, MAX_REPLICATIONS, YEARS
from planner.contracts.problem import Problem
from planner.contracts.result import (
    Conflict,
    LinePlan,
    NearestPlan,
    PlanFigures,
    PlanOptions,
    PlanResult,
    PlanStatus,
    Progress,
    Projection,
    ProofCheck,
    TableCorrection,
    relative_gap,
)
from planner.evaluation.differences import changes
from planner.tables.folder import ProblemSource, as_problem

if TYPE_CHECKING:
    from planner.evaluation.proof.record import Proof
    from planner.evaluation.reasons import Explanation
    from planner.optimize.nearest import Nearest, Sum
    from planner.optimize.search import Outcome

_log = logging.getLogger(__name__)
#: Times the optimiser's tables are corrected from a simulation of its plan.
MOST_CORRECTIONS = 3
#: A proof is checked in this time [s], or in this share of what the search took.
LONGEST_CHECK, CHECKING_SHARE = 1.0, 0.1
#: Time left to a round after a correction at the least, so that it returns a plan [s].
SHORTEST_ROUND = 2.0


def plan(
    problem: ProblemSource,
    options: PlanOptions | None = None,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    explained: bool = True,
    at: datetime | None = None,
    in_order: bool = True,
    on_proof: Callable[[Sequence[Proof]], None] = lambda _: None,
) -> PlanResult:
    """Split the lines of every campaign over the dialers.

    Parameters
    ----------
    problem : what is planned, or the path of its folder or workbook
    options : redundancy weight, gap, time limit [s], seed; defaults where None
    on_progress : called with every better plan or bound
    stop : polled; once it says True the best verified plan so far is returned
    explained : also tell what binds, why each line is there, and what one more would bring
    at : the moment from which on it is planned, with a UTC offset; None: now
    in_order : also put the moves from the current lines to the plan in order
    on_proof : called with what the bound rests on: of a relaxed plan also of each sum given up

    Returns
    -------
    PlanResult with status, verified plan, proven bound, gap, figures.

    Raises
    ------
    InputError
        With every fault of what lies at a path; or if numbers are so large that their planning
        tables would exhaust memory.
    PlanFault
        If a plan of ours breaks a limit: a fault in the planner.
    """
    from planner.contracts.faults import PlanFault
    from planner.evaluation.cannot_run import runnable_only
    from planner.evaluation.check import REQUIREMENT_RULES, check
    from planner.projection.finish import with_attempts_needed

    problem = as_problem(problem)
    options = options or PlanOptions()
    _require_sound_extent(problem)
    at = at or datetime.now(UTC)
    given, left_out = runnable_only(with_attempts_needed(problem, at), at)
    clock = _Clock()
    found = _find(given, options, clock, on_progress, stop)
    if found.outcome.plan is None:
        none = _without_plan(given, options, found, clock, stop)
        none = _with_checked_bound(given, none, found, on_proof)
        return none.model_copy(update={"left_out": left_out, "at": at})
    breaches = check(given, found.outcome.plan, failures=options.failures)
    broken = [b.message for b in breaches if not (found.gives_up and b.rule in REQUIREMENT_RULES)]
    if broken:
        raise PlanFault("; ".join(broken))
    result = _with_plan_found(problem, options, found.outcome, clock)
    told = {"left_out": left_out, "at": at} | _given_up(given, options, found)
    result = result.model_copy(update=told | _beside_lines(given, result, at))
    result = _with_checked_bound(given, result, found, on_proof)
    if options.figures is PlanFigures.AUTO:
        result = _beside_simulation(given, result, stop)
    if in_order and problem.assignments:  # who cannot run has ports until its lines are taken off
        result = _with_moves(problem, result, at)
    return _explained(given, result, clock) if explained else result


def _beside_lines(problem: Problem, result: PlanResult, at: datetime) -> dict[str, object]:
    """Who sits where, which lists are done in time, and what comes only when it is run."""
    from planner.evaluation.arrays import PlanArrays
    from planner.evaluation.pool_use import seated
    from planner.evaluation.stopped import stopped_values
    from planner.projection.finish import finishes

    assert result.plan is not None
    plan, pools = seated(problem, result.plan)
    attempts = PlanArrays(problem, plan).rates.attempts.sum(axis=1).tolist()
    return {
        "plan": plan,
        "pools": pools,
        "finish": finishes(problem, attempts, at),
        "stopped": stopped_values(problem, plan),
    }


def _given_up(problem: Problem, options: PlanOptions, found: _Found) -> dict[str, object]:
    """What a relaxed plan gives up, and its status; nothing of any other."""
    from planner.evaluation.keepers import with_keepers
    from planner.optimize.shortfalls import asked_of, given_up

    if not found.gives_up or found.outcome.plan is None:
        return {}
    least = {(s.priority, s.kind): s.least for s in found.sums}
    asked = asked_of(problem, options.failures)
    told = tuple(given_up(problem, asked, found.outcome.plan, least))
    told = with_keepers(problem, found.outcome.plan, told)
    return {"given_up": told, "status": PlanStatus.RELAXED}


def _with_checked_bound(
    problem: Problem,
    result: PlanResult,
    found: _Found,
    on_proof: Callable[[Sequence[Proof]], None],
) -> PlanResult:
    """The result with what its bound rests on, checked by another program within a short time.

    A bound that does not hold is a fault of ours and is not shown: what the check proves is.
    """
    from planner.evaluation.proof.check import check_proof

    proofs = found.proofs
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
    whole = all(v.whole for v in verdicts)
    told = ProofCheck(
        boxes=sum(len(p.nodes) for p in proofs),
        leaves=sum(v.leaves for v in verdicts),
        checked=all(v.holds(p) for v, p in pairs) if whole else None,
        checked_bound_per_hour=verdicts[-1].bound if whole else None,
        seconds=time.monotonic() - start,
        why="" if whole else next((v.fault for v in verdicts if v.fault), "the time ended first"),
    )
    update: dict[str, object] = {"proof": told}
    if told.checked is False and result.value is not None:
        _log.error("a bound does not hold: %s", [v.bound for v in verdicts])
        value, bound = result.value.value_per_hour, verdicts[-1].bound
        bound = None if bound is None else max(bound, value)
        gap = None if bound is None else relative_gap(value, bound)
        update |= {"bound_per_hour": bound, "gap": gap, "status": PlanStatus.FEASIBLE}
    return result.model_copy(update=update)


def _beside_simulation(
    problem: Problem, result: PlanResult, stop: Callable[[], bool]
) -> PlanResult:
    """The result with what its simulation says, where its tables are not exact.

    A plan whose simulation breaks a limit is not called optimal.
    """
    from planner.evaluation.simulated import limits_broken, simulated_value
    from planner.projection.project import plan_figures

    assert result.plan is not None
    if stop():
        return result
    rows = plan_figures(with_plan(problem, result.plan), result.options.seed)
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
class _Found:
    """What a search found: the plan asked for, else with ``relax`` the nearest one.

    ``nearest`` stands beside where there is no plan as asked for.
    """

    outcome: Outcome
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


def _find(
    problem: Problem,
    options: PlanOptions,
    clock: _Clock,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> _Found:
    """The plan asked for, and the nearest one where there is none."""
    from planner.optimize.nearest import nearest_plan
    from planner.optimize.search import optimize

    outcome = optimize(problem, clock.limited(options), on_progress, stop)
    if outcome.plan is not None or stop():
        return _Found(outcome)
    nearest = nearest_plan(problem, clock.limited(options), on_progress, stop)
    if nearest.outcome.plan is None:
        return _Found(outcome, nearest)
    if not nearest.gives_up:
        return _Found(nearest.outcome)
    infeasible = outcome.infeasible or nearest.must_give_up
    if options.relax:
        return _Found(nearest.outcome, nearest, gives_up=True)
    return _Found(replace(outcome, infeasible=infeasible), nearest)


class _Clock:
    """How long a run takes; its time limit does not count what compiling took."""

    def __init__(self) -> None:
        self._start, self._compiled = time.monotonic(), COMPILATION.seconds

    @property
    def seconds(self) -> float:
        """Since the start, all told [s]."""
        return time.monotonic() - self._start

    def limited(self, options: PlanOptions) -> PlanOptions:
        """The options with what is left of the time limit."""
        spent = self.seconds - (COMPILATION.seconds - self._compiled)
        left = max(options.time_limit - spent, SHORTEST_ROUND)
        return options.model_copy(update={"time_limit": left})


def _require_sound_extent(problem: Problem) -> None:
    """Refuse a problem whose tables would exhaust memory; files were refused when read."""
    from planner.contracts.faults import Fault, InputError
    from planner.contracts.table_size import extent_faults

    faults = [
        Fault(
            f"Campaign {problem.campaigns[place].campaign_id}", None, "agent_lines", value, wanted
        )
        for place, value, wanted in extent_faults(problem)
    ]
    if faults:
        raise InputError(faults)


def _without_plan(
    problem: Problem,
    options: PlanOptions,
    found: _Found,
    clock: _Clock,
    stop: Callable[[], bool],
) -> PlanResult:
    from planner.optimize.infeasible.conflicts import find_conflicts

    outcome = found.outcome
    conflicts: tuple[Conflict, ...] = ()
    if outcome.infeasible:
        limited = clock.limited(options)
        conflicts = find_conflicts(problem, limited, proven=True, stop=stop)
    return PlanResult(
        status=PlanStatus.INFEASIBLE if outcome.infeasible else PlanStatus.NO_PLAN,
        options=options,
        bound_per_hour=outcome.bound,
        conflicts=conflicts,
        nearest=_nearest(problem, options, found.nearest),
        seconds=clock.seconds,
        stopped_early=outcome.stopped_early,
    )


def _nearest(
    problem: Problem,
    options: PlanOptions,
    nearest: Nearest | None,
) -> NearestPlan | None:
    from planner.evaluation.keepers import with_keepers
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


def _with_plan_found(
    problem: Problem, options: PlanOptions, outcome: Outcome, clock: _Clock
) -> PlanResult:
    from planner.evaluation.arrays import evaluate
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
    return PlanResult(
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


def _with_moves(problem: Problem, result: PlanResult, at: datetime | None) -> PlanResult:
    from planner.evaluation.moves.ordered import ordered_moves
    from planner.evaluation.rates import factors

    assert result.plan is not None
    corrections = factors(result.corrections)
    found = ordered_moves(
        problem, problem.assignments, result.plan, result.options, corrections, at=at
    )
    return result.model_copy(
        update={"moves": found.moves, "value_before_moves": found.value_before}
    )


def _explained(problem: Problem, result: PlanResult, clock: _Clock) -> PlanResult:
    """The result with what binds, the reason of each line, and what one more would bring."""
    from planner.evaluation.rates import factors
    from planner.evaluation.reasons import explain

    assert result.plan is not None
    found = explain(problem, result.plan, result.options, factors(result.corrections))
    update = {
        "campaigns": tuple(
            totals.model_copy(update={"value_of_one_more_agent_line": gain})
            for totals, gain in zip(result.campaigns, found.one_more_agent_line, strict=True)
        ),
        "dialers": tuple(
            use.model_copy(
                update={"value_of_one_more_port": port, "value_of_one_more_call_per_second": call}
            )
            for use, port, call in zip(
                result.dialers, found.one_more_port, found.one_more_call_per_second, strict=True
            )
        ),
        "binding": found.binding,
        "why": found.why,
        "stranded": found.stranded,
        "seconds": clock.seconds,
    }
    return result.model_copy(update=update)


def project(
    problem: ProblemSource,
    *,
    at: datetime | None = None,
    hours: float = 8.0,
    engine: str = "auto",
    replications: int | None = None,
    seed: int = 0,
    on_progress: Callable[[float, str], None] = lambda *_: None,
) -> Projection:
    """What the problem's assignments will do from a moment on.

    Parameters
    ----------
    problem : whose assignments are projected, from their live state where it is known; or the path
        of its folder or workbook
    at : with a UTC offset, of the years 1970 to 2199; None: now
    hours : horizon, above 0 and at most 744 (31 days) [h]
    engine : ``auto``: exact where its assumptions hold, else simulated; ``markov``: the exact
        formulas whatever they assume, at once; ``simulate``
    replications : simulated runs of each kind, at least 1; None: as many as the figures need
    seed : of the simulation, at least 0; the same seed gives the same projection
    on_progress : told the share of the work done, and what is being done

    Returns
    -------
    Projection.

    Raises
    ------
    InputError
        If there are so many lines that the projection would not end in reasonable time.
    ValueError
        If an argument is out of range.
    """
    from planner.projection.effort import Effort, EngineChoice
    from planner.projection.project import project_assignments

    problem = as_problem(problem)
    at = at or datetime.now(UTC)
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError(f"at: a moment with a UTC offset, of the years {YEARS[0]} to {YEARS[-1]}")
    if not 0 < hours <= MAX_HOURS:
        raise ValueError(f"hours: a number above 0, at most {MAX_HOURS} ({MAX_HOURS // 24} days)")
    if engine not in tuple(EngineChoice):
        raise ValueError(f"engine: one of {', '.join(EngineChoice)}")
    if replications is not None and not 1 <= replications <= MAX_REPLICATIONS:
        raise ValueError(f"replications: a whole number from 1 to {MAX_REPLICATIONS}")
    if seed < 0:
        raise ValueError("seed: a whole number, at least 0")
    if engine != EngineChoice.MARKOV:  # which answers at once, while lines are edited
        _require_short_projection(problem, hours)
    effort = Effort(EngineChoice(engine), replications, seed, on_share=on_progress)
    return project_assignments(problem, at, hours, effort)


def _require_short_projection(problem: Problem, hours: float) -> None:
    """Refuse lines whose chains are too long to be marched over the horizon."""
    from planner.contracts.faults import Fault, InputError
    from planner.contracts.table_size import projection_faults

    faults = [
        Fault(f"assignments, {place}", None, "agent_lines", value, wanted)
        for place, value, wanted in projection_faults(problem, hours)
    ]
    if faults:
        raise InputError(faults)


def simulate(
    problem: ProblemSource,
    *,
    at: datetime | None = None,
    hours: float = 8.0,
    replications: int | None = None,
    seed: int = 0,
    on_progress: Callable[[float, str], None] = lambda *_: None,
) -> Projection:
    """Simulate the problem's assignments call by call, also where exact formulas hold.

    Parameters
    ----------
    problem, at, hours, replications, seed, on_progress : as in :func:`project`

    Returns
    -------
    Projection whose figures are all simulated, each with its 95 % interval.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    return project(
        problem,
        at=at,
        hours=hours,
        engine="simulate",
        replications=replications,
        seed=seed,
        on_progress=on_progress,
    )


def reasons(
    problem: Problem, line_plan: LinePlan, corrections: tuple[TableCorrection, ...] = ()
) -> Explanation:
    """What binds, why each line is there and what nobody can use, of any lines.

    Parameters
    ----------
    problem : its limits; the lines need not hold them
    line_plan : the lines
    corrections : of the tables that the lines were planned with
    """
    from planner.evaluation.rates import factors
    from planner.evaluation.reasons import explain

    return explain(problem, line_plan, PlanOptions(), factors(corrections))


def with_plan(problem: Problem, line_plan: LinePlan) -> Problem:
    """The problem with a plan's lines as its assignments."""
    return problem.model_copy(update={"assignments": line_plan.assignments})
