"""Messages about a run on standard error: only warnings unless more is asked for."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

#: What the planner's modules log under. Messages tell counts, names of problems and what is being
#: done, never the content of a cell.
ROOT = "planner"


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        """Spell a message."""
        return json.dumps(
            {
                "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
            },
            ensure_ascii=False,
        )


def configure(*, verbose: bool, as_json: bool) -> None:
    """Send the planner's messages to standard error.

    Parameters
    ----------
    verbose : also what is being done, not only warnings
    as_json : as JSON lines, which ask for both
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("%(name)s: %(message)s"))
    logger = logging.getLogger(ROOT)
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO if verbose or as_json else logging.WARNING)
