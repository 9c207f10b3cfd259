"""What edited lines amount to: status, figures and breaches by row, and the headline figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.pipeline import project
from planner.plan import AssignmentFigures, Status
from planner.problem import LineAssignment, Problem
from planner.scenario import RowKey, Scenario
from planner.status import status_now
from planner.verify import Breach, Evaluation, check, evaluate, factors


@dataclass(frozen=True)
class OutlookRow:
    """One campaign on one dialer: its lines, its status now and, where in use, its figures."""

    assignment: LineAssignment
    status: Status
    reason: str
    advice: str
    figures: AssignmentFigures | None
    breaches: tuple[str, ...]


@dataclass(frozen=True)
class Headline:
    """The figures a plan is judged by, over all campaigns and dialers, while they run.

    Attributes
    ----------
    transfers_per_hour : handled transfers of live-transfer campaigns; None without such.
    messages_per_hour : live-answered messages of broadcasts; None without such.
    surviving_value_per_hour : value of the handled calls left after the worst single failure.
    worst_failure_domain : whose loss that is; None without dialers.
    abandon_rate : abandoned calls per live-answered call of live-transfer campaigns [0, 1];
        None without answers.
    paused_share : share of time that a live-transfer dial line stands in a pause because all
        agent lines are busy, mean over all such lines [0, 1]; None without them.
    ports_used, ports : taken, and owned by the dialers in service.
    """

    transfers_per_hour: float | None
    messages_per_hour: float | None
    surviving_value_per_hour: float
    worst_failure_domain: str | None
    abandon_rate: float | None
    paused_share: float | None
    ports_used: int
    ports: int


@dataclass(frozen=True)
class Outlook:
    """Everything a page shows about a state of the lines; ``notes`` say what figures leave out."""

    rows: dict[RowKey, OutlookRow]
    headline: Headline
    breaches: tuple[Breach, ...]
    evaluation: Evaluation
    notes: tuple[str, ...]

    def transfers_by_dialer(self) -> dict[str, float]:
        """Handled transfers per hour of every dialer, in the problem's order."""
        totals = {use.dialer_id: 0.0 for use in self.evaluation.dialers}
        for (_, dialer_id), row in self.rows.items():
            if row.figures is not None:
                totals[dialer_id] += row.figures.transfers_per_hour or 0.0
        return totals


#: The page shows no timeline: the shortest horizon is enough [h].
SHORT = 0.25
INTERVAL_NOTE = "Figures are those of campaigns.csv; intervals.csv changes them in some hours."


def outlook(scenario: Scenario, at: datetime) -> Outlook:
    """Look at the edited lines of a scenario.

    Parameters
    ----------
    at : the moment of the statuses, aware.
    """
    # Lines are planned, checked and valued with the campaigns' own figures, so show those.
    problem = scenario.problem.model_copy(update={"intervals": ()})
    projection = project(problem, at=at, hours=SHORT, engine="markov")  # at once, while editing
    figures = {(f.campaign_id, f.dialer_id): f for f in projection.assignments}
    corrections = factors(scenario.corrections)
    breaches = check(problem, scenario.line_plan, corrections)
    evaluation = evaluate(problem, scenario.line_plan, 0.0, corrections)
    rows = {
        key: _row(problem, assignment, figures.get(key), breaches, at)
        for key, assignment in scenario.by_row().items()
    }
    return Outlook(
        rows=rows,
        headline=_headline(problem, projection.assignments, evaluation),
        breaches=breaches,
        evaluation=evaluation,
        notes=(*projection.notes, *([INTERVAL_NOTE] if scenario.problem.intervals else [])),
    )


def status_shares(view: Outlook) -> dict[str, dict[Status, float]]:
    """Share of time in each status by dialer, mean over its dial lines; idle dialers left out.

    A campaign that runs now alternates between dialing and all agent lines busy, in the
    proportion of its figures; any other status is taken to last.
    """
    lines: dict[str, dict[Status, float]] = {}
    for (_, dialer_id), row in view.rows.items():
        if row.figures is None or not row.assignment.dial_lines:
            continue
        here = lines.setdefault(dialer_id, {})
        for status, share in _time_in_status(row.status, row.figures).items():
            here[status] = here.get(status, 0.0) + share * row.assignment.dial_lines
    return {
        dialer_id: {status: weight / sum(mine.values()) for status, weight in mine.items()}
        for dialer_id in (use.dialer_id for use in view.evaluation.dialers)
        if (mine := lines.get(dialer_id))
    }


def _time_in_status(status: Status, figures: AssignmentFigures) -> dict[Status, float]:
    if status not in (Status.RUNNING, Status.ALL_BUSY):
        return {status: 1.0}
    paused = figures.all_busy_share or 0.0
    shares = {Status.RUNNING: 1.0 - paused, Status.ALL_BUSY: paused}
    return {name: share for name, share in shares.items() if share > 0}


def _row(
    problem: Problem,
    assignment: LineAssignment,
    figures: AssignmentFigures | None,
    breaches: Sequence[Breach],
    at: datetime,
) -> OutlookRow:
    here = tuple(breach.message for breach in breaches if _concerns(breach, assignment))
    if figures is not None:
        return OutlookRow(assignment, figures.status, figures.reason, figures.advice, figures, here)
    campaign = problem.campaigns[problem.campaign_index[assignment.campaign_id]]
    dialer = problem.dialers[problem.dialer_index[assignment.dialer_id]]
    view = status_now(problem, campaign, dialer, None, at)
    return OutlookRow(assignment, view.status, view.reason, view.advice, None, here)


def _concerns(breach: Breach, assignment: LineAssignment) -> bool:
    """Whether the row is named by the breach, or has lines that count in what it names."""
    campaign_id, dialer_id = breach.campaign_id, breach.dialer_id
    if campaign_id is None and dialer_id is None:
        return False
    if campaign_id not in (None, assignment.campaign_id):
        return False
    if dialer_id not in (None, assignment.dialer_id):
        return False
    named = campaign_id is not None and dialer_id is not None
    return named or assignment.dial_lines + assignment.agent_lines > 0


def _headline(
    problem: Problem, figures: Sequence[AssignmentFigures], evaluation: Evaluation
) -> Headline:
    live_ids = {c.campaign_id for c in problem.campaigns if c.is_live_transfer}
    live = [f for f in figures if f.campaign_id in live_ids]
    answers = _total(f.live_answers_per_hour for f in live)
    lines = sum(f.dial_lines for f in live)
    paused = sum(f.dial_lines * (f.all_busy_share or 0.0) for f in live)
    return Headline(
        transfers_per_hour=_total(f.transfers_per_hour for f in live) if live_ids else None,
        messages_per_hour=_total(c.messages_per_hour for c in evaluation.campaigns)
        if len(live_ids) < len(problem.campaigns)
        else None,
        surviving_value_per_hour=evaluation.value.surviving_value_per_hour,
        worst_failure_domain=evaluation.value.worst_failure_domain,
        abandon_rate=_total(f.abandons_per_hour for f in live) / answers if answers else None,
        paused_share=paused / lines if lines else None,
        ports_used=sum(d.ports_used for d in evaluation.dialers),
        ports=sum(d.ports for d in problem.dialers if d.in_service),
    )


def _total(values: Iterable[float | None]) -> float:
    return sum(value for value in values if value is not None)
