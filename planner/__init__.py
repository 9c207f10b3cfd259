"""Plans dial and agent lines over several outbound dialers, and projects what they will do."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from planner.version import __version__

if TYPE_CHECKING:
    from planner.calibration.calibrate import calibrate
    from planner.calibration.result import Calibration
    from planner.contracts.comparison import Comparison
    from planner.contracts.faults import InputError
    from planner.contracts.problem import Problem
    from planner.contracts.projected import Projection
    from planner.contracts.result import PlanOptions, PlanResult
    from planner.pipeline.pipeline import plan, project, simulate
    from planner.studies.batch.run import BatchOptions, BatchSummary, run_batch
    from planner.studies.frontier import Frontier, frontier
    from planner.studies.week.week import plan_week
    from planner.studies.whatif import whatif
    from planner.tables.folder import read_folder

# All matrices are small: threads of numpy's would wait for each other, at the cost of a core. It
# counts only if set before numpy is first loaded, whoever does that: command, page or script.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = [
    "BatchOptions",
    "BatchSummary",
    "Calibration",
    "Comparison",
    "Frontier",
    "InputError",
    "PlanOptions",
    "PlanResult",
    "Problem",
    "Projection",
    "__version__",
    "calibrate",
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
    "Calibration": "planner.calibration.result",
    "Comparison": "planner.contracts.comparison",
    "Frontier": "planner.studies.frontier",
    "InputError": "planner.contracts.faults",
    "Problem": "planner.contracts.problem",
    "PlanOptions": "planner.contracts.result",
    "PlanResult": "planner.contracts.result",
    "Projection": "planner.contracts.projected",
    "read_folder": "planner.tables.folder",
    "plan": "planner.pipeline.pipeline",
    "plan_week": "planner.studies.week.week",
    "project": "planner.pipeline.pipeline",
    "simulate": "planner.pipeline.pipeline",
    "whatif": "planner.studies.whatif",
    "frontier": "planner.studies.frontier",
    "calibrate": "planner.calibration.calibrate",
    "run_batch": "planner.studies.batch.run",
    "BatchOptions": "planner.studies.batch.run",
    "BatchSummary": "planner.studies.batch.run",
}


def __dir__() -> list[str]:
    return list(__all__)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
