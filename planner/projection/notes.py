"""What stands beside a projection: what its figures leave out, and how exact they are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from planner.contracts.projected import TimelineStep
from planner.evaluation.running.on_shift import too_few_agents
from planner.projection.figures.settling import never_settles
from planner.projection.figures.simulated import MOST_CALLS, WARM_UP_CALLS, Simulated
from planner.projection.pairs import Pair

#: So many campaigns are named; whoever has two hundred reads no list of them.
_MOST_NAMED = 5


def staff_notes(pairs: list[Pair]) -> list[str]:
    """Where fewer agents are on shift than a campaign has lines."""
    notes = []
    by_campaign: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.dialer.in_service:
            by_campaign.setdefault(pair.campaign.campaign_id, []).append(pair)
    for campaign_id, here in by_campaign.items():
        staffed = sum(pair.agent_lines for pair in here)
        assigned = sum(pair.item.agent_lines for pair in here)
        if staffed < assigned:
            lines = [(p.dialer.dialer_id, p.agent_lines, p.item.agent_lines) for p in here]
            notes.append(too_few_agents(campaign_id, lines))
    return notes


def assumption_notes(pairs: list[Pair]) -> list[str]:
    """Whose figures come from formulas that leave something out."""
    if not pairs:
        return []
    names = _in_short([pair.campaign.campaign_id for pair in pairs])
    return [
        "By formulas that leave out how times vary and what limits of calls per second and "
        f"channels hold back: {names}."
    ]


def _in_short(campaigns: Iterable[str]) -> str:
    """Their names, of a large fleet the first ones."""
    names = list(dict.fromkeys(campaigns))
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def settling_notes(pairs: Sequence[Pair], simulated: Collection[tuple[str, str]]) -> list[str]:
    """Whose figures are those of some calls one after the other, as nothing settles."""
    found = [p.campaign.campaign_id for p in pairs if p.key in simulated and never_settles(p)]
    if not found:
        return []
    return [
        f"{_in_short(found)}: attempts and talks hardly vary in length, so that "
        "lines stay in step and nothing settles; the figures are those over "
        f"{MOST_CALLS:.0f} calls from the {WARM_UP_CALLS + 1:.0f}th on, not of the long run."
    ]


def run_notes(runs: dict[tuple[str, str], int], steps: Sequence[TimelineStep]) -> Iterator[str]:
    """How exact the simulated part of the timeline is."""
    if not runs:
        return
    widths = [
        100 * (step.high[key] - low)
        for step in steps
        for key, low in step.low.items()
        if step.high[key] > low  # a broadcast is known never to pause
    ]
    ends = "one run tells nothing of chance."
    if widths:
        ends = (
            "each simulated chance has its own 95 % interval in timeline.csv and the JSON; "
            f"half of them are right to {statistics.median(widths) / 2:.1f} points and all to "
            f"{math.ceil(max(widths) / 2)}."
        )
    yield f"Timeline from {min(runs.values())} simulated runs at least: {ends}"


def precision_notes(made: Mapping[tuple[str, str], Simulated]) -> list[str]:
    """Which simulated rows are less precise than wanted."""
    wanted = "within 2 % (shares: 0.005)"
    kinds = (
        ("long-run figures", [key for key, found in made.items() if not found.figures_met]),
        ("times to all agent lines busy", [k for k, f in made.items() if not f.passages_met]),
    )
    return [
        f"Simulated {what} not {wanted}, see their low and high ends: {_named(keys, made)}."
        for what, keys in kinds
        if keys
    ]


def _named(keys: Sequence[tuple[str, str]], all_keys: Collection[tuple[str, str]]) -> str:
    if len(keys) == len(all_keys) > 1:
        return "all of them"
    return ", ".join(f"{campaign} on {dialer}" for campaign, dialer in keys)
