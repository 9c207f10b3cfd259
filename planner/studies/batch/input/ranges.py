"""Ranges in expressions: ``campaign.C7.agent_lines=4..20`` stands for 17 of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from planner.studies.expressions import number

#: What one row may stand for at most.
MOST_SCENARIOS = 1_000_000
_RANGE = re.compile(
    r"(?P<head>.*=)\s*(?P<low>[^=\s]+?)\s*\.\.\s*(?P<high>[^=\s]+?)(\s+step\s+(?P<step>\S+))?\s*"
)


class Sweep(NamedTuple):
    """An expression whose value runs through a range; without one there is a single value."""

    head: str
    values: tuple[str, ...]


def read_sweep(text: str) -> Sweep:
    """Read ``HEAD=LOW..HIGH`` or ``HEAD=LOW..HIGH step STEP``; HIGH is included where it is met.

    Raises
    ------
    ValueError
        With what was expected, if a range counts nothing, or too much.
    """
    found = _RANGE.fullmatch(text)
    low, high = (number(found["low"]), number(found["high"])) if found else (None, None)
    if found is None or low is None or high is None:
        return Sweep(text, ("",))
    step = number(found["step"]) if found["step"] else Fraction(1)
    if step is None or step <= 0 or high < low:
        raise ValueError("a range such as 4..20 or 0.1..0.3 step 0.05, upwards")
    count = (high - low) // step + 1
    if count > MOST_SCENARIOS:
        raise ValueError(f"a range of at most {MOST_SCENARIOS:,} values")
    return Sweep(found["head"], tuple(_spelt(low + k * step) for k in range(int(count))))


def scenario_count(sweeps: Sequence[Sweep]) -> int:
    """How many scenarios sweeps stand for together."""
    total = 1
    for sweep in sweeps:
        total *= len(sweep.values)
    return total


def scenarios(sweeps: Sequence[Sweep]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each combination, the last range running fastest: its values in words, expressions."""
    for values in product(*(sweep.values for sweep in sweeps)):
        words = ", ".join(value for value in values if value)
        pairs = zip(sweeps, values, strict=True)
        yield words, tuple(sweep.head + value for sweep, value in pairs)


def _spelt(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))
