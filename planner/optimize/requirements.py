"""The requirements of a problem one by one: their names in the files, and how each may give way."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from planner.fields import MAX_LINES
from planner.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup

Value = bool | int | float | str | None
#: Steps in which shares and abandon rates are eased, and calls per second, as a factor.
SHARE_STEP, RATE_STEP, SPEED_STEP = 1e-3, 1e-4, 1.01
#: Calls per second are tried up to so many times their limit.
MOST_SPEED = 100.0
#: Dialers that are tried one by one when a campaign may use only some.
MOST_TRIED = 12


class Change(NamedTuple):
    """New values of a row of a table; None takes the row (of the assignments) out."""

    table: str
    key: tuple[str, ...]
    update: dict[str, Any] | None


@dataclass(frozen=True)
class Easing:
    """One way to give way: the new value of the column, in words, and what changes."""

    value: Value
    words: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Requirement:
    """One requirement: where it stands in the files, in words, and how it may give way.

    ``easing`` gives the changes from the least (1) to the most (``steps``). Where they are
    ``ordered``, each allows all that the one before allows.
    """

    table: str
    key: tuple[str, ...]
    column: str
    value: Value
    words: str
    lifted: tuple[Change, ...]
    steps: int
    easing: Callable[[int], Easing]
    ordered: bool = True
    #: Whether it demands lines; else it only limits them.
    is_demand: bool = False

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from all others."""
        return self.table, *self.key, self.column

    @property
    def campaign_id(self) -> str | None:
        """The campaign that it concerns; None if it is about the fleet."""
        return self.key[0] if self.table in ("campaigns", "assignments") else None


@dataclass(frozen=True)
class Room:
    """What counts as no limit: more than any plan of the demands could need."""

    ports: Mapping[str, int]  # by dialer
    agent_lines: Mapping[str, int]  # by campaign


def with_changes(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem with rows changed; several changes of a row add up."""
    updates: defaultdict[str, dict[tuple[str, ...], dict[str, Any] | None]] = defaultdict(dict)
    for table, key, update in changes:
        before = updates[table].get(key, {})
        gone = update is None or before is None
        updates[table][key] = None if gone else {**(before or {}), **(update or {})}
    tables = {}
    for table, rows in updates.items():
        changed = ((row, rows.get(_key(row), {})) for row in getattr(problem, table))
        tables[table] = tuple(
            row.model_copy(update=update) if update else row
            for row, update in changed
            if update is not None
        )
    return problem.model_copy(update=tables)


def demanding(problem: Problem) -> Problem:
    """The problem without the campaigns that no requirement gives lines: they may have none."""
    locked = {a.campaign_id for a in problem.assignments if a.dial_lines or a.agent_lines}
    kept = tuple(c for c in problem.campaigns if c.min_dialers > 0 or c.campaign_id in locked)
    ids = {c.campaign_id for c in kept}
    lines = tuple(a for a in problem.assignments if a.campaign_id in ids)
    return problem.model_copy(update={"campaigns": kept, "assignments": lines})


def locked_only(problem: Problem, keep_current: bool) -> Problem:
    """The problem with those lines only that must stay, as locks.

    A lock on a dialer out of service lapses: such a dialer gets no lines.
    """
    working = {dialer.dialer_id for dialer in problem.dialers if dialer.in_service}
    kept = tuple(
        item.model_copy(update={"locked": True})
        for item in problem.assignments
        if item.dialer_id in working
        and (item.locked or (keep_current and (item.dial_lines or item.agent_lines)))
    )
    return problem.model_copy(update={"assignments": kept})


def room_for(problem: Problem) -> Room:
    """Enough ports and agents for every demand, on any dialer beside all others."""
    blocks = {}
    agents = {}
    for campaign in problem.campaigns:
        locks = [a for a in problem.assignments if a.campaign_id == campaign.campaign_id]
        least = campaign.min_agent_lines if campaign.is_live_transfer else 0
        most = max([least, *(a.agent_lines for a in locks)])
        lines = max([most, 1, *(a.dial_lines for a in locks)])
        blocks[campaign.campaign_id] = most + lines
        room = campaign.agent_lines + most * len(problem.dialers)
        agents[campaign.campaign_id] = min(room, MAX_LINES)
    needed = 2 * sum(blocks.values())
    ports = {d.dialer_id: min(d.ports + needed, MAX_LINES) for d in problem.dialers}
    return Room(ports, agents)


def demands_of(problem: Problem) -> list[Requirement]:
    """The requirements that give campaigns lines; without them no line is needed at all."""
    found = [_min_dialers(c, len(problem.dialers)) for c in problem.campaigns if c.min_dialers > 0]
    locks = [_lock(a) for a in problem.assignments if a.dial_lines or a.agent_lines]
    return [*found, *locks]


def limits_of(problem: Problem, room: Room) -> list[Requirement]:
    """The requirements that keep lines away; those that are a choice first."""
    return [
        *(r for c in problem.campaigns for r in _campaign_limits(c, problem, room)),
        *(_lock(a) for a in problem.assignments if not (a.dial_lines or a.agent_lines)),
        *(_out_of_service(d) for d in problem.dialers if not d.in_service),
        *_failure_domains(problem),
        *(_trunk_cps(g) for g in problem.trunk_groups if g.cps is not None),
        *(_dialer_cps(d) for d in problem.dialers if d.cps is not None),
        *(_uses_ports(d) for d in problem.dialers if d.agent_lines_use_ports),
        *(_agent_lines(c, room) for c in problem.campaigns if c.is_live_transfer),
        *(_channels(g, problem, room) for g in problem.trunk_groups),
        *(_ports(d, room) for d in problem.dialers),
    ]


def _key(row: Any) -> tuple[str, ...]:
    match row:
        case Campaign():
            return (row.campaign_id,)
        case Dialer():
            return (row.dialer_id,)
        case TrunkGroup():
            return (row.trunk_group,)
        case _:
            return row.campaign_id, row.dialer_id


def _requirement(
    row: Campaign | Dialer | TrunkGroup,
    column: str,
    words: str,
    lifted: Value,
    easings: tuple[int, Callable[[int], tuple[Any, str]]],
) -> Requirement:
    """A requirement in one column of one row; ``easings``: how many, and each value with words."""
    table = {Campaign: "campaigns", Dialer: "dialers", TrunkGroup: "trunk_groups"}[type(row)]
    key = _key(row)
    steps, value_at = easings

    def easing(step: int) -> Easing:
        value, said = value_at(step)
        return Easing(value, said, (Change(table, key, {column: value}),))

    return Requirement(
        table=table,
        key=key,
        column=column,
        value=getattr(row, column),
        words=words,
        lifted=(Change(table, key, {column: lifted}),),
        steps=steps,
        easing=easing,
    )


def _counted(
    start: int, end: int, words: Callable[[int], str]
) -> tuple[int, Callable[[int], tuple[int, str]]]:
    """Whole numbers from the one next to start up or down to end."""
    sign = 1 if end > start else -1

    def value_at(step: int) -> tuple[int, str]:
        return start + sign * step, words(start + sign * step)

    return abs(end - start), value_at


def _faster(limit: float, words: str) -> tuple[int, Callable[[int], tuple[float, str]]]:
    """Up to a hundred times the limit, one per cent each step; ``{}`` in the words is the value."""

    def value_at(step: int) -> tuple[float, str]:
        value = float(f"{limit * SPEED_STEP**step:.3g}")
        return value, words.format(f"{value:g}")

    return math.ceil(math.log(MOST_SPEED) / math.log(SPEED_STEP)), value_at


def _campaign_limits(campaign: Campaign, problem: Problem, room: Room) -> Iterator[Requirement]:
    if campaign.survivable_share > 0:
        yield _survivable_share(campaign)
    if campaign.max_abandon_rate is not None and campaign.is_live_transfer:
        yield _max_abandon_rate(campaign, campaign.max_abandon_rate)
    if campaign.is_live_transfer and campaign.min_agent_lines > 1:
        yield _min_agent_lines(campaign)
    if campaign.allowed_dialers is not None:
        yield _allowed_dialers(campaign, campaign.allowed_dialers, problem)
    if campaign.max_dial_lines is not None:
        yield _max_dial_lines(campaign, campaign.max_dial_lines, room)


def _survivable_share(campaign: Campaign) -> Requirement:
    share = campaign.survivable_share
    above = math.ceil(share / SHARE_STEP - 1e-6)

    def value_at(step: int) -> tuple[float, str]:
        eased = max(0.0, round((above - step) * SHARE_STEP, 3))
        return eased, f"ask for {100 * eased:.1f} % of campaign {campaign.campaign_id} to survive"

    words = f"campaign {campaign.campaign_id} needs {100 * share:g} % to survive any single failure"
    return _requirement(campaign, "survivable_share", words, 0.0, (above, value_at))


def _max_abandon_rate(campaign: Campaign, rate: float) -> Requirement:
    below = math.floor(rate / RATE_STEP + 1e-6)
    name = f"campaign {campaign.campaign_id}"

    def value_at(step: int) -> tuple[float, str]:
        eased = min(1.0, round((below + step) * RATE_STEP, 4))
        return eased, f"let {name} abandon up to {eased:.2%} of its live answers"

    words = f"{name} abandons at most {rate:.2%} of its live answers"
    steps = round(1 / RATE_STEP) - below
    return _requirement(campaign, "max_abandon_rate", words, None, (steps, value_at))


def _min_agent_lines(campaign: Campaign) -> Requirement:
    name, least = f"campaign {campaign.campaign_id}", campaign.min_agent_lines
    eased = _counted(
        least, 1, lambda n: f"let {name} run with {n} agent {_plural('line', n)} on a dialer"
    )
    words = f"{name} has at least {least} agent lines where it runs"
    return _requirement(campaign, "min_agent_lines", words, 1, eased)


def _max_dial_lines(campaign: Campaign, most: int, room: Room) -> Requirement:
    name = f"campaign {campaign.campaign_id}"
    end = max(most + 1, min(sum(room.ports.values()), MAX_LINES))
    eased = _counted(most, end, lambda n: f"allow {name} {n} dial {_plural('line', n)}")
    words = f"{name} has at most {most} dial {_plural('line', most)}"
    return _requirement(campaign, "max_dial_lines", words, None, eased)


def _agent_lines(campaign: Campaign, room: Room) -> Requirement:
    name, shift = f"campaign {campaign.campaign_id}", campaign.agent_lines
    end = max(shift + 1, room.agent_lines[campaign.campaign_id])
    eased = _counted(shift, end, lambda n: f"put {n} agent {_plural('line', n)} of {name} on shift")
    words = f"{name} has {shift} agent {_plural('line', shift)} on shift"
    return _requirement(campaign, "agent_lines", words, end, eased)


def _min_dialers(campaign: Campaign, dialers: int) -> Requirement:
    name, least = f"campaign {campaign.campaign_id}", campaign.min_dialers

    def said(count: int) -> str:
        if count == 0:
            return f"let {name} go without lines (min_dialers 0)"
        return f"let {name} run on {count} {_plural('dialer', count)}"

    words = f"{name} runs on at least {least} {_plural('dialer', least)}"
    if least > dialers:
        words += f" (there {'is' if dialers == 1 else 'are'} {dialers})"
    found = _requirement(campaign, "min_dialers", words, 0, _counted(least, 0, said))
    return Requirement(**{**vars(found), "is_demand": True})


def _allowed_dialers(campaign: Campaign, allowed: tuple[str, ...], problem: Problem) -> Requirement:
    """Each other dialer alone, the largest first, then all of them."""
    name = f"campaign {campaign.campaign_id}"
    others = [d for d in problem.dialers if d.dialer_id not in allowed]
    tried = [d.dialer_id for d in sorted(others, key=lambda d: -d.ports)[:MOST_TRIED]]
    key = (campaign.campaign_id,)

    def easing(step: int) -> Easing:
        wider = (*allowed, tried[step - 1]) if step <= len(tried) else None
        said = f"{tried[step - 1]} too" if wider else "all dialers"
        change = Change("campaigns", key, {"allowed_dialers": wider})
        return Easing("|".join(wider or ()), f"let {name} use {said}", (change,))

    return Requirement(
        table="campaigns",
        key=key,
        column="allowed_dialers",
        value="|".join(allowed),
        words=f"{name} may use only {', '.join(allowed)}",
        lifted=(Change("campaigns", key, {"allowed_dialers": None}),),
        steps=len(tried) + 1,
        easing=easing,
        ordered=False,
    )


def _out_of_service(dialer: Dialer) -> Requirement:
    name = f"dialer {dialer.dialer_id}"
    eased = (1, lambda _: (True, f"put {name} back in service"))
    return _requirement(dialer, "in_service", f"{name} is out of service", True, eased)


def _uses_ports(dialer: Dialer) -> Requirement:
    name = f"dialer {dialer.dialer_id}"
    eased = (1, lambda _: (False, f"take the agent lines of {name} off its ports"))
    words = f"agent lines on {name} use its ports"
    return _requirement(dialer, "agent_lines_use_ports", words, False, eased)


def _failure_domains(problem: Problem) -> Iterator[Requirement]:
    """Dialers that fail together; lifted, each fails alone."""
    for domain in problem.failure_domains:
        members = [d.dialer_id for d in problem.dialers if d.domain == domain]
        if len(members) > 1:
            yield _failure_domain(domain, members)


def _failure_domain(domain: str, members: list[str]) -> Requirement:
    # A name of its own for each, which no other dialer's domain can have: ids hold no separator.
    apart = tuple(
        Change("dialers", (name,), {"failure_domain": f"{domain} | {name}"}) for name in members
    )
    easing = Easing(None, f"have {', '.join(members)} fail apart", apart)
    return Requirement(
        table="dialers",
        key=(domain,),
        column="failure_domain",
        value=domain,
        words=f"dialers {', '.join(members)} fail together ({domain})",
        lifted=apart,
        steps=1,
        easing=lambda _: easing,
    )


def _ports(dialer: Dialer, room: Room) -> Requirement:
    name = f"dialer {dialer.dialer_id}"
    end = max(dialer.ports + 1, room.ports[dialer.dialer_id])
    eased = _counted(dialer.ports, end, lambda n: f"give {name} {n} {_plural('port', n)}")
    words = f"{name} has {dialer.ports} {_plural('port', dialer.ports)}"
    return _requirement(dialer, "ports", words, end, eased)


def _dialer_cps(dialer: Dialer) -> Requirement:
    limit, name = dialer.cps or 0.0, f"dialer {dialer.dialer_id}"
    words = f"{name} places at most {limit:g} calls per second"
    eased = _faster(limit, f"let {_escaped(name)} place {{}} calls per second")
    return _requirement(dialer, "cps", words, None, eased)


def _trunk_cps(group: TrunkGroup) -> Requirement:
    limit, name = group.cps or 0.0, f"trunk group {group.trunk_group}"
    words = f"{name} takes at most {limit:g} calls per second"
    eased = _faster(limit, f"let {_escaped(name)} take {{}} calls per second")
    return _requirement(group, "cps", words, None, eased)


def _channels(group: TrunkGroup, problem: Problem, room: Room) -> Requirement:
    name = f"trunk group {group.trunk_group}"
    members = [d.dialer_id for d in problem.dialers if d.trunk_group == group.trunk_group]
    end = max(group.channels + 1, sum(room.ports[dialer_id] for dialer_id in members))
    eased = _counted(group.channels, end, lambda n: f"give {name} {n} {_plural('channel', n)}")
    words = f"{name} has {group.channels} {_plural('channel', group.channels)}"
    return _requirement(group, "channels", words, end, eased)


def _lock(item: LineAssignment) -> Requirement:
    key = (item.campaign_id, item.dialer_id)
    place = f"campaign {item.campaign_id} on {item.dialer_id}"
    gone = (Change("assignments", key, None),)
    easing = Easing(False, f"let {place} have other lines", gone)
    return Requirement(
        table="assignments",
        key=key,
        column="locked",
        value=True,
        words=f"{place} keeps its {item.dial_lines} + {item.agent_lines} lines",
        lifted=gone,
        steps=1,
        easing=lambda _: easing,
        is_demand=bool(item.dial_lines or item.agent_lines),
    )


def lifts(requirements: Collection[Requirement]) -> list[Change]:
    """What lifts all of some requirements."""
    return [change for requirement in requirements for change in requirement.lifted]


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
