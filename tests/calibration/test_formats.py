"""Each export, rows of the real shape written by hand from its documentation: right or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.calibration.attempts import GAVE_UP, OUTCOMES
from planner.calibration.calibrate import calibrate
from planner.calibration.readers.mapping import read_given
from planner.calibration.readers.read import read_logs
from planner.calibration.tallies import Tallies
from planner.contracts.faults import InputError
from tests.support.logs import read, write

#: 2026-11-02 09:00:00 UTC, a Monday.
NINE = 1793610000.0


def since(values: np.ndarray) -> list[float | None]:
    """Seconds since nine; None for what is not known."""
    return [None if np.isnan(v) else round(v - NINE, 3) for v in values]


def test_our_own_attempts_in_any_order_with_blanks(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        "outcome,launched,campaign_id,dialer_id,ended,human,answered,requested,connected,released\n"
        ",2026-11-02T09:00:00Z,Solar,D1,2026-11-02T09:00:20Z,,0,,,\n"
        ",2026-11-02T10:00:01+01:00,Solar,D2,2026-11-02T09:02:11Z,1,1,"
        "2026-11-02T09:00:09Z,2026-11-02T09:00:11Z,2026-11-02T09:02:21Z\n"
        "gave_up,2026-11-02T09:00:02Z,Solar,D1,2026-11-02T09:00:30Z,1,1,"
        "2026-11-02T09:00:12Z,,\n",
    )
    found = read(log)
    assert since(found.launched) == [0, 1, 2]
    assert since(found.ended) == [20, 131, 30]
    assert since(found.requested) == [None, 9, 12]
    assert since(found.connected) == [None, 11, None]
    assert since(found.released) == [None, 141, None]
    assert found.answered.tolist() == [0, 1, 1]
    assert found.human.tolist() == [0, 1, 1]
    assert [OUTCOMES[code] for code in found.outcome] == ["", "", GAVE_UP]
    assert [found.dialers[code] for code in found.dialer] == ["D1", "D2", "D1"]


def test_answered_may_be_a_moment_and_times_may_be_epoch_seconds(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        "campaign_id;dialer_id;launched;ended;answered\n"
        "7;1;1793610000;1793610020.5;\n"
        "7;1;1793610001;1793610031;1793610009\n",
    )
    found = read(log)
    assert since(found.ended) == [20.5, 31]
    assert found.answered.tolist() == [-1, 1]
    assert found.campaigns == ["7"]


VICIDIAL = (
    "call_date\tphone_number_dialed\tstatus\tuser\tfull_name\tcampaign_id\tlist_id\t"
    "length_in_sec\tlead_id\tterm_reason\tserver_ip\tdial_time\tanswered_time\tqueue_time\t"
    "wrapup_time\tcalled_count\n"
    # Not answered: call_date is the end of the attempt, its length 0.
    "2026-11-02 09:00:22\t5550100\tNA\tVDAD\tOutbound Auto Dial\tSOLAR\t101\t0\t1\tNONE\t"
    "10.0.0.5\t22\t0\t0\t0\t1\n"
    # Taken by an agent: call_date is the answer; 150 s until the end, of which 4 s waiting.
    "2026-11-02 09:00:10\t5550101\tSALE\t6001\tAgnes Agent\tSOLAR\t101\t150\t2\tAGENT\t"
    "10.0.0.5\t160\t150\t4\t12\t2\n"
    # Waited 9 s until the limit.
    "2026-11-02 09:00:20\t5550102\tDROP\tVDAD\tOutbound Auto Dial\tSOLAR\t101\t9\t3\tQUEUETIMEOUT\t"
    "10.0.0.6\t17\t9\t9\t0\t1\n"
    # A machine.
    "2026-11-02 09:00:30\t5550103\tAA\tVDAD\tOutbound Auto Dial\tSOLAR\t101\t5\t4\tNONE\t"
    "10.0.0.6\t20\t5\t0\t0\t1\n"
)


def test_the_extended_vicidial_export(tmp_path: Path) -> None:
    found = read(write(tmp_path, VICIDIAL, "export.txt"))
    assert since(found.launched) == [0, 0, 12, 15]
    assert since(found.ended) == [22, 160, 29, 35]
    assert since(found.requested) == [None, 10, 20, None]
    assert since(found.connected) == [None, 14, None, None]
    assert since(found.released) == [None, 172, None, None]
    assert found.answered.tolist() == [0, 1, 1, 1]
    assert found.human.tolist() == [0, 1, 1, 0]
    assert [OUTCOMES[code] for code in found.outcome] == ["", "", "cut_off", ""]
    assert found.attempt_pass.tolist() == [1, 2, 1, 1]
    assert [found.dialers[code] for code in found.dialer] == ["10.0.0.5"] * 2 + ["10.0.0.6"] * 2


def test_the_plain_vicidial_export_gives_no_attempt_lengths(tmp_path: Path) -> None:
    lines = [line.split("\t") for line in VICIDIAL.splitlines()]
    kept = [place for place, name in enumerate(lines[0]) if name not in ("dial_time", "server_ip")]
    log = write(tmp_path, "\n".join("\t".join(line[p] for p in kept) for line in lines))
    tallies = Tallies()
    (reader,) = read_logs([log], tallies)
    assert "dial_time" in reader.lacks["attempt_seconds"]
    assert reader.attempts == 4


def test_the_vicidial_carrier_report_dates_the_hang_up(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        "UNIQUE ID,CALL DATE,SERVER IP,LEAD ID,HANGUP CAUSE,DIAL STATUS,CHANNEL,DIAL TIME,"
        "ANSWERED TIME,SIP CODE,SIP HANGUP REASON,PHONE NUMBER\n"
        "1.1,2026-11-02 09:00:22,10.0.0.5,1,19,NOANSWER,SIP/a,22,0,487,,5550100\n"
        "1.2,2026-11-02 09:01:00,10.0.0.5,2,16,ANSWER,SIP/b,40,31,200,,5550101\n",
    )
    found = read(log)
    assert since(found.launched) == [0, 20]
    assert since(found.ended) == [22, 60]
    assert found.answered.tolist() == [0, 1]
    assert found.human.tolist() == [0, -1]  # a machine answers too


ASTERISK = (
    '"SOLAR","5550","5550101","out","Name <5550>","SIP/out-1","SIP/agent-1","Dial","x",'
    '"2026-11-02 09:00:00","2026-11-02 09:00:08","2026-11-02 09:01:00",60,52,"ANSWERED",'
    '"DOCUMENTATION","100.1","","","100.1","1"\n'
    '"SOLAR","5550","200","agents","Name <5550>","SIP/agent-1","","Queue","x",'
    '"2026-11-02 09:00:10","2026-11-02 09:00:13","2026-11-02 09:01:00",50,47,"ANSWERED",'
    '"DOCUMENTATION","100.2","","","100.1","2"\n'
    '"SOLAR","5550","5550102","out","","SIP/out-2","","Dial","x",'
    '"2026-11-02 09:00:02","","2026-11-02 09:00:27",25,0,"NO ANSWER",'
    '"DOCUMENTATION","100.3","","","100.3","3"\n'
)


def test_asterisk_csv_without_a_header_joins_the_legs_of_a_call(tmp_path: Path) -> None:
    found = read(write(tmp_path, ASTERISK, "Master.csv"))
    order = np.argsort(found.launched)
    assert since(found.launched[order]) == [0, 2]
    assert since(found.ended[order]) == [60, 27]
    assert since(found.requested[order]) == [10, None]
    assert since(found.connected[order]) == [13, None]
    assert found.answered[order].tolist() == [1, 0]
    assert found.human[order].tolist() == [-1, 0]


def test_asterisk_as_its_database_names_the_columns(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,"
        "disposition,amaflags,accountcode,uniqueid,userfield\n"
        "2026-11-02 09:00:00,,5550,5550101,out,SIP/a,,Dial,x,31,20,ANSWERED,3,SOLAR,1.1,\n"
        "2026-11-02 09:00:05,,5550,5550102,out,SIP/b,,Dial,x,4,0,BUSY,3,SOLAR,1.2,\n",
    )
    found = read(log)
    assert since(found.ended) == [31, 9]
    assert found.answered.tolist() == [1, 0]
    (reader,) = read_logs([log], Tallies())
    assert "include talk" in reader.lacks["attempt_seconds"]


def test_freeswitch_without_a_header_joins_bridged_legs(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        '"Name","5550","5550101","default","2026-11-02 09:00:00","2026-11-02 09:00:07",'
        '"2026-11-02 09:00:50","50","43","NORMAL_CLEARING","aaa-1","bbb-1","SOLAR","PCMU","PCMU"\n'
        '"Name","5550","1001","default","2026-11-02 09:00:09","2026-11-02 09:00:12",'
        '"2026-11-02 09:00:50","41","38","NORMAL_CLEARING","bbb-1","aaa-1","SOLAR","PCMU","PCMU"\n'
        '"Name","5550","5550102","default","2026-11-02 09:00:01","",'
        '"2026-11-02 09:00:31","30","0","NO_ANSWER","aaa-2","","SOLAR","PCMU","PCMU"\n',
    )
    found = read(log)
    order = np.argsort(found.launched)
    assert since(found.launched[order]) == [0, 1]
    assert since(found.requested[order]) == [9, None]
    assert since(found.connected[order]) == [12, None]
    assert found.answered[order].tolist() == [1, 0]


def test_five9_with_american_dates_and_inbound_calls(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,AGENT NAME,DISPOSITION,ANI,CUSTOMER NAME,DNIS,"
        "CALL TIME,RING TIME,QUEUE WAIT TIME,TALK TIME,HOLD TIME,AFTER CALL WORK TIME,ABANDONED\n"
        '1,"Mon, 2 Nov 2026 09:00:00",Solar,Outbound,a@x,Agnes,Sale,555,Carl,556,'
        "00:02:10,00:00:08,00:00:02,00:01:50,00:00:10,00:00:15,0\n"
        '2,"Mon, 2 Nov 2026 09:00:05",Solar,Outbound,,,No Answer,555,Dora,557,'
        "00:00:25,00:00:25,00:00:00,00:00:00,00:00:00,00:00:00,0\n"
        '3,"Mon, 2 Nov 2026 09:00:06",Solar,Outbound,,,Abandon,555,Emil,558,'
        "00:00:20,00:00:08,00:00:12,00:00:00,00:00:00,00:00:00,1\n"
        '4,"Mon, 2 Nov 2026 09:00:07",Help,Inbound,,,Sale,555,Fred,558,'
        "00:00:20,00:00:08,00:00:12,00:00:00,00:00:00,00:00:00,0\n"
        '5,"Mon, 2 Nov 2026 09:00:08",Solar,Outbound,,,Answering Machine,555,Gina,558,'
        "00:00:18,00:00:08,00:00:00,00:00:00,00:00:00,00:00:00,0\n",
    )
    found = read(log)
    assert since(found.launched) == [0, 5, 6, 8]
    assert since(found.ended) == [130, 30, 26, 26]
    assert since(found.connected) == [10, None, None, None]
    assert since(found.requested) == [8, None, 14, None]
    assert since(found.released) == [145, None, None, None]
    assert found.answered.tolist() == [1, 0, 1, 1]
    assert found.human.tolist() == [1, 0, 1, 0]
    assert [OUTCOMES[code] for code in found.outcome] == ["", "", GAVE_UP, ""]


def test_twilio_with_the_agents_leg_as_child(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        "sid,parent_call_sid,account_sid,to,from,status,direction,start_time,end_time,duration,"
        "price,answered_by,queue_time\n"
        'CA1,,AC,+15550101,+15550000,completed,outbound-api,"Mon, 02 Nov 2026 09:00:00 +0000",'
        '"Mon, 02 Nov 2026 09:01:00 +0000",52,,human,0\n'
        'CA2,CA1,AC,+15551001,+15550000,completed,outbound-dial,"Mon, 02 Nov 2026 09:00:10 +0000",'
        '"Mon, 02 Nov 2026 09:01:00 +0000",45,,,0\n'
        'CA3,,AC,+15550102,+15550000,no-answer,outbound-api,"Mon, 02 Nov 2026 09:00:03 +0000",'
        '"Mon, 02 Nov 2026 09:00:33 +0000",0,,,0\n'
        'CA4,,AC,+15550103,+15550000,completed,outbound-api,"Mon, 02 Nov 2026 09:00:04 +0000",'
        '"Mon, 02 Nov 2026 09:00:24 +0000",9,,machine_start,0\n'
        'CA5,,AC,+15550000,+15550104,completed,inbound,"Mon, 02 Nov 2026 09:00:05 +0000",'
        '"Mon, 02 Nov 2026 09:00:24 +0000",9,,,0\n',
    )
    found = read(log)
    assert since(found.launched) == [0, 3, 4]
    assert since(found.ended) == [60, 33, 24]
    assert since(found.requested) == [10, None, None]
    assert since(found.connected) == [15, None, None]  # 45 s before its end
    assert found.answered.tolist() == [1, 0, 1]
    assert found.human.tolist() == [1, 0, 0]


def test_amazon_connect_records_as_json_lines_the_last_of_each_contact(tmp_path: Path) -> None:
    contact = (
        '{{"ContactId":"{0}","InitiationTimestamp":"2026-11-02T09:00:00Z",'
        '"ConnectedToSystemTimestamp":{1},"DisconnectTimestamp":"2026-11-02T09:01:00Z",'
        '"AnsweringMachineDetectionStatus":"{2}","Campaign":{{"CampaignId":"Solar"}},'
        '"Queue":{{"EnqueueTimestamp":{3}}},"Agent":{{"ConnectedToAgentTimestamp":{4},'
        '"AfterContactWorkDuration":{5}}},"InitiationMethod":"OUTBOUND"}}\n'
    )
    answered = '"2026-11-02T09:00:08Z"'
    log = write(
        tmp_path,
        contact.format("c1", answered, "HUMAN_ANSWERED", answered, "null", "null")
        + contact.format("c1", answered, "HUMAN_ANSWERED", answered, '"2026-11-02T09:00:12Z"', "7")
        + contact.format("c2", "null", "AMD_UNANSWERED", "null", "null", "null")
        + contact.format("c3", answered, "VOICEMAIL_BEEP", "null", "null", "null"),
        "contacts.jsonl",
    )
    found = read(log)
    assert found.campaigns == ["Solar"]
    assert since(found.requested) == [8, None, None]
    assert since(found.connected) == [12, None, None]
    assert since(found.released) == [67, None, None]
    assert found.answered.tolist() == [1, 0, 1]
    assert found.human.tolist() == [1, 0, 0]


def test_genesys_aggregates_give_rates_and_means_and_no_spread(tmp_path: Path) -> None:
    rows = "".join(
        f"2026-11-{day:02d}T09:00:00.000Z/2026-11-{day:02d}T09:30:00.000Z,Solar,200,40,2,18,"
        f"{18 * 90_000},18,{18 * 12_000}\n"
        for day in (2, 3, 4)
    )
    log = write(
        tmp_path,
        "interval,campaign,nOutboundAttempted,nOutboundConnected,nOutboundAbandoned,tTalk.count,"
        "tTalk.sum,tAcw.count,tAcw.sum\n" + rows,
    )
    found = calibrate(log).estimates
    values = {item.figure: item.value for item in found.figures}
    assert values["answer_rate*transfer_rate"] == pytest.approx(20 / 200)
    assert values["talk_seconds"] == pytest.approx(90)
    assert values["wrap_up_seconds"] == pytest.approx(12)
    for unknown in ("answer_rate", "talk_cv", "attempt_seconds", "attempt_cv", "talk_day_cv"):
        item = found.of("Solar", unknown)
        assert item is not None
        assert item.value is None
        assert item.note


def test_an_unknown_header_is_refused_with_what_is_nearest(tmp_path: Path) -> None:
    log = write(tmp_path, "CALL ID,TIMESTAMP,CAMPAIGN,DISPOSITION,PHONE\n1,x,Solar,Sale,5550123\n")
    with pytest.raises(
        InputError, match=r"nearest to Five9 call log, and lacks TALK TIME"
    ) as error:
        read(log)
    assert "5550123" not in str(error.value)


def test_a_mapping_names_columns_formats_and_what_all_rows_share(tmp_path: Path) -> None:
    log = write(
        tmp_path,
        "Start time,Ring ms,Length,Result\n"
        "02.11.2026 09:00,8000,0:31,1\n02.11.2026 09:01,9000,25,0\n",
    )
    mapping = write(
        tmp_path,
        "field,column,format\ncampaign_id,=Solar\nlaunched,Start time,%d.%m.%Y %H:%M\n"
        "ring_seconds,Ring ms,ms\ncall_seconds,Length\nanswered,Result\n",
        "map.csv",
    )
    found = read(log, mapping)
    assert since(found.ended) == [31, 85]
    assert found.answered.tolist() == [1, 0]
    assert found.campaigns == ["Solar"]


def test_every_wrong_line_of_a_mapping_is_told(tmp_path: Path) -> None:
    mapping = write(tmp_path, "lunched,Start\nlaunched,Start,%Q\nlike,Aster\nended,\n", "map.csv")
    with pytest.raises(InputError) as error:
        read_given(mapping)
    told = [(fault.line, fault.column) for fault in error.value.faults]
    assert told == [(1, "field"), (2, "format"), (3, "column"), (4, "column")]
    assert "perhaps launched" in str(error.value)


def test_no_cell_of_a_log_is_ever_shown(tmp_path: Path) -> None:
    """A number in the column of times may be somebody's."""
    secret = "+1 555 0123"
    logs = [
        f"campaign_id,launched\nSolar,{secret}\n" * 3,
        f"campaign_id,launched,ended\nSolar,2026-11-02T09:00:00Z,{secret}\n",
        "campaign_id,launched\n" + f"Solar,2026-11-02T09:00:00Z,{secret}\n" * 200,
    ]
    for text in logs:
        with pytest.raises(InputError) as error:
            read(write(tmp_path, text * (2 if "ended" in text else 1)))
        assert "0123" not in str(error.value)
        assert "0123" not in repr(error.value.__cause__ and error.value.args)


def test_a_few_cells_that_cannot_be_read_are_counted_and_left_blank(tmp_path: Path) -> None:
    good = "Solar,2026-11-02T09:00:00Z,2026-11-02T09:00:30Z\n" * 300
    log = write(tmp_path, f"campaign_id,launched,ended\n{good}Solar,2026-11-02T09:00:00Z,soon\n")
    (reader,) = read_logs([log], Tallies())
    assert reader.attempts == 301
    assert "1 cell of column ended could not be read" in reader.reading.warnings[0]
    assert "line 302" in reader.reading.warnings[0]


def test_aggregates_of_days_that_differ_as_calls_do_give_the_mean_over_all_calls(
    tmp_path: Path,
) -> None:
    # Means of 100, 110 and 95 s of 20, 60 and 40 calls: a cv of 1 makes 22, 14 and 16 s of error.
    days = ((1, 20, 100), (2, 60, 110), (3, 40, 95))
    rows = [
        f"2026-09-{day:02d}T09:00:00.000Z/2026-09-{day:02d}T10:00:00.000Z,Solar,900,200,0,"
        f"{calls},{calls * mean * 1000},{calls},{calls * mean * 100}"
        for day, calls, mean in days
    ]
    header = (
        "interval,campaign,nOutboundAttempted,nOutboundConnected,nOutboundAbandoned,tTalk.count,"
        "tTalk.sum,tAcw.count,tAcw.sum"
    )
    found = calibrate(write(tmp_path, "\n".join([header, *rows]))).estimates
    wanted = (20 * 100 + 60 * 110 + 40 * 95) / 120
    talk, wrap = (found.of("Solar", name) for name in ("talk_seconds", "wrap_up_seconds"))
    assert talk is not None
    assert wrap is not None
    assert talk.value == pytest.approx(wanted)
    assert wrap.value == pytest.approx(wanted / 10)
