"""HiGHS over the concave hull of the throughput tables: a mixed-integer model with a valid bound.

What a user of a good solver would write. Handled calls of a campaign on a dialer lie under the
upper hull of its table, and what is limited (attempts, abandoned calls) over the lower hull, each
given by some of its planes. Every plan of the problem is one of the model, so its bound holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.spatial import ConvexHull

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.tables import ABANDONED, ANSWERED, ATTEMPTS, HANDLED
from tests.benchmarks.peer_plans import Reached, reached

Floats = NDArray[np.float64]
#: Planes of one hull: those that cut off most, one after the other.
MOST_PLANES = 8
#: Facets whose unit normal points up by less than this are walls of the hull, which would only
#: give the solver numbers too large to reckon with.
STEEPEST = 1e-3


def hull_planes(points: Floats) -> Floats:
    """Planes over points ``[point, (N, A, z)]`` as rows ``(a, b, c)``: z <= a N + b A + c.

    Each lies above all points, so that fewer planes are a looser hull, never a wrong one.
    """
    if len(np.unique(points[:, 1])) == 1:  # no agents: nothing to interpolate between
        planes = _upper_lines(points[:, 0], points[:, 2])
    else:
        low, size = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-12)
        equations = ConvexHull((points - low) / size, qhull_options="QJ").equations
        upper = equations[equations[:, 2] > STEEPEST]
        slopes = -upper[:, :2] / upper[:, [2]] * (size[2] / size[:2])
        planes = np.column_stack([slopes, np.zeros(len(slopes))])
    at = np.column_stack([points[:, :2], np.ones(len(points))])
    # HiGHS 1.12 was seen to prove wrong bounds where slopes of 1e-9 occur beside such of 100.
    planes[:, :2] = np.round(planes[:, :2], 4)
    planes[:, 2] += np.max(points[:, [2]] - at @ planes.T, axis=0)  # touching from above
    heights = at @ planes.T
    hull, known = heights.min(axis=1), np.full(len(points), np.inf)
    chosen: list[int] = []
    while len(chosen) < MOST_PLANES:
        over = np.where(np.isinf(known), hull + 1e12, known) - hull
        if over.max() <= 1e-7 * (1 + np.abs(hull).max()):
            break
        chosen.append(int(heights[over.argmax()].argmin()))
        known = np.minimum(known, heights[:, chosen[-1]])
    return planes[chosen]


def _upper_lines(across: Floats, heights: Floats) -> Floats:
    """Lines of the upper hull of points in the plane, from left to right."""
    hull: list[tuple[float, float]] = []
    for x, y in sorted(zip(across.tolist(), heights.tolist(), strict=True)):
        while len(hull) > 1 and _turns_left(*hull[-2:], (x, y)):
            hull.pop()
        hull.append((x, y))
    ends = list(pairwise(hull)) or [(hull[0], (hull[0][0] + 1, hull[0][1]))]
    slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in ends]
    return np.array([[k, 0.0, y - k * x] for k, ((x, y), _) in zip(slopes, ends, strict=True)])


def _turns_left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) >= (b[1] - a[1]) * (c[0] - a[0])


def _points(model: Model, c: int, heights: Floats) -> Floats:
    """The cells in which a campaign runs."""
    agents, lines = np.indices(heights.shape)
    least = max(1, int(model.min_agent_lines[c])) if model.agents[c] else 0
    runs = (agents >= least) & (lines >= np.maximum(agents, 1))
    return np.column_stack([lines[runs], agents[runs], heights[runs]]).astype(float)


class _Hulls:
    """The model: lines of every campaign on every dialer, and their rates under the hulls."""

    def __init__(self, model: Model) -> None:
        self.model = model
        shape = (model.campaigns, model.dialers)
        #: Places of the variables, -1 where a campaign may not be.
        self.dial, self.agents, self.used, self.handled, self.attempts, self.excess = (
            np.full(shape, -1) for _ in range(6)
        )
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self.rows: list[tuple[list[int], list[float], float]] = []  # each at most its last entry
        for c in range(model.campaigns):
            self._add_campaign(c)
        self._add_fleet()
        self.worth = np.zeros(len(self.low))
        self._add_aim()

    def _variable(self, low: float, high: float, *, whole: bool = False) -> int:
        self.low.append(low)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.low) - 1

    def _at_most(self, terms: Iterable[tuple[int, float]], limit: float) -> None:
        kept = [(place, factor) for place, factor in terms if place >= 0]
        self.rows.append(([p for p, _ in kept], [f for _, f in kept], float(limit)))

    def _add_campaign(self, c: int) -> None:
        model, box, table = self.model, self.model.box, self.model.tables[c]
        speed_counts = not model.counts_lines.all()
        limited = bool(np.isfinite(model.abandon_limit[c]))
        above = hull_planes(_points(model, c, table[HANDLED]))
        excess = table[ABANDONED] - model.abandon_limit[c] * table[ANSWERED] if limited else None
        for d in np.flatnonzero(box.n_high[c]).tolist():
            n_high = float(box.n_high[c, d])
            n = self._variable(float(box.n_low[c, d]), n_high, whole=True)
            a = self._variable(float(box.a_low[c, d]), float(box.a_high[c, d]), whole=True)
            used = self._variable(0, 1, whole=True)
            self.dial[c, d], self.agents[c, d], self.used[c, d] = n, a, used
            self._at_most([(n, 1), (used, -n_high)], 0)
            self._at_most([(a, 1), (n, -1)], 0)
            self._at_most([(used, 1), (n, -1)], 0)
            self._at_most([(used, float(model.min_agent_lines[c])), (a, -1)], 0)
            self.handled[c, d] = self._variable(0, np.inf)
            self._under(self.handled[c, d], 1, above, (n, a, used))
        if speed_counts:
            self._over(self.attempts, c, table[ATTEMPTS], 0.0)
        if excess is not None:
            self._over(self.excess, c, excess, -np.inf)
            self._at_most(((p, 1) for p in self.excess[c]), 0)
        self._at_most(((p, 1) for p in self.agents[c]), float(model.agents[c]))
        self._at_most(((p, 1) for p in self.dial[c]), float(model.max_dial_lines[c]))
        self._at_most(((p, -1) for p in self.used[c]), -float(model.min_dialers[c]))
        share = float(model.survivable[c])
        for lost in model.lost if share > 0 else ():
            kept = zip(self.handled[c], share - ~lost, strict=True)
            self._at_most(((p, float(f)) for p, f in kept), 0)

    def _over(self, places: NDArray[np.int64], c: int, rate: Floats, least: float) -> None:
        """Variables of a campaign that are at least its rate's lower hull."""
        below = hull_planes(_points(self.model, c, -rate))
        for d in np.flatnonzero(self.dial[c] >= 0).tolist():
            places[c, d] = self._variable(least, np.inf)
            cell = self.dial[c, d], self.agents[c, d], self.used[c, d]
            self._under(places[c, d], -1, below, cell)

    def _under(self, place: int, sign: int, planes: Floats, cell: tuple[int, int, int]) -> None:
        for factors in planes.tolist():
            self._at_most([(place, sign), *zip(cell, (-f for f in factors), strict=True)], 0)

    def _add_fleet(self) -> None:
        model = self.model
        for capacity in model.capacities:
            terms: list[tuple[int, float]] = []
            for d in np.flatnonzero(capacity.members).tolist():
                if capacity.counts_lines:
                    terms += [(p, 1) for p in self.dial[:, d]]
                    terms += [(p, float(model.agent_cost[d])) for p in self.agents[:, d]]
                else:
                    terms += [(p, 1) for p in self.attempts[:, d]]
            self._at_most(terms, capacity.limit)

    def _add_aim(self) -> None:
        """(1 - w) F + w W: what is handled, and what is handled in the worst failure."""
        model = self.model
        for (c, _), place in np.ndenumerate(self.handled):
            if place >= 0:
                self.worth[place] = (1 - model.weight) * model.value[c]
        if not model.weight:
            return
        survives = self._variable(0, np.inf)
        self.worth = np.append(self.worth, model.weight)
        for lost in model.lost:
            left = [
                (place, -float(model.value[c]))
                for (c, d), place in np.ndenumerate(self.handled)
                if not lost[d]
            ]
            self._at_most([(survives, 1), *left], 0)

    def solve(self, seconds: float) -> tuple[Floats | None, float | None]:
        """Values of the variables and the bound; None where there are none."""
        rows = np.repeat(np.arange(len(self.rows)), [len(row[0]) for row in self.rows])
        columns = np.concatenate([np.array(row[0], dtype=np.int64) for row in self.rows])
        factors = np.concatenate([np.array(row[1], dtype=float) for row in self.rows])
        matrix = coo_array((factors, (rows, columns)), shape=(len(self.rows), len(self.low)))
        found = milp(
            -self.worth,
            integrality=self.whole,
            bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(matrix.tocsc(), -np.inf, [row[2] for row in self.rows]),
            options={"time_limit": seconds, "mip_rel_gap": 1e-4},
        )
        bound = found.get("mip_dual_bound")
        known = bound is not None and np.isfinite(bound)
        return found.x, -float(bound) if known else None


def highs_hull(problem: Problem, options: PlanOptions, seconds: float) -> Reached:
    """HiGHS over the concave hull for so many seconds, building the model not counted."""
    model = build_model(problem, options)
    hulls = _Hulls(model)
    values, bound = hulls.solve(seconds)
    if values is None:
        return Reached(0.0, bound)
    dial, agents = (
        np.where(places >= 0, np.round(values[places]), 0).astype(np.int64)
        for places in (hulls.dial, hulls.agents)
    )
    return Reached(reached(problem, options, dial, agents), bound)
