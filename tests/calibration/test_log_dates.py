"""Dates and times of logs in the ways that people and programs write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.contracts.faults import InputError
from tests.support.logs import read, write


@pytest.mark.parametrize(
    ("spelled", "encoding"),
    [
        ("02.11.2026 09:00:00", "utf-8"),
        ("13/11/2026 09:00", "utf-8"),
        ("11/13/2026 09:00:00 AM", "utf-8"),
        ("2 nov. 2026 09:00:00", "utf-8"),
        ("2. März 2026 09:00:00", "cp1252"),
        ("2 août 2026 09h00", "utf-16"),
        ("2 de mayo de 2026 09:00:00", "utf-8"),
        ("Nov 2, 2026 9:00:00 AM", "utf-8"),
    ],
)
def test_dates_of_other_languages(tmp_path: Path, spelled: str, encoding: str) -> None:
    text = f'campaign_id;dialer_id;launched;ended;answered\nSolar;D1;"{spelled}";"{spelled}";0\n'
    found = read(write(tmp_path, text, encoding=encoding))
    moment = np.datetime64(int(found.launched[0]), "s").item()
    assert (moment.hour, moment.minute) == (9, 0)
    assert moment.day in (2, 13)
    assert moment.month == {"Mä": 3, "ao": 8, "ma": 5}.get(
        next((part[:2] for part in spelled.split() if part[:2] in ("Mä", "ao", "ma")), ""), 11
    )


def test_a_date_whose_day_may_be_its_month_is_refused(tmp_path: Path) -> None:
    log = write(tmp_path, "campaign_id,launched\nSolar,03/04/2026 09:00\n")
    with pytest.raises(InputError, match=r"tell days from months.*launched,launched,%d/%m/%Y"):
        read(log)
    mapping = write(tmp_path, "like,attempts\nlaunched,launched,%d/%m/%Y %H:%M\n", "map.csv")
    assert np.datetime64(int(read(log, mapping).launched[0]), "s").item().month == 4


def test_a_later_day_decides_which_is_the_month(tmp_path: Path) -> None:
    rows = "".join(f"Solar,0{3 + day // 28}/{1 + day % 28:02d}/2026 09:00\n" for day in range(40))
    found = read(write(tmp_path, "campaign_id,launched\n" + rows))
    months = {np.datetime64(int(t), "s").item().month for t in found.launched}
    assert months == {3, 4}


def test_a_day_after_the_twelfth_may_stand_anywhere_in_the_log(tmp_path: Path) -> None:
    # Six thousand calls of 3 April, and one of 13 April.
    rows = "".join(
        f"Solar,04/03/2026 {9 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}\n" for n in range(6000)
    )
    found = read(write(tmp_path, f"campaign_id,launched\n{rows}Solar,04/13/2026 09:00\n"))
    assert {np.datetime64(int(t), "s").item().month for t in found.launched} == {4}


def test_times_without_an_offset_are_on_the_given_clock(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    text = (
        "campaign_id,launched\nSolar,2026-07-01 09:00:00\nSolar,2026-12-01 09:00:00\n"
        "Solar,2026-12-01 09:00:00-05:00\n"
    )
    found = read(write(tmp_path, text), zone=ZoneInfo("America/Chicago"))
    # Chicago is five hours behind UTC in summer and six in winter.
    hours = [np.datetime64(int(t), "s").item().hour for t in found.launched]
    assert hours == [14, 15, 14]


@pytest.mark.parametrize(
    ("launched", "requested", "ended", "offsets"),
    [
        # Clocks went back from 02:00 to 01:00 on 1 November 2026; offsets are hours behind UTC.
        ("00:59:50", "01:00:05", "01:00:30", (5, 5, 5)),
        ("01:59:50", "01:00:05", "01:00:30", (5, 6, 6)),  # through the change
        ("01:59:50", "02:00:05", "02:00:30", (6, 6, 6)),  # in the second half, and out of it
        ("01:50:00", "01:50:05", "02:00:30", (6, 6, 6)),
        ("01:50:00", "01:50:05", "01:50:30", (5, 5, 5)),  # in either half: the first is taken
        ("02:10:00", "02:10:05", "04:10:30", (6, 6, 6)),
    ],
)
def test_calls_of_an_hour_told_twice_are_no_hour_longer(
    tmp_path: Path, launched: str, requested: str, ended: str, offsets: tuple[int, int, int]
) -> None:
    from zoneinfo import ZoneInfo

    clocks = (launched, requested, ended)
    cells = ",".join(f"2026-11-01 {clock}" for clock in clocks)
    log = write(tmp_path, f"campaign_id,launched,requested,ended\nSolar,{cells}\n")
    found = read(log, zone=ZoneInfo("America/Chicago"))
    expected = [
        np.datetime64(f"2026-11-01T{clock}") + np.timedelta64(hours, "h")
        for clock, hours in zip(clocks, offsets, strict=True)
    ]
    told = [found.launched[0], found.requested[0], found.ended[0]]
    assert [np.datetime64(int(moment), "s") for moment in told] == expected


def test_a_long_call_with_offsets_stays_as_long_as_it_is(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    text = "campaign_id,launched,ended\nSolar,2026-11-01 01:10:00-05:00,2026-11-01 03:00:00-06:00\n"
    found = read(write(tmp_path, text), zone=ZoneInfo("America/Chicago"))
    assert found.ended[0] - found.launched[0] == 2 * 3600 + 50 * 60


def test_finnish_november_is_no_march(tmp_path: Path) -> None:
    months = ("maaliskuuta", "lokakuuta", "marraskuuta", "joulukuuta")
    rows = "".join(f"Solar,2. {month} 2026 09:00\n" for month in months)
    found = read(write(tmp_path, "campaign_id,launched\n" + rows))
    assert [np.datetime64(int(t), "s").item().month for t in found.launched] == [3, 10, 11, 12]


@pytest.mark.parametrize(
    ("spelled", "moment"),
    [
        ("20261130 140533", "2026-11-30T14:05:33"),
        ("20261130140533", "2026-11-30T14:05:33"),
        ("20261130T140533Z", "2026-11-30T14:05:33"),
        ("20261130-14:05:33", "2026-11-30T14:05:33"),
        ("2026年11月30日 14時05分33秒", "2026-11-30T14:05:33"),
        ("2026年5月3日 9时7分", "2026-05-03T09:07:00"),
        ("2026年11月30日 14:05:33", "2026-11-30T14:05:33"),
        ("3 maj 2026 14:05:33", "2026-05-03T14:05:33"),
        ("3. des. 2026 14:05:33", "2026-12-03T14:05:33"),
        ("3 mrt 2026 14:05:33", "2026-03-03T14:05:33"),
        ("3 iulie 2026 14:05:33", "2026-07-03T14:05:33"),
    ],
)
def test_compact_and_east_asian_moments(tmp_path: Path, spelled: str, moment: str) -> None:
    found = read(write(tmp_path, f"campaign_id,launched\nSolar,{spelled}\n"))
    assert np.datetime64(int(found.launched[0]), "s") == np.datetime64(moment)


# As a browser spells 14:05:33 on a 25th of 2026 (Intl.DateTimeFormat, which has the CLDR's data),
# and as programs do that write logs.
@pytest.mark.parametrize(
    ("spelled", "month"),
    [
        ("25. února 2026 v 14:05:33", 2),
        ("25. července 2026 v 14:05:33", 7),
        ("25. března 2026 v 14:05:33", 3),
        ("25 stycznia 2026 14:05:33", 1),
        ("25 paź 2026, 14:05:33", 10),
        ("25. lipnja 2026. u 14:05:33", 6),
        ("25. srpnja 2026. u 14:05:33", 7),
        ("25 Ağustos 2026 14:05:33", 8),
        ("25 АВГУСТА 2026 г. в 14:05:33", 8),
        ("25 лист. 2026 р., 14:05:33", 11),
        ("2026 m. rugpjūčio 25 d. 14:05:33", 8),
        ("2026. szept. 25. 14:05:33", 9),
        ("25. nov. 2026, 14.05.33", 11),
        ("25 de set. de 2026, 14:05:33", 9),
        ("25 d’octubre del 2026, a les 14:05:33", 10),
        ("25 juil. 2026 à 14:05:33", 7),
        ("Wed Nov 25 14:05:33 2026", 11),
        ("25/Nov/2026:14:05:33 +0000", 11),
        ("25-NOV-26 02.05.33.000000 PM", 11),
    ],
)
def test_months_are_named_in_many_languages(tmp_path: Path, spelled: str, month: int) -> None:
    found = read(write(tmp_path, f'campaign_id,launched\nSolar,"{spelled}"\n'))
    assert np.datetime64(int(found.launched[0]), "s") == np.datetime64(
        f"2026-{month:02}-25T14:05:33"
    )


def months(path: Path, mapping: Path | None = None) -> list[int]:
    return [np.datetime64(int(t), "s").item().month for t in read(path, mapping).launched]


# Listopad is November in Polish and Czech, and October in Croatian.
NOVEMBER = "campaign_id,launched\n" + "Solar,3 listopada 2026 14:05:33\n" * 3


def test_a_month_of_two_languages_is_refused_with_what_settles_it(tmp_path: Path) -> None:
    log = write(tmp_path, NOVEMBER)
    with pytest.raises(InputError, match=r"October \(Croatian\) or November .*language,Polish"):
        read(log)
    assert months(log, write(tmp_path, "language,Polish\n", "map.csv")) == [11] * 3
    assert months(log, write(tmp_path, "language,croatian\n", "map.csv")) == [10] * 3
    form = "launched,launched,%d %B %Y %H:%M:%S\ncampaign_id,campaign_id\n"
    with pytest.raises(InputError, match="language,Polish"):
        read(log, write(tmp_path, form, "map.csv"))
    assert months(log, write(tmp_path, form + "language,Polish\n", "map.csv")) == [11] * 3


@pytest.mark.parametrize(
    ("other", "expected"), [("grudnia", [11, 12]), ("rujna", [10, 9]), ("maja", [11, 5])]
)
def test_other_months_of_the_log_tell_the_language(
    tmp_path: Path, other: str, expected: list[int]
) -> None:
    # December in Polish; September in Croatian; May in Polish (svibnja in Croatian).
    text = f"{NOVEMBER}Solar,2 {other} 2026 14:05:33\n"
    assert months(write(tmp_path, text)) == [expected[0]] * 3 + [expected[1]]


def test_a_month_far_down_in_the_log_tells_the_language(tmp_path: Path) -> None:
    rows = "".join(
        f"Solar,{1 + day} listopada 2026 {hour:02}:{minute:02}:{second:02}\n"
        for day in range(30)
        for hour in range(9, 17)
        for minute in range(60)
        for second in range(0, 60, 10)
    )
    log = write(tmp_path, f"campaign_id,launched\n{rows}Solar,1 grudnia 2026 09:00:00\n")
    found = months(log)
    assert (found[0], found[-1], len(found)) == (11, 12, 86_401)


def test_logs_of_two_languages_in_one_are_read_where_they_agree(tmp_path: Path) -> None:
    text = "campaign_id,launched\nSolar,3 mai 2026 14:05\nSolar,4 abril 2026 14:05\n"
    assert months(write(tmp_path, text)) == [5, 4]


def test_names_that_are_no_months_are_refused_without_being_shown(tmp_path: Path) -> None:
    log = write(tmp_path, "campaign_id,launched\nSolar,3 anna 2026 14:05:33\n")
    with pytest.raises(
        InputError, match=r"months with numbers, or their names in .*Polish"
    ) as told:
        read(log)
    assert "anna" not in str(told.value)


def test_a_language_that_is_not_known_is_told_with_those_that_are(tmp_path: Path) -> None:
    log = write(tmp_path, NOVEMBER)
    with pytest.raises(InputError, match=r"'Klingon': expected a language .*Croatian, Czech"):
        read(log, write(tmp_path, "language,Klingon\n", "map.csv"))
