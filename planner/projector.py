"""What each dialer will do: figures and statuses of given line assignments."""

from __future__ import annotations

from datetime import UTC, datetime, time

import numpy as np

from planner.calendar import figures_at, next_open
from planner.plan import AssignmentFigures, Engine, Projection
from planner.problem import Campaign, LineAssignment, Problem
from planner.status import status_now
from planner.throughput import rates
from planner.traffic.passage import mean_seconds_to_all_busy

#: Horizons of the probability that all agent lines become busy [s].
PASSAGE_HORIZONS = {
    "p_all_busy_5min": 300.0,
    "p_all_busy_15min": 900.0,
    "p_all_busy_60min": 3600.0,
}


def project_assignments(problem: Problem, at: datetime | None, hours: float) -> Projection:
    """Figures of every assignment of the problem.

    Parameters
    ----------
    at : moment of the statuses, with a UTC offset; None: each campaign's first open moment, so
        that the projection of a plan does not depend on when it is made
    hours : horizon [h]
    """
    rows = []
    for item in problem.assignments:
        if item.dial_lines == 0 and item.agent_lines == 0:
            continue
        campaign = problem.campaigns[problem.campaign_index[item.campaign_id]]
        moment = at if at is not None else first_open(campaign)
        rows.append(_figures(problem, figures_at(problem, campaign, moment), item, moment))
    return Projection(at=at or datetime.now(UTC), hours=hours, assignments=tuple(rows))


def first_open(campaign: Campaign) -> datetime:
    """First moment at which the schedule is open, or the start where it never is."""
    if campaign.start is None:
        return datetime(2000, 1, 1, tzinfo=UTC)  # no start: unscheduled at any moment
    start = datetime.combine(campaign.start, time(), campaign.zone)
    return next_open(campaign, start) or start


def _figures(
    problem: Problem, campaign: Campaign, item: LineAssignment, moment: datetime
) -> AssignmentFigures:
    dialer = problem.dialers[problem.dialer_index[item.dialer_id]]
    view = status_now(
        problem, campaign, dialer, item, moment, busy_agent_lines=item.busy_agent_lines
    )
    figures = stationary_figures(campaign, item.dial_lines, item.agent_lines)
    if campaign.is_live_transfer:
        figures |= passage_figures(campaign, item)
    return AssignmentFigures(
        campaign_id=item.campaign_id,
        dialer_id=item.dialer_id,
        dial_lines=item.dial_lines,
        agent_lines=item.agent_lines,
        status=view.status,
        reason=view.reason,
        advice=view.advice,
        engine=Engine.MARKOV,
        **figures,
    )


def stationary_figures(
    campaign: Campaign, dial_lines: int, agent_lines: int
) -> dict[str, float | None]:
    """Long-run figures by the Markov engine; only those that apply."""
    found = rates(campaign, np.array([dial_lines]), np.array([min(agent_lines, dial_lines)]))
    attempts, answers = float(found.attempts[0]), float(found.live_answered[0])
    figures: dict[str, float | None] = {
        "attempts_per_hour": attempts,
        "live_answers_per_hour": answers,
    }
    if not campaign.is_live_transfer:
        return figures
    handled, abandoned = float(found.handled[0]), float(found.abandoned[0])
    requests = handled + abandoned
    figures |= {
        "all_busy_share": float(found.all_busy_share[0]),
        "agent_occupancy": (
            float(found.mean_busy_agent_lines[0]) / agent_lines if agent_lines else None
        ),
        "transfers_per_hour": handled,
        "abandons_per_hour": abandoned,
        "abandon_rate": abandoned / answers if answers > 0 else None,
        "transfer_loss": abandoned / requests if requests > 0 else None,
        "pauses_per_hour": float(found.pauses[0]),
        "mean_pause_seconds": float(found.mean_pause_seconds[0]) or None,
    }
    return figures


def passage_figures(campaign: Campaign, item: LineAssignment) -> dict[str, float | None]:
    """When all agent lines become busy, from the number busy now, else from none."""
    assert campaign.talk_seconds is not None
    if not 1 <= item.agent_lines <= item.dial_lines or campaign.transfer_probability == 0:
        return {}
    busy = item.busy_agent_lines or 0
    mean = mean_seconds_to_all_busy(
        item.dial_lines,
        item.agent_lines,
        busy,
        campaign.attempt_seconds,
        campaign.transfer_probability,
        campaign.talk_seconds,
    )
    return {"seconds_to_all_busy_mean": float(mean) if np.isfinite(mean) else None}
