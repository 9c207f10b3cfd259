"""What other lines do to each campaign, before they are taken: calls, messages, its list's end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.app.editing.assessment import Assessment
from planner.contracts.problem import Campaign
from planner.evaluation.running.losses import CLEAR_LOSS
from planner.projection.hours.calendar import open_spells
from planner.report.plans.losses import change
from planner.report.words import amount, share

#: Lists that last longer are not dated.
_LOOK_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Effect:
    """A campaign now and with other lines.

    Attributes
    ----------
    unit : ``transfers``, of a broadcast ``messages``.
    now, then : of them, an hour while it runs.
    worth : of one of them.
    ends_now, ends_then : when its dial list is done if nothing else changes; None for an endless
        list, and for one that is not done in a year or before the campaign stops.
    has_list : whether its dial list ends at all.
    """

    campaign_id: str
    unit: str
    now: float
    then: float
    worth: float
    ends_now: datetime | None
    ends_then: datetime | None
    has_list: bool

    @property
    def loss(self) -> float:
        """Part of its calls that it loses; negative for a gain."""
        return (self.now - self.then) / self.now if self.now > 0 else 0.0


def effects(now: Assessment, then: Assessment) -> tuple[Effect, ...]:
    """Every campaign, the one that loses most of its calls first."""
    found = [_effect(campaign, now, then) for campaign in now.edited.baseline.campaigns]
    return tuple(sorted(found, key=lambda e: (-round(e.loss, 6), -e.worth * (e.now - e.then))))


def loss_sentences(found: Iterable[Effect]) -> list[str]:
    """Campaigns that lose more than a tenth of their calls, in words."""
    return [
        f"{e.campaign_id} loses {share(e.loss)} of its {e.unit}: {amount(e.then)} instead of "
        f"{amount(e.now)} an hour."
        for e in found
        if e.loss > CLEAR_LOSS
    ]


def change_words(effect: Effect) -> str:
    """The change in per cent."""
    return change(effect.now, effect.then)


def _effect(campaign: Campaign, now: Assessment, then: Assessment) -> Effect:
    name = campaign.campaign_id
    return Effect(
        campaign_id=name,
        unit="transfers" if campaign.is_live_transfer else "messages",
        now=_calls(now, name),
        then=_calls(then, name),
        worth=campaign.value,
        ends_now=list_end(campaign, _attempts(now, name), now.at),
        ends_then=list_end(campaign, _attempts(then, name), then.at),
        has_list=campaign.attempts_left is not None,
    )


def _calls(view: Assessment, campaign_id: str) -> float:
    return sum(
        f.handled_per_hour or 0.0 for (name, _), f in view.figures.items() if name == campaign_id
    )


def _attempts(view: Assessment, campaign_id: str) -> float:
    found = (f for (name, _), f in view.figures.items() if name == campaign_id)
    return sum(f.attempts_per_hour or 0.0 for f in found)


def list_end(campaign: Campaign, attempts_per_hour: float, at: datetime) -> datetime | None:
    """When the dial list is done at this rate in the hours in which the campaign runs."""
    left = campaign.attempts_left
    if left is None or attempts_per_hour <= 0:
        return None
    needed = timedelta(hours=min(left / attempts_per_hour, _LOOK_AHEAD / timedelta(hours=1)))
    for spell in open_spells(campaign, at, at + _LOOK_AHEAD):
        if spell.end - spell.start >= needed:
            return spell.start + needed
        needed -= spell.end - spell.start
    return None
