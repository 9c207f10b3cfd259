"""The best choices along a week, against all ways to choose."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.studies.week.along import Choice, best_along
from planner.studies.week.times import Follows

TIMES, CAMPAIGNS, DIALERS = 4, 3, 2


def worth(
    picked: tuple[int, ...], choices: dict[int, Choice], follows: list[Follows], price: float
) -> float:
    """What choices are worth less the price of each line that is lost where both run."""
    total = sum(float(choices[n].worths[k]) for n, k in enumerate(picked))
    for edge in follows:
        one, other = choices[edge.before], choices[edge.after]
        for c in range(CAMPAIGNS):
            if one.runs[c] and other.runs[c]:
                here, there = one.lines[picked[edge.before], c], other.lines[picked[edge.after], c]
                total -= price * edge.hours * float(np.maximum(here - there, 0).sum())
    return total


@pytest.mark.parametrize("seed", range(20))
def test_choices_along_a_week_are_the_best_of_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    choices = {
        n: Choice(
            random.integers(0, 9, (int(random.integers(2, 5)), CAMPAIGNS, 2, DIALERS)),
            random.random(CAMPAIGNS) < 0.7,
            np.zeros(0),
        )
        for n in range(TIMES)
    }
    choices = {n: c._replace(worths=random.random(len(c.lines)) * 40) for n, c in choices.items()}
    follows = [Follows(n, n + 1, float(random.integers(1, 4))) for n in range(TIMES - 1)]
    found = best_along(choices, follows, 0.5)
    picked = tuple(found[n] for n in range(TIMES))
    ways = product(*(range(len(choices[n].lines)) for n in range(TIMES)))
    best = max(worth(way, choices, follows, 0.5) for way in ways)
    assert worth(picked, choices, follows, 0.5) == pytest.approx(best)
