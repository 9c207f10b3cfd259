"""What a VICIdial database does not tell, as questions to whoever plans."""

from __future__ import annotations

from planner.vicidial.reading.fleet import Fleet


def questions_of(fleet: Fleet) -> list[str]:
    """Questions with the place of their answers; none for what is filled in already."""
    problem = fleet.problem
    found = []
    if len(problem.dialers) > 1 and all(d.failure_domain is None for d in problem.dialers):
        found.append(
            "Which servers fail together (same rack, site or provider)? Fill in failure_domain in "
            "dialers.csv. Until then each server is planned to fail alone."
        )
    if not problem.trunk_groups:
        found.append(
            "Which carriers do the servers share, how many channels and calls per second does each "
            "carrier allow? Fill in trunk_group in dialers.csv and trunk_groups.csv. Until then "
            "only the trunks of the servers limit the calls. A transfer to an outside number uses "
            "a channel of the carrier as well."
        )
    if all(c.value == 1.0 for c in problem.campaigns):
        found.append(
            "What is a transfer (or an answered message) of each campaign worth? Fill in value in "
            "campaigns.csv. Until then all are worth the same."
        )
    if all(not c.survivable_share for c in problem.campaigns):
        found.append(
            "What share of each campaign's transfers must survive the loss of a server? Fill in "
            "survivable_share in campaigns.csv."
        )
    if all(c.max_abandon_rate is None for c in problem.campaigns):
        found.append(
            "Which abandon rate may no campaign exceed (of live-answered calls)? Fill in "
            "max_abandon_rate in campaigns.csv."
        )
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, columns in fleet.assumed.items():
        alike.setdefault(columns, []).append(name)
    found += [
        f"ASSUMED for {_some(names)}, as today's counts do not tell: {', '.join(columns)}. "
        "Calibrate before you trust any figure: planner vicidial calls, then planner calibrate."
        for columns, names in alike.items()
    ]
    zones = {c.timezone for c in problem.campaigns}
    if zones:
        found.append(
            f"Calling times count in the time zone of each callee; the folder has one zone, "
            f"{' and '.join(sorted(zones))}. Where lists span zones, split the campaign by zone or "
            "set its schedule to the hours that all share."
        )
    return found


def _some(names: list[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
