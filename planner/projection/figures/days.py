"""Bands of the days: between which values a figure lies on nine of ten days.

Answer rates, transfer rates and talk times move from day to day far more than chance alone. A day's
rate is its mean times a gamma factor of mean 1, cut so that rates stay within 0 and 1; it is the
same on all dialers of a campaign, and independent between rates and campaigns. The figure itself
is that of the mean day; its band is from 5 to 95 % of the days. Days are drawn, and the figures of
each are those of the formulas; a simulated figure moves by as much as the formula's does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from planner.contracts.problem import Campaign
from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.projection.figures import exact
from planner.projection.figures.intervals import Interval
from planner.projection.pairs import Pair
from planner.traffic.arguments import Floats
from planner.traffic.exact.engset import stationary
from planner.traffic.exact.passage import mean_seconds_to_all_busy

#: Days drawn, and how many are drawn for each: its factor is the one in their middle, so that
#: where one figure differs the ends of the band are right to some 0.2 % of its width.
DAYS, FOR_EACH = 4000, 100
#: Of the days, where the band begins and ends.
LOW, HIGH = 0.05, 0.95
_SHARES = (
    *("all_busy_share", "agent_occupancy", "abandon_rate", "transfer_loss"),
    *("none_paused", "some_paused", "all_paused"),
)
#: Figures that move as others do: the mean time to all busy leads, the rest is taken at its days.
_PASSAGE = (*exact.PASSAGE_HORIZONS, *exact.PASSAGE_QUANTILES)

Band = tuple[dict[str, float], dict[str, float]]


class Days(NamedTuple):
    """Factors of each day over the mean one; the first entry is the mean day."""

    answer: Floats
    transfer: Floats
    talk: Floats


def vary(campaign: Campaign) -> bool:
    """Whether anything of the campaign differs between days."""
    return any((campaign.answer_rate_day_cv, campaign.transfer_rate_day_cv, campaign.talk_day_cv))


def days_of(campaign: Campaign) -> Days:
    """Days of a campaign, the same whenever they are drawn and whatever it is called.

    No figure is of several campaigns, so that theirs may be the same days.
    """
    return Days(
        _factors(0, campaign.answer_rate_day_cv),
        _factors(1, campaign.transfer_rate_day_cv),
        _factors(2, campaign.talk_day_cv),
    )


@lru_cache(maxsize=256)
def _factors(place: int, cv: float) -> Floats:
    """The mean day, then days by a gamma factor of mean 1, each where its share of days is."""
    factors = np.ones(DAYS + 1)
    if cv > 0.0:
        rng = np.random.Generator(np.random.PCG64(place))
        drawn = np.sort(rng.gamma(1.0 / cv**2, cv**2, DAYS * FOR_EACH))
        factors[1:] = rng.permutation(drawn[FOR_EACH // 2 :: FOR_EACH])
    factors.setflags(write=False)
    return factors


def figures_by_day(pair: Pair, days: Days) -> dict[str, Floats]:
    """Long-run figures by formula and the mean time to all busy, [mean day and days].

    Wrap-up counts as talk, and callers are not held: of figures that are not those of a formula
    only how they move counts.
    """
    campaign = pair.campaign
    answer = np.minimum(campaign.answer_rate * days.answer, 1.0)
    q = answer * np.minimum((campaign.transfer_rate or 0.0) * days.transfer, 1.0)
    taken = (campaign.talk_seconds or 1.0) * days.talk + campaign.wrap_up_seconds
    lines, agents, tau = pair.item.dial_lines, pair.agent_lines, campaign.attempt_seconds
    if not campaign.is_live_transfer:
        return {"live_answers_per_hour": SECONDS_PER_HOUR * lines / tau * answer}
    found = stationary(lines, agents, tau, q, taken)
    handled, abandoned, attempts, pauses = (
        SECONDS_PER_HOUR * rate
        for rate in (
            found.transfers_per_second,
            found.abandoned_per_second,
            found.attempts_per_second,
            found.pauses_per_second,
        )
    )
    busy = min(pair.busy_agent_lines, agents)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "attempts_per_hour": attempts,
            "live_answers_per_hour": answer * attempts,
            "all_busy_share": found.all_busy_share,
            "agent_occupancy": found.mean_busy_agent_lines / agents,
            "transfers_per_hour": handled,
            "abandons_per_hour": abandoned,
            "abandon_rate": abandoned / (answer * attempts),
            "transfer_loss": abandoned / (handled + abandoned),
            "pauses_per_hour": pauses,
            "mean_pause_seconds": found.mean_pause_seconds,
            "seconds_to_all_busy_mean": mean_seconds_to_all_busy(
                lines, agents, busy, tau, q, taken
            ),
        }


def bands(
    pair: Pair,
    figures: Mapping[str, Interval],
    by_day: Mapping[str, Floats],
    days: Days,
    end: float,
) -> Band:
    """Ends of the days' band of each figure that the row has.

    Parameters
    ----------
    figures : of the mean day
    by_day : as :func:`figures_by_day` gives them
    end : how long the pair runs on [s]
    """
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for name, values in by_day.items():
        if name in figures and np.isfinite(values[0]):
            low[name], high[name] = moved(name, figures[name].value, values)
    if any(name in figures for name in _PASSAGE) and "seconds_to_all_busy_mean" in by_day:
        _passage_bands(pair, figures, by_day["seconds_to_all_busy_mean"], days, end, low, high)
    return low, high


def moved(name: str, value: float, values: Floats) -> tuple[float, float]:
    """Ends of the values by day, moved from the formula's mean day to the figure."""
    middle = float(values[0])
    ends = np.nanquantile(values[1:], [LOW, HIGH], method="inverted_cdf")
    return _shift(name, value, middle, float(ends[0])), _shift(name, value, middle, float(ends[1]))


def _shift(name: str, value: float, middle: float, end: float) -> float:
    """The figure on a day on which the formula says ``end`` instead of ``middle``.

    Shares move by their odds, all else in proportion.
    """
    if name in _SHARES or name in exact.PASSAGE_HORIZONS:
        if not (0.0 < middle < 1.0 and 0.0 < value < 1.0 and end < 1.0):
            return end if value == middle else value
        odds = value / (1.0 - value) * (end / (1.0 - end)) / (middle / (1.0 - middle))
        return odds / (1.0 + odds)
    return value * end / middle if middle > 0.0 else end


def _passage_bands(
    pair: Pair,
    figures: Mapping[str, Interval],
    seconds: Floats,
    days: Days,
    end: float,
    low: dict[str, float],
    high: dict[str, float],
) -> None:
    """Bands of quantiles and probabilities: those of a busy and of a slow day.

    A busy day is one whose mean time to all busy is shorter than on 95 % of the days.
    """
    order = np.argsort(seconds[1:], kind="stable")
    busy, slow = (int(order[round(level * (DAYS - 1))]) + 1 for level in (LOW, HIGH))
    mean, on_busy, on_slow = (_passage_on(pair, days, day, end) for day in (0, busy, slow))
    for name in _PASSAGE:
        middle, one, other = mean.get(name), on_busy.get(name), on_slow.get(name)
        if name not in figures or middle is None:
            continue
        moved = [
            _shift(name, figures[name].value, middle, day)
            for day in (one, other)
            if day is not None
        ]
        if moved:
            low[name] = min(moved)
        if len(moved) == 2:
            high[name] = max(moved)


def _passage_on(pair: Pair, days: Days, day: int, end: float) -> exact.Figures:
    campaign = pair.campaign
    talk = (campaign.talk_seconds or 1.0) * float(days.talk[day]) + campaign.wrap_up_seconds
    changed = campaign.model_copy(
        update={
            "answer_rate": min(campaign.answer_rate * float(days.answer[day]), 1.0),
            "transfer_rate": min((campaign.transfer_rate or 0.0) * float(days.transfer[day]), 1.0),
            "talk_seconds": talk,
        }
    )
    return exact.passage(pair.with_campaign(changed), end)
