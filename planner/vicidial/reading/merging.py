"""A new reading brought into a planning folder without losing what people filled in there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from planner.contracts.problem import Campaign, Contract, Dialer, LineAssignment, Problem
from planner.tables.folder import read_folder
from planner.vicidial.reading.fleet import Fleet
from planner.vicidial.settings import SETTINGS_FILE, read_settings_file

#: Columns that VICIdial knows better than the folder; all others stay as they are there.
_DIALER_FACTS = ("ports", "cps", "agent_lines_use_ports", "in_service")
_CAMPAIGN_FACTS = (
    "agent_lines",
    "max_dial_lines",
    "pacing",
    "overflow",
    "allowed_dialers",
    "records",
    "status",
)
Item = TypeVar("Item", bound=Contract)


def merged_into(folder: Path, fleet: Fleet) -> Fleet:
    """The fleet with what a planning folder holds that VICIdial does not know.

    Parameters
    ----------
    folder : need not exist yet
    fleet : as it was read now

    Raises
    ------
    InputError
        If there is a planning folder that cannot be read: it is not overwritten.
    """
    if not (folder / "campaigns.csv").exists():
        return fleet
    kept, new = read_folder(folder), fleet.problem
    dialers = {item.dialer_id: item for item in kept.dialers}
    campaigns = {item.campaign_id: item for item in kept.campaigns}
    assumed = _still_assumed(folder, fleet, campaigns)
    problem = Problem(
        dialers=tuple(_merged(Dialer, dialers, d.dialer_id, d, _DIALER_FACTS) for d in new.dialers),
        campaigns=tuple(_merged_campaign(campaigns, c) for c in new.campaigns),
        trunk_groups=kept.trunk_groups,
        assignments=_with_locks(new, kept),
        intervals=tuple(i for i in kept.intervals if i.campaign_id in new.campaign_index),
        outages=tuple(o for o in kept.outages if o.dialer_id in new.dialer_index),
        pools=kept.pools,
        limits=kept.limits,
    )
    return fleet._replace(problem=problem, assumed=assumed)


def _merged(
    contract: type[Item], kept: Mapping[str, Item], key: str, new: Item, facts: tuple[str, ...]
) -> Item:
    old = kept.get(key)
    if old is None:
        return new
    given: dict[str, Any] = {name: getattr(old, name) for name in contract.model_fields}
    return contract(**given | {name: getattr(new, name) for name in facts})


def _merged_campaign(kept: Mapping[str, Campaign], new: Campaign) -> Campaign:
    """The campaign; where pools alone say how many agents it has, they go on doing so."""
    old = kept.get(new.campaign_id)
    by_pools = old is not None and old.is_live_transfer and old.own_agent_lines is None
    facts = tuple(n for n in _CAMPAIGN_FACTS if not (by_pools and n == "agent_lines"))
    found = _merged(Campaign, kept, new.campaign_id, new, facts)
    if not by_pools:
        return found
    given = {name: getattr(found, name) for name in Campaign.model_fields}
    return Campaign(**given | {"agent_lines": None})


def _with_locks(new: Problem, kept: Problem) -> tuple[LineAssignment, ...]:
    locked = {(a.campaign_id, a.dialer_id) for a in kept.assignments if a.locked}
    return tuple(
        item.model_copy(update={"locked": (item.campaign_id, item.dialer_id) in locked})
        for item in new.assignments
    )


def _still_assumed(
    folder: Path, fleet: Fleet, campaigns: Mapping[str, Campaign]
) -> dict[str, tuple[str, ...]]:
    """Figures that were assumed when the folder was written, and were not changed since."""
    if not (folder / SETTINGS_FILE).exists():
        return {name: columns for name, columns in fleet.assumed.items() if name not in campaigns}
    before = read_settings_file(folder).assumed
    fresh = {campaign.campaign_id: campaign for campaign in fleet.problem.campaigns}
    found: dict[str, tuple[str, ...]] = {}
    for name, columns in fleet.assumed.items():
        if name in campaigns:
            columns = tuple(  # noqa: PLW2901
                column
                for column in columns
                if column in before.get(name, ())
                and getattr(campaigns[name], column) == getattr(fresh[name], column)
            )
        if columns:
            found[name] = columns
    return found
