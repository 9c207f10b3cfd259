"""The tables that a batch writes: their columns, and what kind of value each holds."""

from __future__ import annotations

from planner.contracts.problem import Contract, LineAssignment
from planner.contracts.result import FIGURE_NAMES, CampaignTotals, DialerUse
from planner.tables.cells import columns
from planner.tables.folder_writing import PROJECTION_COLUMNS

_ENDS = tuple(f"{name}_{end}" for name in FIGURE_NAMES for end in ("low", "high"))
VALUES = (
    "value_per_hour",
    "bound_per_hour",
    "gap",
    "throughput_value_per_hour",
    "surviving_value_per_hour",
)
#: What the simulation of the plan says beside its tables; blank where these are exact.
SIMULATED = tuple(f"simulated_value_per_hour{end}" for end in ("", "_low", "_high"))
RATES = ("transfers_per_hour", "messages_per_hour", "abandons_per_hour")
#: Columns of each table, in the order of the files; all start with the name of the problem.
COLUMNS: dict[str, tuple[str, ...]] = {
    "plans": (
        "plan_id",
        "status",
        *VALUES,
        *SIMULATED,
        "worst_failure_domain",
        *RATES,
        "lines_moved",
        "limits_broken",
        "given_up",
        "figures",
        "changes",
        "error",
    ),
    "campaigns": ("plan_id", *CampaignTotals.model_fields),
    "dialers": ("plan_id", *DialerUse.model_fields),
    "assignments": ("plan_id", *columns(LineAssignment)),
    "projection": ("plan_id", *PROJECTION_COLUMNS, *_ENDS),
    "errors": ("plan_id", "file", "line", "column", "value", "expected"),
}
#: One row per fleet and scenario: only where scenarios change many fleets.
SCENARIOS = "scenarios"
SCENARIO_COLUMNS = (
    "scenario",
    "fleet",
    "plan_id",
    "status",
    "before",
    "if_nobody_reacts",
    "planned_anew",
    "loss_if_nobody_reacts",
    "loss_planned_anew",
    "note",
)
#: Tables with columns for every case: those in which no row has a value are left out.
SPARSE = ("campaigns", "dialers", "assignments", "projection")


def _of_kind(contract: type[Contract], *kinds: object) -> set[str]:
    fields = contract.model_fields.items()
    return {name for name, field in fields if _plain(field.annotation) in kinds}


def _plain(annotation: object) -> object:
    """The type without ``| None`` and limits."""
    if hasattr(annotation, "__metadata__"):
        return annotation.__origin__  # type: ignore[attr-defined]
    kinds = [kind for kind in getattr(annotation, "__args__", ()) if kind is not type(None)]
    return _plain(kinds[0]) if len(kinds) == 1 else annotation


_CONTRACTS = (CampaignTotals, DialerUse, LineAssignment)
#: Columns of whole numbers, of truth values and of numbers; the others are text.
WHOLE = frozenset({"line", "lines_moved", "limits_broken", "given_up"}).union(
    *(_of_kind(contract, int) for contract in _CONTRACTS)
)
TRUTHS = frozenset[str]().union(*(_of_kind(contract, bool) for contract in _CONTRACTS))
NUMBERS = frozenset({*VALUES, *SIMULATED, *RATES, *FIGURE_NAMES, *_ENDS}).union(
    *(_of_kind(contract, float) for contract in _CONTRACTS)
)
