"""What the commands about a VICIdial system do."""

from __future__ import annotations

import argparse

from planner.cli.exit_codes import DONE
from planner.cli.files.output_folder import require_file, require_writable, writing, writing_file
from planner.cli.vicidial.write import run_write
from planner.contracts.faults import Fault, InputError
from planner.report.documents import to_json


def run_vicidial(arguments: argparse.Namespace) -> int:
    """Run the action that the arguments name, and return its exit code."""
    action = {
        "read": _read,
        "calls": _calls,
        "follow": _follow,
        "write": run_write,
        "emulate": _emulate,
    }
    return action[arguments.action](arguments)


def _read(arguments: argparse.Namespace) -> int:
    from planner.report.vicidial.reading import site_document, site_text
    from planner.vicidial.reading.address import address_of
    from planner.vicidial.reading.database import connected
    from planner.vicidial.reading.site import read_site, write_site

    address = address_of(arguments.dsn, arguments.password_file)
    require_writable(arguments.out)
    with connected(address) as database:
        site = read_site(database, arguments.out)
    with writing(arguments.out):
        write_site(site, arguments.out)
    print(to_json(site_document(site)) if arguments.json else site_text(site), end="")
    return DONE


def _calls(arguments: argparse.Namespace) -> int:
    from planner.report.vicidial.calls import calls_document, calls_text
    from planner.vicidial.logs.attempt_files import require_suffix, write_attempts
    from planner.vicidial.logs.attempts import Counts, read_attempts
    from planner.vicidial.reading.address import address_of
    from planner.vicidial.reading.database import connected
    from planner.vicidial.reading.reading import read_settings

    if arguments.last < arguments.first:
        wanted = f"a day on or after --from {arguments.first}"
        raise InputError([Fault("--to", None, None, str(arguments.last), wanted)])
    require_suffix(arguments.out)
    require_file(arguments.out, "--out")
    address, counts = address_of(arguments.dsn, arguments.password_file), Counts()
    with connected(address) as database, writing_file(arguments.out):
        settings = read_settings(database)
        found = read_attempts(database, settings, arguments.first, arguments.last, counts)
        write_attempts(arguments.out, found)
    document = calls_document(counts)
    print(to_json(document) if arguments.json else calls_text(counts, arguments.out), end="")
    return DONE


def _follow(arguments: argparse.Namespace) -> int:
    from planner.cli.console import stop_on_interrupt
    from planner.report.vicidial.live import LookPrinter
    from planner.vicidial.live.follow import follow
    from planner.vicidial.reading.address import address_of

    address = address_of(arguments.dsn, arguments.password_file)
    printer = LookPrinter(as_json=arguments.json)
    require_file(arguments.out, "--out")
    with (
        writing_file(arguments.out),
        stop_on_interrupt(lambda _: None) as interrupted,
    ):
        follow(
            address,
            arguments.out,
            arguments.every,
            on_look=printer,
            stop=lambda: interrupted() or printer.looks >= (arguments.cycles or float("inf")),
        )
    return DONE


def _emulate(arguments: argparse.Namespace) -> int:
    from planner.cli.vicidial.emulate import run_emulate, run_fill_cases

    return run_emulate(arguments) if arguments.cases is None else run_fill_cases(arguments)
