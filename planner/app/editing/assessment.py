"""What edited lines amount to: status, figures and breaches by pair, and the headline figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from planner.app.editing.edited_lines import EditedLines, PairKey
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import AssignmentFigures, Status
from planner.evaluation.arrays import Evaluation, evaluate
from planner.evaluation.limits.check import Breach, check
from planner.evaluation.notes import counted_calls, value_note
from planner.projection.project import QuickFigures, quick_figures
from planner.projection.status import status_now


@dataclass(frozen=True)
class AssessedPair:
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
    value_per_hour : of all handled calls, net of what calls cost: what a plan raises.
    surviving_value_per_hour : value of the handled calls left after the worst single failure.
    worst_failure_domain : whose loss that is; None without dialers.
    abandon_rate : abandoned calls per live-answered call of live-transfer campaigns [0, 1];
        None without answers.
    paused_share : share of time that a live-transfer dial line stands in a pause because all
        agent lines are busy, mean over all such lines [0, 1]; None without them.
    ports_used, ports : taken, and owned by the dialers in service.
    counted_calls : ``transfer`` or ``message`` where the value is their number; else blank.
    """

    transfers_per_hour: float | None
    messages_per_hour: float | None
    value_per_hour: float
    surviving_value_per_hour: float
    worst_failure_domain: str | None
    abandon_rate: float | None
    paused_share: float | None
    ports_used: int
    ports: int
    counted_calls: str = ""


@dataclass(frozen=True)
class Assessment:
    """Everything a page shows about a state of the lines; ``notes`` say what figures leave out."""

    edited: EditedLines
    at: datetime
    quick: QuickFigures
    headline: Headline
    breaches: tuple[Breach, ...]
    evaluation: Evaluation
    notes: tuple[str, ...]

    @cached_property
    def figures(self) -> dict[PairKey, AssignmentFigures]:
        """Figures of the pairs with lines."""
        return {(row.campaign_id, row.dialer_id): row for row in self.quick.rows}

    @cached_property
    def pairs(self) -> Mapping[PairKey, AssessedPair]:
        """Every pair of the edited lines; each is worked out when it is looked at."""
        return _Pairs(self)

    def transfers_by_dialer(self) -> dict[str, float]:
        """Handled transfers per hour of every dialer, in the problem's order."""
        totals = {use.dialer_id: 0.0 for use in self.evaluation.dialers}
        for (_, dialer_id), figures in self.figures.items():
            totals[dialer_id] += figures.transfers_per_hour or 0.0
        return totals


INTERVAL_NOTE = "Figures are those of campaigns.csv; intervals.csv changes them in some hours."


def assess(edited: EditedLines, at: datetime, before: Assessment | None = None) -> Assessment:
    """Look at the edited lines.

    Parameters
    ----------
    at : the moment of the statuses, aware; seconds do not count.
    before : an earlier look, whose figures are taken where nothing has changed since.
    """
    at = at.replace(second=0, microsecond=0)
    if before is not None and before.edited is edited and before.at == at:
        return before
    # Lines are planned, checked and valued with the campaigns' own figures, so show those.
    problem = edited.problem.model_copy(update={"intervals": ()})
    same_fleet = before is not None and before.edited.baseline is edited.baseline
    earlier = before.quick if before is not None and same_fleet and before.at == at else None
    quick = quick_figures(problem, at, earlier)
    evaluation = evaluate(problem, edited.line_plan, 0.0)
    return Assessment(
        edited=edited,
        at=at,
        quick=quick,
        headline=_headline(problem, quick.rows, evaluation),
        breaches=check(problem, edited.line_plan),
        evaluation=evaluation,
        notes=(
            *quick.notes,
            *([INTERVAL_NOTE] if edited.problem.intervals else []),
            *filter(None, [value_note(edited.problem)]),
        ),
    )


def status_shares(view: Assessment) -> dict[str, dict[Status, float]]:
    """Share of time in each status by dialer, mean over its dial lines; idle dialers left out.

    A campaign that runs now alternates between dialing and all agent lines busy, in the
    proportion of its figures; any other status is taken to last.
    """
    lines: dict[str, dict[Status, float]] = {}
    for (_, dialer_id), figures in view.figures.items():
        if not figures.dial_lines:
            continue
        here = lines.setdefault(dialer_id, {})
        for status, share in _time_in_status(figures.status, figures).items():
            here[status] = here.get(status, 0.0) + share * figures.dial_lines
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


class _Pairs(Mapping[PairKey, AssessedPair]):
    """Rows that are worked out when they are looked at: a page shows some of thousands."""

    def __init__(self, view: Assessment) -> None:
        self._view = view
        self._assignments = view.edited.by_pair()
        self._breaches: dict[tuple[str | None, str | None], list[Breach]] = {}
        for breach in view.breaches:
            place = breach.campaign_id, breach.dialer_id
            self._breaches.setdefault(place, []).append(breach)

    def __len__(self) -> int:
        return len(self._assignments)

    def __iter__(self) -> Iterator[PairKey]:
        return iter(self._assignments)

    def __getitem__(self, key: PairKey) -> AssessedPair:
        assignment, figures = self._assignments[key], self._view.figures.get(key)
        here = tuple(breach.message for breach in self._concerning(assignment))
        if figures is not None:
            return AssessedPair(
                assignment, figures.status, figures.reason, figures.advice, figures, here
            )
        problem = self._view.edited.baseline
        campaign = problem.campaigns[problem.campaign_index[key[0]]]
        dialer = problem.dialers[problem.dialer_index[key[1]]]
        found = status_now(problem, campaign, dialer, None, self._view.at)
        return AssessedPair(assignment, found.status, found.reason, found.advice, None, here)

    def _concerning(self, item: LineAssignment) -> Iterator[Breach]:
        """What names the pair, or something in which its lines count."""
        yield from self._breaches.get((item.campaign_id, item.dialer_id), ())
        if item.dial_lines or item.agent_lines:
            yield from self._breaches.get((item.campaign_id, None), ())
            yield from self._breaches.get((None, item.dialer_id), ())


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
        value_per_hour=evaluation.value.throughput_value_per_hour,
        surviving_value_per_hour=evaluation.value.surviving_value_per_hour,
        worst_failure_domain=evaluation.value.worst_failure_domain,
        abandon_rate=_total(f.abandons_per_hour for f in live) / answers if answers else None,
        paused_share=paused / lines if lines else None,
        ports_used=sum(d.ports_used for d in evaluation.dialers),
        ports=sum(d.ports for d in problem.dialers if d.in_service),
        counted_calls=counted_calls(problem),
    )


def _total(values: Iterable[float | None]) -> float:
    return sum(value for value in values if value is not None)
