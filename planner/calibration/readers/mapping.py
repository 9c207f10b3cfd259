"""Which column of a log holds which field: found from the header, or given in a file."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from pathlib import Path

from planner.calibration.attempts import COLUMNS
from planner.calibration.readers.formats import ATTEMPTS, FIELDS, FORMATS, TIMES, LogFormat
from planner.calibration.readers.log_files import LogFile, plain_name
from planner.calibration.readers.month_names import LANGUAGES
from planner.calibration.readers.time_layouts import TimeLayout, given_layout
from planner.contracts.faults import Fault, InputError
from planner.tables.files import content_of
from planner.tables.sheets import csv_sheet

_LIKE, _LANGUAGE = "like", "language"
_MILLISECONDS = "ms"


@dataclass(frozen=True)
class Given:
    """What a mapping file says: columns of fields, their formats, and a known export to start from.

    A column ``=text`` stands for the same text in every row; months are named in ``language``.
    """

    columns: dict[str, str]
    layouts: dict[str, TimeLayout]
    milliseconds: tuple[str, ...] = ()
    like: str = ""
    language: str = ""


@dataclass(frozen=True)
class Mapping:
    """The columns of one file: field to place, or to a text that all rows share."""

    format: LogFormat
    places: dict[str, int]
    names: dict[str, str]
    constants: dict[str, str]
    layouts: dict[str, TimeLayout]
    headed: bool = True
    language: str = ""
    milliseconds: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """Field and column, as a mapping file spells them."""
        constants = {name: f"={text}" for name, text in self.constants.items()}
        return tuple({**self.names, **constants}.items())

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """The lines of a mapping file with which a log is read in the same way."""
        formats = {name: layout.name for name, layout in self.layouts.items()}
        formats |= dict.fromkeys(self.milliseconds, _MILLISECONDS)
        known = {form.name for form in FORMATS}
        like = [(_LIKE, self.format.name, "")] if self.format.name in known else []
        language = [(_LANGUAGE, self.language, "")] if self.language else []
        # Aggregates have fields of their own, which no mapping file can name.
        columns = [(n, column, formats.get(n, "")) for n, column in self.shown if n in FIELDS]
        return (*like, *language, *columns)


def read_given(path: Path) -> Given:
    """Read a mapping file: lines ``field,column[,format]``, with or without that header.

    Raises
    ------
    InputError
        With every line that is wrong.
    """
    sheet = csv_sheet(
        path.name, b"field,column,format\n" + content_of(path).removeprefix(b"\xef\xbb\xbf")
    )
    given = Given({}, {})
    faults = []
    for line, cells in sheet.rows:
        name, column, form = [*(cell.strip() for cell in cells), "", "", ""][:3]
        place = line - 1
        if (name, column) == ("field", "column"):
            continue
        if name == _LIKE:
            if column not in {known.name for known in FORMATS}:
                wanted = f"an export: {', '.join(known.name for known in FORMATS)}"
                faults.append(Fault(path.name, place, "column", column, wanted))
            given = replace(given, like=column)
        elif name == _LANGUAGE:
            language = next((n for n in LANGUAGES if n.lower() == column.lower()), "")
            if not language:
                wanted = f"a language that names months: {', '.join(LANGUAGES)}"
                faults.append(Fault(path.name, place, "column", column, wanted))
            given = replace(given, language=language)
        elif name not in FIELDS:
            close = difflib.get_close_matches(name, FIELDS, n=1)
            wanted = f"a field, perhaps {close[0]}" if close else f"one of {', '.join(FIELDS)}"
            faults.append(Fault(path.name, place, "field", name, wanted))
        elif not column:
            faults.append(Fault(path.name, place, "column", column, "a column, or =text"))
        else:
            given.columns[name] = column
            given, fault = _with_format(given, name, form)
            faults += [Fault(path.name, place, "format", form, fault)] if fault else []
    if not faults and not (given.columns or given.like or given.language):
        faults.append(Fault(path.name, None, None, None, "lines such as launched,Start time"))
    if faults:
        raise InputError(faults)
    return given


def _with_format(given: Given, name: str, form: str) -> tuple[Given, str]:
    if not form:
        return given, ""
    if name not in TIMES:
        if form == _MILLISECONDS:
            return replace(given, milliseconds=(*given.milliseconds, name)), ""
        return given, "blank, or ms for thousandths of a second"
    try:
        given.layouts[name] = given_layout(form)
    except ValueError:
        return given, "a format such as %d/%m/%Y %H:%M:%S, or epoch, epoch_ms or iso"
    return given, ""


def mapping_of(log: LogFile, given: Given | None = None) -> Mapping:
    """Find the columns of a file.

    Raises
    ------
    InputError
        If it is none of the known exports and no mapping says more, or a column is missing.
    """
    plain = [plain_name(name) for name in log.names]
    form, names = _recognised(log, plain, given)
    headed = names is None
    known = plain if names is None else [plain_name(name) for name in names]
    places = {}
    for name, columns in form.columns.items():
        at = next((known.index(plain_name(c)) for c in columns if plain_name(c) in known), None)
        if at is not None:
            places[name] = at
    constants: dict[str, str] = {}
    if given is not None:
        _take_given(log, given, known, places, constants)
        form = replace(form, milliseconds=(*form.milliseconds, *given.milliseconds))
    _require_once(log, known, places)
    label = list(log.names) if names is None else list(names)
    return Mapping(
        format=form,
        places=places,
        names={name: label[at] for name, at in places.items()},
        constants=constants,
        layouts=dict(given.layouts) if given is not None else {},
        headed=headed,
        language=given.language if given is not None else "",
        milliseconds=given.milliseconds if given is not None else (),
    )


def _require_once(log: LogFile, known: list[str], places: dict[str, int]) -> None:
    """Refuse columns that are there twice: which of both is meant nobody can tell."""
    twice = [log.names[at] for at in places.values() if known.count(known[at]) > 1]
    if twice:
        wanted = "this column once; rename the other"
        raise InputError([Fault(log.label, 1, column, None, wanted) for column in sorted(twice)])


def _take_given(
    log: LogFile, given: Given, known: list[str], places: dict[str, int], constants: dict[str, str]
) -> None:
    faults = []
    for name, column in given.columns.items():
        places.pop(name, None)
        constants.pop(name, None)
        if column.startswith("="):
            constants[name] = column[1:].strip()
        elif plain_name(column) in known:
            places[name] = known.index(plain_name(column))
        else:
            close = difflib.get_close_matches(column, log.names, n=1)
            wanted = f"this column, named in the mapping for {name}"
            wanted += f"; the nearest is {close[0]}" if close and log.names != log.first_row else ""
            faults.append(Fault(log.label, 1, column, None, wanted))
    if faults:
        raise InputError(faults)


def _recognised(
    log: LogFile, plain: list[str], given: Given | None
) -> tuple[LogFormat, tuple[str, ...] | None]:
    """The export, and its columns in order where the file has no header."""
    for known in FORMATS:
        if given is not None and given.like == known.name:
            return known, known.no_header[: len(log.names)] if _is_headless(log, known) else None
    if given is not None and given.columns and not given.like:
        own = {name: (name,) for name in COLUMNS}
        return replace(ATTEMPTS, columns=own, name="given", title="a log with a mapping"), None
    present = frozenset(plain)
    for known in FORMATS:
        if any(columns <= present for columns in known.shown_by):
            return known, None
    for known in FORMATS:
        if _is_headless(log, known):
            return known, known.no_header[: len(log.names)]
    raise InputError([_stranger(log, present)])


def _is_headless(log: LogFile, known: LogFormat) -> bool:
    """Whether the first line already is a call of this export."""
    cells, columns = log.first_row, known.no_header
    if not columns or not 15 <= len(cells) <= len(columns):
        return False
    named = dict(zip(columns, cells, strict=False))
    moment = named.get("start") or named.get("start_stamp") or ""
    lengths = (named.get("duration", ""), named.get("billsec", ""))
    return moment[:4].isdigit() and ":" in moment and all(text.isdigit() for text in lengths)


def _stranger(log: LogFile, present: frozenset[str]) -> Fault:
    """What is missing for the export that comes nearest."""
    titles = ", ".join(known.title for known in FORMATS)
    wanted = f"a header of {titles}; or a mapping of its columns (--map)"
    nearest = max(
        ((known, columns) for known in FORMATS for columns in known.shown_by),
        key=lambda pair: len(pair[1] & present) / len(pair[1]),
    )
    known, columns = nearest
    if len(columns & present) * 2 >= len(columns) and len(columns) > 1:
        missing = sorted(columns - present)
        spelled = {plain_name(c): c for cs in known.columns.values() for c in cs}
        names = ", ".join(spelled.get(name, name) for name in missing)
        wanted += f". It is nearest to {known.title}, and lacks {names}"
    return Fault(log.label, 1, None, None, wanted)
