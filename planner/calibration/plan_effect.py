"""What other figures do to the current lines: their value, their pauses, the limits they break."""

from __future__ import annotations

from dataclasses import dataclass

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem


@dataclass(frozen=True)
class PlanEffect:
    """The current lines by the planning tables, before and after."""

    value_before: float
    value_after: float
    pauses: tuple[tuple[str, str, float | None, float | None], ...]  # campaign, dialer, shares
    breaks: tuple[str, ...]  # limits that hold before and not after
    mends: tuple[str, ...]  # the other way round


def plan_effect(before: Problem, after: Problem) -> PlanEffect | None:
    """Compare what the current lines come to; None where there are no lines."""
    if not before.assignments:
        return None
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.limits.check import check
    from planner.projection.effort import EngineChoice
    from planner.projection.project import plan_figures

    lines = LinePlan(assignments=before.assignments)
    values, broken, shares = [], [], []
    for problem in (before, after):
        values.append(evaluate(problem, lines, 0.0).value.value_per_hour)
        # Messages tell figures, which differ: the limit is the campaign, the dialer and the rule.
        broken.append(
            {(b.rule, b.campaign_id, b.dialer_id): b.message for b in check(problem, lines)}
        )
        figures = plan_figures(problem, 0, EngineChoice.MARKOV)
        shares.append({(f.campaign_id, f.dialer_id): f.all_busy_share for f in figures})
    first, second = broken
    return PlanEffect(
        values[0],
        values[1],
        tuple((*key, share, shares[1].get(key)) for key, share in shares[0].items()),
        tuple(second[key] for key in second if key not in first),
        tuple(first[key] for key in first if key not in second),
    )
