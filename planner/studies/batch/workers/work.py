"""Plans the problems of a batch one by one; runs in the workers."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from planner.contracts.faults import InputError
from planner.optimize.cores import one_core
from planner.studies.batch.input.items import Context, Item, Scenario
from planner.studies.batch.results.rows import Planned, bad_input_rows, failed_rows, planned_rows
from planner.version import __version__

#: Libraries on which the bytes of a result hang.
_LIBRARIES = ("ortools", "numpy", "numba", "pydantic")


class OtherVersions(RuntimeError):
    """A worker has other versions than the main process."""


def versions() -> dict[str, str]:
    """Versions that all who plan one batch must share."""
    found = {name: version(name) for name in _LIBRARIES}
    return {"planner": __version__, "python": platform.python_version()} | found


def plan_items(items: Sequence[Item], context: Context) -> list[Planned]:
    """Plan items one after the other.

    Raises
    ------
    OtherVersions
        If the versions here are not those of the context.
    """
    differing = version_differences(versions(), context.versions)
    if differing:
        raise OtherVersions(differing)
    with one_core():  # the other cores have other problems
        return [plan_item(item, context) for item in items]


def version_differences(here: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """In words, what differs; empty where nothing does."""
    return ", ".join(
        f"{name} {here.get(name, 'missing')} instead of {wanted[name]}"
        for name in wanted
        if here.get(name) != wanted[name]
    )


def plan_item(item: Item, context: Context) -> Planned:
    """Plan one item; whatever is wrong with it becomes its rows and stops no other."""
    source = item.source
    changes = "; ".join(source.expressions) if isinstance(source, Scenario) else ""
    place = (item.number, item.plan_id)
    try:
        from planner.pipeline import plan

        result = plan(source.problem(context), context.options, explained=False, in_order=False)
        return planned_rows(*place, result, changes, guarded=context.guarded)
    except InputError as error:
        return bad_input_rows(*place, error.faults, changes, guarded=context.guarded)
    except Exception as error:  # a fault of ours on one problem must not stop the others
        said = str(error).strip().split("\n", 1)[0]
        words = f"a fault in the planner ({type(error).__name__}: {said})"
        return failed_rows(*place, words, changes, guarded=context.guarded)
