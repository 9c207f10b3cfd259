"""Plans the problems of a batch in this process, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from planner.batch.items import Context, Item
from planner.batch.output import Planned
from planner.batch.work import plan_item
from planner.optimize.cores import one_core


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
