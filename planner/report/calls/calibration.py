"""A calibration as text, JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from planner.calibration.folder_update import FolderUpdate
from planner.calibration.plan_effect import PlanEffect
from planner.calibration.result import Calibration, Estimate, LogReading
from planner.contracts.values.told import share_change
from planner.contracts.values.weekly import format_clock, format_days
from planner.report.text_layout import NOTHING, bullets, clean, pairs, section, table, wrapped
from planner.report.words import amount, share
from planner.tables.writing import write_csv
from planner.version import __version__

COLUMNS = (
    *("campaign_id", "figure", "value", "low", "high"),
    *("attempts", "days", "method", "note"),
)
HOUR_COLUMNS = (
    *("campaign_id", "days", "from", "to", "figure"),
    *("value", "low", "high", "attempts"),
)
_WAIT_COLUMNS = ("campaign_id", "seconds", "still_waiting", "low", "high")
_TITLES = {
    "answer_rate*transfer_rate": "both rates together",
    "answer_rate_day_cv": "answer rate, days",
    "transfer_rate_day_cv": "transfer rate, days",
    "talk_day_cv": "talk, days",
}


def mapping_lines(reading: LogReading) -> list[str]:
    """How a file is read, as lines of a mapping file."""
    title = f"{clean(reading.file)} is read as {reading.format}:"
    return [title, *pairs((name, f"<- {clean(column)}") for name, column in reading.mapping)]


def calibration_text(
    found: Calibration, update: FolderUpdate | None = None, effect: PlanEffect | None = None
) -> str:
    """What was read, the estimates, what cannot be known, and what changes in the folder."""
    estimates = found.estimates
    campaigns, days = len(estimates.campaign_ids), _days(found)
    lines = [
        f"{estimates.attempts:,} attempts of {campaigns} campaign{'s' if campaigns > 1 else ''} "
        f"in {len(found.readings)} file{'s' if len(found.readings) > 1 else ''}, {days}",
        *section("Estimates, with 95 % intervals", _figures(estimates.figures)),
        *section("By hour", _hours(found)),
        *section("Not known", bullets(_unknown(estimates.figures))),
        *section("Beware", bullets(_beware(found))),
    ]
    if update is not None:
        lines += section("In the folder", _changes(update))
        lines += section("Ids that do not match", bullets(_strangers(update)))
        lines += section("What that does to the current lines", bullets(_effect(update, effect)))
    return "\n".join(lines) + "\n"


def calibration_document(
    found: Calibration, update: FolderUpdate | None = None, effect: PlanEffect | None = None
) -> dict[str, Any]:
    """The same as plain data."""
    estimates = found.estimates
    document: dict[str, Any] = {
        "attempts": estimates.attempts,
        "first_day": estimates.first_day,
        "last_day": estimates.last_day,
        "logs": [
            {
                "file": reading.file,
                "format": reading.format,
                "mapping": dict(reading.mapping),
                "rows": reading.rows,
                "attempts": reading.attempts,
                "warnings": list(reading.warnings),
            }
            for reading in found.readings
        ],
        "figures": [
            {name: getattr(item, name) for name in COLUMNS} | {"trust": item.trust}
            for item in estimates.figures
        ],
        "hours": [dict(zip(HOUR_COLUMNS, row, strict=True)) for row in _hour_rows(found)],
        "waits": [
            {"campaign_id": w.campaign_id, "seconds": list(w.seconds), "share": list(w.share)}
            for w in estimates.waits
        ],
        "warnings": list(found.warnings),
    }
    if update is not None:
        document["folder"] = _folder_document(update, effect)
    return document | {"version": __version__}


def write_calibration_files(out: Path, found: Calibration) -> None:
    """Write the estimates, those by hour, and the curves of waits.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    rows = [[getattr(item, name) for name in COLUMNS] for item in found.estimates.figures]
    write_csv(out / "calibration.csv", COLUMNS, rows)
    write_csv(out / "calibration_hours.csv", HOUR_COLUMNS, _hour_rows(found))
    waits = [
        (curve.campaign_id, *point)
        for curve in found.estimates.waits
        for point in zip(curve.seconds, curve.share, curve.low, curve.high, strict=True)
    ]
    if waits:
        write_csv(out / "calibration_waits.csv", _WAIT_COLUMNS, waits)
    mapping = {line: None for reading in found.readings for line in reading.lines}
    write_csv(out / "mapping.csv", ("field", "column", "format"), list(mapping))


def figure_text(value: float) -> str:
    """A figure with the digits that it deserves."""
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _days(found: Calibration) -> str:
    first, last = found.estimates.first_day, found.estimates.last_day
    count = max((item.days for item in found.estimates.figures), default=0)
    return f"on {first}" if first == last else f"{first} to {last}, {count} days with calls"


def _figures(figures: Sequence[Estimate]) -> list[str]:
    known = [item for item in figures if item.value is not None]
    rows: list[Any] = []
    for campaign_id in dict.fromkeys(item.campaign_id for item in known):
        rows.append(f"  {campaign_id}")
        rows += [_figure_row(item) for item in known if item.campaign_id == campaign_id]
    columns = ("Figure", ">Value", ">From", ">To", "Trust", "Note")
    return table(columns, rows) if rows else []


def _figure_row(item: Estimate) -> list[str]:
    assert item.value is not None
    ends = (NOTHING if end is None else figure_text(end) for end in (item.low, item.high))
    title = _TITLES.get(item.figure, item.figure)
    return [title, figure_text(item.value), *ends, item.trust, item.note or NOTHING]


def _hours(found: Calibration) -> list[str]:
    rows = []
    for item in found.estimates.hours:
        span = f"{format_clock(item.from_minute)}-{format_clock(item.to_minute)}"
        ends = (figure_text(end) for end in (item.value, item.low, item.high))
        rows.append([item.campaign_id, item.figure, span, *ends, f"{item.attempts:,}"])
    columns = ("Campaign", "Figure", "Hour", ">Value", ">From", ">To", ">Attempts")
    return table(columns, rows) if rows else []


def _hour_rows(found: Calibration) -> list[list[object]]:
    return [
        [
            item.campaign_id,
            format_days(item.days),
            format_clock(item.from_minute),
            format_clock(item.to_minute),
            item.figure,
            item.value,
            item.low,
            item.high,
            item.attempts,
        ]
        for item in found.estimates.hours
    ]


def _unknown(figures: Sequence[Estimate]) -> Iterator[str]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for item in figures:
        if item.value is None:
            reasons.setdefault((item.campaign_id, item.note), []).append(item.figure)
    for (campaign_id, why), names in reasons.items():
        yield f"{campaign_id}: {', '.join(names)}: {why}"


def _beware(found: Calibration) -> Iterator[str]:
    for reading in found.readings:
        for warning in reading.warnings:
            yield f"{reading.file}: {warning}"
    yield from found.warnings


def _changes(update: FolderUpdate) -> list[str]:
    if not update.changes:
        missing = {item.campaign_id for item in update.strangers if item.where == "folder"}
        shared = any(c.campaign_id not in missing for c in update.before.campaigns)
        why = (
            "what the logs tell is there already"
            if shared
            else ("no campaign of the folder is in the logs")
        )
        return wrapped(f"Nothing changes: {why}.", "  ")
    rows = []
    for change in update.changes:
        by = NOTHING if change.ratio is None else share_change(change.ratio - 1)
        old = change.old or NOTHING
        note = change.note or NOTHING
        rows.append([change.campaign_id, change.column, old, change.new, by, note])
    columns = ("Campaign", "Column", ">Was", ">Now", ">Change", "Note")
    lines = table(columns, rows)
    if update.hours:
        lines += wrapped(f"{update.hours} figures by hour go to intervals.csv.", "  ")
    return lines


def _strangers(update: FolderUpdate) -> Iterator[str]:
    for item in update.strangers:
        nearest = f"; the nearest is {item.nearest}" if item.nearest else ""
        if item.where == "logs":
            yield f"{item.campaign_id} of the logs is not in campaigns.csv{nearest}"
        else:
            yield f"{item.campaign_id} of campaigns.csv is not in the logs{nearest}"


def _effect(update: FolderUpdate, effect: PlanEffect | None) -> Iterator[str]:
    if effect is None:
        if update.changes:
            yield "There are no current lines; planner plan finds some."
        return
    before, after = amount(effect.value_before), amount(effect.value_after)
    yield f"Value by the planning tables: {after} an hour, {before} before."
    moved = [
        (abs((new or 0.0) - (old or 0.0)), campaign, dialer, old, new)
        for campaign, dialer, old, new in effect.pauses
        if old is not None and new is not None and abs(new - old) >= 0.005
    ]
    moved.sort(key=lambda item: (-item[0], item[1:3]))
    for _, campaign, dialer, old, new in moved[:10]:
        shares = f"{share(new or 0.0)} of the time, {share(old or 0.0)} before"
        yield f"{campaign} on {dialer} pauses {shares}."
    yield from (f"Now broken: {message}" for message in effect.breaks)
    yield from (f"Broken before, not now: {message}" for message in effect.mends)


def _folder_document(update: FolderUpdate, effect: PlanEffect | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "changes": [
            {
                "campaign_id": change.campaign_id,
                "column": change.column,
                "old": change.old,
                "new": change.new,
                "ratio": change.ratio,
                "note": change.note,
            }
            for change in update.changes
        ],
        "figures_by_hour": update.hours,
        "strangers": [
            {"campaign_id": s.campaign_id, "nearest": s.nearest, "where": s.where}
            for s in update.strangers
        ],
    }
    if effect is not None:
        document["effect"] = {
            "value_before": effect.value_before,
            "value_after": effect.value_after,
            "all_busy_share": [
                {"campaign_id": c, "dialer_id": d, "before": old, "after": new}
                for c, d, old, new in effect.pauses
            ],
            "breaks": list(effect.breaks),
            "mends": list(effect.mends),
        }
    return document
