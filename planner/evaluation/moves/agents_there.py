"""Lines on the way from some lines to others as they run: within ports, with agents on shift."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from planner.contracts.problem import Problem
from planner.evaluation.moves.rows import Lines, Pair, Step
from planner.evaluation.running.within_ports import lines_within
from planner.evaluation.seats import with_agents

_NONE: Lines = (0, 0)
#: Agents of pools are seated anew after every move while that seats so many in all; beyond, after
#: every second, third, ... and the last: 0.1 s for 4,000 agents.
_MOST_SEATED = 100_000


def lines_that_run(
    problem: Problem, lines: Mapping[Pair, Lines], idle: Collection[Pair]
) -> dict[Pair, Lines]:
    """Lines that fit ports and channels, with the agents there; of who has none left, none.

    Parameters
    ----------
    lines : dial and agent lines by places of campaign and dialer
    idle : pairs that somebody stopped, where no agent sits
    """
    shape = len(problem.campaigns), len(problem.dialers)
    dial, agents = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for pair, counts in lines.items():
        dial[pair], agents[pair] = _NONE if pair in idle else counts
    fit_dial, fit_agents = lines_within(problem, dial, agents, channels=True)
    there = with_agents(problem, fit_agents)
    found = dict(lines)
    for pair in lines.keys() - set(idle):
        if there[pair] < agents[pair] or fit_dial[pair] < dial[pair]:
            runs = there[pair] > 0 or (agents[pair] == 0 and fit_dial[pair] > 0)
            found[pair] = (int(fit_dial[pair]), int(there[pair])) if runs else _NONE
    return found


def steps_that_run(
    problem: Problem, lines: Mapping[Pair, Lines], steps: Sequence[Step], idle: Collection[Pair]
) -> Iterator[list[Step]]:
    """For each step what it changes of the lines that run, other pairs' among it.

    Agents of lines that are taken away sit down where lines have none.
    """
    raw = dict(lines)
    end = raw | {step.pair: step.after for step in steps}
    before = lines_that_run(problem, raw, idle)
    short = before != raw or lines_that_run(problem, end, idle) != end
    lines_in_all = sum(agents for _, agents in raw.values())
    every = 1 + len(steps) * lines_in_all // _MOST_SEATED if short and problem.pools else 1
    for number, step in enumerate(steps, start=1):
        raw[step.pair] = step.after
        if short and (number % every == 0 or number == len(steps)):
            now = lines_that_run(problem, raw, idle)
        else:
            now = before | {step.pair: step.after}
        changed = [pair for pair in raw if now[pair] != before.get(pair, _NONE)]
        yield [Step(pair, before.get(pair, _NONE), now[pair]) for pair in changed]
        before = now
