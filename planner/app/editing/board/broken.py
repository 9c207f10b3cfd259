"""Where on the board a broken limit, or what was typed and cannot be used, is shown."""

from __future__ import annotations

from collections.abc import Iterable

from planner.app.editing.edited_lines import EditMessage, PairKey
from planner.contracts.fleet.agents import LimitRow
from planner.contracts.problem import Dialer
from planner.evaluation.limits.check import Breach

#: Where a broken limit of a campaign is shown: at the end that has its figure, else at its name.
_END_OF_RULE = {
    "agent_lines": 0,
    "pools": 0,
    "min_agent_lines": 0,
    "max_abandon_rate": 1,
    "min_transfers_per_hour": 2,
    "finish_by": 2,
    "survivable_share": 3,
}


class BrokenLimits:
    """The words of broken limits by the place that shows them.

    Parameters
    ----------
    refused : what was typed and cannot be used
    limits : the rows of limits.csv
    """

    def __init__(
        self,
        breaches: Iterable[Breach],
        refused: Iterable[EditMessage],
        limits: Iterable[LimitRow] = (),
    ) -> None:
        self._rows = tuple(limits)
        self._limits: dict[str, list[str]] = {}
        self._cells: dict[PairKey, list[str]] = {}
        self._campaigns: dict[str, list[Breach]] = {}
        self._dialers: dict[str, list[Breach]] = {}
        self._trunks: dict[str, list[str]] = {}
        for breach in breaches:
            if breach.campaign_id is not None and breach.dialer_id is not None:
                key = breach.campaign_id, breach.dialer_id
                self._cells.setdefault(key, []).append(breach.message)
            elif breach.campaign_id is not None:
                self._campaigns.setdefault(breach.campaign_id, []).append(breach)
            elif breach.dialer_id is not None:
                self._dialers.setdefault(breach.dialer_id, []).append(breach)
            elif breach.trunk_group is not None:
                self._trunks.setdefault(breach.trunk_group, []).append(breach.message)
            elif breach.limit is not None:
                self._limits.setdefault(breach.limit, []).append(breach.message)
        for message in refused:
            key = message.campaign_id, message.dialer_id
            self._cells.setdefault(key, []).append(message.message)

    def cell(self, key: PairKey) -> str:
        """At a cell: what is broken there, and what was typed and cannot be used."""
        return " ".join(self._cells.get(key, ()))

    def name(self, campaign_id: str) -> str:
        """At the name of a campaign: what no end of its row shows."""
        found = self._campaigns.get(campaign_id, ())
        return " ".join(b.message for b in found if b.rule not in _END_OF_RULE)

    def ends(self, campaign_id: str) -> dict[int, str]:
        """At the ends of a campaign's row, by place."""
        found: dict[int, str] = {}
        for breach in self._campaigns.get(campaign_id, ()):
            if (place := _END_OF_RULE.get(breach.rule)) is not None:
                found[place] = f"{found.get(place, '')} {breach.message}".strip()
        return found

    def dialer(self, dialer_id: str, rule: str) -> str:
        """At the foot of a dialer, of one rule."""
        return " ".join(b.message for b in self._dialers.get(dialer_id, ()) if b.rule == rule)

    def head(self, dialer: Dialer) -> str:
        """At the head of a dialer: what its trunk group breaks, and sums that count its lines."""
        place = dialer.dialer_id, dialer.domain, dialer.trunk_group
        rows = dict.fromkeys(str(row.limit) for row in self._rows if row.counts(*place))
        sums = [message for name in rows for message in self._limits.get(name, ())]
        return " ".join([*self._trunks.get(dialer.trunk_group or "", ()), *sums])
