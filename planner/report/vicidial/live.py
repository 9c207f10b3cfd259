"""Tells of each look at a VICIdial system, on standard output."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, datetime

from planner.contracts.result import Status
from planner.report.text_layout import clean
from planner.vicidial.live.follow import Look


class LookPrinter:
    """Prints one line for each look; losses of the database go to standard error.

    Attributes
    ----------
    looks : how many there were, failed ones included
    """

    def __init__(self, *, as_json: bool) -> None:
        self.looks = 0
        self._as_json = as_json
        self._is_lost = False

    def __call__(self, look: Look) -> None:
        """Tell of one look."""
        self.looks += 1
        if look.lost:
            if not self._is_lost:
                wait = "The live file keeps its last state; trying again."
                print(f"Lost: {clean(look.lost)}. {wait}", file=sys.stderr, flush=True)
            self._is_lost = True
            return
        if self._is_lost:
            print("The database is back.", file=sys.stderr, flush=True)
            self._is_lost = False
        print(_document(look) if self._as_json else _text(look), flush=True)


def _document(look: Look) -> str:
    rows = [
        {
            "campaign_id": row.campaign_id,
            "dialer_id": row.dialer_id,
            "status": row.status.value,
            "dial_lines": row.dial_lines,
            "calls": row.calls,
            "agent_lines": row.agent_lines,
            "busy_agent_lines": row.busy_agent_lines,
            "as_of": row.as_of.isoformat(timespec="seconds"),
        }
        for row in look.rows
    ]
    return json.dumps({"seconds": round(look.seconds, 4), "rows": rows})


def _text(look: Look) -> str:
    counts = Counter(row.status for row in look.rows)
    found = ", ".join(f"{counts[status]:,} {status}" for status in Status if counts[status])
    oldest = min((row.as_of for row in look.rows), default=None)
    age = "" if oldest is None else f"; oldest word {_age(oldest):,.0f} s old"
    return f"{datetime.now(UTC):%H:%M:%S} UTC: {found or 'no campaign has lines'}{age}"


def _age(moment: datetime) -> float:
    return max((datetime.now(UTC) - moment).total_seconds(), 0.0)
