"""Plans the problems of a batch in this process, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from planner.optimize.cores import one_core
from planner.studies.batch.input.items import Context, Item
from planner.studies.batch.results.rows import Planned
from planner.studies.batch.workers.work import plan_item


def plan_here(
    items: Iterable[Item], context: Context, stop: Callable[[], bool]
) -> Iterator[Planned]:
    """Yield the results in order; ends early once ``stop`` says True."""
    for item in items:
        if stop():
            return
        with one_core():
            planned = plan_item(item, context)
        yield planned
