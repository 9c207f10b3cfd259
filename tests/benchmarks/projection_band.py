"""Draws the predicted band of the days against what simulated days did: docs/predicted-band.svg.

``python -m tests.benchmarks.projection_band [--days 200] [--seed 7]``. The band is what a
projection tells of a campaign whose answer rate differs by 15 % and talk time by 10 % between days.
Each simulated day has rates of its own, drawn here, and eight hours call by call; with chance of
its own, so that somewhat fewer than nine of ten lie inside.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.pipeline.pipeline import project
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.network import COLUMNS
from planner.traffic.simulation.simulate import simulate
from tests.support.networks import network

OUT = Path(__file__).parents[2] / "docs/predicted-band.svg"
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
AGENTS, DIAL_LINES = 5, (55, 75, 95, 115)
ANSWER_CV, TALK_CV, HOURS = 0.15, 0.1, 8.0
WIDTH, HEIGHT, LEFT, BOTTOM, STEP = 640, 360, 70, 310, 140


class Band(NamedTuple):
    """What is predicted of the share of time paused, and what days did."""

    dial_lines: int
    low: float
    middle: float
    high: float
    days: np.ndarray


def main() -> None:
    """Simulate, print how many days lie inside, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    bands = [band(lines, arguments.days, arguments.seed + lines) for lines in DIAL_LINES]
    for one in bands:
        inside = float(((one.low <= one.days) & (one.days <= one.high)).mean())
        print(
            f"{one.dial_lines} + {AGENTS} lines: paused {one.low:.3f} to {one.high:.3f} of the "
            f"time, mean day {one.middle:.3f}; {100 * inside:.1f} % of {len(one.days)} days "
            f"inside, from {one.days.min():.3f} to {one.days.max():.3f}"
        )
    OUT.write_text(drawing(bands, np.random.default_rng(arguments.seed)), encoding="utf-8")


def band(lines: int, days: int, seed: int) -> Band:
    """The prediction, and simulated days, from an hour after their start on."""
    campaign = Campaign(
        campaign_id="Solar",
        agent_lines=AGENTS,
        attempt_seconds=25.0,
        answer_rate=0.1,
        transfer_rate=0.1,
        talk_seconds=180.0,
        answer_rate_day_cv=ANSWER_CV,
        talk_day_cv=TALK_CV,
        start="2026-01-01",
        schedule="Mon-Fri 08:00-20:00",
    )
    item = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=lines, agent_lines=AGENTS)
    dialers = (Dialer(dialer_id="D1", ports=200),)
    given = Problem(dialers=dialers, campaigns=(campaign,), assignments=(item,))
    (row,) = project(given, at=AT, hours=1).assignments
    rng, shares = np.random.default_rng(seed), []
    for day in range(days):
        answer, talk = (rng.gamma(1 / cv**2, cv**2) for cv in (ANSWER_CV, TALK_CV))
        world = network({(0, 0): (lines, AGENTS)}, q=0.01 * answer, talk_seconds=180.0 * talk)
        edges = [0.0, 3600.0, 3600.0 * (1 + HOURS)]
        found = simulate(world, edges, seed=day, precision=Precision(fewest=1, most=1))
        shares.append(found.totals[0, 1, 0, COLUMNS.index("all_busy")] / (3600.0 * HOURS))
    name = "all_busy_share"
    assert row.all_busy_share is not None
    return Band(lines, row.day_low[name], row.all_busy_share, row.day_high[name], np.array(shares))


def drawing(bands: list[Band], rng: np.random.Generator) -> str:
    """An SVG: bands as boxes, days as dots."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        text(
            LEFT, 20, "Share of the time paused: predicted for nine of ten days, and simulated days"
        ),
    ]
    for tick in range(0, 80, 20):
        y = height(tick / 100)
        parts.append(
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - 10}" y2="{y:.1f}" stroke="#ddd"/>'
        )
        parts.append(text(LEFT - 8, y + 4, f"{tick} %", "end"))
    for place, one in enumerate(bands):
        middle = LEFT + 70 + place * STEP
        top, bottom = height(one.high), height(one.low)
        parts.append(
            f'<rect x="{middle - 45}" y="{top:.1f}" width="90" height="{bottom - top:.1f}" '
            'fill="#c7dcef" stroke="#5b8db8"/>'
        )
        for share, across in zip(one.days, rng.uniform(-40, 40, len(one.days)), strict=True):
            parts.append(
                f'<circle cx="{middle + across:.1f}" cy="{height(float(share)):.1f}" r="1.6" '
                'fill="#b5541c" fill-opacity="0.6"/>'
            )
        y = height(one.middle)
        parts.append(
            f'<line x1="{middle - 45}" y1="{y:.1f}" x2="{middle + 45}" y2="{y:.1f}" '
            'stroke="#1f4e79" stroke-width="2"/>'
        )
        parts.append(text(middle, BOTTOM + 20, f"{one.dial_lines} + {AGENTS} lines", "middle"))
    legend = "box: 5 to 95 % of the days; line: the mean day; dots: simulated days of eight hours"
    parts.append(text(LEFT, BOTTOM + 42, legend))
    return "\n".join([*parts, "</svg>", ""])


def height(share: float) -> float:
    """Where a share lies."""
    return BOTTOM - share * 380


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


if __name__ == "__main__":
    main()
