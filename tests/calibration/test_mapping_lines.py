"""The mapping that was found, written down and given back, reads a log in the same way."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.calibration.calibrate import calibrate
from planner.calibration.result import Calibration
from planner.report.calls.calibration import write_calibration_files
from tests.calibration.test_formats import ASTERISK, VICIDIAL
from tests.calibration.test_odd_logs import AGGREGATES, aggregates
from tests.calibration.test_repeats import rows_of
from tests.support.logs import write

HEADED = ("asterisk", "carrier", "five9", "twilio", "freeswitch")


def given_back(folder: Path, found: Calibration, log: Path) -> Calibration:
    write_calibration_files(folder, found)
    return calibrate(log, mapping=folder / "mapping.csv")


@pytest.mark.parametrize(
    "text",
    [
        VICIDIAL,
        ASTERISK,  # without a header
        *("\n".join([rows_of(name)[0], *rows_of(name)[1]]) for name in HEADED),
        "\n".join([AGGREGATES, *aggregates("200,40,2", "210,38,4", "190,41,3")]),
    ],
    ids=["vicidial", "no header", *HEADED, "genesys"],
)
def test_the_mapping_of_an_export_can_be_given_back(tmp_path: Path, text: str) -> None:
    log = write(tmp_path, text)
    found = calibrate(log)
    assert given_back(tmp_path, found, log).estimates == found.estimates


def test_the_mapping_of_another_log_can_be_given_back_with_its_formats(tmp_path: Path) -> None:
    # Days and months that only the mapping tells apart, a month of two languages, thousandths.
    log = write(
        tmp_path,
        "Von,Bis,Ring\n" + "03/04/2026 09:00,3 listopada 2026 09:00:30,8000\n" * 3,
    )
    mapping = write(
        tmp_path,
        "campaign_id,=Solar\nlaunched,Von,%d/%m/%Y %H:%M\nended,Bis\nring_seconds,Ring,ms\n"
        "language,Polish\n",
        "own.csv",
    )
    found = calibrate(log, mapping=mapping)
    assert given_back(tmp_path, found, log) == found
