"""Shortfalls of requirements, whole numbers, and the order in which they are given up."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .fleet import Fleet

# the order of the table "When not everything can be had"
REQUIREMENTS = (
    "runs",
    "min_transfers_per_hour",
    "finish_by",
    "limits",
    "min_dialers",
    "survivable_share",
)
SHARE_TOLERANCE = 0.005  # a share is met when it is met to the nearest per cent
ROUNDING = 1e-6  # taken off before per cents are rounded up

Key = tuple[int, str]


def keys(fleet: Fleet) -> list[Key]:
    """Sums to be made small, one after the other: lowest priority number first."""
    priorities = sorted({campaign.priority for campaign in fleet.campaigns})
    return [(priority, name) for priority in priorities for name in REQUIREMENTS]


def per_cents_missing(asked: float, got: ArrayLike) -> NDArray[np.int64]:
    """`ceil(100 (1 - got/asked))`, 0 where nothing is asked; 100 where `asked` is infinite."""
    values = np.asarray(got, dtype=float)
    if asked <= 0:
        return np.zeros(values.shape, dtype=np.int64)
    return round_up(100.0 * (1.0 - values / asked))


def needed_share(share: float, tolerance: float) -> float:
    """Share of the calls that must survive: 1 means all, without tolerance."""
    return share if share >= 1 else share - tolerance


def share_missing(needed: float, surviving: ArrayLike, total: ArrayLike) -> NDArray[np.int64]:
    """`ceil(100 (needed - surviving/total))`; a total of 0 meets any share."""
    left, whole = np.asarray(surviving, dtype=float), np.asarray(total, dtype=float)
    some = whole > 0
    ratio = np.divide(left, whole, out=np.ones(whole.shape), where=some)
    return np.where(some, round_up(100.0 * (needed - ratio)), 0)


def round_up(per_cents: NDArray[np.float64]) -> NDArray[np.int64]:
    """Per cents rounded up after 1e-6 is taken off, at least 0."""
    return np.maximum(np.ceil(per_cents - ROUNDING), 0).astype(np.int64)


def text(key: Key) -> str:
    """Key of a sum as in the collection of right answers."""
    return f"{key[0]}:{key[1]}"
