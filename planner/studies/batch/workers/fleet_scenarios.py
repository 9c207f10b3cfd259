"""What a scenario does to a fleet: before, if nobody reacts, and planned anew."""

from __future__ import annotations

from functools import lru_cache

from planner.contracts.comparison import Outcome
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanFigures, PlanOptions, PlanResult
from planner.studies.batch.input.items import FleetScenario
from planner.studies.batch.results.rows import Cell
from planner.studies.batch.workers.time_limit import within_limit

#: Fleets whose lines are kept at hand: all scenarios of one follow each other.
_AT_HAND = 4


class NotConcerned(Exception):
    """The scenario is about what this fleet does not have."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


def require_concerned(source: FleetScenario, fleet: Problem) -> None:
    """Refuse a scenario that names what the fleet does not have.

    Raises
    ------
    NotConcerned
        With each such name.
    """
    from planner.studies.expressions import UnknownName, read_expression

    faults: list[Fault] = []
    for text in source.expressions:
        try:
            read_expression(text, fleet)
        except UnknownName as error:
            faults += error.faults
        except InputError:
            pass  # told when it is applied
    if faults:
        raise NotConcerned(tuple(faults))


def scenario_row(
    source: FleetScenario,
    plan_id: str,
    fleet: Problem,
    changed: Problem,
    result: PlanResult,
) -> list[Cell]:
    """The row of the table of scenarios; values are those of the calls an hour that are handled.

    Parameters
    ----------
    source : the scenario and its fleet
    fleet, changed : the problem before and after its expressions
    result : of planning ``changed`` anew
    """
    before, lines = _before(fleet, result.options)
    value = before.value_per_hour if before is not None else None
    kept = anew = None
    if before is not None:
        current = changed if _has_lines(fleet) else _on_current(changed, lines)
        kept = _kept(current, result.options, fleet).value_per_hour
    if result.plan is not None:
        anew = _value(changed, result)
    return [
        source.name,
        source.fleet_id,
        plan_id,
        result.status.value,
        value,
        kept,
        anew,
        None if value is None or kept is None else value - kept,
        None if value is None or anew is None else value - anew,
        _note(source, fleet),
    ]


def blank_row(source: FleetScenario, plan_id: str, status: str, note: str) -> list[Cell]:
    """The row of a scenario that came to nothing on its fleet."""
    return [source.name, source.fleet_id, plan_id, status, *[None] * 5, note]


def _note(source: FleetScenario, fleet: Problem) -> str | None:
    """What ``*`` stands for in this fleet, which no other fleet needs to have."""
    notes = []
    for text in source.expressions:
        for kind, items in (("dialer", fleet.dialers), ("campaign", fleet.campaigns)):
            if text.strip().lower().startswith(f"{kind}.*."):
                plural = "" if len(items) == 1 else "s"
                notes.append(f"{kind}.* is {len(items)} {kind}{plural} here")
    return "; ".join(notes) or None


def _before(
    fleet: Problem, options: PlanOptions
) -> tuple[Outcome | None, tuple[LineAssignment, ...]]:
    return _cached(fleet.model_dump_json(), options.model_dump_json())


@lru_cache(maxsize=_AT_HAND)
def _cached(fleet: str, options: str) -> tuple[Outcome | None, tuple[LineAssignment, ...]]:
    """What the current lines of a fleet come to, or where it has none those of its plan."""
    from planner.evaluation.running.runnable import runnable_problem
    from planner.pipeline.pipeline import plan

    problem = Problem.model_validate_json(fleet)
    asked = PlanOptions.model_validate_json(options)
    if not _has_lines(problem):
        search = within_limit(asked)
        result = plan(runnable_problem(problem), search, explained=False, in_order=False)
        if result.plan is None:
            return None, ()
        problem = _on_current(problem, result.plan.assignments)
    return _kept(problem, asked, problem), problem.assignments


def _has_lines(problem: Problem) -> bool:
    return any(item.dial_lines or item.agent_lines for item in problem.assignments)


def _on_current(problem: Problem, lines: tuple[LineAssignment, ...]) -> Problem:
    known = {d.dialer_id for d in problem.dialers}, {c.campaign_id for c in problem.campaigns}
    here = tuple(i for i in lines if i.dialer_id in known[0] and i.campaign_id in known[1])
    return problem.model_copy(update={"assignments": here})


def _kept(problem: Problem, options: PlanOptions, current: Problem) -> Outcome:
    from planner.projection.effort import EngineChoice
    from planner.studies.outcome import kept_outcome

    by_formula = options.figures is PlanFigures.FORMULAS
    engine = EngineChoice.MARKOV if by_formula else EngineChoice.AUTO
    return kept_outcome(problem, options, current, engine)


def _value(problem: Problem, result: PlanResult) -> float:
    """Value of the plan less what its calls cost, simulated where its tables are not exact."""
    from planner.evaluation.net_value import net_values

    return sum(net_values(problem, result.simulated or result.figures).values(), 0.0)
