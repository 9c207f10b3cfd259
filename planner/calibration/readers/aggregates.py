"""Exports of counts and sums by interval: rates and means can be known from them, spreads not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from planner.calibration.attempts import Floats
from planner.calibration.clock import day_of, hour_of, local_seconds
from planner.calibration.readers.attempt_fields import ALL_CALLS, ONE_DIALER
from planner.calibration.readers.log_reader import LogReader
from planner.calibration.readers.time_layouts import ISO
from planner.calibration.readers.values import lengths, moments, texts
from planner.calibration.tallies import Cell, Tallies
from planner.contracts.faults import Fault, InputError

_COUNTS = ("attempts", "answered_count", "abandoned_count", "talk_count", "wrap_count")
_SUMS = ("talk_sum", "wrap_sum")  # in thousandths of a second


def add_aggregates(reader: LogReader, tallies: Tallies) -> None:
    """Add all intervals of a file.

    Raises
    ------
    InputError
        If intervals or numbers are none.
    """
    totals = dict.fromkeys(_COUNTS, 0.0)
    places = [reader.mapping.places[name] for name in reader.columns]
    for lot in reader.log.batches(places, True):
        columns = dict(zip(reader.columns, lot, strict=True))
        starts = pc.list_element(pc.split_pattern(texts(columns["launched"]), "/"), 0)
        times, wrong = moments(starts, ISO, reader.zone)
        _require(reader, "launched", ~np.isfinite(times) | wrong, "an interval of ISO moments")
        numbers = {name: _numbers(reader, name, columns, len(times)) for name in (*_COUNTS, *_SUMS)}
        if "wrap_sum" not in columns:
            numbers["wrap_count"][:] = 0.0  # how often, and not how long
        campaigns = [ALL_CALLS] * len(times)
        if "campaign_id" in columns:
            campaigns = [name or ALL_CALLS for name in texts(columns["campaign_id"]).to_pylist()]
        local = local_seconds(times, reader.zone)
        cells = zip(campaigns, day_of(local), hour_of(local), strict=True)
        for row, (campaign, day, hour) in enumerate(cells):
            sums = _sums({name: float(values[row]) for name, values in numbers.items()})
            tallies.add_sums(Cell(campaign, ONE_DIALER, int(day), int(hour)), sums)
        totals = {name: total + float(numbers[name].sum()) for name, total in totals.items()}
        reader.rows += len(times)
        reader.attempts += round(float(numbers["attempts"].sum()))
        reader.campaigns |= set(campaigns)
    _require_no_more_than_attempted(reader, totals)
    reader.lacks |= reader.mapping.format.lacks


def _require_no_more_than_attempted(reader: LogReader, totals: dict[str, float]) -> None:
    """A call may be attempted in one interval and end in the next: only the sums must agree."""
    wanted = f"in all no more than the {totals['attempts']:,.0f} calls attempted, not "
    faults = [
        Fault(reader.log.label, None, reader.mapping.names[name], None, f"{wanted}{count:,.0f}")
        for name, count in totals.items()
        if count > totals["attempts"]
    ]
    if faults:
        raise InputError(faults)


def _numbers(reader: LogReader, name: str, columns: dict[str, pa.Array], rows: int) -> Floats:
    if name not in columns:
        return np.zeros(rows)
    values, wrong = lengths(columns[name], milliseconds=name in _SUMS)
    _require(reader, name, wrong, "a number, at least 0")
    return np.nan_to_num(values)


def _require(reader: LogReader, name: str, wrong: Floats, wanted: str) -> None:
    if np.any(wrong):
        row = reader.rows + int(np.argmax(wrong)) + 2
        column = reader.mapping.names[name]
        raise InputError([Fault(reader.log.label, row, column, None, wanted)])


def _sums(found: dict[str, float]) -> dict[str, float]:
    """What an interval adds; who was connected or hung up in the queue had asked for an agent.

    How single calls spread is not told: squares are those of a coefficient of variation of 1, so
    that hours and days differ only where they do by more than such calls explain.
    """
    wraps = found["wrap_count"]
    talks = found["talk_count"] if found["talk_sum"] > 0 else 0.0  # else how long is not told
    return {
        "attempts": found["attempts"],
        "answered": found["answered_count"],
        "answer_told": found["attempts"],
        "requests": found["talk_count"] + found["abandoned_count"],
        "transfers": found["talk_count"],
        "talks": talks,
        "talk_sum": found["talk_sum"],
        "talk_squares": 2.0 * found["talk_sum"] ** 2 / talks if talks else 0.0,
        "wraps": wraps,
        "wrap_sum": found["wrap_sum"],
        "wrap_squares": 2.0 * found["wrap_sum"] ** 2 / wraps if wraps else 0.0,
    }
