from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.contracts.faults import InputError
from planner.contracts.problem import (
    AssignmentStop,
    Campaign,
    CampaignKind,
    CampaignStop,
    Dialer,
    Interval,
    LineAssignment,
    Outage,
    Overflow,
    Problem,
    TrunkGroup,
)
from planner.contracts.values.weekly import Window
from planner.tables.folder import read_folder, read_uploads
from planner.tables.folder_writing import write_folder
from planner.tables.sheets import plain_text, safe_text

DATA = Path(__file__).parents[2] / "data"
# Text that any part of the way could stumble over: formulas, separators, quotes, other scripts.
TEXT = st.one_of(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="|"),
        min_size=1,
        max_size=8,
    ),
    st.text(st.sampled_from("'=+-@,;\" \u00a0a1_é"), min_size=1, max_size=6),
).filter(lambda text: text.strip())
SHARES = st.floats(0, 1)
POSITIVE = st.floats(1e-6, 1e6)
LINES = st.integers(0, 100_000)
#: With so many the planning table of a campaign stays within what is read, whatever the ports.
AGENTS = st.integers(0, 40)
SPANS = st.timedeltas(timedelta(microseconds=1), timedelta(days=9))
DAYS = st.dates(date(1970, 1, 1), date(2199, 12, 31))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    parts = st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440))
    chosen = draw(st.lists(parts.filter(lambda p: p[1] < p[2]), min_size=1, max_size=5))
    return tuple(Window(*part) for part in chosen)


@st.composite
def campaigns(draw: st.DrawFn, campaign_id: str, dialer_ids: list[str]) -> Campaign:
    kind = draw(st.sampled_from(CampaignKind))
    rate, seconds = SHARES, POSITIVE
    if kind is CampaignKind.BROADCAST:
        rate, seconds = maybe(SHARES), maybe(POSITIVE)
    start, stop = draw(maybe(DAYS)), draw(maybe(DAYS))
    if start and stop and stop < start:
        start, stop = stop, start
    return Campaign(
        campaign_id=campaign_id,
        kind=kind,
        agent_lines=draw(AGENTS),
        max_dial_lines=draw(maybe(LINES)),
        attempt_seconds=draw(POSITIVE),
        answer_rate=draw(SHARES),
        transfer_rate=draw(rate),
        talk_seconds=draw(seconds),
        wrap_up_seconds=draw(st.floats(0, 1e6)),
        attempt_cv=draw(st.floats(0, 100)),
        talk_cv=draw(st.floats(0, 100)),
        overflow=draw(st.sampled_from(Overflow)),
        patience_seconds=draw(POSITIVE),
        pacing=draw(maybe(POSITIVE)),
        value=draw(st.floats(0, 1e12)),
        allowed_dialers=draw(
            maybe(st.lists(st.sampled_from(dialer_ids), min_size=1, max_size=3).map(tuple))
        ),
        min_dialers=draw(st.integers(0, 9)),
        min_agent_lines=draw(st.integers(1, 9)),
        survivable_share=draw(SHARES),
        max_abandon_rate=draw(maybe(SHARES)),
        records=draw(maybe(st.integers(0, 10**12))),
        attempts_per_record=draw(st.integers(1, 1000)),
        start=start,
        stop=stop,
        schedule=draw(maybe(windows())),
        timezone=draw(st.sampled_from(["UTC", "America/New_York", "Europe/Berlin"])),
        status=draw(st.sampled_from(CampaignStop)),
    )


@st.composite
def line_assignments(draw: st.DrawFn, campaign_id: str, dialer_id: str) -> LineAssignment:
    agent_lines = draw(LINES)
    return LineAssignment(
        campaign_id=campaign_id,
        dialer_id=dialer_id,
        dial_lines=draw(LINES),
        agent_lines=agent_lines,
        locked=draw(st.booleans()),
        busy_agent_lines=draw(maybe(st.integers(0, agent_lines))),
        status=draw(st.sampled_from(AssignmentStop)),
    )


@st.composite
def intervals(draw: st.DrawFn, campaign_id: str, hour: int) -> Interval:
    return Interval(
        campaign_id=campaign_id,
        days=draw(st.lists(st.integers(0, 6), min_size=1).map(tuple)),
        from_minute=hour * 60 + draw(st.integers(0, 29)),
        to_minute=hour * 60 + draw(st.integers(30, 60)),
        agent_lines=draw(maybe(AGENTS)),
        answer_rate=draw(maybe(SHARES)),
        transfer_rate=draw(maybe(SHARES)),
        talk_seconds=draw(maybe(POSITIVE)),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    def ids(least: int) -> list[str]:
        return draw(st.lists(TEXT, min_size=least, max_size=3, unique_by=str.strip))

    groups, dialer_ids, campaign_ids = ids(0), ids(1), ids(1)
    dialer_ids = [name.strip() for name in dialer_ids]
    moment = draw(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
    pairs = draw(
        st.lists(st.tuples(*map(st.sampled_from, (campaign_ids, dialer_ids))), unique=True)
    )
    return Problem(
        trunk_groups=tuple(
            TrunkGroup(trunk_group=g, channels=draw(LINES), cps=draw(maybe(POSITIVE)))
            for g in groups
        ),
        dialers=tuple(
            Dialer(
                dialer_id=name,
                ports=draw(LINES),
                cps=draw(maybe(POSITIVE)),
                failure_domain=draw(maybe(TEXT)),
                trunk_group=draw(st.sampled_from([None, *groups])),
                agent_lines_use_ports=draw(st.booleans()),
                in_service=draw(st.booleans()),
            )
            for name in dialer_ids
        ),
        campaigns=tuple(draw(campaigns(name, dialer_ids)) for name in campaign_ids),
        assignments=tuple(draw(line_assignments(*pair)) for pair in pairs),
        intervals=tuple(
            draw(intervals(draw(st.sampled_from(campaign_ids)), hour))
            for hour in draw(st.lists(st.integers(0, 23), max_size=3, unique=True))
        ),
        outages=tuple(
            Outage(dialer_id=name, start=moment, end=moment + draw(SPANS))
            for name in draw(st.lists(st.sampled_from(dialer_ids), unique=True))
        ),
    )  # fmt: skip


@given(problems())
@settings(max_examples=60)
def test_a_problem_is_read_back_as_it_was_written(problem: Problem) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_folder(problem, folder)
        assert read_folder(folder) == problem


@given(st.text(st.sampled_from("'=+-@\t\r\na "), max_size=8))
def test_guarding_text_can_always_be_undone(text: str) -> None:
    guarded = safe_text(text)
    assert plain_text(guarded) == text
    assert guarded[:1] not in tuple("=+-@\t\r")


def check(files: dict[str, bytes]) -> None:
    """Whatever is uploaded: a problem, or faults that can be shown; no other exception."""
    try:
        read_uploads(files)
    except InputError as error:
        str(error)  # what is shown must be sayable


EXAMPLE = {path.name: path.read_bytes() for path in (DATA / "regional").glob("*.csv")}
CELLS = st.one_of(
    st.sampled_from(
        ["", "-1", "0", "1e999", "nan", "9" * 400, "1,5", "10%", "D1", "Mon 1:00-2:00", "24:00"]
    ),
    st.sampled_from(["9999-12-31", "0001-01-01T00:00+14:00", "2026-13-01", "=1", "'", '"', "\x00"]),
    st.text(max_size=6),
)


@given(st.sampled_from(sorted(EXAMPLE)), st.binary(max_size=200))
def test_any_bytes_for_a_table(name: str, content: bytes) -> None:
    check(EXAMPLE | {name: content})


@given(st.sampled_from(sorted(EXAMPLE)), st.data())
@settings(max_examples=200)
def test_any_cell_in_an_example(name: str, data: st.DataObject) -> None:
    rows = [line.split(",") for line in EXAMPLE[name].decode().splitlines()]
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(CELLS)
    text = "\n".join(",".join(row) for row in rows)
    check(EXAMPLE | {name: text.encode(errors="surrogatepass")})


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, content in EXAMPLE.items():
        sheet = book.create_sheet(name.removesuffix(".csv"))
        for line in content.decode().splitlines():
            sheet.append(line.split(","))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


WORKBOOK = workbook()


@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=9))
def test_a_workbook_with_damaged_bytes(place: int, junk: bytes) -> None:
    check({"fleet.xlsx": WORKBOOK[:place] + junk + WORKBOOK[place + len(junk) :]})


@given(st.data())
@settings(max_examples=100)
def test_a_workbook_with_damaged_parts(data: st.DataObject) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = old.namelist()
        chosen = data.draw(st.sampled_from(names))
        for name in names:
            part = old.read(name)
            if name == chosen:
                place = data.draw(st.integers(0, len(part)))
                cut = data.draw(st.integers(0, 9))
                part = part[:place] + data.draw(st.binary(max_size=9)) + part[place + cut :]
            new.writestr(name, part)
    check({"fleet.xlsx": buffer.getvalue()})
