"""The constraints of one campaign: its limits, and on how many dialers it must run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from planner.contracts.limits import MAX_LINES
from planner.contracts.problem import Campaign, Problem
from planner.contracts.values.told import amount, share_set
from planner.optimize.infeasible.constraint import (
    Change,
    Constraint,
    Easing,
    NoLimit,
    counted,
    in_column,
    plural,
)

#: Steps in which shares and abandon rates are eased.
SHARE_STEP, RATE_STEP = 1e-2, 1e-4
#: Parts of a least number of calls to which it is eased: hundredths of it down to a tenth, then
#: each a fiftieth less than the one before, so that a thousand times too much gets its number.
HUNDREDTHS = tuple(k / 100 for k in range(99, 9, -1))
CALL_PARTS = (*HUNDREDTHS, *(0.1 * 0.98**k for k in range(1, 343)), 0.0)
#: Dialers that are tried one by one when a campaign may use only some.
MOST_TRIED = 12


def campaign_limits(
    campaign: Campaign, problem: Problem, room: NoLimit, failures: int
) -> Iterator[Constraint]:
    """What keeps lines of a campaign away; surviving and abandonment first."""
    if campaign.survivable_share > 0:
        yield _survivable_share(campaign, failures)
    if campaign.max_abandon_rate is not None and campaign.is_live_transfer:
        yield _max_abandon_rate(campaign, campaign.max_abandon_rate)
    if campaign.is_live_transfer and campaign.min_agent_lines > 1:
        yield _min_agent_lines(campaign)
    if campaign.allowed_dialers is not None:
        yield _allowed_dialers(campaign, campaign.allowed_dialers, problem)
    if campaign.max_dial_lines is not None:
        yield _max_dial_lines(campaign, campaign.max_dial_lines, room)


def least_dialers(campaign: Campaign, dialers: int) -> Constraint:
    """On how many dialers a campaign must run: a demand for lines."""
    name, least = f"campaign {campaign.campaign_id}", campaign.min_dialers

    def said(count: int) -> str:
        if count == 0:
            return f"let {name} go without lines (min_dialers 0)"
        return f"let {name} run on {count} {plural('dialer', count)}"

    words = f"{name} runs on at least {least} {plural('dialer', least)}"
    if least > dialers:
        words += f" (there {'is' if dialers == 1 else 'are'} {dialers})"
    found = in_column(campaign, "min_dialers", words, 0, counted(least, 0, said))
    return replace(found, is_demand=True)


def least_transfers(campaign: Campaign) -> Constraint:
    """Transfers an hour that a campaign must reach, of a broadcast messages: a demand for lines."""
    name, least = f"campaign {campaign.campaign_id}", campaign.min_transfers_per_hour
    calls = "transfers" if campaign.is_live_transfer else "messages"

    def value_at(step: int) -> tuple[float, str]:
        told = amount(least * CALL_PARTS[step - 1])
        return float(told.replace(",", "")), f"ask for {told} {calls} an hour of {name}"

    words = f"{name} must reach {amount(least)} {calls} an hour"
    found = in_column(campaign, "min_transfers_per_hour", words, 0.0, (len(CALL_PARTS), value_at))
    return replace(found, is_demand=True)


def done_in_time(campaign: Campaign) -> Constraint:
    """The day on which a list must be done: a demand for attempts an hour until then."""
    name, day = f"campaign {campaign.campaign_id}", campaign.finish_by
    off: dict[str, float | None] = {"finish_by": None, "min_attempts_per_hour": 0.0}
    gone = (Change("campaigns", (campaign.campaign_id,), off),)
    easing = Easing(None, f"let the list of {name} take longer", gone)
    needed = campaign.min_attempts_per_hour
    so_many = (
        "more attempts than hours are left"
        if math.isinf(needed)
        else f"{needed:,.0f} attempts an hour"
    )
    return Constraint(
        table="campaigns",
        key=(campaign.campaign_id,),
        column="finish_by",
        value=str(day),
        words=f"the list of {name} must be done by {day} ({so_many})",
        lifted=gone,
        steps=1,
        easing=lambda _: easing,
        is_demand=True,
    )


def agent_lines_on_shift(campaign: Campaign, room: NoLimit) -> Constraint:
    """Agent lines that there are for a campaign."""
    name, shift = f"campaign {campaign.campaign_id}", campaign.agent_lines
    end = max(shift + 1, room.agent_lines[campaign.campaign_id])
    eased = counted(shift, end, lambda n: f"put {n} agent {plural('line', n)} of {name} on shift")
    words = f"{name} has {shift} agent {plural('line', shift)} on shift"
    return in_column(campaign, "agent_lines", words, end, eased)


def _survivable_share(campaign: Campaign, failures: int) -> Constraint:
    share = campaign.survivable_share
    above = math.ceil(share / SHARE_STEP - 1e-6)

    def value_at(step: int) -> tuple[float, str]:
        eased = max(0.0, round((above - step) * SHARE_STEP, 3))
        return eased, f"ask for {share_set(eased)} of campaign {campaign.campaign_id} to survive"

    case = "any single failure" if failures == 1 else f"any {failures} failures at once"
    words = f"campaign {campaign.campaign_id} needs {share_set(share)} to survive {case}"
    return in_column(campaign, "survivable_share", words, 0.0, (above, value_at))


def _max_abandon_rate(campaign: Campaign, rate: float) -> Constraint:
    below = math.floor(rate / RATE_STEP + 1e-6)
    name = f"campaign {campaign.campaign_id}"

    def value_at(step: int) -> tuple[float, str]:
        eased = min(1.0, round((below + step) * RATE_STEP, 4))
        return eased, f"let {name} abandon up to {share_set(eased)} of its live answers"

    words = f"{name} abandons at most {share_set(rate)} of its live answers"
    steps = round(1 / RATE_STEP) - below
    return in_column(campaign, "max_abandon_rate", words, None, (steps, value_at))


def _min_agent_lines(campaign: Campaign) -> Constraint:
    name, least = f"campaign {campaign.campaign_id}", campaign.min_agent_lines
    eased = counted(
        least, 1, lambda n: f"let {name} run with {n} agent {plural('line', n)} on a dialer"
    )
    words = f"{name} has at least {least} agent lines where it runs"
    return in_column(campaign, "min_agent_lines", words, 1, eased)


def _max_dial_lines(campaign: Campaign, most: int, room: NoLimit) -> Constraint:
    name = f"campaign {campaign.campaign_id}"
    end = max(most + 1, min(sum(room.ports.values()), MAX_LINES))
    eased = counted(most, end, lambda n: f"allow {name} {n} dial {plural('line', n)}")
    words = f"{name} has at most {most} dial {plural('line', most)}"
    return in_column(campaign, "max_dial_lines", words, None, eased)


def _allowed_dialers(campaign: Campaign, allowed: tuple[str, ...], problem: Problem) -> Constraint:
    """Each other dialer alone, the largest first, then all of them."""
    name = f"campaign {campaign.campaign_id}"
    others = [d for d in problem.dialers if d.dialer_id not in allowed]
    tried = [d.dialer_id for d in sorted(others, key=lambda d: -d.ports)[:MOST_TRIED]]
    key = (campaign.campaign_id,)

    def easing(step: int) -> Easing:
        wider = (*allowed, tried[step - 1]) if step <= len(tried) else None
        said = f"{tried[step - 1]} too" if wider else "all dialers"
        change = Change("campaigns", key, {"allowed_dialers": wider})
        return Easing("|".join(wider or ()), f"let {name} use {said}", (change,))

    return Constraint(
        table="campaigns",
        key=key,
        column="allowed_dialers",
        value="|".join(allowed),
        words=f"{name} may use only {', '.join(allowed)}",
        lifted=(Change("campaigns", key, {"allowed_dialers": None}),),
        steps=len(tried) + 1,
        easing=easing,
        ordered=False,
    )
