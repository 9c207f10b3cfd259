"""How a column of a log spells moments: found from its cells, or given in the way of strptime."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_CLOCK = (
    r"(?P<H>\d{1,2})[:.hH](?P<M>\d{2})(?:[:.]?(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?:\s*(?P<p>[AaPp])\.?\s*[Mm]\.?)?(?:\s*(?P<z>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
)
_WEEKDAY = r"(?:[^\W\d]+\.?,?\s+)?"
_MONTH_NAME = r"(?P<b>[^\W\d_]{2,12})\.?"
#: Words between a date and its clock: at, um, kl., a las.
_WORDS = r"[.,]?\s+(?:[^\W\d]{1,7}[.,]{0,2}\s+){0,2}"


class TimeLayout(NamedTuple):
    """A regular expression whose groups Y m b d H M S f p z are parts of a moment; or a kind.

    Names of months (b) are in one of ``languages``.
    """

    name: str
    pattern: str = ""
    languages: tuple[str, ...] = ()

    @property
    def names_months(self) -> bool:
        """Whether months have names."""
        return "(?P<b>" in self.pattern


_ISO = r"^\s*(?P<Y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ]\s*" + _CLOCK + r")?\s*$"
EPOCH = TimeLayout("epoch", r"\s*\d{9,10}(\.\d+)?\s*")
EPOCH_MS = TimeLayout("epoch_ms", r"\s*\d{12,13}(\.\d+)?\s*")
#: Moments as ISO 8601 spells them, and what is near it.
ISO = TimeLayout("iso", _ISO)
_COMPACT = TimeLayout(
    "%Y%m%d %H%M%S",
    r"^\s*(?P<Y>20\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)[T _-]?(?P<H>[0-2]\d):?(?P<M>[0-5]\d):?"
    r"(?P<S>[0-5]\d)(?:[.,](?P<f>\d{1,9}))?\s*(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?\s*$",
)
#: As Japanese and Chinese programs write it: 2026年11月30日 14時05分33秒, 14时05分, 14:05:33.
_EAST_ASIAN = TimeLayout(
    "%Y年%m月%d日 %H:%M:%S",
    r"^\s*(?P<Y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日\s*"
    r"(?P<H>\d{1,2})\s*[時时点:]\s*(?P<M>\d{1,2})\s*分?(?:\s*:?\s*(?P<S>\d{1,2})\s*秒?)?\s*$",
)
_NUMBERS = r"^\s*(?P<{0}>\d{{1,2}})[-/.](?P<{1}>\d{{1,2}})[-/.](?P<Y>\d{{2,4}}),?\s+{2}\s*$"
_DAY_FIRST = TimeLayout("%d/%m/%Y", _NUMBERS.format("d", "m", _CLOCK))
_MONTH_FIRST = TimeLayout("%m/%d/%Y", _NUMBERS.format("m", "d", _CLOCK))
_NAMED = (
    TimeLayout(
        "%d %b %Y",
        r"^\s*" + _WEEKDAY + r"(?P<d>\d{1,2})[.\s/-]+(?:de\s+|d['’])?" + _MONTH_NAME
        + r"[.\s/-]+(?:del?\s+)?(?P<Y>\d{4}|\d{2})(?:" + _WORDS + "|:)" + _CLOCK + r"\s*$",
    ),
    TimeLayout(
        "%b %d %Y",
        r"^\s*" + _WEEKDAY + _MONTH_NAME + r"\s+(?P<d>\d{1,2}),?\s+(?P<Y>\d{4})" + _WORDS
        + _CLOCK + r"\s*$",
    ),
    TimeLayout(
        "%Y %b %d",
        r"^\s*(?P<Y>\d{4})[.\s/-]+(?:m\.\s+)?" + _MONTH_NAME + r"[.\s/-]+(?P<d>\d{1,2})"
        + _WORDS + _CLOCK + r"\s*$",
    ),
    TimeLayout(
        "%b %d %H:%M:%S %Y",
        r"^\s*" + _WEEKDAY + _MONTH_NAME + r"\s+(?P<d>\d{1,2})\s+(?P<H>\d{1,2}):(?P<M>\d{2}):"
        r"(?P<S>\d{2})(?:\s+(?P<z>UTC|GMT))?\s+(?P<Y>\d{4})\s*$",
    ),
)  # fmt: skip
_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<Y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "b": _MONTH_NAME,
    "B": _MONTH_NAME,
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})",
    "f": r"(?P<f>\d{1,9})",
    "p": r"(?P<p>[AaPp])\.?\s*[Mm]\.?",
    "z": r"(?P<z>Z|[+-]\d{2}(?::?\d{2})?)",
    "%": "%",
}


class AmbiguousTimes(ValueError):
    """Day and month cannot be told apart: no day of the log is after the twelfth."""


def given_layout(text: str) -> TimeLayout:
    """The layout of a format such as ``%d/%m/%Y %H:%M:%S``, or ``epoch``, ``epoch_ms``, ``iso``.

    Raises
    ------
    ValueError
        If a directive is not known, or there is no year, month or day.
    """
    for known in (EPOCH, EPOCH_MS, ISO):
        if text == known.name:
            return known
    parts = re.split(r"%(.)", text)
    pattern = "".join(
        _DIRECTIVES.get(part, "\0") if place % 2 else _literal(part)
        for place, part in enumerate(parts)
    )
    groups = set(re.findall(r"\(\?P<(\w)>", pattern))
    if "\0" in pattern or not {"Y", "d"} <= groups or not groups & {"m", "b"}:
        raise ValueError(f"no format of a date and time: {text!r}")
    return TimeLayout(text, r"^\s*" + pattern + r"\s*$")


def _literal(text: str) -> str:
    """What lies between directives; spaces are any number of spaces."""
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", text))


def month_names(layout: TimeLayout, seen: Mapping[str, int]) -> Counter[str]:
    """How often each name of a month stands in cells of such a layout."""
    names: Counter[str] = Counter()
    for cell, count in seen.items():
        match = re.fullmatch(layout.pattern, cell)
        if match:
            names[match["b"]] += count
    return names


def found_layout(cells: Sequence[str]) -> TimeLayout | None:
    """The layout that all cells have; None if none does.

    Raises
    ------
    AmbiguousTimes
        If the day may be the month.
    """
    for layout in (EPOCH, EPOCH_MS, ISO, _COMPACT, _EAST_ASIAN, *_NAMED):
        if all(re.fullmatch(layout.pattern, cell) for cell in cells):
            return layout
    matches = [re.fullmatch(_DAY_FIRST.pattern, cell) for cell in cells]
    if not all(matches):
        return None
    firsts = max(int(match["d"]) for match in matches if match)
    seconds = max(int(match["m"]) for match in matches if match)
    if firsts > 12 and seconds > 12:
        return None
    # Nobody puts the month first and dots between.
    if firsts > 12 or all("." in cell.split()[0] for cell in cells):
        return _DAY_FIRST
    if seconds > 12:
        return _MONTH_FIRST
    raise AmbiguousTimes
