"""What was found in a VICIdial's call logs, and what they do not tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.report.text_layout import bullets, section, table
from planner.report.words import share
from planner.vicidial.logs.attempts import Counts

#: Launches that are no attempts of the table, by what they are counted as.
_LEFT_OUT = {
    "manual": "dialed by hand or by an agent",
    "without_log": "no row of vicidial_log tells their campaign",
    "without_launch": "no log tells when they were launched",
    "unknown_server": "their server is not among the system's",
}
_KNOWN = (
    ("answered", "answered by anybody", "carrier log; else length, agent or drop in vicidial_log"),
    ("human", "person or machine", "request for an agent, status flags; machine detection routes"),
    ("ended", "end of the attempt", "carrier log; else end of the call, or the ring limit"),
    (
        "requested",
        "agent asked for",
        "remote agent log, agent log, drops. With a message first: "
        "at the latest then, as waiting is not logged",
    ),
    ("connected", "agent took the call", "remote agent log, agent log"),
    ("released", "agent line free again", "agent log; remote lines are free within 2 s"),
)


def calls_document(counts: Counts) -> dict[str, Any]:
    """How many attempts there are, and for how many each quantity is known."""
    return {
        "attempts": counts["attempts"],
        "known": {name: counts[name] for name, _, _ in _KNOWN},
        "with_carrier_log": counts["carrier"],
        "ended_at_ring_limit": counts["ring_limit"],
        "left_out": {name: counts[name] for name in _LEFT_OUT},
        "notes": _notes(counts),
    }


def calls_text(counts: Counts, path: Path) -> str:
    """The same for a terminal."""
    attempts = counts["attempts"]
    lines = [f"{attempts:,} attempts in {path}."]
    if attempts:
        rows = [
            [what, f"{counts[name]:,}", share(counts[name] / attempts), source]
            for name, what, source in _KNOWN
        ]
        lines += section("What is known", table(["", ">attempts", ">share", "from"], rows))
    left = [f"{counts[name]:,} launches: {why}." for name, why in _LEFT_OUT.items() if counts[name]]
    lines += section("Left out", bullets(left))
    lines += section("Beware", bullets(_notes(counts)))
    return "\n".join(lines) + "\n"


def _notes(counts: Counts) -> list[str]:
    notes = [
        "In campaigns that play a message first, callees who hang up while they wait for an agent "
        "are all but invisible in the logs: transfer_rate comes out too low by their share.",
    ]
    if counts["carrier"] < counts["attempts"]:
        notes.append(
            f"{counts['attempts'] - counts['carrier']:,} attempts have no row in the carrier log "
            f"(carrier_logging_active, and a dialplan that hands over the times). "
            f"{counts['ring_limit']:,} of them rang out and are given the ring limit as their "
            "length; busy and failed ones have no end."
        )
    if counts["human"] < counts["attempts"]:
        notes.append(
            "Where people and machines cannot be told apart, only answer_rate times transfer_rate "
            "is known."
        )
    return notes
