"""Rows of a projection: the status and the figures of each campaign on each dialer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from planner.contracts.problem import Problem
from planner.contracts.result import AssignmentFigures, Ending, Engine
from planner.projection.effort import Effort, EngineChoice
from planner.projection.figures import days, exact, simulated
from planner.projection.figures.ending_lists import ending_lists
from planner.projection.figures.intervals import Interval
from planner.projection.figures.passages import Row
from planner.projection.hours.calendar import first_open
from planner.projection.hours.hours_left import (
    FOR_EVER,
    RUNS,
    Until,
    goes_out,
    list_ends,
    sooner,
    window_closes,
)
from planner.projection.pairs import Limits, Pair, components, limits, pairs_at
from planner.projection.status import StatusView, status_now
from planner.projection.timeline.horizon import horizon
from planner.projection.timeline.simulated_horizon import short_lists
from planner.projection.timeline.timeline import done_after
from planner.traffic.arguments import Floats

Key = tuple[str, str]
#: Random numbers of runs to the end of a list are others than those of the figures.
_LISTS_SEED = 1_000_000
#: Horizon of the probabilities to be all busy [h].
_HOUR = 1.0


@dataclass(frozen=True)
class Rows:
    """Pairs with what is found out about each, by campaign and dialer id.

    Attributes
    ----------
    pairs : with lines, in the problem's order
    shared : limits that can hold them back
    views : their statuses
    until : how long each that runs goes on; None where it does not run
    made : simulated long-run figures and first passages
    ending : first passages that a dial list may cut off
    """

    pairs: list[Pair]
    shared: Limits
    views: dict[Key, StatusView]
    until: dict[Key, Until | None]
    made: dict[Key, simulated.Simulated] = field(default_factory=dict)
    ending: dict[Key, Row] = field(default_factory=dict)

    def figures(
        self, known: Mapping[Key, AssignmentFigures] = MappingProxyType({})
    ) -> tuple[AssignmentFigures, ...]:
        """The rows as they are shown; ``known`` ones are taken as they are."""
        return tuple(known.get(pair.key) or self._row(pair) for pair in self.pairs)

    def end_lists(self, completed_at: Mapping[str, Floats], at: datetime) -> None:
        """Let lists end when they do in half of the runs that followed them, by campaign id.

        Parameters
        ----------
        completed_at : sorted seconds from ``at``, one per run; infinite for later than all of it
        """
        for pair in self.pairs:
            until, runs = self.until[pair.key], completed_at.get(pair.campaign.campaign_id)
            if until is None or until.what is not Ending.LIST or runs is None:
                continue
            middle = done_after(runs, 0.5)
            if math.isfinite(middle):
                self.until[pair.key] = Until(middle, Ending.LIST, at)

    def _row(self, pair: Pair) -> AssignmentFigures:
        view, until, made = self.views[pair.key], self.until[pair.key], self.made.get(pair.key)
        seconds = 0.0 if until is None else until.seconds
        if made is not None:
            found = _cut(made.figures, seconds)
        else:
            passage = exact.passage(pair, seconds) if until is not None else {}
            found = _exactly(exact.figures(pair) | passage)
        if pair.key in self.ending:
            found = _ended(found, self.ending[pair.key])
        day_low, day_high = self._bands(pair, found, seconds)
        known = {n: f for n, f in found.items() if f.low is not None and f.high is not None}
        return AssignmentFigures(
            campaign_id=pair.item.campaign_id,
            dialer_id=pair.item.dialer_id,
            dial_lines=pair.assigned.dial_lines,
            agent_lines=pair.assigned.agent_lines,
            status=view.status,
            reason=view.reason,
            advice=view.advice,
            engine=Engine.MARKOV if made is None else Engine.SIMULATE,
            agents=pair.agent_lines if pair.agent_lines < pair.assigned.agent_lines else None,
            runs_until=None if until is None else until.moment,
            ends_with=None if until is None else until.what,
            low={name: figure.low for name, figure in known.items()},
            high={name: figure.high for name, figure in known.items()},
            day_low=day_low,
            day_high=day_high,
            **{name: figure.value for name, figure in found.items()},
        )

    def _bands(self, pair: Pair, figures: Mapping[str, Interval], seconds: float) -> days.Band:
        """What the figures are on the days of the campaign, where days differ."""
        if not pair.can_run or not days.vary(pair.campaign):
            return {}, {}
        drawn = days.days_of(pair.campaign)
        by_day = days.figures_by_day(pair, drawn)
        return days.bands(pair, figures, by_day, drawn, seconds)


def rows_at(
    problem: Problem, at: datetime | None, effort: Effort, *, passages: bool = True
) -> Rows:
    """All pairs with their figures at a moment; None: of no moment, each as if it ran on.

    Without ``passages`` rows have no first passages, as those of pairs that do not run.
    """
    found = _begun(problem, at, effort.engine)
    if not passages:
        found.until.update(dict.fromkeys(found.until))
    groups = _simulated_groups(found, effort.engine)
    lines = sum(pair.item.dial_lines for group in groups for pair in group)
    for number, group in enumerate(groups):
        effort.on_share(number / len(groups), "figures")
        own = effort.part(sum(pair.item.dial_lines for pair in group) / lines, number)
        runs = [_seconds(found.until[pair.key]) for pair in group]
        made = simulated.figures(group, found.shared, own, runs)
        found.made.update(zip((pair.key for pair in group), made, strict=True))
    if at is not None:
        _follow_lists(problem, found, at, effort)
    return found


def quick_rows(problem: Problem, at: datetime, *, all_dial: bool = False) -> Rows:
    """All pairs at a moment, without simulation.

    With ``all_dial`` ports are shared as if all campaigns dialed, whatever the time.
    """
    found = _begun(problem, at, EngineChoice.MARKOV, all_dial=all_dial)
    _follow_lists(problem, found, at, Effort(EngineChoice.MARKOV))
    return found


def _begun(
    problem: Problem, at: datetime | None, engine: EngineChoice, *, all_dial: bool = False
) -> Rows:
    """Statuses, and how long windows and dialers let each pair run."""
    formulas = engine is EngineChoice.MARKOV
    pairs = pairs_at(problem, at, next_dialing=True, channels=formulas, all_dial=all_dial)
    views = {pair.key: _status(problem, pair, at) for pair in pairs}
    until: dict[Key, Until | None] = {pair.key: FOR_EVER for pair in pairs}
    if at is not None:
        until = _running_ends(problem, pairs, views, at)
    shared = limits(problem, [pair for pair in pairs if pair.can_run])
    return Rows(pairs, shared, views, until)


def _running_ends(
    problem: Problem, pairs: list[Pair], views: Mapping[Key, StatusView], at: datetime
) -> dict[Key, Until | None]:
    """When the windows of the pairs that run close, or their dialers go out."""
    closes: dict[str, Until] = {}
    found: dict[Key, Until | None] = dict.fromkeys(pair.key for pair in pairs)
    for pair in pairs:
        if views[pair.key].status in RUNS:
            name = pair.campaign.campaign_id
            if name not in closes:
                closes[name] = window_closes(pair.campaign, at)
            found[pair.key] = sooner(closes[name], goes_out(problem, pair.dialer, at))
    return found


def _simulated_groups(given: Rows, engine: EngineChoice) -> list[list[Pair]]:
    """Pairs that hold each other back, of those that no formula is to give the figures of."""
    if engine is EngineChoice.MARKOV:
        return []
    shared = given.shared
    return [
        group
        for group in components([pair for pair in given.pairs if pair.can_run], shared.sharing)
        if engine is EngineChoice.SIMULATE or not all(exact.holds(p, shared) for p in group)
    ]


def _seconds(until: Until | None) -> float | None:
    return None if until is None else until.seconds


def _follow_lists(problem: Problem, found: Rows, at: datetime, effort: Effort) -> None:
    """End the running of each pair with its dial list; simulate where that is within the hour."""
    running = [pair for pair in found.pairs if found.until[pair.key] is not None and pair.can_run]
    ends = list_ends(running, {pair.key: _attempts(found, pair) for pair in running}, at)
    if ends and effort.engine is not EngineChoice.MARKOV:
        ends |= _simulated_ends(problem, found, at, effort)
    for pair in running:
        until = found.until[pair.key]
        assert until is not None
        found.until[pair.key] = sooner(until, ends.get(pair.campaign.campaign_id))


def _attempts(found: Rows, pair: Pair) -> float:
    made = found.made.get(pair.key)
    if made is not None:
        return made.figures["attempts_per_hour"].value
    return exact.figures(pair).get("attempts_per_hour") or 0.0


def _simulated_ends(
    problem: Problem, found: Rows, at: datetime, effort: Effort
) -> dict[str, Until]:
    """First passages that a list may cut off within the hour; when those lists end."""
    given = horizon(problem, at, _HOUR)
    places = {pair.key: place for place, pair in enumerate(given.pairs)}
    able = [p for place, p in enumerate(given.pairs) if p.in_use and given.running(place).any()]
    lists = short_lists(able, given)

    def sharing(pair: Pair) -> Iterator[tuple[str, str]]:
        yield from found.shared.sharing(pair)
        if pair.campaign.campaign_id in lists:
            yield "list", pair.campaign.campaign_id

    groups = [
        group
        for group in components(able, sharing)
        if any(p.campaign.campaign_id in lists and p.campaign.is_live_transfer for p in group)
    ]
    ends: dict[str, Until] = {}
    for number, group in enumerate(groups):
        here = [places[pair.key] for pair in group]
        own = effort.part(1.0 / len(groups), _LISTS_SEED + number)
        made = ending_lists(given, here, found.shared, lists, own)
        found.ending.update(made.rows)
        ends |= {name: Until(seconds, Ending.LIST, at) for name, seconds in made.ends.items()}
    return ends


def _exactly(figures: Mapping[str, float | None]) -> dict[str, Interval]:
    return {n: Interval(v, None, None) for n, v in figures.items() if v is not None}


def _cut(figures: Mapping[str, Interval], seconds: float) -> dict[str, Interval]:
    """Without the quantiles later than running ends, and the mean where the 90 % one is."""
    found = {
        name: figure
        for name, figure in figures.items()
        if name not in exact.PASSAGE_QUANTILES or figure.value <= seconds
    }
    if "seconds_to_all_busy_p90" not in found:
        found.pop("seconds_to_all_busy_mean", None)
    return found


def _ended(figures: Mapping[str, Interval], ending: Row) -> dict[str, Interval]:
    """Figures with the first passages of a list that may end; the mean is that of an endless one.

    Only where it is told at all.
    """
    passage = {*exact.PASSAGE_QUANTILES, *exact.PASSAGE_HORIZONS}
    found = {name: figure for name, figure in figures.items() if name not in passage} | ending
    mean = figures.get("seconds_to_all_busy_mean")
    if "seconds_to_all_busy_p90" not in ending:
        found.pop("seconds_to_all_busy_mean", None)
    elif mean is not None:
        found["seconds_to_all_busy_mean"] = mean
    return found


def _status(problem: Problem, pair: Pair, at: datetime | None) -> StatusView:
    """The status now, or at the first open moment; busy are all agent lines that have an agent."""
    moment = at if at is not None else first_open(pair.campaign)
    item = pair.item
    if 0 < pair.agent_lines < item.agent_lines:
        busy = min(pair.busy_agent_lines, pair.agent_lines)
        item = item.model_copy(update={"agent_lines": pair.agent_lines, "busy_agent_lines": busy})
    elif pair.agent_lines == 0:
        item = item.model_copy(update={"busy_agent_lines": item.agent_lines})
    return status_now(problem, pair.campaign, pair.dialer, item, moment)
