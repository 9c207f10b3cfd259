"""Files of a projection: figures, timeline and completion as CSV."""

from __future__ import annotations

from pathlib import Path

from planner.contracts.result import Projection, Status
from planner.tables.folder import write_projection
from planner.tables.writing import write_csv

#: The statuses that calls decide: their chances may be simulated, and then have 95 % intervals.
_SIMULATED = (Status.COMPLETED, Status.SCHEDULED, Status.ALL_BUSY, Status.RUNNING)


def write_projection_files(folder: Path, projection: Projection) -> None:
    """Write projection.csv, timeline.csv and completion.csv.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    write_projection(folder / "projection.csv", projection.assignments)
    statuses = [status.value for status in Status]
    ends = [f"{status.value} {end}" for status in _SIMULATED for end in ("low", "high")]
    write_csv(
        folder / "timeline.csv",
        [*("campaign_id", "dialer_id", "from", "to"), *statuses, *ends],
        (
            [s.campaign_id, s.dialer_id, s.start, s.end]
            + [s.probabilities.get(status, 0.0) for status in Status]
            + [end.get(status) for status in _SIMULATED for end in (s.low, s.high)]
            for s in projection.timeline
        ),
    )
    write_csv(
        folder / "completion.csv",
        ["campaign_id", "p05", "p50", "p95"],
        ([c.campaign_id, c.p05, c.p50, c.p95] for c in projection.completion),
    )
