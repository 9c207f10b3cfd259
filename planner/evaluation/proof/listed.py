"""Campaigns whose dialers are tied together and whose splits are few: all of them, listed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.box import Box, options_in
from planner.evaluation.proof.floors import Floor, floors
from planner.evaluation.proof.programme import NEVER
from planner.evaluation.proof.splits import Options, all_splits
from planner.evaluation.proof.world import World, talk_minutes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Splits of a campaign that are listed, at most.
MOST_SPLITS = 200_000
#: Splits that are looked at for these; those in a box, where there are too many in all.
MOST_LOOKED_AT, MOST_IN_BOX = 1_000_000, 20_000
#: What a split may fall short of, as the columns of ``short``.
KINDS = (
    "runs", "min_transfers_per_hour", "finish_by", "limits", "min_dialers", "survivable_share",
)  # fmt: skip


@dataclass
class Splits:
    """All splits of one campaign: lines and figures ``[split, dialer]``, and what each misses."""

    dial: Ints
    agent: Ints
    handled: Floats
    attempts: Floats
    short: Ints


@dataclass
class Lists:
    """What campaigns may have in boxes: on each dialer, and where it is few all their splits."""

    world: World
    most: Ints  # [campaign, kind] by how much they may fall short
    _options: dict[object, Options] = field(default_factory=dict)
    _splits: dict[object, Splits | None] = field(default_factory=dict)

    def options(self, c: int, box: Box) -> list[Options]:
        """What a campaign may have on each dialer; made once for the same ranges."""
        found = []
        for d in range(len(self.world.ports)):
            key = c, d, box.low[c, d].tobytes(), box.high[c, d].tobytes(), box.most_here
            if key not in self._options:
                self._options[key] = options_in(self.world, box, c, d)
            found.append(self._options[key])
        return found

    def of(self, c: int, box: Box) -> Splits | None:
        """All splits of a campaign whose dialers are tied together, where they are few.

        Where they are too many in all, those in the box; None where these are, too.
        """
        whole = Box(self.world.low, self.world.high)
        known = self._list(c, whole, MOST_LOOKED_AT)
        return known if known is not None else self._list(c, box, MOST_IN_BOX)

    def _list(self, c: int, box: Box, most: int) -> Splits | None:
        place = c, box.low[c].tobytes(), box.high[c].tobytes(), box.most_here, most
        if place not in self._splits:
            options = self.options(c, box)
            self._splits[place] = _list_splits(self.world, self.most[c], c, options, most)
        return self._splits[place]


def _list_splits(
    world: World, most: Ints, c: int, options: list[Options], most_splits: int
) -> Splits | None:
    """All splits of a campaign, of what it may have on each dialer, that hold its limits.

    None where nothing ties its dialers together, and where there are too many.
    """
    campaign = world.problem.campaigns[c]
    asks = campaign.min_transfers_per_hour or campaign.min_attempts_per_hour
    least = floors(world.problem, c)
    limit = campaign.max_abandon_rate if campaign.is_live_transfer else None
    if not (campaign.least_surviving_share or asks or least or limit is not None):
        return None
    agents = campaign.agent_lines if campaign.is_live_transfer else 0
    lines = 10**12 if campaign.max_dial_lines is None else campaign.max_dial_lines
    chosen = all_splits(options, agents, lines, most_splits)
    if chosen is None:
        return None

    def picked(name: str) -> NDArray[Any]:
        columns = [getattr(o, name)[chosen[:, d]] for d, o in enumerate(options)]
        return np.stack(columns, axis=1)

    dial, agent, handled = picked("dial"), picked("agent"), picked("handled")
    attempts = picked("attempts")
    short = _short(world, c, dial, agent, handled, attempts, least)
    holds = np.all(short <= most, axis=1)
    if limit is not None:
        abandoned, answered = picked("abandoned").sum(axis=1), picked("answered").sum(axis=1)
        holds &= abandoned <= limit * answered + 1e-9 * (1 + answered)
    if holds.sum() > MOST_SPLITS:
        return None
    return Splits(dial[holds], agent[holds], handled[holds], attempts[holds], short[holds])


def _short(
    world: World,
    c: int,
    dial: Ints,
    agent: Ints,
    handled: Floats,
    attempts: Floats,
    least: list[Floor],
) -> Ints:
    """By how much splits fall short ``[split, kind]``."""
    campaign = world.problem.campaigns[c]
    used, total = (dial > 0).sum(axis=1), handled.sum(axis=1)
    short = np.zeros((len(dial), len(KINDS)), np.int64)
    short[:, 0] = (used == 0) & (campaign.min_dialers >= 1)
    for k, found, asked in (
        (1, total, campaign.min_transfers_per_hour),
        (2, attempts.sum(axis=1), campaign.min_attempts_per_hour),
    ):
        if asked:
            share = np.zeros(len(found)) if np.isinf(asked) else found / asked
            short[:, k] = np.maximum(np.ceil(100 * (1 - share) - 1e-6), 0)
    for here, what, lowest in least:
        lines = (dial if what == "dial" else agent)[:, here].sum(axis=1)
        short[:, 3] += np.maximum(lowest - lines, 0)
    short[:, 4] = np.maximum(campaign.min_dialers - used, 0)
    if campaign.least_surviving_share > 0:
        left = total - (handled @ world.lost.T).max(axis=1, initial=0.0)
        missing = campaign.least_surviving_share - left / np.where(total > 0, total, 1.0)
        short[:, 5] = np.where(total > 0, np.maximum(np.ceil(100 * missing - 1e-6), 0), 0)
    return short


def largest_listed(
    world: World,
    box: Box,
    c: int,
    move_cost: float,
    charge: Floats,
    share: Floats,
    short: Floats,
    listed: Splits,
    value: bool,
) -> float:
    """The largest of all splits that lie in the box."""
    campaign = world.problem.campaigns[c]
    inside = np.all((listed.dial >= box.low[c, :, 0]) & (listed.dial <= box.high[c, :, 0]), 1)
    inside &= np.all((listed.agent >= box.low[c, :, 1]) & (listed.agent <= box.high[c, :, 1]), 1)
    if np.isfinite(box.most_here) and campaign.value > 0:
        here = campaign.value * listed.handled
        inside &= np.all(here <= box.most_here, axis=1)
    if not inside.any():
        return NEVER
    dial, agent = listed.dial[inside], listed.agent[inside]
    worth = -dial @ charge[0] - agent @ charge[1] - listed.attempts[inside] @ charge[2]
    worth = worth - listed.short[inside] @ short
    if value:
        dialers = world.problem.dialers
        minutes = talk_minutes(campaign)
        call = np.array([campaign.value - d.cost_per_talk_minute * minutes for d in dialers])
        each = np.array([d.cost_per_attempt for d in dialers])
        worth = worth + listed.handled[inside] @ (share * call)
        worth = worth - listed.attempts[inside] @ (share * each)
        for d in range(len(dialers)):
            worth = worth - world.moves(move_cost, c, d, dial[:, d], agent[:, d])
    return float(worth.max())
