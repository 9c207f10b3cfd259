"""What VICIdial does today beside what a plan does, both dialed by its own loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from planner.contracts.problem import LineAssignment, Problem
from planner.vicidial.emulation.day_figures import Figure, difference, figures
from planner.vicidial.emulation.emulation import (
    Days,
    by_failure,
    column,
    emulate,
    system_of,
    with_lines,
)
from planner.vicidial.settings import Settings

TODAY, PLAN = "today", "plan"


class Case(NamedTuple):
    """Emulated days of one way of dialing, with some dialers down."""

    way: str
    failure: str  # blank: nothing failed
    days: Days


class Emulated(NamedTuple):
    """All cases, and what the plan differs by."""

    problem: Problem
    settings: Settings
    cases: tuple[Case, ...]
    notes: tuple[str, ...]

    def case(self, way: str, failure: str = "") -> Case:
        """One of the cases."""
        return next(c for c in self.cases if c.way == way and c.failure == failure)

    def gain(self, name: str, failure: str = "") -> Figure:
        """Events per hour that the plan has more than today."""
        before, after = (self.case(way, failure).days for way in (TODAY, PLAN))
        counts = [column(days, name).sum(axis=(1, 2)) for days in (before, after)]
        return difference(counts[0], counts[1], before.hours)

    def value(self, way: str, failure: str = "") -> Figure:
        """Value per hour: of transfers, and of answered messages of broadcasts."""
        days = self.case(way, failure).days
        worth = np.array([c.value for c in self.problem.campaigns])
        live = np.array([c.is_live_transfer for c in self.problem.campaigns])
        counted = np.where(live, column(days, "transfers"), column(days, "live_answers"))
        found = (counted * worth).sum(axis=(1, 2))
        return difference(np.zeros_like(found), found, days.hours)

    def figures(self, way: str, failure: str = "") -> dict[str, dict[str, Figure]]:
        """Figures by campaign."""
        days = self.case(way, failure).days
        return {
            campaign.campaign_id: figures(days, place)
            for place, campaign in enumerate(self.problem.campaigns)
        }


def compare(
    settings: Settings,
    problem: Problem,
    plan: Sequence[LineAssignment],
    *,
    hours: float,
    days: int,
    seed: int,
    failures: bool,
    on_share: Callable[[float, str], None] = lambda *_: None,
) -> Emulated:
    """Emulate today's settings and a plan's, as they are and with each failure.

    Parameters
    ----------
    settings, problem : of the folder that was read
    plan : its lines
    hours, days, seed : as in :func:`emulate`
    failures : also with each part that may fail down from the start
    on_share : told the share that is done, and of what
    """
    lost = {"": ()} | (dict(by_failure(problem)) if failures else {})
    ways = (TODAY, PLAN)
    cases: list[Case] = []
    for name, down in lost.items():
        today = system_of(settings, problem, down)
        systems = {TODAY: today, PLAN: with_lines(today, settings, problem, plan)}
        for way in ways:
            done = len(cases) / (len(lost) * len(ways))

            def tell(part: float, way: str = way, name: str = name, done: float = done) -> None:
                said = f"{way}, {name} down" if name else way
                on_share(done + part / (len(lost) * len(ways)), said)

            cases.append(Case(way, name, emulate(systems[way], hours, days, seed, tell)))
    return Emulated(problem, settings, tuple(cases), tuple(_notes(settings, problem)))


def _notes(settings: Settings, problem: Problem) -> list[str]:
    """What the emulation takes for granted where VICIdial does something else."""
    items = [settings.campaign_by_id[c.campaign_id] for c in problem.campaigns]
    notes = []
    adaptive = [item.campaign_id for item in items if item.is_adaptive]
    if adaptive:
        notes.append(
            f"{', '.join(adaptive)}: an adaptive method changes the level every 15 s; emulated with"
            " the level of the reading, which is told as neither a bound nor a forecast."
        )
    shared = [item.campaign_id for item in items if item.dial_method.startswith("SHARED")]
    if shared:
        notes.append(
            f"{', '.join(shared)}: agents shared between campaigns are emulated as if each had "
            "them for itself: an upper bound of its transfers."
        )
    assumed = sorted({column for columns in settings.assumed.values() for column in columns})
    if assumed:
        notes.append(
            f"{', '.join(assumed)} of {len(settings.assumed)} campaigns are ASSUMED: calibrate "
            "before you trust any figure."
        )
    return notes
