"""The moves from the current lines to a plan, in the order in which least is lost on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import AssignmentStop, LineAssignment, Problem
from planner.contracts.result import Move, PlanOptions
from planner.evaluation.moves.agents_there import lines_that_run, steps_that_run
from planner.evaluation.moves.halves import best_steps, half_way
from planner.evaluation.moves.limits import LEAST_WHOLE, Course, course
from planner.evaluation.moves.rows import Floats, Ints, Ledger, Lines, Pair, Step
from planner.evaluation.moves.scores import Along, along_order, states
from planner.evaluation.running.cannot_run import reason_it_cannot_run
from planner.evaluation.running.runnable import stop_reason


class OrderedMoves(NamedTuple):
    """Moves in their order, and the value per hour of the lines before the first of them."""

    value_before: float
    moves: tuple[Move, ...]

    @property
    def lowest(self) -> float:
        """The lowest value per hour on the way, both ends included."""
        return min([self.value_before, *(move.value_after for move in self.moves)])


def ordered_moves(
    problem: Problem,
    current: Iterable[LineAssignment],
    plan: LinePlan,
    options: PlanOptions | None = None,
    *,
    gains_first: bool = False,
    at: datetime | None = None,
) -> OrderedMoves:
    """Instructions that lead from lines to a plan, by the planning tables.

    Ports, channels, agent lines on shift and dial lines allowed are never exceeded further than at
    the start. Limits that hold at the start and at the end hold in between where some order allows
    it, else with the least breach; then no campaign that runs before and after goes dark; then the
    lowest value on the way is as high as can be; then gains come early. Exactly so for up to
    16 moves, by search for more. A move is made in two steps where that helps.

    Parameters
    ----------
    problem : the world in which the moves are made
    current : the lines now; those on dialers out of service are gone without a move
    plan : the lines wanted
    options : weight of what survives a failure in the value, and failures at once
    gains_first : gains come early even where the value then falls lower on the way
    at : the moment, with a UTC offset, for which it counts who can run; None: now

    Returns
    -------
    OrderedMoves. Values are those of the plan's aim, without the price of moves, with the agents
    that are on shift.
    """
    options = options or PlanOptions()
    lines = [a for a in current if _is_working(problem, a)]
    now, wanted = _places(problem, lines), _places(problem, plan.assignments)
    wholes = _whole_steps(now, wanted)
    steps, halves = _with_halves(problem, wholes)
    waits_for = np.full(len(steps), -1)
    for first, second in halves.values():
        waits_for[second] = first
    idle = _idle(problem, lines, wanted, at)
    start, end = (lines_that_run(problem, found, idle) for found in (now, wanted))
    running = {(s.pair, s.before): start.get(s.pair, s.before) for s in wholes}
    running |= {(s.pair, s.after): end.get(s.pair, s.after) for s in wholes}
    ledger = Ledger(problem, now, steps, idle, running)
    rows = course(ledger, len(wholes), waits_for, options.redundancy, options.failures, gains_first)
    mixed = {i for i, step in enumerate(wholes) if _is_mixed(step)}
    order = best_steps(rows, range(len(wholes)), halves, mixed)
    return _told(problem, now, [steps[step] for step in order], idle, options)


def _told(
    problem: Problem,
    now: Mapping[Pair, Lines],
    steps: Sequence[Step],
    idle: Collection[Pair],
    options: PlanOptions,
) -> OrderedMoves:
    """Moves with what holds after each: agents sit where there are lines, as many as there are."""
    found = list(steps_that_run(problem, now, steps, idle))
    changes = [change for step in found for change in step]
    ledger = Ledger(problem, lines_that_run(problem, now, idle), changes, idle)
    none = np.full(len(changes), -1)
    rows = course(ledger, len(changes), none, options.redundancy, options.failures)
    along = _after_each(np.cumsum([0, *(len(step) for step in found)]))
    value, told = states(rows, along, len(steps) + 1).value, _broken(rows, along)
    moves = tuple(
        _move(problem, step, number, float(value[number]), told[number])
        for number, step in enumerate(steps, start=1)
    )
    return OrderedMoves(rows.value_before, moves)


def _after_each(ends: Ints) -> Along:
    """The states at some places along changes that are made one after the other."""

    def sums(start: Floats, added: Floats) -> Floats:
        found = along_order(range(len(added)))(start, added)
        return np.asarray(found[ends])

    return sums


def _is_working(problem: Problem, item: LineAssignment) -> bool:
    return problem.dialers[problem.dialer_index[item.dialer_id]].in_service


def _places(problem: Problem, lines: Iterable[LineAssignment]) -> dict[Pair, Lines]:
    return {
        (problem.campaign_index[a.campaign_id], problem.dialer_index[a.dialer_id]): (
            a.dial_lines,
            a.agent_lines,
        )
        for a in lines
        if a.dial_lines or a.agent_lines
    }


def _idle(
    problem: Problem,
    lines: Sequence[LineAssignment],
    wanted: Mapping[Pair, Lines],
    at: datetime | None,
) -> set[Pair]:
    """Lines that somebody stopped or that cannot run, unless the plan counts on them."""
    planned = {c for c, _ in wanted}
    stopped = {
        (problem.campaign_index[a.campaign_id], problem.dialer_index[a.dialer_id])
        for a in lines
        if a.status is not AssignmentStop.NONE
    }
    still = {
        c
        for c, campaign in enumerate(problem.campaigns)
        if c not in planned
        and (stop_reason(campaign) or reason_it_cannot_run(problem, campaign, at))
    }
    return {
        pair
        for pair in _places(problem, lines)
        if (pair in stopped and pair not in wanted) or pair[0] in still
    }


def _whole_steps(now: Mapping[Pair, Lines], wanted: Mapping[Pair, Lines]) -> list[Step]:
    """What differs, in the problem's order."""
    none = (0, 0)
    pairs = sorted(now.keys() | wanted.keys())
    steps = [Step(pair, now.get(pair, none), wanted.get(pair, none)) for pair in pairs]
    return [step for step in steps if step.before != step.after]


def _with_halves(
    problem: Problem, wholes: Sequence[Step]
) -> tuple[list[Step], dict[int, tuple[int, int]]]:
    """The moves as one step each, then as two where there is something half way."""
    steps, halves = list(wholes), {}
    for move, step in enumerate(wholes):
        between = half_way(problem.campaigns[step.pair[0]], step.before, step.after)
        if between is not None:
            halves[move] = len(steps), len(steps) + 1
            steps += [
                Step(step.pair, step.before, between),
                Step(step.pair, between, step.after),
            ]
    return steps, halves


def _is_mixed(step: Step) -> bool:
    (n0, a0), (n1, a1) = step.before, step.after
    return (n1 - n0) * (a1 - a0) < 0


def _broken(rows: Course, along: Along) -> list[tuple[str, ...]]:
    """Before the first step and after each: what breaks though it holds at start and end."""
    excess = along(rows.excess_start, rows.excess)
    whole = along(rows.whole_start, rows.whole)
    running = along(rows.running_start, rows.running)
    told = []
    for over, base, used in zip(excess, whole, running, strict=True):
        limits = [
            f"{words(over[row] / base[row], base[row])}."
            for row, words in enumerate(rows.words)
            if over[row] > 0 and base[row] > LEAST_WHOLE
        ]
        dark = [
            f"{name} does not run."
            for name, count in zip(rows.names, used, strict=True)
            if count < 0.5
        ]
        told.append((*limits, *dark))
    return told


def _move(problem: Problem, step: Step, number: int, value: float, breaks: tuple[str, ...]) -> Move:
    (n0, a0), (n1, a1) = step.before, step.after
    campaign = problem.campaigns[step.pair[0]].campaign_id
    dialer = problem.dialers[step.pair[1]].dialer_id
    return Move(
        step=number,
        campaign_id=campaign,
        dialer_id=dialer,
        dial_lines_from=n0,
        dial_lines_to=n1,
        agent_lines_from=a0,
        agent_lines_to=a1,
        instruction=_instruction(campaign, dialer, step),
        value_after=value,
        breaks=breaks,
    )


def _instruction(campaign: str, dialer: str, step: Step) -> str:
    if step.after == (0, 0):
        return f"On {dialer} take {campaign} off: {_words(step.before)}."
    if step.before == (0, 0):
        return f"On {dialer} start {campaign} with {_words(step.after)}."
    changes = [new - old for old, new in zip(step.before, step.after, strict=True)]
    verb = "raise" if min(changes) >= 0 else "lower" if max(changes) <= 0 else "change"
    return f"On {dialer} {verb} {campaign} from {_words(step.before)} to {_words(step.after)}."


def _words(lines: Lines) -> str:
    dial = f"{lines[0]} dial line{'' if lines[0] == 1 else 's'}"
    if lines[1] == 0:
        return dial
    return f"{dial} and {lines[1]} agent line{'' if lines[1] == 1 else 's'}"
