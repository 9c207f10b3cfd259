"""Columns of a log as numbers: moments, lengths of time, flags and ids; cells are never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from planner.calibration.attempts import UNKNOWN, Codes, Flags, Floats
from planner.calibration.clock import utc_seconds
from planner.calibration.readers.month_names import month_number
from planner.calibration.readers.time_layouts import (
    EPOCH,
    EPOCH_MS,
    ISO,
    TimeLayout,
)

_YES = ("1", "true", "yes", "y", "t", "ja", "oui", "si", "sí", "sim", "x", "1.0")
_NO = ("0", "false", "no", "n", "f", "nein", "non", "não", "nao", "0.0")
_CLOCK = r"^\s*(?:(?P<d>\d+)[ .])?(?:(?P<h>\d{1,4}):)?(?P<m>\d{1,4}):(?P<s>\d{1,2}(?:[.,]\d+)?)\s*$"
#: Seconds since 1970 stand for years 2001 to 2199; other moments are typing errors.
_FIRST, _LAST = 1e9, 7.26e9


class Read(NamedTuple):
    """Numbers of a column, NaN where a cell is blank or wrong, and which cells are wrong."""

    values: Floats
    wrong: Any  # booleans


def moments(column: pa.Array, layout: TimeLayout, zone: ZoneInfo) -> Read:
    """Seconds since 1970 in UTC; moments without an offset are on the clock of ``zone``."""
    if pa.types.is_timestamp(column.type):
        seconds = _numbers(pc.cast(column, pa.timestamp("us", column.type.tz)).cast("int64")) / 1e6
        return _checked(seconds if column.type.tz else utc_seconds(seconds, zone), column)
    if _is_number(column.type):
        seconds = _numbers(column.cast(pa.float64()))
        return _checked(np.where(seconds > 1e11, seconds / 1000, seconds), column)
    cells = _blank_to_null(column)
    if layout in {EPOCH, EPOCH_MS}:
        seconds = _parsed_numbers(cells)
        return _checked(seconds / 1000 if layout == EPOCH_MS else seconds, cells)
    if layout == ISO:
        for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
            try:
                seconds = _numbers(pc.cast(cells, kind).cast("int64")) / 1e6
            except pa.ArrowInvalid:
                continue
            return _checked(seconds if kind.tz else utc_seconds(seconds, zone), cells)
    return _checked(_by_pattern(cells, layout, zone), cells)


def lengths(column: pa.Array, *, milliseconds: bool = False) -> Read:
    """Lengths of time in seconds, from numbers or from ``H:MM:SS``."""
    if pa.types.is_duration(column.type):
        seconds = _numbers(pc.cast(column, pa.duration("us")).cast("int64")) / 1e6
        return Read(seconds, np.zeros(len(column), bool))
    if pa.types.is_time(column.type):
        seconds = _numbers(pc.cast(column, pa.time64("us")).cast("int64")) / 1e6
        return Read(seconds, np.zeros(len(column), bool))
    unit = 0.001 if milliseconds else 1.0
    if _is_number(column.type):
        values = _numbers(column.cast(pa.float64()))
        return Read(np.where(values < 0, np.nan, values * unit), values < 0)
    cells = _blank_to_null(column)
    try:
        values = _numbers(pc.cast(cells, pa.float64())) * unit
    except pa.ArrowInvalid:
        values = _clock_lengths(cells, unit)
    given = ~_nulls(cells)
    wrong = given & ~(values >= 0)
    return Read(np.where(wrong, np.nan, values), wrong)


def flags(column: pa.Array) -> tuple[Flags, Any]:
    """1, 0 or UNKNOWN, and which cells are none of these; a moment means yes."""
    if pa.types.is_boolean(column.type):
        return _flags_of(_numbers(column.cast(pa.float64()))), np.zeros(len(column), bool)
    if pa.types.is_timestamp(column.type):
        return (~_nulls(column)).astype(np.int8), np.zeros(len(column), bool)
    if _is_number(column.type):
        values = _numbers(column.cast(pa.float64()))
        return _flags_of(np.where(values > 1, 1.0, values)), np.zeros(len(column), bool)
    cells = pc.utf8_lower(_blank_to_null(column))
    yes = _is_in(cells, _YES) | _matches(cells, r"^\d{9,}|^\d{4}-\d\d-\d\d")
    no = _is_in(cells, _NO)
    given = ~_nulls(cells)
    known = np.where(yes, 1, np.where(no, 0, UNKNOWN)).astype(np.int8)
    return known, given & ~yes & ~no


def texts(column: pa.Array) -> pa.Array:
    """Text without spaces around it; blank where there is none."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):  # ids that a spreadsheet or pandas took for numbers
        whole = pc.all(pc.equal(pc.floor(column), column)).as_py()
        column = column.cast(pa.int64()) if whole else column
    cells = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.fill_null(cells, "")


def coded(column: pa.Array) -> tuple[list[str], Codes]:
    """The different texts of a column, and which of them each cell is."""
    encoded = pc.dictionary_encode(texts(column))
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    return names, np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def classes(column: pa.Array, words: Mapping[str, str]) -> tuple[list[str], Any]:
    """The class of each cell by a table of words in lower case; blank where no word is known.

    A word that ends in ``*`` stands for all that begin so.
    """
    names, codes = coded(column)

    of_name = np.array([_class_of(name, words) for name in names] or [""], dtype=object)
    strangers = [name for name, found in zip(names, of_name, strict=False) if name and not found]
    return strangers, of_name[codes] if len(codes) else np.array([], dtype=object)


def _class_of(name: str, words: Mapping[str, str]) -> str:
    low = name.lower()
    if low in words:
        return words[low]
    for word, found in words.items():
        if word.endswith("*") and low.startswith(word[:-1]):
            return found
    return ""


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _numbers(column: pa.Array) -> Floats:
    return np.asarray(
        pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64
    )


def _nulls(column: pa.Array) -> Any:
    return np.asarray(pc.is_null(column).to_numpy(zero_copy_only=False), dtype=bool)


def _blank_to_null(column: pa.Array) -> pa.Array:
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), pa.string())
    cells = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def _checked(seconds: Floats, cells: pa.Array) -> Read:
    given = ~_nulls(cells)
    wrong = given & ~((seconds >= _FIRST) & (seconds <= _LAST))
    return Read(np.where(wrong, np.nan, seconds), wrong)


def _parsed_numbers(cells: pa.Array) -> Floats:
    match = pc.match_substring_regex(cells, r"^\d+(\.\d+)?$")
    return _numbers(pc.if_else(match, cells, pa.scalar(None, pa.string())).cast(pa.float64()))


def _clock_lengths(cells: pa.Array, unit: float) -> Floats:
    decimal = pc.replace_substring(cells, ",", ".")
    plain = pc.match_substring_regex(decimal, r"^\d+(\.\d+)?$")
    numbers = pc.if_else(plain, decimal, pa.scalar(None, pa.string()))
    values = _numbers(numbers.cast(pa.float64())) * unit
    parts = pc.extract_regex(decimal, _CLOCK)
    days, hours, minutes, seconds = (_part(parts, name) for name in "dhms")
    clock = 60 * (60 * (24 * np.nan_to_num(days) + np.nan_to_num(hours)) + minutes) + seconds
    return np.where(np.isnan(values), clock, values)


def _part(parts: pa.Array, name: str) -> Floats:
    cells = pc.struct_field(parts, name)
    return _numbers(pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells))


def _by_pattern(cells: pa.Array, layout: TimeLayout, zone: ZoneInfo) -> Floats:
    parts = pc.extract_regex(
        cells, layout.pattern.replace(r"[^\W\d_]", r"\pL").replace(r"[^\W\d]", r"\pL")
    )
    names = {field.name for field in parts.type}
    year, day = _part(parts, "Y"), _part(parts, "d")
    year = np.where(year < 100, year + 2000, year)
    if "m" in names:
        month = _part(parts, "m")
    else:
        month = _months(pc.struct_field(parts, "b"), layout.languages)
    hour, minute, second = (
        np.nan_to_num(_part(parts, name)) if name in names else np.zeros(len(cells))
        for name in "HMS"
    )
    if "p" in names:
        half = pc.utf8_lower(pc.struct_field(parts, "p"))
        hour = np.where(_is_in(half, ("p",)), hour % 12 + 12, hour)
        hour = np.where(_is_in(half, ("a",)), hour % 12, hour)
    fraction = _fractions(pc.struct_field(parts, "f")) if "f" in names else np.zeros(len(cells))
    possible = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (hour < 24) & (minute < 60)
    days, last = _days(np.where(possible, year, 1970), np.where(possible, month, 1), day)
    possible &= days <= last
    local = np.where(possible, days * 86400 + hour * 3600 + minute * 60 + second, np.nan)
    offset = _offsets(pc.struct_field(parts, "z")) if "z" in names else np.full(len(cells), np.nan)
    told = np.isfinite(offset)
    seconds = np.where(told, local - np.nan_to_num(offset), np.nan)
    if not told.all():
        seconds = np.where(told, seconds, utc_seconds(local, zone))
    return seconds + np.nan_to_num(fraction)


def _days(year: Floats, month: Floats, day: Floats) -> tuple[Floats, Floats]:
    """Days since 1970 of a date, and of the last day of its month."""
    start = ((year - 1970).astype(np.int64) * 12 + (month - 1).astype(np.int64)).astype(
        "datetime64[M]"
    )
    first, after = (
        month.astype("datetime64[D]").astype(np.float64) for month in (start, start + 1)
    )
    return first + day - 1, after - 1


def _months(cells: pa.Array, languages: tuple[str, ...]) -> Floats:
    names, codes = coded(cells)
    return np.array([month_number(name, languages) for name in names], dtype=np.float64)[codes]


def _fractions(cells: pa.Array) -> Floats:
    digits = pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)
    return _numbers(pc.cast(pc.binary_join_element_wise("0", digits, "."), pa.float64()))


def _offsets(cells: pa.Array) -> Floats:
    names, codes = coded(cells)

    def offset(name: str) -> float:
        if not name:
            return np.nan
        if name in {"Z", "UTC", "GMT"}:
            return 0.0
        digits = name[1:].replace(":", "")
        seconds = 3600.0 * int(digits[:2]) + 60.0 * int(digits[2:] or 0)
        return -seconds if name[0] == "-" else seconds

    return np.array([offset(name) for name in names], dtype=np.float64)[codes]


def _flags_of(values: Floats) -> Flags:
    return np.where(np.isnan(values), UNKNOWN, values).astype(np.int8)


def _is_in(cells: pa.Array, words: tuple[str, ...]) -> Any:
    found = pc.is_in(cells, value_set=pa.array(words, pa.string()))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _matches(cells: pa.Array, pattern: str) -> Any:
    found = pc.fill_null(pc.match_substring_regex(cells, pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
