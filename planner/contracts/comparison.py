"""The contracts of what-if: worlds, what they come to, and the moves that lead there."""

from __future__ import annotations

from planner.contracts.answers import Conflict, GivenUp, LeftOut, LimitBroken, Needed, NeededSearch
from planner.contracts.problem import Contract, LineAssignment
from planner.contracts.result import AssignmentFigures, Move, PlanOptions, PlanStatus


class LostLines(Contract):
    """Lines that stand in the assignments but cannot run, and why."""

    campaign_id: str
    dialer_id: str
    dial_lines: int
    agent_lines: int
    reason: str


class CampaignOutcome(Contract):
    """One campaign in a world; rates are per hour, None where they do not apply."""

    campaign_id: str
    dial_lines: int
    agent_lines: int
    agents_idle: float | None  # agent lines on shift without a call, mean
    handled_per_hour: float  # transfers; messages of a broadcast
    abandons_per_hour: float | None
    abandon_rate: float | None
    value_per_hour: float
    surviving_share: float | None


class Outcome(Contract):
    """What the lines of a world come to while they run.

    ``value_per_hour`` is that of all handled calls less what calls cost,
    ``surviving_value_per_hour`` what is left of it after the worst case of failures,
    ``aim_per_hour`` their blend by the redundancy weight.
    ``figures`` has a row for all lines; those that cannot run have a status and no rates.
    ``lines_moved`` counts dial and agent lines put elsewhere, added or taken away against the
    current ones; ``breaches`` are the limits broken, as sentences. ``counted_calls`` is
    ``transfer`` or ``message`` where the value is their number, else blank.
    """

    lines: tuple[LineAssignment, ...]
    value_per_hour: float
    surviving_value_per_hour: float
    worst_failure_domain: str | None
    aim_per_hour: float
    transfers_per_hour: float | None
    messages_per_hour: float | None
    abandons_per_hour: float | None
    abandon_rate: float | None
    agents_idle: float | None
    ports_used: int
    ports: int
    lines_moved: int
    lost: tuple[LostLines, ...] = ()
    breaches: tuple[str, ...] = ()
    figures: tuple[AssignmentFigures, ...] = ()
    campaigns: tuple[CampaignOutcome, ...] = ()
    counted_calls: str = ""


class Unasked(Contract):
    """The plan of a world if a requirement that is kept, and costs much, were not asked for."""

    requirement: str  # a column of campaigns.csv
    campaigns: tuple[str, ...]
    value_per_hour: float
    lines: tuple[LineAssignment, ...]


class Replanned(Contract):
    """A world optimised anew, with few moves: how it ended, the outcome, and the moves.

    ``move_cost_per_hour`` is the price of all lines that dialers get in addition; the gap and the
    bound concern the aim less that price, by the planning tables, and are None where nothing was
    proven. ``value_before_moves`` is the aim before the first move, by the planning tables as that
    after each of them, and ``value_before_failure`` that of the base. ``given_up`` is what the
    nearest plan gives up where not everything can be had, ``needed`` what it would take to keep it
    (``needed_search``: whether that was found, or looked for at all);
    ``moves_back`` lead back to the lines of the base once the dialers that it has are in service
    again, and ``value_before_moves_back`` is the aim then, before the first of them. ``unasked``
    are plans without a requirement that is kept and costs much.
    """

    status: PlanStatus
    outcome: Outcome | None = None
    move_cost_per_hour: float = 0.0
    bound_per_hour: float | None = None
    gap: float | None = None
    moves: tuple[Move, ...] = ()
    moves_back: tuple[Move, ...] = ()
    value_before_moves_back: float | None = None
    value_before_moves: float | None = None
    value_before_failure: float | None = None
    given_up: tuple[GivenUp, ...] = ()
    needed: tuple[Needed, ...] = ()
    needed_search: NeededSearch = NeededSearch.NOTHING_GIVEN_UP
    left_out: tuple[LeftOut, ...] = ()
    limits_broken: tuple[LimitBroken, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    stopped_early: bool = False


class World(Contract):
    """A world: its expressions, its outcome with the current lines, and optimised anew."""

    name: str
    expressions: tuple[str, ...] = ()
    kept: Outcome
    replanned: Replanned | None = None


class Sensitivity(Contract):
    """How the aim [value per hour] moves with one input; None where there is no plan.

    ``low_input`` and ``high_input`` are the values tried. The replanned aims are those of the best
    plan for that input.
    """

    input: str
    base_input: float
    low_input: float
    high_input: float
    low_aim: float
    high_aim: float
    low_replanned: float | None = None
    high_replanned: float | None = None

    @property
    def span(self) -> float:
        """Distance between the lowest and the highest aim."""
        known = [self.low_aim, self.high_aim, self.low_replanned, self.high_replanned]
        values = [value for value in known if value is not None]
        return max(values) - min(values)


class Tornado(Contract):
    """The inputs that the aim hangs on, the largest span first."""

    base_aim: float
    replanned: bool
    rows: tuple[Sensitivity, ...]


class Comparison(Contract):
    """Worlds beside the base, whose lines are those of the problem, or else of its plan."""

    options: PlanOptions
    base: World
    base_is_plan: bool
    worlds: tuple[World, ...]
    move_cost: float | None = None  # value per hour and line that replanning asks for
    tornado: Tornado | None = None
    notes: tuple[str, ...] = ()
