"""Brings a plan into the settings of a VICIdial system, step by step, and takes it back.

There are no transactions in its tables: every state between two steps is one that people can work
in, and the journal undoes any of them.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.vicidial.reading.database import Database
from planner.vicidial.reading.facts import REMOTE_PREFIX
from planner.vicidial.reading.reading import read_settings
from planner.vicidial.settings import RemoteAgents, Settings, differences
from planner.vicidial.writing.admin_log import (
    UNDONE,
    WRITTEN,
    note,
    plan_note,
    require_last,
    run_entry,
    spelt,
)
from planner.vicidial.writing.changes import Changes
from planner.vicidial.writing.journal import Journal, keep_journal, read_journal
from planner.vicidial.writing.steps import TRUNKS, Phase, Step

#: Between two looks at the agent lines that are there [s].
_POLL = 0.5
#: A line whose row is older is gone already [s].
_FRESH = 30
#: New lines are there after two loops of 2 s [s].
APPEAR_SECONDS = 10.0
#: A lock of MariaDB's has a name of so many letters at most.
_LOCK_NAME = 64
#: Statements that change nothing and fail without the right to change.
_TRIALS = (
    f"INSERT INTO {TRUNKS} (server_ip, campaign_id, dedicated_trunks, trunk_restriction) "
    "SELECT '', '', 0, 'MAXIMUM_LIMIT' FROM DUAL WHERE 1 = 0",
    f"UPDATE {TRUNKS} SET dedicated_trunks = 0, trunk_restriction = 'MAXIMUM_LIMIT' WHERE 1 = 0",
    f"DELETE FROM {TRUNKS} WHERE 1 = 0",
    "UPDATE vicidial_remote_agents SET number_of_lines = 1, status = 'ACTIVE' WHERE 1 = 0",
    "UPDATE vicidial_campaigns SET dial_method = 'RATIO', available_only_ratio_tally = 'Y', "
    "auto_dial_level = '1' WHERE 1 = 0",
)


class Stopped(RuntimeError):
    """It ended between two steps; the journal undoes what was done."""


class LiveLines(NamedTuple):
    """Remote lines of a row that are there, beside those that are set."""

    row: RemoteAgents
    there: int


def require_alone(database: Database) -> None:
    """Hold the right to write until the connection ends; two who write would undo each other.

    Raises
    ------
    InputError
        If another planner writes.
    """
    name = f"planner write {database.address.database}"[:_LOCK_NAME]
    if not database.query("SELECT GET_LOCK(%s, 0) AS held", (name,))[0]["held"]:
        wanted = "nobody else who writes: another planner does at this moment"
        raise InputError([Fault("database", None, None, None, wanted)])


def require_unchanged(database: Database, before: Settings) -> None:
    """Refuse to write over what somebody changed since the reading.

    Raises
    ------
    InputError
        With every difference.
    """
    found = differences(before, read_settings(database))
    if found:
        raise InputError(
            [
                Fault("database", None, None, None, f"what was read ({change}): read and plan anew")
                for change in found
            ]
        )


def apply(
    database: Database,
    changes: Changes,
    before: Settings,
    folder: Path,
    user: str,
    wait: float,
    say: Callable[[str], None],
) -> list[LiveLines] | None:
    """Execute the steps, read back, and compare the lines that are there.

    Parameters
    ----------
    database : may write
    changes : none that cannot be made
    before : the settings as the plan knew them
    folder : where the journal is kept
    user : noted in the admin log
    wait : longest wait for surplus agent lines to go [s]
    say : told what is being done

    Returns
    -------
    Rows of remote agents whose lines are not there as set; None where the settings are those of
    the plan already.

    Raises
    ------
    InputError
        If something changed since the reading, a right is missing, or another planner writes:
        nothing was changed.
    Stopped
        If a row was not as expected, or surplus lines do not go.
    """
    require_alone(database)
    if not differences(changes.expected, read_settings(database)):
        return None  # the journal of the run that wrote them stays
    require_unchanged(database, before)
    for trial in _TRIALS:
        database.execute(trial)
    run = uuid.uuid4().hex
    journal = Journal(database=str(database.address), before=before, steps=changes.steps, run=run)
    keep_journal(folder, journal)
    begins = f"{len(changes.steps)} steps"
    note(database, run_entry(run, WRITTEN), begins, user, plan_note(folder))
    waited = False
    for step in changes.steps:
        if step.phase > Phase.LOWER_AGENTS and not waited:
            wait_for_surplus(database, before, changes.steps, wait, say)
            waited = True
        say(step.what)
        if database.execute(step.do.text, step.do.values) != 1:
            raise Stopped(f"{step.what}: its row is not as it was read")
        note(database, step.log, spelt(database, step.do), user)
    found = differences(changes.expected, read_settings(database))
    if found:
        raise Stopped(f"read back, and not as written: {'; '.join(found)}")
    return compare_lines(database, changes, before)


def undo(database: Database, folder: Path, user: str, say: Callable[[str], None]) -> list[str]:
    """Take back whatever was done of the last run; what differs from before it is returned.

    What was taken back already is left alone: equal settings may come from a later plan.

    Raises
    ------
    InputError
        If there is no journal, it is of another database, or a later plan stands: nothing is taken
        back.
    """
    journal = read_journal(folder)
    # Whoever takes it back: the place counts, not the user.
    places = (name.rpartition("@")[2] for name in (journal.database, str(database.address)))
    if len(set(places)) > 1:
        wanted = f"the database that was written to, {journal.database}"
        raise InputError([Fault("DSN", None, None, str(database.address), wanted)])
    require_alone(database)
    if not journal.undone:
        require_last(database, journal.run, folder, say)
        for step in reversed(journal.steps):
            if database.execute(step.undo.text, step.undo.values):
                say(f"undone: {step.what}")
                note(database, step.undo_log, spelt(database, step.undo), user)
        if journal.run:
            note(database, run_entry(journal.run, UNDONE), "", user, plan_note(folder))
    found = differences(journal.before, read_settings(database))
    if not found:
        keep_journal(folder, journal.model_copy(update={"undone": True}))
    return found


def wait_for_surplus(
    database: Database,
    before: Settings,
    steps: Sequence[Step],
    wait: float,
    say: Callable[[str], None],
) -> None:
    """Wait until lines that were taken away are gone: they take calls for some 30 s yet.

    Raises
    ------
    Stopped
        If some still wait for calls at the end. Those in a call end with it.
    """
    users = _surplus_users(before, steps)
    if not users:
        return
    end = time.monotonic() + wait
    told = False
    while True:
        ready, in_call = _there(database, users)
        if not ready + in_call:
            return
        if time.monotonic() >= end:
            break
        if not told:
            say(f"waiting for {ready + in_call} surplus agent lines to go (some 30 s)")
            told = True
        time.sleep(_POLL)
    if ready:
        raise Stopped(f"{ready} surplus agent lines still wait for calls after {wait:g} s")
    say(f"{in_call} surplus agent lines are in a call, which goes on")


def _surplus_users(before: Settings, steps: Sequence[Step]) -> list[str]:
    """User numbers of remote lines that the steps take away."""
    rows = {row.remote_agent_id: row for row in before.remote_agents}
    found = []
    for step in steps:
        if step.phase is not Phase.LOWER_AGENTS:
            continue
        lines, status, key = step.do.values[:3]
        row = rows[int(key)]
        left = int(lines) if status == "ACTIVE" else 0
        found += users_of(row)[left:]
    return found


def users_of(row: RemoteAgents) -> list[str]:
    """User numbers of the lines of a row; with as many digits as the first."""
    if not (row.user_start.isascii() and row.user_start.isdigit()):
        return [row.user_start] if row.lines else []
    first, width = int(row.user_start), len(row.user_start)
    return [str(first + place).zfill(width) for place in range(row.lines)]


def _there(database: Database, users: Sequence[str]) -> tuple[int, int]:
    """Remote lines of these users that wait, and those in a call."""
    marks = ", ".join(["%s"] * len(users))
    rows = database.query(
        "SELECT status = 'READY' AS ready, COUNT(*) AS agents FROM vicidial_live_agents "
        f"WHERE extension LIKE '{REMOTE_PREFIX}%%' AND user IN ({marks}) AND status <> 'PAUSED' "
        f"AND last_update_time >= NOW() - INTERVAL {_FRESH} SECOND GROUP BY 1",
        users,
    )
    found = {bool(row["ready"]): int(row["agents"]) for row in rows}
    return found.get(True, 0), found.get(False, 0)


def compare_lines(database: Database, changes: Changes, before: Settings) -> list[LiveLines]:
    """Rows of remote agents that were changed and whose lines are not there soon after."""
    old = {row.remote_agent_id: row for row in before.remote_agents}
    changed = [row for row in changes.expected.remote_agents if old[row.remote_agent_id] != row]
    end = time.monotonic() + APPEAR_SECONDS
    while True:
        found = [
            LiveLines(row, sum(_there(database, users_of(row)))) for row in changed if row.lines
        ]
        found = [item for item in found if item.there != item.row.lines]
        if not found or time.monotonic() >= end or _nobody(database):
            return found
        time.sleep(_POLL)


def _nobody(database: Database) -> bool:
    """Whether no remote line is there at all: the scripts that keep them do not run."""
    rows = database.query(
        "SELECT COUNT(*) AS agents FROM vicidial_live_agents "
        f"WHERE extension LIKE '{REMOTE_PREFIX}%' "
        f"AND last_update_time >= NOW() - INTERVAL {_FRESH} SECOND"
    )
    return not rows[0]["agents"]
