"""A day with passes, wrap-up, a list that ends and outages, against runs in SimPy.

The runs are written from the model's rules; the planner's code has no part in them.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import simpy

from planner.contracts.problem import Dialer, LineAssignment, Outage, Problem
from planner.contracts.result import Status
from planner.projection.effort import Effort
from planner.projection.pairs import limits
from planner.projection.timeline import timeline
from planner.projection.timeline.horizon import horizon
from tests.support.builders import solar

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOURS, STEP, RUNS = 4, 900, 120
DIAL, AGENTS, ATTEMPT, TALK, WRAP_UP = 12, 2, 25.0, 120.0, 20.0
ANSWER_RATES, TRANSFER_RATE, RECORDS, ATTEMPTS = (0.3, 0.1), 0.1, 1500, 4500
#: Seconds from and to which each dialer is out of service.
OUTAGES = ((900, 4500), (3600, 9000))
SHOWN = (Status.RUNNING, Status.ALL_BUSY, Status.COMPLETED, Status.BY_DIALER)


class Line:
    """The campaign's lines on one dialer."""

    def __init__(self) -> None:
        self.idle, self.free, self.wrapping, self.calls = DIAL, AGENTS, 0, 0
        self.in_service, self.outages = True, 0
        self.log: list[tuple[float, int]] = []


class Day:
    """One simulated day; statuses are logged as they change."""

    def __init__(self, seed: int) -> None:
        self.random, self.env = random.Random(seed), simpy.Environment()
        self.lines = [Line() for _ in OUTAGES]
        self.taken, self.done = 0, float("inf")
        for line, (start, end) in zip(self.lines, OUTAGES, strict=True):
            self.env.process(self.outage(line, start, end))
            self.launch(line)
        self.note()
        self.env.run(HOURS * 3600)

    def note(self) -> None:
        """Log the statuses of now where they changed."""
        if self.taken == ATTEMPTS and not any(line.calls for line in self.lines):
            self.done = min(self.done, self.env.now)
        for line in self.lines:
            status = 0 if line.free > 0 else 1
            if self.env.now >= self.done:
                status = 2
            if not line.in_service:
                status = 3
            if not line.log or line.log[-1][1] != status:
                line.log.append((self.env.now, status))

    def launch(self, line: Line) -> None:
        while line.in_service and line.idle and line.free > 0 and self.taken < ATTEMPTS:
            rate = ANSWER_RATES[min(self.taken // RECORDS, len(ANSWER_RATES) - 1)]
            self.taken += 1
            line.idle -= 1
            line.calls += 1
            self.env.process(self.call(line, rate, line.outages))

    def call(self, line: Line, rate: float, outages: int) -> Generator[Any, Any, None]:
        yield self.env.timeout(self.random.expovariate(1.0 / ATTEMPT))
        if line.outages != outages:
            return
        if self.random.random() < rate * TRANSFER_RATE and line.free > 0:
            line.free -= 1
            self.note()
            yield self.env.timeout(self.random.expovariate(1.0 / TALK))
            if line.outages != outages:
                return
            self.env.process(self.wrap_up(line))
        line.idle += 1
        line.calls -= 1
        self.launch(line)
        self.note()

    def wrap_up(self, line: Line) -> Generator[Any, Any, None]:
        line.wrapping += 1
        yield self.env.timeout(self.random.expovariate(1.0 / WRAP_UP))
        line.wrapping -= 1
        line.free += 1
        self.launch(line)
        self.note()

    def outage(self, line: Line, start: int, end: int) -> Generator[Any, Any, None]:
        """All calls of the dialer are lost; agents who wrap up go on doing so."""
        yield self.env.timeout(start)
        line.in_service = False
        line.outages += 1
        line.idle, line.calls, line.free = DIAL, 0, AGENTS - line.wrapping
        self.note()
        yield self.env.timeout(end - start)
        line.in_service = True
        self.launch(line)
        self.note()

    def shares(self) -> np.ndarray:
        """Share of each step in each status, [dialer, step, status]."""
        edges = np.arange(0, HOURS * 3600 + 1, STEP)
        found = np.zeros((len(self.lines), len(edges) - 1, len(SHOWN)))
        for place, line in enumerate(self.lines):
            times = [time for time, _ in line.log] + [HOURS * 3600.0]
            for number, (_, status) in enumerate(line.log):
                within = np.clip(edges, times[number], times[number + 1])
                found[place, :, status] += np.diff(within) / STEP
        return found


def problem() -> Problem:
    campaign = solar(
        agent_lines=2 * AGENTS,
        attempt_seconds=ATTEMPT,
        answer_rate="|".join(str(rate) for rate in ANSWER_RATES),
        transfer_rate=TRANSFER_RATE,
        talk_seconds=TALK,
        wrap_up_seconds=WRAP_UP,
        records=RECORDS,
        attempts_per_record=ATTEMPTS // RECORDS,
        start="2026-01-01",
        schedule="Mon-Sun 00:00-24:00",
    )
    names = [f"D{number}" for number, _ in enumerate(OUTAGES)]
    return Problem(
        dialers=tuple(Dialer(dialer_id=name, ports=100) for name in names),
        campaigns=(campaign,),
        assignments=tuple(
            LineAssignment(campaign_id="Solar", dialer_id=name, dial_lines=DIAL, agent_lines=AGENTS)
            for name in names
        ),
        outages=tuple(
            Outage(
                dialer_id=name,
                start=AT + timedelta(seconds=start),
                end=AT + timedelta(seconds=end),
            )
            for name, (start, end) in zip(names, OUTAGES, strict=True)
        ),
    )


def test_statuses_and_completion_through_the_day_are_those_of_the_rules() -> None:
    days = [Day(seed) for seed in range(RUNS)]
    shares = np.stack([day.shares() for day in days])
    mean, error = shares.mean(axis=0), shares.std(axis=0, ddof=1) / RUNS**0.5
    given = problem()
    ahead = horizon(given, AT, HOURS)
    found = timeline.follow(ahead, limits(given, ahead.pairs), Effort())
    told_steps = timeline.steps(ahead, found.courses)
    steps = {(step.dialer_id, step.start): step for step in told_steps}
    deviations = []
    for place, step in np.ndindex(*mean.shape[:2]):
        told = steps[f"D{place}", AT + timedelta(seconds=STEP * step)]
        for number, status in enumerate(SHOWN):
            chance = told.probabilities.get(status, 0.0)
            if error[place, step, number] == 0.0:
                assert abs(chance - mean[place, step, number]) < 0.02
                continue
            own = (told.high[status] - told.low[status]) / 2 / 1.96
            spread = float(np.hypot(error[place, step, number], own))
            deviations.append((chance - mean[place, step, number]) / spread)
    # Normal deviations, many of them alike: their mean square is 1.
    assert 0.4 < np.mean(np.square(deviations)) < 2.0
    assert np.abs(deviations).max() < 4.5
    (done,) = timeline.completion(AT, given.campaigns, found.completed_at)
    ended = np.sort([day.done for day in days])
    assert done.p50 is not None
    middle = (done.p50 - AT).total_seconds()
    # Of 120 runs the median lies between the 43rd and the 78th with 99.8 %.
    assert ended[42] < middle < ended[77]
