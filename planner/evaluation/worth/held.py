"""What limits a plan, in sentences, each with what the limit costs where that was worked out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from planner.contracts.answers import Worth
from planner.contracts.fleet.agents import MOST_FIELDS
from planner.contracts.problem import Campaign, Problem
from planner.contracts.values.told import amount, share_set

#: Limits on what there is: what they cost is told as what one more would bring.
OF_RESOURCES = ("agent_lines", "pool", "ports", "channels", "cps", "trunk_cps")


class Held(NamedTuple):
    """A limit that holds a plan back: which, whose, and a sentence without its full stop."""

    limit: str
    key: tuple[str, ...]
    words: str

    @property
    def name(self) -> tuple[str, ...]:
        """The limit and whose it is."""
        return self.limit, *self.key


def sentences(held: Sequence[Held]) -> tuple[str, ...]:
    """Each limit in a sentence; campaigns on the fewest dialers allowed in one together."""
    fewest = [item for item in held if item.limit == "min_dialers"]
    told = [f"{item.words}." for item in held if item.limit != "min_dialers"]
    if fewest:
        names = ", ".join(item.key[0] for item in fewest)
        told.append(f"{names}: on the fewest dialers allowed by min_dialers.")
    return tuple(dict.fromkeys(told))


def told_limits(
    problem: Problem, held: Sequence[Held], tried: Mapping[tuple[str, ...], Worth]
) -> tuple[str, ...]:
    """What limits a plan, the costliest first.

    Parameters
    ----------
    held : limits that one line more would break
    tried : what it is worth to have one more, or to do without the limit, by limit and key

    A limit that is known to cost nothing is left out. One for which no better plan was found, and
    none was ruled out, is told only where one line more would break it.
    """
    known = {item.name: item for item in held}
    costly = sorted((n for n, w in tried.items() if w.value > 0), key=lambda n: -tried[n].value)
    told = [f"{_clause(problem, n, known.get(n))} {_cost(n, tried[n])}." for n in costly]
    open_ = [
        item._replace(words=f"{item.words}; {_at_most(item.limit, tried[item.name])}")
        for item in held
        if item.name in tried and tried[item.name].value == 0 < tried[item.name].high
    ]
    untried = [item for item in held if item.name not in tried]
    first = [item for item in untried if item.limit == "redundancy"]
    rest = [item for item in untried if item.limit != "redundancy"]
    told_open = [f"{item.words}." for item in open_]
    return (*sentences(first), *told, *told_open, *sentences(rest))


def _cost(name: tuple[str, ...], worth: Worth) -> str:
    if name[0] in OF_RESOURCES:
        return f"one more would bring {range_words(worth)}"
    return f"which costs {range_words(worth)}"


def _at_most(limit: str, worth: Worth) -> str:
    what = "one more would bring" if limit in OF_RESOURCES else "it costs"
    return f"{what} {amount(_rounded(worth.high, up=True))} an hour at most"


def range_words(worth: Worth) -> str:
    """``15.1 an hour (14.9 to 15.3)``: about, at least and at most; rounded so that it holds."""
    about, ends = amount(worth.value), ends_words(worth)
    return f"{about} an hour" if about == ends else f"{about} an hour ({ends})"


def ends_words(worth: Worth) -> str:
    """``14.9 to 15.3``, or one figure where both are the same as shown."""
    low, high = amount(_rounded(worth.low, up=False)), amount(_rounded(worth.high, up=True))
    about = amount(worth.value)
    return about if _same(worth) or low == high else f"{low} to {high}"


def _same(worth: Worth) -> bool:
    """Whether both ends differ from the figure by no more than rounding."""
    return worth.high - worth.low <= 1e-9 * (1 + abs(worth.high))


def _rounded(value: float, *, up: bool) -> float:
    """To the digit that is shown, up or down."""
    if value == 0:
        return 0.0
    size = abs(value)
    digits = 0 if size >= 999.5 else 1 if size >= 0.95 else 1 - math.floor(math.log10(size))
    scale = 10.0**digits
    scaled = value * scale
    return (math.ceil(scaled - 1e-6) if up else math.floor(scaled + 1e-6)) / scale


def _clause(problem: Problem, name: tuple[str, ...], held: Held | None) -> str:
    limit, *key = name
    if limit in OF_RESOURCES:
        words = held.words if held is not None else _resource(problem, limit, key[0])
        return f"{words};"
    if limit == "locked":
        return f"{key[0]} on {key[1]}: its lines are locked,"
    if key[0] == "limit" and len(key) == 2:
        row = next(row for row in problem.limits if str(row.limit) == key[1])
        most = "at most" if limit in MOST_FIELDS else "at least"
        return f"Limit {key[1]}: {most} {getattr(row, limit)} ({limit}),"
    campaign = problem.campaigns[problem.campaign_index[key[0]]]
    return f"{key[0]}: {_of_campaign(campaign)[limit]} ({limit}),"


def _resource(problem: Problem, limit: str, key: str) -> str:
    """What there is, where the plan as it is has room for one more line."""
    if limit == "agent_lines":
        campaign = problem.campaigns[problem.campaign_index[key]]
        return f"{key}: {campaign.agent_lines} agent lines are on shift"
    if limit == "pool":
        lines = next(row.agent_lines for row in problem.pools if row.pool == key)
        return f"Pool {key}: it has {lines} agent lines"
    if limit in ("ports", "cps"):
        dialer = problem.dialers[problem.dialer_index[key]]
        has = f"{dialer.ports} ports" if limit == "ports" else f"{dialer.cps:g} calls per second"
        return f"{key}: it has {has}"
    group = next(item for item in problem.trunk_groups if item.trunk_group == key)
    has = f"{group.channels} channels"
    if limit == "trunk_cps":
        has = f"{group.cps:g} calls per second"
    return f"Trunk group {key}: it has {has}"


def _of_campaign(campaign: Campaign) -> dict[str, str]:
    c = campaign
    return {
        "min_dialers": f"must run on {c.min_dialers} dialers",
        "min_agent_lines": f"must have {c.min_agent_lines} agent lines wherever it runs",
        "survivable_share": f"{share_set(c.survivable_share)} of its calls must survive the worst "
        "failure",
        "max_abandon_rate": f"may abandon {share_set(c.max_abandon_rate or 0)} at most",
        "allowed_dialers": f"may use {', '.join(c.allowed_dialers or ())} only",
        "max_dial_lines": f"may have {c.max_dial_lines} dial lines at most",
        "min_transfers_per_hour": f"must reach {amount(c.min_transfers_per_hour)} an hour",
        "finish_by": f"must be done by {c.finish_by}",
    }


def limits_of_lines(problem: Problem, c: int, d: int, limits: Sequence[str]) -> Iterator[Held]:
    """The limits that one line more of a campaign on a dialer would break."""
    campaign, dialer = problem.campaigns[c], problem.dialers[d]
    group = next((t for t in problem.trunk_groups if t.trunk_group == dialer.trunk_group), None)
    name, place = campaign.campaign_id, dialer.dialer_id
    carrier = dialer.trunk_group or ""
    trunks = f"Trunk group {carrier}"
    found = {
        "agent_lines": (name, f"{name}: {all_agents(campaign)}"),
        "max_dial_lines": (
            name,
            f"{name}: all {campaign.max_dial_lines} dial lines allowed are assigned",
        ),
        "max_abandon_rate": (
            name,
            f"{name}: one line more would push the abandon rate over "
            f"{share_set(campaign.max_abandon_rate or 0)}",
        ),
        "survivable_share": (
            name,
            f"{name}: {share_set(campaign.survivable_share)} of its calls must survive "
            "the worst failure",
        ),
        "ports": (place, f"{place}: all {dialer.ports} ports are in use"),
        "cps": (place, f"{place}: one line more would pass {dialer.cps or 0:g} calls per second"),
        "channels": (
            carrier,
            f"{trunks}: all {group.channels if group else 0} channels are in use",
        ),
        "trunk_cps": (
            carrier,
            f"{trunks}: near its {(group and group.cps) or 0:g} calls per second",
        ),
    }
    for limit in limits:
        if limit in found:
            key, words = found[limit]
            yield Held(limit, (key,), words)


def all_agents(campaign: Campaign) -> str:
    """That every agent line on shift is assigned."""
    if campaign.agent_lines == 1:
        return "its one agent line on shift is assigned"
    return f"all {campaign.agent_lines} agent lines on shift are assigned"
