"""One campaign on one dialer in SimPy, written from the rules of dialing: slow but plain."""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy


@dataclass
class Rules:
    dial_lines: int
    agent_lines: int
    attempt_seconds: float
    q: float
    talk_seconds: float
    attempt_cv: float = 1.0
    talk_cv: float = 1.0
    wrap_up_seconds: float = 0.0
    patience_seconds: float | None = None
    pacing: float = math.inf
    cps: float = math.inf


@dataclass
class Dialer:
    """Counts what happens after the warm-up."""

    rules: Rules
    random: random.Random
    warm_up: float
    env: simpy.Environment = field(default_factory=simpy.Environment)
    counts: dict[str, float] = field(default_factory=dict)
    idle: int = 0
    in_progress: int = 0
    free: int = 0
    waiting: list[simpy.Event] = field(default_factory=list)
    next_launch: float = 0.0
    launcher_sleeps: bool = False
    paused_since: float | None = None

    def run(self, seconds: float) -> dict[str, float]:
        self.counts = dict.fromkeys(("transfers", "abandons", "attempts", "all_busy"), 0.0)
        self.idle, self.free = self.rules.dial_lines, self.rules.agent_lines
        self.launch()
        self.env.run(self.warm_up + seconds)
        self.note_pause(False)
        return self.counts

    def count(self, name: str, amount: float = 1.0) -> None:
        if self.env.now >= self.warm_up:
            self.counts[name] += amount

    def draw(self, mean: float, cv: float) -> float:
        if cv == 0:
            return mean
        if cv == 1:
            return self.random.expovariate(1 / mean)
        variance = math.log(1 + cv**2)
        return self.random.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))

    def note_pause(self, paused: bool) -> None:
        now = self.env.now
        if self.paused_since is not None:
            self.count("all_busy", now - max(self.paused_since, self.warm_up))
        self.paused_since = now if paused else None

    def launch(self) -> None:
        while self.idle and self.free and self.in_progress < self.rules.pacing * self.free:
            if self.env.now < self.next_launch:
                if not self.launcher_sleeps:
                    self.launcher_sleeps = True
                    self.env.process(self.wake())
                return
            self.next_launch = self.env.now + 1 / self.rules.cps
            self.idle -= 1
            self.in_progress += 1
            self.count("attempts")
            self.env.process(self.attempt())

    def wake(self) -> Generator[Any, Any, None]:
        yield self.env.timeout(self.next_launch - self.env.now)
        self.launcher_sleeps = False
        self.launch()

    def attempt(self) -> Generator[Any, Any, None]:
        rules = self.rules
        yield self.env.timeout(self.draw(rules.attempt_seconds, rules.attempt_cv))
        self.in_progress -= 1
        if self.random.random() < rules.q:
            if self.free:
                self.free -= 1
                if not self.free:
                    self.note_pause(True)
                yield from self.talk()
            elif rules.patience_seconds is None:
                self.count("abandons")
            else:
                yield from self.wait()
        self.idle += 1
        self.launch()

    def wait(self) -> Generator[Any, Any, None]:
        turn = self.env.event()
        self.waiting.append(turn)
        gives_up = self.env.timeout(self.draw(self.rules.patience_seconds or 0.0, 1.0))
        yield turn | gives_up
        if turn.triggered:
            yield from self.talk()
        else:
            self.waiting.remove(turn)
            self.count("abandons")

    def talk(self) -> Generator[Any, Any, None]:
        self.count("transfers")
        yield self.env.timeout(self.draw(self.rules.talk_seconds, self.rules.talk_cv))
        if self.rules.wrap_up_seconds:
            self.env.process(self.wrap_up())
        else:
            self.agent_is_free()

    def wrap_up(self) -> Generator[Any, Any, None]:
        yield self.env.timeout(self.draw(self.rules.wrap_up_seconds, 1.0))
        self.agent_is_free()

    def agent_is_free(self) -> None:
        if self.waiting:
            self.waiting.pop(0).succeed()
            return
        self.free += 1
        if self.free == 1:
            self.note_pause(False)
        self.launch()
