"""Keeps ids of sessions out of the log."""

from __future__ import annotations

import logging
import re
from typing import Any

_ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)


def hide_session_ids() -> None:
    """From now on ids of sessions are left out of every record, whoever logs it."""
    make = logging.getLogRecordFactory()

    def made(*given: Any, **named: Any) -> logging.LogRecord:
        record = make(*given, **named)
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # told by the handler
            return record
        if _ID.search(said):
            record.msg, record.args = _ID.sub("(session)", said), ()
        return record

    logging.setLogRecordFactory(made)
