"""What a plan gives up, and which campaigns cannot run, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.contracts.result import GivenUp, LeftOut
from planner.report.words import amount, share

_ASKED = {
    "runs": "should run",
    "min_transfers_per_hour": "should reach {asked} calls an hour",
    "finish_by": "should make {asked} attempts an hour to be done in time",
    "min_dial_lines": "should have {asked} dial lines by limit {limit}",
    "min_agent_lines": "should have {asked} agent lines by limit {limit}",
    "min_dialers": "should run on {asked} dialers",
    "survivable_share": "{asked} should survive any failure",
}
_GOT = {
    "runs": "it gets no lines",
    "min_dialers": "runs on {got}",
    "survivable_share": "{got} do",
}


def given_up_sentences(items: Iterable[GivenUp]) -> Iterator[str]:
    """A sentence for each requirement that is given up, most important first."""
    for item in sorted(items, key=lambda item: item.priority):
        words = share if item.requirement == "survivable_share" else amount
        values = {"asked": words(item.asked), "got": words(item.got), "limit": item.limit or ""}
        asked = _ASKED[item.requirement].format(**values)
        got = _GOT.get(item.requirement, "has {got}").format(**values)
        yield f"{item.campaign_id} (priority {item.priority}): {asked}, {got}."


def left_out_sentences(items: Iterable[LeftOut]) -> Iterator[str]:
    """A sentence for each campaign that cannot run."""
    for item in items:
        yield f"{item.campaign_id} gets no lines: {item.why}."
