"""Rows that tell of a call a second time count once; two calls that look alike count twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.calibration.calibrate import calibrate
from planner.calibration.readers.repeats import Seen
from tests.support.logs import write

ASTERISK = (
    "accountcode,channel,dstchannel,start,answer,end,duration,billsec,disposition,uniqueid,"
    "linkedid,sequence"
)
VICIDIAL = "call_date,status,user,campaign_id,length_in_sec,dial_time,uniqueid,server_ip"
CARRIER = "UNIQUE ID,CALL DATE,SERVER IP,DIAL STATUS,DIAL TIME,ANSWERED TIME"
FIVE9 = "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,DISPOSITION,CALL TIME,TALK TIME"
TWILIO = "sid,parent_call_sid,status,direction,start_time,end_time,duration,answered_by"
FREESWITCH = (
    "start_stamp,answer_stamp,end_stamp,duration,billsec,hangup_cause,uuid,bleg_uuid,accountcode"
)


def rows_of(name: str) -> tuple[str, list[str]]:
    """A header, and forty calls of which no two differ in more than their time and name."""
    clock = [f"2026-09-30 {9 + n // 30:02d}:{2 * (n % 30):02d}" for n in range(40)]
    rows = {
        "asterisk": [
            f"Solar,SIP/t,,{t}:00,,{t}:20,20,0,NO ANSWER,{n}.1,{n}.1,{n}" for n, t in
            enumerate(clock)
        ],
        "vicidial": [f"{t}:20,NA,VDAD,Solar,0,20,{n}.1,10.0.0.1" for n, t in enumerate(clock)],
        "carrier": [f"{n}.1,{t}:20,10.0.0.1,NOANSWER,20,0" for n, t in enumerate(clock)],
        "five9": [f"{n},{t}:00,Solar,Outbound,No Answer,0:00:20,0:00:00" for n, t in
                  enumerate(clock)],
        "twilio": [f"CA{n},,no-answer,outbound-api,{t}:00,{t}:20,0," for n, t in enumerate(clock)],
        "freeswitch": [f"{t}:00,,{t}:20,20,0,NO_ANSWER,u{n},,Solar" for n, t in enumerate(clock)],
    }  # fmt: skip
    header = {
        "asterisk": ASTERISK,
        "vicidial": VICIDIAL,
        "carrier": CARRIER,
        "five9": FIVE9,
        "twilio": TWILIO,
        "freeswitch": FREESWITCH,
    }
    return header[name], rows[name]


@pytest.mark.parametrize(
    "name", ["asterisk", "vicidial", "carrier", "five9", "twilio", "freeswitch"]
)
def test_exports_that_overlap_count_each_call_once(tmp_path: Path, name: str) -> None:
    header, rows = rows_of(name)
    # The first file ends with calls that it told before, and the second begins with some of it.
    first = write(tmp_path, "\n".join([header, *rows[:30], *rows[20:30]]), "first.csv")
    second = write(tmp_path, "\n".join([header, *rows[25:]]), "second.csv")
    found = calibrate([first, second])
    assert sum(log.attempts for log in found.readings) == 40
    told = [note for log in found.readings for note in log.warnings]
    assert [note.split(" rows")[0] for note in told if "once more" in note] == ["10", "5"]


def test_a_row_of_an_asterisk_log_told_twice_is_no_agent(tmp_path: Path) -> None:
    header, rows = rows_of("asterisk")
    found = calibrate(write(tmp_path, "\n".join([header, *rows, *rows])))
    figures = {item.figure: item.value for item in found.estimates.figures}
    assert "answer_rate*transfer_rate" not in figures  # nobody asked for an agent
    assert figures["talk_seconds"] is None


def test_legs_to_two_agents_at_once_are_two_rows(tmp_path: Path) -> None:
    _, rows = rows_of("asterisk")
    answered = [
        "Solar,SIP/t,,2026-09-30 11:00:00,2026-09-30 11:00:10,2026-09-30 11:01:30,90,80,ANSWERED,"
        "90.1,90.1,90",
        *(
            f"Solar,SIP/t,SIP/{agent},2026-09-30 11:00:20,2026-09-30 11:00:30,2026-09-30 11:01:30,"
            f"70,60,ANSWERED,90.2,90.1,{number}"
            for number, agent in ((91, "a"), (92, "b"))
        ),
    ]
    found = calibrate(write(tmp_path, "\n".join([ASTERISK, *rows, *answered])))
    assert not [note for log in found.readings for note in log.warnings if "once more" in note]


def test_calls_without_a_name_that_look_alike_are_two_calls() -> None:
    keys = np.array([7, 7, 7, 9], np.uint64)
    seen = Seen()
    assert seen.again(keys, np.array([True, True, False, True])).tolist() == [
        False, True, False, False,
    ]  # fmt: skip
    assert seen.again(keys, np.ones(4, bool)).tolist() == [True] * 4
