"""What a search found."""

from __future__ import annotations

from dataclasses import dataclass

from planner.contracts.line_plan import LinePlan
from planner.contracts.result import Stage
from planner.evaluation.proof.record import Proof
from planner.optimize.warm_start import WarmStart


@dataclass(frozen=True)
class SearchResult:
    """What the search found: plan (None if none), proven bound (None if infeasible)."""

    plan: LinePlan | None
    value: float | None
    bound: float | None
    infeasible: bool
    stopped_early: bool
    stages: tuple[Stage, ...] = ()
    proof: Proof | None = None  # what the bound rests on; None where the checker cannot tell
    warm: WarmStart | None = None  # what searches of nearly the same problem may begin with
