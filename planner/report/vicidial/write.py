"""The statements that bring a plan into VICIdial, those that undo them, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planner.report.text_layout import bullets, clean, section
from planner.vicidial.reading.database import Database
from planner.vicidial.writing.admin_log import spelt
from planner.vicidial.writing.apply import LiveLines
from planner.vicidial.writing.changes import Changes
from planner.vicidial.writing.steps import Phase, Step

_TITLES = {
    Phase.LIMIT: "Limits where there are none",
    Phase.LOWER_TRUNKS: "Fewer dial lines",
    Phase.LOWER_AGENTS: "Fewer agent lines; then wait some 30 s until they are gone",
    Phase.WITHHOLD: "Campaigns that are to dial less eagerly",
    Phase.RAISE_AGENTS: "More agent lines",
    Phase.LET_GO: "Campaigns that their lines alone are to limit",
    Phase.RAISE_TRUNKS: "More dial lines last",
}


def changes_document(database: Database, changes: Changes) -> dict[str, Any]:
    """All statements with their undoing, in their order."""
    return {
        "steps": [
            {
                "what": step.what,
                "statement": spelt(database, step.do),
                "undo": spelt(database, step.undo),
            }
            for step in changes.steps
        ],
        "cannot": list(changes.cannot),
        "told": list(changes.told),
    }


def changes_text(database: Database, changes: Changes) -> str:
    """The same as two scripts; everything else is a comment in them."""
    if not changes.steps and not changes.cannot:
        lines = ["-- The settings are those of the plan: nothing to write."]
    else:
        lines = ["-- From the settings of today to those of the plan. Nothing was executed."]
    if changes.cannot:
        lines = ["-- Not all of the plan can be written: --apply writes nothing of it."]
    lines += _comments("Cannot be written", changes.cannot)
    lines += _comments("To see to", changes.told)
    for phase, title in _TITLES.items():
        steps = [step for step in changes.steps if step.phase is phase]
        if steps:
            lines += ["", f"-- {title}"]
            lines += [line for step in steps for line in _script(database, step)]
    if changes.steps:
        lines += ["", "-- Undo, from the last to the first", ""]
        lines += [spelt(database, step.undo) for step in reversed(changes.steps)]
    return "\n".join(lines) + "\n"


def _script(database: Database, step: Step) -> list[str]:
    return [f"-- {clean(step.what)}", spelt(database, step.do)]


def _comments(title: str, items: Sequence[str]) -> list[str]:
    return [line for item in items for line in ("", f"-- {title}: {clean(item)}")]


def missing_document(missing: Sequence[LiveLines]) -> list[dict[str, int]]:
    """Rows of remote agents whose lines are not there as set."""
    return [
        {"remote_agent_id": item.row.remote_agent_id, "set": item.row.lines, "there": item.there}
        for item in missing
    ]


def missing_text(changes: Changes, missing: Sequence[LiveLines] | None) -> str:
    """What came of an application; None where there was nothing to write."""
    lines = [f"{len(changes.steps):,} statements executed and read back: all as planned."]
    if missing is None:
        lines = ["The settings are those of the plan already: nothing was written."]
    lines += section(
        "Agent lines that are not there yet",
        bullets(
            f"remote agents {item.row.remote_agent_id} ({item.row.user_start}): {item.there} of "
            f"{item.row.lines} lines; see whether the remote-agent script of their server runs"
            for item in missing or ()
        ),
    )
    lines += section("To see to", bullets(changes.told))
    return "\n".join(lines) + "\n"


def undo_text(differs: Sequence[str]) -> str:
    """What came of an undoing."""
    if not differs:
        return "Undone: the settings are as they were before.\n"
    lines = ["Undone, but for what somebody else changed meanwhile:", *bullets(differs)]
    return "\n".join(lines) + "\n"
