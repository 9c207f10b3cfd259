"""Changed worlds beside the base: what happens if nobody reacts, and which lines go where then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from planner.contracts.arguments import instance, moment, one_of, require
from planner.contracts.comparison import Comparison, Outcome, Replanned, Tornado, World
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus
from planner.studies.changes import changed_problem
from planner.studies.replan import replanned
from planner.studies.week.spans import Idle, at_moment
from planner.tables.folder import ProblemSource, as_problem

#: The base's name; no other world can have it.
BASE = "base"
#: Default price of moving a line, as a share of what a line earns on average: less is no reason.
SHARE_OF_A_LINE = 0.05
_LONGEST_NAME = 100


def whatif(
    problem: ProblemSource,
    worlds: Mapping[str, Sequence[str] | str],
    options: PlanOptions | None = None,
    *,
    replan: bool = False,
    move_cost: float | None = None,
    tornado: bool = False,
    engine: str = "auto",
    at: datetime | None = None,
    first: bool = False,
    on_progress: Callable[[float, str], None] = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> Comparison:
    """Compare changed worlds with the base.

    Parameters
    ----------
    problem : the base, or the path of its folder or workbook; where it has no assignments, its
        plan gives the lines, or the nearest one
    worlds : expressions such as ``dialer.D1.in_service=false`` by the name of the world, applied in
        order; a world without any is the base again, a text alone is one expression
    options : redundancy weight, failures at once, gap, time limit of each plan [s], seed
    replan : optimise each world anew, with few moves; where not everything can be had there, the
        nearest plan. Else the lines stay as they are
    move_cost : value an hour that each line must gain that a dialer gets in addition to its current
        ones [value/h]; None: that of the options, or where it is 0, 5 % of what a line of the base
        earns on average
    tornado : also vary each input of the base by 10 %; with ``replan`` each variation is planned
    engine : of the figures of lines that stay: ``auto``: exact where the formulas hold, else
        simulated; ``markov``: the formulas whatever they assume, at once; ``simulate``
    at : a moment, with a UTC offset: only who can run then, with the figures of then, is
        compared; None: all campaigns run at once with their own figures
    first : with ``replan`` a first answer, while people wait: moves whose bound nobody checks,
        and figures by formula
    on_progress : told the share of the work done, and what is being done
    stop : polled; once it says True, a search ends with the best plan so far, and worlds that were
        not begun are not planned anew; their figures are then by formula

    Returns
    -------
    Comparison. Figures are those of the campaigns' own columns, of no special hour, while they
    run; exact where the formulas hold, else simulated with the same seed in every world.

    Raises
    ------
    InputError
        With every fault of every expression and name.
    NoPlan
        If there are no assignments and no plan either.
    """
    from planner.projection.effort import EngineChoice
    from planner.studies.outcome import kept_outcome

    problem, worlds = as_problem(problem), _as_lists(worlds)
    wanted = instance("options", options, PlanOptions), one_of("engine", engine, EngineChoice)
    require(*wanted, moment("at", at))
    base_is_plan = not any(a.dial_lines or a.agent_lines for a in problem.assignments)
    whole = problem
    changed = _at(at, changed_problems(whole, worlds, without_lines=base_is_plan))
    idle: tuple[Idle, ...] = ()
    if at is not None:
        problem, idle = at_moment(problem, at)
    made_by = EngineChoice(engine)
    options = options or PlanOptions()
    work = _Work(1 + len(worlds) * (1 + replan), 0.5 if tornado else 1.0, on_progress)
    work.on(BASE)
    if base_is_plan:
        problem = with_lines(problem, _planned_lines(problem, options, stop))
        changed = _at(at, changed_problems(with_lines(whole, problem.assignments), worlds))
    base = World(name=BASE, kept=kept_outcome(problem, options, problem, made_by))
    if move_cost is None:
        move_cost = options.move_cost or default_move_cost(base.kept)
    made: list[World] = []
    left_out: list[str] = []
    for name, world in changed.items():
        work.on(name)
        again = None
        if replan and stop():
            left_out.append(name)
            again = Replanned(status=PlanStatus.NO_PLAN, stopped_early=True)
        engine_here = EngineChoice.MARKOV if left_out else made_by
        kept = kept_outcome(world, options, problem, engine_here)
        if replan and again is None:
            work.on(planning_anew(name))
            again = replanned(world, options, move_cost, stop, before=problem, first=first)
        made.append(World(name=name, expressions=tuple(worlds[name]), kept=kept, replanned=again))
    return Comparison(
        options=options,
        base=base,
        base_is_plan=base_is_plan,
        worlds=tuple(made),
        move_cost=move_cost if replan else None,
        tornado=_tornado(problem, options, replan, work, stop) if tornado else None,
        notes=(*_moment_notes(at, idle), *_notes(problem, base, made), *_stop_notes(left_out)),
    )


def _at(at: datetime | None, worlds: Mapping[str, Problem]) -> dict[str, Problem]:
    """The worlds as they are at a moment; as they are at any time where there is none."""
    if at is None:
        return dict(worlds)
    return {name: at_moment(world, at)[0] for name, world in worlds.items()}


def _moment_notes(at: datetime | None, idle: Sequence[Idle]) -> list[str]:
    if at is None:
        return []
    out = "; ".join(f"{item.campaign_id}: {item.why}" for item in idle)
    told = f" Cannot run then: {out}." if out else ""
    return [f"Compared as of {at:%a %Y-%m-%d %H:%M} ({at:%Z}).{told}"]


def planning_anew(name: str) -> str:
    """What is being done while the world of this name is planned anew."""
    return f"{name}, its moves"


class NoPlan(RuntimeError):
    """The base has no lines, and no plan was found that could give it some."""

    def __init__(self, result: PlanResult) -> None:
        super().__init__("no lines and no plan to compare with")
        self.result = result


class _Work:
    """Tells how much is done, by parts of equal weight."""

    def __init__(self, parts: int, share: float, on_progress: Callable[[float, str], None]) -> None:
        self._parts, self._share, self._on_progress, self._done = parts, share, on_progress, 0

    def on(self, phase: str) -> None:
        self._on_progress(self._share * self._done / self._parts, phase)
        self._done += 1

    def rest(self, done: float, phase: str) -> None:
        self._on_progress(self._share + (1 - self._share) * done, phase)


def changed_problems(
    problem: Problem, worlds: Mapping[str, Sequence[str]], *, without_lines: bool = False
) -> dict[str, Problem]:
    """The problem of every world by name; all faults of all worlds in one InputError.

    ``without_lines`` leaves expressions about assignments aside, for there are none yet.
    """
    faults: list[Fault] = []
    found = {}
    for name, given in worlds.items():
        expressions = [e for e in given if not (without_lines and _is_about_lines(e))]
        if not 1 <= len(name.strip()) <= _LONGEST_NAME or not name.isprintable() or name == BASE:
            wanted = f"a printable name of at most {_LONGEST_NAME} letters other than {BASE}"
            faults.append(Fault("Name of a scenario", None, None, name, wanted))
        try:
            label = name if len(worlds) > 1 else ""
            found[name] = changed_problem(problem, expressions, label)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def _is_about_lines(expression: str) -> bool:
    return expression.strip().lower().startswith("assignment.")


def with_lines(problem: Problem, lines: Sequence[LineAssignment]) -> Problem:
    """The problem with lines as its assignments."""
    return problem.model_copy(update={"assignments": tuple(lines)})


def default_move_cost(kept: Outcome) -> float:
    """5 % of what a line earns on average in an hour [value/h]; 0 where lines cost more."""
    lines = sum(item.dial_lines + item.agent_lines for item in kept.lines)
    return SHARE_OF_A_LINE * max(kept.aim_per_hour, 0.0) / lines if lines else 0.0


def _planned_lines(
    problem: Problem, options: PlanOptions, stop: Callable[[], bool]
) -> tuple[LineAssignment, ...]:
    from planner.evaluation.running.runnable import runnable_problem
    from planner.pipeline.pipeline import plan

    relaxed = options.model_copy(update={"relax": True})
    result = plan(runnable_problem(problem), relaxed, stop=stop, explained=False, in_order=False)
    if result.plan is None:
        raise NoPlan(result)
    return result.plan.assignments


def _tornado(
    problem: Problem,
    options: PlanOptions,
    replan: bool,
    work: _Work,
    stop: Callable[[], bool],
) -> Tornado:
    from planner.studies.tornado import sensitivities

    return sensitivities(problem, options, replan=replan, on_progress=work.rest, stop=stop)


def _stop_notes(left_out: Sequence[str]) -> list[str]:
    if not left_out:
        return []
    names = ", ".join(left_out)
    return [f"Stopped before these were planned anew, their figures are by formula: {names}."]


def _as_lists(worlds: Mapping[str, Sequence[str] | str]) -> dict[str, list[str]]:
    """The expressions of each world; a text alone is one expression, not its letters."""
    if not isinstance(worlds, Mapping):
        wanted = "expressions by the name of a world, such as {'D1 down': ['dialer.D1...=false']}"
        raise InputError([Fault("worlds", None, None, repr(worlds), wanted)])
    return {
        name: [texts] if isinstance(texts, str) else list(texts) for name, texts in worlds.items()
    }


def _notes(problem: Problem, base: World, worlds: Sequence[World]) -> list[str]:
    from planner.evaluation.running.on_shift import shift_notes
    from planner.evaluation.running.within_ports import port_notes

    notes = [*port_notes(problem), *shift_notes(problem)]
    if problem.intervals:
        notes.append(
            "Figures are those of campaigns.csv; intervals.csv changes them in some hours."
        )
    if problem.outages:
        notes.append("outages.csv is left aside: a dialer is in service or not.")
    simulated = dict.fromkeys(
        f.campaign_id for f in base.kept.figures if f.engine.value == "simulate"
    )
    if simulated:
        notes.append(
            f"Simulated, to within about 2 %: {', '.join(simulated)}. Smaller differences may be "
            "chance."
        )
    for world in worlds:
        again = world.replanned and world.replanned.outcome
        if again and again.lines_moved and again.aim_per_hour > base.kept.aim_per_hour:
            notes.append(
                f"{world.name}: with the moves more comes in than before. Part of it may come from "
                "planning alone; a scenario in which nothing changes shows how much."
            )
    return notes
