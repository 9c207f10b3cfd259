"""Works attempts out of what a log tells: moments, lengths of time and words, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.calibration.attempts import (
    CUT_OFF,
    GAVE_UP,
    OUTCOMES,
    UNKNOWN,
    Attempts,
    Codes,
    Flags,
    Floats,
)

#: Calls without a campaign or a dialer in their log.
ALL_CALLS, ONE_DIALER = "all calls", "all dialers"
_ASKED = ("asked", "gave_up", "cut_off")


@dataclass
class Fields:
    """The fields of some rows, by name; a field that a log lacks is absent."""

    rows: int
    times: dict[str, Floats] = field(default_factory=dict)
    seconds: dict[str, Floats] = field(default_factory=dict)
    flags: dict[str, Flags] = field(default_factory=dict)
    classes: dict[str, Any] = field(default_factory=dict)  # words as classes, arrays of text
    ids: dict[str, tuple[list[str], Codes]] = field(default_factory=dict)

    def time(self, name: str) -> Floats:
        """Moments, NaN where there are none."""
        found = self.times.get(name)
        return np.full(self.rows, np.nan) if found is None else found

    def length(self, name: str) -> Floats:
        """Lengths of time, NaN where there are none."""
        found = self.seconds.get(name)
        return np.full(self.rows, np.nan) if found is None else found

    def has_class(self, *names: str) -> Any:
        """Whether any word of a row is of one of these classes."""
        found = np.zeros(self.rows, bool)
        for classes in self.classes.values():
            found |= np.isin(classes, names)
        return found


def attempts_of(fields: Fields, numbers: Floats | None = None, *, answer_asks: bool) -> Attempts:
    """The attempts of some rows.

    Parameters
    ----------
    fields : what is told of them
    numbers : the pass through the list of each, if told
    answer_asks : whether every human who answers asks for an agent at once
    """
    launched, ended = _call(fields)
    answered, human = _answers(fields)
    asked = fields.has_class(*_ASKED) | (fields.flags.get("abandoned", np.zeros(1)) == 1)
    requested, connected, released = _agent(fields, launched, ended, asked)
    if answer_asks:
        answer = np.where(
            np.isnan(fields.time("answered_at")), launched, fields.time("answered_at")
        )
        at_once = np.isnan(requested) & (asked | (human == 1))
        requested = np.where(at_once, answer, requested)
        wait = np.nan_to_num(fields.length("wait_seconds"))
        taken = (human == 1) & ~asked & np.isnan(connected)
        connected = np.where(taken, answer + wait, connected)
        wrap = fields.length("wrap_up_seconds")
        released = np.where(taken, ended + wrap, released)
    waited = np.isfinite(requested) & np.isnan(connected)
    outcome = _outcomes(fields, waited)
    human = np.where(np.isfinite(requested) & (human < 0), np.int8(UNKNOWN), human)
    campaigns, campaign = fields.ids.get("campaign_id", ([ALL_CALLS], _zeros(fields.rows)))
    dialers, dialer = fields.ids.get("dialer_id", ([ONE_DIALER], _zeros(fields.rows)))
    told = np.zeros(fields.rows) if numbers is None else np.nan_to_num(numbers)
    return Attempts(
        [name or ALL_CALLS for name in campaigns],
        [name or ONE_DIALER for name in dialers],
        campaign,
        dialer,
        launched,
        ended,
        requested,
        connected,
        released,
        answered.astype(np.int8),
        human.astype(np.int8),
        outcome,
        told.astype(np.int64),
    )


def _zeros(rows: int) -> Codes:
    return np.zeros(rows, dtype=np.int64)


def _first_known(*candidates: Floats) -> Floats:
    found = candidates[0]
    for candidate in candidates[1:]:
        found = np.where(np.isnan(found), candidate, found)
    return found


def _call(fields: Fields) -> tuple[Floats, Floats]:
    """Launch and end of each call."""
    launched, ended, answer = (fields.time(n) for n in ("launched", "ended", "answered_at"))
    call, spoken = fields.length("call_seconds"), fields.length("answered_seconds")
    ring = fields.length("ring_seconds")
    ended = _first_known(ended, answer + spoken, launched + call)
    if "answered_seconds" in fields.seconds and "answered_at" not in fields.times:
        ended = _first_known(ended, launched + np.nan_to_num(ring) + spoken)
    launched = _first_known(launched, ended - call, answer - ring, answer)
    return launched, ended


def _answers(fields: Fields) -> tuple[Flags, Flags]:
    """Whether each attempt was answered, and by a human."""
    answered = fields.flags.get("answered", np.full(fields.rows, UNKNOWN, np.int8)).copy()
    human = fields.flags.get("human", np.full(fields.rows, UNKNOWN, np.int8)).copy()
    if "answered_seconds" in fields.seconds and "status" not in fields.classes:
        answered = np.where(answered < 0, fields.length("answered_seconds") > 0, answered)
    elif "answered_at" in fields.times and "status" not in fields.classes:
        answered = np.where(answered < 0, np.isfinite(fields.time("answered_at")), answered)
    answered[fields.has_class("answered", "human", "machine", "unclear", *_ASKED)] = 1
    answered[fields.has_class("unanswered")] = 0
    human[fields.has_class("human", *_ASKED) & (answered == 1)] = 1
    human[fields.has_class("machine")] = 0
    human[answered == 0] = np.where(human[answered == 0] == 1, 1, 0)
    answered[human == 1] = 1
    return answered, human


def _agent(
    fields: Fields, launched: Floats, ended: Floats, asked: Any
) -> tuple[Floats, Floats, Floats]:
    """When an agent was asked for, took the call, and was free again."""
    talk = fields.length("talk_seconds")
    talk = np.where(talk > 0, talk + np.nan_to_num(fields.length("hold_seconds")), np.nan)
    connected = _first_known(fields.time("connected"), ended - talk)
    connected = np.where(asked & np.isnan(fields.time("connected")), np.nan, connected)
    wait = fields.length("wait_seconds")
    requested = _first_known(fields.time("requested"), connected - np.nan_to_num(wait))
    requested = np.where(asked & np.isnan(requested), ended - np.nan_to_num(wait), requested)
    requested = np.where(requested < launched, launched, requested)
    wrap = np.where(np.isfinite(connected), fields.length("wrap_up_seconds"), np.nan)
    released = _first_known(fields.time("released"), ended + wrap)
    return requested, connected, released


def _outcomes(fields: Fields, waited: Any) -> Flags:
    outcome = np.zeros(fields.rows, np.int8)
    gave_up = fields.has_class(GAVE_UP) | (fields.flags.get("abandoned", np.zeros(1)) == 1)
    outcome[waited & gave_up] = OUTCOMES.index(GAVE_UP)
    outcome[waited & fields.has_class(CUT_OFF)] = OUTCOMES.index(CUT_OFF)
    return outcome


#: Classes of the words of our own column ``outcome``.
OUTCOME_WORDS: Mapping[str, str] = {
    "gave_up": GAVE_UP,
    "gave up": GAVE_UP,
    "cut_off": CUT_OFF,
    "cut off": CUT_OFF,
}
