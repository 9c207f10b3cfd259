"""What a plan answers beside its lines: what is given up, broken, left out, and why."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Contract

if TYPE_CHECKING:
    pass


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


class Loss(Contract):
    """A campaign whose calls fall by more than a tenth against the current lines, by the tables.

    ``calls`` are ``transfers``, of a broadcast ``messages``.
    """

    campaign_id: str
    calls: str
    before_per_hour: float
    after_per_hour: float

    @property
    def share(self) -> float:
        """Part of its calls that it loses."""
        return (self.before_per_hour - self.after_per_hour) / self.before_per_hour


class Needed(Contract):
    """Changes with all of which everything that is asked for could be kept.

    ``set`` are expressions of ``--set``, ``words`` say the same one by one, and ``value_per_hour``
    is that of a plan that was made with them.
    """

    set: tuple[str, ...]
    words: tuple[str, ...]
    value_per_hour: float


class NeededSearch(StrEnum):
    """What came of looking for ways to keep everything, where there are none to tell."""

    NOTHING_GIVEN_UP = "nothing is given up"
    NOT_SOUGHT = "not looked for"
    FOUND = "found"
    NOT_IN_TIME = "none found in time"
    NOT_ENOUGH = "more would not be enough"


class NearestPlan(Contract):
    """The plan that gives up as little as can be, beside the answer that there is no other."""

    plan: LinePlan
    value_per_hour: float
    bound_per_hour: float
    given_up: tuple[GivenUp, ...] = ()
    needed: tuple[Needed, ...] = ()  # ways to keep everything
    needed_search: NeededSearch = NeededSearch.NOT_SOUGHT


class ProofCheck(Contract):
    """What a bound rests on, and whether another program found that it holds.

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


class LimitTightened(Contract):
    """A limit that was searched with tightened, since the simulation of a plan before broke it.

    ``limit`` is a column of ``campaigns.csv``, ``asked`` its value there, ``searched_with`` what
    the planning tables had to hold, so that the simulated plan holds what was asked.
    """

    campaign_id: str
    limit: str
    asked: float
    searched_with: float


class AbandonDays(Contract):
    """On what share of its days a campaign's lines hold its abandonment limit, by the formulas.

    ``asked_share_of_days`` is what was asked for; None where the limit is held on the mean day.
    """

    campaign_id: str
    max_abandon_rate: float
    asked_share_of_days: float | None
    share_of_days: float


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


class Worth(NamedTuple):
    """What one more is worth an hour: about, at least, and at most, by two bounds."""

    value: float
    low: float
    high: float


class Help(Contract):
    """A change that would bring a better plan, as expressions of ``--set``, and by how much.

    ``gain`` is the best plan found with it less the best found without it [value per hour]; from
    the bounds of both it is between ``gain_low`` and ``gain_high``.
    """

    set: tuple[str, ...]
    words: str
    gain: float
    gain_low: float
    gain_high: float


class PoolUse(Contract):
    """How many agent lines of a pool have lines to sit at, and what one more is worth."""

    pool: str
    agent_lines: int
    used: int
    idle: int
    value_of_one_more_agent_line: float | None = None  # None where not worked out, as its ends
    value_of_one_more_agent_line_low: float | None = None
    value_of_one_more_agent_line_high: float | None = None


class LeftOut(Contract):
    """A campaign that cannot run, which gets nothing and asks for nothing."""

    campaign_id: str
    why: str
