"""What each dialer will do: figures, statuses and completion of given line assignments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from enum import StrEnum

import numpy as np

from planner.calendar import next_open
from planner.plan import AssignmentFigures, Engine, Projection
from planner.problem import Campaign, Problem
from planner.projection import exact, simulated
from planner.projection.pairs import Limits, Pair, components, limits, pairs_at
from planner.status import StatusView, status_now


class EngineChoice(StrEnum):
    """Which engine is asked for."""

    AUTO = "auto"  # exact where its assumptions hold
    MARKOV = "markov"  # the formulas everywhere, whatever they assume
    SIMULATE = "simulate"


#: Share of the work done, and what is being done.
OnShare = Callable[[float, str], None]


def plan_figures(problem: Problem, seed: int = 0) -> tuple[AssignmentFigures, ...]:
    """Figures of a plan's lines, with the campaigns' own figures of no special hour.

    The status is that of each campaign's first open moment, so that a plan does not depend on
    when it is made.
    """
    budget = simulated.Budget(figures=2e7, passages=1e7)
    rows, _ = _rows(problem, None, EngineChoice.AUTO, budget, None, seed, lambda *_: None)
    return rows


def project_assignments(
    problem: Problem,
    at: datetime,
    hours: float,
    *,
    engine: EngineChoice = EngineChoice.AUTO,
    replications: int | None = None,
    seed: int = 0,
    on_share: OnShare = lambda *_: None,
) -> Projection:
    """Figures of every assignment of the problem.

    Parameters
    ----------
    at : moment of the statuses and of the hourly figures, with a UTC offset
    hours : horizon [h]
    engine : what makes the figures
    replications : simulated runs of each kind; None: as many as the figures need
    seed : of the simulation, >= 0
    on_share : told how far the work is
    """
    rows, notes = _rows(problem, at, engine, simulated.Budget(), replications, seed, on_share)
    return Projection(at=at, hours=hours, assignments=rows, notes=tuple(notes))


def first_open(campaign: Campaign) -> datetime:
    """First moment at which the schedule is open, or the start where it never is."""
    if campaign.start is None:
        return datetime(2000, 1, 1, tzinfo=UTC)  # no start: unscheduled at any moment
    start = datetime.combine(campaign.start, time(), campaign.zone)
    return next_open(campaign, start) or start


def _rows(
    problem: Problem,
    at: datetime | None,
    engine: EngineChoice,
    budget: simulated.Budget,
    replications: int | None,
    seed: int,
    on_share: OnShare,
) -> tuple[tuple[AssignmentFigures, ...], list[str]]:
    """Figures of all pairs in the problem's order, and notes on their precision."""
    pairs = pairs_at(problem, at)
    able = [pair for pair in pairs if _can_run(pair)]
    shared = limits(problem, able)
    groups = [
        group for group in components(able, shared.sharing) if not _is_exact(engine, group, shared)
    ]
    lines = sum(pair.item.dial_lines for group in groups for pair in group)
    made: dict[tuple[str, str], simulated.Simulated] = {}
    for number, group in enumerate(groups):
        on_share(number / len(groups), "figures")
        part = sum(pair.item.dial_lines for pair in group) / lines
        own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        found = simulated.figures(group, shared, budget.part(part), replications, own_seed)
        made |= {pair.key: result for pair, result in zip(group, found, strict=True)}
    rows = tuple(_row(problem, pair, at, made.get(pair.key)) for pair in pairs)
    return rows, [*_staff_notes(pairs), *_precision_notes(made)]


def _can_run(pair: Pair) -> bool:
    return pair.in_use and (pair.agent_lines > 0 or not pair.campaign.is_live_transfer)


def _is_exact(engine: EngineChoice, group: list[Pair], shared: Limits) -> bool:
    if engine is EngineChoice.AUTO:
        return all(exact.holds(pair, shared) for pair in group)
    return engine is EngineChoice.MARKOV


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
    for campaign_id in dict.fromkeys(pair.campaign.campaign_id for pair in pairs):
        here = [pair for pair in pairs if pair.campaign.campaign_id == campaign_id]
        staffed = sum(pair.agent_lines for pair in here)
        assigned = sum(pair.item.agent_lines for pair in here)
        if staffed < assigned:
            split = ", ".join(f"{pair.agent_lines} on {pair.dialer.dialer_id}" for pair in here)
            notes.append(
                f"{campaign_id}: this hour has agents for {staffed} of {assigned} agent lines; "
                f"taken as {split}."
            )
    return notes


def _precision_notes(made: dict[tuple[str, str], simulated.Simulated]) -> list[str]:
    """Which simulated rows are less precise than wanted."""
    wanted = "within 2 % (shares: 0.005)"
    kinds = (
        ("long-run figures", [key for key, found in made.items() if not found.figures_met]),
        ("times to all agent lines busy", [k for k, f in made.items() if not f.passages_met]),
    )
    return [
        f"Simulated {what} not {wanted}; see their low and high ends: "
        + ", ".join(f"{campaign} on {dialer}" for campaign, dialer in keys)
        + "."
        for what, keys in kinds
        if keys
    ]
