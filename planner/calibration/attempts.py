"""Attempts: one row per call placed, whatever system wrote it down; nothing in it names a person.

Times are seconds since 1970 in UTC, NaN where it did not happen or is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.int8]

#: Columns of a table of attempts, in order.
COLUMNS = (
    "campaign_id",
    "dialer_id",
    "launched",
    "ended",
    "answered",
    "human",
    "requested",
    "connected",
    "released",
    "outcome",
)
#: A flag of which nothing is known.
UNKNOWN = -1
#: How a wait for an agent ended without one: the callee hung up, or the dialer did.
GAVE_UP, CUT_OFF = "gave_up", "cut_off"
OUTCOMES = ("", GAVE_UP, CUT_OFF)


@dataclass(frozen=True)
class Attempts:
    """So many attempts as arrays; ids as codes into their names."""

    campaigns: Sequence[str]
    dialers: Sequence[str]
    campaign: Codes
    dialer: Codes
    launched: Floats
    ended: Floats
    requested: Floats
    connected: Floats
    released: Floats
    answered: Flags  # 1, 0 or UNKNOWN
    human: Flags
    outcome: Flags  # position in OUTCOMES
    attempt_pass: Codes  # through the dial list, from 1; 0 where not known

    def __len__(self) -> int:
        return len(self.launched)

    def where(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Attempts:
        """The attempts at some places."""
        columns: list[Any] = [getattr(self, name)[kept] for name in _ARRAYS]
        return Attempts(self.campaigns, self.dialers, *columns)


#: The fields of :class:`Attempts` that are arrays, in order.
_ARRAYS = tuple(Attempts.__annotations__)[2:]


def attempt_ends(attempts: Attempts) -> Floats:
    """When each attempt was over: an agent was asked for or came, else the call ended."""
    asked = np.where(np.isnan(attempts.requested), attempts.connected, attempts.requested)
    return np.where(np.isnan(asked), attempts.ended, asked)


def concatenated(parts: Sequence[Attempts]) -> Attempts:
    """Several lots of attempts as one, their ids coded anew."""
    campaigns = list(dict.fromkeys(name for part in parts for name in part.campaigns))
    dialers = list(dict.fromkeys(name for part in parts for name in part.dialers))

    def recoded(names: list[str], own: Sequence[str], codes: Codes) -> Codes:
        places = np.array([names.index(name) for name in own], dtype=np.int64)
        return places[codes] if len(codes) else codes

    columns: list[Any] = [
        np.concatenate([recoded(campaigns, part.campaigns, part.campaign) for part in parts]),
        np.concatenate([recoded(dialers, part.dialers, part.dialer) for part in parts]),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS[2:]),
    ]
    return Attempts(campaigns, dialers, *columns)
