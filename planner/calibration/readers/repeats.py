"""Rows that tell of a call a second time: exports that overlap, files that were put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.calibration.attempts import Attempts

Keys = NDArray[np.uint64]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # of the golden ratio: spreads sums over all bits


class Seen:
    """The rows seen so far, of all files: eight bytes each, in sorted lots of growing size."""

    def __init__(self) -> None:
        self._lots: list[Keys] = []

    def again(self, keys: Keys, named: Any) -> NDArray[np.bool_]:
        """Which of these rows were seen before; the others are from now on.

        Parameters
        ----------
        keys : :func:`row_keys`
        named : rows whose call has a name; two without one may well be two calls
        """
        repeated = np.zeros(len(keys), bool)
        places = np.flatnonzero(named)
        found, first = np.unique(keys[places], return_index=True)
        known = np.zeros(len(found), bool)
        for lot in self._lots:  # in order, which reads each lot once from its beginning to its end
            at = np.minimum(np.searchsorted(lot, found), len(lot) - 1)
            known |= lot[at] == found
        repeated[places] = True
        repeated[places[first]] = known
        if not known.all():
            self._keep(found[~known])
        return repeated

    def _keep(self, lot: Keys) -> None:
        while self._lots and len(self._lots[-1]) <= 2 * len(lot):
            lot = np.concatenate([self._lots.pop(), lot])
            lot.sort(kind="stable")  # merges what is in order already
        self._lots.append(lot)


def row_keys(names: Iterable[Any], found: Attempts) -> Keys:
    """A number for what each row says: whose call, which leg of it, when, and with what outcome.

    Two rows that differ have the same one once in 1e19 pairs.
    """
    keys = np.zeros(len(found), np.uint64)
    for column in names:
        keys = keys * _FACTOR + pd.util.hash_array(np.asarray(column, dtype=object))
    for ids, codes in ((found.campaigns, found.campaign), (found.dialers, found.dialer)):
        keys = keys * _FACTOR + pd.util.hash_array(np.asarray(ids, dtype=object))[codes]
    for times in (found.launched, found.ended, found.requested, found.connected):
        keys = keys * _FACTOR + np.nan_to_num(times).view(np.uint64)
    for flags in (found.answered, found.human, found.outcome):
        keys = keys * _FACTOR + flags.astype(np.int64).view(np.uint64)
    return keys
