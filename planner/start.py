"""Where the program starts, so that Ctrl-C gives up quietly even while its parts are loaded."""

from __future__ import annotations

import sys

from planner.exit_codes import STOPPED


def main() -> int:
    """Run a command and return its exit code."""
    try:
        from planner.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("Given up.", file=sys.stderr)
        return STOPPED
