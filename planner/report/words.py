"""Figures in the words of the people who dial: shares, rates, durations, expected behaviour."""

from __future__ import annotations

from datetime import datetime, timedelta

from planner.contracts.result import AssignmentFigures, PlanResult, PlanStatus, Status
from planner.contracts.values.told import amount, share, share_at_most, share_set

__all__ = [
    "STOPPED_EARLY",
    "all_agent_lines",
    "amount",
    "duration",
    "expected_pauses",
    "expected_status",
    "quality",
    "share",
    "to_minute",
    "value_noun",
    "value_title",
    "value_words",
]

#: Below one pause in a month of round-the-clock dialing nobody would ever see it.
SELDOM_PAUSES_PER_HOUR = 1 / (30 * 24)
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 365 * 86_400


def value_title(call: str) -> str:
    """What value is called above a figure: ``Transfers an hour`` where each transfer counts 1.

    ``call`` is that of :func:`planner.evaluation.notes.counted_calls`.
    """
    return f"{call.capitalize()}s an hour" if call else "Value an hour"


def value_noun(call: str) -> str:
    """What value is called in a sentence: ``transfers``, ``messages`` or ``value``."""
    return f"{call}s" if call else "value"


def value_rate(value: float, call: str) -> str:
    """A value an hour: ``158.5 of value an hour``, or ``158.5 transfers an hour``."""
    return f"{amount(value)} {value_per_hour(call)}"


def value_per_hour(call: str) -> str:
    """What stands behind a value an hour: ``of value an hour``, or ``transfers an hour``."""
    return f"{f'{call}s' if call else 'of value'} an hour"


def aim_parts(weight: float, call: str) -> str:
    """What an aim is made of: ``70 % transfers, 30 % after the worst failure``."""
    noun = value_noun(call)
    return f"{share_set(1 - weight)} {noun}, {share_set(weight)} after the worst failure"


def value_words(value: float, call: str) -> str:
    """A value in all: ``a value of 412,345``, or ``26,631 transfers``."""
    return f"{amount(value)} {call}s" if call else f"a value of {amount(value)}"


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


def all_agent_lines(figures: AssignmentFigures) -> str:
    """``all 5 agent lines``; those with an agent: ``all 3 agents``."""
    if figures.agents:
        return "the one agent" if figures.agents == 1 else f"all {figures.agents} agents"
    count = figures.agent_lines
    return "the agent line" if count == 1 else f"all {count} agent lines"


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
    within = f"within {share_at_most(result.gap)} of the best possible"
    if result.status is PlanStatus.OPTIMAL:
        return f"proven {within}"
    return f"proven {within}, not within the {share_set(result.options.gap)} asked for"
