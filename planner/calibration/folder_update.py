"""Estimates put into a planning folder: which cells change, by how much, and the new tables."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from planner.calibration.estimates.passes import pass_figure
from planner.calibration.result import REQUEST_RATE, Estimate, Estimates, HourEstimate
from planner.contracts.problem import Campaign, Interval, Overflow, Problem
from planner.contracts.values.weekly import format_clock, format_days
from planner.tables.cells import columns, spelt
from planner.tables.folder import folder_content, read_content
from planner.tables.sheets import csv_sheet
from planner.tables.templates import csv_files
from planner.tables.writing import csv_text, write_text

#: Columns of campaigns.csv that calls tell.
FIGURES = (
    "attempt_seconds",
    "attempt_cv",
    "answer_rate",
    "transfer_rate",
    "talk_seconds",
    "talk_cv",
    "wrap_up_seconds",
    "patience_seconds",
    "answer_rate_day_cv",
    "transfer_rate_day_cv",
    "talk_day_cv",
)
_BROADCAST_FIGURES = ("attempt_seconds", "attempt_cv", "answer_rate", "answer_rate_day_cv")
_MOST_DAY_CV = 2.0
_VARIATIONS = ("attempt_cv", "talk_cv")
_HOUR_FIGURES = ("answer_rate", "transfer_rate", "talk_seconds")
_DIGITS = 5
#: Hours that differ by less than this from the campaign's own figure get no row.
_LEAST_DIFFERENCE = 0.02
_CAMPAIGNS, _INTERVALS = "campaigns.csv", "intervals.csv"


@dataclass(frozen=True)
class CellChange:
    """One cell of a table that gets another value; blank text for a blank cell."""

    campaign_id: str
    column: str
    old: str
    new: str
    ratio: float | None = None  # new by old, where both are numbers
    note: str = ""


@dataclass(frozen=True)
class Stranger:
    """An id of the logs that the folder lacks, or the other way round, and what is nearest."""

    campaign_id: str
    nearest: str | None
    where: str  # "logs" or "folder"


@dataclass(frozen=True)
class FolderUpdate:
    """What a calibration changes in a folder, and the folder's tables with it."""

    changes: tuple[CellChange, ...]
    hours: int
    strangers: tuple[Stranger, ...]
    files: Mapping[str, bytes] = field(repr=False)
    before: Problem = field(repr=False)
    after: Problem = field(repr=False)


def update_folder(folder: Path, estimates: Estimates, *, day_widening: float = 1.0) -> FolderUpdate:
    """Work out what a planning folder is with the figures of the logs; nothing is written.

    Parameters
    ----------
    folder : a planning folder, or a workbook
    estimates : of the logs
    day_widening : day-to-day variation is multiplied by it, as a backtest may ask for

    Raises
    ------
    InputError
        If the folder has faults.
    """
    content = folder_content(folder)
    if len(content) == 1 and not next(iter(content)).lower().endswith(".csv"):
        content = {n: t.encode() for n, t in csv_files(read_content(content)).items()}
    return update_tables(content, estimates, day_widening=day_widening)


def update_tables(
    content: Mapping[str, bytes],
    estimates: Estimates,
    *,
    taken: Collection[tuple[str, str]] | None = None,
    day_widening: float = 1.0,
) -> FolderUpdate:
    """Work out what the tables of a planning folder are with the figures of the logs.

    Parameters
    ----------
    content : of the CSV files, by name
    estimates : of the logs
    taken : campaign and column of the figures to take; all where None
    day_widening : day-to-day variation is multiplied by it

    Raises
    ------
    InputError
        If the tables have faults.
    """
    before = read_content(content)
    known = {campaign.campaign_id: campaign for campaign in before.campaigns}
    names = {name.lower(): name for name in content}
    changes: list[CellChange] = []
    for name in estimates.campaign_ids:
        if name in known:
            found = _new_cells(known[name], estimates, day_widening)
            changes += [c for c in found if taken is None or (name, c.column) in taken]
    wanted: dict[str, dict[str, str]] = {}
    for change in changes:
        wanted.setdefault(change.campaign_id, {})[change.column] = change.new
    file = names[_CAMPAIGNS]
    files = {**content, file: _with_cells(file, content[file], wanted)}
    hours = [
        hour
        for hour in _differing(estimates)
        if hour.campaign_id in known and (taken is None or (hour.campaign_id, hour.figure) in taken)
    ]
    if hours:
        files[names.get(_INTERVALS, _INTERVALS)] = _intervals(before, hours)
    after = read_content({n: c for n, c in files.items() if c})
    return FolderUpdate(
        tuple(changes), len(hours), _strangers(known, estimates), files, before, after
    )


def write_update(update: FolderUpdate, out: Path) -> None:
    """Write all tables of the updated folder.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    for name, content in update.files.items():
        if not content:
            continue  # no table of ours: it is not carried over
        path = out / name
        if path.exists() and path.read_bytes() == content:
            continue
        write_text(path, content.decode("utf-8")) if _is_utf8(content) else path.write_bytes(
            content
        )


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _new_cells(campaign: Campaign, estimates: Estimates, day_widening: float) -> list[CellChange]:
    """The cells of a campaign that get a value, those that stay the same left out."""
    found = []
    for column in FIGURES:
        if column not in columns(Campaign):
            continue
        text, note = _new_value(campaign, column, estimates, day_widening)
        old = getattr(campaign, column)
        if column == "answer_rate":
            old = getattr(campaign, "answer_rate_by_pass", ()) or old
        if text is None or text == _spelt(old):
            continue
        ratio = float(text) / float(old) if _is_number(old) and "|" not in text and old else None
        found.append(CellChange(campaign.campaign_id, column, _spelt(old), text, ratio, note))
    return found


def _new_value(
    campaign: Campaign, column: str, estimates: Estimates, day_widening: float
) -> tuple[str | None, str]:
    """The new text of a cell and a note; None to leave it as it is."""
    name = campaign.campaign_id
    found = estimates.of(name, column)
    if not _is_used(campaign, column):
        return None, ""
    if column == "answer_rate" and (passes := _passes(name, estimates)):
        return passes, "by pass through the list"
    if found is None or found.value is None:
        return _from_product(campaign, estimates) if column == "transfer_rate" else (None, "")
    if column in _VARIATIONS and found.is_one:
        return "1", f"{found.value:.3g} in the logs, which 1 explains as well"
    if column.endswith("_day_cv"):
        note = f"widened by {day_widening:.2f} as the backtest asks" if day_widening > 1 else ""
        return _rounded(min(found.value * day_widening, _MOST_DAY_CV)), note
    return (_rounded(found.value) if _fits(column, found.value) else None), ""


def _is_used(campaign: Campaign, column: str) -> bool:
    """Whether the campaign has a use for the column."""
    if column == "patience_seconds":
        return campaign.overflow is Overflow.HOLD
    return campaign.is_live_transfer or column in _BROADCAST_FIGURES


def _from_product(campaign: Campaign, estimates: Estimates) -> tuple[str | None, str]:
    """The transfer rate that gives the product of both rates, where only that is known."""
    product = estimates.of(campaign.campaign_id, REQUEST_RATE)
    rate = campaign.answer_rate
    if product is None or product.value is None or not _is_number(rate) or rate < product.value:
        return None, ""
    note = f"so that the product with answer_rate {_spelt(rate)} is that of the logs"
    return _rounded(product.value / rate), note


def _fits(column: str, value: float) -> bool:
    """Whether the column can hold it: times above 0, but for the wrap-up."""
    return value > 0 or column in {"wrap_up_seconds"} or not column.endswith("_seconds")


def _passes(name: str, estimates: Estimates) -> str | None:
    """The answer rates by pass as the column spells them, where it can hold several."""
    rates: list[Estimate] = []
    while (found := estimates.of(name, pass_figure(len(rates) + 1))) is not None:
        rates.append(found)
    if len(rates) < 2:
        return None
    text = "|".join(_rounded(rate.value or 0.0) for rate in rates)
    trial = {"campaign_id": name, "kind": "broadcast", "attempt_seconds": 1, "answer_rate": text}
    try:
        Campaign.model_validate(trial)
    except ValidationError:
        return None
    return text


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _rounded(value: float) -> str:
    return f"{value:.{_DIGITS}g}" if value < 10**_DIGITS else f"{value:.0f}"


def _spelt(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "|".join(_spelt(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _with_cells(label: str, content: bytes, wanted: Mapping[str, Mapping[str, str]]) -> bytes:
    """The table with other cells; columns that it lacks are added at the end."""
    sheet = csv_sheet(label, content)
    header = list(sheet.header.cells)
    added = [c for cells in wanted.values() for c in cells if c not in header]
    header += dict.fromkeys(added)
    key = header.index("campaign_id")
    rows = []
    for _, cells in sheet.rows:
        row = [*cells[: len(header)], *[""] * (len(header) - len(cells))]
        for column, text in wanted.get(row[key].strip(), {}).items():
            row[header.index(column)] = text
        rows.append([_plain(cell, decimal_comma=sheet.decimal_comma) for cell in row])
    return csv_text(header, rows).encode()


def _plain(cell: str, *, decimal_comma: bool) -> str:
    """A decimal comma becomes a point: the table is written with commas between its cells."""
    number = cell.strip().replace(",", ".", 1)
    if decimal_comma and cell.count(",") == 1 and number.replace(".", "", 1).isdigit():
        return number
    return cell


def _differing(estimates: Estimates) -> list[HourEstimate]:
    """The hours of figures of which some hour differs enough to matter."""
    matter = set()
    for hour in estimates.hours:
        whole = estimates.of(hour.campaign_id, hour.figure)
        if whole is None or not whole.value:
            continue
        if abs(hour.value / whole.value - 1) >= _LEAST_DIFFERENCE:
            matter.add((hour.campaign_id, hour.figure))
    return [hour for hour in estimates.hours if (hour.campaign_id, hour.figure) in matter]


def _intervals(problem: Problem, hours: Sequence[HourEstimate]) -> bytes:
    """The table of intervals: what the logs tell by hour in place of what was there."""
    told = {(hour.campaign_id, hour.figure) for hour in hours}
    header = list(columns(Interval))
    rows: list[list[object]] = []
    for item in problem.intervals:
        values = {name: getattr(item, name) for name in columns(Interval).values()}
        for figure in _HOUR_FIGURES:
            if (item.campaign_id, figure) in told:
                values[figure] = None
        fixed = ("campaign_id", "days", "from_minute", "to_minute")
        if all(value is None for name, value in values.items() if name not in fixed):
            continue
        kept = item.model_copy(update=values)
        rows.append([spelt(kept, name) for name in values])
    grouped: dict[tuple[str, tuple[int, ...], int, int], dict[str, str]] = {}
    for hour in hours:
        key = hour.campaign_id, hour.days, hour.from_minute, hour.to_minute
        grouped.setdefault(key, {})[hour.figure] = _rounded(hour.value)
    for (name, days, start, end), cells in sorted(grouped.items()):
        places = {
            "campaign_id": name,
            "days": format_days(days),
            "from": format_clock(start),
            "to": format_clock(end),
            **cells,
        }
        rows.append([places.get(column) for column in header])
    return csv_text(header, rows).encode()


def _strangers(known: Collection[str], estimates: Estimates) -> tuple[Stranger, ...]:
    found = []
    told = estimates.campaign_ids
    for name in told:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            found.append(Stranger(name, close[0] if close else None, "logs"))
    for name in known:
        if name not in told:
            close = difflib.get_close_matches(name, told, n=1, cutoff=0.4)
            found.append(Stranger(name, close[0] if close else None, "folder"))
    return tuple(found)
