"""One table of all scenarios over all fleets: totals first, then the largest losses."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from planner.contracts.values.told import amount
from planner.studies.batch.results.columns import SCENARIO_COLUMNS
from planner.studies.batch.results.rows import Cell, Ending, Rows
from planner.tables.sheets import plain_text

#: In place of a fleet's name: the sum over all that have every value.
ALL = "all fleets"
_VALUES = (
    "before",
    "if_nobody_reacts",
    "planned_anew",
    "loss_if_nobody_reacts",
    "loss_planned_anew",
)
_AT = {name: place for place, name in enumerate(SCENARIO_COLUMNS)}
_MOST_TOLD = 5


def sorted_rows(rows: Iterable[list[Cell]]) -> Rows:
    """Totals of each scenario, then every fleet, those that lose most first."""
    found = list(rows)
    return [*_totals(found), *sorted(found, key=lambda row: -_number(row, "loss_if_nobody_reacts"))]


def read_scenarios(path: Path) -> dict[str, list[Cell]]:
    """The rows of the table that was written, by problem; none where there is no such file."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    return {
        plain_text(record["plan_id"]): [_typed(name, record[name]) for name in SCENARIO_COLUMNS]
        for record in records
        if record["plan_id"]
    }


def _typed(name: str, cell: str) -> Cell:
    if not cell:
        return None
    return float(cell) if name in _VALUES else plain_text(cell)


def loss_sentences(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """The totals and the largest losses, of rows that :func:`sorted_rows` put in order."""
    totals = [row for row in rows if row[_AT["fleet"]] == ALL]
    fleets = [row for row in rows if row[_AT["fleet"]] != ALL]
    told = [_total_sentence(row, [one for one in fleets if one[0] == row[0]]) for row in totals]
    for row in fleets[:_MOST_TOLD]:
        loss = _number(row, "loss_if_nobody_reacts")
        if loss > 0:
            left = _number(row, "loss_planned_anew")
            rest = f"{amount(left)} planned anew"
            if left < 0:
                rest = f"{amount(-left)} more than before planned anew"
            if row[_AT["planned_anew"]] is None:
                rest = "and it has no plan"
            told.append(
                f"{row[_AT['plan_id']]}: {amount(loss)} an hour lost if nobody reacts, {rest}"
            )
    return tuple(told)


def _total_sentence(total: Sequence[Cell], fleets: Sequence[Sequence[Cell]]) -> str:
    """What the fleets with a plan have, and what those without one lose."""
    planned = [row for row in fleets if _is_whole(row)]
    lost = [
        row
        for row in fleets
        if row[_AT["planned_anew"]] is None and row[_AT["loss_if_nobody_reacts"]] is not None
    ]
    which = (
        "all fleets" if len(planned) == len(fleets) else f"{len(planned)} of {len(fleets)} fleets"
    )
    parts = []
    if planned:
        before, kept, anew = (_number(total, name) for name in _VALUES[:3])
        parts.append(
            f"{which}: {amount(before)} an hour before, {amount(kept)} if nobody reacts, "
            f"{amount(anew)} planned anew"
        )
    if lost:
        before, kept = (sum(_number(row, name) for row in lost) for name in _VALUES[:2])
        parts.append(
            f"{len(lost)} without a plan: {amount(before)} an hour before, "
            f"{amount(kept)} if nobody reacts"
        )
    return f"{total[0]}, {'; '.join(parts) or 'no fleet has values before and after it'}"


def strangers(rows: Iterable[Sequence[Cell]]) -> tuple[str, ...]:
    """Scenarios that concern no fleet: they name what none of them has."""
    all_of: Counter[str] = Counter()
    unconcerned: Counter[str] = Counter()
    for row in rows:
        if row[_AT["fleet"]] != ALL:
            all_of[str(row[0])] += 1
            unconcerned[str(row[0])] += row[_AT["status"]] == Ending.NOT_CONCERNED.value
    return tuple(name for name, count in all_of.items() if unconcerned[name] == count)


def _totals(rows: Rows) -> Rows:
    totals: Rows = []
    for name in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == name]
        # Only fleets with every value: else a fleet without a plan would pass for a loss.
        whole = [row for row in mine if _is_whole(row)]
        sums: list[Cell] = [
            sum(_number(row, column) for row in whole) if whole else None for column in _VALUES
        ]
        untouched = sum(row[_AT["status"]] == Ending.NOT_CONCERNED.value for row in mine)
        note = f"{len(whole)} of {len(mine)} fleets"
        if untouched:
            note += f"; {untouched} {'does' if untouched == 1 else 'do'} not have what it names"
        totals.append([name, ALL, None, None, *sums, note])
    return totals


def _is_whole(row: Sequence[Cell]) -> bool:
    return all(row[_AT[column]] is not None for column in _VALUES)


def _number(row: Sequence[Cell], column: str) -> float:
    value = row[_AT[column]]
    return float(value) if isinstance(value, int | float) else 0.0
