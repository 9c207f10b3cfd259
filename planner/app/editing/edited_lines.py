"""A planning session's state: the loaded problem, the edited lines and their history.

Plain values in, plain values out. Edits come from outside (a grid, a script), so every cell is
checked here, and a cell that cannot be used leaves the last good lines as they were.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from planner.contracts.limits import MAX_LINES
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import AssignmentStop, LineAssignment, Problem

#: (campaign id, dialer id): what one pair of the plan is about.
PairKey = tuple[str, str]
Lines = tuple[LineAssignment, ...]

#: Columns that may be edited, with the words shown for them.
EDITABLE = {"dial_lines": "Dial lines", "agent_lines": "Agent lines", "locked": "Lock"}


@dataclass(frozen=True)
class EditMessage:
    """One edit that cannot be used: where, and a sentence that says why and what counts instead."""

    campaign_id: str
    dialer_id: str
    column: str
    message: str


@dataclass(frozen=True)
class EditedLines:
    """The problem as loaded, the lines as edited, and the lines before and after in the history."""

    baseline: Problem
    lines: Lines
    past: tuple[Lines, ...] = ()
    future: tuple[Lines, ...] = ()

    @cached_property
    def problem(self) -> Problem:
        """The problem with the edited lines in place of the loaded ones."""
        return self.baseline.model_copy(update={"assignments": self.lines})

    @cached_property
    def line_plan(self) -> LinePlan:
        """The edited lines as a plan."""
        return LinePlan(assignments=self.lines)

    @cached_property
    def pairs(self) -> tuple[PairKey, ...]:
        """Every campaign and dialer that may have lines or has some, in the problem's order.

        They depend on the loaded problem only, so a pair keeps its place while lines change.
        """
        given = {(a.campaign_id, a.dialer_id) for a in self.baseline.assignments}
        return tuple(
            (campaign.campaign_id, dialer.dialer_id)
            for campaign in self.baseline.campaigns
            for dialer in self.baseline.dialers
            if self.baseline.may_use(campaign, dialer)
            or (campaign.campaign_id, dialer.dialer_id) in given
        )

    @cached_property
    def loaded_busy(self) -> dict[PairKey, int | None]:
        """Busy agent lines as loaded, by pair."""
        given = self.baseline.assignments
        return {(a.campaign_id, a.dialer_id): a.busy_agent_lines for a in given}

    def by_pair(self) -> dict[PairKey, LineAssignment]:
        """The line assignment of every pair; pairs without lines have zeros."""
        return dict(self._by_pair)

    @cached_property
    def _by_pair(self) -> dict[PairKey, LineAssignment]:
        given = {(a.campaign_id, a.dialer_id): a for a in self.lines}
        return {key: given.get(key) or _no_lines(key) for key in self.pairs}

    def changed(self, **fields: Any) -> EditedLines:
        """The same with other lines or another history; what hangs on neither is kept."""
        new = replace(self, **fields)
        for name in ("pairs", "loaded_busy"):
            if name in vars(self):
                vars(new)[name] = vars(self)[name]
        return new


def open_lines(problem: Problem) -> EditedLines:
    """The lines of a problem as loaded, without history."""
    edited = EditedLines(baseline=problem, lines=problem.assignments)
    return edited.changed(lines=_tidy(edited.by_pair().values()))


def apply_edits(
    edited: EditedLines, edits: Mapping[PairKey, Mapping[str, object]]
) -> tuple[EditedLines, tuple[EditMessage, ...]]:
    """Apply edited cells: the new lines, and a message for each cell that cannot be used.

    Parameters
    ----------
    edited : the state before; left as it is.
    edits : for each pair the new cell values by column name, as typed; columns that cannot be
        edited are ignored. Repeating edits that were applied before changes nothing.

    Returns
    -------
    The lines with all good cells applied as one step of the history, and the messages.
    """
    pairs = edited.by_pair()
    messages: list[EditMessage] = []
    for key, cells in edits.items():
        if key not in pairs:
            messages.append(EditMessage(*key, "", "This campaign has no place on this dialer."))
            continue
        before = pairs[key]
        good: dict[str, int | bool] = {}
        for column in EDITABLE.keys() & cells.keys():
            value = _read_cell(column, cells[column])
            if value is None:
                messages.append(_refusal(before, column, cells[column]))
            else:
                good[column] = value
        pairs[key] = _with_cells(edited, before, good)
    return _step(edited, _tidy(pairs.values())), tuple(messages)


def take_plan(
    edited: EditedLines,
    plan: LinePlan,
    only: Collection[PairKey] | None = None,
) -> EditedLines:
    """The edited lines with the plan's lines; locks and live states stay as they are.

    Parameters
    ----------
    only : the pairs to take; None: all of them
    """
    lines = plan.lines()
    pairs = (
        _with_cells(
            edited, assignment, dict(zip(("dial_lines", "agent_lines"), counts, strict=True))
        )
        if only is None or key in only
        else assignment
        for key, assignment in edited.by_pair().items()
        for counts in [lines.get(key, (0, 0))]
    )
    return _step(edited, _tidy(pairs))


def undo(edited: EditedLines) -> EditedLines:
    """One step back; without a step to take back the same state."""
    if not edited.past:
        return edited
    *past, lines = edited.past
    future = (edited.lines, *edited.future)
    return edited.changed(lines=lines, past=tuple(past), future=future)


def redo(edited: EditedLines) -> EditedLines:
    """One step forward again; without a step taken back the same state."""
    if not edited.future:
        return edited
    lines, *future = edited.future
    past = (*edited.past, edited.lines)
    return edited.changed(lines=lines, past=past, future=tuple(future))


def _step(edited: EditedLines, lines: Lines) -> EditedLines:
    if lines == edited.lines:
        return edited
    return edited.changed(lines=lines, past=(*edited.past, edited.lines), future=())


@lru_cache(maxsize=100_000)  # large fleets have thousands of such pairs, the same in every state
def _no_lines(key: PairKey) -> LineAssignment:
    return LineAssignment(campaign_id=key[0], dialer_id=key[1], dial_lines=0, agent_lines=0)


def _tidy(assignments: Iterable[LineAssignment]) -> Lines:
    """Leave out the pairs that say nothing, so that equal plans are equal tuples."""
    return tuple(
        a
        for a in assignments
        if a.dial_lines or a.agent_lines or a.locked or a.status is not AssignmentStop.NONE
    )


def _with_cells(
    edited: EditedLines, assignment: LineAssignment, cells: Mapping[str, int | bool]
) -> LineAssignment:
    """The assignment with new cells; of the loaded busy agent lines those that it still has."""
    agent_lines = cells.get("agent_lines", assignment.agent_lines)
    busy = edited.loaded_busy.get((assignment.campaign_id, assignment.dialer_id))
    if busy is not None:
        busy = min(busy, agent_lines)
    update: dict[str, object] = {**cells, "busy_agent_lines": busy}
    if agent_lines != assignment.agent_lines:
        update["pools"] = ()  # who sits there is not known of other lines
    changed = assignment.model_copy(update=update)
    # The same object where nothing changed: what does not change is then found at once.
    return assignment if changed == assignment else changed


def _read_cell(column: str, value: object) -> int | bool | None:
    """The value of a typed cell, None if it cannot be used."""
    if column == "locked":
        return value if isinstance(value, bool) else None
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}(\.0)?", text, re.ASCII):
        return None
    count = int(float(text))
    return count if count <= MAX_LINES else None


def _refusal(before: LineAssignment, column: str, value: object) -> EditMessage:
    label, counts = EDITABLE[column], getattr(before, column)
    shown = "" if value is None else str(value).strip()
    if column == "locked":
        found, counts = "neither ticked nor unticked", "ticked" if counts else "unticked"
    elif not shown:
        found = "empty"
    else:
        shown = shown if len(shown) <= 20 else shown[:19] + "…"
        found = f"“{shown}” is no whole number from 0 to {MAX_LINES:,}"
    message = f"{label}: {found}; {counts} still counts."
    return EditMessage(before.campaign_id, before.dialer_id, column, message)
