"""A constraint: where it stands in the files, in words, and how it may give way."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Campaign, Dialer, TrunkGroup

Value = bool | int | float | str | None
#: Calls per second are eased by this factor each step, up to so many times their limit.
SPEED_STEP, MOST_SPEED = 1.01, 100.0


class Change(NamedTuple):
    """New values of a row of a table; None takes the row (of the assignments) out."""

    table: str
    key: tuple[str, ...]
    update: dict[str, Any] | None


@dataclass(frozen=True)
class Easing:
    """One way to give way: the new value of the column, in words, and what changes."""

    value: Value
    words: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Constraint:
    """One constraint: where it stands in the files, in words, and how it may give way.

    ``easing`` gives the changes from the least (1) to the most (``steps``). Where they are
    ``ordered``, each allows all that the one before allows.
    """

    table: str
    key: tuple[str, ...]
    column: str
    value: Value
    words: str
    lifted: tuple[Change, ...]
    steps: int
    easing: Callable[[int], Easing]
    ordered: bool = True
    #: Whether it demands lines; else it only limits them.
    is_demand: bool = False
    #: The campaign that it concerns where the key does not name it.
    owner: str | None = None

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from all others."""
        return self.table, *self.key, self.column

    @property
    def campaign_id(self) -> str | None:
        """The campaign that it concerns; None if it is about the fleet."""
        return self.key[0] if self.table in ("campaigns", "assignments") else self.owner


@dataclass(frozen=True)
class NoLimit:
    """What counts as no limit: more than any plan of the demands could need."""

    ports: Mapping[str, int]  # by dialer
    agent_lines: Mapping[str, int]  # by campaign


def key_of(row: Any) -> tuple[str, ...]:
    """The key columns of a row of any table."""
    match row:
        case Campaign():
            return (row.campaign_id,)
        case Dialer():
            return (row.dialer_id,)
        case TrunkGroup():
            return (row.trunk_group,)
        case LimitRow():
            return (str(row.limit),)
        case PoolRow():
            return (row.pool,)
        case _:
            return row.campaign_id, row.dialer_id


_TABLES: dict[type, str] = {
    Campaign: "campaigns",
    Dialer: "dialers",
    TrunkGroup: "trunk_groups",
    LimitRow: "limits",
    PoolRow: "pools",
}


def in_column(
    row: Campaign | Dialer | TrunkGroup | LimitRow | PoolRow,
    column: str,
    words: str,
    lifted: Value,
    easings: tuple[int, Callable[[int], tuple[Any, str]]],
) -> Constraint:
    """A constraint in one column of one row; ``easings``: how many, and each value with words."""
    table = _TABLES[type(row)]
    key = key_of(row)
    steps, value_at = easings

    def easing(step: int) -> Easing:
        value, said = value_at(step)
        return Easing(value, said, (Change(table, key, {column: value}),))

    return Constraint(
        table=table,
        key=key,
        column=column,
        value=getattr(row, column),
        words=words,
        lifted=(Change(table, key, {column: lifted}),),
        steps=steps,
        easing=easing,
    )


def counted(
    start: int, end: int, words: Callable[[int], str]
) -> tuple[int, Callable[[int], tuple[int, str]]]:
    """Whole numbers from the one next to start up or down to end."""
    sign = 1 if end > start else -1

    def value_at(step: int) -> tuple[int, str]:
        return start + sign * step, words(start + sign * step)

    return abs(end - start), value_at


def faster(limit: float, words: str) -> tuple[int, Callable[[int], tuple[float, str]]]:
    """Up to a hundred times the limit, one per cent each step; ``{}`` in the words is the value."""

    def value_at(step: int) -> tuple[float, str]:
        value = float(f"{limit * SPEED_STEP**step:.3g}")
        return value, words.format(f"{value:g}")

    return math.ceil(math.log(MOST_SPEED) / math.log(SPEED_STEP)), value_at


def escaped(text: str) -> str:
    """Text that ``str.format`` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def plural(word: str, count: int) -> str:
    """The word for so many of it."""
    return word if count == 1 else f"{word}s"
