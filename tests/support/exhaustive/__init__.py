"""Exhaustive reference solver for tiny fleets, written from the model alone.

It shares no code with the planner, so that agreement of the two means something.
"""

from .fleet import Fleet
from .judge import Verdict, judge
from .reading import fleet_from_tables, read_folder, read_tables
from .solve import Answer, Plan, solve

__all__ = [
    "Answer",
    "Fleet",
    "Plan",
    "Verdict",
    "fleet_from_tables",
    "judge",
    "read_folder",
    "read_tables",
    "solve",
]
