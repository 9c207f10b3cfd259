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
    workers : how many plan at once; None where that is not known
    """

    def __init__(self, sizes: Mapping[int, float], workers: int | None = None) -> None:
        self._weights: dict[int, float] = {
            number: max(size, 1e-3) ** _POWER for number, size in sizes.items()
        }
        self._left: float = sum(self._weights.values())
        self._workers = workers
        self._done = self._spent = 0.0

    def done(self, number: int, seconds: float = 0.0) -> None:
        """Take note of a problem that is planned, and how long that took by itself [s]."""
        weight = self._weights.pop(number, 0.0)
        self._left -= weight
        self._done += weight
        self._spent += seconds

    def seconds(self, elapsed: float) -> float | None:
        """Seconds that the rest takes, after so many of this run; None before anything is done.

        Where the workers are known what each plan took counts: not that they had to be started, and
        that others are under way. Nobody shares a problem with others.
        """
        if not self._done:
            return None
        if not self._weights:
            return 0.0
        if self._workers is None:
            return max(self._left, 0.0) * elapsed / self._done
        at_once = min(self._workers, len(self._weights))
        longest = max(self._weights.values())
        return max(self._left / at_once, longest) * self._spent / self._done
