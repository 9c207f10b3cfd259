"""What would help most, as rows and as text: each change with what it brings and how to try it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from planner.contracts.answers import Help, StoppedValue, Worth
from planner.contracts.result import PlanResult
from planner.evaluation.worth.held import ends_words
from planner.report.text_layout import bullets
from planner.report.words import amount, share

#: Changes that are listed in text; the JSON document has all.
MOST_LISTED = 10
#: Said where the time limit, or somebody, ended the comparing.
CUT_OFF = (
    "Not all was compared: the time limit or a stop ended it. With more time more is told, here "
    "and of one more agent line, port or call."
)
#: Tables and simulation are not told apart where they differ by less than this share.
SMALLEST_ERROR = 0.0005


class HelpRow(NamedTuple):
    """A change in words, what it brings an hour with its range, and what sets it.

    ``expressions`` are for what-if, one by one; ``arguments`` are the same as typed in a shell.
    """

    words: str
    brings: str
    ends: str
    expressions: tuple[str, ...]

    @property
    def arguments(self) -> str:
        """As typed after ``planner whatif DIR --replan``."""
        return " ".join(f"--set {shlex.quote(text)}" for text in self.expressions)


def help_rows(helps: Sequence[Help]) -> list[HelpRow]:
    """Rows ready to show, the most helpful first."""
    return [
        HelpRow(
            item.words,
            amount(item.gain),
            ends_words(Worth(item.gain, item.gain_low, item.gain_high)),
            item.set,
        )
        for item in helps
    ]


def stopped_sentence(stopped: Sequence[StoppedValue]) -> str:
    """Why what a change brings differs in what-if, which plans for now."""
    names = ", ".join(item.campaign_id for item in stopped)
    each = "it ran" if len(stopped) == 1 else "they ran"
    return (
        f"What is told here counts {names} as if {each}; what-if plans for now, and leaves out "
        "what is stopped."
    )


def help_notes(result: PlanResult) -> list[str]:
    """Why what a change brings may be another figure where it is tried."""
    notes = [stopped_sentence(result.stopped)] if result.stopped else []
    error = tables_error(result)
    if abs(error) >= SMALLEST_ERROR:
        notes.append(
            "What is told here is by the planning tables, like the value that is planned; what-if "
            f"simulates, which gives these lines {share(abs(error))} "
            f"{'less' if error > 0 else 'more'}, and changes accordingly."
        )
    return notes


def tables_error(result: PlanResult) -> float:
    """Share by which the planning tables value a plan higher than its simulation; 0 without one."""
    told, simulated = result.value, result.simulated_value_per_hour
    if told is None or not simulated:
        return 0.0
    return told.throughput_value_per_hour / simulated - 1.0


def help_lines(result: PlanResult) -> list[str]:
    """A list for a terminal, each change with what to type to try it."""
    rows = help_rows(result.helps)
    told = [
        f"{row.words}: {row.brings} an hour more{_between(row)} ({row.arguments})"
        for row in rows[:MOST_LISTED]
    ]
    more = len(rows) - MOST_LISTED
    if more > 0:
        told.append(f"and {more} more, see --json")
    cut = [CUT_OFF] if result.helps_stopped_early else []
    return bullets([*told, *(help_notes(result) if told else []), *cut])


def _between(row: HelpRow) -> str:
    return "" if row.ends == row.brings else f", {row.ends}"
