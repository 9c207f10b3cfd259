"""What lines come to in a world: money, calls, what survives a failure, limits broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from planner.contracts.answers import GivenUp
from planner.contracts.comparison import CampaignOutcome, LostLines, Outcome
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import AssignmentFigures, Engine, PlanOptions
from planner.contracts.values.told import share, share_beside, share_set
from planner.evaluation.arrays import lost_dialers
from planner.evaluation.differences import lines_moved
from planner.evaluation.limits.check import check
from planner.evaluation.limits.given_up import is_given_up
from planner.evaluation.load import agents_on_shift
from planner.evaluation.net_value import net_values
from planner.evaluation.notes import counted_calls
from planner.evaluation.running.cannot_run import runnable_only
from planner.evaluation.running.runnable import RunnableLines, runnable_lines, runnable_problem
from planner.evaluation.simulated import limits_broken
from planner.projection.effort import EngineChoice
from planner.projection.hours.calendar import first_open
from planner.projection.project import plan_figures
from planner.projection.status import status_now

Pair = tuple[str, str]


def kept_outcome(
    problem: Problem,
    options: PlanOptions,
    current: Problem,
    engine: EngineChoice = EngineChoice.AUTO,
) -> Outcome:
    """What the assignments of a problem come to when nobody changes them.

    Parameters
    ----------
    problem : the world, with its lines
    options : weight of the value that survives, failures at once, seed of the simulation
    current : the base, against whose lines moves are counted
    engine : what makes the figures
    """
    found: RunnableLines = runnable_lines(problem)
    moved = lines_moved(current.assignments, problem.assignments)
    kept = outcome(problem, found.plan, options, moved=moved, lost=found.lost, engine=engine)
    running = runnable_only(runnable_problem(problem))[0]
    working = {dialer.dialer_id for dialer in problem.dialers if dialer.in_service}
    known = {(b.campaign_id, b.rule) for b in check(running, found.plan, options.failures)}
    broken = tuple(
        f"{item.campaign_id}: {item.limit} {share_set(item.asked)}, simulated "
        f"{share_beside(item.simulated, item.asked)} ({share(item.simulated_low)} to "
        f"{share(item.simulated_high)})."
        for item in limits_broken(running, found.plan, kept.figures, options.failures)
        if (item.campaign_id, item.limit) not in known
    )
    # Lines that do not run break the ports of their dialer all the same.
    lines = tuple(a for a in running.assignments if a.dialer_id in working)
    as_set = check(running, LinePlan(assignments=lines), options.failures)
    ports = tuple(breach.message for breach in as_set if breach.rule == "ports")
    return kept.model_copy(update={"breaches": (*kept.breaches, *ports, *broken)})


def outcome(
    problem: Problem,
    plan: LinePlan,
    options: PlanOptions,
    *,
    moved: int,
    lost: tuple[LostLines, ...] = (),
    engine: EngineChoice = EngineChoice.AUTO,
    given_up: Sequence[GivenUp] = (),
) -> Outcome:
    """What lines that can run come to.

    Parameters
    ----------
    problem : the world
    plan : lines of campaigns and dialers that run
    options : weight w of what survives the worst case of failures, how many happen at once, and
        the seed of the simulation, the same for all worlds, so that chance does not tell them apart
    moved : lines moved to come there
    lost : lines that cannot run
    engine : what makes the figures
    given_up : requirements that the lines were planned without, no limits that they break
    """
    running = runnable_problem(problem)
    figures = plan_figures(
        running.model_copy(update={"assignments": plan.assignments}), options.seed, engine
    )
    handled, net = _handled(problem, figures), _net(problem, figures)
    spared = ~lost_dialers(problem, options.failures)  # [case, dialer]
    total = float(net.sum())
    left = spared @ net.sum(axis=0)
    worst = int(left.argmin()) if len(left) else None
    surviving = total if worst is None else float(left[worst])
    campaigns = tuple(
        _campaign(c, campaign, plan, figures, handled, spared, float(net[c].sum()))
        for c, campaign in enumerate(problem.campaigns)
    )
    live = [f for f in figures if f.transfers_per_hour is not None]
    answers = _sum(f.live_answers_per_hour for f in live)
    has_live = any(c.is_live_transfer for c in problem.campaigns)
    abandons = _sum(f.abandons_per_hour for f in live)
    return Outcome(
        lines=plan.assignments,
        value_per_hour=total,
        surviving_value_per_hour=surviving,
        worst_failure_domain=None
        if worst is None
        else problem.failures(options.failures)[worst][0],
        aim_per_hour=(1 - options.redundancy) * total + options.redundancy * surviving,
        transfers_per_hour=_sum(f.transfers_per_hour for f in live) if has_live else None,
        messages_per_hour=_messages(problem, campaigns),
        abandons_per_hour=abandons if has_live else None,
        abandon_rate=abandons / answers if answers > 0 else None,
        agents_idle=max(agents_on_shift(problem) - _busy(live), 0.0) if has_live else None,
        ports_used=_ports_used(problem, plan),
        ports=sum(d.ports for d in problem.dialers if d.in_service),
        lines_moved=moved,
        lost=lost,
        breaches=tuple(
            breach.message
            for breach in check(runnable_only(running)[0], plan, options.failures)
            if not is_given_up(breach, given_up)
        ),
        figures=_with_lost(problem, figures, lost),
        campaigns=campaigns,
        counted_calls=counted_calls(problem),
    )


def _handled(problem: Problem, figures: Sequence[AssignmentFigures]) -> np.ndarray:
    """Handled calls an hour ``[campaign, dialer]``."""
    found = np.zeros((len(problem.campaigns), len(problem.dialers)))
    for row in figures:
        c, d = problem.campaign_index[row.campaign_id], problem.dialer_index[row.dialer_id]
        found[c, d] = row.handled_per_hour or 0.0
    return found


def _net(problem: Problem, figures: Sequence[AssignmentFigures]) -> np.ndarray:
    """Value per hour less what calls cost ``[campaign, dialer]``."""
    found = np.zeros((len(problem.campaigns), len(problem.dialers)))
    for place, value in net_values(problem, figures).items():
        found[place] = value
    return found


def _busy(rows: Iterable[AssignmentFigures]) -> float:
    """Agent lines in a call, mean."""
    return sum((row.agent_occupancy or 0.0) * row.agent_lines for row in rows)


def _campaign(
    place: int,
    campaign: Campaign,
    plan: LinePlan,
    figures: Sequence[AssignmentFigures],
    handled: np.ndarray,
    spared: np.ndarray,
    value: float,
) -> CampaignOutcome:
    name, live = campaign.campaign_id, campaign.is_live_transfer
    rows = [row for row in figures if row.campaign_id == name]
    lines = [item for item in plan.assignments if item.campaign_id == name]
    busy = _busy(rows)
    answers = _sum(row.live_answers_per_hour for row in rows)
    abandons = _sum(row.abandons_per_hour for row in rows)
    mine = handled[place]
    total = float(mine.sum())
    return CampaignOutcome(
        campaign_id=name,
        dial_lines=sum(item.dial_lines for item in lines),
        agent_lines=sum(item.agent_lines for item in lines),
        agents_idle=max(campaign.agent_lines - busy, 0.0) if live else None,
        handled_per_hour=total,
        abandons_per_hour=abandons if live else None,
        abandon_rate=abandons / answers if live and answers > 0 else None,
        value_per_hour=value,
        surviving_share=float((spared @ mine).min()) / total if total > 0 else None,
    )


def _messages(problem: Problem, campaigns: Sequence[CampaignOutcome]) -> float | None:
    rows = [
        found.handled_per_hour
        for campaign, found in zip(problem.campaigns, campaigns, strict=True)
        if not campaign.is_live_transfer
    ]
    return sum(rows) if rows else None


def _ports_used(problem: Problem, plan: LinePlan) -> int:
    used = 0
    for item in plan.assignments:
        counts = problem.dialers[problem.dialer_index[item.dialer_id]].agent_lines_use_ports
        used += item.dial_lines + item.agent_lines * counts
    return used


def _with_lost(
    problem: Problem, figures: Sequence[AssignmentFigures], lost: Iterable[LostLines]
) -> tuple[AssignmentFigures, ...]:
    """The figures, and a row without rates for lines of which none can run; problem's order."""
    rows = {(row.campaign_id, row.dialer_id): row for row in figures}
    for item in lost:
        rows.setdefault((item.campaign_id, item.dialer_id), _lost_row(problem, item))
    order = problem.campaign_index, problem.dialer_index
    return tuple(
        sorted(rows.values(), key=lambda r: (order[0][r.campaign_id], order[1][r.dialer_id]))
    )


def _lost_row(problem: Problem, item: LostLines) -> AssignmentFigures:
    campaign = problem.campaigns[problem.campaign_index[item.campaign_id]]
    dialer = problem.dialers[problem.dialer_index[item.dialer_id]]
    given = next(
        a
        for a in problem.assignments
        if (a.campaign_id, a.dialer_id) == (item.campaign_id, item.dialer_id)
    )
    view = status_now(problem, campaign, dialer, given, first_open(campaign))
    return AssignmentFigures(
        campaign_id=item.campaign_id,
        dialer_id=item.dialer_id,
        dial_lines=given.dial_lines,
        agent_lines=given.agent_lines,
        status=view.status,
        reason=view.reason,
        advice=view.advice,
        engine=Engine.MARKOV,
    )


def _sum(values: Iterable[float | None]) -> float:
    return sum(value for value in values if value is not None)
