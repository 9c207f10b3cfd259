"""Where the program starts, so that Ctrl-C gives up quietly even while its parts are loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from planner.cli.exit_codes import STOPPED


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; ``argv`` is without the program's name."""
    try:
        from planner.cli.main import main as run

        return run(argv)
    except KeyboardInterrupt:
        print("Given up.", file=sys.stderr)
        return STOPPED
