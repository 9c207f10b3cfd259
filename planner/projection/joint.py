"""How many dialers of a campaign are paused at once: none, some while others dial on, or all.

Dialers that share nothing pause independently: the number paused is then the sum of independent
counts, and its distribution the convolution of theirs. Dialers that share calls per second,
channels or a dial list were simulated together: theirs is counted there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from planner.contracts.projected import CampaignJoint
from planner.contracts.result import AssignmentFigures, Engine, Status
from planner.projection.figures import days
from planner.projection.figures.intervals import share_ends
from planner.projection.figures.simulated import Paused
from planner.projection.hours.hours_left import RUNS
from planner.projection.pairs import Pair
from planner.projection.rows import Rows
from planner.traffic.arguments import Floats

#: Dialers of these statuses have no part in what a campaign does.
_OUT = (Status.UNSCHEDULED, Status.BY_ADMIN, Status.BY_DIALER, Status.STOPPED)


class Block(NamedTuple):
    """Dialers whose pauses are independent of those of the others."""

    distribution: Floats  # of the number paused
    parts: Floats | None  # the same by simulated run; None where it is exact


def campaigns_joint(rows: Rows, figures: Sequence[AssignmentFigures]) -> Iterator[CampaignJoint]:
    """Shares of the time, in the long run, by campaign with agents, in the problem's order.

    Of the dialers that run now; where the campaign runs nowhere, of those on which it would.
    """
    shares = {(f.campaign_id, f.dialer_id): f.all_busy_share for f in figures}
    by_campaign: dict[str, list[Pair]] = {}
    for pair in rows.pairs:
        if pair.can_run and pair.campaign.is_live_transfer:
            by_campaign.setdefault(pair.campaign.campaign_id, []).append(pair)
    for name, pairs in by_campaign.items():
        taking_part = _taking_part(rows, pairs)
        blocks = list(_blocks(rows, taking_part, shares))
        if blocks:
            joint = _joint(name, blocks)
            day_low, day_high = _days(taking_part, joint)
            yield joint.model_copy(update={"day_low": day_low, "day_high": day_high})


def _taking_part(rows: Rows, pairs: list[Pair]) -> list[Pair]:
    for which in (
        [pair for pair in pairs if rows.views[pair.key].status in RUNS],
        [pair for pair in pairs if rows.views[pair.key].status not in _OUT],
    ):
        if which:
            return which
    return pairs


def _blocks(
    rows: Rows, pairs: Sequence[Pair], shares: Mapping[tuple[str, str], float | None]
) -> Iterator[Block]:
    """What was simulated together as one, all others each alone."""
    here = {pair.dialer.dialer_id for pair in pairs}
    told: set[int] = set()
    for pair in pairs:
        made = rows.made.get(pair.key)
        if made is not None and made.paused.dialers <= here:
            if id(made.paused) not in told:
                told.add(id(made.paused))
                yield _counted(made.paused)
            continue
        share = shares[pair.key]
        if share is not None:
            yield Block(np.array([1.0 - share, share]), None)


def _counted(paused: Paused) -> Block:
    return Block(paused.parts.mean(axis=0), paused.parts)


def _joint(name: str, blocks: Sequence[Block]) -> CampaignJoint:
    whole = np.ones(1)
    for block in blocks:
        whole = np.convolve(whole, block.distribution)
    none, all_ = float(whole[0]), float(whole[-1])
    low, high = _ends(blocks, none, all_)
    return CampaignJoint(
        campaign_id=name,
        dialers=len(whole) - 1,
        none_paused=none,
        some_paused=float(whole[1:-1].sum()),
        all_paused=all_,
        paused_distribution=tuple(whole.tolist()),
        engine=Engine.MARKOV if all(b.parts is None for b in blocks) else Engine.SIMULATE,
        low=low,
        high=high,
    )


def _days(pairs: Sequence[Pair], joint: CampaignJoint) -> tuple[dict[str, float], dict[str, float]]:
    """Bands of the days, which are the same for all dialers of a campaign."""
    campaign = pairs[0].campaign
    if not days.vary(campaign):
        return {}, {}
    drawn = days.days_of(campaign)
    shares = np.stack([days.figures_by_day(pair, drawn)["all_busy_share"] for pair in pairs])
    none, all_ = np.prod(1.0 - shares, axis=0), np.prod(shares, axis=0)
    by_day = {"none_paused": none, "all_paused": all_}
    if len(pairs) > 1:
        by_day["some_paused"] = np.maximum(1.0 - none - all_, 0.0)
    ends = {name: days.moved(name, getattr(joint, name), values) for name, values in by_day.items()}
    return {n: low for n, (low, _) in ends.items()}, {n: high for n, (_, high) in ends.items()}


def _ends(
    blocks: Sequence[Block], none: float, all_: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Ends of the three shares; relative errors of independent factors add up as squares."""
    parts = [block.parts for block in blocks if block.parts is not None]
    if not parts or min(len(part) for part in parts) < 2:
        return {}, {}
    if len(blocks) == 1:
        some_parts = parts[0][:, 1:-1].sum(axis=1)
        columns = np.stack([parts[0][:, 0], some_parts, parts[0][:, -1]], axis=1)
        lows, highs = share_ends(columns)
    else:
        ends = [_product(parts, place, value) for place, value in ((0, none), (-1, all_))]
        (none_low, none_high), (all_low, all_high) = ends
        down = math.hypot(none_high - none, all_high - all_)
        up = math.hypot(none - none_low, all_ - all_low)
        some = 1.0 - none - all_
        lows = np.array([none_low, max(some - down, 0.0), all_low])
        highs = np.array([none_high, min(some + up, 1.0), all_high])
    names = ("none_paused", "some_paused", "all_paused")
    low, high = (dict(zip(names, ends.tolist(), strict=True)) for ends in (lows, highs))
    if sum(len(block.distribution) - 1 for block in blocks) == 1:
        # Of one dialer it is known that never only some are paused.
        del low["some_paused"], high["some_paused"]
    return low, high


def _product(parts: Sequence[Floats], place: int, value: float) -> tuple[float, float]:
    """Ends of a product of shares, of which some are simulated, on the scale of the logarithm."""
    below = above = 0.0
    highest = 1.0
    for part in parts:
        share = float(part[:, place].mean())
        low, high = (float(end[0]) for end in share_ends(part[:, [place]]))
        highest *= high
        if share > 0.0:
            below += math.log(share / max(low, 1e-300)) ** 2
            above += math.log(high / share) ** 2
    if value == 0.0:
        return 0.0, min(highest, 1.0)
    return value * math.exp(-math.sqrt(below)), min(value * math.exp(math.sqrt(above)), 1.0)
