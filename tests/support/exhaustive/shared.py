"""What campaigns share, as rows `sum of use <= capacity` over campaigns and dialers."""

from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .figures import SECONDS_PER_HOUR
from .fleet import Fleet

RELATIVE = 1e-9  # comparisons with limits allow this much
ABSOLUTE = 1e-12  # where the limit is 0


@dataclass(frozen=True)
class SharedRow:
    """Use per dial line, per agent line and per attempt an hour, each [campaign, dialer]."""

    name: str
    capacity: float
    per_dial_line: NDArray[np.float64]
    per_agent_line: NDArray[np.float64]
    per_attempt: NDArray[np.float64]


Number = TypeVar("Number", float, NDArray[np.float64])


def allowed(limit: Number) -> Number:
    """The largest number that counts as within a limit >= 0."""
    return limit * (1 + RELATIVE) + ABSOLUTE


def shared_rows(fleet: Fleet) -> list[SharedRow]:
    """Ports, channels, calls per second, pools of agents and the caps of limits.csv."""
    shape = (len(fleet.campaigns), len(fleet.dialers))
    rows: list[SharedRow] = []

    def add(
        name: str,
        capacity: float | None,
        dial: NDArray[np.float64] | None = None,
        agent: NDArray[np.float64] | None = None,
        attempt: NDArray[np.float64] | None = None,
    ) -> None:
        if capacity is not None:
            parts = [np.zeros(shape) if part is None else part for part in (dial, agent, attempt)]
            rows.append(SharedRow(name, float(capacity), *parts))

    def cells(dialers: frozenset[str], campaign: str | None = None) -> NDArray[np.float64]:
        where = np.zeros(shape)
        for c, one in enumerate(fleet.campaigns):
            for d, dialer in enumerate(fleet.dialers):
                where[c, d] = dialer.name in dialers and campaign in (None, one.name)
        return where

    # agent lines use ports, and channels likewise, unless their dialer says they do not
    counts = np.array([[float(d.agent_lines_use_ports) for d in fleet.dialers]])
    for dialer in fleet.dialers:
        here = cells(frozenset([dialer.name]))
        add(f"ports {dialer.name}", dialer.ports, here, here * counts)
        add(f"cps {dialer.name}", dialer.cps, attempt=here / SECONDS_PER_HOUR)
    for group in fleet.trunk_groups:
        here = cells(frozenset(d.name for d in fleet.dialers if d.trunk_group == group.name))
        add(f"channels {group.name}", group.channels, here, here * counts)
        add(f"cps {group.name}", group.cps, attempt=here / SECONDS_PER_HOUR)
    for limit in fleet.limits:
        here = cells(limit.dialers, limit.campaign)
        add("max_dial_lines", limit.max_dial_lines, here)
        add("max_agent_lines", limit.max_agent_lines, None, here)
        add("max_lines", limit.max_lines, here, here)
    # Hall: the lines that only these pools can fill are not more than they have
    for size in range(1, len(fleet.pools) + 1):
        for some in combinations(fleet.pools, size):
            names = {pool.name for pool in some}
            only = np.zeros(shape)
            for c, campaign in enumerate(fleet.campaigns):
                for d, dialer in enumerate(fleet.dialers):
                    fit = fleet.pools_for(campaign, dialer)
                    only[c, d] = bool(fit) and fit <= names
            add(f"pools {sorted(names)}", sum(pool.agent_lines for pool in some), None, only)
    return rows
