"""What changed pairs would break, found without looking at the rest of a fleet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from planner.app.editing.edited_lines import EditedLines, PairKey
from planner.contracts.problem import Dialer
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.limits.check import (
    Breach,
    campaign_breaches,
    check,
    dialer_breaches,
    trunk_breaches,
)

#: Dial and agent lines of pairs that change.
Changes = Mapping[PairKey, tuple[int, int]]


class Limit(NamedTuple):
    """Which limit, and of what."""

    rule: str
    campaign_id: str | None
    dialer_id: str | None
    trunk_group: str | None


def limit_of(breach: Breach) -> Limit:
    """The limit that is broken."""
    return Limit(breach.rule, breach.campaign_id, breach.dialer_id, breach.trunk_group)


class EditCheck:
    """Edited lines, changed pair by pair, and the limits that they break.

    Attributes
    ----------
    pairs : the line assignment of every pair as it is by now
    broken : the limits that these lines break
    """

    def __init__(self, edited: EditedLines, known: Iterable[Breach] | None = None) -> None:
        self.problem = edited.problem
        self.pairs = edited.by_pair()
        self._arrays = PlanArrays(self.problem, edited.line_plan)
        self._know_attempts()
        if known is None:
            known = check(self.problem, edited.line_plan)
        self.broken = {limit_of(breach) for breach in known}

    def members(self, limit: Limit) -> set[str]:
        """The dialers whose lines count in a limit."""
        if limit.dialer_id is not None:
            return {limit.dialer_id}
        return {
            d.dialer_id for d in self.problem.dialers if limit.trunk_group in (None, d.trunk_group)
        }

    def pairs_with_lines(self, limit: Limit) -> list[PairKey]:
        """The pairs whose lines count in a limit, in the problem's order."""
        problem = self.problem
        index = problem.campaign_index
        campaigns = [index[limit.campaign_id]] if limit.campaign_id else range(len(index))
        dialers = sorted(problem.dialer_index[name] for name in self.members(limit))
        used = self._arrays.in_use
        return [
            (problem.campaigns[c].campaign_id, problem.dialers[d].dialer_id)
            for c in campaigns
            for d in dialers
            if used[c, d]
        ]

    def ports_used(self, dialer: Dialer, without: Collection[PairKey] = ()) -> int:
        """Ports taken on a dialer, those of some pairs left out."""
        column = self._arrays.ports[:, self.problem.dialer_index[dialer.dialer_id]]
        left_out = [self.problem.campaign_index[c] for c, d in without if d == dialer.dialer_id]
        return int(column.sum() - column[left_out].sum())

    def breaks(self, limit: Limit, changes: Changes) -> bool:
        """Whether the limit is broken after the changes."""
        arrays, problem = self._changed(changes), self.problem
        if limit.campaign_id is not None:
            found = campaign_breaches(arrays, [problem.campaign_index[limit.campaign_id]])
        elif limit.dialer_id is not None:
            found = dialer_breaches(arrays, [problem.dialer_index[limit.dialer_id]])
        else:
            found = trunk_breaches(
                arrays, [g for g in problem.trunk_groups if g.trunk_group == limit.trunk_group]
            )
        return any(limit_of(breach) == limit for breach in found)

    def broken_after(self, changes: Changes) -> set[Limit]:
        """Every limit that is broken after the changes."""
        problem = self.problem
        arrays = self._changed(changes)
        campaigns, dialers = {key[0] for key in changes}, {key[1] for key in changes}
        # Others may get ports or agents by it, or lose some.
        for before, after in zip(self._arrays.running, arrays.running, strict=True):
            for c, d in np.argwhere(before != after):
                campaigns.add(problem.campaigns[c].campaign_id)
                dialers.add(problem.dialers[d].dialer_id)
        groups = {problem.dialers[problem.dialer_index[name]].trunk_group for name in dialers}
        groups -= {None}

        def concerned(limit: Limit) -> bool:
            if limit.campaign_id is not None:
                return limit.campaign_id in campaigns
            return limit.dialer_id in dialers or limit.trunk_group in groups

        found = (
            *campaign_breaches(arrays, sorted(problem.campaign_index[c] for c in campaigns)),
            *dialer_breaches(arrays, sorted(problem.dialer_index[d] for d in dialers)),
            *trunk_breaches(arrays, [g for g in problem.trunk_groups if g.trunk_group in groups]),
        )
        others = {limit for limit in self.broken if not concerned(limit)}
        return others | {limit_of(breach) for breach in found}

    def take(self, changes: Changes) -> None:
        """Make the changes."""
        self.broken = self.broken_after(changes)
        self._arrays = self._changed(changes)
        self._know_attempts()
        for key, (dial, agents) in changes.items():
            item = self.pairs[key]
            self.pairs[key] = item.model_copy(update={"dial_lines": dial, "agent_lines": agents})

    def _know_attempts(self) -> None:
        """Work them out once, where a limit needs them: what is changed from here knows them."""
        limits = [d.cps for d in self.problem.dialers] + [g.cps for g in self.problem.trunk_groups]
        if any(limits):
            self._arrays.attempts_per_second(())

    def _changed(self, changes: Changes) -> PlanArrays:
        campaigns, dialers = self.problem.campaign_index, self.problem.dialer_index
        return self._arrays.changed(
            {(campaigns[c], dialers[d]): lines for (c, d), lines in changes.items()}
        )
