"""The moves from the current lines to a plan, in an order in which every step fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.contracts.comparison import Move
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import LinePlan
from planner.evaluation.rates import rates

Lines = tuple[int, int]
Pair = tuple[str, str]


@dataclass(frozen=True)
class _Step:
    """Lines of one campaign on one dialer before and after."""

    pair: Pair
    before: Lines
    after: Lines


def ordered_moves(
    problem: Problem, current: Iterable[LineAssignment], plan: LinePlan
) -> tuple[Move, ...]:
    """Instructions that lead from lines to a plan.

    Lines are added as soon as they fit, those that earn most first; otherwise lines are taken
    away, the least earning first among those that make room. So at every step ports, channels,
    agents and dial lines suffice, once what exceeds them at the start is gone.

    Parameters
    ----------
    problem : the world in which the moves are made
    current : the lines now; those on dialers out of service are gone without a move
    plan : the lines wanted, within every limit of the problem
    """
    working = {d.dialer_id for d in problem.dialers if d.in_service}
    now = {
        (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines)
        for a in current
        if a.dialer_id in working and (a.dial_lines or a.agent_lines)
    }
    wanted = plan.lines()
    taken, added = _steps(problem, now, wanted)
    steps: list[_Step] = []
    room = _Room(problem, now)
    while taken or added:
        waiting = {step.pair for step in taken}  # to be lowered before it is raised
        fitting = next((s for s in added if s.pair not in waiting and room.fits(s)), None)
        if fitting is not None:
            step = fitting
            added.remove(step)
        elif taken:
            step = next((s for s in taken if _helps(problem, s, added)), taken[0])
            taken.remove(step)
        else:  # only where the plan itself does not fit
            step = added.pop(0)
        room.take(step)
        if steps and steps[-1].pair == step.pair:  # one setting, not two after another
            step = _Step(step.pair, steps.pop().before, step.after)
        steps.append(step)
    return tuple(_move(number, step) for number, step in enumerate(steps, start=1))


def _steps(
    problem: Problem, now: Mapping[Pair, Lines], wanted: Mapping[Pair, Lines]
) -> tuple[list[_Step], list[_Step]]:
    """Steps that take lines away, the least earning first, and that add, the most earning first."""
    taken, added = [], []
    for campaign in problem.campaigns:
        for dialer in problem.dialers:
            pair = campaign.campaign_id, dialer.dialer_id
            before, after = now.get(pair, (0, 0)), wanted.get(pair, (0, 0))
            between = min(before[0], after[0]), min(before[1], after[1])
            if before != between:
                taken.append(_Step(pair, before, between))
            if after != between:
                added.append(_Step(pair, between, after))
    taken.sort(key=lambda step: _earned(problem, step.pair, step.before, step.after))
    added.sort(key=lambda step: -_earned(problem, step.pair, step.after, step.before))
    return taken, added


def _earned(problem: Problem, pair: Pair, more: Lines, less: Lines) -> float:
    """Value an hour that more lines earn than less, by the tables."""
    campaign = problem.campaigns[problem.campaign_index[pair[0]]]
    dial = np.array([more[0], less[0]])
    handled = rates(campaign, dial, np.minimum([more[1], less[1]], dial)).handled
    return campaign.value * float(handled[0] - handled[1])


class _Room:
    """What the lines take while the moves are made, and what there is."""

    def __init__(self, problem: Problem, lines: Mapping[Pair, Lines]) -> None:
        self._dialers = {d.dialer_id: d for d in problem.dialers}
        self._limits: dict[tuple[str, str], int] = {}
        for dialer in problem.dialers:
            self._limits["ports", dialer.dialer_id] = dialer.ports
        for group in problem.trunk_groups:
            self._limits["channels", group.trunk_group] = group.channels
        for campaign in problem.campaigns:
            if campaign.is_live_transfer:
                self._limits["agents", campaign.campaign_id] = campaign.agent_lines
            if campaign.max_dial_lines is not None:
                self._limits["dial", campaign.campaign_id] = campaign.max_dial_lines
        self._taken: Counter[tuple[str, str]] = Counter()
        for pair, count in lines.items():
            self.take(_Step(pair, (0, 0), count))

    def take(self, step: _Step) -> None:
        """Make a step."""
        for what, more in self._needs(step):
            self._taken[what] += more

    def fits(self, step: _Step) -> bool:
        """Whether ports, channels, agents and dial lines suffice for a step that adds."""
        return all(
            self._taken[what] + more <= self._limits[what]
            for what, more in self._needs(step)
            if what in self._limits
        )

    def _needs(self, step: _Step) -> Iterator[tuple[tuple[str, str], int]]:
        dialer = self._dialers[step.pair[1]]
        dial, agents = step.after[0] - step.before[0], step.after[1] - step.before[1]
        ports = dial + agents * dialer.agent_lines_use_ports
        yield ("ports", dialer.dialer_id), ports
        if dialer.trunk_group is not None:
            yield ("channels", dialer.trunk_group), ports
        yield ("agents", step.pair[0]), agents
        yield ("dial", step.pair[0]), dial


def _helps(problem: Problem, step: _Step, added: list[_Step]) -> bool:
    """Whether taking these lines makes room for the first step that waits."""
    if not added:
        return True
    first = added[0]
    group = {d.dialer_id: d.trunk_group for d in problem.dialers}
    shared = group[step.pair[1]] is not None and group[step.pair[1]] == group[first.pair[1]]
    return step.pair[0] == first.pair[0] or step.pair[1] == first.pair[1] or shared


def _move(number: int, step: _Step) -> Move:
    (n0, a0), (n1, a1) = step.before, step.after
    return Move(
        step=number,
        campaign_id=step.pair[0],
        dialer_id=step.pair[1],
        dial_lines_from=n0,
        dial_lines_to=n1,
        agent_lines_from=a0,
        agent_lines_to=a1,
        instruction=_instruction(step),
    )


def _instruction(step: _Step) -> str:
    campaign, dialer = step.pair
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
