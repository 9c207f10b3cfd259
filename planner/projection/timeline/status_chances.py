"""How likely a pause is over a horizon, by the exact transient figures of one pair."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.contracts.result import Status
from planner.projection.figures import exact
from planner.projection.pairs import Pair
from planner.projection.timeline.horizon import Booleans, Horizon
from planner.traffic.arguments import Floats
from planner.traffic.exact import hold
from planner.traffic.exact.passage import Transient, all_busy_transient

#: Gauss-Legendre points of a step, in steps from its start, and their weights: what happens on
#: several dialers at once is averaged over them.
NODES, NODE_WEIGHTS = (
    0.5 * (values + shift)
    for values, shift in zip(np.polynomial.legendre.leggauss(12), (1.0, 0.0), strict=True)
)
#: After a break of so many times what a call takes, nobody is left talking.
FORGOTTEN_CALLS = 30.0


class Ends(NamedTuple):
    """Ends of the 95 % intervals of simulated probabilities, by step."""

    all_busy: tuple[Floats, Floats]
    completed: tuple[Floats, Floats]
    rest: tuple[Floats, Floats]  # neither


class Course(NamedTuple):
    """Probabilities of one pair by step, averaged over it, where the calls decide the status."""

    all_busy: Floats
    completed: Floats
    ends: Ends | None = None  # None where they are exact, or too few runs tell nothing of chance
    nodes: Floats | None = None  # chance of a pause at the nodes of each step, where it is exact


def idle_course(given: Horizon) -> Course:
    """Neither a pause nor the end of the list."""
    never = np.zeros(len(given.stretch_of))
    return Course(never, never)


def long_run_course(given: Horizon, place: int) -> Course:
    """All-busy shares by the formulas, as if each step lasted for ever; the list is endless."""
    shares = []
    for stretch in given.stretches:
        pair = stretch.pairs[place]
        no_agents = pair.campaign.is_live_transfer and pair.agent_lines == 0
        share = 1.0 if no_agents else exact.figures(pair).get("all_busy_share")
        shares.append(share or 0.0)
    all_busy = np.array([shares[s] for s in given.stretch_of])
    return Course(all_busy, np.zeros_like(all_busy))


def exact_course(given: Horizon, place: int) -> Course | None:
    """The course by the transient engine; None where its assumptions do not hold."""
    if not given.pairs[place].campaign.is_live_transfer:
        return idle_course(given)
    running = given.running(place)
    then = [given.stretches[s].pairs[place] for s in given.stretch_of]
    changed = [p for p, open_ in zip(then, running, strict=True) if open_]
    first = changed[0]
    if not exact.is_memoryless(first.campaign) or first.agent_lines == 0:
        return None
    same = first.campaign, first.agent_lines, first.item.dial_lines
    if any((p.campaign, p.agent_lines, p.item.dial_lines) != same for p in changed):
        return None
    seconds, all_busy = given.seconds, np.zeros(len(running))
    nodes = np.zeros((len(running), len(NODES)))
    for start, end in _spells(running):
        busy = _busy_at(given, place, start, seconds)
        if busy is None:
            return None
        times = seconds[start : end + 1] - seconds[start]
        within = times[:-1, None] + np.diff(times)[:, None] * NODES
        grid = np.unique(np.concatenate([times, within.ravel()]))
        found = _transient(first, min(busy, first.agent_lines), grid)
        spent = found.seconds_all_busy[np.searchsorted(grid, times)]
        all_busy[start:end] = np.diff(spent) / np.diff(times)
        nodes[start:end] = found.probability[np.searchsorted(grid, within)]
    never = np.zeros(len(running))
    return Course(np.clip(all_busy, 0.0, 1.0), never, nodes=np.clip(nodes, 0.0, 1.0))


def _spells(running: Booleans) -> list[tuple[int, int]]:
    """First and last + 1 step of each time without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], running, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _busy_at(given: Horizon, place: int, step: int, seconds: Floats) -> int | None:
    """Busy agent lines at the start of a spell; None where calls from before may go on."""
    pair = given.pairs[place]
    before = [given.statuses[s][place] for s in given.stretch_of[:step]]
    in_service = [given.stretches[s].in_service[place] for s in given.stretch_of[:step]]
    if step == 0:
        # More busy lines than agents of this hour: some of the calls are beyond the model.
        return pair.busy_agent_lines if pair.busy_agent_lines <= pair.agent_lines else None
    if Status.RUNNING not in before and pair.busy_agent_lines == 0:
        return 0
    last = max((i for i, s in enumerate(before) if s is Status.RUNNING), default=-1)
    if not all(in_service[last + 1 :]):
        return 0  # its calls are lost
    call = exact.call_seconds(pair)
    return 0 if seconds[step] - seconds[last + 1] > FORGOTTEN_CALLS * call else None


def _transient(pair: Pair, busy: int, times: Floats) -> Transient:
    """All agent lines busy at each time of a spell."""
    lines = (pair.item.dial_lines, pair.agent_lines, busy, times)
    if exact.is_held(pair):
        patience = pair.campaign.patience_seconds
        return hold.all_busy_transient(*lines, *exact.call_figures(pair), patience)
    return all_busy_transient(*lines, *exact.call_figures(pair))
