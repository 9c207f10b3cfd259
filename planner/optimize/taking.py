"""Splits a box by what the worst failure takes, where its relaxation evens that out by mixing.

A mix of splits, each on one dialer, takes little with any failure; each of them alone may take
more than the mix as a whole. No plan does so: what a campaign earns on one dialer goes down with
it. So the plans are told apart by what the worst failure takes. Where it takes at most so much, no
campaign earns more on one dialer; where it takes at least so much, that is paid for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.optimize.master.column_generation import Relaxation
from planner.optimize.model.model import Box, Model

#: Rounding of a sum of calls, relatively.
ROUNDING = 1e-9
#: Columns with less of a campaign's split are not looked at.
LEAST_SHARE = 1e-3


def split_by_taken(
    model: Model, box: Box, relaxation: Relaxation, target: float, precision: float, share: float
) -> tuple[Box, Box] | None:
    """Two boxes that share out a box's plans worth more than ``target``.

    None where that would hardly lower the bound: where the mixed columns take about as much, each
    for itself, as all together. Half of the difference is to be worth ``precision`` of the plan's
    value and ``share`` of what the bound is above the target.
    """
    if model.weight <= 0 or not relaxation.mix:
        return None
    mixed = max(_taken(model, relaxation), box.least_taken)
    alone = max(
        float(model.value[k.campaign] * k.calls.max())
        for k, share in relaxation.mix
        if share > LEAST_SHARE
    )
    needed = min(
        _least_taken(model, alone, target + model.weight * box.least_taken), box.most_taken
    )
    least = max(precision * abs(relaxation.bound), share * (relaxation.bound - target))
    if model.weight * (needed - mixed) / 2 <= least:
        return None
    return told_apart(model, box, (mixed + needed) / 2, target)


def told_apart(model: Model, box: Box, taken: float, target: float) -> tuple[Box, Box]:
    """The plans of a box worth more than ``target`` of which the worst failure takes less, or more.

    Less or more than ``taken`` [value per hour].
    """
    most_here = _most_here(model, taken, target + model.weight * box.least_taken)
    less = replace(box, most_taken=taken, most_here=min(box.most_here, most_here))
    return less, replace(box, least_taken=taken)


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
    return (taken - others * max(total, 0.0)) / (1 - others) * (1 + ROUNDING) + ROUNDING
