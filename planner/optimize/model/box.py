"""Ranges of lines: a node of the branch-and-bound tree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: The fields of a box that hold its ranges of lines.
RANGES = ("n_low", "n_high", "a_low", "a_high")


@dataclass(frozen=True)
class Box:
    """Smallest and largest lines of every campaign on every dialer ``[campaign, dialer]``.

    Where failures are priced, also between what and what the worst of them takes [value per hour].
    ``dialer_high`` is what a campaign may earn on one dialer at the most, so that it takes no more.
    """

    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    loss_low: float = 0.0
    loss_high: float = np.inf
    dialer_high: float = np.inf
    node: int = 0  # its number in the proof

    @property
    def ranges(self) -> dict[str, Ints]:
        """The ranges of lines by name."""
        return {name: getattr(self, name) for name in RANGES}

    def numbered(self, node: int) -> Box:
        """The same box as another node of the proof."""
        return replace(self, node=node)

    def is_empty(self) -> bool:
        """Whether some range holds nothing."""
        return bool(np.any(self.n_low > self.n_high) or np.any(self.a_low > self.a_high))

    def contains(self, campaign: int, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Whether a campaign's split lies inside its ranges."""
        c = campaign
        return bool(
            np.all((dial_lines >= self.n_low[c]) & (dial_lines <= self.n_high[c]))
            and np.all((agent_lines >= self.a_low[c]) & (agent_lines <= self.a_high[c]))
        )

    def with_range(self, name: str, place: tuple[int, int], value: int) -> Box:
        """Copy with one end of one range changed."""
        changed = getattr(self, name).copy()
        changed[place] = value
        return replace(self, **{name: changed})
