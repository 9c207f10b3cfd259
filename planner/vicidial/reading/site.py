"""Reads a VICIdial system into a planning folder, with what is to be known about it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from planner.tables.folder_writing import write_assignments, write_folder
from planner.tables.writing import write_text
from planner.vicidial.reading.advice import Warning, warnings_of  # noqa: A004
from planner.vicidial.reading.database import Database
from planner.vicidial.reading.facts import Facts, PairAgents, read_facts
from planner.vicidial.reading.fleet import Fleet, fleet_of
from planner.vicidial.reading.merging import merged_into
from planner.vicidial.reading.questions import questions_of
from planner.vicidial.reading.reading import read_settings
from planner.vicidial.reading.regimes import Regime, regime_of
from planner.vicidial.settings import Settings, write_settings

#: Warnings and questions, to be read beside the folder.
NOTES_FILE = "vicidial.md"


class Site(NamedTuple):
    """A system as it was read."""

    settings: Settings
    facts: Facts
    fleet: Fleet
    regimes: dict[str, Regime]  # by campaign that can be planned
    warnings: list[Warning]
    questions: list[str]


def read_site(database: Database, folder: Path | None = None) -> Site:
    """Read a system; what people filled in an earlier folder is kept.

    Parameters
    ----------
    database : only read
    folder : the planning folder of an earlier reading, None or absent where there is none

    Raises
    ------
    InputError
        If it is no database of VICIdial, or the folder cannot be read.
    """
    settings, facts = read_settings(database), read_facts(database)
    fleet = fleet_of(settings, facts)
    if folder is not None:
        fleet = merged_into(folder, fleet)
    settings = settings.model_copy(
        update={"assumed": fleet.assumed, "screen_agents": _screen_agents(facts)}
    )
    planned = [campaign.campaign_id for campaign in fleet.problem.campaigns]
    regimes = {name: regime_of(settings.campaign_by_id[name], settings, facts) for name in planned}
    other = {name: regime.value for name, regime in regimes.items() if regime is not Regime.PLANNED}
    settings = settings.model_copy(update={"regimes": other})
    return Site(
        settings,
        facts,
        fleet,
        regimes,
        warnings_of(settings, facts),
        questions_of(fleet),
    )


def _screen_agents(facts: Facts) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (campaign, ip), agents in facts.agents.items():
        if agents != PairAgents() and agents.screen:
            found.setdefault(campaign, {})[ip] = agents.screen
    return found


def write_site(site: Site, folder: Path) -> None:
    """Write the planning folder, the settings and the notes.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    write_folder(site.fleet.problem, folder)
    # Also where there are none: no lines are lines as well.
    write_assignments(folder / "assignments.csv", site.fleet.problem.assignments)
    write_settings(folder, site.settings)
    write_text(folder / NOTES_FILE, notes_of(site))


def notes_of(site: Site) -> str:
    """Warnings and questions as a page."""
    lines = [f"# {site.settings.database}, read {site.settings.read_at}", "", "## Warnings", ""]
    for item in site.warnings:
        lines += [
            f"- **{item.where}**: {item.what}.",
            f"  Effect: {item.effect}.",
            f"  Mended by: {item.mend}.",
        ]
    lines += ["", "## Questions", ""]
    lines += [f"- {question}" for question in site.questions]
    if site.fleet.left_out:
        lines += ["", "## Left out", ""]
        lines += [f"- {name}: {why}." for name, why in site.fleet.left_out.items()]
    return "\n".join(lines) + "\n"
