"""What each dialer will do: figures, statuses and completion of given line assignments."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from types import MappingProxyType

from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import AssignmentFigures, Engine, Projection, TimelineStep
from planner.projection.calendar import next_open
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.figures import exact, simulated
from planner.projection.outages import overlap_notes
from planner.projection.pairs import Limits, Pair, components, limits, pairs_at
from planner.projection.status import StatusView, status_now
from planner.projection.timeline import timeline
from planner.projection.timeline.horizon import horizon

#: For a plan's figures: the quick part of a projection.
PLAN_BUDGET = Budget(figures=5e6, passages=3e6)


def plan_figures(
    problem: Problem, seed: int = 0, engine: EngineChoice = EngineChoice.AUTO
) -> tuple[AssignmentFigures, ...]:
    """Figures of a plan's lines, with the campaigns' own figures of no special hour.

    The status is that of each campaign's first open moment, so that a plan does not depend on
    when it is made.
    """
    return _rows(problem, None, Effort(engine, seed=seed, budget=PLAN_BUDGET))[0]


def project_assignments(problem: Problem, at: datetime, hours: float, effort: Effort) -> Projection:
    """Figures, timeline and completion of every assignment of the problem.

    Parameters
    ----------
    at : moment of the statuses and of the hourly figures, with a UTC offset; outside its hours a
        campaign has the figures of its next opening
    hours : horizon [h]
    """
    rows, notes = _rows(problem, at, effort.within(0.0, 0.7))
    given = horizon(problem, at, hours)
    if effort.engine is EngineChoice.MARKOV:
        found = timeline.by_formula(given)
    else:
        found = timeline.follow(given, _shared(problem, list(given.pairs)), effort.within(0.7, 1.0))
    assigned = {pair.item.campaign_id for pair in given.pairs}
    campaigns = [c for c in problem.campaigns if c.campaign_id in assigned]
    steps = tuple(timeline.steps(given, found.courses))
    return Projection(
        at=at,
        hours=hours,
        assignments=rows,
        timeline=steps,
        completion=tuple(timeline.completion(at, campaigns, found.completed_at)),
        notes=(*notes, *overlap_notes(problem), *_run_notes(found.runs, steps)),
    )


def quick_figures(
    problem: Problem,
    at: datetime,
    known: Mapping[tuple[str, str], AssignmentFigures] = MappingProxyType({}),
) -> tuple[tuple[AssignmentFigures, ...], list[str]]:
    """Figures by formula of every assignment at a moment, and notes on them.

    Parameters
    ----------
    at : as in :func:`project_assignments`
    known : rows that are taken as they are, by campaign and dialer id
    """
    pairs = pairs_at(problem, at, next_dialing=True)
    rows = tuple(known.get(pair.key) or _row(problem, pair, at, None) for pair in pairs)
    assumed = exact.without(pairs, _shared(problem, pairs))
    return rows, [*_staff_notes(pairs), *_assumption_notes(assumed)]


def first_open(campaign: Campaign) -> datetime:
    """First moment at which the schedule is open, or the start where it never is."""
    if campaign.start is None:
        return datetime(2000, 1, 1, tzinfo=UTC)  # no start: unscheduled at any moment
    start = datetime.combine(campaign.start, time(), campaign.zone)
    return next_open(campaign, start) or start


def _rows(
    problem: Problem, at: datetime | None, effort: Effort
) -> tuple[tuple[AssignmentFigures, ...], list[str]]:
    """Figures of all pairs in the problem's order, and notes on them."""
    pairs = pairs_at(problem, at, next_dialing=True)
    shared = _shared(problem, pairs)
    groups = _simulated_groups(pairs, shared, effort.engine)
    lines = sum(pair.item.dial_lines for group in groups for pair in group)
    made: dict[tuple[str, str], simulated.Simulated] = {}
    for number, group in enumerate(groups):
        effort.on_share(number / len(groups), "figures")
        own = effort.part(sum(pair.item.dial_lines for pair in group) / lines, number)
        found = simulated.figures(group, shared, own)
        made |= {pair.key: result for pair, result in zip(group, found, strict=True)}
    rows = tuple(_row(problem, pair, at, made.get(pair.key)) for pair in pairs)
    assumed = exact.without([pair for pair in pairs if pair.key not in made], shared)
    return rows, [*_staff_notes(pairs), *_assumption_notes(assumed), *_precision_notes(made)]


def _simulated_groups(pairs: list[Pair], shared: Limits, engine: EngineChoice) -> list[list[Pair]]:
    """Pairs that hold each other back, of those that no formula is to give the figures of."""
    if engine is EngineChoice.MARKOV:
        return []
    return [
        group
        for group in components([pair for pair in pairs if _can_run(pair)], shared.sharing)
        if engine is EngineChoice.SIMULATE or not all(exact.holds(p, shared) for p in group)
    ]


def _shared(problem: Problem, pairs: list[Pair]) -> Limits:
    return limits(problem, [pair for pair in pairs if _can_run(pair)])


def _can_run(pair: Pair) -> bool:
    return pair.in_use and (pair.agent_lines > 0 or not pair.campaign.is_live_transfer)


def _row(
    problem: Problem, pair: Pair, at: datetime | None, made: simulated.Simulated | None
) -> AssignmentFigures:
    view = _status(problem, pair, at if at is not None else first_open(pair.campaign))
    if made is None:
        values, low, high = exact.figures(pair), {}, {}
    else:
        values = {name: figure.value for name, figure in made.figures.items()}
        ends = [(name, f.low, f.high) for name, f in made.figures.items()]
        low = {name: low for name, low, high in ends if low is not None and high is not None}
        high = {name: high for name, low, high in ends if low is not None and high is not None}
    return AssignmentFigures(
        campaign_id=pair.item.campaign_id,
        dialer_id=pair.item.dialer_id,
        dial_lines=pair.item.dial_lines,
        agent_lines=pair.item.agent_lines,
        status=view.status,
        reason=view.reason,
        advice=view.advice,
        engine=Engine.MARKOV if made is None else Engine.SIMULATE,
        low=low,
        high=high,
        **values,
    )


def _status(problem: Problem, pair: Pair, moment: datetime) -> StatusView:
    """The status now; all agent lines are busy when those with an agent are."""
    item = pair.item
    if 0 < pair.agent_lines < item.agent_lines:
        busy = min(pair.busy_agent_lines, pair.agent_lines)
        item = item.model_copy(update={"agent_lines": pair.agent_lines, "busy_agent_lines": busy})
    elif pair.agent_lines == 0:
        item = item.model_copy(update={"busy_agent_lines": item.agent_lines})
    return status_now(problem, pair.campaign, pair.dialer, item, moment)


def _staff_notes(pairs: list[Pair]) -> list[str]:
    """Where an hour has fewer agents than the campaign's lines."""
    notes = []
    by_campaign: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_campaign.setdefault(pair.campaign.campaign_id, []).append(pair)
    for campaign_id, here in by_campaign.items():
        staffed = sum(pair.agent_lines for pair in here)
        assigned = sum(pair.item.agent_lines for pair in here)
        if staffed < assigned:
            split = ", ".join(f"{pair.agent_lines} on {pair.dialer.dialer_id}" for pair in here)
            notes.append(
                f"{campaign_id}: the hour has agents for {staffed} of {assigned} agent lines; "
                f"taken as {split}."
            )
    return notes


def _assumption_notes(pairs: list[Pair]) -> list[str]:
    """Whose figures come from formulas that leave something out."""
    if not pairs:
        return []
    names = ", ".join(dict.fromkeys(pair.campaign.campaign_id for pair in pairs))
    return [
        "By formulas that leave out how times vary and what limits of calls per second and "
        f"channels hold back: {names}."
    ]


def _run_notes(runs: dict[tuple[str, str], int], steps: Sequence[TimelineStep]) -> Iterator[str]:
    """How exact the simulated part of the timeline is."""
    if not runs:
        return
    widths = [100 * (step.high[key] - low) for step in steps for key, low in step.low.items()]
    ends = "one run tells nothing of chance."
    if widths:
        ends = (
            "each simulated chance has its own 95 % interval in timeline.csv and the JSON; "
            f"half of them are right to {statistics.median(widths) / 2:.1f} points and all to "
            f"{math.ceil(max(widths) / 2)}."
        )
    yield f"Timeline from {min(runs.values())} simulated runs at least: {ends}"


def _precision_notes(made: dict[tuple[str, str], simulated.Simulated]) -> list[str]:
    """Which simulated rows are less precise than wanted."""
    wanted = "within 2 % (shares: 0.005)"
    kinds = (
        ("long-run figures", [key for key, found in made.items() if not found.figures_met]),
        ("times to all agent lines busy", [k for k, f in made.items() if not f.passages_met]),
    )
    return [
        f"Simulated {what} not {wanted}, see their low and high ends: {_named(keys, made)}."
        for what, keys in kinds
        if keys
    ]


def _named(keys: Sequence[tuple[str, str]], all_keys: Collection[tuple[str, str]]) -> str:
    if len(keys) == len(all_keys) > 1:
        return "all of them"
    return ", ".join(f"{campaign} on {dialer}" for campaign, dialer in keys)
