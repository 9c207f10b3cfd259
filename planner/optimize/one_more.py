"""What one more is worth, what limits cost, and what would help most: best plans compared.

The value of the best plan with a change less the value of the best plan without it:
each is planned anew from the plan that is there, the most promising first, within counted work, so
that the same seed gives the same figures. From the two bounds follows a range; what was not reached
has no figure.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.contracts.answers import Help, Worth
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.reasons import Explanation
from planner.evaluation.tolerances import SUM_ROUNDING
from planner.evaluation.worth import resources
from planner.evaluation.worth.changed import Changed
from planner.evaluation.worth.limits import step_of, without_limits
from planner.optimize.search import optimize

#: Work: how often searches look whether they are to end. Of all of them together, of one, and of
#: the search that brings the plan's own bound nearer. Some 4 ms each on most fleets.
ALL_WORK, ONE_WORK, BOUND_WORK = 5000, 200, 200
#: The share of it where campaigns must survive or abandon little: there each takes longer.
HARD_SHARE = 0.25
#: Of all the work, what is left for steps of limits, agents moved and further dialers.
SECOND_SHARE = 0.2
#: A safety net, for fleets on which they take far longer [s].
SECONDS = 60.0
#: Plans are compared within this share of the gap asked for.
GAP_SHARE = 0.5
#: Campaigns that agents are taken from and given to, tried with each other.
MOST_GIVERS = MOST_TAKERS = 3


@dataclass(frozen=True)
class OneMore:
    """What was tried and what it is worth, by limit and whose it is."""

    tried: Mapping[tuple[str, ...], Worth] = field(default_factory=dict)
    helps: tuple[Help, ...] = ()

    def of(self, limit: str, *key: str) -> Worth | None:
        """What one more, or one limit less, is worth; None where that is not known."""
        return self.tried.get((limit, *key))


class Trials:
    """Plans made again with something changed, and how much work was spent on them."""

    def __init__(
        self,
        problem: Problem,
        options: PlanOptions,
        plan: LinePlan,
        value: float,
        bound: float,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.problem = problem
        self._gap = max(options.gap * GAP_SHARE, 1e-9)
        self._options, self._stop = options, stop
        self._plan, self._value, self._bound = plan, value, bound
        self._end = time.monotonic() + SECONDS
        self.work = 0
        self._found: dict[tuple[str, ...], tuple[Changed, float, float]] = {}

    def spent(self, work: int) -> bool:
        """Whether there is nothing left of the work, or of the time."""
        return self.work >= work or self._stop() or time.monotonic() > self._end

    def closer(self) -> None:
        """Bring the plan's own bound nearer, and its value: what all others are compared with."""
        if self._bound - self._value <= self._gap * abs(self._value):
            return
        found = self._again(self.problem, BOUND_WORK)
        if found is None:
            return
        value, bound, plan = found
        self._bound = min(self._bound, bound)
        if value > self._value and plan is not None:
            self._value, self._plan = value, plan

    def again(self, change: Changed) -> None:
        """Plan again with a change."""
        found = self._again(change.problem, ONE_WORK)
        if found is None:
            return
        value, bound, _ = found
        if change.loosens:  # the plan that is there holds then as well
            value = max(value, self._value)
            self._bound = min(self._bound, bound)
        self._found[(*change.name, *change.expressions)] = change, value, bound

    def _again(self, problem: Problem, most: int) -> tuple[float, float, LinePlan | None] | None:
        end = self.work + most

        def stop() -> bool:
            self.work += 1
            return self.work > end or self._stop()

        left = max(self._end - time.monotonic(), 0.1)
        options = self._options.model_copy(update={"gap": self._gap, "time_limit": left})
        found = optimize(problem, options, stop=stop, start=self._plan)
        if found.value is None or found.bound is None:
            return None
        return found.value, max(found.bound, found.value), found.plan

    def worths(self) -> Iterator[tuple[Changed, Worth]]:
        """What every change is worth, by all that is known in the end.

        A limit taken away is worth no less than one step of it.
        """
        for change, value, bound in self._found.values():
            steps = [v for other, v, _ in self._found.values() if _is_step_of(other, change)]
            best = max([value, *steps])
            worth = Worth(
                _gain(best, self._value), _gain(best, self._bound), _gain(bound, self._value)
            )
            if change.loosens:
                worth = Worth(*(max(figure, 0.0) for figure in worth))
            # Sums in another order may differ in their last digits.
            yield change, Worth(worth.value, min(worth[:2]), max(worth[0], worth[2]))


def one_more(
    problem: Problem,
    options: PlanOptions,
    plan: LinePlan,
    value: float,
    bound: float,
    told: Explanation,
    stop: Callable[[], bool] = lambda: False,
    on_share: Callable[[int, int], None] = lambda *_: None,
) -> OneMore:
    """Plan again with one more of each, without each limit, and with what else may help.

    Parameters
    ----------
    problem : without campaigns that cannot run
    plan, value, bound : the plan, what it is worth and the bound of that [value per hour]
    told : why the plan is as it is, for what is tried first
    stop : ends it early; what was not reached has no figure
    on_share : told how many changes were tried, and of how many
    """
    trials = Trials(problem, options, plan, value, bound, stop)
    trials.closer()
    first = list(_in_turn(_by_promise(problem, options, told)))
    work = ALL_WORK * (HARD_SHARE if _is_hard(problem) else 1.0)
    most = round(work * (1 - SECOND_SHARE))
    for count, change in enumerate(first):
        if trials.spent(most):
            break
        on_share(count, len(first))
        trials.again(change)
    second = list(_second(problem, trials, first))
    for count, change in enumerate(second):
        if trials.spent(round(work)):
            break
        on_share(count, len(second))
        trials.again(change)
    return _told(trials)


def _is_hard(problem: Problem) -> bool:
    """Whether splits of campaigns are priced by lists of them, which takes longer."""
    return any(c.survivable_share > 0 or c.max_abandon_rate is not None for c in problem.campaigns)


def _by_promise(
    problem: Problem, options: PlanOptions, told: Explanation
) -> Sequence[Sequence[Changed]]:
    """What is tried, by kind, in each the most promising first."""
    held = {item.name: place for place, item in enumerate(told.held)}
    agents = dict(zip(problem.campaign_index, told.one_more_agent_line, strict=True))
    ports = dict(zip(problem.dialer_index, told.one_more_port, strict=True))
    alike = _alike(problem)

    def ordered(changes: Iterable[Changed], gains: Mapping[str, float | None]) -> list[Changed]:
        return sorted(
            changes,
            key=lambda c: (-(gains.get(c.key[0]) or 0.0), held.get(c.name, len(held))),
        )

    limits: dict[str, list[Changed]] = {}
    for change in without_limits(problem, options.keep_current):
        limits.setdefault(change.limit, []).append(change)
    return [
        ordered(resources.more_agent_lines(problem), agents),
        ordered(resources.larger_pools(problem), {}),
        ordered((c for c in resources.more_ports(problem) if c.key[0] in alike.values()), ports),
        *(ordered(changes, {}) for changes in limits.values()),
        ordered(resources.more_channels(problem), {}),
        ordered(
            (
                c
                for c in resources.more_calls_per_second(problem)
                if c.limit != "cps" or c.key[0] in alike.values()
            ),
            {},
        ),
    ]


def _alike(problem: Problem) -> dict[str, str]:
    """For each dialer the first one that is like it in all but its name: plans may swap them."""
    named = {a.dialer_id for a in problem.assignments}
    for campaign in problem.campaigns:
        named |= set(campaign.allowed_dialers or ())
    for pool in problem.pools:
        named |= set(pool.dialers)
    for limit in problem.limits:
        named |= {*limit.dialer_ids, *limit.failure_domains}
    first: dict[object, str] = {}
    found = {}
    for dialer in problem.dialers:
        name = dialer.dialer_id
        alone = name not in named and dialer.failure_domain is None
        figures = dialer.model_copy(update={"dialer_id": ""}) if alone else name
        found[name] = first.setdefault(figures, name)
    return found


def _in_turn(kinds: Sequence[Sequence[Changed]]) -> Iterator[Changed]:
    """The first of each kind, then the second of each, and so on."""
    for row in itertools.zip_longest(*kinds):
        yield from (change for change in row if change is not None)


def _second(problem: Problem, trials: Trials, first: Sequence[Changed]) -> Iterator[Changed]:
    """What is tried once the first gains are known: steps of costly limits, agents moved."""
    gains = {change.name: worth for change, worth in trials.worths()}
    costly = [c for c in first if c.name in gains and gains[c.name].value > 0]
    costly.sort(key=lambda c: -gains[c.name].value)
    steps = [step for c in costly if (step := step_of(problem, c)) is not None]
    yield from _in_turn([steps, list(_agents_moved(problem, gains))])


def _agents_moved(problem: Problem, gains: Mapping[tuple[str, ...], Worth]) -> Iterator[Changed]:
    """An agent line moved from who misses it least, by what one more would bring, to who gains."""
    if problem.pools:
        return
    known = {
        c.campaign_id: gains["agent_lines", c.campaign_id].value
        for c in problem.campaigns
        if resources.has_own_agents(c) and ("agent_lines", c.campaign_id) in gains
    }
    lines = {c.campaign_id: c.agent_lines for c in problem.campaigns}
    takers = sorted((n for n in known if known[n] > 0), key=lambda n: -known[n])[:MOST_TAKERS]
    givers = sorted((n for n in known if lines[n] > 1), key=lambda n: known[n])
    for taker in takers:
        others = [name for name in givers if name != taker and known[name] < known[taker]]
        for giver in others[:MOST_GIVERS]:
            yield resources.agent_moved(problem, giver, taker)


def _told(trials: Trials) -> OneMore:
    """Figures by limit, of whole limits only, and what helps, sorted."""
    tried = {c.name: worth for c, worth in trials.worths() if c.loosens and not c.step}
    for name, like in _alike(trials.problem).items():
        for limit in ("ports", "cps"):
            if (limit, like) in tried:
                tried[limit, name] = tried[limit, like]
    helps = []
    for change, worth in trials.worths():
        if worth.value > 0 and (change.step or step_of(trials.problem, change) is None):
            helps.append(
                Help(
                    set=change.expressions,
                    words=change.words,
                    gain=worth.value,
                    gain_low=worth.low,
                    gain_high=worth.high,
                )
            )
    helps.sort(key=lambda item: (-item.gain, item.set))
    return OneMore(tried, tuple(helps))


def _is_step_of(step: Changed, whole: Changed) -> bool:
    """Whether a change loosens the same limit as another one, which was tried whole before."""
    return step.name == whole.name and step.step and not whole.step


def _gain(more: float, less: float) -> float:
    """The difference where it is more than that of the same sum in another order, else 0."""
    gain = more - less
    return gain if abs(gain) > SUM_ROUNDING * abs(less) else 0.0
