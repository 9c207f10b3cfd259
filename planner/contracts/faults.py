"""What can go wrong outside our own code, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong in the input: its place, the value found and what was expected.

    ``file`` is a table's file or sheet, ``line`` counts from 1 with the header as line 1 and is
    None where a whole file or a Python object is meant. ``is_part`` where ``file`` is an expression
    or the like, of which ``value`` is a part.
    """

    file: str
    line: int | None
    column: str | None
    value: str | None
    expected: str
    is_part: bool = False

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.column:
            place += f", column {self.column}"
        if self.value is None or self.value == place:
            return f"{place}: expected {self.expected}"
        if self.is_part and self.value:
            return f"{place}: {_shown(self.value)} is not {self.expected}"
        return f"{place} is {_shown(self.value)}: expected {self.expected}"


def _shown(value: str, limit: int = 60) -> str:
    text = value if len(value) <= limit else value[: limit - 1] + "…"
    return repr(text) if text else "empty"


class InputError(ValueError):
    """The input is wrong. Carries every fault found, never only the first."""

    def __init__(self, faults: list[Fault]) -> None:
        if not faults:
            raise ValueError("an InputError needs at least one fault")
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class PlanFault(RuntimeError):
    """A plan of ours failed its own check: a fault in the planner, never shown as a plan."""
