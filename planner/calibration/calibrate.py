"""From call logs to figures: the one path every interface takes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from planner.calibration.attempts import Attempts
from planner.calibration.clock import zone_of
from planner.calibration.estimates.estimate import estimate
from planner.calibration.estimates.gaps import GapSample
from planner.calibration.readers.formats import LENGTH_FIGURES
from planner.calibration.readers.log_reader import LogReader
from planner.calibration.readers.mapping import read_given
from planner.calibration.readers.read import read_logs
from planner.calibration.result import Calibration, LogReading
from planner.calibration.tallies import Tallies
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem


def calibrate(
    calls: str | Path | Sequence[str | Path],
    *,
    mapping: str | Path | None = None,
    timezone: str | None = None,
    problem: Problem | None = None,
    on_mapping: Callable[[LogReading], None] = lambda _: None,
    on_progress: Callable[[int, int], None] = lambda *_: None,
    keep: Callable[[Attempts], None] = lambda _: None,
) -> Calibration:
    """Estimate the figures of campaigns from call logs.

    Parameters
    ----------
    calls : one log or several: CSV, XLSX, Parquet or JSON lines, recognised by their header
    mapping : file of lines ``field,column[,format]`` for logs that are not recognised
    timezone : of times without an offset, and of days and hours of campaigns without their own
    problem : whose campaigns' time zones and kinds are used, where ids are the same
    on_mapping : told how each file is read, before it is
    on_progress : told the number of files done and of rows read
    keep : takes the attempts as well, piece by piece

    Returns
    -------
    Calibration: how each log was read, and every figure with its 95 % interval, days as clusters.

    Raises
    ------
    InputError
        If a log cannot be read, is not recognised, or does not hold what its header says. No
        cell of a log is ever shown.

    Notes
    -----
    `docs/calibrate.md` says what is estimated how.
    """
    given = [calls] if isinstance(calls, str | os.PathLike) else calls
    if not given or not all(isinstance(call, str | os.PathLike) for call in given):
        wanted = "paths of call logs, or of folders of them"
        raise InputError([Fault("calls", None, None, repr(calls), wanted)])
    paths = log_paths(given)
    columns = read_given(Path(mapping)) if mapping is not None else None
    zone = zone_of(timezone)
    campaigns = problem.campaigns if problem is not None else ()
    tallies = Tallies({c.campaign_id: c.zone for c in campaigns}, zone)
    gaps = GapSample()

    def taken(part: Attempts) -> None:
        gaps.add(part)
        keep(part)

    readers = read_logs(
        paths,
        tallies,
        keep=taken,
        given=columns,
        zone=zone,
        on_mapping=lambda reader: on_mapping(reader.reading),
        on_progress=on_progress,
    )
    broadcasts = {c.campaign_id for c in campaigns if not c.is_live_transfer}
    readings = tuple(reader.reading for reader in readers)
    if not any(reading.attempts for reading in readings):
        labels = ", ".join(reading.file for reading in readings)
        raise InputError([Fault(labels, None, None, None, "at least one call")])
    found = estimate(tallies, _lacks(readers, broadcasts), gaps.seconds())
    return Calibration(readings, found, _warnings(readers))


def log_paths(calls: Sequence[str | Path]) -> list[Path]:
    """The files, each once; a folder stands for the logs in it.

    Raises
    ------
    InputError
        If one is not there or is named twice.
    """
    from planner.calibration.readers.log_files import SUFFIXES

    found: list[Path] = []
    faults = []
    for call in calls:
        path = Path(call)
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.suffix.lower() in SUFFIXES)
            if not inside:
                wanted = f"a folder with logs ({', '.join(SUFFIXES)})"
                faults.append(Fault(str(path), None, None, None, wanted))
            found += inside
        elif path.exists():
            found.append(path)
        else:
            faults.append(Fault(str(path), None, None, None, "a file that is there"))
    resolved = [path.resolve() for path in found]
    for place, path in enumerate(found):
        if resolved[place] in resolved[:place]:
            wanted = "each log once: its calls would count twice"
            faults.append(Fault(str(path), None, None, None, wanted))
    if faults:
        raise InputError(faults)
    return found


def _lacks(readers: Sequence[LogReader], broadcasts: set[str]) -> dict[str, Mapping[str, str]]:
    """Why figures of each campaign cannot be known."""
    found: dict[str, dict[str, str]] = {}
    for reader in readers:
        for campaign_id in reader.campaigns:
            own = found.setdefault(campaign_id, {})
            for figure, why in reader.lacks.items():
                # Lengths that include talk are right where nobody talks.
                if campaign_id in broadcasts and figure in LENGTH_FIGURES and "talk" in why:
                    continue
                own[figure] = why
    return dict(found)


def _warnings(readers: Sequence[LogReader]) -> tuple[str, ...]:
    """What is odd about the logs together."""
    said = []
    formats: dict[str, set[str]] = {}
    for reader in readers:
        for campaign_id in reader.campaigns:
            formats.setdefault(campaign_id, set()).add(reader.mapping.format.title)
    for campaign_id, titles in sorted(formats.items()):
        if len(titles) > 1:
            said.append(
                f"Campaign {campaign_id} is in logs of several kinds ({', '.join(sorted(titles))}):"
                " if they tell of the same calls, each counts twice."
            )
    return tuple(said)
