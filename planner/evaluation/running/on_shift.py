"""Sentences on campaigns with more agent lines than agents on shift."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.contracts.problem import Problem
from planner.evaluation.seats import with_agents

#: Campaigns that are named one by one.
_MOST_NAMED = 5


def shift_notes(problem: Problem) -> tuple[str, ...]:
    """Which campaigns have more agent lines on dialers in service than agents on shift."""
    shape = len(problem.campaigns), len(problem.dialers)
    lines = np.zeros(shape, np.int64)
    for item in problem.assignments:
        c, d = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
        if problem.dialers[d].in_service and problem.campaigns[c].is_live_transfer:
            lines[c, d] = item.agent_lines
    there = with_agents(problem, lines)
    names = [dialer.dialer_id for dialer in problem.dialers]
    found = [
        too_few_agents(
            problem.campaigns[c].campaign_id,
            [(names[d], int(there[c, d]), int(lines[c, d])) for d in np.flatnonzero(lines[c])],
        )
        for c in np.flatnonzero((there < lines).any(axis=1))
    ]
    rest = len(found) - _MOST_NAMED
    more = [f"{rest} more campaigns have fewer agents than agent lines."] if rest > 0 else []
    return (*found[:_MOST_NAMED], *more)


def too_few_agents(campaign_id: str, lines: Sequence[tuple[str, int, int]]) -> str:
    """A sentence on a campaign's agent lines: dialer, those with an agent, those assigned."""
    there, assigned = sum(row[1] for row in lines), sum(row[2] for row in lines)
    split = ", ".join(f"{agents} on {dialer}" for dialer, agents, _ in lines)
    return (
        f"{campaign_id}: agents are on shift for {there} of {assigned} agent lines; taken as "
        f"{split}."
    )
