"""Scenarios as text and back."""

from __future__ import annotations

import hashlib

from planner.plan import TableCorrection
from planner.problem import Contract, LineAssignment, Problem
from planner.scenario import Scenario


class EditedLines(Contract):
    """The lines of a scenario, and the corrections of the plan last taken."""

    lines: tuple[LineAssignment, ...]
    corrections: tuple[TableCorrection, ...] = ()


def problem_text(problem: Problem) -> tuple[str, str]:
    """The problem as JSON, and its digest."""
    content = problem.model_dump_json()
    return content, hashlib.sha256(content.encode()).hexdigest()


def lines_text(scenario: Scenario) -> str:
    """The edited lines as JSON."""
    edited = EditedLines(lines=scenario.lines, corrections=scenario.corrections)
    return edited.model_dump_json()


def scenario_of(problem: str, lines: str) -> Scenario:
    """The scenario that was written as these two texts, checked as input is; without history."""
    edited = EditedLines.model_validate_json(lines)
    baseline = Problem.model_validate_json(problem)
    return Scenario(baseline=baseline, lines=edited.lines, corrections=edited.corrections)
