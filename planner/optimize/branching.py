"""Where a box is split in two, and what its relaxation mixes there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.optimize.master.column_generation import Relaxation
from planner.optimize.master.restricted_master import SMALLEST_SHARE
from planner.optimize.model.columns import Column
from planner.optimize.model.model import HANDLED, Box, Model

Floats = NDArray[np.float64]

#: What boxes are split by, agent lines first, since they decide.
RANGES = (("a_low", "a_high", "agent_lines"), ("n_low", "n_high", "dial_lines"))
#: A campaign's bound is far from its columns beyond this share of the plan's.
FAR = 1e-4
#: Shares and lines closer than this are equal.
ROUNDING = 1e-9


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
                middle = min(max(int(np.floor(shares @ lines + ROUNDING)), first), last - 1)
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
