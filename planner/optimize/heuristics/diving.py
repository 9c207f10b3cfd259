"""Diving: the largest blocks that the relaxation mixes are held where most of them is, in turn.

What is left is relaxed again after each step, so that the others give way before it is their turn.
Large blocks come first: small ones still find a place when all dialers are nearly full.
R. Sadykov, F. Vanderbeck, A. Pessoa, I. Tahiri, E. Uchoa, Primal heuristics for branch and price:
the assets of diving methods, INFORMS Journal on Computing 31, 2019.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.optimize.master.column_generation import Relaxation, part_at_prices, relax
from planner.optimize.master.restricted_master import Master
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column

#: A column with at least this share of its campaign is not mixed with others; with less than the
#: other share it is held only where there is no heavier one.
WHOLE, LIGHT = 0.99, 0.3
#: Rounds without a lower bound after which a relaxation on the way is good enough.
PATIENCE = 2


def dive(
    master: Master,
    relaxation: Relaxation,
    *,
    steps: int,
    target: Callable[[], float],
    stop: Callable[[], bool],
    precision: float,
) -> Relaxation:
    """Relaxation of the last box on the way that may hold a plan above the target.

    ``steps`` is how many there are about: so many of the mixed campaigns are held in each.
    """
    box, now = master.model.box, relaxation
    held: set[int] = set()  # their dial lines may still be mixed
    at_once = -(-len(_mixed(now, held)) // steps)
    while (columns := _mixed(now, held)[:at_once]) and not stop():
        part = box
        for column in columns:
            part = _held(part, column)
        start = part_at_prices(master, box, part, now)
        if start is None:
            break
        found = relax(
            master,
            part,
            target=target(),
            stop=stop,
            start=start,
            precision=precision,
            patience=PATIENCE,
            proven=False,
        )
        if found is None or not found.mix:
            break
        box, now = part, found
        held.update(column.campaign for column in columns)
    return now


def _mixed(relaxation: Relaxation, held: set[int]) -> list[Column]:
    """The heaviest column of each campaign that is mixed and not held yet, largest first."""
    heaviest: dict[int, tuple[float, Column]] = {}
    for column, share in relaxation.mix:
        if share > heaviest.get(column.campaign, (0.0, column))[0]:
            heaviest[column.campaign] = share, column
    mixed = [
        (k, share) for share, k in heaviest.values() if share < WHOLE and k.campaign not in held
    ]
    mixed.sort(key=lambda each: (each[1] < LIGHT, -int(each[0].dial_lines.sum()), each[0].campaign))
    return [column for column, _ in mixed]


def _held(box: Box, column: Column) -> Box:
    """A box in which a campaign runs where a column does, with its agent lines."""
    c, used = column.campaign, column.dial_lines > 0
    ranges = {name: values.copy() for name, values in box.ranges.items()}
    ranges["a_low"][c] = ranges["a_high"][c] = column.agent_lines
    ranges["n_high"][c] = np.where(used, box.n_high[c], 0)
    ranges["n_low"][c] = np.where(used, np.maximum(box.n_low[c], 1), box.n_low[c])
    return box.with_ranges(ranges)
