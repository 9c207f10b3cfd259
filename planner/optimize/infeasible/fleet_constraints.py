"""The constraints of the fleet: dialers, trunk groups, failure domains, and locked lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from planner.contracts.problem import Dialer, LineAssignment, Problem, TrunkGroup
from planner.optimize.infeasible.constraint import (
    Change,
    Constraint,
    Easing,
    NoLimit,
    counted,
    escaped,
    faster,
    in_column,
    plural,
)


def locked_lines(item: LineAssignment) -> Constraint:
    """Lines that must stay as they are: a demand, unless there are none."""
    key = (item.campaign_id, item.dialer_id)
    place = f"campaign {item.campaign_id} on {item.dialer_id}"
    gone = (Change("assignments", key, None),)
    easing = Easing(False, f"let {place} have other lines", gone)
    return Constraint(
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


def kept_lines(item: LineAssignment, kept: Collection[tuple[str, str]]) -> Constraint:
    """Current lines that must stay because all of them must, though no file locks them."""
    free = tuple(Change("assignments", place, None) for place in sorted(kept))
    easing = Easing(None, "plan without --keep-current", free)
    return replace(
        locked_lines(item),
        column="dial_lines",
        value=item.dial_lines,
        words=f"campaign {item.campaign_id} on {item.dialer_id} keeps its {item.dial_lines} + "
        f"{item.agent_lines} lines (--keep-current)",
        easing=lambda _: easing,
    )


def out_of_service(dialer: Dialer) -> Constraint:
    """A dialer that gets no lines."""
    name = f"dialer {dialer.dialer_id}"
    eased = (1, lambda _: (True, f"put {name} back in service"))
    return in_column(dialer, "in_service", f"{name} is out of service", True, eased)


def agent_lines_on_ports(dialer: Dialer) -> Constraint:
    """That agent lines of a dialer take its ports."""
    name = f"dialer {dialer.dialer_id}"
    eased = (1, lambda _: (False, f"take the agent lines of {name} off its ports"))
    words = f"agent lines on {name} use its ports"
    return in_column(dialer, "agent_lines_use_ports", words, False, eased)


def ports_of(dialer: Dialer, room: NoLimit) -> Constraint:
    """Lines that a dialer has room for."""
    name = f"dialer {dialer.dialer_id}"
    end = max(dialer.ports + 1, room.ports[dialer.dialer_id])
    eased = counted(dialer.ports, end, lambda n: f"give {name} {n} {plural('port', n)}")
    words = f"{name} has {dialer.ports} {plural('port', dialer.ports)}"
    return in_column(dialer, "ports", words, end, eased)


def dialer_speed(dialer: Dialer) -> Constraint:
    """Calls per second that a dialer may launch."""
    limit, name = dialer.cps or 0.0, f"dialer {dialer.dialer_id}"
    words = f"{name} places at most {limit:g} calls per second"
    eased = faster(limit, f"let {escaped(name)} place {{}} calls per second")
    return in_column(dialer, "cps", words, None, eased)


def trunk_speed(group: TrunkGroup) -> Constraint:
    """Calls per second that a carrier takes."""
    limit, name = group.cps or 0.0, f"trunk group {group.trunk_group}"
    words = f"{name} takes at most {limit:g} calls per second"
    eased = faster(limit, f"let {escaped(name)} take {{}} calls per second")
    return in_column(group, "cps", words, None, eased)


def channels_of(group: TrunkGroup, problem: Problem, room: NoLimit) -> Constraint:
    """Lines that a carrier has room for."""
    name = f"trunk group {group.trunk_group}"
    members = [d.dialer_id for d in problem.dialers if d.trunk_group == group.trunk_group]
    end = max(group.channels + 1, sum(room.ports[dialer_id] for dialer_id in members))
    eased = counted(group.channels, end, lambda n: f"give {name} {n} {plural('channel', n)}")
    words = f"{name} has {group.channels} {plural('channel', group.channels)}"
    return in_column(group, "channels", words, end, eased)


def fails_together(group: TrunkGroup) -> Constraint:
    """That losing a carrier is a failure of all its dialers."""
    name = f"trunk group {group.trunk_group}"
    eased = (1, lambda _: (False, f"have the dialers of {name} not fail together"))
    words = f"the dialers of {name} fail together with it"
    return in_column(group, "fails_together", words, False, eased)


def failure_domains(problem: Problem) -> Iterator[Constraint]:
    """Dialers that fail together; lifted, each fails alone."""
    for domain in problem.failure_domains:
        members = [d.dialer_id for d in problem.dialers if d.domain == domain]
        if len(members) > 1:
            yield _failure_domain(domain, members)


def _failure_domain(domain: str, members: list[str]) -> Constraint:
    # A name of its own for each, which no other dialer's domain can have: ids hold no separator.
    apart = tuple(
        Change("dialers", (name,), {"failure_domain": f"{domain} | {name}"}) for name in members
    )
    easing = Easing(None, f"have {', '.join(members)} fail apart", apart)
    return Constraint(
        table="dialers",
        key=(domain,),
        column="failure_domain",
        value=domain,
        words=f"dialers {', '.join(members)} fail together ({domain})",
        lifted=apart,
        steps=1,
        easing=lambda _: easing,
    )
