"""Proven gap and time of the optimiser on seeded fleets: ``python -m tests.benchmarks.optimiser``.

Every family of :mod:`tests.benchmarks.fleets` at every size, each plan checked against every limit,
and beside it what a user would write, given the same time: shares by ports, round robin, CP-SAT
over tables, HiGHS over the concave hull; their values and bounds in per cent of ours. Then how the
time grows with the campaigns. Needs ``pip install -r tests/benchmarks/requirements.txt``.

``--only FAMILY/SIZE`` runs parts, with ``*`` for any: ``--only 'locks/4x6' '*/20x50' tiny growth``.
``--without PART`` switches a part of the search off.
"""

from __future__ import annotations

import argparse
import dataclasses
import fnmatch
import json
import os
import platform
import resource
import sys
from pathlib import Path

import numpy as np

from planner.optimize.search_params import SearchParams
from tests.benchmarks.optimiser_runs import SIZES, Wanted, all_rows, growth_rows
from tests.benchmarks.reporting import Row, printed

_OTHERS = ("tiny", "growth")
#: Parts of the search that can be switched off.
PARTS = tuple(f.name for f in dataclasses.fields(SearchParams) if f.default is True)


def main() -> None:
    """Run what is asked for; exit code 1 where a figure is not what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--only", nargs="+", default=["*"], metavar="FAMILY/SIZE", help="parts to run (default all)"
    )
    parser.add_argument(
        "--without",
        nargs="+",
        default=[],
        choices=PARTS,
        metavar="PART",
        help=f"parts of the search switched off, to see what each brings: {', '.join(PARTS)}",
    )
    parser.add_argument("--out", type=Path, default=Path("out") / "optimiser.json")
    arguments = parser.parse_args()
    wanted = _wanted(arguments.only)
    params = SearchParams(**dict.fromkeys(arguments.without, False))
    _refuse_unknown(parser, arguments.only)
    rows = printed(all_rows(wanted, params))
    growth = printed(growth_rows()) if wanted("growth", "growth") else []
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory {memory:.0f} MB.")
    document = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "peak_megabytes": memory,
        "rows": rows,
        "growth": growth,
        "growth_exponent": _exponent(growth),
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"Also in {arguments.out}")
    if growth:
        chart = arguments.out.with_name(f"{arguments.out.stem}-growth.svg")
        _draw(growth, chart)
        print(f"Time grows with the campaigns to the power {_exponent(growth):.2f}: {chart}")
    sys.exit(not all(row["ok"] for row in rows))


def _wanted(patterns: list[str]) -> Wanted:
    """Whether a family at a size is asked for, by any of the patterns."""

    def matches(family: str, size: str) -> bool:
        return any(
            fnmatch.fnmatch(name, p) for name in (f"{family}/{size}", size) for p in patterns
        )

    return matches


def _refuse_unknown(parser: argparse.ArgumentParser, patterns: list[str]) -> None:
    names = [f"{family.name}/{size.name}" for size in SIZES for family in size.families]
    names += [size.name for size in SIZES] + [*_OTHERS, "every limit/tiny", "growth/growth"]
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            known = ", ".join(dict.fromkeys(f.name for size in SIZES for f in size.families))
            sizes = ", ".join([*_OTHERS, *(size.name for size in SIZES)])
            parser.error(f"--only {pattern}: no such part; families: {known}; sizes: {sizes}")


def _exponent(growth: list[Row]) -> float | None:
    """Slope of the logarithm of the time over that of the campaigns, by least squares."""
    if len(growth) < 2:
        return None
    points = np.log([[row["campaigns"], row["seconds"]] for row in growth])
    return float(np.polyfit(points[:, 0], points[:, 1], 1)[0])


def _draw(growth: list[Row], path: Path) -> None:
    """The times as a chart in logarithmic scales, with a line of exactly linear growth."""
    import altair as alt
    import pandas as pd

    frame = pd.DataFrame(growth)
    last = growth[-1]["ms a campaign"] / 1000
    frame["linear growth"] = frame["campaigns"] * last
    dialers = growth[0]["dialers"]
    across = alt.X("campaigns:Q", scale=alt.Scale(type="log"), title="Campaigns")
    title = f"Seconds until a gap of 0.1 % is proven, {dialers} dialers"
    up = alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="Seconds (median)")
    measured = alt.Chart(frame).mark_line(point=True).encode(x=across, y=up)
    linear = alt.Chart(frame).mark_line(strokeDash=[4, 4], color="grey")
    linear = linear.encode(x=across, y=alt.Y("linear growth:Q", title="Seconds (median)"))
    chart = alt.layer(measured, linear).properties(width=480, height=320)
    chart.properties(title=[title, "dashed: growth in proportion to the campaigns"]).save(str(path))


if __name__ == "__main__":
    main()
