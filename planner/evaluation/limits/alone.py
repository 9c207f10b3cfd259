"""What a campaign misses of what it asks for even alone: by counting dialers and domains.

Knows no solver: no plan gives up less than these, whatever the others get.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from planner.contracts.problem import Campaign, Dialer, Problem

#: Taken off before per cents are rounded up.
_PER_CENT_ROUNDING = 1e-6


class Missing(NamedTuple):
    """Shortfalls that a campaign has in every plan.

    Attributes
    ----------
    runs : 1 where no dialer has room for its least lines, though it asks for one.
    calls : 100 per cent of the calls it is to reach there, and of the attempts.
    dialers : of those asked for.
    survives : per cents of its calls in the worst failure, in every plan in which it runs.
    """

    runs: int
    calls: int
    dialers: int
    survives: int


def usable_dialers(problem: Problem, campaign: Campaign) -> list[Dialer]:
    """Dialers that a campaign may use, in service, with room for its least lines there."""
    agents = max(campaign.min_agent_lines, 1) if campaign.is_live_transfer else 0
    return [
        dialer
        for dialer in problem.dialers
        if problem.may_use(campaign, dialer)
        and dialer.ports >= max(agents, 1) + agents * dialer.agent_lines_use_ports
    ]


def most_dialers(problem: Problem, campaign: Campaign) -> int:
    """Dialers that a campaign can run on: those it may use, as far as its agents go around."""
    usable = len(usable_dialers(problem, campaign))
    if not campaign.is_live_transfer:
        return usable
    return min(usable, campaign.agent_lines // max(campaign.min_agent_lines, 1))


def most_surviving(problem: Problem, campaign: Campaign, failures: int) -> float:
    """The largest share of its calls that can survive so many failures at once.

    Of k failure domains in use, the f with most calls have at least f/k of them. The same is true
    of carriers that fail together, beside the domains of dialers that have none.
    """
    count = min(_failures(problem, campaign), most_dialers(problem, campaign))
    return max(1.0 - failures / count, 0.0) if count else 0.0


def _failures(problem: Problem, campaign: Campaign) -> int:
    """The fewest failures that together take all dialers that a campaign may use."""
    usable = usable_dialers(problem, campaign)
    carriers = {g.trunk_group for g in problem.trunk_groups if g.fails_together}
    with_carriers = {
        ("carrier", d.trunk_group) if d.trunk_group in carriers else ("domain", d.domain)
        for d in usable
    }
    return min(len({d.domain for d in usable}), len(with_carriers))


def missing_alone(problem: Problem, campaign: Campaign, failures: int) -> Missing:
    """The least shortfalls of a campaign, alone on all dialers."""
    dialers = most_dialers(problem, campaign)
    asks = campaign.min_dialers >= 1
    share = campaign.least_surviving_share
    short = 0
    if share > 0 and asks and dialers and _has_calls(campaign):
        missing = 100.0 * (share - most_surviving(problem, campaign, failures))
        short = max(math.ceil(missing - _PER_CENT_ROUNDING), 0)
    return Missing(
        runs=int(asks and not dialers),
        calls=0 if dialers else 100,
        dialers=max(campaign.min_dialers - dialers, 0),
        survives=short,
    )


def _has_calls(campaign: Campaign) -> bool:
    """Whether any lines handle a call: of nothing, any share survives."""
    live = campaign.is_live_transfer
    return (campaign.transfer_probability if live else campaign.answer_rate) > 0
