"""Writes campaigns on dialers as the numbers that a simulation runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from planner.contracts.problem import Campaign, Overflow
from planner.projection.pairs import Limits, Pair
from planner.projection.passes import highest_rate, pass_attempts, pass_factors
from planner.traffic.arguments import Floats
from planner.traffic.simulation.network import Network


class Stretch(NamedTuple):
    """What holds from a moment on, in the order of the pairs."""

    seconds: float  # from the start
    pairs: Sequence[Pair]  # with the figures and agents of then
    window_open: Sequence[bool]
    in_service: Sequence[bool]


def always_on(pairs: Sequence[Pair]) -> Stretch:
    """All pairs dial from the start, without an end."""
    return Stretch(0.0, pairs, [True] * len(pairs), [True] * len(pairs))


def network(
    stretches: Sequence[Stretch], limits: Limits, lists: Mapping[str, int] | None = None
) -> Network:
    """The numbers of pairs that run together.

    Parameters
    ----------
    stretches : at least one, the first from 0 seconds on, all of the same pairs
    limits : what can hold the pairs back
    lists : attempts left by campaign id; endless where there is none
    """
    pairs = stretches[0].pairs
    lines = np.array([[p.item.dial_lines for p in s.pairs] for s in stretches], dtype=np.int64)
    campaigns = list({pair.campaign.campaign_id: pair.campaign for pair in pairs}.values())
    dialers = list({pair.dialer.dialer_id: pair.dialer for pair in pairs}.values())
    places = {campaign.campaign_id: place for place, campaign in enumerate(campaigns)}
    dialer_places = {dialer.dialer_id: place for place, dialer in enumerate(dialers)}
    groups = sorted({*limits.group_cps, *limits.group_channels})
    group_places = {group: place for place, group in enumerate(groups)}
    attempts_of_pass = _floats(pass_attempts(c, lists or {}) for c in campaigns)
    factors = pass_factors(campaigns)
    passes = np.flatnonzero(np.isfinite(attempts_of_pass)).tolist()
    factors[np.isinf(attempts_of_pass)] = 1.0
    answer_rate, transfer_rate, talk_seconds = _hourly(stretches, places, passes)
    return Network(
        campaign=_integers(places[pair.campaign.campaign_id] for pair in pairs),
        dialer=_integers(dialer_places[pair.dialer.dialer_id] for pair in pairs),
        dial_lines=lines.max(axis=0),
        busy_agent_lines=_integers(pair.busy_agent_lines for pair in pairs),
        attempt_seconds=_floats(c.attempt_seconds for c in campaigns),
        attempt_cv=_floats(c.attempt_cv for c in campaigns),
        talk_cv=_floats(c.talk_cv for c in campaigns),
        wrap_up_seconds=_floats(c.wrap_up_seconds for c in campaigns),
        patience_seconds=_floats(
            c.patience_seconds if c.overflow is Overflow.HOLD else 0.0 for c in campaigns
        ),
        pacing=_floats(np.inf if c.pacing is None else c.pacing for c in campaigns),
        uses_agents=np.array([c.is_live_transfer for c in campaigns]),
        attempts_left=_floats((lists or {}).get(c.campaign_id, np.inf) for c in campaigns),
        pass_attempts=attempts_of_pass,
        pass_factors=factors,
        dialer_cps=_floats(limits.dialer_cps.get(d.dialer_id, np.inf) for d in dialers),
        dialer_group=_integers(group_places.get(d.trunk_group or "", -1) for d in dialers),
        group_cps=_floats(limits.group_cps.get(group, np.inf) for group in groups),
        group_channels=_floats(limits.group_channels.get(group, np.inf) for group in groups),
        changes=_floats(stretch.seconds for stretch in stretches),
        agent_lines=np.array([[pair.agent_lines for pair in s.pairs] for s in stretches]),
        window_open=np.array([s.window_open for s in stretches], dtype=bool),
        in_service=np.array([s.in_service for s in stretches], dtype=bool),
        answer_rate=answer_rate,
        transfer_rate=transfer_rate,
        talk_seconds=talk_seconds,
        lines_then=lines,
    )


def _hourly(
    stretches: Sequence[Stretch], places: Mapping[str, int], passes: Collection[int]
) -> tuple[Floats, Floats, Floats]:
    """Answer rate, transfer rate and talk seconds by stretch and campaign.

    Of campaigns in ``passes`` the answer rate is that of the best pass through their list.
    """
    shape = (len(stretches), len(places))
    answer_rate, transfer_rate, talk_seconds = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for s, stretch in enumerate(stretches):
        for pair in stretch.pairs:
            campaign: Campaign = pair.campaign
            c = places[campaign.campaign_id]
            answer_rate[s, c] = highest_rate(campaign) if c in passes else campaign.answer_rate
            transfer_rate[s, c] = campaign.transfer_rate or 0.0
            talk_seconds[s, c] = campaign.talk_seconds or 1.0  # nobody talks in a broadcast
    return answer_rate, transfer_rate, talk_seconds


def _integers(values: object) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]


def _floats(values: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(list(values), dtype=np.float64)  # type: ignore[call-overload]
