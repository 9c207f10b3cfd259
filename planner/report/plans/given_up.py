"""What a plan gives up and who keeps it, and which campaigns cannot run, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from planner.contracts.answers import (
    GivenUp,
    KeptInstead,
    LeftOut,
    LimitBroken,
    LimitTightened,
    Loss,
    Needed,
    NeededSearch,
)
from planner.contracts.values.told import share_beside, share_set
from planner.projection.hours.finish import NEVER
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
    "finish_by": "makes {got}",
    "survivable_share": "{got} do",
}
_KEPT = {
    "runs": "{name} can run",
    "min_dialers": "{name} can have its {asked} dialers",
    "survivable_share": "{asked} of {name} survives any failure",
    "min_transfers_per_hour": "{name} can reach its {asked} calls an hour",
}
_RATES = ("min_transfers_per_hour", "finish_by")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
#: Over campaigns whose calls fall much.
LOSSES = "More than a tenth less than with the current lines"
#: Over the ways in which nothing would be given up.
NEEDED = "What it would take to keep everything"
_NONE_NEEDED = {
    NeededSearch.NOT_SOUGHT: "That was not looked for.",
    NeededSearch.NOT_IN_TIME: "No way was found within the time for it; there may be one.",
    NeededSearch.NOT_ENOUGH: "More ports, channels and agents would not be enough, however many: "
    "what is asked for has to change, or the dialers.",
}
#: Campaigns that are named as those who keep something.
MOST_KEEPERS = 3


def given_up_sentences(items: Iterable[GivenUp]) -> Iterator[str]:
    """A sentence for each requirement that is given up, most important first.

    Of a campaign without lines nothing else is told: it misses the rest as well.
    """
    items = tuple(items)
    dark = {item.campaign_id for item in items if item.requirement == "runs"}
    for item in sorted(items, key=lambda item: item.priority):
        if item.campaign_id not in dark or item.requirement == "runs":
            yield _sentence(item, item.kept_instead)


def _sentence(item: GivenUp, found: Sequence[KeptInstead]) -> str:
    name = f"{item.campaign_id} (priority {item.priority})"
    if found and item.requirement == "runs":
        return f"{name} goes without lines so that {_keepers(found)}."
    words = _words(item.requirement)
    got = share_beside(item.got, item.asked) if words is share_set else words(item.got)
    values = {"asked": words(item.asked), "got": got, "limit": item.limit or ""}
    asked = _ASKED[item.requirement].format(**values)
    has = _GOT.get(item.requirement, "has {got}").format(**values)
    if item.requirement == "finish_by" and item.asked >= NEVER:
        asked, has = "should be done in time, with no open hour left", f"{has} attempts an hour"
    return f"{name}: {asked}, {has}" + (f", so that {_keepers(found)}." if found else ".")


def _words(requirement: str) -> Callable[[float], str]:
    """How numbers of a requirement are told: per cents, counts, rates."""
    if requirement == "survivable_share":
        return share_set
    return amount if requirement in _RATES else "{:,.0f}".format


def _keepers(found: Sequence[KeptInstead]) -> str:
    told = []
    for keeper in found[:MOST_KEEPERS]:
        name = f"{keeper.campaign_id} (priority {keeper.priority})"
        told.append(_KEPT[keeper.requirement].format(name=name, asked=_asked(keeper)))
    rest = len(found) - MOST_KEEPERS
    if rest > 0:
        told.append(f"{rest} more can have what they ask for")
    return " and ".join(told)


def _asked(keeper: KeptInstead) -> str:
    if keeper.requirement == "min_dialers" and keeper.asked < len(_NUMBERS):
        return _NUMBERS[int(keeper.asked)]
    return _words(keeper.requirement)(keeper.asked)


def needed_sentences(items: Iterable[Needed], search: NeededSearch) -> Iterator[str]:
    """A sentence for each way to keep everything; where there is none, why.

    ``Give dialer D2 12 ports, and put 5 agent lines of campaign Tax on shift: then everything can
    be had, for 109.0 an hour or a little more.``
    """
    if search in _NONE_NEEDED:
        yield _NONE_NEEDED[search]
    for item in items:
        first, *rest = item.words
        ways = first if not rest else f"{', '.join((first, *rest[:-1]))}, and {rest[-1]}"
        value = amount(item.value_per_hour)
        yield (
            f"{ways[0].upper()}{ways[1:]}: then everything can be had; a plan made with that "
            f"brings {value} an hour."
        )


def plan_loss_sentences(items: Iterable[Loss]) -> Iterator[str]:
    """Sentences such as ``Solar loses 96 % of its transfers: 3.0 instead of 75.0 an hour.``."""
    for item in items:
        yield (
            f"{item.campaign_id} loses {share(item.share)} of its {item.calls}: "
            f"{amount(item.after_per_hour)} instead of {amount(item.before_per_hour)} an hour."
        )


def left_out_sentences(items: Iterable[LeftOut]) -> Iterator[str]:
    """A sentence for each campaign that cannot run."""
    for item in items:
        yield f"{item.campaign_id} gets no lines: {item.why}."


def broken_sentences(items: Iterable[LimitBroken]) -> Iterator[str]:
    """Limits that lines hold by their tables and break in their simulation."""
    for item in items:
        found = share_beside(item.simulated, item.asked)
        yield (
            f"{item.campaign_id}: {item.limit} {share_set(item.asked)}; {share(item.table)} by the "
            f"planning table, {found} simulated ({share(item.simulated_low)} to "
            f"{share(item.simulated_high)})."
        )


def tightened_sentences(items: Iterable[LimitTightened]) -> Iterator[str]:
    """Limits that the tables had to hold more tightly, so that the simulation holds them."""
    for item in items:
        tighter = share_beside(item.searched_with, item.asked)
        yield (
            f"{item.campaign_id}: {item.limit} {share_set(item.asked)} holds in the simulation; "
            f"the planning tables had to hold {tighter} for that."
        )
