"""Scenarios as text and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pydantic import ConfigDict

from planner.app.editing.edited_lines import EditedLines, Lines, PairKey
from planner.contracts.problem import Contract, LineAssignment, Problem


class Row(Contract):
    """What a row was one step away; None: without lines."""

    campaign_id: str
    dialer_id: str
    line: LineAssignment | None


class StoredLines(Contract):
    """Edited lines; ``past`` and ``future`` hold the rows that differ one step further away.

    Fields of earlier releases that are no more are passed over.
    """

    model_config = ConfigDict(extra="ignore")

    lines: tuple[LineAssignment, ...]
    past: tuple[tuple[Row, ...], ...] = ()
    future: tuple[tuple[Row, ...], ...] = ()


def problem_text(problem: Problem) -> tuple[str, str]:
    """The problem as JSON, and its digest."""
    content = problem.model_dump_json()
    return content, hashlib.sha256(content.encode()).hexdigest()


def lines_text(edited: EditedLines) -> str:
    """The edited lines as JSON."""
    stored = StoredLines(lines=edited.lines)
    return stored.model_dump_json()


def draft_text(edited: EditedLines) -> str:
    """The edited lines as JSON, with what undo and redo need."""
    stored = StoredLines(
        lines=edited.lines,
        past=tuple(_steps(edited.lines, reversed(edited.past))),
        future=tuple(_steps(edited.lines, edited.future)),
    )
    return stored.model_dump_json()


def edited_lines_of(problem: str, lines: str) -> EditedLines:
    """The edited lines that were written as these two texts, checked as input is."""
    stored = StoredLines.model_validate_json(lines)
    edited = EditedLines(
        baseline=Problem.model_validate_json(problem),
        lines=stored.lines,
    )
    past = _followed(edited, stored.past)
    return edited.changed(past=past[::-1], future=_followed(edited, stored.future))


def _steps(lines: Lines, others: Iterable[Lines]) -> Iterable[tuple[Row, ...]]:
    """What differs from one state of the lines to the next, starting at ``lines``."""
    for other in others:
        yield tuple(_difference(lines, other))
        lines = other


def _difference(before: Lines, after: Lines) -> Iterable[Row]:
    # Lines that did not change are the same objects, which is found at once also of thousands.
    known = set(map(id, before))
    new = {_key(item): item for item in after if id(item) not in known}
    kept = set(map(id, after))
    gone = [_key(item) for item in before if id(item) not in kept]
    for key in {**dict.fromkeys(gone), **new}:
        yield Row(campaign_id=key[0], dialer_id=key[1], line=new.get(key))


def _followed(edited: EditedLines, steps: Iterable[tuple[Row, ...]]) -> tuple[Lines, ...]:
    rows, found = edited.by_pair(), []
    given = {_key(item): item for item in edited.lines}
    for step in steps:
        for row in step:
            key = row.campaign_id, row.dialer_id
            if row.line is None:
                given.pop(key, None)
            elif key in rows:
                given[key] = row.line
        found.append(tuple(given[key] for key in rows if key in given))
    return tuple(found)


def _key(item: LineAssignment) -> PairKey:
    return item.campaign_id, item.dialer_id
