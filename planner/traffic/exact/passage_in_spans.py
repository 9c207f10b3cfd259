"""First passage to all agent lines busy where some of the requests are missing, span by span."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from planner.traffic.arguments import Floats
from planner.traffic.exact.passage import busy_line_rates


class SpanPassage(NamedTuple):
    """First passage from a known state."""

    mean: float  # [s]; infinite where it never comes
    quantiles: Floats  # [s], by level
    probabilities: Floats  # by time


def passage_in_spans(
    dial_lines: int,
    agent_lines: int,
    busy: int,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
    starts: Floats,
    kept: Floats,
    levels: Sequence[float],
    times: Sequence[float],
) -> SpanPassage:
    """First passage of the chain of :mod:`planner.traffic.exact.passage` with fewer requests.

    Parameters
    ----------
    dial_lines, agent_lines, busy : N >= A > busy at the start
    attempt_seconds, transfer_probability, talk_seconds : as there, the probability above 0
    starts, kept : when spans begin, the first at 0 [s], and the share of the requests in each
    levels, times : of the quantiles, ascending, and of the probabilities, ascending [s]
    """
    from planner.traffic.exact.uniformization import march, quantiles

    births, deaths = busy_line_rates(
        dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds
    )
    births, deaths = births[:-1], deaths[:-1]
    state = np.zeros(agent_lines)
    state[busy] = 1.0
    wanted, chances = np.array(times), np.zeros(len(times))
    found, mean, alive = np.full(len(levels), np.inf), 0.0, 1.0
    ends = np.append(starts[1:], np.inf)
    for start, end, part in zip(starts, ends, kept, strict=True):
        up, passed = births * part, 1.0 - alive
        here = (wanted >= start) & (wanted < end)
        left = [(level - passed) / alive for level in levels]
        todo = [place for place, level in enumerate(left) if level > 0.0 and found[place] == np.inf]
        if todo:
            at = start + quantiles(up, deaths, state, np.array([left[place] for place in todo]))
            found[todo] = np.where(at < end, at, np.inf)
        stops = wanted[here] - start
        if np.isfinite(end):
            stops = np.append(stops, end - start)
        if not len(stops):
            continue
        _, spent, last = march(up, deaths, state, np.maximum(stops, 0.0))
        ended = np.minimum(up[-1] * spent, 1.0)
        chances[here] = passed + alive * ended[: int(here.sum())]
        if np.isfinite(end):
            mean += alive * _mean_within(up, deaths, state, end - start)
            alive *= 1.0 - float(ended[-1])
            state = last / last.sum()
        if alive < 1e-12:
            return SpanPassage(mean, found, np.where(wanted >= end, 1.0, chances))
    return SpanPassage(mean + alive * float(state @ _means(up, deaths)), found, chances)


def _means(births: Floats, deaths: Floats) -> Floats:
    """Mean seconds until the chain ends, from each state (J. Keilson 1979)."""
    step, steps = 0.0, np.zeros(len(births))
    for k, (up, down) in enumerate(zip(births, deaths, strict=True)):
        step = (1.0 + down * step) / up
        steps[k] = step
    return np.asarray(steps[::-1].cumsum()[::-1])


def _mean_within(births: Floats, deaths: Floats, state: Floats, seconds: float) -> float:
    """Expected seconds before the chain ends or the span does.

    E[min(T, t)] = E[T] - P(T > t) E[T from where it is at t].
    """
    from planner.traffic.exact.uniformization import march

    _, _, last = march(births, deaths, state, np.array([seconds]))
    means = _means(births, deaths)
    return float(state @ means - last @ means)
