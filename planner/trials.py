"""What changed rows would break, found without looking at the rest of a fleet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from planner.plan import LinePlan
from planner.problem import Dialer, LineAssignment
from planner.scenario import RowKey, Scenario
from planner.verify import Breach, check, factors

#: Dial and agent lines of rows that change.
Changes = Mapping[RowKey, tuple[int, int]]


class Limit(NamedTuple):
    """Which limit, and of what; ``group`` is that of dialers that share a carrier."""

    rule: str
    campaign_id: str | None
    dialer_id: str | None
    group: str | None


def limit_of(breach: Breach) -> Limit:
    """The limit that is broken; sentences about trunk groups begin with their name."""
    group = None
    if breach.campaign_id is None and breach.dialer_id is None:
        group = breach.message.removeprefix("Trunk group ").rsplit(": ", maxsplit=1)[0]
    return Limit(breach.rule, breach.campaign_id, breach.dialer_id, group)


class Trials:
    """The lines of a scenario, changed row by row, and the limits that they break.

    Attributes
    ----------
    rows : the line assignment of every row as it is by now
    broken : the limits that these lines break
    """

    def __init__(self, scenario: Scenario, known: Iterable[Breach] | None = None) -> None:
        self.problem = scenario.problem
        self.rows = scenario.by_row()
        self._corrections = factors(scenario.corrections)
        if known is None:
            known = check(self.problem, scenario.line_plan, self._corrections)
        self.broken = {limit_of(breach) for breach in known}
        self._of_campaign: dict[str, set[RowKey]] = {}
        self._on_dialer: dict[str, set[RowKey]] = {}
        for key, item in self.rows.items():
            if item.dial_lines or item.agent_lines:
                self._note(key)

    def _note(self, key: RowKey) -> None:
        self._of_campaign.setdefault(key[0], set()).add(key)
        self._on_dialer.setdefault(key[1], set()).add(key)

    def members(self, limit: Limit) -> set[str]:
        """The dialers whose lines count in a limit."""
        if limit.dialer_id is not None:
            return {limit.dialer_id}
        return {d.dialer_id for d in self.problem.dialers if limit.group in (None, d.trunk_group)}

    def ports_used(self, dialer: Dialer, without: Collection[RowKey] = ()) -> int:
        """Ports taken on a dialer, those of some rows left out."""
        return sum(
            item.dial_lines + item.agent_lines * dialer.agent_lines_use_ports
            for key in self._on_dialer.get(dialer.dialer_id, ())
            if key not in without
            for item in [self.rows[key]]
        )

    def breaks(self, limit: Limit, changes: Changes) -> bool:
        """Whether the limit is broken after the changes."""
        if limit.campaign_id is not None:
            found = self._of_campaigns({limit.campaign_id}, changes)
        else:
            found = self._on_dialers(self.members(limit), changes)
        return any(limit_of(breach) == limit for breach in found)

    def broken_after(self, changes: Changes) -> set[Limit]:
        """Every limit that is broken after the changes."""
        campaigns, dialers = {key[0] for key in changes}, {key[1] for key in changes}
        groups = {d.trunk_group for d in self.problem.dialers if d.dialer_id in dialers} - {None}

        def concerned(limit: Limit) -> bool:
            if limit.campaign_id is not None:
                return limit.campaign_id in campaigns
            return limit.dialer_id in dialers or limit.group in groups

        shared = {
            d.dialer_id
            for d in self.problem.dialers
            if d.dialer_id in dialers or d.trunk_group in groups
        }
        found = {limit_of(breach) for breach in self._of_campaigns(campaigns, changes)}
        found |= {limit_of(breach) for breach in self._on_dialers(shared, changes)}
        return {limit for limit in self.broken | found if limit in found or not concerned(limit)}

    def take(self, changes: Changes) -> None:
        """Make the changes."""
        self.broken = self.broken_after(changes)
        for key, (dial, agents) in changes.items():
            self.rows[key] = _with(self.rows[key], dial, agents)
            self._note(key)

    def _of_campaigns(self, names: Collection[str], changes: Changes) -> Iterator[Breach]:
        """Breaches of limits of these campaigns alone."""
        keys = {key for name in names for key in self._of_campaign.get(name, ())}
        keys |= {key for key in changes if key[0] in names}
        campaigns = tuple(c for c in self.problem.campaigns if c.campaign_id in names)
        problem = self.problem.model_copy(update={"campaigns": campaigns, "assignments": ()})
        for breach in check(problem, self._plan(keys, changes), self._corrections):
            if breach.campaign_id is not None:
                yield breach

    def _on_dialers(self, names: Collection[str], changes: Changes) -> Iterator[Breach]:
        """Breaches of limits of these dialers, and of trunk groups that lie within them."""
        keys = {key for name in names for key in self._on_dialer.get(name, ())}
        keys |= {key for key in changes if key[1] in names}
        here = {key[0] for key in keys}
        part = {
            "dialers": tuple(d for d in self.problem.dialers if d.dialer_id in names),
            "campaigns": tuple(c for c in self.problem.campaigns if c.campaign_id in here),
            "assignments": (),
        }
        plan = self._plan(keys, changes)
        for breach in check(self.problem.model_copy(update=part), plan, self._corrections):
            if breach.campaign_id is None:
                yield breach

    def _plan(self, keys: Iterable[RowKey], changes: Changes) -> LinePlan:
        rows = (
            _with(self.rows[key], *changes[key]) if key in changes else self.rows[key]
            for key in keys
        )
        lines = tuple(row for row in rows if row.dial_lines or row.agent_lines)
        return LinePlan.model_construct(assignments=lines)


def _with(item: LineAssignment, dial: int, agents: int) -> LineAssignment:
    return item.model_copy(update={"dial_lines": dial, "agent_lines": agents})
