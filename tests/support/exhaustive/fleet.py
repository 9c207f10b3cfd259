"""A fleet as plain dataclasses, and what follows from its tables alone."""

from dataclasses import dataclass, field
from datetime import date
from itertools import combinations


@dataclass(frozen=True)
class Dialer:
    """One row of dialers.csv; `cps` None means unlimited."""

    name: str
    ports: int
    cps: float | None
    domain: str
    trunk_group: str
    agent_lines_use_ports: bool
    cost_per_attempt: float
    cost_per_talk_minute: float
    in_service: bool


@dataclass(frozen=True)
class TrunkGroup:
    """One row of trunk_groups.csv."""

    name: str
    channels: int
    cps: float | None
    fails_together: bool


@dataclass(frozen=True)
class Campaign:
    """One row of campaigns.csv; None means no such limit."""

    name: str
    broadcast: bool
    agent_lines: int | None
    max_dial_lines: int | None
    attempt_seconds: float
    answer_rate: float
    transfer_rate: float
    talk_seconds: float
    value: float
    allowed_dialers: frozenset[str] | None
    min_dialers: int
    min_agent_lines: int
    survivable_share: float
    max_abandon_rate: float | None
    min_transfers_per_hour: float
    priority: int
    empty_list: bool
    stop: date | None


@dataclass(frozen=True)
class Pool:
    """Agents of agents.csv; None means all campaigns, or all dialers."""

    name: str
    agent_lines: int
    campaigns: frozenset[str] | None
    dialers: frozenset[str] | None

    def serves(self, campaign: str) -> bool:
        """Whether the pool works for a campaign."""
        return self.campaigns is None or campaign in self.campaigns

    def reaches(self, dialer: str) -> bool:
        """Whether the pool can be put on a dialer."""
        return self.dialers is None or dialer in self.dialers


@dataclass(frozen=True)
class Limit:
    """One row of limits.csv: bounds on the lines of `campaign` (None: all) on `dialers`."""

    campaign: str | None
    dialers: frozenset[str]
    max_dial_lines: int | None
    max_agent_lines: int | None
    max_lines: int | None
    min_dial_lines: int
    min_agent_lines: int


@dataclass(frozen=True)
class Fleet:
    """Everything that the solver reads, in the order of the files."""

    dialers: list[Dialer]
    trunk_groups: list[TrunkGroup]
    campaigns: list[Campaign]
    pools: list[Pool]
    limits: list[Limit]
    locks: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def pools_for(self, campaign: Campaign, dialer: Dialer) -> frozenset[str]:
        """Names of the pools that may fill an agent line of a campaign on a dialer."""
        return frozenset(
            pool.name
            for pool in self.pools
            if pool.serves(campaign.name) and pool.reaches(dialer.name)
        )

    def served_by_pools(self, campaign: Campaign) -> bool:
        """Whether any pool serves a campaign: its own agent lines are then only a cap."""
        return any(pool.serves(campaign.name) for pool in self.pools)

    def can_run(self, campaign: Campaign, today: date | None = None) -> bool:
        """Whether a campaign can run at all; one that cannot asks for nothing and gets nothing."""
        if campaign.empty_list:
            return False
        if today is not None and campaign.stop is not None and campaign.stop < today:
            return False
        if campaign.broadcast:
            return True
        if campaign.agent_lines == 0:
            return False
        if not self.served_by_pools(campaign):
            return campaign.agent_lines is not None
        return any(pool.serves(campaign.name) and pool.agent_lines > 0 for pool in self.pools)

    def failures(self, count: int = 1) -> list[frozenset[str]]:
        """Sets of dialers lost together: domains, trunk groups that fail together, or unions.

        With `count` 2 any two of them; where there is only one, that one.
        """
        single: list[frozenset[str]] = []
        for domain in dict.fromkeys(dialer.domain for dialer in self.dialers):
            single.append(frozenset(d.name for d in self.dialers if d.domain == domain))
        for group in self.trunk_groups:
            members = frozenset(d.name for d in self.dialers if d.trunk_group == group.name)
            if group.fails_together and members:
                single.append(members)
        unions = [frozenset().union(*some) for some in combinations(single, count)]
        return list(dict.fromkeys(unions or single))
