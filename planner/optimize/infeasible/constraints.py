"""The constraints of a problem one by one, and problems without some of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from planner.contracts.limits import MAX_LINES
from planner.contracts.problem import Campaign, LineAssignment, Problem
from planner.evaluation.rates import rates
from planner.optimize.infeasible.campaign_constraints import (
    agent_lines_on_shift,
    campaign_limits,
    done_in_time,
    least_dialers,
    least_transfers,
)
from planner.optimize.infeasible.constraint import Change, Constraint, NoLimit, key_of
from planner.optimize.infeasible.fleet_constraints import (
    agent_lines_on_ports,
    channels_of,
    dialer_speed,
    fails_together,
    failure_domains,
    kept_lines,
    locked_lines,
    out_of_service,
    ports_of,
    trunk_speed,
)
from planner.optimize.infeasible.sums import least_sums, most_sums, pool_places, pool_sizes


def demands_of(
    problem: Problem, kept: frozenset[tuple[str, str]] = frozenset()
) -> list[Constraint]:
    """The constraints that give campaigns lines; without them no line is needed at all.

    ``kept`` are campaign and dialer of lines that no file locks: all current lines are to stay.
    """
    found = [least_dialers(c, len(problem.dialers)) for c in problem.campaigns if c.min_dialers > 0]
    found += [least_transfers(c) for c in problem.campaigns if c.min_transfers_per_hour > 0]
    found += [done_in_time(c) for c in problem.campaigns if c.min_attempts_per_hour > 0]
    locks = [
        kept_lines(a, kept) if (a.campaign_id, a.dialer_id) in kept else locked_lines(a)
        for a in problem.assignments
        if a.dial_lines or a.agent_lines
    ]
    return [*found, *least_sums(problem), *locks]


def limits_of(problem: Problem, room: NoLimit, failures: int = 1) -> list[Constraint]:
    """The constraints that keep lines away; those that are a choice first.

    ``failures`` is how many failures at once campaigns have to survive.
    """
    return [
        *(r for c in problem.campaigns for r in campaign_limits(c, problem, room, failures)),
        *(locked_lines(a) for a in problem.assignments if not (a.dial_lines or a.agent_lines)),
        *(out_of_service(d) for d in problem.dialers if not d.in_service),
        *failure_domains(problem),
        *(fails_together(g) for g in problem.trunk_groups if g.fails_together),
        *(trunk_speed(g) for g in problem.trunk_groups if g.cps is not None),
        *(dialer_speed(d) for d in problem.dialers if d.cps is not None),
        *(agent_lines_on_ports(d) for d in problem.dialers if d.agent_lines_use_ports),
        *most_sums(problem, room),
        *pool_places(problem),
        *pool_sizes(problem, room),
        *(agent_lines_on_shift(c, room) for c in problem.campaigns if _has_a_shift(c)),
        *(channels_of(g, problem, room) for g in problem.trunk_groups),
        *(ports_of(d, room) for d in problem.dialers),
    ]


def lifts(constraints: Collection[Constraint]) -> list[Change]:
    """What lifts all of some constraints."""
    return [change for constraint in constraints for change in constraint.lifted]


def with_changes(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem with rows changed; several changes of a row add up."""
    updates: defaultdict[str, dict[tuple[str, ...], dict[str, Any] | None]] = defaultdict(dict)
    for table, key, update in changes:
        before = updates[table].get(key, {})
        gone = update is None or before is None
        updates[table][key] = None if gone else {**(before or {}), **(update or {})}
    tables = {}
    for table, rows in updates.items():
        changed = ((row, rows.get(key_of(row), {})) for row in getattr(problem, table))
        tables[table] = tuple(
            row.model_copy(update=update) if update else row
            for row, update in changed
            if update is not None
        )
    return problem.model_copy(update=tables)


def demanding(problem: Problem) -> Problem:
    """The problem without the campaigns that no constraint gives lines: they may have none."""
    wanted = {a.campaign_id for a in problem.assignments if a.dial_lines or a.agent_lines}
    wanted |= {r.campaign_id for r in least_sums(problem) if r.campaign_id is not None}
    kept = tuple(
        c
        for c in problem.campaigns
        if c.min_dialers > 0
        or c.min_transfers_per_hour > 0
        or c.min_attempts_per_hour > 0
        or c.campaign_id in wanted
    )
    ids = {c.campaign_id for c in kept}
    lines = tuple(a for a in problem.assignments if a.campaign_id in ids)
    return problem.model_copy(update={"campaigns": kept, "assignments": lines})


def locked_only(problem: Problem, keep_current: bool) -> Problem:
    """The problem with those lines only that must stay, as locks.

    A lock on a dialer out of service lapses: such a dialer gets no lines.
    """
    return problem.model_copy(update={"assignments": _locks(problem, keep_current, working=True)})


def lapsed_locks(problem: Problem, keep_current: bool) -> tuple[LineAssignment, ...]:
    """The locks on dialers out of service: who puts such a dialer back has them in force again."""
    return _locks(problem, keep_current, working=False)


def _locks(problem: Problem, keep_current: bool, *, working: bool) -> tuple[LineAssignment, ...]:
    there = {dialer.dialer_id for dialer in problem.dialers if dialer.in_service is working}
    return tuple(
        item.model_copy(update={"locked": True})
        for item in problem.assignments
        if item.dialer_id in there
        and (item.locked or (keep_current and (item.dial_lines or item.agent_lines)))
    )


def with_locks_back(problem: Problem, lapsed: Sequence[LineAssignment]) -> Problem:
    """The problem with those lapsed locks that are in force again, on dialers in service."""
    working = {dialer.dialer_id for dialer in problem.dialers if dialer.in_service}
    back = tuple(
        item
        for item in lapsed
        if item.dialer_id in working and item.campaign_id in problem.campaign_index
    )
    if not back:
        return problem
    return problem.model_copy(update={"assignments": (*problem.assignments, *back)})


def room_for(problem: Problem) -> NoLimit:
    """Enough ports and agents for every demand, on any dialer beside all others."""
    blocks = {}
    agents = {}
    floors: dict[str, int] = {}
    for floor in least_sums(problem):
        owner = str(floor.campaign_id)
        floors[owner] = floors.get(owner, 0) + int(str(floor.value))
    for campaign in problem.campaigns:
        locks = [a for a in problem.assignments if a.campaign_id == campaign.campaign_id]
        least = campaign.min_agent_lines if campaign.is_live_transfer else 0
        most = max([least, *(a.agent_lines for a in locks)])
        asked = max(_lines_for_calls(campaign), floors.get(campaign.campaign_id, 0))
        lines = max([most, 1, asked, *(a.dial_lines for a in locks)])
        blocks[campaign.campaign_id] = max(most, asked) + lines
        room = campaign.agent_lines + max(most * len(problem.dialers), asked)
        agents[campaign.campaign_id] = min(room, MAX_LINES)
    needed = 2 * sum(blocks.values())
    ports = {d.dialer_id: min(d.ports + needed, MAX_LINES) for d in problem.dialers}
    return NoLimit(ports, agents)


def _has_a_shift(campaign: Campaign) -> bool:
    """Whether its agents are counted for it alone; pools have those of others."""
    return campaign.is_live_transfer and campaign.own_agent_lines is not None


def _lines_for_calls(campaign: Campaign) -> int:
    """Dial lines, and agents beside them, that reach what it must: as many as of single pairs."""
    found = rates(campaign, [1], [int(campaign.is_live_transfer)])
    per_pair = (float(found.handled[0]), float(found.attempts[0]))
    asked = (campaign.min_transfers_per_hour, campaign.min_attempts_per_hour)
    lines = [
        math.ceil(a / p) if 0 < a < p * MAX_LINES else 0
        for a, p in zip(asked, per_pair, strict=True)
    ]
    return max(lines)
