"""What the command does that plans many problems."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TextIO

from planner.cli.console import ProgressLine, stop_on_interrupt
from planner.cli.exit_codes import BAD_INPUT, DONE, FAULT, INFEASIBLE, STOPPED
from planner.cli.plan_options import plan_options
from planner.report.text_layout import wrapped
from planner.shipped import require
from planner.studies.batch.options import BatchOptions, BatchSummary
from planner.studies.batch.run import run_batch

#: The exit code of each ending, the gravest first.
_CODES = {"failed": FAULT, "bad_input": BAD_INPUT, "infeasible": INFEASIBLE, "no_plan": STOPPED}
_WORDS = {
    "optimal": "proven within the gap",
    "feasible": "with a plan of a larger gap",
    "relaxed": "with the nearest plan, which gives something up",
    "infeasible": "infeasible",
    "no_plan": "without a plan in time",
    "bad_input": "with bad input",
    "not_concerned": "not concerned by their scenario",
    "failed": "failed by a fault in the planner",
}
_STOPPING = "Stopping with what is done; Ctrl-C once more gives up. --resume goes on later."


class BatchPrinter(ProgressLine):
    """Callback that shows how many problems are done, how fast, and what time is left."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._start = time.monotonic()
        self._left: float | None = None

    def remaining(self, seconds: float) -> None:
        """Take note of how long the rest will take [s]."""
        self._left = seconds

    def __call__(self, done: int, total: int) -> None:
        """Show so many problems done."""
        seconds = time.monotonic() - self._start
        self.show(done / total, progress_words(done, total, self._left), seconds)


def progress_words(done: int, total: int, left: float | None) -> str:
    """``1,200 of 10,000 problems, about 3 min left``."""
    text = f"{done:,} of {total:,} problems"
    return text if left is None else f"{text}, about {_duration(left)} left"


def run_batch_command(arguments: argparse.Namespace) -> int:
    """Plan many problems, and tell how many of them ended how."""
    from planner.studies.batch.workers.cluster import ClusterLost

    if arguments.format == "parquet":
        require("pyarrow")  # told before anything is planned
    options = BatchOptions(
        plan=plan_options(arguments),
        format=arguments.format,
        workers=arguments.workers,
        cluster=arguments.cluster,
        resume=arguments.resume,
        only=arguments.only,
    )
    try:
        with (
            BatchPrinter(sys.stderr) as progress,
            stop_on_interrupt(progress.say, _STOPPING) as stop,
        ):
            summary = run_batch(
                arguments.source,
                arguments.out,
                options,
                scenarios=arguments.scenarios,
                on_progress=progress,
                on_remaining=progress.remaining,
                on_compiling=progress.tell_of_compilation,
                stop=stop,
            )
    except (ClusterLost, OSError) as error:
        said = getattr(error, "strerror", None) or error
        print(f"Stopped: {said}. What is done is kept; go on with --resume.", file=sys.stderr)
        return STOPPED
    where = arguments.out / f"plans.{arguments.format}"
    print(summary_json(summary) if arguments.json else summary_words(summary, str(where)))
    return exit_code(summary)


def exit_code(summary: BatchSummary) -> int:
    """The code of the gravest ending of any problem."""
    if not summary.complete:
        return STOPPED
    if (summary.orphans or summary.strangers) and not summary.endings["failed"]:
        return BAD_INPUT
    return next((code for ending, code in _CODES.items() if summary.endings[ending]), DONE)


def summary_words(summary: BatchSummary, where: str = "plans.csv") -> str:
    """How many problems ended how, which have no plan and why, and what scenarios cost.

    Parameters
    ----------
    where : the file in which each problem has a row
    """
    count = f"{summary.total:,} problem{'s' if summary.total != 1 else ''}"
    parts = [f"{summary.endings[e]:,} {words}" for e, words in _WORDS.items() if summary.endings[e]]
    if summary.orphans:
        rows = f"{summary.orphans:,} row{'s' if summary.orphans != 1 else ''}"
        parts.append(f"{rows} that name no problem (see errors)")
    if not summary.complete:
        left = summary.total - sum(summary.endings.values())
        parts.append(f"{left:,} not done yet: go on with --resume")
    lines = [f"{count}: {', '.join(parts)}."]
    for name, ending, reason in summary.unplanned:
        lines += wrapped(f"{name}: {reason or _WORDS[ending]}", "  ")
    without = sum(summary.endings[ending] for ending in _CODES)
    if without > len(summary.unplanned):
        lines.append(f"  and {without - len(summary.unplanned):,} more without a plan")
    if without:
        lines.append("  All of them, with their reasons, are here and in errors beside it:")
        lines.append(f"  {where}")  # on a line of its own, whole, to be copied
    strangers = [f"No fleet has what the scenario {name} names." for name in summary.strangers]
    for told in (*summary.losses, *strangers):
        lines += wrapped(told, "")
    return "\n".join(lines)


def summary_json(summary: BatchSummary) -> str:
    """The same as one document."""
    document = {
        "problems": summary.total,
        "endings": {ending: summary.endings[ending] for ending in _WORDS},
        "rows_without_a_problem": summary.orphans,
        "complete": summary.complete,
        "without_a_plan": [
            {"plan_id": name, "status": ending, "error": reason}
            for name, ending, reason in summary.unplanned
        ],
        "scenarios_of_no_fleet": list(summary.strangers),
    }
    return json.dumps(document, indent=2)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
