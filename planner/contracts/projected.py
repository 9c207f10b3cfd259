"""The output of a projection: figures from a moment on, statuses by step, completion."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from planner.contracts.frames import frame_of
from planner.contracts.problem import Contract

if TYPE_CHECKING:
    import pandas as pd
from planner.contracts.result import AssignmentFigures, Engine, Status


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
