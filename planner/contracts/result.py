"""The contracts of the output: a plan, its bound and figures, and a projection."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, field_validator

from planner.contracts.frames import frame_of
from planner.contracts.limits import MAX_FAILURES, MAX_SEARCH_SECONDS, MAX_SEED, MAX_VALUE
from planner.contracts.problem import Contract, LineAssignment

if TYPE_CHECKING:
    import pandas as pd


class Status(StrEnum):
    """The eight statuses a dialer shows for a campaign, with their exact labels."""

    UNSCHEDULED = "Unscheduled"
    SCHEDULED = "Scheduled"
    STOPPED = "Stopped"
    RUNNING = "Running and Dialing"
    COMPLETED = "Completed"
    ALL_BUSY = "Stopped Due to All Agent Lines Busy"
    BY_ADMIN = "Stopped By Admin"
    BY_DIALER = "Stopped By Dialer"


class Engine(StrEnum):
    """What made a figure."""

    MARKOV = "markov"
    SIMULATE = "simulate"


class Ending(StrEnum):
    """What ends the running of a campaign on a dialer."""

    WINDOW = "window"  # its schedule, or its stop date
    OUTAGE = "outage"
    LIST = "list"


class PlanStatus(StrEnum):
    """How a planning run ended."""

    OPTIMAL = "optimal"  # gap <= the requested gap
    FEASIBLE = "feasible"
    RELAXED = "relaxed"  # as asked with ``relax``: something was given up
    INFEASIBLE = "infeasible"
    NO_PLAN = "no_plan"  # stopped before any plan was found


class PlanFigures(StrEnum):
    """What a plan's figures come from."""

    AUTO = "auto"  # exact formulas where they hold, else simulated, which also certifies the plan
    FORMULAS = "formulas"  # the formulas whatever they assume, at once; nothing is certified


class PlanOptions(Contract):
    """What a plan is asked for.

    ``redundancy`` is w of the objective: 0 plans for throughput, 1 for the value that survives
    the worst single failure. ``gap`` is relative. ``time_limit`` [s] is a safety net.
    ``failures`` is how many failure domains are lost at once in the worst case. ``move_cost`` is
    paid in the objective for each line added to a dialer against the current assignment [value
    per hour and line], so that lines stay where moving them gains less.
    ``relax`` asks for the nearest plan where not everything can be had (MODEL.md 6).
    ``figures`` as formulas leave out the simulation, and with it the correction of tables.
    """

    redundancy: Annotated[float, Field(ge=0, le=1)] = 0.0
    gap: Annotated[float, Field(ge=0, le=1)] = 0.001
    time_limit: Annotated[float, Field(gt=0, le=MAX_SEARCH_SECONDS)] = 60.0
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0
    keep_current: bool = False
    failures: Annotated[int, Field(ge=1, le=MAX_FAILURES)] = 1
    move_cost: Annotated[float, Field(ge=0, le=MAX_VALUE)] = 0.0
    figures: PlanFigures = PlanFigures.AUTO
    relax: bool = False


class AssignmentFigures(Contract):
    """Figures of one campaign on one dialer while it runs; None where a figure does not apply.

    Rates are per hour, shares in [0, 1], times in seconds. ``low``/``high`` hold the ends of the
    95 % interval of simulated figures, by figure name. ``runs_until`` is when running ends, and
    ``ends_with`` what ends it; both None where it runs on for weeks, or does not run.
    ``day_low``/``day_high`` hold what each figure is on the 5 and 95 % days, where the campaign's
    rates differ from day to day.
    """

    campaign_id: str
    dialer_id: str
    dial_lines: int
    agent_lines: int
    status: Status
    reason: str
    advice: str = ""
    engine: Engine
    all_busy_share: float | None = None
    agent_occupancy: float | None = None
    transfers_per_hour: float | None = None
    abandons_per_hour: float | None = None
    abandon_rate: float | None = None
    transfer_loss: float | None = None
    attempts_per_hour: float | None = None
    live_answers_per_hour: float | None = None
    pauses_per_hour: float | None = None
    mean_pause_seconds: float | None = None
    seconds_to_all_busy_mean: float | None = None
    seconds_to_all_busy_p50: float | None = None
    seconds_to_all_busy_p90: float | None = None
    p_all_busy_5min: float | None = None
    p_all_busy_15min: float | None = None
    p_all_busy_60min: float | None = None
    runs_until: datetime | None = None
    ends_with: Ending | None = None
    low: dict[str, float] = Field(default_factory=dict)
    high: dict[str, float] = Field(default_factory=dict)
    day_low: dict[str, float] = Field(default_factory=dict)
    day_high: dict[str, float] = Field(default_factory=dict)


#: The figures of CONTRACT order, without the key, status and engine columns.
FIGURE_NAMES: tuple[str, ...] = tuple(
    name
    for name in AssignmentFigures.model_fields
    if name.endswith(("_share", "_occupancy", "_per_hour", "_rate", "_loss", "min"))
    or "_seconds" in name
    or name.startswith("seconds_")
)


class TimelineStep(Contract):
    """Probability of each status of one campaign on one dialer, averaged over [start, end).

    Attributes
    ----------
    low, high : ends of the 95 % interval of each simulated probability; others have none
    """

    campaign_id: str
    dialer_id: str
    start: datetime
    end: datetime
    probabilities: dict[Status, float]
    low: dict[Status, float] = Field(default_factory=dict)
    high: dict[Status, float] = Field(default_factory=dict)


class Completion(Contract):
    """When a dial list is done; None where that lies beyond the horizon."""

    campaign_id: str
    p05: datetime | None
    p50: datetime | None
    p95: datetime | None


class CampaignJoint(Contract):
    """How often none, some, and all dialers of a campaign are paused at once, in the long run.

    Shares of the time in which any of them dials or pauses. ``paused_distribution[k]`` is the
    share with exactly ``k`` of them paused. ``low``/``high`` are the ends of the 95 % intervals of
    simulated shares.
    """

    campaign_id: str
    dialers: int
    none_paused: float
    some_paused: float  # but not all
    all_paused: float
    paused_distribution: tuple[float, ...]
    engine: Engine
    low: dict[str, float] = Field(default_factory=dict)
    high: dict[str, float] = Field(default_factory=dict)
    day_low: dict[str, float] = Field(default_factory=dict)
    day_high: dict[str, float] = Field(default_factory=dict)


class JointStep(Contract):
    """The same in one step of the timeline, of the dialers that run then."""

    campaign_id: str
    start: datetime
    end: datetime
    dialers: int
    none_paused: float
    some_paused: float
    all_paused: float
    paused_distribution: tuple[float, ...]
    low: dict[str, float] = Field(default_factory=dict)
    high: dict[str, float] = Field(default_factory=dict)


class Projection(Contract):
    """What is expected of given assignments from a moment on."""

    at: datetime
    hours: float
    assignments: tuple[AssignmentFigures, ...]
    timeline: tuple[TimelineStep, ...] = ()
    completion: tuple[Completion, ...] = ()
    campaigns_joint: tuple[CampaignJoint, ...] = ()
    timeline_joint: tuple[JointStep, ...] = ()
    notes: tuple[str, ...] = ()

    def frame(self, table: str = "assignments") -> pd.DataFrame:
        """``assignments``, ``timeline``, ``completion`` or the joint ones as a data frame."""
        names = ("assignments", "timeline", "completion", "campaigns_joint", "timeline_joint")
        tables = {name: getattr(self, name) for name in names}
        return frame_of("Projection", tables, table)


class LinePlan(Contract):
    """A split of lines: only assignments in use, in the problem's order."""

    assignments: tuple[LineAssignment, ...]

    @field_validator("assignments")
    @classmethod
    def _in_use(cls, value: tuple[LineAssignment, ...]) -> tuple[LineAssignment, ...]:
        return tuple(a for a in value if a.dial_lines or a.agent_lines)

    def lines(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(dial lines, agent lines) by (campaign id, dialer id)."""
        return {
            (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in self.assignments
        }


class PlanValue(Contract):
    """The objective of a plan, value units per hour."""

    value_per_hour: float  # (1 - w) * throughput + w * surviving, less what moves cost
    throughput_value_per_hour: float
    surviving_value_per_hour: float
    gross_value_per_hour: float = 0.0  # before what calls cost
    cost_per_hour: float = 0.0
    worst_failure_domain: str | None
    move_cost_per_hour: float = 0.0


class CampaignTotals(Contract):
    """One campaign over all its dialers."""

    campaign_id: str
    dialers_used: int
    dial_lines: int
    agent_lines: int
    unused_agent_lines: int
    transfers_per_hour: float | None  # live transfer
    messages_per_hour: float | None  # broadcast: live-answered messages
    abandons_per_hour: float | None
    abandon_rate: float | None
    value_per_hour: float
    surviving_share: float | None  # of its handled calls after the worst single failure
    value_of_one_more_agent_line: float | None = None  # at least, other lines as they are


class DialerUse(Contract):
    """One dialer over all its campaigns."""

    dialer_id: str
    ports: int
    ports_used: int
    ports_free: int
    attempts_per_second: float
    value_of_one_more_port: float | None = None  # at least, other lines as they are
    value_of_one_more_call_per_second: float | None = None  # likewise; None without a limit


class LineChange(Contract):
    """What changes against the current assignment."""

    campaign_id: str
    dialer_id: str
    dial_lines_from: int
    dial_lines_to: int
    agent_lines_from: int
    agent_lines_to: int


class Move(Contract):
    """One instruction: set the lines of a campaign on a dialer; followed in order, all fit.

    ``value_after`` is the aim after it [value per hour]. ``breaks`` tells which limits do not hold
    then though they hold at the start and at the end, and which campaigns do not run.
    """

    step: int
    campaign_id: str
    dialer_id: str
    dial_lines_from: int
    dial_lines_to: int
    agent_lines_from: int
    agent_lines_to: int
    instruction: str
    value_after: float
    breaks: tuple[str, ...] = ()


class TableCorrection(Contract):
    """Factors put on a campaign's tabulated rates because its simulation differed from them."""

    campaign_id: str
    handled: float
    abandoned: float
    attempts: float
    rounds: int  # times the campaign was corrected; each correction replaces the one before


class LineReason(Contract):
    """Why a campaign has these lines on a dialer: what one more would do, all others as they are.

    ``one_more_...`` is the change of the plan's aim by the planning tables [value per hour],
    ``..._limits`` names the limits that it would break; without one it is allowed.
    """

    campaign_id: str
    dialer_id: str
    dial_lines: int
    agent_lines: int
    one_more_dial_line: float
    dial_line_limits: tuple[str, ...]
    one_more_agent_line: float | None  # None for a broadcast
    agent_line_limits: tuple[str, ...]
    words: str


class StrandedLines(Contract):
    """Free ports of a dialer, or unused agent lines of a campaign, and why nobody can use them."""

    dialer_id: str | None = None
    campaign_id: str | None = None
    lines: int
    words: str


class ConflictMember(Contract):
    """One requirement of a conflict by its place in the files, and its least change that helps.

    ``key`` names the row by its key columns. ``change_to`` is the new value of the column (blank
    text: a blank cell), None where no change of it alone helps, or where none is a single cell.
    """

    table: str
    key: dict[str, str]
    column: str
    value: bool | int | float | str | None
    words: str
    change_to: bool | int | float | str | None = None
    change: str | None = None


class Conflict(Contract):
    """Requirements that cannot hold together, and the least relaxation of each that would help.

    ``smallest``: proven that they hold together without any one of them; else a limit of work or
    time ended the search first, and fewer of them may not hold together either. ``all_tried``:
    whether the least change of each could be sought within these limits; else others may help too.
    """

    requirements: tuple[str, ...]
    relaxations: tuple[str, ...] = ()
    members: tuple[ConflictMember, ...] = ()
    smallest: bool = True
    all_tried: bool = True


class KeptInstead(Contract):
    """What another campaign keeps; ``requirement`` is its column, ``runs`` with 1 otherwise."""

    campaign_id: str
    priority: int
    requirement: str
    asked: float


class GivenUp(Contract):
    """A requirement of one campaign that a plan gives up.

    ``requirement`` is a column of ``campaigns.csv``, ``runs``, or one of ``limits.csv``, whose row
    is ``limit``. ``proven_least``: no plan gives up less of it, over the campaigns of this
    priority. ``kept_instead`` is what campaigns of lower priority numbers keep without whose lines
    there would be room for it.
    """

    campaign_id: str
    priority: int
    requirement: str
    limit: str | None = None
    asked: float
    got: float
    proven_least: int
    kept_instead: tuple[KeptInstead, ...] = ()


#: Of what is given up, in tables.
GIVEN_UP_COLUMNS = tuple(name for name in GivenUp.model_fields if name != "kept_instead")


class NearestPlan(Contract):
    """The plan that gives up as little as can be, beside the answer that there is no other."""

    plan: LinePlan
    value_per_hour: float
    bound_per_hour: float
    given_up: tuple[GivenUp, ...] = ()


class ProofCheck(Contract):
    """What a bound rests on, and whether another program found that it holds (MODEL.md 7).

    ``checked`` is None where that was not looked at to the end: ``why`` says why.
    """

    boxes: int
    leaves: int
    checked: bool | None
    checked_bound_per_hour: float | None = None
    seconds: float = 0.0
    why: str = ""


class LimitBroken(Contract):
    """A limit that the plan holds by its tables and breaks in its simulation, beyond the interval.

    ``limit`` is a column of ``campaigns.csv``; ``simulated_low`` and ``simulated_high`` are the
    ends of the 95 % interval.
    """

    campaign_id: str
    limit: str
    asked: float
    table: float
    simulated: float
    simulated_low: float
    simulated_high: float


class Finish(Contract):
    """A dial list that is to be done in time: what it needs, gets, and when it will be done.

    ``attempts_needed_per_hour`` is None where no open hours are left, ``expected`` where the list
    is not done within a year.
    """

    campaign_id: str
    finish_by: date
    attempts_needed_per_hour: float | None
    attempts_per_hour: float
    expected: datetime | None


class StoppedValue(Contract):
    """What of the value comes only when a campaign runs that somebody has stopped."""

    campaign_id: str
    stopped_by: str
    value_per_hour: float


class PoolUse(Contract):
    """How many agent lines of a pool have lines to sit at."""

    pool: str
    agent_lines: int
    used: int
    idle: int


class LeftOut(Contract):
    """A campaign that cannot run, which gets nothing and asks for nothing."""

    campaign_id: str
    why: str


class Stage(Contract):
    """One aim of the planning after the other: what it was before the second stages, and after.

    ``all-busy spread`` is the mean, over campaigns on several dialers, of the largest less the
    smallest all-busy share by the planning tables; ``lines added`` counts the lines that dialers
    get in addition to the current assignment.
    """

    name: str
    unit: str
    before: float
    after: float


class PlanResult(Contract):
    """Outcome of a planning run: status, bound and plan are kept apart.

    ``gap`` is (bound - value) / |bound|, both in value per hour by the Markov tables. None of the
    plan's fields is set without a plan. ``moves`` make the ``changes`` in order, but for those on
    dialers out of service, where they were asked for; ``value_before_moves`` is the aim before.
    """

    status: PlanStatus
    options: PlanOptions
    plan: LinePlan | None = None
    value: PlanValue | None = None
    bound_per_hour: float | None = None
    gap: float | None = None
    figures: tuple[AssignmentFigures, ...] = ()
    campaigns: tuple[CampaignTotals, ...] = ()
    dialers: tuple[DialerUse, ...] = ()
    binding: tuple[str, ...] = ()
    why: tuple[LineReason, ...] = ()
    stranded: tuple[StrandedLines, ...] = ()
    changes: tuple[LineChange, ...] = ()
    moves: tuple[Move, ...] = ()
    value_before_moves: float | None = None
    conflicts: tuple[Conflict, ...] = ()
    nearest: NearestPlan | None = None
    given_up: tuple[GivenUp, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    stopped: tuple[StoppedValue, ...] = ()
    finish: tuple[Finish, ...] = ()
    pools: tuple[PoolUse, ...] = ()
    at: datetime | None = None  # the moment from which on it is planned
    limits_broken: tuple[LimitBroken, ...] = ()
    proof: ProofCheck | None = None
    simulated_value_per_hour: float | None = None  # None where all figures are exact
    simulated_value_per_hour_low: float | None = None
    simulated_value_per_hour_high: float | None = None
    simulated: tuple[AssignmentFigures, ...] = ()  # rows of the simulation, where there is one
    corrections: tuple[TableCorrection, ...] = ()
    stages: tuple[Stage, ...] = ()
    seconds: float = 0.0
    stopped_early: bool = False

    def frame(self, table: str = "assignments") -> pd.DataFrame:
        """``assignments`` with their figures, ``campaigns``, ``dialers``, ``simulated`` ...

        Parameters
        ----------
        table : also ``changes``, ``moves``, ``given_up``, ``limits_broken``, ``left_out``
        """
        names = ("campaigns", "dialers", "simulated", "changes", "moves", "given_up")
        tables = {name: getattr(self, name) for name in (*names, "limits_broken", "left_out")}
        return frame_of("PlanResult", {"assignments": self.figures, **tables}, table)

    @property
    def stopped_value_per_hour(self) -> float:
        """Of the value, what comes only when stopped campaigns run."""
        return sum((item.value_per_hour for item in self.stopped), 0.0)

    def total(self, rate: str) -> float | None:
        """Sum of a rate of :class:`CampaignTotals` over the campaigns that have it, else None."""
        rates = [getattr(totals, rate) for totals in self.campaigns]
        known = [value for value in rates if value is not None]
        return sum(known) if known else None


class Progress(Contract):
    """How far a planning run is: best value so far, proven bound, seconds since its start."""

    value_per_hour: float | None
    bound_per_hour: float | None
    seconds: float
    phase: str

    @property
    def gap(self) -> float | None:
        """Relative gap, None before there is both a value and a bound."""
        if self.value_per_hour is None or self.bound_per_hour is None:
            return None
        return relative_gap(self.value_per_hour, self.bound_per_hour)


def relative_gap(value: float, bound: float) -> float:
    """(bound - value) / max(|bound|, 1e-6) (MODEL.md 6). Never negative: rounding is not a gap."""
    return max(bound - value, 0.0) / max(abs(bound), 1e-6)
