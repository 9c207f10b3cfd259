"""Plans dial and agent lines over several outbound dialers, and projects what they will do."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.batch.run import BatchOptions, BatchSummary, run_batch
    from planner.day import plan_week
    from planner.errors import InputError
    from planner.frontier import Frontier, frontier
    from planner.pipeline import plan, project, simulate
    from planner.plan import PlanOptions, PlanResult, Projection
    from planner.problem import Problem
    from planner.tables import read_folder
    from planner.whatif import whatif
    from planner.worlds import Comparison

__version__ = "0.1.0"
__all__ = [
    "BatchOptions",
    "BatchSummary",
    "Comparison",
    "Frontier",
    "InputError",
    "PlanOptions",
    "PlanResult",
    "Problem",
    "Projection",
    "__version__",
    "frontier",
    "plan",
    "plan_week",
    "project",
    "read_folder",
    "run_batch",
    "simulate",
    "whatif",
]

# Loaded on first use, so that `planner --help` and errors need none of the heavy libraries.
_HOME = {
    "Comparison": "planner.worlds",
    "Frontier": "planner.frontier",
    "InputError": "planner.errors",
    "Problem": "planner.problem",
    "PlanOptions": "planner.plan",
    "PlanResult": "planner.plan",
    "Projection": "planner.plan",
    "read_folder": "planner.tables",
    "plan": "planner.pipeline",
    "plan_week": "planner.day",
    "project": "planner.pipeline",
    "simulate": "planner.pipeline",
    "whatif": "planner.whatif",
    "frontier": "planner.frontier",
    "run_batch": "planner.batch.run",
    "BatchOptions": "planner.batch.run",
    "BatchSummary": "planner.batch.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


class _Package(ModuleType):
    """Keeps ``planner.plan`` the function when the module of the same name is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
