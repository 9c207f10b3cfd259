"""Where a box is split in two, and what its relaxation mixes there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.tolerances import LIMIT_ROUNDING, SHARE_ROUNDING
from planner.optimize.master.column_generation import Relaxation
from planner.optimize.master.restricted_master import SMALLEST_SHARE
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column
from planner.optimize.model.model import Model
from planner.optimize.model.tables import HANDLED

Floats = NDArray[np.float64]

#: What boxes are split by, agent lines first, since they decide.
RANGES = (("a_low", "a_high", "agent_lines"), ("n_low", "n_high", "dial_lines"))
#: A campaign's bound is far from its columns beyond this share of the plan's.
FAR = 1e-4


def split_box(
    model: Model, box: Box, relaxation: Relaxation, losses: Floats
) -> tuple[Box, Box] | None:
    """Two boxes that share out a box's plans; None when it holds a single plan.

    Split is the place where the value of the mixed columns differs most: of the campaign whose
    bound is furthest from its columns, where that is far, else of all. By agent lines if those
    differ there, else by dial lines. Where nothing is mixed, the widest range is halved.
    """
    spread = np.zeros((model.campaigns, model.dialers))
    for c in {k.campaign for k, share in relaxation.mix if share < 1 - SMALLEST_SHARE}:
        columns, shares = _mix_of(relaxation, c)
        calls = [model.tables[c][HANDLED, k.agent_lines, k.dial_lines] for k in columns]
        spread[c] = model.value[c] * _spread(np.array(calls), shares) + SMALLEST_SHARE
    worst = int(np.argmax(np.where(spread.any(axis=1), losses, -np.inf)))
    if spread[worst].any() and losses[worst] > FAR * abs(relaxation.bound):
        spread[np.arange(model.campaigns) != worst] = 0.0
    for place in np.argsort(-spread, axis=None, kind="stable"):
        c, d = divmod(int(place), model.dialers)
        if spread[c, d] == 0.0:
            break
        columns, shares = _mix_of(relaxation, c)
        for low, high, what in RANGES:
            lines = np.array([getattr(k, what)[d] for k in columns], dtype=np.float64)
            first, last = int(getattr(box, low)[c, d]), int(getattr(box, high)[c, d])
            if first < last and _spread(lines[:, None], shares)[0] > SMALLEST_SHARE:
                middle = min(max(int(np.floor(shares @ lines + SHARE_ROUNDING)), first), last - 1)
                return (
                    box.with_range(high, (c, d), middle),
                    box.with_range(low, (c, d), middle + 1),
                )
    return _halves(box)


def _mix_of(relaxation: Relaxation, campaign: int) -> tuple[list[Column], Floats]:
    """A campaign's columns in the mix, and their shares."""
    mine = [(k, share) for k, share in relaxation.mix if k.campaign == campaign]
    return [k for k, _ in mine], np.array([share for _, share in mine])


def _spread(rows: Floats, shares: Floats) -> Floats:
    """Standard deviation of each column under the shares."""
    deviation: Floats = np.sqrt(np.maximum(shares @ rows**2 - (shares @ rows) ** 2, 0.0))
    return deviation


def _halves(box: Box) -> tuple[Box, Box] | None:
    """A box halved where it is widest; None for a single plan."""
    for low, high, _ in RANGES:
        width = getattr(box, high) - getattr(box, low)
        c, d = (int(i) for i in np.unravel_index(int(np.argmax(width)), width.shape))
        if width[c, d] > 0:
            middle = int(getattr(box, low)[c, d] + width[c, d] // 2)
            return box.with_range(high, (c, d), middle), box.with_range(low, (c, d), middle + 1)
    return None


#: Columns with less of a campaign's split are not looked at.
LEAST_SHARE = 1e-3


def branch_on_worst_loss(
    model: Model, box: Box, relaxation: Relaxation, target: float, precision: float, share: float
) -> tuple[Box, Box] | None:
    """Two boxes that share out a box's plans worth more than ``target``.

    None where that would hardly lower the bound: where the mixed columns take about as much, each
    for itself, as all together. Half of the difference is to be worth ``precision`` of the plan's
    value and ``share`` of what the bound is above the target.
    """
    if model.weight <= 0 or model.has_costs or not model.aim.is_value or not relaxation.mix:
        return None
    mixed = max(_taken(model, relaxation), box.loss_low)
    alone = max(
        float(model.value[k.campaign] * k.calls.max())
        for k, share in relaxation.mix
        if share > LEAST_SHARE
    )
    needed = min(_least_taken(model, alone, target + model.weight * box.loss_low), box.loss_high)
    least = max(precision * abs(relaxation.bound), share * (relaxation.bound - target))
    if model.weight * (needed - mixed) / 2 <= least:
        return None
    return halves_at_loss(model, box, (mixed + needed) / 2, target)


def halves_at_loss(model: Model, box: Box, taken: float, target: float) -> tuple[Box, Box]:
    """The plans of a box worth more than ``target`` of which the worst failure takes less, or more.

    Less or more than ``taken`` [value per hour].
    """
    dialer_high = _most_here(model, taken, target + model.weight * box.loss_low)
    less = replace(box, loss_high=taken, dialer_high=min(box.dialer_high, dialer_high))
    return less, replace(box, loss_low=taken)


def _taken(model: Model, relaxation: Relaxation) -> float:
    """What the worst failure takes of a mix [value per hour]."""
    lost = np.zeros(len(model.lost))
    for k, share in relaxation.mix:
        lost += share * model.value[k.campaign] * k.lost
    return float(lost.max(initial=0.0))


def _others(model: Model) -> float:
    """How many of the failures at once leave a domain alone, for each of the other domains."""
    at_once = min(model.failures, model.domains)
    return (at_once - 1) / max(model.domains - 1, 1)


def _least_taken(model: Model, here: float, total: float) -> float:
    """What the worst failures at once take at the least, of a plan that earns so much ``here``.

    They take that domain and, of the others, no less than the average.
    """
    return here + _others(model) * max(total - here, 0.0)


def _most_here(model: Model, taken: float, total: float) -> float:
    """What one domain earns at the most where the worst failures at once take at most ``taken``.

    ``total`` is what all domains together earn at the least.
    """
    others = _others(model)
    if others >= 1:
        return np.inf
    return (taken - others * max(total, 0.0)) / (1 - others) * (1 + LIMIT_ROUNDING) + LIMIT_ROUNDING
