"""Brings a plan into the settings of a VICIdial system, or takes it back."""

from __future__ import annotations

import argparse
import sys

from planner.cli.exit_codes import BAD_INPUT, DONE, STOPPED
from planner.contracts.faults import Fault, InputError
from planner.report.documents import to_json
from planner.report.text_layout import clean


def run_write(arguments: argparse.Namespace) -> int:
    """Print, execute or undo the statements of a plan."""
    from planner.vicidial.reading.database import DatabaseLost
    from planner.vicidial.writing.apply import Stopped

    if arguments.undo and arguments.first is not None:
        wanted = "no --undo beside it: all of the last --apply is undone"
        raise InputError([Fault("--first", None, None, f"{arguments.first:g}", wanted)])
    try:
        if arguments.undo:
            return _undo(arguments)
        return _apply(arguments) if arguments.apply else _print(arguments)
    except (Stopped, DatabaseLost, KeyboardInterrupt) as error:
        why = clean(str(error)) or "interrupted"
        how = "the same command with --undo instead of --apply takes back what was done"
        print(f"Stopped: {why}. If anything was written, {how}.", file=sys.stderr)
        return STOPPED


def _print(arguments: argparse.Namespace) -> int:
    from planner.report.vicidial.write import changes_document, changes_text
    from planner.vicidial.reading.address import address_of
    from planner.vicidial.reading.database import connected
    from planner.vicidial.writing.apply import require_unchanged
    from planner.vicidial.writing.changes import changes_to
    from planner.vicidial.writing.targets import read_target

    target = read_target(arguments.folder, arguments.read, arguments.first)
    changes = changes_to(target)
    with connected(address_of(arguments.dsn, arguments.password_file)) as database:
        require_unchanged(database, target.settings)
        document, text = changes_document(database, changes), changes_text(database, changes)
    print(to_json(document | {"applied": False}) if arguments.json else text, end="")
    return BAD_INPUT if changes.cannot else DONE


def _apply(arguments: argparse.Namespace) -> int:
    from planner.report.vicidial.write import changes_document, missing_document, missing_text
    from planner.vicidial.reading.address import address_of
    from planner.vicidial.reading.database import Database
    from planner.vicidial.writing.apply import apply
    from planner.vicidial.writing.changes import changes_to
    from planner.vicidial.writing.targets import read_target

    target = read_target(arguments.folder, arguments.read, arguments.first)
    changes = changes_to(target)
    if changes.cannot:
        raise InputError([Fault("plan", None, None, None, why) for why in changes.cannot])
    database = Database(address_of(arguments.dsn, arguments.password_file), writes=True)
    try:
        missing = apply(
            database,
            changes,
            target.settings,
            arguments.folder,
            arguments.user,
            arguments.wait,
            _say,
        )
        document = changes_document(database, changes)
    finally:
        database.close()
    document |= {"applied": missing is not None, "missing": missing_document(missing or ())}
    print(to_json(document) if arguments.json else missing_text(changes, missing), end="")
    return DONE


def _undo(arguments: argparse.Namespace) -> int:
    from planner.report.vicidial.write import undo_text
    from planner.vicidial.reading.address import address_of
    from planner.vicidial.reading.database import Database
    from planner.vicidial.writing.apply import undo

    database = Database(address_of(arguments.dsn, arguments.password_file), writes=True)
    try:
        differs = undo(database, arguments.folder, arguments.user, _say)
    finally:
        database.close()
    document = {"undone": not differs, "differs": differs}
    print(to_json(document) if arguments.json else undo_text(differs), end="")
    return STOPPED if differs else DONE


def _say(text: str) -> None:
    print(clean(text), file=sys.stderr, flush=True)
