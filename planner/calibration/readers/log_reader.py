"""One log read as attempts, piece by piece; what cannot be read is counted and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from planner.calibration.attempts import Attempts, concatenated
from planner.calibration.clock import settled
from planner.calibration.readers.attempt_fields import OUTCOME_WORDS, Fields, attempts_of
from planner.calibration.readers.column_layout import (
    counted,
    days_of,
    is_local,
    is_naive,
    nearly_all,
    unlike,
)
from planner.calibration.readers.formats import (
    ATTEMPTS,
    FLAGS,
    LENGTH_FIGURES,
    LENGTHS,
    TIMES,
    WORDS,
)
from planner.calibration.readers.legs import Legs, joined
from planner.calibration.readers.log_files import LogFile
from planner.calibration.readers.mapping import Mapping as ColumnMapping
from planner.calibration.readers.month_names import LANGUAGES, ManyMeanings, languages_of
from planner.calibration.readers.repeats import Seen, row_keys
from planner.calibration.readers.time_layouts import (
    ISO,
    AmbiguousTimes,
    TimeLayout,
    month_names,
)
from planner.calibration.readers.values import classes, coded, flags, lengths, moments, texts
from planner.calibration.result import LogReading
from planner.contracts.faults import Fault, InputError

#: More wrong cells than this share of a column: the column is another one than was thought.
_MOST_WRONG = 0.01
#: What takes longer than some months is a typing error, or a moment in another column [s].
_LONGEST = 1e7
#: Rows looked at by themselves to tell how moments are spelled.
_SAMPLE = 5_000
_INCLUDES_TALK = (
    "the log does not tell when an agent was asked for, so that lengths include talk; right for a "
    "broadcast"
)


@dataclass
class LogReader:
    """One file being read.

    Attributes
    ----------
    log, mapping : its header, and which columns are which fields
    zone : of moments without an offset
    seen : the rows of this file and of those read before it
    wrong : cells that could not be read, by column, and the row of the first
    lacks : figures that it cannot give, and why; complete once all was read
    """

    log: LogFile
    mapping: ColumnMapping
    zone: ZoneInfo
    seen: Seen = field(default_factory=Seen)
    wrong: dict[str, tuple[int, int]] = field(default_factory=dict)
    lacks: dict[str, str] = field(default_factory=dict)
    campaigns: set[str] = field(default_factory=set)
    rows: int = 0
    attempts: int = 0
    undated: int = 0
    inbound: int = 0
    repeated: int = 0
    unmeasured: int = 0
    backwards: int = 0
    requests: int = 0
    naive: bool = False
    local: set[str] = field(default_factory=set)  # fields whose moments have no offset
    zone_told: bool = False

    @property
    def columns(self) -> list[str]:
        """The fields that are read, in a fixed order."""
        return list(self.mapping.places)

    def pieces(self) -> Iterator[Attempts]:
        """All attempts, piece by piece.

        Raises
        ------
        InputError
            If a column does not hold what was expected of it.
        """
        layouts = {name: self._layout(name) for name in self.columns if name in TIMES}
        places = [self.mapping.places[name] for name in self.columns]
        lots = self.log.batches(places, self.mapping.headed)
        named = (dict(zip(self.columns, lot, strict=True)) for lot in lots)
        parts = (self._piece(columns, layouts) for columns in named)
        if self.mapping.format.legs:
            legs = list(parts)
            found = [joined(_all_legs(legs), self.mapping.format.legs)] if legs else []
            parts = ((part, None, None) for part in found)
        for part, *_ in parts:
            self._count(part)
            yield part
        self._close()

    def _layout(self, name: str) -> TimeLayout:
        given = self.mapping.layouts.get(name)
        if given is not None and not given.names_months:
            return given
        seen: Counter[str] = Counter()
        doubt: AmbiguousTimes | ManyMeanings | None = None
        # What follows the first rows is only looked at for a day that settles what is in doubt.
        for column in self._looked_at(name):
            if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
                if pa.types.is_timestamp(column.type) and column.type.tz is None:
                    self.naive = True
                    self.local.add(name)
                return ISO
            seen += counted(days_of(column) if seen else column)
            try:
                layout = given or nearly_all(seen, _MOST_WRONG)
                if layout is not None and layout.names_months:
                    layout = layout._replace(languages=self._languages(name, layout, seen))
            except (AmbiguousTimes, ManyMeanings) as error:
                doubt = error
                continue
            if layout is not None:
                self.naive |= is_naive(list(seen))
                if is_local(list(seen)):
                    self.local.add(name)
                return layout
            if seen:
                self._refuse(name, "a date and time such as 2026-09-30T08:00:00+02:00")
        if isinstance(doubt, ManyMeanings):
            self._refuse(name, unlike(doubt))
        elif doubt is not None:
            line = f"{name},{self.mapping.names[name]},%d/%m/%Y %H:%M:%S"
            self._refuse(
                name,
                "days after the twelfth, to tell days from months; say which is first by a line "
                f"of a mapping such as {line}",
            )
        return ISO

    def _looked_at(self, name: str) -> Iterator[pa.Array]:
        """A column, its first rows by themselves."""
        start = True
        for (column,) in self.log.batches([self.mapping.places[name]], self.mapping.headed):
            yield column.slice(0, _SAMPLE) if start else column
            if start and len(column) > _SAMPLE:
                yield column.slice(_SAMPLE)
            start = False

    def _languages(self, name: str, layout: TimeLayout, seen: Mapping[str, int]) -> tuple[str, ...]:
        """Languages of the names of months: the one that is given, else those that know them."""
        if self.mapping.language:
            return (self.mapping.language,)
        found = languages_of(month_names(layout, seen), _MOST_WRONG)
        if seen and not found:
            self._refuse(name, f"months with numbers, or their names in {', '.join(LANGUAGES)}")
        return found

    def _refuse(self, name: str, wanted: str, row: int | None = None) -> None:
        raise InputError([Fault(self.log.label, row, self.mapping.names[name], None, wanted)])

    def _piece(
        self, columns: Mapping[str, Any], layouts: Mapping[str, TimeLayout]
    ) -> tuple[Attempts, Any, Any]:
        rows = len(next(iter(columns.values()))) if columns else 0
        fields = Fields(rows)
        for name, column in columns.items():
            self._take(fields, name, column, layouts)
        for name, text in self.mapping.constants.items():
            fields.ids[name] = ([text], np.zeros(rows, dtype=np.int64))
        if fields.times.keys() <= self.local:
            fields.times = settled(fields.times, self.zone)
        numbers = None
        if "pass" in columns:
            numbers = self._checked("pass", *lengths(columns["pass"]))
        self._tell_agents(fields, columns)
        found = attempts_of(fields, numbers, answer_asks=self.mapping.format.answer_asks)
        kept = np.isfinite(found.launched) & self._outbound(columns, rows)
        kept &= self._told_once(columns, found)
        if "call_seconds" in fields.seconds:
            self.unmeasured += int(np.isnan(fields.seconds["call_seconds"][kept]).sum())
        self.rows += rows
        self.backwards += int((found.ended < found.launched)[kept].sum())
        self.undated += int(np.isnan(found.launched).sum())
        answer = fields.time("answered_at")
        if not self.mapping.format.legs:
            return found.where(kept), None, None
        names = {
            name: np.array(texts(columns[name]).to_pylist(), dtype=object)[kept]
            if name in columns
            else np.full(int(kept.sum()), "", dtype=object)
            for name in ("call", "parent", "group")
        }
        other = names["group" if self.mapping.format.legs == "group" else "parent"]
        if "answered_at" not in fields.times:
            spoken = fields.length("answered_seconds")
            answer = np.where(spoken > 0, found.ended - spoken, np.nan)
        return found.where(kept), (names["call"], other), answer[kept]

    def _take(
        self, fields: Fields, name: str, column: Any, layouts: Mapping[str, TimeLayout]
    ) -> None:
        form = self.mapping.format
        if name in TIMES:
            read = moments(column, layouts[name], self.zone)
            fields.times[name] = self._checked(name, *read)
        elif name in LENGTHS:
            values, wrong = lengths(column, milliseconds=name in form.milliseconds)
            absurd = values > _LONGEST
            values = np.where(absurd, np.nan, values)
            fields.seconds[name] = self._checked(name, values, wrong | absurd)
        elif name in FLAGS:
            known, wrong = flags(column)
            self._checked(name, known.astype(np.float64), wrong)
            fields.flags[name] = known
        elif name in WORDS:
            words = OUTCOME_WORDS if name == "outcome" else form.words.get(name, {})
            _, found = classes(column, words)
            if name == "status" and form.other_status:
                found = np.where(found == "", "other", found)
            fields.classes[name] = found
        elif name in {"campaign_id", "dialer_id"}:
            fields.ids[name] = coded(column)

    def _tell_agents(self, fields: Fields, columns: Mapping[str, Any]) -> None:
        """Words that are no disposition of the system are an agent's, where there is an agent."""
        form = self.mapping.format
        if not form.other_status or "status" not in fields.classes:
            return
        found = fields.classes["status"]
        agent = np.ones(fields.rows, bool)
        if "agent" in columns:
            _, nobody = classes(columns["agent"], form.words["agent"])
            blank = np.array(texts(columns["agent"]).to_pylist(), dtype=object) == ""
            agent = (nobody != "nobody") & ~blank
        fields.classes["status"] = np.where(
            found == "other", np.where(agent, form.other_status, "unclear"), found
        )

    def _outbound(self, columns: Mapping[str, Any], rows: int) -> Any:
        form = self.mapping.format
        if "direction" not in columns or not form.directions:
            return np.ones(rows, bool)
        words = {f"{word}*": "out" for word in form.directions}
        _, found = classes(columns["direction"], words)
        blank = np.array(texts(columns["direction"]).to_pylist(), dtype=object) == ""
        kept = (found == "out") | blank
        self.inbound += int((~kept).sum())
        return kept

    def _told_once(self, columns: Mapping[str, Any], found: Attempts) -> Any:
        """Rows that do not repeat an earlier one, as far as the log names its calls."""
        if "call" not in columns:
            return np.ones(len(found), bool)
        names = [
            np.array(texts(columns[name]).to_pylist(), dtype=object)
            for name in ("call", "leg")
            if name in columns
        ]
        again = self.seen.again(row_keys(names, found), names[0] != "")
        self.repeated += int(again.sum())
        return ~again

    def _checked(self, name: str, values: Any, wrong: Any) -> Any:
        count = int(np.count_nonzero(wrong))
        if count:
            known, first = self.wrong.get(name, (0, 0))
            row = first or self.rows + int(np.argmax(wrong)) + 1 + self.mapping.headed
            self.wrong[name] = (known + count, row)
        return values

    def _count(self, part: Attempts) -> None:
        self.attempts += len(part)
        self.requests += int(np.isfinite(part.requested).sum() + np.isfinite(part.connected).sum())
        self.campaigns |= {part.campaigns[code] for code in np.unique(part.campaign)}

    def _close(self) -> None:
        for name, (count, row) in self.wrong.items():
            if count > max(_MOST_WRONG * self.rows, 1) or count == self.rows:
                kind = "dates and times" if name in TIMES else "lengths of time"
                kind = "yes or no" if name in FLAGS else kind
                self._refuse(name, f"{kind}; {count:,} of {self.rows:,} rows are not", row)
        if self.undated > max(_MOST_WRONG * self.rows, 1) or 0 < self.undated == self.rows:
            wanted = "when each call was launched"
            wanted += f"; {self.undated:,} of {self.rows:,} rows do not tell"
            raise InputError([Fault(self.log.label, None, None, None, wanted)])
        if self.backwards * 2 > self.attempts:
            wanted = f"calls that end after they begin; {self.backwards:,} of {self.attempts:,} do "
            wanted += "not: are launched and ended the other way round?"
            raise InputError([Fault(self.log.label, None, None, None, wanted)])
        form = self.mapping.format
        self.lacks |= form.lacks
        for name, figures in form.lacks_without.items():
            if name not in self.mapping.places:
                self.lacks |= figures
            elif self.unmeasured > _MOST_WRONG * self.rows:
                # Without it a call seems to last as long as its talk, or no time at all.
                calls = f"{self.unmeasured:,} of {self.rows:,} calls"
                why = f"{calls} have no {self.mapping.names[name]}"
                self.lacks |= dict.fromkeys(figures, why)
        if form.name != ATTEMPTS.name and not self.requests:
            self.lacks |= {
                figure: _INCLUDES_TALK for figure in LENGTH_FIGURES if figure not in self.lacks
            }

    @property
    def reading(self) -> LogReading:
        """How the file was read."""
        said = []
        for name, (count, row) in self.wrong.items():
            cells = f"{count:,} cell{'s' if count > 1 else ''} of column {self.mapping.names[name]}"
            said.append(f"{cells} could not be read and count as blank, the first in line {row}")
        for count, what in (
            (self.log.ragged[0], "with another number of cells than the header"),
            (self.undated, "that do not tell when the call was launched"),
            (self.inbound, "of calls that were not placed by the dialer"),
            (self.repeated, "that tell once more what an earlier row told"),
        ):
            if count:
                said.append(f"{count:,} row{'s' if count > 1 else ''} {what} left out")
        if self.backwards:
            ends = f"{self.backwards:,} call{'s end' if self.backwards > 1 else ' ends'}"
            said.append(f"{ends} before the launch: such lengths count as none, or as not known")
        if self.naive and not self.zone_told:
            said.append(f"times have no offset: taken for {self.zone.key} (--timezone)")
        form = self.mapping.format
        return LogReading(
            self.log.label,
            form.title,
            self.mapping.shown,
            self.rows,
            self.attempts,
            tuple(said),
            self.mapping.lines,
        )


def _all_legs(parts: Sequence[tuple[Attempts, Any, Any]]) -> Legs:
    return Legs(
        concatenated([part for part, _, _ in parts]),
        np.concatenate([names[0] for _, names, _ in parts]).tolist(),
        np.concatenate([names[1] for _, names, _ in parts]).tolist(),
        np.concatenate([answer for _, _, answer in parts]),
    )
