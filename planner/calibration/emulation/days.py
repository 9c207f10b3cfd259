"""Days of made-up sites as attempts: what is true there is said, and may lie outside our model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.calibration.attempts import Attempts, Codes, Flags, Floats, concatenated
from planner.calibration.emulation.kernel import (
    CONNECTED,
    ENDED,
    KIND,
    LAUNCHED,
    MACHINE,
    NOBODY,
    OUTCOME,
    RELEASED,
    REQUESTED,
    run_day,
)


@dataclass(frozen=True)
class Truth:
    """What is true of a campaign; lines are those on each of its dialers.

    ``ring_limit`` > 0 replaces attempt lengths by a mixture with a point mass there. Rates drift by
    ``hour_drift`` (relative, from the first to the last hour of a day). Up to ``away`` agent lines
    of each dialer are missing on a day, and up to so many of the others in its middle third.
    """

    campaign_id: str = "Solar"
    dialers: tuple[str, ...] = ("D1", "D2")
    dial_lines: int = 95
    agent_lines: int = 5
    answer_rate: float = 0.10
    machine_rate: float = 0.0
    transfer_rate: float = 0.10
    attempt_seconds: float = 25.0
    attempt_cv: float = 1.0
    ring_limit: float = 0.0
    talk_seconds: float = 180.0
    talk_cv: float = 1.0
    wrap_up_seconds: float = 0.0
    holds: bool = False
    patience_seconds: float = 20.0
    longest_wait: float = 3600.0
    answer_rate_day_cv: float = 0.0
    transfer_rate_day_cv: float = 0.0
    talk_day_cv: float = 0.0
    hour_drift: float = 0.0
    away: int = 0


@dataclass(frozen=True)
class Shift:
    """When it dials: the first day's opening [s since 1970], days, hours a day, cut-off after."""

    opens: float
    days: int
    hours: float
    cut_after: float = 3600.0  # the log goes on for so long after launches have ended [s]


def emulate(truth: Truth, shift: Shift, seed: int) -> Attempts:
    """The log of all its days."""
    parts = []
    for day in range(shift.days):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(day,))))
        today = _day_of(truth, rng)
        opens = shift.opens + 86_400.0 * day
        for code in range(len(truth.dialers)):
            log = _run(today, shift, rng)
            parts.append(_attempts(truth, code, log, opens))
    return concatenated(parts)


def _day_of(truth: Truth, rng: np.random.Generator) -> Truth:
    """The rates of one day: their means times gamma factors."""

    def factor(cv: float) -> float:
        return float(rng.gamma(1 / cv**2, cv**2)) if cv > 0 else 1.0

    return replace(
        truth,
        answer_rate=min(truth.answer_rate * factor(truth.answer_rate_day_cv), 1.0),
        transfer_rate=min(truth.transfer_rate * factor(truth.transfer_rate_day_cv), 1.0),
        talk_seconds=truth.talk_seconds * factor(truth.talk_day_cv),
    )


def _run(today: Truth, shift: Shift, rng: np.random.Generator) -> Floats:
    close = 3600.0 * shift.hours
    hours = np.arange(max(int(np.ceil(shift.hours)), 1), dtype=np.float64)
    drift = 1.0 + today.hour_drift * (hours / max(len(hours) - 1, 1) - 0.5)
    rates = np.stack(
        [
            np.minimum(today.answer_rate * drift, 1.0),
            np.full(len(hours), today.machine_rate),
            np.full(len(hours), today.transfer_rate),
        ],
        axis=1,
    )
    missing, leaving = rng.integers(0, today.away + 1, 2) if today.away > 0 else (0, 0)
    present = max(today.agent_lines - int(missing), 1)
    agents = np.array([present, max(present - int(leaving), 1), present], dtype=np.int64)
    lengths = np.array(
        [
            today.attempt_seconds,
            today.attempt_cv,
            today.ring_limit,
            today.talk_seconds,
            today.talk_cv,
            today.wrap_up_seconds,
            today.patience_seconds,
            today.longest_wait,
        ]
    )
    thirds = np.array([0.0, close / 3, 2 * close / 3])
    end = close + shift.cut_after
    holds = today.holds
    return run_day(
        rng, today.dial_lines, thirds, agents, close, end, 3600.0 * hours, rates, lengths, holds
    )


def _attempts(truth: Truth, dialer: int, log: Floats, opens: float) -> Attempts:
    kind = log[:, KIND]
    human = (kind > MACHINE).astype(np.int8)
    answered = (kind > NOBODY).astype(np.int8)

    def codes(value: int) -> Codes:
        return np.full(len(log), value, dtype=np.int64)

    outcome: Flags = log[:, OUTCOME].astype(np.int8)
    return Attempts(
        [truth.campaign_id],
        list(truth.dialers),
        codes(0),
        codes(dialer),
        opens + log[:, LAUNCHED],
        opens + log[:, ENDED],
        opens + log[:, REQUESTED],
        opens + log[:, CONNECTED],
        opens + log[:, RELEASED],
        answered,
        human,
        outcome,
        codes(0),
    )
