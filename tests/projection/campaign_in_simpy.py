"""One campaign on several dialers with one dial list in SimPy, written from the model's rules."""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy


@dataclass
class Rules:
    """Times in seconds; answer rates by pass of ``records`` attempts each."""

    lines: tuple[tuple[int, int], ...]  # dial and agent lines by dialer
    attempt_seconds: float
    attempt_cv: float
    answer_rates: tuple[float, ...]
    transfer_rate: float
    talk_seconds: float
    wrap_up_seconds: float
    records: int
    attempts: int  # in the list


@dataclass
class OneDialer:
    """Lines of the campaign on one dialer."""

    idle: int
    free: int


@dataclass
class InSimPy:
    """Counts the time with so many dialers paused while any dials, and the answers."""

    rules: Rules
    random: random.Random
    env: simpy.Environment = field(default_factory=simpy.Environment)
    dialers: list[OneDialer] = field(default_factory=list)
    taken: int = 0  # attempts of the list that were launched
    calls: int = 0  # that have not ended
    paused: list[float] = field(default_factory=list)  # seconds by number of dialers paused
    since: float = 0.0
    answers: int = 0
    done: bool = False

    def run(self, seconds: float) -> None:
        self.dialers = [OneDialer(n, a) for n, a in self.rules.lines]
        self.paused = [0.0] * (len(self.dialers) + 1)
        for dialer in self.dialers:
            self.launch(dialer)
        self.env.run(seconds)
        self.note()

    def note(self) -> None:
        """Add the time since the last change; call before anything changes."""
        if not self.done:
            self.paused[sum(d.free == 0 for d in self.dialers)] += self.env.now - self.since
        self.since = self.env.now

    def launch(self, dialer: OneDialer) -> None:
        while dialer.idle and dialer.free and self.taken < self.rules.attempts:
            rate = self.rules.answer_rates[
                min(self.taken // self.rules.records, len(self.rules.answer_rates) - 1)
            ]
            dialer.idle -= 1
            self.taken += 1
            self.calls += 1
            self.env.process(self.attempt(dialer, rate))

    def attempt(self, dialer: OneDialer, answer_rate: float) -> Generator[Any, Any, None]:
        yield self.env.timeout(self.draw(self.rules.attempt_seconds, self.rules.attempt_cv))
        answered = self.random.random() < answer_rate
        self.answers += answered
        if answered and self.random.random() < self.rules.transfer_rate and dialer.free:
            self.note()
            dialer.free -= 1
            yield self.env.timeout(self.draw(self.rules.talk_seconds, 1.0))
            self.env.process(self.wrap_up(dialer))
        self.note()
        self.calls -= 1
        dialer.idle += 1
        self.launch(dialer)
        self.done = self.calls == 0 and self.taken == self.rules.attempts

    def wrap_up(self, dialer: OneDialer) -> Generator[Any, Any, None]:
        if self.rules.wrap_up_seconds:
            yield self.env.timeout(self.draw(self.rules.wrap_up_seconds, 1.0))
        else:
            yield self.env.timeout(0.0)
        self.note()
        dialer.free += 1
        self.launch(dialer)

    def draw(self, mean: float, cv: float) -> float:
        if cv == 0:
            return mean
        if cv == 1:
            return self.random.expovariate(1 / mean)
        variance = math.log(1 + cv**2)
        return self.random.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))
