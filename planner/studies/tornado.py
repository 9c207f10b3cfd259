"""How much a plan's aim hangs on each input: each varied by 10 %, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.comparison import Sensitivity, Tornado
from planner.contracts.problem import Contract, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import lost_dialers
from planner.evaluation.net_value import call_worth
from planner.evaluation.rates import SECONDS_PER_HOUR, rates
from planner.evaluation.running.runnable import (
    Ints,
    fitting_lines,
    runnable_problem,
)
from planner.evaluation.running.within_ports import line_arrays
from planner.evaluation.seats import apportioned
from planner.evaluation.tolerances import LIMIT_ROUNDING
from planner.studies.changes import rounded
from planner.studies.expressions import TARGETS
from planner.tables.cells import fields_of_type

Floats = NDArray[np.float64]
#: Each input is varied by so much, up and down.
VARIATION = Fraction(1, 10)
#: Columns that change what given lines earn, by kind of row; blank and 0 are left out.
INPUTS: dict[str, tuple[str, ...]] = {
    "campaign": (
        "agent_lines",
        "attempt_seconds",
        "answer_rate",
        "transfer_rate",
        "talk_seconds",
        "wrap_up_seconds",
        "pacing",
        "value",
    ),
    "dialer": ("ports", "cps", "cost_per_attempt", "cost_per_talk_minute"),
    "trunk_group": ("channels", "cps"),
}
#: Columns that only planning anew answers to.
LIMITS = ("max_dial_lines", "survivable_share", "max_abandon_rate")
_SHARES = ("answer_rate", "transfer_rate", "survivable_share", "max_abandon_rate")
_AGENT_COLUMNS = ("agent_lines", "transfer_rate", "talk_seconds", "wrap_up_seconds", "pacing")
#: Columns by which the lines that fit may change.
_FITTING = ("agent_lines", "ports", "channels")


class Input(NamedTuple):
    """One number of the problem that is varied."""

    kind: str
    place: int
    field: str
    name: str
    value: float
    low: float
    high: float


def sensitivities(
    problem: Problem,
    options: PlanOptions,
    *,
    replan: bool = False,
    on_progress: Callable[[float, str], None] = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> Tornado:
    """Aim of the problem's lines with each input 10 % lower and 10 % higher.

    Whole numbers are rounded, halves up, and change by 1 at least; shares stay within 1. Lines
    stay as they are, but for those that no longer fit (see
    :func:`planner.evaluation.running.runnable.runnable_lines`); where calls per second no longer
    suffice, dial lines count in proportion. The aim is that of the planning tables.

    Parameters
    ----------
    problem : with the lines whose aim is looked at
    options : redundancy weight, failures at once; with ``replan`` all options of each plan
    replan : also find the best plan for each value of each input
    on_progress : told the share done, and the input it is at
    stop : polled; once it says True no further plan is made

    Returns
    -------
    Tornado, the inputs with the largest span first.
    """
    lines = _Lines(problem, options)
    inputs = list(varied_inputs(problem, with_limits=replan))
    rows = []
    for number, item in enumerate(inputs):
        on_progress(number / len(inputs), item.name)
        low, high = (_varied(problem, item, value) for value in (item.low, item.high))
        rows.append(
            Sensitivity(
                input=item.name,
                base_input=item.value,
                low_input=item.low,
                high_input=item.high,
                low_aim=lines.aim(low, item),
                high_aim=lines.aim(high, item),
                low_replanned=_best_aim(low, options, stop) if replan else None,
                high_replanned=_best_aim(high, options, stop) if replan else None,
            )
        )
    rows.sort(key=lambda row: -row.span)  # stable: equal spans stay in the problem's order
    return Tornado(base_aim=lines.base_aim, replanned=replan, rows=tuple(rows))


def varied_inputs(problem: Problem, *, with_limits: bool) -> Iterator[Input]:
    """The inputs that apply, with the values tried, in the problem's order."""
    for kind, fields in INPUTS.items():
        target = TARGETS[kind]
        columns = fields + (LIMITS if kind == "campaign" and with_limits else ())
        for place, item in enumerate(getattr(problem, target.table)):
            for field in columns:
                value = getattr(item, field)
                if not value or (field in _AGENT_COLUMNS and not _has_agents(item)):
                    continue
                name = f"{kind}.{getattr(item, target.keys[0])}.{field}"
                whole = field in fields_of_type(target.contract, "integer")
                yield Input(kind, place, field, name, value, *_values_tried(field, value, whole))


def _has_agents(item: Contract) -> bool:
    return bool(getattr(item, "is_live_transfer", True))


def _values_tried(field: str, value: float, whole: bool) -> tuple[float, float]:
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    low, high = exact * (1 - VARIATION), exact * (1 + VARIATION)
    if whole:
        return max(min(rounded(low), int(value) - 1), 0), max(rounded(high), int(value) + 1)
    return float(low), min(float(high), 1.0) if field in _SHARES else float(high)


def _varied(problem: Problem, item: Input, value: float) -> Problem:
    table = TARGETS[item.kind].table
    rows = list(getattr(problem, table))
    rows[item.place] = rows[item.place].model_copy(update={item.field: value})
    return problem.model_copy(update={table: tuple(rows)})


def _best_aim(problem: Problem, options: PlanOptions, stop: Callable[[], bool]) -> float | None:
    from planner.pipeline.pipeline import plan

    if stop():
        return None
    result = plan(runnable_problem(problem), options, stop=stop, in_order=False)
    return result.value.value_per_hour if result.value is not None else None


class _Lines:
    """The lines of a problem, and what they earn in problems that differ from it in one input."""

    def __init__(self, problem: Problem, options: PlanOptions) -> None:
        self._weight = options.redundancy
        self._given = line_arrays(problem, problem.assignments)
        self._dial, self._agents = fitting_lines(problem, *self._given, channels=True)
        shape = (2, *self._dial.shape)
        self._rates = np.zeros(shape)  # handled and attempts an hour
        for c in range(len(problem.campaigns)):
            self._rates[:, c] = self._row(problem, c, self._dial[c], self._agents[c])
        self._survives = (~lost_dialers(problem, options.failures)).astype(np.float64)
        self.base_aim = self._aim(problem, self._dial, self._agents, self._rates)

    def aim(self, problem: Problem, item: Input) -> float:
        """Aim of the same lines in a problem with one input changed."""
        dial, agents = self._dial, self._agents
        if item.field in _FITTING:
            dial, agents = fitting_lines(problem, *self._given, channels=True)
        changed = np.any((dial != self._dial) | (agents != self._agents), axis=1)
        if item.kind == "campaign":
            changed[item.place] = True
        rates = self._rates.copy()
        for c in np.flatnonzero(changed).tolist():
            rates[:, c] = self._row(problem, c, dial[c], agents[c])
        return self._aim(problem, dial, agents, rates)

    def _row(self, problem: Problem, c: int, dial: Ints, agents: Ints) -> Floats:
        """Handled calls and attempts an hour of a campaign by dialer."""
        found = rates(problem.campaigns[c], dial, agents)
        return np.array([found.handled, found.attempts])

    def _aim(self, problem: Problem, dial: Ints, agents: Ints, rates: Floats) -> float:
        rates = self._within_speed(problem, dial, agents, rates)
        worth = np.array([[call_worth(c, d) for d in problem.dialers] for c in problem.campaigns])
        attempt = np.array([d.cost_per_attempt for d in problem.dialers])
        by_dialer = (worth * rates[0] - attempt * rates[1]).sum(axis=0)
        total = float(by_dialer.sum())
        surviving = float((self._survives @ by_dialer).min(initial=total))
        return (1 - self._weight) * total + self._weight * surviving

    def _within_speed(self, problem: Problem, dial: Ints, agents: Ints, rates: Floats) -> Floats:
        """Rates with dial lines cut in proportion where calls per second do not suffice."""
        for limit, members in _speed_limits(problem):
            while float(rates[1][:, members].sum()) > limit * (1 + LIMIT_ROUNDING):
                part = dial[:, members]
                kept = int(part.sum() * limit / float(rates[1][:, members].sum()))
                dial, rates = dial.copy(), rates.copy()
                dial[:, members] = apportioned(part.ravel(), kept).reshape(part.shape)
                agents = np.minimum(agents, dial)
                cut = dial[:, members].sum(axis=1) < part.sum(axis=1)
                for c in np.flatnonzero(cut).tolist():
                    rates[:, c] = self._row(problem, c, dial[c], agents[c])
        return rates


def _speed_limits(problem: Problem) -> Iterator[tuple[float, NDArray[np.bool_]]]:
    """Attempts an hour that may be made, and the dialers on which."""
    for d, dialer in enumerate(problem.dialers):
        if dialer.cps is not None:
            yield dialer.cps * SECONDS_PER_HOUR, np.arange(len(problem.dialers)) == d
    for group in problem.trunk_groups:
        if group.cps is not None:
            members = [d.trunk_group == group.trunk_group for d in problem.dialers]
            yield group.cps * SECONDS_PER_HOUR, np.array(members, dtype=bool)
