"""Figures in the words of the people who dial: shares, rates, durations, expected behaviour."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from planner.contracts.result import AssignmentFigures, PlanResult, PlanStatus, Status
from planner.contracts.values.per_cent import per_cent

#: Below one pause in a month of round-the-clock dialing nobody would ever see it.
SELDOM_PAUSES_PER_HOUR = 1 / (30 * 24)
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 365 * 86_400


def share(value: float) -> str:
    """A share in [0, 1] with two digits or so: ``40 %``, ``2.1 %``, ``0.05 %``.

    What is nearly always so is told as such: nobody sees the difference of 99.95 and 99.99 %, and
    no figure is that sure. Less than all is never ``100 %``.
    """
    percent = 100 * value
    if 0 < percent < 0.01:
        return "under 0.01 %"
    if 99.5 <= percent < 100:
        return "over 99.9 %" if percent > 99.9 else per_cent(math.floor(10 * percent) / 1000, 1)
    return per_cent(value, 0 if percent >= 9.95 or percent == 0 else 1 if percent >= 0.995 else 2)


def close_share(value: float) -> str:
    """A share beside others that hardly differ: ``1.88 %``."""
    return per_cent(value, 2)


def amount(value: float) -> str:
    """A rate or a value: ``1,234``, ``158.5``, ``0.25``, ``0``."""
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 999.5:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 0.95 else f"{value:.2g}"


def duration(seconds: float) -> str:
    """A time span at the scale a person would name it: ``36 s``, ``3.2 min``, ``2 h``."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s" if seconds >= 9.95 else f"{seconds:.1f} s"
    for limit, unit, name in ((2 * _HOUR, _MINUTE, "min"), (2 * _DAY, _HOUR, "h")):
        if seconds < limit:
            return f"{seconds / unit:.{0 if seconds >= 10 * unit else 1}f} {name}"
    if seconds < _YEAR:
        return f"{seconds / _DAY:.0f} days"
    return "over a year"


def to_minute(moment: datetime) -> datetime:
    """The nearest whole minute: sums of seconds end just before or after one."""
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


def expected_pauses(figures: AssignmentFigures) -> str:
    """What a manager will see on the dialer while the campaign runs there.

    ``paused 40 % of the time, about 40 pauses an hour of 36 s``.
    """
    busy, pauses = figures.all_busy_share, figures.pauses_per_hour
    if busy is None or pauses is None or figures.mean_pause_seconds is None:
        return "dials without pauses" if figures.live_answers_per_hour else "no figures"
    if pauses < SELDOM_PAUSES_PER_HOUR:
        return "practically never pauses"
    length = duration(figures.mean_pause_seconds)
    if pauses >= 0.95:
        noun = "pause" if round(pauses, 1) == 1 else "pauses"
        often = f"about {pauses:.{0 if pauses >= 9.95 else 1}f} {noun} an hour of {length}"
    else:
        often = f"about one pause of {length} in {duration(_HOUR / pauses)}"
    return f"paused {share(busy)} of the time, {often}"


def expected_status(figures: AssignmentFigures) -> str:
    """The status now where it is not dialing, with its reason, and what dialing will look like."""
    if figures.status in (Status.RUNNING, Status.ALL_BUSY):
        return expected_pauses(figures)
    now = f"{figures.status}. {figures.reason}".strip()
    return f"{now} When running: {expected_pauses(figures)}"


#: Said where the clock or a person, not the limits of work, ended a search.
STOPPED_EARLY = (
    "The time limit or a stop ended the search: another run may find other lines, and with more "
    "time better ones."
)


#: A gap that is rounding.
_NO_GAP = 1e-9


def quality(result: PlanResult) -> str:
    """How good a plan is proven to be: ``proven within 0.05 % of the best possible``."""
    if result.gap is None:
        return "how far from the best possible is not known"
    if result.gap < _NO_GAP:
        return "proven the best possible"
    # Rounded up: the claim must hold as printed.
    within = f"within {math.ceil(result.gap * 10_000 - 1e-9) / 100:.2f} % of the best possible"
    if result.status is PlanStatus.OPTIMAL:
        return f"proven {within}"
    asked = f"{100 * result.options.gap:g} %"
    return f"proven {within}, not within the {asked} asked for"
