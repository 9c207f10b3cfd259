"""What campaigns must reach and what of it may be missing, as flat arrays for compiled code."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model.model import Model
from planner.optimize.model.requirements import (
    ATTEMPTED,
    CALLS,
    FLOORS,
    KINDS,
    PER_CENT_ROUNDING,
    RUNS,
    SURVIVES,
    USED,
    Floor,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_ROW = -1
#: Asked for where no fleet reaches what is asked [per hour]: prices stay numbers.
OUT_OF_REACH = 1e9


class Asked(NamedTuple):
    """Requirements by campaign and kind, and sums of shortfalls over several of them.

    Of ``least`` nothing may be missing: calls and attempts per hour, dialers, and the share to
    survive, each less its allowed shortfall; in place of the lines of ``limits.csv`` stand those
    that may be missing.
    """

    full: Floats  # [campaign, kind] asked for
    least: Floats  # [campaign, kind]
    has_floors: NDArray[np.bool_]  # [campaign] whether least lines are asked for
    floor_of: Ints  # [floor] campaign of each row of least lines
    floor_members: NDArray[np.bool_]  # [floor, dialer]
    floor_dial: NDArray[np.bool_]  # [floor] whether dial lines count, not agent lines
    floor_lines: Ints  # [floor]
    row_of: Ints  # [campaign, kind] sum that a shortfall counts for, NO_ROW where none
    row_kind: Ints  # [sum]
    row_most: Ints  # [sum]
    counted: int  # sum that is made as small as can be, then those after it; NO_ROW: value counts


def asked_arrays(model: Model) -> Asked:
    """What a model asks for."""
    asked, aim = model.requirements, model.aim
    floors = [(c, floor) for c, mine in enumerate(asked.floors) for floor in mine]
    sums = list(aim.sums)
    if aim.counted is not None:
        sums += [(which, 0) for which in (aim.counted, *aim.then)]
    row_of = np.full(aim.most.shape, NO_ROW, np.int64)
    for row, (which, _) in enumerate(sums):
        row_of[which] = row
    full, least = _full_and_least(model)
    return Asked(
        full=full,
        least=least,
        has_floors=np.array([bool(mine) for mine in asked.floors], np.bool_),
        floor_of=np.array([c for c, _ in floors], np.int64),
        floor_members=_members([floor for _, floor in floors], model.dialers),
        floor_dial=np.array([floor.counts_dial_lines for _, floor in floors], np.bool_),
        floor_lines=np.array([floor.least for _, floor in floors], np.int64),
        row_of=row_of,
        row_kind=np.array([which.any(axis=0).argmax() for which, _ in sums], np.int64),
        row_most=np.array([most for _, most in sums], np.int64),
        counted=NO_ROW if aim.counted is None else len(aim.sums),
    )


def _full_and_least(model: Model) -> tuple[Floats, Floats]:
    asked, most = model.requirements, model.aim.most
    full = np.zeros((model.campaigns, len(KINDS)))
    full[:, RUNS] = asked.min_dialers >= 1
    full[:, CALLS] = np.minimum(asked.calls, OUT_OF_REACH)
    full[:, ATTEMPTED] = np.minimum(asked.attempts, OUT_OF_REACH)
    full[:, USED] = asked.min_dialers
    full[:, SURVIVES] = asked.survivable
    least = np.zeros_like(full)
    # What is missing is rounded up to whole per cents, less what rounding is.
    missing = (most + PER_CENT_ROUNDING * (most > 0)) / 100
    for kind in (CALLS, ATTEMPTED):
        least[:, kind] = full[:, kind] * np.maximum(1 - missing[:, kind], 0)
    least[:, SURVIVES] = np.maximum(full[:, SURVIVES] - missing[:, SURVIVES], 0)
    least[:, FLOORS] = most[:, FLOORS]
    used = np.maximum(full[:, USED] - most[:, USED], 0)
    to_survive = np.minimum(model.least_to_survive, model.dialers)
    must_run = (full[:, RUNS] > 0) & (most[:, RUNS] == 0)
    least[:, USED] = np.where(must_run, np.maximum(np.maximum(used, to_survive), 1), used)
    return full, least


def _members(floors: list[Floor], dialers: int) -> NDArray[np.bool_]:
    return np.array([floor.members for floor in floors], np.bool_).reshape(-1, dialers)
