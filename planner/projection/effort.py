"""What a projection may take: engine, events, runs, seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np


class EngineChoice(StrEnum):
    """Which engine is asked for."""

    AUTO = "auto"  # exact where its assumptions hold
    MARKOV = "markov"  # the formulas everywhere, whatever they assume
    SIMULATE = "simulate"


class Budget(NamedTuple):
    """Simulated events to spend on all pairs together."""

    figures: float = 1e7
    passages: float = 1e7
    horizon: float = 1.5e7


@dataclass(frozen=True)
class Effort:
    """How a projection is made.

    Attributes
    ----------
    engine : what makes the figures
    replications : exactly so many simulated runs of each kind; None: as many as needed
    seed : of the simulation, >= 0
    budget : events to spend at most, to within the fewest runs
    on_share : told the share of the work done, and what is being done
    """

    engine: EngineChoice = EngineChoice.AUTO
    replications: int | None = None
    seed: int = 0
    budget: Budget = field(default_factory=Budget)
    on_share: Callable[[float, str], None] = lambda *_: None

    def part(self, share: float, number: int) -> Effort:
        """The effort for a part of the pairs, with random numbers of its own."""
        return replace(
            self,
            seed=int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0]),
            budget=Budget(*(share * events for events in self.budget)),
        )

    def within(self, start: float, end: float) -> Effort:
        """The effort for a stage of the work, whose shares done are told as those of the whole."""

        def on_share(share: float, phase: str) -> None:
            self.on_share(start + (end - start) * share, phase)

        return replace(self, on_share=on_share)
