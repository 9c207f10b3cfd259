"""How long the rest of a batch will take: problems differ, and so does what each is worth."""

from __future__ import annotations

from collections.abc import Mapping

#: A problem takes as long as its size to this power: between the tables' and the search's.
_POWER = 0.7


class Remaining:
    """What is left to plan in this run, by the sizes of the problems.

    Parameters
    ----------
    sizes : of the problems to plan, by number
    """

    def __init__(self, sizes: Mapping[int, float]) -> None:
        self._weights = {number: max(size, 1e-3) ** _POWER for number, size in sizes.items()}
        self._left = sum(self._weights.values())
        self._done = 0.0

    def done(self, number: int) -> None:
        """Take note of a problem that is planned."""
        weight = self._weights.pop(number, 0.0)
        self._left -= weight
        self._done += weight

    def seconds(self, elapsed: float) -> float | None:
        """Seconds that the rest takes, after so many of this run; None before anything is done."""
        if not self._done:
            return None
        return max(self._left, 0.0) * elapsed / self._done if self._weights else 0.0
