"""The contracts of the output: a plan, its bound and figures, and a projection."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from planner.contracts.answers import (
    AbandonDays,
    Conflict,
    Finish,
    GivenUp,
    Help,
    LeftOut,
    LimitBroken,
    LimitTightened,
    LineReason,
    Loss,
    NearestPlan,
    Needed,
    NeededSearch,
    PoolUse,
    ProofCheck,
    StoppedValue,
    StrandedLines,
)
from planner.contracts.arguments import refused
from planner.contracts.frames import frame_of
from planner.contracts.limits import MAX_FAILURES, MAX_SEARCH_SECONDS, MAX_SEED, MAX_VALUE
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Contract

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
    ``relax`` asks for the nearest plan where not everything can be had.
    ``figures`` as formulas leave out the simulation. ``abandon_days`` is the share of the days on
    which each abandonment limit is to hold, where days differ; None: on the mean day.
    ``abandon_level``: every live-transfer campaign may abandon at most this share of what the plan
    with 1 abandons, which is then made first.
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
    abandon_days: Annotated[float, Field(gt=0, lt=1)] | None = None
    abandon_level: Annotated[float, Field(gt=0, le=1)] = 1.0

    if not TYPE_CHECKING:  # where the fields are the arguments

        def __init__(self, **given: object) -> None:
            try:
                super().__init__(**given)
            except ValidationError as error:
                raise refused("PlanOptions", PlanOptions, error) from error


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
    agents: int | None = None  # on shift there, where they are fewer than the agent lines
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

    @property
    def handled_per_hour(self) -> float | None:
        """Transfers an hour that reach an agent; of a broadcast, messages."""
        found = self.transfers_per_hour
        return self.live_answers_per_hour if found is None else found


#: The figures of CONTRACT order, without the key, status and engine columns.
FIGURE_NAMES: tuple[str, ...] = tuple(
    name
    for name in AssignmentFigures.model_fields
    if name.endswith(("_share", "_occupancy", "_per_hour", "_rate", "_loss", "min"))
    or "_seconds" in name
    or name.startswith("seconds_")
)


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
    value_of_one_more_agent_line: float | None = None  # None where not worked out, as its ends
    value_of_one_more_agent_line_low: float | None = None
    value_of_one_more_agent_line_high: float | None = None


class DialerUse(Contract):
    """One dialer over all its campaigns."""

    dialer_id: str
    ports: int
    ports_used: int
    ports_free: int
    attempts_per_second: float
    value_of_one_more_port: float | None = None  # None where not worked out, as its ends
    value_of_one_more_port_low: float | None = None
    value_of_one_more_port_high: float | None = None
    value_of_one_more_call_per_second: float | None = None  # None also without a limit
    value_of_one_more_call_per_second_low: float | None = None
    value_of_one_more_call_per_second_high: float | None = None


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


#: Of what is given up, in tables.
GIVEN_UP_COLUMNS = tuple(name for name in GivenUp.model_fields if name != "kept_instead")


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
    helps: tuple[Help, ...] = ()  # the most first; empty where nothing is known to
    why: tuple[LineReason, ...] = ()
    stranded: tuple[StrandedLines, ...] = ()
    changes: tuple[LineChange, ...] = ()
    moves: tuple[Move, ...] = ()
    value_before_moves: float | None = None
    conflicts: tuple[Conflict, ...] = ()
    #: One change of each of several conflicts that were tried together and are enough.
    repair_together: Needed | None = None
    nearest: NearestPlan | None = None
    given_up: tuple[GivenUp, ...] = ()
    needed: tuple[Needed, ...] = ()  # ways to keep everything, where something is given up
    needed_search: NeededSearch = NeededSearch.NOTHING_GIVEN_UP
    losses: tuple[Loss, ...] = ()  # campaigns that lose much against the current lines
    left_out: tuple[LeftOut, ...] = ()
    stopped: tuple[StoppedValue, ...] = ()
    finish: tuple[Finish, ...] = ()
    pools: tuple[PoolUse, ...] = ()
    at: datetime | None = None  # the moment from which on it is planned
    limits_broken: tuple[LimitBroken, ...] = ()
    limits_tightened: tuple[LimitTightened, ...] = ()
    abandon_days: tuple[AbandonDays, ...] = ()  # of campaigns with a limit whose days differ
    # What it costs to hold the limits on so many days, per hour, from the two bounds.
    abandon_days_cost_low: float | None = None
    abandon_days_cost_high: float | None = None
    proof: ProofCheck | None = None
    # What the simulation should show, by finer formulas; None where the tables are exact.
    expected_value_per_hour: float | None = None
    expected_value_per_hour_low: float | None = None
    expected_value_per_hour_high: float | None = None
    simulated_value_per_hour: float | None = None  # None where all figures are exact
    simulated_value_per_hour_low: float | None = None
    simulated_value_per_hour_high: float | None = None
    #: Rows of the simulation in the long run, where there is one; first passages are not in them.
    simulated: tuple[AssignmentFigures, ...] = ()
    stages: tuple[Stage, ...] = ()
    seconds: float = 0.0
    stopped_early: bool = False
    helps_stopped_early: bool = False  # not all was compared: helps and worths may be missing

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
    """(bound - value) / max(|bound|, 1e-6). Never negative: rounding is not a gap."""
    return max(bound - value, 0.0) / max(abs(bound), 1e-6)
