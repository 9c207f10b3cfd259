"""Cells as people write them, in the spelling that the contracts read: ``12 %``, ``9am``.

Only what can mean one thing is understood; the rest stays as it is, and is a fault.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from typing import NamedTuple

from planner.contracts.values.fields import ID_SEPARATOR
from planner.contracts.values.weekly import DAY_NAMES

_DASHES = re.compile(r"\s*[\u2010-\u2015\u2212]\s*")
_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_GROUPS = re.compile(r"([+-]?\d{1,3})((?:([,.'\u2019 ])\d{3})(?:\3\d{3})*)(?:([,.])(\d+))?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\.?", re.IGNORECASE)
_WHOLE_MINUTES = re.compile(r"\b(\d{1,2}:\d{2}):00\b")
_DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAY_MONTH = re.compile(r"(\d{1,2})[\s.-]+([A-Za-z]{3,9})\.?[\s,-]+(\d{4})")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})")
_ISO_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?")
_LONG_DAYS = re.compile(
    r"\b(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b", re.IGNORECASE
)
_LEADING_TIME = re.compile(r"\d{1,2}:\d{2}\s*-")


class Mark(Enum):
    """What stands before the fraction in the numbers of a sheet."""

    POINT = "."
    COMMA = ","
    UNKNOWN = ""  # where cells are separated by something else than commas, it may be either


class Understood(NamedTuple):
    """A cell in plain spelling; ``unsure`` says what it may mean where that is not clear."""

    text: str
    unsure: str | None = None


def number(cell: str, mark: Mark, *, whole: bool, share: bool) -> Understood:
    """A number with per cent sign, thousands separators or a decimal comma.

    Parameters
    ----------
    cell : without spaces around it
    mark : of the sheet's numbers
    whole : the column holds whole numbers, which have no fraction
    share : the column holds shares, which people write in per cent
    """
    if share and cell.endswith("%"):
        per_cent = number(cell[:-1].strip(), mark, whole=False, share=False)
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", per_cent.text) or per_cent.unsure:
            return Understood(cell, per_cent.unsure)
        return Understood(_hundredth(per_cent.text))
    plain = _BLANKS.sub(" ", cell)
    found = _GROUPS.fullmatch(plain)
    if found is None or (found[4] is not None and found[4] == found[3]):
        decimal = re.fullmatch(r"[+-]?\d*,\d+", cell) and mark is not Mark.POINT and not whole
        return Understood(cell.replace(",", ".") if decimal else cell)
    return _grouped(found, cell, mark, whole=whole)


def _grouped(found: re.Match[str], cell: str, mark: Mark, *, whole: bool) -> Understood:
    """A number whose digits stand in groups of three, if that is what they are."""
    head, groups, separator, _, fraction = found.groups()
    digits = head + "".join(c for c in groups if c.isdigit())
    leading_zero = head.lstrip("+-").startswith("0")
    if fraction is not None or separator not in (",", ".") or len(groups) > len(",000"):
        is_number = not leading_zero and not (whole and fraction and fraction.strip("0"))
        spelt = f"{digits}.{fraction}" if fraction and not whole else digits
        return Understood(spelt if is_number else cell)
    decimal = f"{head}.{groups[1:]}"
    if leading_zero:  # 0.125 and 0,125 are no thousands
        return Understood(decimal if separator == "." or mark is not Mark.POINT else cell)
    may_be_fraction = not whole or not groups[1:].strip("0")  # 1.200 lines are no fraction
    if mark.value == separator and may_be_fraction:
        return Understood(cell if whole else decimal)
    if may_be_fraction and mark is Mark.UNKNOWN:
        return Understood(cell, f"{digits} or {decimal}: {cell} may be either")
    return Understood(digits)


def _hundredth(text: str) -> str:
    """A decimal number in per cent as a share, to the last digit."""
    from decimal import Decimal

    return format((Decimal(text) / 100).normalize(), "f")


def mark_of(cells: list[str]) -> Mark:
    """What stands before the fraction in numbers of which some can only be read in one way."""
    comma = any(re.fullmatch(r"[+-]?(0,\d+|\d*,(\d{1,2}|\d{4,}))\s*%?", c) for c in cells)
    point = any(re.fullmatch(r"[+-]?(0\.\d+|\d*\.(\d{1,2}|\d{4,}))\s*%?", c) for c in cells)
    if comma == point:
        return Mark.UNKNOWN
    return Mark.COMMA if comma else Mark.POINT


def seconds(cell: str) -> str:
    """``4:30`` as 270 seconds."""
    found = _DURATION.fullmatch(cell)
    if found is None or int(found[3]) > 59:
        return cell
    return str(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]))


def word(cell: str) -> str:
    """``Live Transfer`` as live_transfer."""
    return re.sub(r"[\s-]+", "_", _DASHES.sub("-", cell).strip().lower())


def truth(cell: str) -> str:
    """``x``, as people tick, as true."""
    return "true" if cell.lower() in ("x", "\u2713", "\u2714") else cell


def clock(cell: str) -> str:
    """``9am`` and ``09:00:00`` as 09:00."""
    whole = _WHOLE_MINUTES.fullmatch(cell.strip())
    if whole:
        return whole[1]
    found = _CLOCK.fullmatch(cell.strip())
    if found is None or not 1 <= int(found[1]) <= 12:
        return cell
    hour = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0)
    return f"{hour:02d}:{found[2] or '00'}"


def days(cell: str) -> str:
    """``Monday – Friday`` as Mon-Fri."""
    dashed = _DASHES.sub("-", cell)
    return _LONG_DAYS.sub(lambda found: found[1][:3].capitalize(), dashed)


def schedule(cell: str) -> str:
    """``Monday–Friday 9am–5pm`` as Mon-Fri 09:00-17:00; without days it is every day."""
    parts = []
    for part in re.split(r"[;\n]+", days(cell)):
        text = _WHOLE_MINUTES.sub(r"\1", part.strip())
        text = _CLOCK.sub(lambda found: clock(found[0]), text)
        text = re.sub(r"(?<=[a-z])\s*-\s*(?=[A-Z])", "-", text)
        text = re.sub(r"\s+to\s+", "-", text, flags=re.IGNORECASE)
        text = re.sub(r"^([A-Za-z,\s-]+):\s", r"\1 ", text)
        if _LEADING_TIME.match(text):
            text = f"{DAY_NAMES[0]}-{DAY_NAMES[-1]} {text}"
        if text:
            parts.append(text)
    return "; ".join(parts)


def day(cell: str) -> Understood:
    """``29.11.2026``, ``11/29/2026`` or ``29 Nov 2026`` as 2026-11-29."""
    midnight = _ISO_MIDNIGHT.fullmatch(cell)
    if midnight:
        return Understood(midnight[1])
    for pattern, (d, m) in ((_DAY_MONTH, (1, 2)), (_MONTH_DAY, (2, 1))):
        named = pattern.fullmatch(cell)
        if named and (month := _month(named[m])):
            return Understood(_iso(int(named[3]), month, int(named[d])) or cell)
    found = _DATE.fullmatch(cell)
    if found is None:
        return Understood(cell)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    readings = {r for r in (_iso(year, second, first), _iso(year, first, second)) if r}
    if len(readings) == 1:
        return Understood(readings.pop())
    if readings:
        return Understood(cell, f"{' or '.join(sorted(readings))}: {cell} may be either")
    return Understood(cell)


def moment(cell: str) -> Understood:
    """A date as :func:`day` reads it, and a time of day."""
    first, _, rest = cell.partition(" ")
    read = day(first)
    time = clock(rest.strip())
    if read.unsure or not rest.strip() or read.text == first:
        return Understood(cell, read.unsure)
    return Understood(f"{read.text}T{time.rjust(5, '0') if ':' in time else time}")


def dates(cell: str) -> Understood:
    """Several dates of one cell."""
    parts = [day(part.strip()) for part in re.split(r"[,;|]", cell)]
    unsure = next((part.unsure for part in parts if part.unsure), None)
    return Understood(",".join(part.text for part in parts), unsure)


def each(cell: str, mark: Mark) -> Understood:
    """Shares of one cell, one for each pass through a list."""
    parts = [number(part.strip(), mark, whole=False, share=True) for part in
             cell.split(ID_SEPARATOR)]  # fmt: skip
    unsure = next((part.unsure for part in parts if part.unsure), None)
    return Understood(ID_SEPARATOR.join(part.text for part in parts), unsure)


def _month(name: str) -> int:
    """The month of an English name or its beginning; 0 for other words, as Finnish marraskuu."""
    low = "sep" if name.lower() == "sept" else name.lower()
    return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(low)), 0)


def _iso(year: int, month: int, day_of_month: int) -> str | None:
    try:
        return date(year, month, day_of_month).isoformat()
    except ValueError:
        return None
