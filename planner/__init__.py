"""Plans dial and agent lines over several outbound dialers, and projects what they will do."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Loaded on first use, so that `planner --help` and errors need none of the heavy libraries.
_HOME = {
    "InputError": "planner.errors",
    "Problem": "planner.problem",
    "PlanOptions": "planner.plan",
    "PlanResult": "planner.plan",
    "Projection": "planner.plan",
    "read_folder": "planner.tables",
    "plan": "planner.pipeline",
    "project": "planner.pipeline",
}
__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
