"""Results as data frames of pandas, which is loaded only where one is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planner.contracts.faults import Fault, InputError

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel


def frame_of(owner: str, tables: Mapping[str, Sequence[BaseModel]], table: str) -> pd.DataFrame:
    """The rows of one table, a column for each field; figures that do not apply are missing.

    Parameters
    ----------
    owner : what the tables are of, for faults
    tables : rows by name
    table : one of these names

    Raises
    ------
    InputError
        If there is no such table.
    """
    import pandas as pd

    if table not in tables:
        raise InputError([Fault(owner, None, "table", str(table), f"one of {', '.join(tables)}")])
    return pd.DataFrame([_record(row) for row in tables[table]])


#: Fields that hold the ends of intervals, by figure; columns such as projection.csv names them.
_ENDS = ("low", "high", "day_low", "day_high")


def _record(row: BaseModel) -> dict[str, Any]:
    """The fields of a row; the ends of intervals become columns of their own."""
    fields = row.model_dump(mode="python")
    ends = {end: fields.pop(end) for end in _ENDS if isinstance(fields.get(end), dict)}
    if "probabilities" in fields:
        fields |= {str(status): share for status, share in fields.pop("probabilities").items()}
    named = {f"{name}_{end}": value for end, found in ends.items() for name, value in found.items()}
    return {name: _plain(value) for name, value in (fields | named).items()}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
