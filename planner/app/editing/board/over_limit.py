"""Which headline figures are past a limit, in a few words each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.app.editing.assessment import Assessment
from planner.contracts.result import CampaignTotals
from planner.evaluation.limits.check import Breach
from planner.report.words import amount, share

#: The headline figure in which a limit of this rule shows, and what is past it, one and several.
_FIGURES = {
    "ports": ("ports_used", "dialers over"),
    "max_abandon_rate": ("abandon_rate", "campaigns over"),
    "survivable_share": ("surviving_value_per_hour", "campaigns under"),
    "min_transfers_per_hour": ("transfers_per_hour", "campaigns under"),
}


def over_limit(view: Assessment) -> dict[str, str]:
    """What is past its limit, by the headline figure that shows it: ``ATL-1 204 of 200``."""
    found: dict[str, list[Breach]] = {}
    for breach in view.breaches:
        if breach.rule in _FIGURES:
            found.setdefault(breach.rule, []).append(breach)
    return {_FIGURES[rule][0]: _words(view, rule, mine) for rule, mine in found.items()}


def _words(view: Assessment, rule: str, breaches: Sequence[Breach]) -> str:
    names = dict.fromkeys(b.dialer_id or b.campaign_id or "" for b in breaches)
    if len(names) > 1:
        return f"{len(names):,} {_FIGURES[rule][1]}"
    name = next(iter(names))
    return f"{name} {_OF[rule](view, name)}".strip()


def _ports(view: Assessment, dialer_id: str) -> str:
    use = next(d for d in view.evaluation.dialers if d.dialer_id == dialer_id)
    return f"{use.ports_used:,} of {use.ports:,}"


def _abandoned(view: Assessment, campaign_id: str) -> str:
    return share(_totals(view, campaign_id).abandon_rate or 0.0)


def _surviving(view: Assessment, campaign_id: str) -> str:
    return share(_totals(view, campaign_id).surviving_share or 0.0)


def _handled(view: Assessment, campaign_id: str) -> str:
    return amount(_totals(view, campaign_id).transfers_per_hour or 0.0)


def _totals(view: Assessment, campaign_id: str) -> CampaignTotals:
    return next(c for c in view.evaluation.campaigns if c.campaign_id == campaign_id)


_OF: dict[str, Callable[[Assessment, str], str]] = {
    "ports": _ports,
    "max_abandon_rate": _abandoned,
    "survivable_share": _surviving,
    "min_transfers_per_hour": _handled,
}
