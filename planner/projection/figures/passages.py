"""When all agent lines become busy for the first time, simulated, with intervals.

Each pair is simulated alone, thousands of times: that is quick. What limits that it shares with
others hold back on average is measured in joint runs before. Where they hold back much, the pairs
are simulated together instead.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np

from planner.projection.effort import Effort, EngineChoice
from planner.projection.figures import shared_limits
from planner.projection.figures.exact import PASSAGE_HORIZONS, PASSAGE_QUANTILES
from planner.projection.figures.flowing import with_flow_error
from planner.projection.figures.intervals import Interval, interval, share_interval, t_half_width
from planner.projection.figures.rare import rare_chances
from planner.projection.figures.settling import mean_of_runs
from planner.projection.figures.shared_limits import BATCHES, MOST_MISSING
from planner.projection.network import always_on, network
from planner.projection.pairs import Limits, Pair
from planner.traffic.arguments import Floats
from planner.traffic.exact.call_chain import Chain, call_chain, passage_of_chain
from planner.traffic.exact.passage_in_spans import SpanPassage, passage_in_spans
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.network import Network
from planner.traffic.simulation.simulate import simulate
from planner.traffic.simulation.single_pair import SharedLimitEffect, SinglePair

Row = dict[str, Interval]
#: Joint runs: at first, at most, and how long [s].
FIRST_JOINT, MOST_JOINT, JOINT_SECONDS = 64, 20_000, 3600.0
#: Starting a joint run takes as long as simulating about so many events.
RUN_EVENTS = 4000.0
#: Runs of a pair alone, by batch: at first, at most, and at least, where each takes long.
FIRST_ALONE, MOST_ALONE, FEWEST_ALONE = 64, 8000, 4
#: Runs are followed to the end, for the mean, where that takes at most so large a part of the
#: budget with so many runs; the longest one [s].
MEAN_RUNS, MEAN_PART, LONGEST_SECONDS = 10_000.0, 0.2, 3600.0 * 1000
#: An event of a pair alone takes less time than one of joint runs.
SINGLE_PAIR_EVENT = 0.3
#: Forecasts of what is needed are rough: so much more is simulated.
_MARGIN = 1.1
_Z95 = 1.959964
#: Relative error of times that are the same in all runs.
_ALIKE = 1e-6


def passages(
    pairs: Sequence[Pair],
    limits: Limits,
    effort: Effort,
    runs: Sequence[float | None] | None = None,
) -> list[tuple[Row, bool]]:
    """First passages from the state of now of pairs that run together, and whether precise enough.

    Empty for a broadcast and for who does not run.

    Parameters
    ----------
    runs : how long each pair runs on, infinite for no end [s], None where it does not run; without
        it all of them run on for ever
    """
    if runs is None:
        runs = [math.inf] * len(pairs)
    live = [
        place
        for place, pair in enumerate(pairs)
        if pair.campaign.is_live_transfer and runs[place] is not None
    ]
    if not live:
        return [({}, True)] * len(pairs)
    ends = {place: runs[place] or 0.0 for place in live}
    rows = None if effort.replications is not None else _alone(pairs, limits, effort, ends)
    if rows is None:
        rows = _together(pairs, limits, effort, ends)
    return [
        (rows[p], shortfall(rows[p]) <= 1.0) if p in rows else ({}, True) for p in range(len(pairs))
    ]


def _alone(
    pairs: Sequence[Pair], limits: Limits, effort: Effort, ends: Mapping[int, float]
) -> dict[int, Row] | None:
    """Rows by place, of those with an end, from runs of each pair alone.

    None where limits hold back too much for that.
    """
    live = list(ends)
    unshared = len(pairs) == 1 and not any(limits.sharing(pairs[0]))
    if unshared:
        joint = shared_limits.unlimited(pairs)
    else:
        joint = shared_limits.measure(pairs, limits, effort.part(1.0, 1))
        if np.any(joint.missing[live] > MOST_MISSING):
            return None
    left = max(effort.budget.passages - joint.events, 0.5 * effort.budget.passages)
    seed = effort.part(1.0, 2).seed
    simulated = effort.engine is EngineChoice.SIMULATE
    rows: dict[int, Row] = {}
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for place in [] if simulated else live:
            row = exact_row(pairs[place], joint.effects[place], ends[place], pool.map)
            if row is not None:
                rows[place] = row
    live = [place for place in live if place not in rows]
    runs = [
        SinglePairRuns(
            pairs[place], joint.effects[place], (seed, place), left / len(live), alike=unshared
        )
        for place in live
    ]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        while todo := [run for run in runs if run.more > 0]:
            tasks = product(todo, range(BATCHES))
            made = list(pool.map(lambda task: task[0].simulate(task[1]), tasks))
            for number, run in enumerate(todo):
                left -= run.take(made[number * BATCHES : (number + 1) * BATCHES])
            for run in todo:
                run.plan(left / len(todo))
    for place, run in zip(live, runs, strict=True):
        row, own = run.row(ends[place]), effort.part(1.0, 5 + place)
        runs_seen = run.seconds.size
        rows[place] = row | rare_chances(row, runs_seen, pairs[place], limits, ends[place], own)
    if unshared:
        return rows
    return {
        place: with_flow_error(row, float(joint.missing[place]), limits.left_out(pairs[place]))
        for place, row in rows.items()
    }


def is_birth_death(pair: Pair) -> bool:
    """Whether the busy agent lines are a birth-death chain, but for what limits hold back."""
    campaign, lines, agents = pair.campaign, pair.item.dial_lines, pair.agent_lines
    paced = campaign.pacing is not None and any(
        math.ceil(campaign.pacing * (agents - busy)) < lines - busy for busy in range(agents)
    )
    return campaign.wrap_up_seconds == 0.0 and not paced


def exact_row(
    pair: Pair,
    held: Sequence[SharedLimitEffect],
    runs_seconds: float,
    each: Callable[..., Iterable[SpanPassage | None]] = map,
) -> Row | None:
    """The row of exponential times, by what was held back in each batch; None for a simulation.

    The spread of the batches tells the error. ``each`` maps a function over them.
    """
    campaign = pair.campaign
    begins = pair.busy_agent_lines < pair.agent_lines <= pair.item.dial_lines
    memoryless = campaign.attempt_cv == campaign.talk_cv == 1.0
    if not (memoryless and begins and campaign.transfer_probability > 0.0):
        return None
    times = sorted(min(longest, runs_seconds) for longest in PASSAGE_HORIZONS.values())
    chain = None
    if not is_birth_death(pair):
        chain = call_chain(_single_pair(pair))
        if chain is None:
            return None
    found = list(each(lambda effect: _by_chain(pair, chain, effect, times), held))
    known = [one for one in found if one is not None]
    return _row_of(known, runs_seconds) if len(known) == len(found) else None


def _by_chain(
    pair: Pair, chain: Chain | None, effect: SharedLimitEffect, times: Sequence[float]
) -> SpanPassage | None:
    """One batch; without a chain by the birth-death chain of the busy agent lines."""
    campaign, levels = pair.campaign, list(PASSAGE_QUANTILES.values())
    kept = np.maximum(effect.kept, 1e-6)
    if chain is not None:
        own = effect._replace(kept=kept)
        return passage_of_chain(chain, campaign.transfer_probability, own, levels, times)
    return passage_in_spans(
        pair.item.dial_lines,
        pair.agent_lines,
        pair.busy_agent_lines,
        campaign.attempt_seconds,
        campaign.transfer_probability,
        campaign.talk_seconds or 1.0,
        effect.starts,
        kept,
        levels,
        times,
    )


def _row_of(found: Sequence[SpanPassage], runs_seconds: float) -> Row:
    """Means over the batches, and what their spread tells."""
    row: Row = {}
    times = np.array([[one.mean, *one.quantiles] for one in found])
    for place, name in enumerate(("seconds_to_all_busy_mean", *PASSAGE_QUANTILES)):
        value, half = float(times[:, place].mean()), _between(times[:, place])
        last = runs_seconds if place else math.inf
        if math.isfinite(value) and value <= last:
            alike = _ALIKE * value
            row[name] = interval(value, max(value - half - alike, 0.0), value + half + alike)
    if "seconds_to_all_busy_p90" not in row:
        row.pop("seconds_to_all_busy_mean", None)
    shares = np.clip([one.probabilities for one in found], 0.0, 1.0)
    for place, name in enumerate(PASSAGE_HORIZONS):
        value, half = float(shares[:, place].mean()), _between(shares[:, place])
        # Without limits the error of a chance is in proportion to it, or to what is missing to 1.
        half += _ALIKE * (min(value, 1.0 - value) if half == 0.0 else 1.0) + 1e-15
        row[name] = Interval(value, max(value - half, 0.0), min(value + half, 1.0))
    return row


class SinglePairRuns:
    """Runs of one pair alone, in batches, until its row is precise enough."""

    def __init__(
        self,
        pair: Pair,
        held: Sequence[SharedLimitEffect],
        seed: tuple[int, int],
        budget: float,
        *,
        alike: bool = False,
    ) -> None:
        self.single, self.held, self.seed, self.alike = _single_pair(pair), held, seed, alike
        self.seconds: Floats = np.empty((BATCHES, 0))
        self.longest, self.rounds, self.spent = JOINT_SECONDS, 0, 0.0
        each = SINGLE_PAIR_EVENT * events_of_an_hour(pair) * BATCHES
        self.more = max(min(int(budget / max(each, 1.0)), FIRST_ALONE), FEWEST_ALONE)

    def simulate(self, batch: int) -> tuple[Floats, int]:
        """Seconds of ``more`` runs of a batch, and the number of events."""
        from planner.traffic.simulation.single_pair_passage import first_passages

        key = (self.seed[1], self.rounds, batch)
        sequence = np.random.SeedSequence(self.seed[0], spawn_key=key)
        rng = np.random.Generator(np.random.PCG64(sequence))
        out = np.empty(self.more)
        return out, first_passages(self.single, self.held[batch], self.longest, rng, out)

    def take(self, made: Sequence[tuple[Floats, int]]) -> float:
        """Add a round of all batches; returns the events that it took."""
        self.rounds += 1
        events = SINGLE_PAIR_EVENT * sum(count for _, count in made)
        self.seconds = np.concatenate([self.seconds, np.stack([out for out, _ in made])], axis=1)
        self.spent += events
        return events

    def row(self, runs_seconds: float = math.inf) -> Row:
        """What the runs tell; batches that are all alike differ by chance only, as runs do."""
        seconds = self.seconds.reshape(1, -1) if self.alike else self.seconds
        return passage_row(seconds, runs_seconds)

    def plan(self, budget: float) -> None:
        """Say how many runs more are needed, within a budget of events."""
        count = self.seconds.shape[1]
        each = self.spent / count
        arrived = float(np.isfinite(self.seconds).mean())
        to_the_end = each / BATCHES * MEAN_RUNS * (1.0 / max(arrived, 1e-9) - 1.0)
        if self.rounds == 1 and to_the_end <= MEAN_PART * budget:
            # The runs so far were stopped before the end.
            self.longest, self.spent = LONGEST_SECONDS, 0.0
            self.seconds = np.empty((BATCHES, 0))
            return
        worst = shortfall(self.row())
        needed = count * min(worst, 100.0) ** 2 * _MARGIN if worst > 1.0 else 0.0
        affordable = count + budget / max(each, 1e-9)
        self.more = int(min(needed, affordable, MOST_ALONE, 8 * count)) - count


def events_of_an_hour(pair: Pair) -> float:
    """Events of an hour of a pair alone, roughly and at most: a request brings up to three."""
    campaign = pair.campaign
    attempts = JOINT_SECONDS * pair.item.dial_lines / campaign.attempt_seconds
    return attempts * (3.0 * campaign.transfer_probability + (campaign.attempt_cv != 1.0))


def _single_pair(pair: Pair) -> SinglePair:
    campaign = pair.campaign
    return SinglePair(
        pair.item.dial_lines,
        pair.agent_lines,
        pair.busy_agent_lines,
        campaign.attempt_seconds,
        campaign.attempt_cv,
        campaign.transfer_probability,
        campaign.talk_seconds or 1.0,
        campaign.talk_cv,
        campaign.wrap_up_seconds,
        math.inf if campaign.pacing is None else campaign.pacing,
    )


def _together(
    pairs: Sequence[Pair], limits: Limits, effort: Effort, ends: Mapping[int, float]
) -> dict[int, Row]:
    """Rows by place, of those with an end, from runs of all pairs together."""
    return joint_passages(network([always_on(pairs)], limits), effort, ends)[0]


def joint_passages(
    shared: Network, effort: Effort, ends: Mapping[int, float]
) -> tuple[dict[int, Row], Floats]:
    """Rows by pair, of those with an end [s], and when lists ended, [run, campaign]."""
    rounds: list[Floats] = []
    done: list[Floats] = []
    spent, more = 0.0, effort.replications or FIRST_JOINT
    while True:
        found = simulate(
            shared,
            [0.0, JOINT_SECONDS],
            seed=effort.part(1.0, 3 + len(rounds)).seed,
            precision=Precision(fewest=more, most=more),
        )
        rounds.append(found.first_all_busy)
        done.append(found.completed_at)
        spent += found.events + RUN_EVENTS * more
        seconds = np.concatenate(rounds)
        rows = {p: passage_row(seconds[None, :, p], end) for p, end in ends.items()}
        worst = max((shortfall(row) for row in rows.values()), default=0.0)
        needed = len(seconds) * min(worst, 100.0) ** 2
        affordable = len(seconds) * effort.budget.passages / max(spent, 1.0)
        more = int(min(needed, affordable, MOST_JOINT, 3 * len(seconds))) - len(seconds)
        if effort.replications or worst <= 1.0 or more <= 0:
            return rows, np.concatenate(done)


def passage_row(seconds: Floats, runs_seconds: float = math.inf) -> Row:
    """Mean, quantiles and probabilities from times [batch, run], infinite where beyond the runs.

    The mean is known only where all runs reached it, a quantile where enough of them did. Ends are
    those of independent runs, or of the spread of the batches where these lie further apart. Of a
    pair that runs on only for ``runs_seconds`` later quantiles are left out, and the mean with the
    90 % quantile.
    """
    flat = np.sort(seconds, axis=None)
    row: Row = {}
    if np.isfinite(flat[-1]):
        mean, low, high = mean_of_runs(flat, float(flat.mean()))
        half = _between(seconds.mean(axis=1))
        low, high = min(low, mean - half), max(high, mean + half)
        row["seconds_to_all_busy_mean"] = interval(mean, max(low, 0.0), high)
    ranked = np.sort(seconds, axis=1)
    for name, level in PASSAGE_QUANTILES.items():
        value = float(flat[_rank(level, flat.size)])
        if math.isfinite(value) and value <= runs_seconds:
            half = _between(ranked[:, _rank(level, ranked.shape[1])])
            low, high = _quantile_ends(flat, level)
            low, high = min(low, max(value - half, 0.0)), max(high, value + half)
            # Where all runs are alike the quantile is theirs, to rounding.
            row[name] = interval(value, low * (1.0 - _ALIKE), high * (1.0 + _ALIKE))
    if "seconds_to_all_busy_p90" not in row:
        row.pop("seconds_to_all_busy_mean", None)
    for name, longest in PASSAGE_HORIZONS.items():
        horizon = min(longest, runs_seconds)
        share, low, high = share_interval(float((flat <= horizon).mean()), flat.size)
        half = _between((seconds <= horizon).mean(axis=1))
        low, high = min(low, max(share - half, 0.0)), max(high, min(share + half, 1.0))
        row[name] = Interval(share, low, high)
    return row


def _rank(level: float, runs: int) -> int:
    return min(math.ceil(level * runs), runs) - 1


def _between(by_batch: Floats) -> float:
    """Half width that the spread of the batches tells; 0 with one batch."""
    return t_half_width(by_batch) if len(by_batch) > 1 and np.isfinite(by_batch).all() else 0.0


def _quantile_ends(ordered: Floats, level: float) -> tuple[float, float]:
    """Ranks between which the quantile lies: a normal approximation of the binomial."""
    runs = len(ordered)
    spread = _Z95 * math.sqrt(runs * level * (1 - level))
    low = float(ordered[max(math.floor(level * runs - spread), 1) - 1])
    rank = math.ceil(level * runs + spread) + 1
    return low, float(ordered[rank - 1]) if rank <= runs else math.inf


def shortfall(row: Row) -> float:
    """Half width over wanted half width, at the worst figure."""
    wanted, worst = Precision(), 0.0
    for name, (value, low, high) in row.items():
        if low is None or high is None:
            return math.inf
        target = wanted.relative * value
        if name in PASSAGE_HORIZONS:
            target = max(target, wanted.share)
        worst = max(worst, (high - low) / 2 / target if high > low else 0.0)
    return worst
