"""Made-up logs as files: ``python -m planner.calibration.emulation.files FOLDER --out FILE``.

The campaigns and lines of a planning folder, each dialer by itself, day after day.
"""

from __future__ import annotations

import argparse
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from planner.calibration.attempts import (
    OUTCOMES,
    UNKNOWN,
    Attempts,
    Codes,
    Flags,
    Floats,
    concatenated,
)
from planner.calibration.emulation.days import Shift, Truth, emulate
from planner.contracts.problem import Campaign, Overflow, Problem
from planner.tables.folder import read_folder


def attempts_table(attempts: Attempts, *, whole_seconds: bool = False) -> pa.Table:
    """Attempts as a table of their columns; times in seconds since 1970."""

    def times(values: Floats) -> pa.Array:
        kept = np.floor(values) if whole_seconds else values
        array = pa.array(kept, mask=np.isnan(values))
        return array.cast(pa.int64()) if whole_seconds else array

    def flags(values: Flags) -> pa.Array:
        return pa.array(values, mask=values == UNKNOWN)

    def names(kinds: list[str], codes: Codes | Flags) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), kinds).cast(pa.string())

    return pa.table(
        {
            "campaign_id": names(list(attempts.campaigns), attempts.campaign),
            "dialer_id": names(list(attempts.dialers), attempts.dialer),
            "launched": times(attempts.launched),
            "ended": times(attempts.ended),
            "answered": flags(attempts.answered),
            "human": flags(attempts.human),
            "requested": times(attempts.requested),
            "connected": times(attempts.connected),
            "released": times(attempts.released),
            "outcome": names(list(OUTCOMES), attempts.outcome),
        }
    )


def write_attempts(path: Path, attempts: Attempts) -> None:
    """Write a log in the order of launches, to whole seconds: CSV, or Parquet by its suffix."""
    ordered = attempts.where(np.argsort(attempts.launched, kind="stable"))
    table = attempts_table(ordered, whole_seconds=True)
    if path.suffix == ".parquet":
        times = {field.name: "DELTA_BINARY_PACKED" for field in table.schema if "int64" in
                 str(field.type)}  # fmt: skip
        pq.write_table(
            table,
            path,
            compression="zstd",
            compression_level=19,
            use_dictionary=["campaign_id", "dialer_id", "outcome"],
            column_encoding=times,
        )
    else:
        pa_csv.write_csv(table, path)


def fleet_log(
    problem: Problem, first: date, days: int, opens: time, hours: float, day_cv: float, seed: int
) -> Attempts:
    """A log of the current lines of a fleet; the answer rates of its campaigns differ by day."""
    parts = []
    for place, campaign in enumerate(problem.campaigns):
        own = [a for a in problem.assignments if a.campaign_id == campaign.campaign_id]
        start = datetime.combine(first, opens, campaign.zone).timestamp()
        shift = Shift(start, days, hours)
        for lines in sorted({(a.dial_lines, a.agent_lines) for a in own}):
            dialers = [a.dialer_id for a in own if (a.dial_lines, a.agent_lines) == lines]
            truth = _truth(campaign, tuple(dialers), lines, day_cv)
            # The seed of a campaign is the same for all its dialers: so are its days.
            parts.append(emulate(truth, shift, seed * 1000 + place))
    return concatenated(parts)


def _truth(
    campaign: Campaign, dialers: tuple[str, ...], lines: tuple[int, int], day_cv: float
) -> Truth:
    return Truth(
        campaign_id=campaign.campaign_id,
        dialers=dialers,
        dial_lines=lines[0],
        agent_lines=lines[1],
        answer_rate=campaign.answer_rate,
        transfer_rate=campaign.transfer_rate or 0.0,
        attempt_seconds=campaign.attempt_seconds,
        attempt_cv=campaign.attempt_cv,
        talk_seconds=campaign.talk_seconds or 1.0,
        talk_cv=campaign.talk_cv,
        wrap_up_seconds=campaign.wrap_up_seconds,
        holds=campaign.overflow is Overflow.HOLD,
        patience_seconds=campaign.patience_seconds,
        answer_rate_day_cv=day_cv,
    )


def main() -> None:
    """Write a log as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="planning folder with lines")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=".csv or .parquet")
    parser.add_argument("--first", type=date.fromisoformat, default=date(2026, 10, 5))
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--opens", type=time.fromisoformat, default=time(9))
    parser.add_argument("--hours", type=float, default=1.5)
    parser.add_argument("--day-cv", type=float, default=0.15)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    shift = (given.first, given.days, given.opens, given.hours, given.day_cv, given.seed)
    write_attempts(given.out, fleet_log(read_folder(given.folder), *shift))


if __name__ == "__main__":
    main()
