"""Plans made again with something changed, from what a search left, within counted work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from planner.contracts.answers import Worth
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.tolerances import SUM_ROUNDING
from planner.evaluation.worth.changed import Changed
from planner.optimize.search import optimize
from planner.optimize.search_params import DEFAULT
from planner.optimize.search_result import SearchResult
from planner.optimize.warm_start import WarmStart

#: Plans are compared within this share of the gap asked for; small fleets, where that is quick,
#: more closely.
GAP_SHARE, SMALL_GAP_SHARE = 1.0, 0.05
#: Work is how often searches look whether they are to end: of the search that brings the plan's own
#: bound nearer, and of one for a plan with a change.
BASE_WORK, SEARCH_WORK = 600, 160
#: Setting up a search counts as so much work, and more for each so many pairs.
SETUP_WORK, PAIRS_PER_WORK = 3, 100
#: A figure is told without a search where its range is no wider than so many gaps, or than this
#: share of it.
NARROW, NARROW_SHARE = 2.0, 0.5
#: A safety net, for fleets on which searches take far longer [s].
SECONDS = 600.0
#: Searches with a change leave out what makes lines even, and split boxes on small fleets only.
SMALL = replace(DEFAULT, polish=False, thorough=False, evaluations_per_round=60_000)
LARGE = replace(SMALL, splits=False, most_stale=1)
GLANCE = replace(SMALL, relax=False)


@dataclass(frozen=True)
class Tried:
    """A change, the best plan known with it and the bound [value per hour].

    ``searched``: whether a plan was looked for, not only a bound.
    """

    change: Changed
    value: float
    bound: float
    searched: bool


class Trials:
    """Plans made again with something changed, and how much work was spent on them.

    Parameters
    ----------
    problem : without campaigns that cannot run
    plan, value, bound : the plan, what it is worth and the bound of that [value per hour]
    warm : what the search for it left
    stop : ends it early
    """

    def __init__(
        self,
        problem: Problem,
        options: PlanOptions,
        plan: LinePlan,
        value: float,
        bound: float,
        warm: WarmStart | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.problem = problem
        pairs = len(problem.campaigns) * len(problem.dialers)
        self._small = pairs <= DEFAULT.few_cells and (warm is None or warm.exact)
        share = SMALL_GAP_SHARE if self._small else GAP_SHARE
        self._gap = max(options.gap * share, 1e-9)
        self._setup = SETUP_WORK + pairs // PAIRS_PER_WORK
        self._options, self._stop = options, stop
        self._plan, self._value, self._bound, self._warm = plan, value, bound, warm
        self._end = time.monotonic() + SECONDS
        self.work = 0
        self._found: dict[tuple[str, ...], Tried] = {}

    def spent(self, work: int) -> bool:
        """Whether there is nothing left of the work, or of the time."""
        return self.work >= work or self._stop() or time.monotonic() > self._end

    def begin(self) -> None:
        """Bring the plan's own bound nearer, and its value: what all others are compared with."""
        if self._warm is not None and self._bound - self._value <= self._gap * abs(self._value):
            return
        before = self.work
        found = self._again(self.problem, BASE_WORK, self._warm)
        self.work = before  # counted with the plan's, so that it takes nothing from the others
        if found is None or found.value is None or found.bound is None:
            return
        self._warm = found.warm or self._warm
        self._bound = min(self._bound, max(found.bound, found.value))
        if found.value > self._value and found.plan is not None:
            self._value, self._plan = found.value, found.plan
        self._bound = max(self._bound, self._value)

    def glance(self, change: Changed) -> None:
        """Bound a change at the duals that are known, and take what lies near the plan."""
        self._try(change, 0)

    def search(self, change: Changed) -> None:
        """Look for the best plan with a change."""
        self._try(change, SEARCH_WORK)

    def promise(self, change: Changed) -> float:
        """How much more a plan with a change may be worth than is known [value per hour]."""
        known = self._found.get(_key(change))
        return 0.0 if known is None else known.bound - max(known.value, self._value)

    def unclear(self, change: Changed) -> bool:
        """Whether what is known of a change leaves more open than two gaps do."""
        known = self._found.get(_key(change))
        if known is None or known.searched:
            return False
        return known.bound - known.value > NARROW * self._gap * abs(self._bound)

    def _is_told(self, tried: Tried) -> bool:
        """Whether enough is known of a change to tell a figure."""
        if tried.value == -float("inf"):
            return False
        gain = tried.value - self._value
        return not self.unclear(tried.change) or tried.bound - tried.value < NARROW_SHARE * gain

    def _try(self, change: Changed, most: int) -> None:
        found = self._again(change.problem, most, self._warm)
        if found is None or found.bound is None:
            return
        known = self._found.get(_key(change))
        value = -float("inf") if found.value is None else found.value
        bound = max(found.bound, value)
        if change.loosens:  # the plan that is there holds then as well
            value = max(value, self._value)
            bound = max(bound, value)
            self._bound = min(self._bound, bound)
        if known is not None:
            value, bound = max(value, known.value), min(bound, known.bound)
        searched = most > 0 or bound - value <= self._gap * abs(bound)
        self._found[_key(change)] = Tried(change, value, bound, searched)

    def _again(self, problem: Problem, most: int, warm: WarmStart | None) -> SearchResult | None:
        self.work += self._setup
        end = self.work + most

        def stop() -> bool:
            self.work += 1
            return self.work > end or self._stop()

        left = max(self._end - time.monotonic(), 0.1)
        options = self._options.model_copy(update={"gap": self._gap, "time_limit": left})
        params = SMALL if self._small or warm is None else LARGE
        if most == 0:
            params = GLANCE
        found = optimize(problem, options, stop=stop, start=self._plan, params=params, warm=warm)
        return None if found.bound is None else found

    def worths(self) -> Iterator[tuple[Changed, Worth]]:
        """What every change is worth, by all that is known in the end.

        A limit taken away is worth no less than one step of it. What was only glanced at is left
        out, unless little is open.
        """
        for tried in self._found.values():
            if not self._is_told(tried):
                continue
            steps = [t.value for t in self._found.values() if _is_step_of(t.change, tried.change)]
            best, bound = max([tried.value, *steps]), tried.bound
            worth = Worth(
                _gain(best, self._value), _gain(best, self._bound), _gain(bound, self._value)
            )
            if tried.change.loosens:
                worth = Worth(*(max(figure, 0.0) for figure in worth))
            # Sums in another order may differ in their last digits.
            yield tried.change, Worth(worth.value, min(worth[:2]), max(worth[0], worth[2]))


def _key(change: Changed) -> tuple[str, ...]:
    return (*change.name, *change.expressions)


def _is_step_of(step: Changed, whole: Changed) -> bool:
    """Whether a change loosens the same limit as another one, which was tried whole before."""
    return step.name == whole.name and step.step and not whole.step


def _gain(more: float, less: float) -> float:
    """The difference where it is more than that of the same sum in another order, else 0."""
    gain = more - less
    return gain if abs(gain) > SUM_ROUNDING * abs(less) else 0.0
