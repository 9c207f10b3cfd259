"""Seeded batches for the benchmark: long tables of problems of a given size."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from planner.contracts.problem import Campaign, Dialer, Problem

_DIALERS = ["plan_id", "dialer_id", "ports"]
_CAMPAIGNS = [
    "plan_id",
    "campaign_id",
    "agent_lines",
    "attempt_seconds",
    "answer_rate",
    "transfer_rate",
    "talk_seconds",
    "value",
]


def dialer_rows(seed: int, dialers: int) -> list[list[object]]:
    """Dialers of 40 to 120 ports."""
    draw = random.Random(f"dialers {seed}")
    return [[f"p{seed:06d}", f"D{d + 1}", draw.randint(40, 120)] for d in range(dialers)]


def campaign_rows(seed: int, campaigns: int) -> list[list[object]]:
    """Campaigns of 3 to 12 agents that differ in all their figures."""
    draw = random.Random(f"campaigns {seed}")
    return [
        [
            f"p{seed:06d}",
            f"C{c + 1}",
            draw.randint(3, 12),
            round(draw.uniform(20, 40), 1),
            round(draw.uniform(0.1, 0.3), 3),
            round(draw.uniform(0.05, 0.2), 3),
            draw.randint(60, 240),
            draw.choice([1, 1, 2]),
        ]
        for c in range(campaigns)
    ]


def write_batch(folder: Path, count: int, dialers: int, campaigns: int) -> Path:
    """Write so many problems as long tables."""
    folder.mkdir(parents=True)
    for name, header, rows in (
        ("dialers", _DIALERS, (r for s in range(count) for r in dialer_rows(s, dialers))),
        ("campaigns", _CAMPAIGNS, (r for s in range(count) for r in campaign_rows(s, campaigns))),
    ):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    return folder


def problem(seed: int, dialers: int, campaigns: int) -> Problem:
    """One of these problems as a contract."""
    return Problem(
        dialers=tuple(
            Dialer.model_validate(dict(zip(_DIALERS[1:], row[1:], strict=True)))
            for row in dialer_rows(seed, dialers)
        ),
        campaigns=tuple(
            Campaign.model_validate(dict(zip(_CAMPAIGNS[1:], row[1:], strict=True)))
            for row in campaign_rows(seed, campaigns)
        ),
    )
