"""Bounds on the splits of a campaign whose limits tie its dialers together, against all splits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from planner.optimize.pricing.survival.half_lists import best_mirrored
from planner.optimize.pricing.survival.halves import best_match, halves

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.rates import Correction, rates_table
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import build_model
from planner.optimize.pricing.pricer import Pricer
from planner.optimize.pricing.split_program import Prices

PORTS = 9
#: Best splits and bounds are sums of a few hundred calls per hour, so far apart by rounding.
ROUNDING = 1e-6


def _problem(
    survivable: float,
    abandon: float | None,
    agents: int,
    domains: tuple[str, ...],
    least: int,
) -> Problem:
    dialers = [
        Dialer(dialer_id=f"D{d}", ports=PORTS, failure_domain=name)
        for d, name in enumerate(domains)
    ]
    campaign = Campaign(
        campaign_id="C",
        agent_lines=agents,
        attempt_seconds=25.0,
        answer_rate=0.4,
        transfer_rate=0.3,
        talk_seconds=90.0,
        min_dialers=2 if survivable else least,
        survivable_share=survivable,
        max_abandon_rate=abandon,
    )
    return Problem(dialers=tuple(dialers), campaigns=(campaign,))


class _AllSplits:
    """Every split that holds the campaign's limits, from the throughput formulas alone."""

    def __init__(
        self,
        problem: Problem,
        at_most_one_agent_on: int | None = None,
        *,
        each_abandons_little: bool = False,
    ) -> None:
        campaign = problem.campaigns[0]
        handled, abandoned, answered, attempts = rates_table(
            campaign, PORTS, campaign.agent_lines, Correction()
        )
        cells = [(0, 0)] + [
            (n, a) for a in range(1, campaign.agent_lines + 1) for n in range(a, PORTS - a + 1)
        ]
        splits = itertools.product(cells, repeat=len(problem.dialers))
        kept = [x for x in splits if sum(a for _, a in x) <= campaign.agent_lines]
        if at_most_one_agent_on is not None:
            kept = [x for x in kept if x[at_most_one_agent_on][1] <= 1]
        lines = np.array([[n + a for n, a in split] for split in kept], dtype=np.float64)
        calls = np.array([[handled[a, n] for n, a in split] for split in kept])
        tries = np.array([[attempts[a, n] for n, a in split] for split in kept])
        names = [d.failure_domain for d in problem.dialers]
        most = (1 - campaign.survivable_share) * calls.sum(axis=1)
        holds = (lines > 0).sum(axis=1) >= campaign.min_dialers
        for name in set(names):
            down = calls[:, [k for k, other in enumerate(names) if other == name]].sum(axis=1)
            holds &= down <= most * (1 + 1e-9)
        if campaign.max_abandon_rate is not None:
            hung_up = np.array([sum(abandoned[a, n] for n, a in split) for split in kept])
            spoke = np.array([sum(answered[a, n] for n, a in split) for split in kept])
            holds &= hung_up <= campaign.max_abandon_rate * spoke
        if each_abandons_little and campaign.max_abandon_rate is not None:
            allowed = abandoned <= campaign.max_abandon_rate * answered
            holds &= np.array([all(allowed[a, n] for n, a in split) for split in kept])
        self._calls, self._lines, self._tries = calls[holds], lines[holds], tries[holds]
        self._cells = np.array(kept)[holds]  # [split, dialer, (dial lines, agent lines)]

    def _worth(self, prices: Prices) -> NDArray[np.float64]:
        worth: NDArray[np.float64] = self._calls @ prices.call - self._lines @ prices.line
        return worth - self._tries @ prices.attempt

    def best(self, prices: Prices) -> float:
        return float(self._worth(prices).max())

    def best_mirrored(self, prices: Prices) -> float:
        """Of splits whose dialers 0 and 3 have the lines of dialers 1 and 2, in either order."""
        pairs = [np.sort(self._cells[:, two] @ [100, 1], axis=1) for two in ([0, 3], [1, 2])]
        return float(self._worth(prices)[np.all(pairs[0] == pairs[1], axis=1)].max())

    def holds(self, dial_lines: NDArray[np.int64], agent_lines: NDArray[np.int64]) -> bool:
        """Whether a split is among them."""
        lines = np.column_stack([dial_lines, agent_lines])
        return bool(np.any(np.all(self._cells == lines, axis=(1, 2))))

    def ranges(self, prices: Prices, least: float) -> NDArray[np.int64]:
        """Lines ``[least or most, dialer, dial or agent]`` of splits worth above ``least``."""
        above = self._cells[self._worth(prices) > least]
        return np.array([above.min(axis=0), above.max(axis=0)])


def _drawn_prices(draw: np.random.Generator, dialers: int = 3) -> Prices:
    return Prices(
        call=draw.uniform(0.2, 1.0) * draw.uniform(0.9, 1.0, dialers),
        line=10 ** draw.uniform(-1.0, 2.0) * draw.uniform(0.8, 1.2, dialers),
        attempt=np.full(dialers, draw.choice([0.0, 0.01])),
        abandoned=0.0,
        answered=0.0,
        dial_line=0.0,
    )


CASES = [
    (0.5, None, 4, ("A", "B", "C"), 1),
    (0.5, None, 5, ("A", "B", "C"), 1),
    (0.3, None, 5, ("A", "B", "C"), 1),
    (0.6, None, 6, ("A", "B", "C"), 1),
    (0.4, None, 5, ("A", "A", "B"), 1),
    (0.0, 0.05, 5, ("A", "B", "C"), 1),
    (0.0, 0.2, 4, ("A", "B", "C"), 1),
    (0.0, 0.05, 4, ("A", "B", "C"), 0),
    (0.4, 0.2, 5, ("A", "B", "C"), 1),
]


@pytest.mark.parametrize(("survivable", "abandon", "agents", "domains", "least"), CASES)
def test_no_split_is_worth_more_than_the_bound_whatever_the_prices_before(
    survivable: float,
    abandon: float | None,
    agents: int,
    domains: tuple[str, ...],
    least: int,
) -> None:
    problem = _problem(survivable, abandon, agents, domains, least)
    model = build_model(problem, PlanOptions())
    pricer = Pricer(model, fleet_arrays(model), 0, model.box)
    splits = _AllSplits(problem)
    draw = np.random.default_rng(7)
    loose = []
    # One pricer for all prices, as in a search: what it keeps from some must not harm others.
    for _ in range(60):
        prices = _drawn_prices(draw)
        best, found = splits.best(prices), pricer.best(prices)
        assert found is not None
        assert found.bound >= best - ROUNDING
        loose.append(found.bound - best <= 0.01 * abs(best) + ROUNDING)
    # Of dialers that fail one by one the bound is close; domains of several are relaxed, and so
    # is an abandonment limit on several dialers.
    if len(set(domains)) == len(domains) and not abandon:
        assert np.mean(loose) > 0.7


@pytest.mark.parametrize("survivable", [0.4, 0.6])
@pytest.mark.parametrize("seed", range(4))
def test_what_wider_ranges_have_learnt_never_hides_a_split(survivable: float, seed: int) -> None:
    """A pricer that takes over another's buckets bounds its own, narrower splits all the same."""
    domains = ("A", "B", "C")
    problem = _problem(survivable, None, 6, domains, 2)
    model = build_model(problem, PlanOptions())
    fleet = fleet_arrays(model)
    draw = np.random.default_rng(seed)
    wide = Pricer(model, fleet, 0, model.box)
    prices = [
        Prices(
            call=draw.uniform(0.2, 1.0) * draw.uniform(0.9, 1.0, 3),
            line=10 ** draw.uniform(-1.0, 1.5) * draw.uniform(0.8, 1.2, 3),
            attempt=np.zeros(3),
            abandoned=0.0,
            answered=0.0,
            dial_line=0.0,
        )
        for _ in range(20)
    ]
    for at in prices[:10]:
        wide.best(at)
    place = (0, int(draw.integers(3)))
    narrow = model.box.with_range("a_high", place, 1)
    splits = _AllSplits(problem, at_most_one_agent_on=place[1])
    heir = Pricer(model, fleet, 0, narrow, wide)
    for at in prices:
        best, found = splits.best(at), heir.best(at)
        assert found is not None
        assert found.bound >= best - ROUNDING
        assert found.agent_lines[place[1]] <= 1


@pytest.mark.parametrize(
    ("survivable", "abandon", "agents", "domains", "least"),
    [*CASES, (0.0, None, 5, ("A", "B", "C"), 1), (0.0, None, 4, ("A", "B", "C"), 2)],
)
def test_ranges_are_narrowed_to_no_less_than_hold_every_split_worth_enough(
    survivable: float,
    abandon: float | None,
    agents: int,
    domains: tuple[str, ...],
    least: int,
) -> None:
    problem = _problem(survivable, abandon, agents, domains, least)
    model = build_model(problem, PlanOptions())
    pricer = Pricer(model, fleet_arrays(model), 0, model.box)
    splits = _AllSplits(problem)
    draw = np.random.default_rng(11)
    narrowed = 0
    for _ in range(40):
        prices = _drawn_prices(draw)
        best = splits.best(prices)
        pricer.best(prices)  # what is known of survival comes from bounds asked for before
        above = best - (abs(best) + 1.0) * draw.uniform(0.001, 0.05)
        low, high = splits.ranges(prices, above)
        kept = pricer.keep(prices, above)
        assert np.all(kept.n_low <= low[:, 0])
        assert np.all(kept.n_high >= high[:, 0])
        assert np.all(kept.a_low <= low[:, 1])
        assert np.all(kept.a_high >= high[:, 1])
        narrowed += int(np.sum(kept.n_high - kept.n_low < model.box.n_high[0]))
        if survivable == 0 and abandon is None:  # then exactly those
            assert kept.n_low.tolist() == low[:, 0].tolist()
            assert kept.n_high.tolist() == high[:, 0].tolist()
            assert kept.a_low.tolist() == low[:, 1].tolist()
            assert kept.a_high.tolist() == high[:, 1].tolist()
    assert narrowed > 0


def test_nothing_is_kept_where_no_split_is_worth_enough() -> None:
    problem = _problem(0.0, None, 5, ("A", "B", "C"), 1)
    model = build_model(problem, PlanOptions())
    pricer = Pricer(model, fleet_arrays(model), 0, model.box)
    free = np.zeros(3)
    prices = Prices(free + 1.0, free, free, 0.0, 0.0, 0.0)
    kept = pricer.keep(prices, _AllSplits(problem).best(prices) * (1 + 1e-9))
    assert np.all(kept.n_low > kept.n_high)


def test_ranges_in_which_no_split_survives_are_proven_empty() -> None:
    """D1 must handle most calls: at least 3 agents there, at most 1 on each of the others."""
    problem = _problem(0.5, None, 6, ("A", "B", "C"), 2)
    model = build_model(problem, PlanOptions())
    narrow = model.box.with_range("a_low", (0, 0), 3).with_range("n_low", (0, 0), 5)
    for d in (1, 2):
        narrow = narrow.with_range("a_high", (0, d), 1).with_range("n_high", (0, d), 1)
    pricer = Pricer(model, fleet_arrays(model), 0, narrow)
    free = np.zeros(3)
    for call in (0.2, 1.0):
        assert pricer.best(Prices(free + call, free + 3.0, free, 0.0, 0.0, 0.0)) is None


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
    problem = _problem(0.5, abandon, agents, domains, 2)
    model = build_model(problem, PlanOptions())
    pricer = Pricer(model, fleet_arrays(model), 0, model.box)
    splits = _AllSplits(problem)
    draw = np.random.default_rng(3)
    for _ in range(30):
        prices = _drawn_prices(draw, len(domains))
        best, found = splits.best(prices), pricer.best(prices)
        assert found is not None
        assert found.bound == pytest.approx(best, abs=ROUNDING)
        above = best - (abs(best) + 1.0) * draw.uniform(0.001, 0.05)
        low, high = splits.ranges(prices, above)
        kept = pricer.keep(prices, above)
        assert kept.n_low.tolist() == low[:, 0].tolist()
        assert kept.n_high.tolist() == high[:, 0].tolist()
        assert kept.a_low.tolist() == low[:, 1].tolist()
        assert kept.a_high.tolist() == high[:, 1].tolist()


@pytest.mark.parametrize(
    ("agents", "domains", "abandon"),
    [(4, ("A", "A", "B", "B"), None), (4, ("B", "A", "A", "B"), 0.1), (6, ("A", "B"), 0.05)],
)
def test_balanced_splits_are_bounded_closely_where_they_cannot_all_be_listed(
    agents: int, domains: tuple[str, ...], abandon: float | None
) -> None:
    problem = _problem(0.5, abandon, agents, domains, 2)
    model = build_model(problem, PlanOptions())
    limits = Pricer(model, fleet_arrays(model), 0, model.box).limits
    two = halves(model, 0, limits)
    assert two is not None
    splits = _AllSplits(problem)
    draw = np.random.default_rng(5)
    over = []
    for _ in range(30):
        prices = _drawn_prices(draw, len(domains))
        best = splits.best(prices)
        none = np.zeros(len(domains), np.int64)
        # Any bound is close enough, so that none is listed.
        _, bound = best_match(limits, prices, two, best - 1.0, np.inf, none, none.copy())
        assert bound >= best - ROUNDING
        over.append((bound - best) / (abs(best) + 1.0))
    assert np.median(over) < 0.05


@pytest.mark.parametrize("abandon", [None, 0.1])
def test_mirrored_splits_hold_every_limit_and_are_the_best_of_their_kind(
    abandon: float | None,
) -> None:
    domains = ("B", "A", "A", "B")
    problem = _problem(0.5, abandon, 5, domains, 2)
    model = build_model(problem, PlanOptions())
    limits = Pricer(model, fleet_arrays(model), 0, model.box).limits
    two = halves(model, 0, limits)
    assert two is not None
    splits = _AllSplits(problem, each_abandons_little=True)
    draw = np.random.default_rng(9)
    for _ in range(30):
        prices = _drawn_prices(draw, len(domains))
        dial, agent = np.zeros(4, np.int64), np.zeros(4, np.int64)
        found = best_mirrored(limits, prices, *two, dial, agent)
        assert found == pytest.approx(splits.best_mirrored(prices), abs=ROUNDING)
        assert splits.holds(dial, agent)
