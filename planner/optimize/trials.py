"""Plans made again with something changed, from what a search left, within counted work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from planner.contracts.answers import Worth
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, Progress
from planner.evaluation.tolerances import SUM_ROUNDING
from planner.evaluation.worth.changed import Changed
from planner.optimize.search import optimize
from planner.optimize.search_params import DEFAULT, SearchParams
from planner.optimize.search_result import SearchResult
from planner.optimize.warm_start import WarmStart

#: Work in all: how often searches look whether they are to end, some 4 ms each on most fleets. The
#: same seed gives the same figures. With a time limit shorter than so many seconds it is as much
#: less.
WORK, LONG = 4500, 30.0
#: Plans are compared within this share of the gap asked for; small fleets, where that is quick,
#: more closely.
GAP_SHARE, SMALL_GAP_SHARE = 1.0, 0.05
#: Shares of it, beside it, that bring the plan's own bound nearer, the second only where that is
#: not within the gap asked for.
BASE_SHARES = 0.25, 0.5
#: Work of a search for a plan with a change; of those on small fleets, of which some go on.
SEARCH_WORK, SMALL_SEARCH_WORK = (160,), (240, 720)
#: On small fleets each search goes on for so long, decided or not: most are closed by then.
LEAST_SMALL_WORK = 60
#: Setting up a search counts as so much work, and more for each so many pairs.
SETUP_WORK, PAIRS_PER_WORK = 3, 100
#: A figure is decided, and no longer searched for, where its range is no wider than so many of the
#: gaps that plans are compared within, or than so many times the gap asked for as a share of it: a
#: fifth of it for a gap of 0.1 %.
NARROW, SHARE_PER_GAP, MOST_SHARE = 2.0, 200.0, 0.2
#: In the end it is told where its range is no wider than so many gaps asked for, or than itself:
#: nobody knows what to do with a wider one.
TOLD_GAPS, TOLD_SHARE = 2.0, 1.0
#: A safety net, for fleets on which searches take far longer [s].
SECONDS = 600.0
#: Columns of each campaign that searches of large fleets begin with: adding more takes longer than
#: finding them anew.
FEW_COLUMNS = 30
#: Searches with a change leave out what makes lines even, and split boxes on small fleets only.
#: Others begin near the best plan, from which annealing needs less time.
SMALL = replace(DEFAULT, polish=False, thorough=False, evaluations_per_round=60_000)
LARGE = replace(SMALL, splits=False, most_stale=1, most_chunks=50)
GLANCE = replace(SMALL, relax=False)
#: The plan's own bound, which is part of every range, is brought nearer by all there is.
BASE = replace(DEFAULT, polish=False)


@dataclass(frozen=True)
class Tried:
    """A change, the best plan known with it and the bound [value per hour].

    ``searches``: how often a plan was looked for, not only a bound; ``plan`` and ``warm`` are what
    the last one left.
    """

    change: Changed
    value: float
    bound: float
    searches: int = 0
    plan: LinePlan | None = None
    warm: WarmStart | None = None


class Trials:
    """Plans made again with something changed, and how much work was spent on them.

    Parameters
    ----------
    problem : without campaigns that cannot run
    plan, value, bound : the plan, what it is worth and the bound of that [value per hour]
    warm : what the search for it left
    stop : ends it early
    options : those of the plan; the time limit is that of all trials together [s]
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
        self._plan, self._value, self._bound = plan, value, bound
        self._warm = warm if self._small or warm is None else warm.fewer(FEW_COLUMNS)
        #: What may be spent in all.
        self.most_work = round(WORK * min(options.time_limit / LONG, 1.0))
        self._end = time.monotonic() + min(SECONDS, options.time_limit)
        self.work = 0
        self._found: dict[tuple[str, ...], Tried] = {}

    @property
    def cut_off(self) -> bool:
        """Whether the time limit or a stop ended it before all was tried, or the work done."""
        short = self.most_work < WORK and self.work >= self.most_work
        return short or self._stop() or time.monotonic() > self._end

    def spent(self, work: float) -> bool:
        """Whether there is nothing left of so much work, or of the time."""
        return self.work >= work or self._stop() or time.monotonic() > self._end

    def begin(self) -> None:
        """Bring the plan's own bound nearer, and its value: what all others are compared with."""
        if self._warm is not None and self._open <= self._gap * abs(self._value):
            return
        before = self.work
        params = BASE if self._small else LARGE
        for share in BASE_SHARES:
            most = round(share * self.most_work)
            found = self._again(self.problem, most, self._plan, self._warm, params=params)
            if found is not None and found.value is not None and found.bound is not None:
                self._warm = found.warm or self._warm
                self._bound = min(self._bound, max(found.bound, found.value))
                if found.value > self._value and found.plan is not None:
                    self._value, self._plan = found.value, found.plan
                self._bound = max(self._bound, self._value)
            if not self._small or self._open <= self._options.gap * abs(self._value):
                break
        self.work = before  # counted with the plan's, so that it takes nothing from the others

    @property
    def _open(self) -> float:
        """What the plan's own bound leaves open [value per hour]."""
        return self._bound - self._value

    def glance(self, change: Changed) -> None:
        """Bound a change at the duals that are known, and take what lies near the plan."""
        duals = None if self._warm is None else self._warm.fewer(0)
        self._try(change, 0, self._plan, duals)

    def search(self, change: Changed) -> None:
        """Look for the best plan with a change; again, from what the search before left, longer."""
        known = self._found.get(_key(change))
        before = 0 if known is None else known.searches
        work = SMALL_SEARCH_WORK if self._small else SEARCH_WORK
        plan, warm = self._plan, self._warm
        if known is not None and known.warm is not None:
            plan, warm = known.plan or plan, known.warm
        self._try(change, work[min(before, len(work) - 1)], plan, warm)

    def promise(self, change: Changed) -> float:
        """How much more a plan with a change may be worth than is known [value per hour]."""
        known = self._found.get(_key(change))
        return 0.0 if known is None else known.bound - max(known.value, self._value)

    def unclear(self, change: Changed) -> bool:
        """Whether what a change is worth is not decided, and a search may decide it."""
        known = self._found.get(_key(change))
        searches = len(SMALL_SEARCH_WORK if self._small else SEARCH_WORK)
        if known is None or known.searches >= searches:
            return False
        value, bound = known.value, known.bound
        if not self._small and bound - value <= NARROW * self._gap * abs(bound):
            return False  # there the plan's own bound leaves nearly as much open
        if self._small and not known.searches:
            return bound - value > NARROW * self._gap * abs(bound)
        return not self._decided(change, value, bound)

    def _decided(self, change: Changed, value: float, bound: float) -> bool:
        """Whether a range is narrow enough, or it is known that nothing is gained.

        What the plan's own bound leaves open no search with a change can close.
        """
        if change.loosens:
            value = max(value, self._value)
        elif bound <= self._value:
            return True
        base = self._open
        near = max(
            NARROW * self._gap * abs(bound),
            min(SHARE_PER_GAP * self._options.gap, MOST_SHARE) * (value - self._value),
        )
        return bound - value <= max(near - base, base / 2, self._gap * abs(bound))

    def _try(self, change: Changed, most: int, start: LinePlan, warm: WarmStart | None) -> None:
        def decided(value: float, bound: float) -> bool:
            return self._decided(change, value, bound)

        found = self._again(change.problem, most, start, warm, decided)
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
        searches = (0 if known is None else known.searches) + (most > 0)
        left = found.warm if self._small else None  # others do not go on
        self._found[_key(change)] = Tried(change, value, bound, searches, found.plan, left)

    def _again(
        self,
        problem: Problem,
        most: int,
        start: LinePlan,
        warm: WarmStart | None,
        decided: Callable[[float, float], bool] = lambda *_: False,
        params: SearchParams | None = None,
    ) -> SearchResult | None:
        self.work += self._setup
        end = self.work + most
        least = self.work + LEAST_SMALL_WORK * self._small
        enough = False

        def stop() -> bool:
            self.work += 1
            return (enough and self.work > least) or self.work > end or self._stop()

        def note(told: Progress) -> None:
            nonlocal enough
            value, bound = told.value_per_hour, told.bound_per_hour
            if value is not None and bound is not None:
                enough = enough or decided(value, bound)

        left = max(self._end - time.monotonic(), 0.1)
        options = self._options.model_copy(update={"gap": self._gap, "time_limit": left})
        if params is None:
            params = SMALL if self._small or warm is None else LARGE
        if most == 0:
            params = GLANCE
        found = optimize(problem, options, note, stop, start=start, params=params, warm=warm)
        return None if found.bound is None else found

    def worths(self) -> Iterator[tuple[Changed, Worth]]:
        """What every change is worth, by all that is known in the end.

        A limit taken away is worth no less than one step of it.
        """
        for tried in self._found.values():
            if tried.value == -float("inf"):
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

    def is_told(self, worth: Worth) -> bool:
        """Whether a range is narrow enough to be of use."""
        gaps = TOLD_GAPS * max(self._options.gap, self._gap) * abs(self._bound)
        return worth.high - worth.low <= max(gaps, TOLD_SHARE * worth.value)


def _key(change: Changed) -> tuple[str, ...]:
    return (*change.name, *change.expressions)


def _is_step_of(step: Changed, whole: Changed) -> bool:
    """Whether a change loosens the same limit as another one, which was tried whole before."""
    return step.name == whole.name and step.step and not whole.step


def _gain(more: float, less: float) -> float:
    """The difference where it is more than that of the same sum in another order, else 0."""
    gain = more - less
    return gain if abs(gain) > SUM_ROUNDING * abs(less) else 0.0
