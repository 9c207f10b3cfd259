"""Live buckets of campaigns, kept for the next search: they hang on tables and limits, not prices.

One command searches many problems that differ in little: the nearest plan sum by sum, a plan with
one thing changed, the world after a failure. Working out the buckets took half of such a search.
"""

from __future__ import annotations

import hashlib
from threading import Lock

import numpy as np

from planner.optimize.model.model import Model
from planner.optimize.model.requirements import SURVIVES
from planner.optimize.pricing.prices import Limits
from planner.optimize.pricing.survival.buckets import Buckets, live_buckets

#: So many campaigns are kept, the oldest goes first: some kilobytes each.
MOST_KEPT = 2000

_kept: dict[bytes, Buckets] = {}
_lock = Lock()


def known_buckets(model: Model, campaign: int, limits: Limits) -> Buckets:
    """Live buckets of a campaign, worked out once for all that they hang on."""
    key = _key(model, campaign, limits)
    found = _kept.get(key)
    if found is None:
        found = live_buckets(model, campaign, limits)
        with _lock:
            while len(_kept) >= MOST_KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[key] = found
    return found


def _key(model: Model, campaign: int, limits: Limits) -> bytes:
    """A digest of everything that live buckets are made from."""
    hashed = hashlib.blake2b(digest_size=24)
    for part in limits:
        array = np.asarray(part)
        hashed.update(f"{array.shape}{array.dtype}".encode())
        hashed.update(np.ascontiguousarray(array).tobytes())
    about = (
        float(model.abandon_limit[campaign]),
        float(model.survivable[campaign]),
        int(model.aim.most[campaign, SURVIVES]),
        model.dialers,
        model.blocks,
        model.failures,
    )
    hashed.update(repr(about).encode())
    return hashed.digest()
