"""What the command does that plans many problems."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TextIO

from planner.cli.console import ProgressLine, stop_on_interrupt
from planner.cli.exit_codes import BAD_INPUT, DONE, FAULT, INFEASIBLE, STOPPED
from planner.contracts.result import PlanFigures, PlanOptions
from planner.studies.batch.run import BatchOptions, BatchSummary, run_batch

#: The exit code of each ending, the gravest first.
_CODES = {"failed": FAULT, "bad_input": BAD_INPUT, "infeasible": INFEASIBLE, "no_plan": STOPPED}
_WORDS = {
    "optimal": "proven within the gap",
    "feasible": "with a plan of a larger gap",
    "relaxed": "that give something up",
    "infeasible": "infeasible",
    "no_plan": "without a plan in time",
    "bad_input": "with bad input",
    "failed": "failed by a fault in the planner",
}
_STOPPING = "Stopping with what is done; Ctrl-C once more gives up. --resume goes on later."


class BatchPrinter(ProgressLine):
    """Callback that shows how many problems are done, how fast, and what time is left."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._start = time.monotonic()
        self._first: tuple[int, float] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show so many problems done."""
        seconds = time.monotonic() - self._start
        if self._first is None:
            self._first = done, seconds  # what an earlier run did came at once
        text = progress_words(done, total, done - self._first[0], seconds - self._first[1])
        self.show(done / total, text, seconds)


def progress_words(done: int, total: int, lately: int, seconds: float) -> str:
    """``1,200 of 10,000 problems, 51.2 a second, about 3 min left``."""
    text = f"{done:,} of {total:,} problems"
    if lately < 1 or seconds <= 0:
        return text
    rate = lately / seconds
    return f"{text}, {rate:.3g} a second, about {_duration((total - done) / rate)} left"


def run_batch_command(arguments: argparse.Namespace) -> int:
    """Plan many problems, and tell how many of them ended how."""
    from planner.studies.batch.workers.cluster import ClusterLost

    options = BatchOptions(
        plan=PlanOptions(
            redundancy=arguments.redundancy,
            gap=arguments.gap,
            time_limit=arguments.time_limit,
            seed=arguments.seed,
            keep_current=arguments.keep_current,
            move_cost=arguments.move_cost,
            figures=PlanFigures(arguments.figures),
            relax=arguments.relax,
        ),
        format=arguments.format,
        workers=arguments.workers,
        cluster=arguments.cluster,
        resume=arguments.resume,
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
                on_compiling=progress.tell_of_compilation,
                stop=stop,
            )
    except (ClusterLost, OSError) as error:
        said = getattr(error, "strerror", None) or error
        print(f"Stopped: {said}. What is done is kept; go on with --resume.", file=sys.stderr)
        return STOPPED
    print(summary_json(summary) if arguments.json else summary_words(summary))
    return exit_code(summary)


def exit_code(summary: BatchSummary) -> int:
    """The code of the gravest ending of any problem."""
    if not summary.complete:
        return STOPPED
    if summary.orphans and not summary.endings["failed"]:
        return BAD_INPUT
    return next((code for ending, code in _CODES.items() if summary.endings[ending]), DONE)


def summary_words(summary: BatchSummary) -> str:
    """One line: how many problems ended how."""
    count = f"{summary.total:,} problem{'s' if summary.total != 1 else ''}"
    parts = [f"{summary.endings[e]:,} {words}" for e, words in _WORDS.items() if summary.endings[e]]
    if summary.orphans:
        rows = f"{summary.orphans:,} row{'s' if summary.orphans != 1 else ''}"
        parts.append(f"{rows} that name no problem (see errors)")
    if not summary.complete:
        left = summary.total - sum(summary.endings.values())
        parts.append(f"{left:,} not done yet: go on with --resume")
    return f"{count}: {', '.join(parts)}."


def summary_json(summary: BatchSummary) -> str:
    """The same as one document."""
    document = {
        "problems": summary.total,
        "endings": {ending: summary.endings[ending] for ending in _WORDS},
        "rows_without_a_problem": summary.orphans,
        "complete": summary.complete,
    }
    return json.dumps(document, indent=2)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
