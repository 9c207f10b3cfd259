"""Lines that a dialer's ports, and a trunk group's channels, let run at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from planner.contracts.problem import LineAssignment, Problem
from planner.evaluation.seats import apportioned

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: Dialers, and campaigns of one, that are named one by one.
_MOST_NAMED = 5


def lines_within(
    problem: Problem, dial: Ints, agents: Ints, *, channels: bool = False
) -> tuple[Ints, Ints]:
    """Of lines ``[campaign, dialer]`` those that run at once: no more than a dialer has ports.

    Dial lines are cut in proportion to what was set, and agent lines with them where fewer dial
    than agent lines would be left. An agent line takes its port whether it has an agent or not;
    lines that cannot dial take none and stay as they are.

    Parameters
    ----------
    channels : cut to the channels of trunk groups as well, as formulas have to: in a simulation
        lines share channels call by call

    Returns
    -------
    Dial and agent lines; the given arrays where all fit.
    """
    left_dial, left_agents, counts = _that_take_ports(problem, dial, agents)
    fits = True
    for limit, here in _limits(problem, left_dial + left_agents * counts, channels=channels):
        part = left_dial[:, here], left_agents[:, here]
        taken = int((part[1] * counts[:, here]).sum())
        if int(part[0].sum()) + taken > limit:
            left_dial[:, here], left_agents[:, here] = _cut(*part, counts[:, here], limit)
            fits = False
    if fits:
        return dial, agents
    runs = _can_dial(problem, dial, agents)
    return np.where(runs, left_dial, dial), np.where(runs, left_agents, agents)


def line_arrays(problem: Problem, lines: Iterable[LineAssignment]) -> tuple[Ints, Ints]:
    """Dial and agent lines ``[campaign, dialer]``."""
    shape = (len(problem.campaigns), len(problem.dialers))
    dial, agents = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for item in lines:
        place = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
        dial[place], agents[place] = item.dial_lines, item.agent_lines
    return dial, agents


def port_notes(problem: Problem, *, by_time: bool = False) -> tuple[str, ...]:
    """Which dialers have more lines than ports, or trunk groups than channels, and what runs.

    With ``by_time`` it is said that only campaigns which dial at once share ports.
    """
    dial, agents, counts = _that_take_ports(problem, *line_arrays(problem, problem.assignments))
    left_dial, left_agents = lines_within(problem, dial, agents)
    used = (dial + agents * counts).sum(axis=0)
    found = []
    for d in np.flatnonzero(((left_dial < dial) | (left_agents < agents)).any(axis=0)):
        dialer, here = problem.dialers[d], np.flatnonzero(dial[:, d])
        told = [
            f"{left_dial[c, d]} + {left_agents[c, d]} of {problem.campaigns[c].campaign_id}"
            if problem.campaigns[c].is_live_transfer
            else f"{left_dial[c, d]} of {problem.campaigns[c].campaign_id}"
            for c in here[:_MOST_NAMED]
        ]
        rest = len(here) - len(told)
        more = f" and the other {rest} in the same proportion" if rest > 0 else ""
        found.append(
            f"{dialer.dialer_id} has {dialer.ports} for {used[d]} "
            f"(taken as {', '.join(told)}{more})"
        )
    rest = len(found) - _MOST_NAMED
    others = [f"{rest} more dialers have too few as well"] if rest > 0 else []
    said = "; ".join((*found[:_MOST_NAMED], *others))
    note = [f"More lines are set than ports let run: {said}."] if found else []
    if found and by_time:
        note[0] += " Campaigns that do not dial at the same time leave each other their ports."
    return (*note, *_channel_notes(problem))


def _channel_notes(problem: Problem) -> tuple[str, ...]:
    """Which trunk groups have more lines than channels, and what formulas make of it."""
    dial, agents = lines_within(problem, *line_arrays(problem, problem.assignments))
    dial, agents, counts = _that_take_ports(problem, dial, agents)
    used = (dial + agents * counts).sum(axis=0)
    names = [dialer.trunk_group for dialer in problem.dialers]
    return tuple(
        f"Trunk group {group.trunk_group} has {group.channels} channels for {lines} lines; "
        "formulas count its dial lines in proportion, simulations let them take turns."
        for group in problem.trunk_groups
        if (lines := int(used[[name == group.trunk_group for name in names]].sum()))
        > group.channels
    )


def _can_dial(problem: Problem, dial: Ints, agents: Ints) -> Bools:
    """Which lines can dial, on dialers in service ``[campaign, dialer]``."""
    live = _live(problem)
    working = np.array([d.in_service for d in problem.dialers], dtype=bool)[None, :]
    enough = dial >= np.maximum(np.where(live, agents, 0), 1)
    return np.asarray(working & enough & (~live | (agents >= 1)))


def _that_take_ports(problem: Problem, dial: Ints, agents: Ints) -> tuple[Ints, Ints, Ints]:
    """Dial and agent lines that can dial, and the ports of an agent line."""
    live, runs = _live(problem), _can_dial(problem, dial, agents)
    takes = np.array([d.agent_lines_use_ports for d in problem.dialers], dtype=bool)[None, :]
    counts = (live & takes).astype(np.int64)
    return np.where(runs, dial, 0), np.where(runs & live, agents, 0), counts


def _live(problem: Problem) -> Bools:
    return np.array([c.is_live_transfer for c in problem.campaigns], dtype=bool)[:, None]


def _limits(problem: Problem, used: Ints, *, channels: bool) -> Iterator[tuple[int, Ints]]:
    """What fits, and on which dialers: of dialers with more lines than ports, and trunk groups."""
    for d in np.flatnonzero(used.sum(axis=0) > [dialer.ports for dialer in problem.dialers]):
        yield problem.dialers[d].ports, np.array([d])
    for group in problem.trunk_groups if channels else ():
        members = [d for d, x in enumerate(problem.dialers) if x.trunk_group == group.trunk_group]
        yield group.channels, np.array(members, dtype=np.int64)


def _cut(dial: Ints, agents: Ints, counts: Ints, limit: int) -> tuple[Ints, Ints]:
    """Lines cut to a limit; agent lines count so many ports each."""
    taken, total = int((agents * counts).sum()), int(dial.sum())
    if limit - taken < agents.sum():
        agents = agents * limit // (total + taken)
        taken = int((agents * counts).sum())
    kept = apportioned(dial.ravel(), max(limit - taken, 0)).reshape(dial.shape)
    return kept, np.minimum(agents, kept)
