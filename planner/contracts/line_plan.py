"""A split of lines: what a plan, and what runs now, is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import field_validator

from planner.contracts.problem import Contract, LineAssignment

if TYPE_CHECKING:
    pass


class LinePlan(Contract):
    """A split of lines: only assignments in use, in the problem's order."""

    assignments: tuple[LineAssignment, ...]

    @field_validator("assignments")
    @classmethod
    def _in_use(cls, value: tuple[LineAssignment, ...]) -> tuple[LineAssignment, ...]:
        return tuple(a for a in value if a.dial_lines or a.agent_lines)

    def lines(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(dial lines, agent lines) by (campaign id, dialer id)."""
        return {
            (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in self.assignments
        }
