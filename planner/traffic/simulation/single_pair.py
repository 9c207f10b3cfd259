"""One campaign on one dialer alone, and what limits that it shares with others hold back."""

from __future__ import annotations

from typing import NamedTuple

from planner.traffic.arguments import Floats


class SinglePair(NamedTuple):
    """One campaign on one dialer; times in seconds."""

    dial_lines: int
    agent_lines: int
    busy: int  # talking at the start
    attempt_seconds: float
    attempt_cv: float
    transfer_probability: float
    talk_seconds: float
    talk_cv: float
    wrap_up_seconds: float  # 0 for none
    pacing: float  # attempts in progress per free agent line; infinite for no limit


class SharedLimitEffect(NamedTuple):
    """What shared limits do to it on average."""

    starts: Floats  # of the spans below; the first is 0
    kept: Floats  # share of the attempts in progress that is there, by span, if exponential
    first_launches: float  # seconds over which the first launches are spread, if not exponential
    wait: float  # seconds from an attempt's end to the next launch, if not exponential
