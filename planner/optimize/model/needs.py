"""What campaigns must reach, as rows: for campaigns whose splits are too many to be listed.

The row of a need says that what its splits amount to, and what is missing, make up all of it. A mix
of splits may meet it where none of them does; a listed campaign is told exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model.requirements import ATTEMPTED, CALLS, FLOORS, Requirements

if TYPE_CHECKING:
    from planner.optimize.model.column_arrays import ColumnArrays
    from planner.optimize.model.columns import Column

Floats = NDArray[np.float64]

#: Kinds of requirement that become rows.
NEED_KINDS = (CALLS, ATTEMPTED, FLOORS)


class Need(NamedTuple):
    """So much of one campaign: in per cents of calls or attempts, or in lines.

    Weights are per call, per attempt, and ``[dialer]`` per dial and agent line.
    """

    campaign: int
    kind: int
    full: float
    call: float
    attempt: float
    dial: Floats
    agent: Floats

    def amount(self, column: Column) -> float:
        """What a column has of it."""
        lines = float(self.dial @ column.dial_lines + self.agent @ column.agent_lines)
        attempts = self.attempt * float(column.attempts.sum())
        return self.call * column.handled + attempts + lines

    def amounts(self, columns: ColumnArrays) -> Floats:
        """What each column of a pool has of it."""
        lines = columns["dial_lines"] @ self.dial + columns["agent_lines"] @ self.agent
        found: Floats = self.call * columns["handled"] + self.attempt * columns["attempts"] + lines
        return found


def needs(asked: Requirements, listed: NDArray[np.bool_]) -> tuple[Need, ...]:
    """The needs of campaigns that are not listed."""
    found = []
    nothing = np.zeros(asked.lost.shape[1])
    for c in np.flatnonzero(~listed).tolist():
        for kind, most in ((CALLS, asked.calls[c]), (ATTEMPTED, asked.attempts[c])):
            if most > 0:
                share = 0.0 if np.isinf(most) else 100.0 / float(most)
                per_call, per_attempt = (share, 0.0) if kind == CALLS else (0.0, share)
                found.append(Need(c, kind, 100.0, per_call, per_attempt, nothing, nothing))
        for floor in asked.floors[c]:
            here = floor.members.astype(np.float64)
            dial, agent = (here, nothing) if floor.counts_dial_lines else (nothing, here)
            found.append(Need(c, FLOORS, float(floor.least), 0.0, 0.0, dial, agent))
    return tuple(found)
