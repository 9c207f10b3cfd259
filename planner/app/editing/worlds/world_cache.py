"""Worlds that a session has looked at: a slider works out its own world, and no other again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from planner.app.editing.edited_lines import EditedLines
from planner.app.editing.worlds.levers import Levers, with_new_campaigns
from planner.contracts.comparison import Comparison, Tornado, World
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanOptions
from planner.projection.effort import EngineChoice
from planner.studies.outcome import kept_outcome
from planner.studies.through_hours import Stretch, through_hours
from planner.studies.whatif import changed_problems, whatif

#: Worlds that are kept; a slider that is dragged makes dozens.
_MOST = 100
_New = tuple[Campaign | None, ...]


class WorldCache:
    """What was found out about worlds beside one base.

    Attributes
    ----------
    problem : the base, with the new campaigns of the worlds, which do not run there.
    """

    def __init__(self, edited: EditedLines, levers: Mapping[str, Levers]) -> None:
        self.edited, self.new = edited, new_campaigns(levers)
        self.problem: Problem = with_new_campaigns(edited.problem, levers.values())
        self._base = whatif(self.problem, {}, engine="markov")
        self._worlds: dict[tuple[str, ...], World] = {}
        self._hours: dict[object, tuple[Stretch, ...]] = {}
        self._tornado: Tornado | None = None

    def comparison(self, levers: Mapping[str, Levers]) -> Comparison:
        """Compare the worlds with the base, if nobody moves a line; by formula.

        Raises
        ------
        InputError
            With every fault of every world.
        """
        worlds = {name: each.expressions for name, each in levers.items()}
        changed = changed_problems(self.problem, worlds)
        made = tuple(self._world(name, worlds[name], problem) for name, problem in changed.items())
        return self._base.model_copy(update={"worlds": made})

    def through_hours(
        self, levers: Levers, at: datetime, hours: float, since: datetime | None
    ) -> tuple[Stretch, ...]:
        """Follow a world through the hours ahead."""
        key = levers, at, hours, since
        if key not in self._hours:
            (up,) = changed_problems(self.problem, {"up": levers.while_up}).values()
            _make_room(self._hours)
            self._hours[key] = through_hours(up, at, hours, levers.down, since)
        return self._hours[key]

    def tornado(self) -> Tornado | None:
        """How much the base hangs on each of its figures."""
        if self._tornado is None:
            found = whatif(self.edited.problem, {}, tornado=True, engine="markov")
            self._tornado = found.tornado
        return self._tornado

    def _world(self, name: str, expressions: tuple[str, ...], problem: Problem) -> World:
        if expressions not in self._worlds:
            kept = kept_outcome(problem, PlanOptions(), self.problem, EngineChoice.MARKOV)
            _make_room(self._worlds)
            self._worlds[expressions] = World(name=name, expressions=expressions, kept=kept)
        return self._worlds[expressions].model_copy(update={"name": name})


def _make_room(kept: dict[Any, Any]) -> None:
    while len(kept) >= _MOST:
        del kept[next(iter(kept))]


def new_campaigns(levers: Mapping[str, Levers]) -> _New:
    """The campaigns that the worlds add, in their order."""
    return tuple(each.new for each in levers.values())
