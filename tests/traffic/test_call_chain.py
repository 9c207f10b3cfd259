"""First passages with wrap-up and pacing, against dense chains and against runs."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from planner.traffic.arguments import Floats
from planner.traffic.exact.call_chain import call_chain, passage_of_chain
from planner.traffic.exact.passage_in_spans import passage_in_spans
from planner.traffic.simulation.single_pair import SharedLimitEffect, SinglePair
from planner.traffic.simulation.single_pair_passage import first_passages
from tests.support.generators import transition_matrix

NOTHING_HELD = SharedLimitEffect(np.zeros(1), np.ones(1), 0.0, 0.0)
#: 7 dial lines, 3 agent lines, one talking; wrap-up of 30 s; 2 attempts for each free agent.
BOTH = SinglePair(7, 3, 1, 20.0, 1.0, 0.08, 90.0, 1.0, 30.0, 2.0)


def dense(pair: SinglePair, kept: float = 1.0) -> tuple[Floats, int]:
    """Generator over all (talking, wrapping, attempts), the last state absorbing; the first state.

    Written from the rules: each state is brought to what it launches after every event.
    """
    N, A = pair.dial_lines, pair.agent_lines
    states = [s for s in product(range(A), range(A), range(N + 1)) if s[0] + s[1] < A]
    place = {state: number for number, state in enumerate(states)}
    Q = np.zeros((len(states) + 1, len(states) + 1))

    def launched(k: int, w: int, i: int) -> int:
        while k + i < N and i < pair.pacing * (A - k - w):
            i += 1
        return i

    for (k, w, i), here in place.items():
        moves = [((k + 1, w, i - 1), i / pair.attempt_seconds * pair.transfer_probability * kept)]
        moves.append(
            ((k, w, i - 1), i / pair.attempt_seconds * (1 - pair.transfer_probability * kept))
        )
        wraps = 1 if pair.wrap_up_seconds > 0 else 0
        moves.append(((k - 1, w + wraps, i), k / pair.talk_seconds))
        if wraps:
            moves.append(((k, w - 1, i), w / pair.wrap_up_seconds))
        for (k2, w2, i2), rate in moves:
            if rate > 0:
                there = len(states)
                if k2 + w2 < A:
                    there = place[k2, w2, launched(k2, w2, i2)]
                Q[here, there] += rate
                Q[here, here] -= rate
    return Q, place[pair.busy, 0, launched(pair.busy, 0, 0)]


def means(Q: Floats) -> Floats:
    """Seconds until the last state, from each; 0 from those that nothing ever leaves or reaches."""
    left = Q.diagonal() < 0.0
    found = np.zeros(len(Q))
    found[left] = np.linalg.solve(-Q[np.ix_(left, left)], np.ones(int(left.sum())))
    return found


@pytest.mark.parametrize(
    "pair",
    [
        BOTH,
        BOTH._replace(pacing=math.inf),
        BOTH._replace(wrap_up_seconds=0.0, pacing=1.5),
        BOTH._replace(busy=0, pacing=0.3),
        BOTH._replace(agent_lines=1, busy=0),
    ],
)
def test_chances_quantiles_and_means_are_those_of_the_whole_chain(pair: SinglePair) -> None:
    Q, first = dense(pair)
    chain = call_chain(pair)
    assert chain is not None
    times = (1.0, 30.0, 300.0, 2000.0)
    found = passage_of_chain(chain, pair.transfer_probability, NOTHING_HELD, (0.5, 0.9), times)
    assert found is not None
    expected = [transition_matrix(Q, time)[first, -1] for time in times]
    assert found.probabilities == pytest.approx(expected, rel=1e-8, abs=1e-13)
    assert found.mean == pytest.approx(means(Q)[first], rel=1e-8)
    for level, quantile in zip((0.5, 0.9), found.quantiles.tolist(), strict=True):
        assert transition_matrix(Q, quantile)[first, -1] == pytest.approx(level, rel=1e-7)


def test_each_span_keeps_its_own_share_of_the_requests() -> None:
    effect = SharedLimitEffect(np.array([0.0, 40.0]), np.array([0.3, 0.8]), 0.0, 0.0)
    chain = call_chain(BOTH)
    assert chain is not None
    found = passage_of_chain(chain, BOTH.transfer_probability, effect, (0.9,), (30.0, 500.0))
    assert found is not None
    (early, first), (late, _) = dense(BOTH, 0.3), dense(BOTH, 0.8)
    at_40 = transition_matrix(early, 40.0)[first]
    expected = [transition_matrix(early, 30.0)[first, -1]]
    expected.append((at_40 @ transition_matrix(late, 460.0))[-1])
    assert found.probabilities == pytest.approx(expected, rel=1e-8)
    rest = means(late)
    grid = np.linspace(0.0, 40.0, 401)
    left = [1.0] + [1.0 - transition_matrix(early, time)[first, -1] for time in grid[1:].tolist()]
    assert found.mean == pytest.approx(np.trapezoid(left, grid) + at_40 @ rest, rel=1e-5)


def test_without_wrap_up_and_pacing_it_is_the_birth_death_chain() -> None:
    pair = SinglePair(95, 5, 0, 25.0, 1.0, 0.01, 180.0, 1.0, 0.0, math.inf)
    chain = call_chain(pair)
    assert chain is not None
    found = passage_of_chain(chain, 0.01, NOTHING_HELD, (0.5, 0.9), (60.0, 300.0, 900.0))
    assert found is not None
    # Check values of the model, computed independently.
    assert found.mean == pytest.approx(190.271372, rel=1e-8)
    assert found.probabilities == pytest.approx([0.053133690, 0.854353242, 0.999528777], rel=1e-8)


def test_rare_passages_are_right_to_the_last_digits() -> None:
    """A mean of years from hazards of 1e-12: as the recursion of the birth-death chain has it."""
    pair = SinglePair(40, 12, 0, 25.0, 1.0, 0.005, 60.0, 1.0, 0.0, math.inf)
    chain = call_chain(pair)
    assert chain is not None
    found = passage_of_chain(chain, 0.005, NOTHING_HELD, (0.5,), (3600.0,))
    known = passage_in_spans(
        40, 12, 0, 25.0, 0.005, 60.0, np.zeros(1), np.ones(1), (0.5,), (3600.0,)
    )
    assert found is not None
    assert known.mean > 1e9
    assert found.mean == pytest.approx(known.mean, rel=1e-6)
    assert found.quantiles == pytest.approx(known.quantiles, rel=1e-6)


def test_runs_of_the_pair_alone_agree() -> None:
    out = np.empty(20_000)
    first_passages(BOTH, NOTHING_HELD, 1e9, np.random.default_rng(5), out)
    chain = call_chain(BOTH)
    assert chain is not None
    found = passage_of_chain(chain, BOTH.transfer_probability, NOTHING_HELD, (0.5,), (300.0,))
    assert found is not None
    assert abs(out.mean() - found.mean) < 4.0 * out.std() / math.sqrt(out.size)
    share = float((out <= 300.0).mean())
    expected = float(found.probabilities[0])
    assert abs(share - expected) < 4.0 * math.sqrt(expected * (1.0 - expected) / out.size)


def test_too_many_states_are_left_to_a_simulation() -> None:
    assert call_chain(BOTH._replace(dial_lines=3000, agent_lines=1000)) is None
