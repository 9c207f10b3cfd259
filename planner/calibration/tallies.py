"""Counts and sums of attempts by campaign, dialer, day and hour: all that the estimates need.

A log is read once, in pieces, and its attempts are forgotten: what is kept grows with days and
dialers, and with the waits for agents, not with the calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from planner.calibration.attempts import (
    CUT_OFF,
    GAVE_UP,
    OUTCOMES,
    Attempts,
    Codes,
    Floats,
    attempt_ends,
)
from planner.calibration.clock import day_of, hour_of, local_seconds
from planner.calibration.length_bins import BINS, bin_of

#: What is summed in each cell. ``known`` are answered attempts of which is known whether a human
#: or a machine took them; ``long`` talks are those of more than an hour.
SUMS = (
    "attempts",
    "answered",
    "answer_told",
    "known",
    "humans",
    "requests",
    "transfers",
    "lengths",
    "length_sum",
    "length_squares",
    "talks",
    "talk_sum",
    "talk_squares",
    "talk_logs",
    "talk_log_squares",
    "long_talks",
    "long_sum",
    "long_squares",
    "wraps",
    "wrap_sum",
    "wrap_squares",
    "waits",
    "wait_sum",
    "gave_up",
    "endless",
)
_PLACE = {name: place for place, name in enumerate(SUMS)}
LONG_TALK = 3600.0
#: Shorter talks are rounded to nothing by logs of whole seconds [s].
_SHORTEST_TALK = 0.5
#: What is under way for longer has lost its end [s].
_LOST_AFTER = 4 * 3600.0
#: Clocks that disagree by more do not tell how long something took [s].
_CLOCKS_DIFFER = 60.0
_HOURS = 24
#: Days since 1970 fit in, as do some millions of campaigns and dialers.
_DAYS, _DIALERS = 1 << 17, 1 << 20


class Cell(NamedTuple):
    """Where something is summed."""

    campaign: str
    dialer: str
    day: int
    hour: int


class Waits(NamedTuple):
    """Waits of callees for an agent: how long, whether they gave up, and the day."""

    seconds: Floats
    gave_up: Any  # booleans
    day: Codes


class Tallies:
    """Sums over attempts, added piece by piece.

    Parameters
    ----------
    zones : the zone of each campaign's clock, by id
    zone : that of the others
    """

    def __init__(self, zones: dict[str, ZoneInfo] | None = None, zone: ZoneInfo | None = None):
        self._zones = zones or {}
        self._zone = zone or ZoneInfo("UTC")
        self._names: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self._places: dict[int, int] = {}
        self._sums = np.zeros((256, len(SUMS)))
        self._passes: dict[tuple[int, int, int], list[float]] = {}
        self._waits: dict[int, list[Waits]] = {}
        self._running: list[tuple[str, Codes, Floats]] = []  # kind, cell, start
        self._last: dict[int, float] = {}  # by day, the last moment heard of
        self._lengths: dict[tuple[str, int], Floats] = {}

    def add(self, attempts: Attempts) -> None:
        """Add a piece of a log."""
        campaigns = self._global(0, attempts.campaigns)
        dialers = self._global(1, attempts.dialers)
        for code in np.unique(attempts.campaign):
            zone = self._zones.get(attempts.campaigns[code], self._zone)
            part = attempts.where(attempts.campaign == code) if self._zones else attempts
            self._add(part, campaigns[part.campaign], dialers[part.dialer], zone)
            if not self._zones:
                break

    def add_sums(self, cell: Cell, sums: dict[str, float]) -> None:
        """Add what is known only as sums over an interval."""
        codes = (self._global(0, [cell.campaign])[0], self._global(1, [cell.dialer])[0])
        key = self._keys(
            np.array([codes[0]]), np.array([codes[1]]), np.array([cell.day]), np.array([cell.hour])
        )
        place = self._cells(key)[0]
        for name, value in sums.items():
            self._sums[place, _PLACE[name]] += value

    def cells(self) -> tuple[list[Cell], Floats]:
        """All cells, sorted, and their sums [cell, sum]; what was under way is in them."""
        self._close()
        campaigns, dialers = (list(names) for names in self._names)
        found = []
        for key, place in self._places.items():
            rest, hour = divmod(key, _HOURS)
            rest, day = divmod(rest, _DAYS)
            campaign, dialer = divmod(rest, _DIALERS)
            found.append((Cell(campaigns[campaign], dialers[dialer], day, hour), place))
        found.sort()
        return [cell for cell, _ in found], self._sums[[place for _, place in found]]

    def waits(self) -> dict[str, Waits]:
        """The waits of each campaign."""
        names = list(self._names[0])
        return {
            names[code]: Waits(*(np.concatenate(column) for column in zip(*parts, strict=True)))
            for code, parts in self._waits.items()
        }

    def passes(self) -> dict[str, dict[tuple[int, int], tuple[float, float]]]:
        """Attempts and human answers of each campaign, by day and pass through the list."""
        names = list(self._names[0])
        found: dict[str, dict[tuple[int, int], tuple[float, float]]] = {}
        for (code, day, number), (count, humans) in sorted(self._passes.items()):
            found.setdefault(names[code], {})[day, number] = (count, humans)
        return found

    def _global(self, kind: int, names: Iterable[str]) -> Codes:
        known = self._names[kind]
        return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)

    @staticmethod
    def _keys(campaign: Codes, dialer: Codes, day: Codes, hour: Codes) -> Codes:
        keys: Codes = ((campaign * _DIALERS + dialer) * _DAYS + day) * _HOURS + hour
        return keys

    def _cells(self, keys: Codes) -> Codes:
        for key in keys.tolist():
            self._places.setdefault(key, len(self._places))
        if len(self._places) > len(self._sums):
            grown = np.zeros((2 * len(self._places), len(SUMS)))
            grown[: len(self._sums)] = self._sums
            self._sums = grown
        return np.array([self._places[key] for key in keys.tolist()], dtype=np.int64)

    def _add(self, part: Attempts, campaign: Codes, dialer: Codes, zone: ZoneInfo) -> None:
        local = local_seconds(part.launched, zone)
        day = day_of(local)
        keys, row = np.unique(
            self._keys(campaign, dialer, day, hour_of(local)), return_inverse=True
        )
        place = self._cells(keys)
        columns = _columns(part)
        self._sums[place] += np.stack(
            [np.bincount(row, columns[name], minlength=len(keys)) for name in SUMS], axis=1
        )
        self._note_last(part, day)
        self._note_running(part, place[row])
        for kind, lengths, known in (
            ("length", columns["length_sum"], columns["lengths"]),
            ("talk", columns["talk_sum"], columns["talks"]),
        ):
            self._note_lengths(kind, campaign, lengths, known > 0)
        self._note_waits(part, campaign, day)
        self._note_passes(part, campaign, day, columns["humans"])

    def _note_last(self, part: Attempts, day: Codes) -> None:
        latest = np.fmax.reduce([part.launched, part.ended, part.connected, part.requested])
        for found in np.unique(day).tolist():
            last = float(latest[day == found].max())
            self._last[found] = max(self._last.get(found, -np.inf), last)

    def _note_running(self, part: Attempts, place: Codes) -> None:
        running = np.isnan(attempt_ends(part))
        on = np.isnan(part.ended)
        talking = np.isfinite(part.connected) & on
        held = np.isfinite(part.requested) & np.isnan(part.connected) & on
        for kind, under_way, start in (
            ("length", running, part.launched),
            ("talk", talking, part.connected),
            ("wait", held, part.requested),
        ):
            if under_way.any():
                self._running.append((kind, place[under_way], start[under_way]))

    def _note_lengths(self, kind: str, campaign: Codes, lengths: Floats, known: Any) -> None:
        bins = bin_of(lengths[known])
        codes = campaign[known]
        for code in np.unique(codes).tolist():
            mine = codes == code
            values = lengths[known][mine]
            into = self._lengths.setdefault((kind, code), np.zeros((3, BINS)))
            for power in range(3):
                into[power] += np.bincount(bins[mine], values**power, minlength=BINS)

    def _note_waits(self, part: Attempts, campaign: Codes, day: Codes) -> None:
        seconds, gave_up, known = _waits(part)
        for code in np.unique(campaign[known]).tolist():
            mine = known & (campaign == code)
            found = Waits(seconds[mine], gave_up[mine], day[mine])
            self._waits.setdefault(code, []).append(found)

    def _note_passes(self, part: Attempts, campaign: Codes, day: Codes, humans: Floats) -> None:
        told = part.attempt_pass > 0
        if not told.any():
            return
        keys = np.stack([campaign[told], day[told], part.attempt_pass[told]])
        found, row = np.unique(keys, axis=1, return_inverse=True)
        count, answered = np.bincount(row.ravel()), np.bincount(row.ravel(), humans[told])
        for place, key in enumerate(found.T.tolist()):
            sums = self._passes.setdefault((key[0], key[1], key[2]), [0.0, 0.0])
            sums[0] += float(count[place])
            sums[1] += float(answered[place])

    def _close(self) -> None:
        """Give what is under way at the end of its day the length that such ones come to."""
        by_place = {place: key for key, place in self._places.items()}
        groups: dict[tuple[str, int], list[tuple[int, float]]] = {}
        for kind, places, starts in self._running:
            for place, start in zip(places.tolist(), starts.tolist(), strict=True):
                rest, day = divmod(by_place[place] // _HOURS, _DAYS)
                age = self._last[day] - start
                if age > _LOST_AFTER:
                    self._sums[place, _PLACE["endless"]] += kind == "length"
                elif kind == "wait":
                    self._sums[place, [_PLACE["waits"], _PLACE["wait_sum"]]] += (1.0, age)
                    waited = Waits(np.array([age]), np.array([False]), np.array([day]))
                    self._waits.setdefault(rest // _DIALERS, []).append(waited)
                else:
                    groups.setdefault((kind, rest // _DIALERS), []).append((place, age))
        self._running = []
        for (kind, code), censored in groups.items():
            bins = self._lengths.get((kind, code))
            if bins is None or not bins[0].any():
                continue  # nothing ever ends in this log: its lengths are not known
            self._redistribute(kind, bins.copy(), censored)

    def _redistribute(self, kind: str, bins: Floats, censored: list[tuple[int, float]]) -> None:
        """Efron's redistribution to the right: the Kaplan-Meier mean, restricted to the longest."""
        means = bins[1:] / np.maximum(bins[0], 1.0)
        weight = bins[0]
        names = ["lengths", "length_sum", "length_squares"]
        if kind == "talk":
            names = ["talks", "talk_sum", "talk_squares", "talk_logs", "talk_log_squares"]
        into = [_PLACE[name] for name in names]
        logs = np.log(np.maximum(means[0], _SHORTEST_TALK))
        for place, age in sorted(censored, key=lambda item: -item[1]):
            longer = slice(int(bin_of(np.array([age]))[0]) + 1, None)
            tail = weight[longer].sum()
            log = np.log(max(age, _SHORTEST_TALK))
            added = np.array([1.0, age, age * age, log, log * log])
            if tail > 0:
                means_of = np.stack([*means, logs, logs**2])[:, longer]
                added[1:] = means_of @ weight[longer] / tail
                weight[longer] *= 1.0 + 1.0 / tail
            self._sums[place, into] += added[: len(into)]


def _columns(part: Attempts) -> dict[str, Floats]:
    """What each attempt adds to each sum."""
    ends = attempt_ends(part)
    asked = np.isfinite(part.requested) | np.isfinite(part.connected)
    told = part.answered >= 0
    human = (part.human == 1) | asked
    answered = (part.answered == 1) | human
    length = _span(part.launched, ends)
    talk = _span(part.connected, part.ended)
    wrap = _span(part.ended, np.where(np.isfinite(part.connected), part.released, np.nan))
    wait, gave_up, waited = _waits(part)
    long = np.where(talk > LONG_TALK, talk, 0.0)
    known = {name: np.isfinite(v) for name, v in (("l", length), ("t", talk), ("w", wrap))}
    length, talk, wrap, wait = (np.nan_to_num(v) for v in (length, talk, wrap, wait))
    logs = np.where(known["t"], np.log(np.maximum(talk, _SHORTEST_TALK)), 0.0)
    return {
        "attempts": np.ones(len(part)),
        "answered": answered.astype(np.float64),
        "answer_told": (told | human | (part.human >= 0)).astype(np.float64),
        "known": (answered & (part.human >= 0)).astype(np.float64),
        "humans": human.astype(np.float64),
        "requests": asked.astype(np.float64),
        "transfers": np.isfinite(part.connected).astype(np.float64),
        "lengths": known["l"].astype(np.float64),
        "length_sum": length,
        "length_squares": length**2,
        "talks": known["t"].astype(np.float64),
        "talk_sum": talk,
        "talk_squares": talk**2,
        "talk_logs": logs,
        "talk_log_squares": logs**2,
        "long_talks": (long > 0).astype(np.float64),
        "long_sum": np.nan_to_num(long),
        "long_squares": np.nan_to_num(long) ** 2,
        "wraps": known["w"].astype(np.float64),
        "wrap_sum": wrap,
        "wrap_squares": wrap**2,
        "waits": waited.astype(np.float64),
        "wait_sum": np.where(waited, wait, 0.0),
        "gave_up": (gave_up & waited).astype(np.float64),
        "endless": np.zeros(len(part)),
    }


def _waits(part: Attempts) -> tuple[Floats, Any, Any]:
    """Seconds waited for an agent, whether the callee gave up, and whether that is known."""
    gave_up = part.outcome == OUTCOMES.index(GAVE_UP)
    cut_off = part.outcome == OUTCOMES.index(CUT_OFF)
    until = np.where(np.isfinite(part.connected), part.connected, part.ended)
    seconds = _span(part.requested, until)
    known = np.isfinite(seconds) & (np.isfinite(part.connected) | gave_up | cut_off)
    return seconds, gave_up & ~np.isfinite(part.connected), known


def _span(start: Floats, end: Floats) -> Floats:
    """Seconds between two moments; clocks that disagree by a little do not make them negative.

    What ends long before it begins, as when the clock goes back meanwhile, is not known.
    """
    seconds: Floats = end - start
    return np.where(seconds < -_CLOCKS_DIFFER, np.nan, np.maximum(seconds, 0.0))
