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


def test_months_that_mean_another_month_next_door_are_refused(tmp_path: Path) -> None:
    # Listopad is November in Polish and Czech, and October in Croatian.
    log = write(tmp_path, "campaign_id,launched\nSolar,3 listopada 2026 14:05:33\n")
    with pytest.raises(InputError):
        read(log)
