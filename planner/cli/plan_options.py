"""What a plan is asked for on the command line."""

from __future__ import annotations

import argparse

from planner.contracts.result import PlanOptions


def plan_options(arguments: argparse.Namespace) -> PlanOptions:
    """The options of the same names; those that a command does not take, or leaves, are usual."""
    given = {name: getattr(arguments, name, None) for name in PlanOptions.model_fields}
    return PlanOptions(**{name: value for name, value in given.items() if value is not None})
