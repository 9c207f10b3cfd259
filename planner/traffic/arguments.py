"""Checks the arguments that all exact figures share, and brings them to one shape."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Arguments(NamedTuple):
    """Flat arrays of equal length, and the shape to give results back in."""

    dial_lines: Floats  # N >= 0 [lines]
    agent_lines: Floats  # A >= 0 [lines]
    attempt_rate: Floats  # nu = 1 / mean attempt seconds [1/s]
    transfer_probability: Floats  # q in [0, 1]
    talk_rate: Floats  # mu = 1 / mean talk seconds [1/s]
    shape: tuple[int, ...]


def checked(
    dial_lines: ArrayLike,
    agent_lines: ArrayLike,
    attempt_seconds: ArrayLike,
    transfer_probability: ArrayLike,
    talk_seconds: ArrayLike,
) -> Arguments:
    """Broadcast the arguments together.

    Raises
    ------
    ValueError
        If lines are no integers >= 0, times not positive and finite, or q not in [0, 1].
    """
    given = (dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds)
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in given))
    lines, agents, attempt, probability, talk = (array.flatten() for array in arrays)
    require_lines("dial_lines", lines)
    require_lines("agent_lines", agents)
    require_seconds("attempt_seconds", attempt)
    require_seconds("talk_seconds", talk)
    if not np.all((probability >= 0) & (probability <= 1)):
        raise ValueError("transfer_probability must lie in [0, 1]")
    return Arguments(lines, agents, 1.0 / attempt, probability, 1.0 / talk, arrays[0].shape)


def require_lines(name: str, values: Floats) -> None:
    """Raise ValueError unless all values are whole numbers >= 0."""
    if not np.all((values >= 0) & np.isfinite(values) & (values == np.floor(values))):
        raise ValueError(f"{name} must be whole numbers of at least 0")


def require_seconds(name: str, values: Floats) -> None:
    """Raise ValueError unless all values are positive and finite."""
    if not np.all((values > 0) & np.isfinite(values)):
        raise ValueError(f"{name} must be positive and finite")
