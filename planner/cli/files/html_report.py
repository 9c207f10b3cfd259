"""The HTML report beside other results, where what draws its charts is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from planner.shipped import extra_that_lacks
from planner.tables.writing import write_text


def write_report(folder: Path, page: Callable[[], str]) -> None:
    """Write ``report.html``; without the extra that draws charts say so and leave it out."""
    try:
        text = page()
    except ModuleNotFoundError as error:
        extra = extra_that_lacks(error)
        if extra is None:
            raise
        print(f"report.html is left out: it needs pip install 'planner[{extra}]'.", file=sys.stderr)
        return
    write_text(folder / "report.html", text)
