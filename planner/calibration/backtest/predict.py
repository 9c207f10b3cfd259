"""Predicts a day from figures with their uncertainty, as many days that might have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from planner.calibration.attempts import Floats
from planner.calibration.backtest.observed import HOUR, SLOT, ObservedDay
from planner.calibration.result import REQUEST_RATE, Estimate, HourEstimate
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.network import COLUMNS, Network
from planner.traffic.simulation.simulate import simulate

#: After the last launch calls run on for so long [s].
_CLOSING = HOUR
_COLUMN = {name: place for place, name in enumerate(COLUMNS)}
_LEAST_CV, _MOST_CV = 0.0, 2.0


class Drawn(NamedTuple):
    """Figures of the days that might have come, [draw]."""

    answer_rate: Floats
    transfer_rate: Floats
    attempt_seconds: Floats
    attempt_cv: float
    talk_seconds: Floats
    talk_cv: float
    wrap_up_seconds: float
    patience_seconds: float  # 0: who finds no agent is lost at once


class Predicted(NamedTuple):
    """Days that might have come of each pair, [draw, pair] by figure, [draw, hour, pair]."""

    figures: dict[str, Floats]
    busy_by_hour: Floats
    attempts_by_hour: Floats


def draw_days(
    figures: Mapping[str, Estimate], patience: float, draws: int, rng: np.random.Generator
) -> Drawn | None:
    """Draw figures of days: each mean with its uncertainty, times what a day makes of it.

    None where a figure that is needed is not known.
    """
    rates = ("answer_rate", "transfer_rate")
    if any(figures.get(name) is None or figures[name].value is None for name in rates):
        answer = _day_values(figures, REQUEST_RATE, "answer_rate_day_cv", draws, rng)
        transfer: Floats | None = np.ones(draws)
    else:
        answer = _day_values(figures, rates[0], "answer_rate_day_cv", draws, rng)
        transfer = _day_values(figures, rates[1], "transfer_rate_day_cv", draws, rng)
    length = _day_values(figures, "attempt_seconds", "", draws, rng)
    talk = _day_values(figures, "talk_seconds", "talk_day_cv", draws, rng)
    if answer is None or transfer is None or length is None or talk is None:
        return None
    return Drawn(
        np.minimum(answer, 1.0),
        np.minimum(transfer, 1.0),
        length,
        _variation(figures, "attempt_cv"),
        talk,
        _variation(figures, "talk_cv"),
        _value(figures, "wrap_up_seconds", 0.0),
        patience,
    )


def _variation(figures: Mapping[str, Estimate], name: str) -> float:
    """A coefficient of variation; 1, an exponential, where that explains the log."""
    found = figures.get(name)
    return 1.0 if found is None or found.is_one else _value(figures, name, 1.0)


def _value(figures: Mapping[str, Estimate], name: str, default: float) -> float:
    found = figures.get(name)
    return default if found is None or found.value is None else found.value


def _day_values(
    figures: Mapping[str, Estimate], name: str, spread: str, draws: int, rng: np.random.Generator
) -> Floats | None:
    found = figures.get(name)
    if found is None or not found.value:
        return None
    means = np.full(draws, found.value)
    freedom = max(found.days - 1, 1)
    if found.low and found.high and found.days > 2:
        error = np.log(found.high / found.low) / 2 / stats.t.ppf(0.975, freedom)
        means = means * np.exp(error * rng.standard_t(freedom, draws))
    cv = _value(figures, spread, 0.0)
    if cv > 0:
        # How much days differ is known from few days: as uncertain as a variance of so many.
        spreads = np.clip(cv * np.sqrt(freedom / rng.chisquare(freedom, draws)), 1e-3, _MOST_CV)
        means = means * rng.gamma(1 / spreads**2, spreads**2)
    return np.asarray(means, dtype=np.float64)


def predict(
    drawn: Drawn,
    days: Sequence[ObservedDay],
    hours: Sequence[HourEstimate],
    value: Mapping[str, float],
    first_hour: int,
    seed: int,
) -> Predicted:
    """Simulate the days that might have come on all dialers of a campaign.

    Parameters
    ----------
    drawn : figures of each such day
    days : what was in service on each dialer, its figures unread
    hours : the campaign's figures by hour, and ``value`` those over all hours
    first_hour : of the day on the campaign's clock, at which dialing began
    seed : of the simulation
    """
    draws, pairs = len(drawn.answer_rate), len(days)
    count = max(len(day.busy_by_hour) for day in days)
    network = _network(drawn, days, _factors(hours, value, first_hour, count), count)
    edges = np.append(HOUR * np.arange(count + 1), HOUR * count + _CLOSING)
    found = simulate(network, edges, seed=seed, precision=Precision(fewest=1, most=1), threads=1)
    totals = found.totals[0].reshape(count + 1, draws, pairs, len(COLUMNS))
    sums = totals.sum(axis=0)
    lengths = np.array([day.seconds for day in days])
    dialing = np.array([max(day.open_seconds, 1.0) for day in days])
    transfers, lost = (sums[..., _COLUMN[n]] for n in ("transfers", "abandons"))
    by_hour = totals[:count].transpose(1, 0, 2, 3)
    span = np.clip(lengths[None, None, :] - HOUR * np.arange(count)[None, :, None], 1e-9, HOUR)
    return Predicted(
        {
            "attempts": sums[..., _COLUMN["attempts"]],
            "requests": transfers + lost,
            "transfers": transfers,
            "abandoned": lost,
            "all_busy_share": sums[..., _COLUMN["all_busy"]] / dialing,
            "seconds_to_all_busy": found.first_all_busy[0].reshape(draws, pairs),
        },
        by_hour[..., _COLUMN["all_busy"]] / span,
        by_hour[..., _COLUMN["attempts"]],
    )


def _factors(
    hours: Sequence[HourEstimate], value: Mapping[str, float], first_hour: int, count: int
) -> dict[str, Floats]:
    """What each hour since the opening makes of a figure, [hour]; closing time is the last."""
    factors = {
        name: np.ones(count + 1) for name in ("answer_rate", "transfer_rate", "talk_seconds")
    }
    for hour in hours:
        place = hour.from_minute // 60 - first_hour
        if 0 <= place < count and value.get(hour.figure):
            factors[hour.figure][place] = hour.value / value[hour.figure]
    return factors


def _network(
    drawn: Drawn, days: Sequence[ObservedDay], factors: Mapping[str, Floats], count: int
) -> Network:
    """All draws side by side: each its own campaign on its own dialers."""
    draws, pairs = len(drawn.answer_rate), len(days)
    close = {day.seconds for day in days} | {HOUR * count}
    slots = max(len(day.agent_lines) for day in days)
    changes = np.unique([0.0, *(SLOT * slot for slot in range(slots)), *close])
    hour = np.minimum((changes // HOUR).astype(int), count)
    places = [np.minimum(changes // SLOT, len(day.dials) - 1).astype(int) for day in days]
    agents = np.stack(
        [np.array(day.agent_lines)[at] for day, at in zip(days, places, strict=True)], axis=1
    )
    is_open = np.stack(
        [
            np.array(day.dials)[at] & (changes < day.seconds)
            for day, at in zip(days, places, strict=True)
        ],
        axis=1,
    )
    by_pair = draws * pairs

    def by_stretch(values: Floats, name: str, top: float) -> Floats:
        rates = values[None, :] * factors[name][hour][:, None]
        return np.asarray(np.minimum(rates, top), dtype=np.float64)

    def each(value: float) -> Floats:
        return np.full(draws, value)

    return Network(
        campaign=np.repeat(np.arange(draws), pairs),
        dialer=np.arange(by_pair),
        dial_lines=np.tile(np.array([day.dial_lines for day in days], dtype=np.int64), draws),
        busy_agent_lines=np.zeros(by_pair, dtype=np.int64),
        attempt_seconds=drawn.attempt_seconds,
        attempt_cv=each(drawn.attempt_cv),
        talk_cv=each(drawn.talk_cv),
        wrap_up_seconds=each(drawn.wrap_up_seconds),
        patience_seconds=each(drawn.patience_seconds),
        pacing=each(np.inf),
        uses_agents=np.ones(draws, dtype=bool),
        attempts_left=each(np.inf),
        pass_attempts=each(np.inf),
        pass_factors=np.ones((draws, 1)),
        dialer_cps=np.full(by_pair, np.inf),
        dialer_group=np.full(by_pair, -1, dtype=np.int64),
        group_cps=np.zeros(0),
        group_channels=np.zeros(0),
        changes=changes,
        agent_lines=np.tile(agents, (1, draws)).astype(np.int64),
        window_open=np.tile(is_open, (1, draws)),
        in_service=np.ones((len(changes), by_pair), dtype=bool),
        answer_rate=by_stretch(drawn.answer_rate, "answer_rate", 1.0),
        transfer_rate=by_stretch(drawn.transfer_rate, "transfer_rate", 1.0),
        talk_seconds=by_stretch(drawn.talk_seconds, "talk_seconds", np.inf),
    )
