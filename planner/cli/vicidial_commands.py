"""What the commands about a VICIdial system do."""

from __future__ import annotations

import argparse

from planner.cli.exit_codes import DONE
from planner.cli.output_folder import require_writable, writing
from planner.contracts.faults import Fault, InputError
from planner.report.documents import to_json
from planner.tables.writing import write_text


def run_vicidial(arguments: argparse.Namespace) -> int:
    """Run the action that the arguments name, and return its exit code."""
    return {"read": _read, "emulate": _emulate}[arguments.action](arguments)


def _read(arguments: argparse.Namespace) -> int:
    from planner.report.vicidial import site_document, site_text
    from planner.vicidial.address import address_of
    from planner.vicidial.database import connected
    from planner.vicidial.site import read_site, write_site

    address = address_of(arguments.dsn, arguments.password_file)
    require_writable(arguments.out)
    with connected(address) as database:
        site = read_site(database, arguments.out)
    with writing(arguments.out):
        write_site(site, arguments.out)
    print(to_json(site_document(site)) if arguments.json else site_text(site), end="")
    return DONE


def _emulate(arguments: argparse.Namespace) -> int:
    if arguments.cases is not None:
        return _fill_cases(arguments)
    wanted = "a folder that planner vicidial read wrote, or --cases FILE"
    raise InputError([Fault("emulate", None, None, None, wanted)])


def _fill_cases(arguments: argparse.Namespace) -> int:
    from planner.vicidial.cases import filled_cases

    text = filled_cases(arguments.cases)
    if arguments.out is None:
        print(text, end="")
        return DONE
    with writing(arguments.out.parent):
        write_text(arguments.out, text)
    return DONE
