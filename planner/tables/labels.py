"""What each column is called in plain words and what it says: for pages and templates."""

from __future__ import annotations

from typing import NamedTuple

from planner.contracts.values.fields import Contract
from planner.tables.cells import columns, expected


class Label(NamedTuple):
    """A title for people, and what the column says."""

    title: str
    says: str


#: By table and column; by the column alone where it says the same in every table.
_LABELS: dict[tuple[str, str] | str, Label] = {
    "dialer_id": Label("Dialer", "Its name"),
    "campaign_id": Label("Campaign", "Its name"),
    "trunk_group": Label("Trunk group", "The carrier capacity that it uses"),
    "failure_domain": Label("Fails with", "Dialers with the same word fail together: a site"),
    "timezone": Label("Time zone", "Whose clock the times are on"),
    "days": Label("Days", "Weekdays or dates; blank is every day"),
    "from": Label("From", "When it begins"),
    "to": Label("To", "When it ends"),
    ("dialers", "ports"): Label("Ports", "Lines at once, dial and agent lines together"),
    ("dialers", "cps"): Label("Calls a second", "So many it may launch"),
    ("dialers", "agent_lines_use_ports"): Label(
        "Agent lines use ports", "Whether a line to an agent takes a port"
    ),
    ("dialers", "cost_per_attempt"): Label("Cost per attempt", "In the unit of value"),
    ("dialers", "cost_per_talk_minute"): Label("Cost per talk minute", "In the unit of value"),
    ("dialers", "in_service"): Label("In service", "Whether it runs at all"),
    ("trunk_groups", "channels"): Label("Channels", "Simultaneous calls of its dialers together"),
    ("trunk_groups", "cps"): Label("Calls a second", "So many its dialers may launch together"),
    ("trunk_groups", "fails_together"): Label(
        "Fails together", "Whether losing the carrier is a failure of all its dialers"
    ),
    ("campaigns", "kind"): Label("Kind", "live_transfer to agents, or broadcast of a message"),
    ("campaigns", "agent_lines"): Label(
        "Agent lines on shift", "To be split over the dialers; a live transfer needs them"
    ),
    ("campaigns", "max_dial_lines"): Label("Most dial lines", "Over all dialers together"),
    ("campaigns", "attempt_seconds"): Label(
        "Attempt, seconds", "How long an attempt holds a dial line on average, talk left out"
    ),
    ("campaigns", "answer_rate"): Label("Answer rate", "Share of attempts that a person answers"),
    ("campaigns", "transfer_rate"): Label(
        "Transfer rate", "Share of those answers that ask for an agent"
    ),
    ("campaigns", "talk_seconds"): Label("Talk, seconds", "Mean talk with the agent"),
    ("campaigns", "wrap_up_seconds"): Label(
        "Wrap-up, seconds", "Mean time after a call until the agent line is free again"
    ),
    ("campaigns", "attempt_cv"): Label(
        "Attempts vary", "Standard deviation of the attempt's time over its mean"
    ),
    ("campaigns", "talk_cv"): Label("Talks vary", "Standard deviation of the talk over its mean"),
    ("campaigns", "overflow"): Label(
        "No agent free", "Whoever then asks for one is dropped, or held"
    ),
    ("campaigns", "patience_seconds"): Label("Patience, seconds", "Mean wait of a held caller"),
    ("campaigns", "pacing"): Label("Pacing", "Attempts under way per free agent line"),
    ("campaigns", "value"): Label("Value", "Of a handled transfer; of a broadcast's message"),
    ("campaigns", "allowed_dialers"): Label("Allowed dialers", "Blank is all of them"),
    ("campaigns", "min_dialers"): Label("Fewest dialers", "It must be spread over so many"),
    ("campaigns", "min_agent_lines"): Label("Fewest agent lines", "On each dialer where it runs"),
    ("campaigns", "survivable_share"): Label(
        "Must survive", "Share of its calls that goes on whatever failure domain is lost"
    ),
    ("campaigns", "max_abandon_rate"): Label(
        "Most abandoned", "Abandoned calls per live answer that are allowed"
    ),
    ("campaigns", "records"): Label("Records left", "People still to be called; blank is no end"),
    ("campaigns", "attempts_per_record"): Label("Attempts per record", "How often each is called"),
    ("campaigns", "start"): Label("Starts on", "Its first day"),
    ("campaigns", "stop"): Label("Stops on", "Its last day"),
    ("campaigns", "schedule"): Label("Schedule", "Weekly windows in which it dials"),
    ("campaigns", "status"): Label("Stopped", "Whether it is stopped, and by whom"),
    ("campaigns", "answer_rate_day_cv"): Label(
        "Answer rate by day", "How much its daily mean differs: standard deviation over mean"
    ),
    ("campaigns", "transfer_rate_day_cv"): Label(
        "Transfer rate by day", "How much its daily mean differs: standard deviation over mean"
    ),
    ("campaigns", "talk_day_cv"): Label(
        "Talk by day", "How much its daily mean differs: standard deviation over mean"
    ),
    ("campaigns", "min_transfers_per_hour"): Label(
        "Fewest calls an hour", "Transfers, of a broadcast messages, that it must reach"
    ),
    ("campaigns", "finish_by"): Label("Finish by", "At the end of this day its list is to be done"),
    ("campaigns", "priority"): Label(
        "Priority", "Where not everything can be had, the lowest number is kept first"
    ),
    ("assignments", "dial_lines"): Label("Dial lines", "Simultaneous outbound calls"),
    ("assignments", "agent_lines"): Label("Agent lines", "Lines to agents on this dialer"),
    ("assignments", "locked"): Label("Locked", "Whether a plan must keep these lines"),
    ("assignments", "busy_agent_lines"): Label("Busy agent lines", "Right now"),
    ("assignments", "status"): Label("Stopped", "Whether it is stopped here, and by whom"),
    ("assignments", "pools"): Label("Pools", "Who sits there"),
    ("assignments", "as_of"): Label("As of", "When this was so"),
    ("intervals", "agent_lines"): Label("Agent lines on shift", "In these hours"),
    ("intervals", "answer_rate"): Label("Answer rate", "In these hours"),
    ("intervals", "transfer_rate"): Label("Transfer rate", "In these hours"),
    ("intervals", "talk_seconds"): Label("Talk, seconds", "In these hours"),
    ("outages", "start"): Label("Out from", "When the dialer goes out"),
    ("outages", "end"): Label("Out until", "When it comes back"),
    ("agents", "pool"): Label("Pool", "Its name; several rows for different hours"),
    ("agents", "agent_lines"): Label("Agent lines", "Agents of the pool on shift"),
    ("agents", "campaigns"): Label("Campaigns", "For whom they can work; blank is all"),
    ("agents", "dialers"): Label("Dialers", "Where they can sit; blank is all"),
    ("limits", "limit"): Label("Limit", "Its name; else the number of its line"),
    ("limits", "campaign_id"): Label("Campaign", "Blank is all together"),
    ("limits", "dialer_id"): Label("Dialers", "Blank is all"),
    ("limits", "failure_domain"): Label("Failure domains", "Blank is all"),
    ("limits", "trunk_group"): Label("Trunk groups", "Blank is all"),
    ("limits", "max_dial_lines"): Label("Most dial lines", "Never more"),
    ("limits", "max_agent_lines"): Label("Most agent lines", "Never more"),
    ("limits", "max_lines"): Label("Most lines", "Dial and agent lines together, never more"),
    ("limits", "min_dial_lines"): Label("Fewest dial lines", "Of the campaign, asked for"),
    ("limits", "min_agent_lines"): Label("Fewest agent lines", "Of the campaign, asked for"),
}

#: Columns that a table shows first; the others by topic. Tables that are not here show all.
FIRST = {
    "dialers": ("dialer_id", "ports", "cps", "failure_domain", "in_service"),
    "campaigns": (
        "campaign_id",
        "kind",
        "agent_lines",
        "attempt_seconds",
        "answer_rate",
        "transfer_rate",
        "talk_seconds",
        "value",
    ),
}
TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "dialers": {
        "Carrier": ("trunk_group", "agent_lines_use_ports"),
        "Costs": ("cost_per_attempt", "cost_per_talk_minute"),
    },
    "campaigns": {
        "Limits": (
            "max_abandon_rate",
            "survivable_share",
            "max_dial_lines",
            "min_dialers",
            "min_agent_lines",
            "allowed_dialers",
        ),
        "Hours": ("start", "stop", "schedule", "timezone", "status"),
        "Dial list": ("records", "attempts_per_record"),
        "Goals": ("min_transfers_per_hour", "finish_by", "priority"),
        "Calls in detail": (
            "wrap_up_seconds",
            "attempt_cv",
            "talk_cv",
            "overflow",
            "patience_seconds",
            "pacing",
        ),
        "Days that differ": ("answer_rate_day_cv", "transfer_rate_day_cv", "talk_day_cv"),
    },
}


def label(table: str, column: str) -> Label:
    """The label of a column of a table."""
    return _LABELS.get((table, column)) or _LABELS[column]


def told(table: str, contract: type[Contract], column: str) -> str:
    """What a column says and what its cells may hold, in two sentences."""
    field = columns(contract)[column]
    need = "Required. " if contract.model_fields[field].is_required() else ""
    words = expected(contract, field)
    return f"{label(table, column).says}. {need}{words[0].upper()}{words[1:]}."
