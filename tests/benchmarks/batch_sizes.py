"""What a plan costs as problems grow, and why: the search apart from the figures."""

from __future__ import annotations

import statistics
import time
from typing import NamedTuple

from tests.benchmarks.batch_problems import problem
from tests.benchmarks.reporting import Row

#: Dialers, campaigns, problems of that size.
SIZES = ((3, 4, 40), (4, 6, 12), (6, 12, 8), (10, 25, 4), (20, 50, 3))
#: Seconds after which the search for a plan ends, proven or not.
LIMIT = 20.0


class Cost(NamedTuple):
    """CPU seconds of one plan, the boxes that proved it, and the gap that is left."""

    search: float
    figures: float
    boxes: int
    gap: float


def cost(seed: int, dialers: int, campaigns: int) -> Cost:
    """Plan one problem."""
    from planner.contracts.result import PlanOptions, relative_gap
    from planner.optimize import search
    from planner.pipeline.planning import with_plan
    from planner.projection.project import plan_figures

    given, boxes = problem(seed, dialers, campaigns), []
    phases = lambda progress: boxes.append(progress.phase == "proof")  # noqa: E731
    start = time.process_time()
    found = search.optimize(given, PlanOptions(time_limit=LIMIT), phases)
    searched = time.process_time()
    assert found.plan is not None
    assert found.value
    plan_figures(with_plan(given, found.plan), 0)
    gap = relative_gap(found.value, found.bound or 0.0)
    return Cost(searched - start, time.process_time() - searched, sum(boxes), gap)


def size_rows() -> list[Row]:
    """Cost of one plan by size: usual, largest, and the parts that grow differently."""
    cost(0, 3, 4)  # compiles
    rows = []
    for dialers, campaigns, count in SIZES:
        costs = [cost(seed, dialers, campaigns) for seed in range(count)]
        cells, whole = dialers * campaigns, [c.search + c.figures for c in costs]
        open_ones = sum(c.gap > 0.001 for c in costs)
        note = (
            f"of {count}; mean {statistics.mean(whole):.3g}, largest {max(whole):.3g}, figures "
            f"{1e3 * statistics.median(c.figures for c in costs) / cells:.2f} ms a cell, boxes "
            f"{statistics.median(c.boxes for c in costs):g} (most {max(c.boxes for c in costs)}), "
            f"gap not proven in {LIMIT:g} s: {open_ones}, largest {max(c.gap for c in costs):.2%}"
        )
        rows.append(
            {
                "work": f"{dialers} x {campaigns}",
                "figure": "median CPU s of a plan",
                "value": statistics.median(whole),
                "ok": True,
                "note": note,
            }
        )
    return rows


EXPLANATION = """\
Why a plan costs what it does: figures and tables grow with the cells (campaigns x dialers). The
search first needs one relaxation, whose cost grows a little faster than that, and is then mostly
done, as long as campaigns are few enough to try (boxes prove each choice of agent lines) or so many
that whole lines hardly matter: the relaxation mixes splits of about as many campaigns as there are
dialers, whatever their number, so that its gap falls as campaigns are added. In between, at some
6 x 12, a few problems need hundreds of boxes, or end at the time limit with the gap they tell; so
the mean is far from the median there."""
