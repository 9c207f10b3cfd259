"""The exports that are recognised: which columns show them, and what each column means.

A format maps fields to columns; fields beyond those of an attempt are lengths of time and words
from which :mod:`planner.calibration.readers.attempt_fields` works the attempt out. Names of
columns are compared without case, spaces, underscores, dots and brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.calibration.attempts import COLUMNS

TIMES = ("launched", "answered_at", "ended", "requested", "connected", "released")
LENGTHS = (
    "call_seconds",  # launch to end
    "answered_seconds",  # answer to end
    "ring_seconds",
    "wait_seconds",  # for an agent
    "talk_seconds",
    "hold_seconds",  # of the talk, where it is told apart
    "wrap_up_seconds",
)
FLAGS = ("answered", "human", "abandoned")
WORDS = ("outcome", "status", "taken_by", "ended_by")
IDS = ("campaign_id", "dialer_id", "agent", "call", "leg", "parent", "group", "direction")
FIELDS = (*COLUMNS, *TIMES[1:2], *LENGTHS, "abandoned", *WORDS[1:], *IDS[2:], "pass")

_NO_LENGTH = (
    "unanswered calls have no length in this export; take the extended one with dial_time, or the "
    "carrier log report"
)


@dataclass(frozen=True)
class LogFormat:
    """One export.

    Attributes
    ----------
    name, title : in the program, and in words
    shown_by : sets of columns, each of which shows it
    columns : possible columns of each field, the best first
    words : class of each word of ``status``, ``taken_by`` and ``ended_by``: answered, unanswered,
        human, machine, asked, gave_up, cut_off
    other_status : class of words that are not in the table
    milliseconds : fields in thousandths
    lacks : figures that it cannot give, and why
    lacks_without : the same where a field has no column
    directions : words of ``direction`` of rows that are outbound calls
    legs : whether rows are legs of calls: ``parent`` names the first leg, ``group`` the call, and
        ``bridged`` says that a leg names the one it was joined to
    no_header : columns in order, for files without a header
    answer_asks : every human answer asks for an agent at once
    """

    name: str
    title: str
    shown_by: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    other_status: str = ""
    milliseconds: tuple[str, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)
    lacks_without: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    directions: tuple[str, ...] = ()
    legs: str = ""
    no_header: tuple[str, ...] = ()
    answer_asks: bool = False


def _shown(*columns: str) -> frozenset[str]:
    return frozenset(columns)


LENGTH_FIGURES = ("attempt_seconds", "attempt_cv")
_AGENT_FIGURES = ("transfer_rate", "talk_seconds", "talk_cv", "wrap_up_seconds", "patience_seconds")

ATTEMPTS = LogFormat(
    name="attempts",
    title="attempts",
    shown_by=(_shown("campaignid", "launched"),),
    columns={name: (name,) for name in FIELDS},
)

VICIDIAL = LogFormat(
    name="vicidial_export",
    title="VICIdial call export",
    shown_by=(_shown("calldate", "status", "campaignid", "lengthinsec"),),
    columns={
        "campaign_id": ("campaign_id",),
        "dialer_id": ("server_ip",),
        "answered_at": ("call_date",),
        "answered_seconds": ("length_in_sec",),
        "call_seconds": ("dial_time",),
        "wait_seconds": ("queue_time", "queue_seconds"),
        "wrap_up_seconds": ("wrapup_time",),
        "status": ("status",),
        "ended_by": ("term_reason",),
        "agent": ("user",),
        "call": ("uniqueid",),
        "pass": ("called_count",),
    },
    words={
        "status": {
            **dict.fromkeys(
                ("na", "ab", "b", "adc", "adct", "dc", "n", "pdrop", "lrerr", "new", "queue"),
                "unanswered",
            ),
            **dict.fromkeys(("aa", "am", "al", "a", "afax"), "machine"),
            **dict.fromkeys(("drop", "xdrop"), "asked"),
            **dict.fromkeys(
                ("pm", "pu", "svyrec", "svyhu", "svyvm", "svyext", "svyclm"), "unclear"
            ),
        },
        "ended_by": {"abandon": "gave_up", "queuetimeout": "cut_off"},
        "agent": dict.fromkeys(("", "vdad", "vdcl"), "nobody"),
    },
    other_status="human",
    lacks_without={"call_seconds": dict.fromkeys(LENGTH_FIGURES, _NO_LENGTH)},
    answer_asks=True,
)

VICIDIAL_CARRIER = LogFormat(
    name="vicidial_carrier",
    title="VICIdial carrier log report",
    shown_by=(_shown("calldate", "dialstatus", "dialtime", "answeredtime"),),
    columns={
        "campaign_id": ("campaign_id",),
        "dialer_id": ("server_ip",),
        "ended": ("call_date",),
        "call_seconds": ("dial_time",),
        "answered_seconds": ("answered_time",),
        "status": ("dialstatus", "dial_status"),
        "call": ("UNIQUE ID",),
    },
    words={"status": {"answer": "answered", **dict.fromkeys(
        ("busy", "noanswer", "cancel", "congestion", "chanunavail", ""), "unanswered")}},
    lacks=dict.fromkeys(_AGENT_FIGURES, "the carrier log knows nothing of agents"),
)  # fmt: skip

_ASTERISK_WORDS = {
    "status": {
        "answered": "answered",
        **dict.fromkeys(
            ("no answer", "noanswer", "busy", "failed", "congestion", "cancel"), "unanswered"
        ),
    }
}
_ASTERISK_COLUMNS = {
    "campaign_id": ("accountcode",),
    "launched": ("start", "calldate"),
    "answered_at": ("answer",),
    "ended": ("end",),
    "call_seconds": ("duration",),
    "answered_seconds": ("billsec",),
    "status": ("disposition",),
    "call": ("uniqueid",),
    "leg": ("sequence", "dstchannel"),
    "group": ("linkedid",),
}
ASTERISK = LogFormat(
    name="asterisk",
    title="Asterisk CDR",
    shown_by=(
        _shown("calldate", "duration", "billsec", "disposition"),
        _shown("start", "duration", "billsec", "disposition"),
    ),
    columns=_ASTERISK_COLUMNS,
    words=_ASTERISK_WORDS,
    legs="group",
    no_header=(
        *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp"),
        *("lastdata", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags"),
        *("uniqueid", "userfield", "peeraccount", "linkedid", "sequence"),
    ),
)

FREESWITCH = LogFormat(
    name="freeswitch",
    title="FreeSWITCH CDR",
    shown_by=(
        _shown("startstamp", "endstamp", "billsec", "hangupcause"),
        _shown("startepoch", "endepoch", "billsec", "hangupcause"),
    ),
    columns={
        "campaign_id": ("accountcode",),
        "launched": ("start_stamp", "start_epoch"),
        "answered_at": ("answer_stamp", "answer_epoch"),
        "ended": ("end_stamp", "end_epoch"),
        "call_seconds": ("duration",),
        "answered_seconds": ("billsec",),
        "call": ("uuid",),
        "parent": ("bleg_uuid",),
    },
    legs="bridged",
    no_header=(
        *("caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp"),
        *("answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid"),
        *("accountcode", "read_codec", "write_codec"),
    ),
)

FIVE9 = LogFormat(
    name="five9",
    title="Five9 call log",
    shown_by=(_shown("callid", "timestamp", "campaign", "disposition", "talktime"),),
    columns={
        "campaign_id": ("CAMPAIGN",),
        "launched": ("TIMESTAMP",),
        "call_seconds": ("CALL TIME",),
        "ring_seconds": ("RING TIME",),
        "wait_seconds": ("QUEUE WAIT TIME",),
        "talk_seconds": ("TALK TIME",),
        "hold_seconds": ("HOLD TIME",),
        "wrap_up_seconds": ("AFTER CALL WORK TIME",),
        "status": ("DISPOSITION",),
        "abandoned": ("ABANDONED",),
        "direction": ("CALL TYPE",),
        "call": ("CALL ID",),
    },
    words={
        "status": {
            **dict.fromkeys(
                ("no answer", "busy", "operator intercept", "dial error", "hardware timeout",
                 "system error", "resource unavailable", "station session", "number invalid",
                 "no response from caller"),
                "unanswered",
            ),
            **dict.fromkeys(("answering machine", "fax"), "machine"),
            **dict.fromkeys(("abandon", "abandon*"), "asked"),
        },
    },
    other_status="human",
    lacks_without={
        "call_seconds": dict.fromkeys(LENGTH_FIGURES, "the export has no column CALL TIME"),
    },
    directions=("outbound", "autodial", "auto dial", "preview", "manual"),
)  # fmt: skip

TWILIO = LogFormat(
    name="twilio",
    title="Twilio calls",
    shown_by=(_shown("sid", "status", "starttime", "endtime", "duration"),),
    columns={
        "launched": ("start_time", "StartTime"),
        "ended": ("end_time", "EndTime"),
        "answered_seconds": ("duration",),
        "status": ("status",),
        "taken_by": ("answered_by",),
        "call": ("sid",),
        "parent": ("parent_call_sid",),
        "direction": ("direction",),
    },
    words={
        "status": {
            "completed": "answered",
            **dict.fromkeys(("busy", "failed", "no-answer", "canceled", "no answer"), "unanswered"),
        },
        "taken_by": {"human": "human", "machine*": "machine", "fax": "machine"},
    },
    directions=("outbound", "outgoing", "trunking-originating"),
    legs="parent",
)

CONNECT = LogFormat(
    name="amazon_connect",
    title="Amazon Connect contact records",
    shown_by=(
        _shown("contactid", "initiationtimestamp", "disconnecttimestamp"),
        _shown("initiationtimestamp", "disconnecttimestamp", "agentconnectedtoagenttimestamp"),
    ),
    columns={
        "campaign_id": ("Campaign.CampaignId", "CampaignId", "Queue.Name"),
        "launched": ("InitiationTimestamp",),
        "answered_at": ("ConnectedToSystemTimestamp",),
        "ended": ("DisconnectTimestamp",),
        "requested": ("Queue.EnqueueTimestamp", "EnqueueTimestamp"),
        "connected": ("Agent.ConnectedToAgentTimestamp", "ConnectedToAgentTimestamp"),
        "wrap_up_seconds": ("Agent.AfterContactWorkDuration", "AfterContactWorkDuration"),
        "taken_by": ("AnsweringMachineDetectionStatus",),
        "call": ("ContactId",),
        "direction": ("InitiationMethod",),
    },
    words={
        "taken_by": {
            "human_answered": "human",
            "answered": "answered",
            **dict.fromkeys(
                ("voicemail_beep", "voicemail_no_beep", "fax_machine_detected"), "machine"
            ),
            **dict.fromkeys(("sit_tone*", "amd_unanswered"), "unanswered"),
        }
    },
    directions=("outbound", "api", "callback"),
    legs="latest",
)

GENESYS = LogFormat(
    name="genesys",
    title="Genesys aggregates by interval",
    shown_by=(_shown("interval", "noutboundattempted"),),
    columns={
        "campaign_id": ("outboundCampaignId", "campaign", "campaign_id", "campaignName"),
        "launched": ("interval",),
        "attempts": ("nOutboundAttempted",),
        "answered_count": ("nOutboundConnected",),
        "abandoned_count": ("nOutboundAbandoned",),
        "talk_count": ("tTalk.count", "tTalkComplete.count"),
        "talk_sum": ("tTalk.sum", "tTalkComplete.sum"),
        "wrap_count": ("tAcw.count",),
        "wrap_sum": ("tAcw.sum",),
    },
    lacks={
        **dict.fromkeys(
            ("attempt_seconds", "attempt_cv", "talk_cv", "patience_seconds", "talk_day_cv"),
            "the export has sums and counts, not single calls",
        ),
    },
)

FORMATS = (
    ATTEMPTS,
    VICIDIAL,
    VICIDIAL_CARRIER,
    FIVE9,
    CONNECT,
    TWILIO,
    FREESWITCH,
    ASTERISK,
    GENESYS,
)
