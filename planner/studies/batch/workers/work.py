"""Plans the problems of a batch one by one; runs in the workers."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.contracts.result import PlanResult
from planner.optimize.cores import one_core
from planner.studies.batch.input.items import Context, FleetScenario, Item
from planner.studies.batch.input.lines import line_of
from planner.studies.batch.results.columns import SCENARIOS
from planner.studies.batch.results.rows import (
    Planned,
    bad_input_rows,
    conflict_faults,
    failed_rows,
    not_concerned_rows,
    planned_rows,
)
from planner.studies.batch.workers.fleet_scenarios import (
    NotConcerned,
    blank_row,
    require_concerned,
    scenario_row,
)
from planner.studies.batch.workers.time_limit import within_limit
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
    start = time.perf_counter()
    try:
        planned = _planned(item, context)
    except InputError as error:
        faults = [*error.faults, *_hint(item)]
        planned = bad_input_rows(item.number, item.plan_id, faults, item.changes)
    except NotConcerned as error:
        planned = not_concerned_rows(item.number, item.plan_id, error.faults, item.changes)
    except Exception as error:  # a fault of ours on one problem must not stop the others
        said = str(error).strip().split("\n", 1)[0]
        words = f"a fault in the planner ({type(error).__name__}: {said})"
        planned = failed_rows(item.number, item.plan_id, words, item.changes)
    if isinstance(item.source, FleetScenario) and SCENARIOS not in planned.rows:
        words = str(planned.rows["plans"][0][-1] or "")
        row = blank_row(item.source, item.plan_id, planned.ending.value, words)
        planned.rows[SCENARIOS] = [row]
    return planned.within(time.perf_counter() - start)


def _planned(item: Item, context: Context) -> Planned:
    if isinstance(item.source, FleetScenario):
        return _planned_scenario(item, item.source, context)
    return _searched(item, item.source.problem(context), context)[1]


def _planned_scenario(item: Item, source: FleetScenario, context: Context) -> Planned:
    from planner.evaluation.running.runnable import runnable_problem

    fleet = source.fleet.problem(context)
    require_concerned(source, fleet)
    changed = source.changed(fleet, context)
    # As what-if does: what cannot run gets nothing, and asks for nothing.
    result, planned = _searched(item, runnable_problem(changed), context)
    planned.rows[SCENARIOS] = [scenario_row(source, item.plan_id, fleet, changed, result)]
    return planned


def _searched(item: Item, problem: Problem, context: Context) -> tuple[PlanResult, Planned]:
    from planner.pipeline.pipeline import plan

    result = plan(problem, within_limit(context.options), explained=False, in_order=False)
    members = [member for conflict in result.conflicts for member in conflict.members]
    tables = [member.table.removesuffix(".csv") for member in members]
    places = [
        line_of(item.source, context, table, member.key)
        for table, member in zip(tables, members, strict=True)
    ]
    faults = conflict_faults(result.conflicts, places)
    rows = planned_rows(item.number, item.plan_id, problem, result, item.changes, faults)
    return result, rows


def _hint(item: Item) -> list[Fault]:
    return [Fault(item.plan_id, None, "plan_id", item.plan_id, item.hint)] if item.hint else []
