"""The checker's bound on splits that must survive, against all splits there are."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from planner.contracts.problem import Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.proof import survival
from planner.evaluation.proof.check import check_proof
from planner.evaluation.proof.programme import NEVER
from planner.evaluation.proof.ranges import Asked
from planner.evaluation.proof.record import Node, Proof
from planner.evaluation.proof.splits import Options, largest_with_abandonment
from planner.evaluation.proof.survival import largest_surviving
from planner.evaluation.rates import rates_table
from planner.optimize.search import optimize
from tests.benchmarks.fleets import FAMILIES, fleet
from tests.support.builders import solar

#: Which dialers fail together: each alone, two and two, carriers that share a dialer, any two.
CASES = (
    np.eye(4)[:, :4],
    np.array([[1, 1, 0, 0], [0, 0, 1, 1]]),
    np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]]),
    np.array([np.isin(range(4), pair) for pair in itertools.combinations(range(4), 2)]),
)


def drawn(seed: int) -> tuple[list[np.ndarray], list[Options], Asked]:
    """Worths and options of four dialers, and what is asked."""
    draw = np.random.default_rng(seed)
    options, worth = [], []
    for _ in range(4):
        count = int(draw.integers(3, 7))
        agent = np.concatenate([[0], np.sort(draw.integers(1, 4, count))])
        dial = np.concatenate([[0], agent[1:] + draw.integers(0, 9, count)])
        calls = np.concatenate([[0.0], draw.uniform(5, 60, count) * agent[1:]])
        nothing = np.zeros(count + 1)
        options.append(Options(dial, agent, calls, nothing, nothing, nothing))
        worth.append(np.concatenate([[0.0], draw.normal(8, 20, count) + 0.3 * calls[1:]]))
    asked = int(draw.integers(0, 3))
    missing = [float(4 * (asked - u)) for u in range(asked + 1)]
    return (
        worth,
        options,
        Asked(
            agents=int(draw.integers(3, 9)),
            least_used=min(asked, 1),
            missing=missing,
            lost=CASES[seed % 4].astype(np.float64),
            at_once=1 + (seed % 4 == 3),
            domain=(0, 1, 2, 3),
            share=float(
                draw.choice([0.25, 0.395, 0.495, 0.6] if seed % 4 < 3 else [0.05, 0.2, 0.3, 0.4])
            ),
        ),
    )


def best_of_all(worth: list[np.ndarray], options: list[Options], asked: Asked) -> float:
    """The largest worth of the splits with lines that survive, or of none."""
    best = -asked.missing[0]
    top = len(asked.missing) - 1
    for chosen in itertools.product(*(range(len(o.dial)) for o in options)):
        picked = list(zip(options, chosen, strict=True))
        used = sum(o.dial[i] > 0 for o, i in picked)
        if used < max(asked.least_used, 1) or sum(o.agent[i] for o, i in picked) > asked.agents:
            continue
        calls = np.array([o.handled[i] for o, i in picked])
        if (calls.sum() - asked.lost @ calls < asked.share * calls.sum() - 1e-9).any():
            continue
        value = sum(w[i] for w, i in zip(worth, chosen, strict=True))
        best = max(best, float(value) - asked.missing[min(used, top)])
    return best


@pytest.mark.parametrize("seed", range(40))
def test_no_split_that_survives_is_above_the_bound(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A target below the best is never reached: without end, all the time goes there.
    monkeypatch.setattr(survival, "MOST_SPLIT", 400)
    worth, options, asked = drawn(seed)
    best = best_of_all(worth, options, asked)
    for target in (best, best - 5.0, best + 5.0):
        found, _ = largest_surviving(worth, options, asked, target, math.inf)
        assert found >= best - 1e-6 * (1 + abs(best))
    assert largest_surviving(worth, options, asked, NEVER, math.inf)[0] >= best - 1e-6


def test_most_bounds_are_what_the_best_split_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Since what the others may not carry a dialer, or a group of them, must."""
    monkeypatch.setattr(survival, "MOST_SPLIT", 60)
    shown = []
    for seed in range(60):
        worth, options, asked = drawn(seed)
        best = best_of_all(worth, options, asked)
        found, _ = largest_surviving(worth, options, asked, best, math.inf)
        shown.append(found <= best + 1e-6 * (1 + abs(best)))
    assert sum(shown) >= 47


def test_a_dialer_that_no_failure_takes_may_carry_more_than_any_failure() -> None:
    """So that the others need not carry anything: here they may be little, and earn most."""
    lines, calls = np.array([0, 1, 2]), np.array([0.0, 1.0, 1.5])
    none = np.zeros(3)
    small = Options(lines, lines, calls, none, none, none)
    large = replace(small, handled=100 * calls)
    lost = np.array([[0.0, 1, 0], [0, 0, 1]])
    safe = Asked(agents=6, least_used=1, missing=[0.0, 0.0], lost=lost, share=0.6)
    worth, options = [60.0 * (lines > 0), calls, calls], [large, small, small]
    best = best_of_all(worth, options, safe)
    assert best == 63.0
    for target in (best, best - 1.0):
        found, _ = largest_surviving(worth, options, safe, target, math.inf, most_split=200)
        assert found >= best - 1e-6


@pytest.mark.parametrize(("family", "seed"), [("survivable shares", 2), ("everything", 1)])
def test_the_bound_of_a_fleet_whose_splits_are_too_many_to_list_is_shown(
    family: str, seed: int
) -> None:
    """And it is refuted no more than it can be: a claim somewhat lower is only not shown."""
    kind = next(f for f in FAMILIES if f.name == family)
    problem = fleet(4, 6, kind, seed)
    options = PlanOptions(
        redundancy=kind.redundancy, failures=kind.failures, gap=0.001, time_limit=30.0
    )
    found = optimize(problem, options)
    assert found.proof is not None
    assert found.bound is not None
    verdict = check_proof(problem, found.proof)
    assert verdict.holds(found.proof)
    lower = replace(found.proof, bound=found.bound * 0.999)
    assert not check_proof(problem, lower).holds(lower)
    assert not check_proof(problem, lower).refutes(lower)


@pytest.mark.parametrize("prices", [{}, {"ports of D1": 1 / 97}])
def test_a_box_without_a_split_that_survives_is_shown_to_hold_no_plan(
    prices: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its campaign has none, and where the rows of the fleet leave it none."""
    dialers = tuple(Dialer(dialer_id=f"D{d}", ports=100) for d in range(5))
    wanted = solar(agent_lines=20, survivable_share=0.55, answer_rate=0.3, transfer_rate=0.2)
    other = solar(campaign_id="Other", agent_lines=20, survivable_share=0.3)
    problem = Problem(dialers=dialers, campaigns=(wanted, other))
    # Solar has at least 14 agent and 80 dial lines on D0, or 88 dial lines on D1 where Other has
    # 13 agent lines, and as many dial lines.
    splits = (
        [["Solar", "D1", "dial", 87], ["Other", "D1", "agent", 12]]
        if prices
        else [["Solar", "D0", "agent", 13], ["Solar", "D0", "dial", 79]]
    )
    here = rates_table(wanted, 100, 20)[0][14:, 80:].min()
    assert prices or here > 0.45 * (here + 6 * 3600 / 180.0)  # six agents are never idle
    none = {"dial_lines": {}, "abandoned": {}, "failure": [], "short": []}
    may_hold = {"rows": {}, **none}
    nodes = [
        Node(split=splits[0], children=[1, 2]),
        Node(duals=may_hold),
        Node(split=splits[1], children=[3, 4]),
        Node(duals=may_hold),
        Node(duals={"rows": prices, **none}, empty=True),
    ]
    # More than all agents together can earn.
    proof = Proof(0.0, 1, 0.0, False, bound=1000.0, nodes=nodes)
    assert check_proof(problem, proof).holds(proof)
    monkeypatch.setattr(survival, "MOST_SPLIT", 100)
    # A box that holds plans is not shown to hold none.
    nodes[1].empty = True
    assert not check_proof(problem, proof).holds(proof)


def test_a_box_without_any_lines_for_a_campaign_holds_no_plan_whatever_the_prices() -> None:
    """Four dial lines at the most, and five agent lines, of which each has a dial line."""
    dialers = tuple(Dialer(dialer_id=f"D{d}", ports=100) for d in range(5))
    problem = Problem(dialers=dialers, campaigns=(solar(agent_lines=20, survivable_share=0.3),))
    none = {"dial_lines": {}, "abandoned": {}, "failure": [], "short": []}
    nodes = [
        Node(split=["Solar", "D0", "dial", 4], children=[1, 2]),
        Node(split=["Solar", "D0", "agent", 4], children=[3, 4]),
        Node(duals={"rows": {}, **none}),
        Node(duals={"rows": {}, **none}),
        Node(duals={"rows": {"ports of D1": 1.0}, **none}, empty=True),
    ]
    proof = Proof(0.0, 1, 0.0, False, bound=1000.0, nodes=nodes)
    assert check_proof(problem, proof).holds(proof)


def test_what_the_time_ends_is_a_bound_all_the_same() -> None:
    worth, options, asked = drawn(1)
    best = best_of_all(worth, options, asked)
    assert largest_surviving(worth, options, asked, best, -math.inf)[0] >= best - 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_ranges_found_at_other_worths_give_a_bound_all_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survival, "MOST_SPLIT", 1500)
    worth, options, asked = drawn(seed)
    best = best_of_all(worth, options, asked)
    found, known = largest_surviving(worth, options, asked, best, math.inf)
    assert found >= best - 1e-6
    draw = np.random.default_rng(seed)
    other = [
        w + draw.normal(0, 10, len(w)) * (o.dial > 0) for w, o in zip(worth, options, strict=True)
    ]
    found, _ = largest_surviving(other, options, asked, best, math.inf, known)
    assert found >= best_of_all(other, options, asked) - 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_no_split_within_its_abandoned_calls_is_above_the_bound(seed: int) -> None:
    """Whatever price is tried first, and however low the bound is wanted."""
    worth, options, asked = drawn(seed)
    draw = np.random.default_rng(seed)
    limit, none = 0.05, [np.zeros(1)]
    options = [
        replace(
            o,
            answered=np.concatenate([*none, draw.uniform(20, 60, len(o.dial) - 1)]),
            abandoned=np.concatenate([*none, draw.uniform(0, 6, len(o.dial) - 1)]),
        )
        for o in options
    ]
    best = -asked.missing[0]
    for chosen in itertools.product(*(range(len(o.dial)) for o in options)):
        picked = list(zip(options, chosen, strict=True))
        used = sum(o.dial[i] > 0 for o, i in picked)
        over = sum(o.abandoned[i] - limit * o.answered[i] for o, i in picked)
        if over > 0 or used < max(asked.least_used, 1):
            continue
        if sum(o.agent[i] for o, i in picked) <= asked.agents:
            value = float(sum(w[i] for w, i in zip(worth, chosen, strict=True)))
            best = max(best, value - asked.missing[min(used, len(asked.missing) - 1)])
    for target, first in ((NEVER, None), (best, None), (best, 3.0), (best + 5.0, 0.01)):
        found, _ = largest_with_abandonment(
            worth, options, asked.agents, limit, asked.least_used, asked.missing, target, first
        )
        assert found >= best - 1e-6
