"""Plans a week in a process of its own, telling how far it is. Knows no web page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, Progress
from planner.studies.week.week import WeekPlan, plan_week


def run_week(
    problem: Problem,
    options: PlanOptions,
    week: date,
    least_share: float = 0.0,
    *,
    on_progress: Callable[[float, str], None],
    stop: Callable[[], bool],
) -> WeekPlan:
    """Plan the week that a day lies in, with as few moves as leave a share of its value.

    Progress is told as a share and in words.
    """

    def told(number: int, count: int, _: Progress) -> None:
        on_progress((number - 1) / max(count, 1), f"plan {number} of at most {count}")

    return plan_week(
        problem, options, week=week, least_share=least_share, on_progress=told, stop=stop
    )
