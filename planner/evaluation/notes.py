"""What is no fault of the input, and yet not what its owner may have meant: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from planner.contracts.fleet.pools import counted_dialers, serving, without_a_moment
from planner.contracts.problem import Dialer, Problem
from planner.contracts.values.lookalikes import alike, difference
from planner.contracts.values.told import share, share_set

#: People type whole per cents: a share is met when it is met to the nearest one.
_HALF_A_PER_CENT = 0.005
_ROUNDING = 1e-9
#: Zones without daylight saving time that are easily taken for places that have it.
_FIXED_ZONES = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}


def problem_notes(problem: Problem) -> tuple[str, ...]:
    """Sentences on what in a problem has no effect, cannot be had, or is easily mistaken."""
    return (
        *filter(None, [value_note(problem)]),
        *_about_pools(problem),
        *_about_limits(problem),
        *_about_shares(problem),
        *_about_zones(problem),
        *_about_names(problem),
        *without_a_moment(problem),
    )


def counted_calls(problem: Problem) -> str:
    """``transfer`` or ``message`` where the value is their number; blank where it is not.

    So it is where all campaigns are of one kind, each call is worth 1, and none costs anything.
    """
    calls = {"transfer" if c.is_live_transfer else "message" for c in problem.campaigns}
    worth_one = all(c.value == 1 for c in problem.campaigns)
    costs = any(d.cost_per_attempt or d.cost_per_talk_minute for d in problem.dialers)
    return calls.pop() if len(calls) == 1 and worth_one and not costs else ""


def value_note(problem: Problem) -> str:
    """That a message counts as much as a transfer, where nobody said what calls are worth.

    Blank where somebody did, or where all calls are of one kind.
    """
    broadcasts = [c.campaign_id for c in problem.campaigns if not c.is_live_transfer]
    said = any(campaign.value != 1 for campaign in problem.campaigns)
    if said or len(broadcasts) in (0, len(problem.campaigns)):
        return ""
    whose = broadcasts[0] if len(broadcasts) == 1 else f"{len(broadcasts)} broadcasts"
    return (
        f"A message of {whose} counts as much as a transfer, so that plans prefer whatever makes "
        "more calls: fill in value in campaigns.csv where transfers are worth more."
    )


def _about_pools(problem: Problem) -> Iterator[str]:
    if not problem.pools:
        return
    for row in {row.pool: row for row in problem.pools}.values():
        rows = [other for other in problem.pools if other.pool == row.pool]
        usable = any(
            other.serves(campaign.campaign_id)
            and other.reaches(dialer.dialer_id)
            and problem.may_use(campaign, dialer)
            for other in rows
            for campaign in problem.campaigns
            if campaign.is_live_transfer
            for dialer in problem.dialers
        )
        if not usable:
            yield (
                f"Pool {row.pool}: nobody can use its agent lines: no campaign that it serves may "
                "have lines on a dialer in service that it reaches."
            )
    for campaign in problem.campaigns:
        if campaign.is_live_transfer and not serving(problem.pools, campaign):
            own = campaign.own_agent_lines
            effect = f"it has its own {own} agent lines" if own else "it cannot run"
            yield f"Campaign {campaign.campaign_id}: no pool of agents serves it; {effect}."


def _about_limits(problem: Problem) -> Iterator[str]:
    for row in problem.limits:
        if row.limits_nothing:
            yield f"Limit {row.limit}: no number is filled in, so that it limits nothing."
        if not counted_dialers(problem, row):
            yield (
                f"Limit {row.limit}: no dialer matches all of its columns, so that it is about no "
                "lines."
            )


def _about_shares(problem: Problem) -> Iterator[str]:
    for campaign in problem.campaigns:
        dialers = [d for d in problem.dialers if problem.may_use(campaign, d)]
        if campaign.survivable_share == 0 or not dialers:
            continue
        parts = _fewest_failures(problem, dialers)
        most = 1 - 1 / parts
        asked = campaign.survivable_share
        if asked == 1 or asked - _HALF_A_PER_CENT > most + _ROUNDING:
            take = "failure takes" if parts == 1 else "failures together take"
            yield (
                f"Campaign {campaign.campaign_id}: {share_set(asked)} are to survive any failure, "
                f"but {parts} {take} all dialers that it may use, so that at most "
                f"{share(most)} can survive the worst one."
            )


def _fewest_failures(problem: Problem, dialers: list[Dialer]) -> int:
    """So many failures that together take all of some dialers, found by the largest first."""
    left = {problem.dialer_index[dialer.dialer_id] for dialer in dialers}
    count = 0
    while left:
        left -= max((taken & left for _, taken in problem.single_failures), key=len)
        count += 1
    return count


def _about_zones(problem: Problem) -> Iterator[str]:
    rows = (*problem.pools, *problem.limits)
    zones = {c.timezone for c in problem.campaigns} | {r.timezone for r in rows if r.timezone}
    for zone in sorted(zones):
        if zone in _FIXED_ZONES:
            yield (
                f"Time zone {zone} has no daylight saving time; {_FIXED_ZONES[zone]} is the zone "
                "of a place."
            )
        elif zone.startswith("Etc/GMT"):
            yield f"Time zone {zone} is the same all year, and + there means west of Greenwich."


def _about_names(problem: Problem) -> Iterator[str]:
    named = {
        "Campaigns": [campaign.campaign_id for campaign in problem.campaigns],
        "Dialers": [dialer.dialer_id for dialer in problem.dialers],
        "Trunk groups": [group.trunk_group for group in problem.trunk_groups],
        "Failure domains": [dialer.domain for dialer in problem.dialers],
        "Pools": [row.pool for row in problem.pools],
    }
    for what, keys in named.items():
        for one, other in alike(keys):
            yield f"{what} {one} and {other} differ {difference(one, other)}, and are two."
