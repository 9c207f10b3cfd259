"""Copies the example folders to where the user wants them."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from planner.cli.exit_codes import DONE
from planner.contracts.faults import Fault, InputError
from planner.shipped import shipped


def copy_examples(arguments: argparse.Namespace) -> int:
    """Copy every example into a folder that lacks them, whole or not at all."""
    folder: Path = arguments.folder
    examples = sorted(path for path in (shipped() / "data").iterdir() if path.is_dir())
    there = [folder / path.name for path in examples if (folder / path.name).exists()]
    if there:
        wanted = "a folder without it: nothing of yours is overwritten"
        raise InputError([Fault(str(path), None, None, None, wanted) for path in there])
    try:
        for path in examples:
            shutil.copytree(path, folder / path.name)
    except OSError as error:
        for path in examples:
            shutil.rmtree(folder / path.name, ignore_errors=True)
        wanted = f"a folder that can be written ({error.strerror})"
        raise InputError([Fault(str(folder), None, None, None, wanted)]) from error
    for path in examples:
        print(folder / path.name)
    print(f"Try: planner plan {folder / 'quickstart'}", file=sys.stderr)
    return DONE
