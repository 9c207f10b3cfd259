"""What would help most, as rows and as text: each change with what it brings and how to try it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from planner.contracts.answers import Help, StoppedValue, Worth
from planner.evaluation.worth.held import amount, ends_words
from planner.report.text_layout import bullets

#: Changes that are listed in text; the JSON document has all.
MOST_LISTED = 10


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


def help_lines(helps: Sequence[Help], stopped: Sequence[StoppedValue] = ()) -> list[str]:
    """A list for a terminal, each change with what to type to try it."""
    rows = help_rows(helps)
    told = [
        f"{row.words}: {row.brings} an hour more{_between(row)} ({row.arguments})"
        for row in rows[:MOST_LISTED]
    ]
    more = len(rows) - MOST_LISTED
    if more > 0:
        told.append(f"and {more} more, see --json")
    if told and stopped:
        told.append(stopped_sentence(stopped))
    return bullets(told)


def _between(row: HelpRow) -> str:
    return "" if row.ends == row.brings else f", {row.ends}"
