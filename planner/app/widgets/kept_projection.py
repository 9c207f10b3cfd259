"""Projections by formula and their charts, made once for all who look at the same hours of a fleet.

Those who watch a status page see the same again and again, and making the charts takes three times
as long as the figures that they show.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from datetime import datetime
from functools import lru_cache

from planner.app.widgets.charts import drawing_of
from planner.contracts.problem import Problem
from planner.contracts.projected import Projection
from planner.pipeline.pipeline import project
from planner.report.charts.figure import Drawing
from planner.report.charts.projection import projection_figures

#: Of a large fleet they hold a megabyte.
_MOST_KEPT = 16

Titled = tuple[tuple[str, Drawing], ...]
_kept: OrderedDict[str, Titled] = OrderedDict()
_lock = threading.Lock()


def quick_projection(problem: Problem, at: datetime, hours: float) -> Projection:
    """The projection by formula."""
    # The same moment on another clock is equal, but is told otherwise.
    return _projected(problem, at, hours, str(at.tzinfo))


@lru_cache(maxsize=_MOST_KEPT)
def _projected(problem: Problem, at: datetime, hours: float, _clock: str) -> Projection:
    return project(problem, at=at, hours=hours, engine="markov")


def charts_of(projection: Projection) -> Titled:
    """Titles and charts that have something to show; nobody may change them."""
    key = hashlib.sha256(projection.model_dump_json().encode()).hexdigest()
    key += str(projection.at.tzinfo)  # names of hours depend on it
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    made = tuple((title, drawing_of(figure)) for title, figure in projection_figures(projection))
    with _lock:
        _kept[key] = made
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return made
