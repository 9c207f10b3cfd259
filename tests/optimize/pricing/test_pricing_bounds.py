"""Bounds on the splits of a campaign whose limits tie its dialers together, against all splits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.optimize.model.box import Box
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.requirements import ANY, KINDS, RUNS, SURVIVES, USED, Aim
from planner.optimize.pricing.pricer import Pricer, prices_of_nothing
from planner.optimize.pricing.prices import Prices
from planner.optimize.pricing.split_list import listed
from tests.support.all_splits import AllSplits, one_campaign

#: Best splits and bounds are sums of a few hundred calls per hour, so far apart by rounding.
ROUNDING = 1e-6

CASES = [
    (0.5, None, 4, ("A", "B", "C"), 2),
    (0.5, None, 5, ("A", "B", "C"), 2),
    (0.3, None, 5, ("A", "B", "C"), 2),
    (0.6, None, 6, ("A", "B", "C"), 2),
    (0.4, None, 5, ("A", "A", "B"), 2),
    (0.0, 0.05, 5, ("A", "B", "C"), 1),
    (0.0, 0.2, 4, ("A", "B", "C"), 1),
    (0.0, 0.05, 4, ("A", "B", "C"), 0),
    (0.4, 0.2, 5, ("A", "B", "C"), 2),
]
NO_PRICE = np.zeros(len(KINDS))

Floats = NDArray[np.float64]


def pricer(model: Model, box: Box, wider: Pricer | None = None, lists: bool = False) -> Pricer:
    """The pricer of the only campaign, with or without the list of its splits."""
    splits = listed(model, 0) if lists else None
    assert (splits is not None) == lists
    return Pricer(model, fleet_arrays(model), 0, box, splits, wider)


def drawn_prices(
    draw: np.random.Generator, model: Model, short: Floats = NO_PRICE, most: float = 2.0
) -> Prices:
    """Prices by dialer, agent lines charged apart; those of shortfalls as given."""
    dialers = model.dialers
    line = 10 ** draw.uniform(-1.0, most) * draw.uniform(0.8, 1.2, dialers)
    agent = line + draw.choice([0.0, 10.0]) * draw.uniform(0.0, 1.0, dialers)
    return Prices(
        call=draw.uniform(0.2, 1.0) * draw.uniform(0.9, 1.0, dialers),
        dial=line,
        agent=agent,
        attempt=np.full(dialers, draw.choice([0.0, 0.01])),
        abandoned=0.0,
        answered=0.0,
        missing=float(short[USED]),
        surviving=float(short[SURVIVES]),
        nothing=float(prices_of_nothing(model, short[None])[0]),
        move=0.0,
    )


def share_of_close_bounds(model: Model, bounding: Pricer, splits: AllSplits, seed: int) -> float:
    """At how many of some prices the bound, which no split is above, is within 1 % of the best.

    One pricer for all prices, as in a search: what it keeps from some must not harm others.
    """
    draw, close = np.random.default_rng(seed), []
    for _ in range(60):
        prices = drawn_prices(draw, model)
        best, found = splits.best(prices, NO_PRICE), bounding.best(prices, NO_PRICE)
        assert found is not None
        assert found.bound >= best - ROUNDING
        close.append(found.bound - best <= 0.01 * abs(best) + ROUNDING)
    return float(np.mean(close))


@pytest.mark.parametrize(("survivable", "abandon", "agents", "domains", "least"), CASES)
def test_no_split_is_worth_more_than_the_bound_whatever_the_prices_before(
    survivable: float,
    abandon: float | None,
    agents: int,
    domains: tuple[str, ...],
    least: int,
) -> None:
    problem = one_campaign(survivable, abandon, agents, domains, least)
    model = build_model(problem, PlanOptions())
    bounding = pricer(model, model.box)
    splits = AllSplits(problem)
    close = share_of_close_bounds(model, bounding, splits, 7)
    # Of dialers that fail one by one the bound is close; domains of several are relaxed, and so
    # is an abandonment limit on several dialers.
    if len(set(domains)) == len(domains) and not abandon:
        assert close > 0.7


@pytest.mark.parametrize(
    ("survivable", "domains", "carriers", "failures", "near"),
    [
        (0.4, ("A", "B", "C", "D"), ("X", "Y", "X", "Y"), 1, 0.8),
        (0.5, ("A", "B", "C"), ("X", "X", "Y"), 1, 0.8),
        (0.4, ("A", "A", "B", "B"), ("X", "Y", "X", "Y"), 1, 0.0),  # crosswise
        (0.3, ("A", "B", "C", "D"), ("X", "X", None, None), 1, 0.8),
        (0.25, ("A", "B", "C", "D"), (), 2, 0.8),
        (0.2, ("A", "A", "B", "C"), (), 2, 0.8),
        (0.2, ("A", "B", "C", "D"), ("X", "X", None, None), 2, 0.8),
    ],
)
def test_no_split_that_survives_carriers_or_two_failures_is_worth_more_than_the_bound(
    survivable: float,
    domains: tuple[str, ...],
    carriers: tuple[str | None, ...],
    failures: int,
    near: float,
) -> None:
    problem = one_campaign(survivable, None, 5, domains, 2, carriers)
    model = build_model(problem, PlanOptions(failures=failures))
    bounding = pricer(model, model.box)
    splits = AllSplits(problem, failures=failures)
    assert share_of_close_bounds(model, bounding, splits, 11) >= near


@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize(("survivable", "abandon", "agents", "domains", "least"), CASES)
def test_no_split_is_worth_more_than_the_bound_where_requirements_may_be_missed_at_a_price(
    survivable: float,
    abandon: float | None,
    agents: int,
    domains: tuple[str, ...],
    least: int,
    lists: bool,
) -> None:
    problem = one_campaign(survivable, abandon, agents, domains, least)
    anything = Aim(np.full((1, len(KINDS)), ANY))
    model = build_model(problem, PlanOptions(), aim=anything)
    bounding = pricer(model, model.box, lists=lists)
    splits = AllSplits(problem, soft=True)
    draw = np.random.default_rng(13)
    short = np.zeros(len(KINDS))
    for _ in range(40):
        short[[RUNS, USED]] = draw.choice([0.0, 1.0, 30.0], 2)
        short[SURVIVES] = draw.choice([0.0, 0.1, 1.0, 3.0])
        prices = drawn_prices(draw, model, short)
        best, found = splits.best(prices, short), bounding.best(prices, short)
        assert found is not None
        assert found.bound >= best - ROUNDING
        if lists:
            assert found.bound == pytest.approx(best, abs=ROUNDING)


@pytest.mark.parametrize("survivable", [0.4, 0.6])
@pytest.mark.parametrize("seed", range(4))
def test_what_wider_ranges_have_learnt_never_hides_a_split(survivable: float, seed: int) -> None:
    """A pricer that takes over another's buckets bounds its own, narrower splits all the same."""
    problem = one_campaign(survivable, None, 6, ("A", "B", "C"), 2)
    model = build_model(problem, PlanOptions())
    draw = np.random.default_rng(seed)
    wide = pricer(model, model.box)
    prices = [drawn_prices(draw, model, most=1.5) for _ in range(20)]
    for at in prices[:10]:
        wide.best(at, NO_PRICE)
    place = (0, int(draw.integers(3)))
    narrow = model.box.with_range("a_high", place, 1)
    heir = pricer(model, narrow, wide)
    splits = AllSplits(problem).within(*(narrow.ranges[k][0] for k in ORDER))
    for at in prices:
        best, found = splits.best(at, NO_PRICE), heir.best(at, NO_PRICE)
        assert found is not None
        assert found.bound >= best - ROUNDING
        assert found.agent_lines[place[1]] <= 1


#: Ranges in the order in which the enumeration takes them.
ORDER = ("n_high", "a_high", "n_low", "a_low")


@pytest.mark.parametrize("lists", [False, True])
def test_ranges_in_which_no_split_survives_are_proven_empty(lists: bool) -> None:
    """D1 must handle most calls: at least 3 agents there, at most 1 on each of the others."""
    problem = one_campaign(0.5, None, 6, ("A", "B", "C"), 2)
    model = build_model(problem, PlanOptions())
    narrow = model.box.with_range("a_low", (0, 0), 3).with_range("n_low", (0, 0), 5)
    for d in (1, 2):
        narrow = narrow.with_range("a_high", (0, d), 1).with_range("n_high", (0, d), 1)
    assert len(AllSplits(problem).within(*(narrow.ranges[k][0] for k in ORDER)).cells) == 0
    bounding = pricer(model, narrow, lists=lists)
    free = np.zeros(3)
    for call in (0.2, 1.0):
        line = free + 3.0
        prices = Prices(free + call, line, line, free, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        assert bounding.best(prices, NO_PRICE) is None


def half_of_two_domains(agents: int, domains: tuple[str, ...], abandon: float | None) -> Problem:
    return one_campaign(0.5, abandon, agents, domains, 2)


@pytest.mark.parametrize(
    ("agents", "domains", "abandon"),
    [
        (4, ("A", "A", "B"), None),
        (5, ("A", "B", "A"), None),
        (4, ("A", "A", "B", "B"), None),
        (4, ("B", "A", "A", "B"), 0.1),
        (6, ("A", "B"), 0.05),
    ],
)
def test_splits_over_two_domains_that_must_carry_half_each_are_priced_exactly(
    agents: int, domains: tuple[str, ...], abandon: float | None
) -> None:
    problem = half_of_two_domains(agents, domains, abandon)
    model = build_model(problem, PlanOptions())
    exact, close = pricer(model, model.box, lists=True), pricer(model, model.box)
    splits = AllSplits(problem)
    draw = np.random.default_rng(3)
    for _ in range(30):
        prices = drawn_prices(draw, model)
        best, found = splits.best(prices, NO_PRICE), exact.best(prices, NO_PRICE)
        assert found is not None
        assert found.bound == pytest.approx(best, abs=ROUNDING)
        assert splits.holds(found.dial_lines, found.agent_lines)
        bounded = close.best(prices, NO_PRICE)
        assert bounded is not None
        assert bounded.bound >= best - ROUNDING
