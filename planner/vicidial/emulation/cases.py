"""Tables of allocation cases, as they were measured: their two result columns filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.tables.files import content_of
from planner.tables.sheets import SEPARATORS
from planner.tables.writing import csv_text
from planner.vicidial.allocation import allot, fill
from planner.vicidial.settings import MAXIMUM_LIMIT, OVERFLOW_ALLOWED
from planner.vicidial.tally import CALLS_PLACED, DISABLED, LOGGED_IN, NOT_PAUSED, WAITING, Tally

_COUNTS = ("ready", "incall", "sent_calls", "live_calls", "ivr_calls")
_DIALING = (
    "case",
    "max_vicidial_trunks",
    "other_inbound_calls",
    "campaign",
    "auto_dial_level",
    "available_only_ratio_tally",
    "dl_diff_target_method",
    "adaptive_dl_diff_target",
    "available_only_tally_threshold",
    "available_only_tally_threshold_agents",
    "dial_level_threshold",
    "dial_level_threshold_agents",
    *_COUNTS,
    "dedicated_trunks",
    "trunk_restriction",
    "oldest_last_call_s_ago",
)
_DIALING_RESULTS = ("new_calls", "local_trunk_shortage")
_FILL = (
    "case",
    "shortage_on_a",
    "max_vicidial_trunks_b",
    "balance_trunks_offlimits_b",
    "row_b_dedicated_trunks",
    "row_b_restriction",
    "other_campaigns_dedicated_b",
    "outbalance_live_b",
    "other_campaign_calls_b",
)
_FILL_RESULTS = ("new_outbalance_calls_b",)
_RESTRICTIONS = ("", MAXIMUM_LIMIT, OVERFLOW_ALLOWED)
_THRESHOLDS = ("", DISABLED, LOGGED_IN, NOT_PAUSED, WAITING)
#: What the cells of a column may say where that is a few words.
_WORDS = {
    "available_only_ratio_tally": ("Y", "N"),
    "dl_diff_target_method": ("", "ADAPT_CALC_ONLY", CALLS_PLACED),
    "available_only_tally_threshold": _THRESHOLDS,
    "dial_level_threshold": _THRESHOLDS,
    "trunk_restriction": _RESTRICTIONS,
    "row_b_restriction": _RESTRICTIONS,
}
_NAMES = ("case", "campaign")
_LEVEL, _AGE, _TARGET = "auto_dial_level", "oldest_last_call_s_ago", "adaptive_dl_diff_target"
#: Columns whose cells are of the server, and so the same in all rows of a case.
_SHARED = ("max_vicidial_trunks", "other_inbound_calls")
#: VICIdial keeps no larger numbers of calls.
_MOST = 1_000_000


class Case(NamedTuple):
    """One row of a table, with the place of it."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell without spaces around it."""
        return self.cells[column].strip()

    def number(self, column: str) -> float:
        """The cell as a number."""
        return float(self.text(column))

    def count(self, column: str) -> int:
        """The cell as a whole number, 0 where it is empty."""
        return int(self.number(column)) if self.text(column) else 0

    def fault(self, column: str) -> Fault | None:
        """What is wrong with a cell; None where it may say what it does."""
        text, words = self.text(column), _WORDS.get(column)
        if words is not None:
            wanted = " or ".join(word or "blank" for word in words)
            return None if text in words else self.told(column, wanted)
        if column in _NAMES:
            return None
        try:
            value = float(text) if text or column in (_LEVEL, _AGE) else 0.0
        except ValueError:
            return self.told(column, "a number")
        if column in (_LEVEL, _AGE):
            right = 0 <= value <= _MOST
            return None if right else self.told(column, f"a number from 0 to {_MOST:,}")
        least = -_MOST if column == _TARGET else 0
        right = least <= value <= _MOST and value == int(value)
        wanted = f"a whole number from {least:,} to {_MOST:,}"
        return None if right else self.told(column, wanted)

    def told(self, column: str, wanted: str) -> Fault:
        """A fault in a cell."""
        return Fault(self.file, self.line, column, self.text(column), wanted)


def filled_cases(path: str | Path) -> str:
    """The table of a file with its result columns filled, as CSV.

    Parameters
    ----------
    path : cases of the dialing step, or of the balance step; told apart by their columns

    Raises
    ------
    InputError
        If the file cannot be read, or a column or a number is wrong.
    """
    name = Path(path).name
    text = content_of(Path(path)).decode("utf-8-sig", errors="replace")
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    header = list(reader.fieldnames or ())
    needed, results, solve = (
        (_FILL, _FILL_RESULTS, _fill_results)
        if "shortage_on_a" in header
        else (_DIALING, _DIALING_RESULTS, _dialing_results)
    )
    missing = [Fault(name, 1, c, None, "this column") for c in needed if c not in header]
    if missing:
        raise InputError(missing)
    rows = [
        Case(name, reader.line_num, {key: row.get(key) or "" for key in header}) for row in reader
    ]
    faults = _faults(rows, needed)
    if faults:
        raise InputError(faults)
    columns = [*header, *(column for column in results if column not in header)]
    solved = _by_case(rows, solve)
    return csv_text(
        columns,
        [
            [dict(zip(results, found, strict=True)).get(c, _as_it_was(row, c)) for c in columns]
            for row, found in zip(rows, solved, strict=True)
        ],
    )


def _faults(rows: Sequence[Case], columns: Sequence[str]) -> list[Fault]:
    """All that is wrong with the rows, in their order."""
    found: list[Fault] = []
    first: dict[str, Case] = {}
    for row in rows:
        found += [fault for column in columns if (fault := row.fault(column)) is not None]
        before = first.setdefault(row.text("case"), row)
        found += [
            row.told(column, f"{before.text(column)} as in line {before.line}: one server has one")
            for column in _SHARED
            if column in columns and row.text(column) != before.text(column)
        ]
    return found


def _as_it_was(row: Case, column: str) -> str | int:
    """The cell; a whole number as one, so that a sign before it is not taken for a formula."""
    text = row.cells.get(column, "")
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and str(int(text)) == text else text


def _by_case(
    rows: Sequence[Case], solve: Callable[[Sequence[Case]], Sequence[tuple[int, ...]]]
) -> list[tuple[int, ...]]:
    """Results of all rows in their order, each case solved as a whole."""
    cases: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        cases.setdefault(row.text("case"), []).append(place)
    found: dict[int, tuple[int, ...]] = {}
    for places in cases.values():
        found |= zip(places, solve([rows[place] for place in places]), strict=True)
    return [found[place] for place in range(len(rows))]


def tally_of(row: Case) -> Tally:
    """The settings in a row of a dialing case."""
    placed = row.text("dl_diff_target_method") == CALLS_PLACED
    return Tally(
        level=row.number("auto_dial_level"),
        available_only=row.text("available_only_ratio_tally") == "Y",
        target=row.count("adaptive_dl_diff_target") if placed else 0,
        available_threshold=row.text("available_only_tally_threshold"),
        available_threshold_agents=row.count("available_only_tally_threshold_agents"),
        level_threshold=row.text("dial_level_threshold"),
        level_threshold_agents=row.count("dial_level_threshold_agents"),
    )


def _dialing_results(rows: Sequence[Case]) -> list[tuple[int, ...]]:
    """New calls and shortage of each campaign of a case, whose turns come by the oldest call."""
    trunks = rows[0].count("max_vicidial_trunks")
    used = rows[0].count("other_inbound_calls")
    # Every agent in a call has its call in the tables.
    used += sum(row.count(name) for row in rows for name in _COUNTS if name != "ready")
    dedicated = [row.count("dedicated_trunks") for row in rows]
    found: list[tuple[int, ...]] = [(0, 0)] * len(rows)
    turns = sorted(range(len(rows)), key=lambda r: -rows[r].number("oldest_last_call_s_ago"))
    for r in turns:
        row, tally = rows[r], tally_of(rows[r])
        ready, in_call = row.count("ready"), row.count("incall")
        if ready + in_call == 0:
            continue  # without an agent on the server a campaign is not dialed there
        limited = row.text("trunk_restriction") == MAXIMUM_LIMIT
        existing = in_call + row.count("sent_calls") + row.count("live_calls")
        new, shortage = allot(
            tally.wanted(ready, in_call),
            existing,
            used,
            trunks,
            dedicated[r] if limited else -1,
            sum(dedicated) - dedicated[r],
        )
        used += new
        found[r] = (new, shortage)
    return found


def _fill_results(rows: Sequence[Case]) -> list[tuple[int, ...]]:
    """New balance calls on the second server; each row is a case of its own."""
    return [(_filled(row),) for row in rows]


def _filled(row: Case) -> int:
    limited = row.text("row_b_restriction") == MAXIMUM_LIMIT
    balance_calls = row.count("outbalance_live_b")
    return fill(
        row.count("shortage_on_a") - balance_calls,
        balance_calls + row.count("other_campaign_calls_b"),
        row.count("max_vicidial_trunks_b"),
        row.count("balance_trunks_offlimits_b"),
        row.count("row_b_dedicated_trunks") if limited else -1,
        row.count("other_campaigns_dedicated_b"),
        balance_calls,
    )
