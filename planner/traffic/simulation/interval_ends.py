"""Ends of 95 % intervals of simulated figures that hold also where few events are behind them.

Pauses are what is rare. They come in clusters: after one all agent lines but one are busy still, so
that another often follows soon. So many pauses tell as much as so many fewer independent events,
and the interval of a figure is at least as wide as that of a Poisson count of these (F. Garwood,
Biometrika 28, 1936). Where there are enough of them, Student's t over the runs is right alone; it
is taken on the scale of the logarithm (of the odds, for a share), so that no end leaves the range
of the figure.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.traffic.arguments import Floats
from planner.traffic.simulation.network import COLUMNS, Network

#: Upper end of a Poisson mean of which nothing was seen: -ln 0.025.
NONE_SEEN = 3.688879
#: From so many independent events on the spread over the runs tells the whole error.
MANY_EVENTS = 60.0
#: An interval on the scale of the logarithm is at most so wide to each side.
_WIDEST = 9.0
_Z95 = 1.959964
#: As good as no event.
_LEAST = 1e-3
_SHARES = ("all_busy_share", "abandon_rate", "transfer_loss")
_STOPPED_BY_PAUSES = (
    *("transfers_per_second", "mean_busy_agent_lines"),
    *("attempts_per_second", "live_answers_per_second"),
)

Ends = tuple[Floats, Floats]


class Clusters(NamedTuple):
    """How pauses come, by pair, from its numbers alone."""

    again: Floats  # chance that another pause follows before the agents are free again
    pause_seconds: Floats  # rough mean of one pause
    abandoned: Floats  # rough upper end of the calls that one pause abandons
    occur: Floats  # whether there are any


def clusters(network: Network) -> Clusters:
    """How pauses of each pair come, in the first stretch of time."""
    c = network.campaign
    N, A = network.dial_lines.astype(np.float64), network.agent_lines[0].astype(np.float64)
    q = network.answer_rate[0, c] * network.transfer_rate[0, c]
    taken = network.talk_seconds[0, c] + network.wrap_up_seconds[c]
    dialing = np.minimum(np.maximum(N - A + 1, 0.0), np.ceil(network.pacing[c]))
    up = dialing * q / network.attempt_seconds[c]
    down = np.maximum(A - 1, 0.0) / taken
    again = np.where(A > 1, up / np.maximum(up + down, 1e-300), 0.0)
    left_over = np.maximum(N - A, 0.0) + np.where(network.wrap_up_seconds[c] > 0, A, 0.0)
    return Clusters(
        np.minimum(again, 0.9),
        taken / np.maximum(A, 1.0) + network.patience_seconds[c],
        np.minimum(left_over, dialing) * q,
        (network.uses_agents[c] & (A >= 1) & (N >= A) & (q > 0)).astype(np.float64),
    )


class Events(NamedTuple):
    """Independent events that a figure rests on, by pair; infinite where they leave no error."""

    counted: Floats  # how often something happened
    timed: Floats  # how long, or how much, each was


def interval_ends(
    network: Network, over: Floats, mean: dict[str, Floats], half_width: dict[str, Floats]
) -> dict[str, Ends]:
    """Low and high ends by figure and pair.

    Parameters
    ----------
    over : totals of the judged time, [replication, pair, column]
    mean, half_width : of each figure by pair, Student's t over replications
    """
    come = clusters(network)
    sums = {name: over[..., place].sum(axis=0) for place, name in enumerate(COLUMNS)}
    seconds = np.maximum(sums["running"] + sums["all_busy"], 1e-300)
    events, none_seen = _events(sums, come), _none_seen(sums, come, network, seconds)
    ends: dict[str, Ends] = {}
    for name, value in mean.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            share = name in _SHARES
            odds = value / (1.0 - value) if share else value
            error = half_width[name] / (value * (1.0 - value) if share else value)
            low, high = _around(odds, error, events[name])
            if share:
                low, high = low / (1.0 + low), np.where(np.isinf(high), 1.0, high / (1.0 + high))
        highest = none_seen.get(name, np.zeros_like(value))
        nothing = value == 0.0
        low, high = np.where(nothing, 0.0, low), np.where(nothing, highest, high)
        if share:
            low, high = _nearly_always(value, seconds, network, low, high)
        unknown = ~np.isfinite(half_width[name])
        ends[name] = np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
    few = (sums["transfers"] < MANY_EVENTS) & (come.occur > 0)
    for name in ("attempts_per_second", "live_answers_per_second"):
        if name in ends:
            ends[name] = _with_idle_lines(network, mean, ends, name, few)
    rare = np.asarray(events["pauses_per_second"].counted < MANY_EVENTS, dtype=np.float64)
    for name in _STOPPED_BY_PAUSES:
        if name in ends:
            ends[name] = _with_pauses(network, mean, ends, name, rare * come.occur)
    return ends


def _with_pauses(
    network: Network, mean: dict[str, Floats], ends: dict[str, Ends], name: str, few: Floats
) -> Ends:
    """Ends of what comes of lines that dial, where few pauses were seen, or none.

    What a steady state must fulfil leaves these figures no chance but that of the pauses: in one
    the lines without an agent line bring nothing, be they idle or in an attempt that ends in vain.
    The time in pauses is as uncertain as few events are.
    """
    lines = np.maximum(network.dial_lines - network.agent_lines[0], 0) / network.dial_lines
    share, (low, high) = mean["all_busy_share"], ends["all_busy_share"]
    more, less = np.nan_to_num(high - share) * lines, np.nan_to_num(share - low) * lines
    below, above = ends[name]
    value = mean[name]
    wider = (
        np.minimum(below, value * np.maximum(1.0 - more, 0.0)),
        np.maximum(above, value * (1.0 + less)),
    )
    rare = few > 0.0
    return np.where(rare, wider[0], below), np.where(rare, wider[1], above)


def _with_idle_lines(
    network: Network, mean: dict[str, Floats], ends: dict[str, Ends], name: str, few: Floats
) -> Ends:
    """Ends of what attempts bring, where few requests were seen, or none.

    Runs that are alike but for these differ by nothing else: how many lines do not dial, for a talk
    or in a pause, is as uncertain as the requests are.
    """
    spare = np.maximum(network.dial_lines - network.agent_lines[0], 0)
    more, less = np.zeros_like(mean[name]), np.zeros_like(mean[name])
    for source, lines in (("mean_busy_agent_lines", 1.0), ("all_busy_share", spare)):
        low, high = ends[source]
        more += np.nan_to_num(high - mean[source]) * lines / network.dial_lines
        less += np.nan_to_num(mean[source] - low) * lines / network.dial_lines
    low, high = ends[name]
    value = mean[name]
    wider = (
        np.minimum(low, value * np.maximum(1.0 - more, 0.0)),
        np.maximum(high, value * (1.0 + less)),
    )
    return np.where(few, wider[0], low), np.where(few, wider[1], high)


def _around(value: Floats, error: Floats, events: Events) -> Ends:
    """Ends around a positive value with a relative error, from so many independent events."""
    spread = np.minimum(np.where(np.isfinite(error), error, 0.0), _WIDEST)
    shorter, longer = np.exp(-spread), np.exp(spread)
    few = np.minimum(events.counted, events.timed) < MANY_EVENTS
    low, high = few_event_factors(events)
    shorter = np.where(few, np.minimum(shorter, low), shorter)
    longer = np.where(few, np.maximum(longer, high), longer)
    return value * shorter, value * longer


def few_event_factors(events: Events) -> Ends:
    """Ends over the value seen, of how many events there were and how long each took.

    Both errors add up as squares on the scale of the logarithm.
    """
    counted = poisson_factors(np.maximum(events.counted, _LEAST))
    timed = duration_factors(np.maximum(events.timed, _LEAST))
    low, high = (
        np.hypot(np.log(np.maximum(one, 1e-12)), np.log(np.maximum(other, 1e-12)))
        for one, other in zip(counted, timed, strict=True)
    )
    return np.exp(-low), np.exp(high)


def duration_factors(count: Floats) -> Ends:
    """Ends of the interval of a mean over that of so many exponential times; 1 of endlessly many.

    Their sum is a gamma variable: half of a chi-squared one with twice as many degrees.
    """
    degrees = np.minimum(2.0 * count, 1e12)
    return degrees / _chi_squared(degrees, _Z95), degrees / np.maximum(
        _chi_squared(degrees, -_Z95), 1e-9
    )


def _chi_squared(degrees: Floats, deviations: float) -> Floats:
    """Quantile by E. B. Wilson and M. M. Hilferty, PNAS 17, 1931."""
    part = 2.0 / (9.0 * degrees)
    return np.asarray(degrees * np.maximum(1.0 - part + deviations * np.sqrt(part), 0.0) ** 3)


def poisson_factors(count: Floats) -> Ends:
    """Ends of the interval of a Poisson mean over the count seen, also between whole numbers."""
    degrees = np.minimum(2.0 * count, 1e12)
    return (
        _chi_squared(degrees, -_Z95) / degrees,
        _chi_squared(degrees + 2.0, _Z95) / degrees,
    )


def _events(sums: dict[str, Floats], come: Clusters) -> dict[str, Events]:
    """Independent events that each figure rests on, by the pauses seen."""
    pauses = sums["pauses"]
    alone = pauses * (1.0 - come.again) / (1.0 + come.again)
    sure = np.full_like(pauses, np.inf)
    lost = Events(alone, np.minimum(pauses, sums["late_attempts"]))
    return {
        "all_busy_share": Events(alone, pauses),
        "mean_busy_agent_lines": Events(sums["transfers"], sums["transfers"]),
        "transfers_per_second": Events(sums["transfers"], sure),
        "abandoned_per_second": lost,
        "attempts_per_second": Events(sums["attempts"], sure),
        "live_answers_per_second": Events(sums["attempts"], sure),
        "pauses_per_second": Events(alone, sure),
        "mean_pause_seconds": Events(sure, pauses),
        "abandon_rate": lost,
        "transfer_loss": lost,
    }


def _none_seen(
    sums: dict[str, Floats], come: Clusters, network: Network, seconds: Floats
) -> dict[str, Floats]:
    """Upper ends of figures of which nothing was seen; 0 where there is nothing to see."""
    pauses = come.occur * NONE_SEEN / (1.0 - come.again) / seconds
    unpaused = sums["pauses"] == 0.0
    request = network.answer_rate[0, network.campaign] * network.transfer_rate[0, network.campaign]
    one = np.where(network.patience_seconds[network.campaign] > 0.0, 1.0, request)
    lost = np.where(
        unpaused, pauses * come.abandoned, NONE_SEEN * one / seconds * (come.abandoned > 0)
    )
    rare = NONE_SEEN / seconds
    with np.errstate(divide="ignore", invalid="ignore"):
        answers = np.maximum(sums["live_answers"] / seconds, rare)
        asked = np.maximum((sums["transfers"] + sums["abandons"]) / seconds, rare)
    asks = come.occur
    return {
        "all_busy_share": np.minimum(pauses * come.pause_seconds, 1.0),
        "pauses_per_second": pauses,
        "abandoned_per_second": lost,
        "abandon_rate": np.minimum(lost / answers, 1.0),
        "transfer_loss": np.minimum(lost / asked, 1.0),
        "transfers_per_second": asks * rare,
        "mean_busy_agent_lines": asks * rare * network.talk_seconds[0, network.campaign],
        "live_answers_per_second": rare * (network.answer_rate[0, network.campaign] > 0),
        "attempts_per_second": rare,
    }


def _nearly_always(
    value: Floats, seconds: Floats, network: Network, low: Floats, high: Floats
) -> Ends:
    """A share of 1 may be less by the shortest attempt that was never seen."""
    least = NONE_SEEN * network.attempt_seconds[network.campaign] / seconds
    always = value == 1.0
    return np.where(always, np.maximum(1.0 - least, 0.0), low), np.where(always, 1.0, high)
