"""What each campaign must reach, and by how much a split falls short of it.

A shortfall is a whole number: dialers or lines missing, or per cents missing, rounded up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.pools import limits_at
from planner.contracts.problem import Problem
from planner.optimize.model.rows import floor_members

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Kinds of requirement, in the order in which they are kept.
KINDS = (
    "runs",
    "min_transfers_per_hour",
    "finish_by",
    "limits",
    "min_dialers",
    "survivable_share",
)
RUNS, CALLS, ATTEMPTED, FLOORS, USED, SURVIVES = range(len(KINDS))
#: Taken off before per cents are rounded up.
PER_CENT_ROUNDING = 1e-6
#: More than any split can fall short: no limit on a shortfall.
ANY = 10**9


class Floor(NamedTuple):
    """Least lines of a campaign on some dialers, a row of limits.csv."""

    limit: str
    column: str  # min_dial_lines or min_agent_lines
    members: Bools
    least: int

    @property
    def counts_dial_lines(self) -> bool:
        """Whether it counts dial lines, not agent lines."""
        return self.column == "min_dial_lines"


@dataclass(frozen=True)
class Requirements:
    """The requirements of all campaigns, arrays by campaign."""

    min_dialers: Ints
    calls: Floats  # handled calls per hour asked for, 0: none
    attempts: Floats  # attempts per hour asked for, 0: none
    floors: tuple[tuple[Floor, ...], ...]
    survivable: Floats  # share of the calls, its tolerance taken off
    lost: Bools  # [failure, dialer]

    def shortfalls(self, c: int, dial: Ints, agent: Ints, calls: Floats, attempts: Floats) -> Ints:
        """Shortfalls ``[split, kind]`` of splits ``[split, dialer]`` of one campaign."""
        found = np.zeros((len(dial), len(KINDS)), np.int64)
        used = (dial > 0).sum(axis=1)
        total = calls.sum(axis=1)
        least = int(self.min_dialers[c])
        found[:, RUNS] = (used == 0) & (least >= 1)
        found[:, USED] = np.maximum(least - used, 0)
        found[:, CALLS] = _missing(total, float(self.calls[c]))
        found[:, ATTEMPTED] = _missing(attempts.sum(axis=1), float(self.attempts[c]))
        for floor in self.floors[c]:
            lines = dial if floor.counts_dial_lines else agent
            found[:, FLOORS] += np.maximum(floor.least - lines[:, floor.members].sum(axis=1), 0)
        share = float(self.survivable[c])
        if share > 0:
            left = total - (calls @ self.lost.T).max(axis=1, initial=0.0)
            with np.errstate(invalid="ignore", divide="ignore"):
                missing = 100.0 * (share - left / total)
            missing = np.where(total > 0, missing, 0.0)
            found[:, SURVIVES] = np.maximum(np.ceil(missing - PER_CENT_ROUNDING), 0)
        return found

    @cached_property
    def of_nothing(self) -> Ints:
        """Shortfalls ``[campaign, kind]`` of campaigns without lines."""
        dialers = self.lost.shape[1]
        none, nothing = np.zeros((1, dialers), np.int64), np.zeros((1, dialers))
        campaigns = range(len(self.min_dialers))
        rows = [self.shortfalls(c, none, none, nothing, nothing)[0] for c in campaigns]
        return np.array(rows, np.int64).reshape(len(rows), len(KINDS))

    def asked(self, c: int) -> Bools:
        """Which kinds of requirement a campaign has ``[kind]``."""
        return np.array([
            self.min_dialers[c] >= 1,
            self.calls[c] > 0,
            self.attempts[c] > 0,
            bool(self.floors[c]),
            self.min_dialers[c] >= 1,
            self.survivable[c] > 0,
        ])  # fmt: skip


def _missing(found: Floats, asked: float) -> Ints:
    """Per cents missing of what was asked for, rounded up."""
    if asked <= 0:
        return np.zeros(len(found), np.int64)
    if np.isinf(asked):
        return np.full(len(found), 100)
    missing = np.ceil(100.0 * (1.0 - found / asked) - PER_CENT_ROUNDING)
    return np.maximum(missing, 0).astype(np.int64)


def requirements(problem: Problem, lost: Bools) -> Requirements:
    """The requirements of a problem, whose ``lost`` dialers go down in each failure."""
    campaigns = problem.campaigns
    floors: dict[str, list[Floor]] = {c.campaign_id: [] for c in campaigns}
    for row in limits_at(problem, None):
        for column in ("min_dial_lines", "min_agent_lines"):
            least = getattr(row, column)
            if least and row.campaign_id in floors:
                floor = Floor(str(row.limit), column, floor_members(problem, row), least)
                floors[row.campaign_id].append(floor)
    return Requirements(
        min_dialers=np.array([c.min_dialers for c in campaigns], np.int64),
        calls=np.array([c.min_transfers_per_hour for c in campaigns], np.float64),
        attempts=np.array([c.min_attempts_per_hour for c in campaigns], np.float64),
        floors=tuple(tuple(floors[c.campaign_id]) for c in campaigns),
        survivable=np.array([c.least_surviving_share for c in campaigns], np.float64),
        lost=lost,
    )


@dataclass(frozen=True)
class Aim:
    """What a search maximises: the value of a plan, or as few shortfalls of one kind as can be.

    Attributes
    ----------
    counted : ``[campaign, kind]`` whose shortfalls are made as few as can be; None: value counts
    most : ``[campaign, kind]`` by how much a split may fall short at the most
    sums : shortfalls that together are at most so many, found before
    then : shortfalls that are counted after these; of plans with as few those with fewer are kept
    """

    most: Ints
    counted: Bools | None = None
    sums: tuple[tuple[Bools, int], ...] = ()
    then: tuple[Bools, ...] = ()

    @property
    def is_value(self) -> bool:
        """Whether it is the value that is maximised."""
        return self.counted is None


def everything_kept(campaigns: int) -> Aim:
    """The most value with every requirement kept."""
    return Aim(np.zeros((campaigns, len(KINDS)), np.int64))
