"""Lines on the way from some lines to others as they run: with the agents that are on shift."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from planner.contracts.problem import Problem
from planner.evaluation.moves.rows import Lines, Pair, Step
from planner.evaluation.seats import with_agents

_NONE: Lines = (0, 0)
#: Agents of pools are seated anew after every move while that seats so many in all; beyond, after
#: every second, third, ... and the last: 0.1 s for 4,000 agents.
_MOST_SEATED = 100_000


def lines_that_run(
    problem: Problem, lines: Mapping[Pair, Lines], idle: Collection[Pair]
) -> dict[Pair, Lines]:
    """Lines with the agents that are there for them; of who has no agent left, none.

    Parameters
    ----------
    lines : dial and agent lines by places of campaign and dialer
    idle : pairs that somebody stopped, where no agent sits
    """
    agents = np.zeros((len(problem.campaigns), len(problem.dialers)), np.int64)
    for pair, (_, count) in lines.items():
        agents[pair] = 0 if pair in idle else count
    there = with_agents(problem, agents)
    found = dict(lines)
    for pair, (dial, _) in lines.items():
        if there[pair] < agents[pair]:
            found[pair] = (dial, int(there[pair])) if there[pair] else _NONE
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
