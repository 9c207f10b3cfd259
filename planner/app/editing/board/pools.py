"""Pools of agents on the board: who works for which campaign where, who is idle, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.app.editing.assessment import Assessment
from planner.app.editing.board.parts import Foot, Note
from planner.contracts.answers import PoolUse
from planner.contracts.fleet.agents import PoolRow
from planner.contracts.fleet.pools import pools_at
from planner.contracts.problem import Campaign, Dialer, LineAssignment
from planner.evaluation.limits.pool_use import seated

POOLS_HEAD = Note("From pools", told="Whose agents have these lines: pool, and how many of it")
#: More pools than so many have no line of their own below the board.
_MOST_FEET, _MOST_NAMED = 5, 4


class PoolSeats:
    """Where the agents of each pool sit with the lines as they are; empty without pools."""

    def __init__(self, view: Assessment) -> None:
        self._view, self._problem = view, view.edited.problem
        self.rows: tuple[PoolRow, ...] = pools_at(self._problem, None)
        plan, use = seated(self._problem, view.edited.line_plan)
        self.use: tuple[PoolUse, ...] = use
        self._lines: tuple[LineAssignment, ...] = plan.assignments

    def end(self, campaign: Campaign) -> Note:
        """Of a campaign: ``Dallas 8, Chicago 6``."""
        if not any(row.serves(campaign.campaign_id) for row in self.rows):
            return Note("–", told=f"No pool serves {campaign.campaign_id}: it has its own agents")
        counts = self._counts(campaign_id=campaign.campaign_id)
        named = [f"{name} {count}" for name, count in counts.items()]
        sizes = {use.pool: use for use in self.use}
        told = "; ".join(
            f"{name}: {count} of its {sizes[name].agent_lines}, {sizes[name].idle} idle"
            for name, count in counts.items()
        )
        return Note(_named(named) or "none", told=told)

    def feet(self, dialers: Sequence[Dialer]) -> tuple[Foot, ...]:
        """A line for each pool: its agents on each dialer, and how many of it are used."""
        return tuple(
            Foot(
                f"Pool {use.pool}",
                f"Agent lines of the pool {use.pool} on each dialer. {self.why_idle(use)}".strip(),
                tuple(self._seat(use.pool, dialer) for dialer in dialers),
                Note(f"{use.used:,} of {use.agent_lines:,} used"),
            )
            for use in self.use[:_MOST_FEET]
        )

    def _seat(self, pool: str, dialer: Dialer) -> Note:
        count = self._counts(dialer_id=dialer.dialer_id).get(pool, 0)
        return Note(f"{count:,}" if count else "", told=f"{pool} on {dialer.dialer_id}: {count:,}")

    def sentences(self) -> tuple[str, ...]:
        """What each pool does, and why some of it is idle."""
        if not self.use:
            return ()
        idle = tuple(self.why_idle(use) for use in self.use if use.idle)
        return idle or ("Every agent of every pool has a line.",)

    def why_idle(self, use: PoolUse) -> str:
        """``Dallas: 2 of 20 agent lines idle; a free port is on DAL-2 for Solar.``; or blank."""
        if not use.idle:
            return ""
        row = next(row for row in self.rows if row.pool == use.pool)
        told = f"{use.pool}: {use.idle:,} of {use.agent_lines:,} agent lines idle; "
        served = [c for c in self._problem.campaigns if row.serves(c.campaign_id)]
        wanting = [c for c in served if self._may_have_more(c)]
        if not wanting:
            return f"{told}its campaigns have as many as they may."
        free = {d.dialer_id: d.ports_free for d in self._view.evaluation.dialers}
        for campaign in wanting:
            places = [
                dialer.dialer_id
                for dialer in self._problem.dialers
                if row.reaches(dialer.dialer_id)
                and dialer.in_service
                and self._problem.may_use(campaign, dialer)
            ]
            with_room = [name for name in places if free[name] > 0]
            if with_room:
                return f"{told}{campaign.campaign_id} could have some on {_named(with_room)}."
        return f"{told}no port is free where they may sit."

    def _may_have_more(self, campaign: Campaign) -> bool:
        most = campaign.own_agent_lines
        used = sum(self._counts(campaign_id=campaign.campaign_id).values())
        return campaign.is_live_transfer and (most is None or used < most)

    def _counts(
        self, campaign_id: str | None = None, dialer_id: str | None = None
    ) -> Mapping[str, int]:
        """Agent lines by pool, of a campaign or of a dialer, in the order of the pools."""
        found = {use.pool: 0 for use in self.use}
        for item in self._lines:
            if campaign_id in (None, item.campaign_id) and dialer_id in (None, item.dialer_id):
                for part in item.pools:
                    found[part.pool] += part.lines
        return {name: count for name, count in found.items() if count}


def _named(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
