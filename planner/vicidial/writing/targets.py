"""What a plan wants of a VICIdial system: lines of each campaign on each server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.contracts.limits import MAX_LINES
from planner.contracts.problem import Campaign, LineAssignment, Problem
from planner.tables.files import content_of
from planner.tables.folder import read_folder
from planner.tables.rows import read_rows
from planner.tables.sheets import csv_sheet
from planner.vicidial.settings import SETTINGS_FILE, Settings, read_settings_file, write_settings

ASSIGNMENTS_FILE, PLAN_FILE = "assignments.csv", "plan.json"
Pair = tuple[str, str]  # campaign and server_ip


class Lines(NamedTuple):
    """Lines of a campaign on a server."""

    dial: int
    agent: int


class Target(NamedTuple):
    """What is to be written."""

    settings: Settings  # as they were when the plan's folder was read
    lines: dict[Pair, Lines]  # of all campaigns that are planned; absent: none
    campaigns: tuple[str, ...]  # whose lines are written
    pairs: frozenset[Pair] | None  # the only pairs that are written; None: all


def find_settings(folder: Path, read: Path | None) -> Settings:
    """Settings of the reading that a plan was made from.

    Raises
    ------
    InputError
        If neither folder holds them.
    """
    if read is not None:
        return _with_figures(read_settings_file(read), read)
    if (folder / SETTINGS_FILE).is_file():
        return _with_figures(read_settings_file(folder), folder)
    wanted = (
        f"{SETTINGS_FILE} in it, as planner vicidial read and plan write it; else name the folder "
        "that was read with --read"
    )
    raise InputError([Fault(str(folder), None, None, None, wanted)])


def _with_figures(settings: Settings, folder: Path) -> Settings:
    """The settings with what the planning tables beside them say now."""
    if not (folder / "campaigns.csv").is_file():
        return settings
    return with_problem(settings, read_folder(folder))


def with_problem(settings: Settings, problem: Problem) -> Settings:
    """The settings, knowing which campaigns are planned, and how they are paced."""
    return settings.model_copy(
        update={
            "planned": tuple(c.campaign_id for c in problem.campaigns),
            "pacing": {c.campaign_id: c.pacing for c in problem.campaigns if c.pacing is not None},
            "broadcasts": tuple(c.campaign_id for c in problem.campaigns if _is_broadcast(c)),
        }
    )


def _is_broadcast(campaign: Campaign) -> bool:
    return not campaign.is_live_transfer


def carry_settings(folder: Path, out: Path, problem: Problem) -> None:
    """Keep the settings that a plan was made from beside the plan, where there are any."""
    if folder.is_dir() and (folder / SETTINGS_FILE).is_file() and folder.resolve() != out.resolve():
        write_settings(out, with_problem(read_settings_file(folder), problem))


def read_target(folder: Path, read: Path | None, first: int | None) -> Target:
    """What the plan in a folder wants.

    Parameters
    ----------
    folder : with its assignments.csv
    read : the folder that was read from the database, None where it is the same
    first : only so many moves, in the order of its plan.json

    Raises
    ------
    InputError
        If a file is missing or names what the system does not have.
    """
    settings = find_settings(folder, read)
    lines = _lines(folder, settings)
    planned = settings.planned or tuple(dict.fromkeys(name for name, _ in lines))
    if first is None:
        return Target(settings, lines, planned, None)
    moves = _moves(folder, settings)[:first]
    chosen = dict(moves)  # the last word about a pair counts
    touched = tuple(dict.fromkeys(name for name, _ in chosen))
    return Target(settings, chosen, touched, frozenset(chosen))


def _lines(folder: Path, settings: Settings) -> dict[Pair, Lines]:
    path = folder / ASSIGNMENTS_FILE
    rows = read_rows(csv_sheet(path.name, content_of(path)), LineAssignment)
    faults = list(rows.faults)
    found: dict[Pair, Lines] = {}
    for line, item in zip(rows.lines, rows.items, strict=True):
        pair, wrong = _pair(settings, item.campaign_id, item.dialer_id)
        if wrong is not None:
            column, value, wanted = wrong
            faults.append(Fault(path.name, line, column, value, wanted))
        else:
            found[pair] = Lines(item.dial_lines, item.agent_lines)
    if faults:
        raise InputError(faults)
    return found


def _pair(
    settings: Settings, campaign: str, dialer: str
) -> tuple[Pair, tuple[str, str, str] | None]:
    """Campaign and server_ip; or column, value and what was expected."""
    ip = settings.server_ips.get(dialer, "")
    if campaign not in settings.campaign_by_id:
        return (campaign, ip), ("campaign_id", campaign, "a campaign of the database when read")
    if not ip:
        return (campaign, ip), ("dialer_id", dialer, "a server of the database when read")
    return (campaign, ip), None


def _count(path: Path, change: Mapping[str, object], name: str) -> int:
    """Lines of a change: nobody may set a limit below 0."""
    value = change[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_LINES:
        wanted = f"a whole number from 0 to {MAX_LINES:,}"
        raise InputError([Fault(str(path), None, name, str(value), wanted)])
    return value


def _moves(folder: Path, settings: Settings) -> Sequence[tuple[Pair, Lines]]:
    """The plan's changes in their order."""
    path = folder / PLAN_FILE
    wanted = "the plan.json of a plan with changes, which --first counts"
    try:
        document = json.loads(content_of(path))
        changes: Sequence[Mapping[str, object]] = document["changes"]
        found = []
        for change in changes:
            pair, wrong = _pair(settings, str(change["campaign_id"]), str(change["dialer_id"]))
            if wrong is not None:
                raise InputError([Fault(str(path), None, *wrong)])
            dial, agent = (_count(path, change, f"{of}_lines_to") for of in ("dial", "agent"))
            found.append((pair, Lines(dial, agent)))
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError([Fault(str(path), None, None, None, wanted)]) from error
    return found
