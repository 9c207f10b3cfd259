"""Seeded draws of tiny fleets of several kinds, as tables of a planning folder."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .draft import (
    SMALL,
    Draft,
    Size,
    Tables,
    draw_campaign,
    draw_dialers,
    draw_limit,
    draw_live_transfer,
    draw_lock,
    maybe,
    subset,
)

__all__ = ["KINDS", "SMALL", "Drawn", "Size", "draw", "write_folder"]

Asked = tuple[float, int]  # redundancy, failures


@dataclass(frozen=True)
class Drawn:
    """Tables by file name without `.csv`, and what to ask of them (redundancy, failures)."""

    kind: str
    seed: int
    tables: Tables
    redundancy: float = 0.0
    failures: int = 1


def draw(kind: str, seed: int, size: Size | None = None) -> Drawn:
    """Draw a fleet.

    Parameters
    ----------
    kind : one of `KINDS`
    seed : the same seed, kind and size give the same tables
    size : upper ends; `Size()` unless given
    """
    draft = Draft(Random(f"{kind} {seed}"), size or Size())
    redundancy, failures = KINDS[kind](draft)
    return Drawn(kind, seed, draft.tables, redundancy, failures)


def write_folder(tables: Tables, folder: Path) -> Path:
    """Write tables as a planning folder of csv files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _plain(draft: Draft) -> Asked:
    """Ports, agent lines, shares and abandonment; sometimes redundancy in the objective."""
    dialers = draw_dialers(draft)
    for c in range(draft.chance.randint(1, draft.size.campaigns)):
        draw_campaign(draft, c, dialers)
    return draft.chance.choice([0.0, 0.0, 0.3, 1.0]), 1


def _two_sites_halves(draft: Draft) -> Asked:
    """Two sites of two dialers, about half of every campaign must survive either site."""
    ports = draft.chance.randint(3, draft.size.ports)
    for d in range(4):
        draft.add("dialers", dialer_id=f"D{d + 1}", ports=ports, failure_domain=f"site{d % 2}")
    for c in range(draft.chance.randint(2, max(2, draft.size.campaigns))):
        share = draft.chance.choice([0.3, 0.4, 0.5, 0.5, 0.5, 0.6])
        draw_live_transfer(
            draft, c, survivable_share=share, min_dialers=draft.chance.choice([0, 0, 1, 2])
        )
    return draft.chance.choice([0.0, 0.0, 0.3]), 1


def _two_failures(draft: Draft) -> Asked:
    """Shares that must survive any two failures, of three dialers or more that fail alone."""
    count = draft.chance.randint(3, draft.size.dialers + 1)
    for d in range(count):
        draft.add("dialers", dialer_id=f"D{d + 1}", ports=draft.chance.randint(2, draft.size.ports))
    for c in range(draft.chance.randint(1, draft.size.campaigns)):
        share = draft.chance.choice([0.1, 0.2, 0.25, 0.3, 0.34, None])
        draw_live_transfer(
            draft, c, survivable_share=share, min_dialers=draft.chance.choice([0, 1, 2])
        )
    return draft.chance.choice([0.0, 0.0, 0.3]), 2


def _carriers(draft: Draft) -> Asked:
    """Trunk groups with channels and calls per second, some of which fail together."""
    dialers = draw_dialers(draft, groups=True)
    for c in range(draft.chance.randint(1, draft.size.campaigns)):
        draw_campaign(draft, c, dialers)
    return 0.0, draft.chance.choice([1, 1, 1, 2])


def _too_much(draft: Draft) -> Asked:
    """More is asked than there is: for the nearest plan."""
    chance = draft.chance
    dialers = draw_dialers(draft, groups=draft.some(0.4), down=0.3)
    names = []
    for c in range(chance.randint(1, draft.size.campaigns)):
        names.append(
            draw_campaign(
                draft,
                c,
                dialers,
                nobody=0.1,
                min_dialers=chance.choice([0, 1, 2, 3]),
                survivable_share=chance.choice([None, 0.3, 0.4, 0.5, 0.67, 1]),
                min_transfers_per_hour=maybe(draft, 0.5, round(chance.uniform(1, 60), 1)),
                priority=chance.choice([0, 1, 1, 1, 2, 2, 3]),
                min_agent_lines=maybe(draft, 0.15, 2),
            )
        )
    if draft.some(0.3):
        draw_lock(draft, chance.choice(names), chance.choice(dialers))
    return chance.choice([0.0, 0.0, 0.0, 0.5]), 1


def _pools(draft: Draft) -> Asked:
    """Agents in overlapping pools, caps and minimums of limits.csv, calls that cost."""
    chance = draft.chance
    dialers = draw_dialers(draft, costs=draft.some(0.4), down=0.1)
    names = [
        draw_campaign(draft, c, dialers, pooled=True, priority=chance.choice([0, 1, 1, 2]))
        for c in range(chance.randint(1, draft.size.campaigns))
    ]
    with_agents = [
        row["campaign_id"] for row in draft.tables["campaigns"] if row["kind"] == "live_transfer"
    ]
    for p in range(chance.randint(1, 3)):
        draft.add(
            "agents",
            pool=f"P{p + 1}",
            agent_lines=chance.randint(1, draft.size.agent_lines),
            campaigns=maybe(draft, 0.6, subset(draft, with_agents) if with_agents else None),
            dialers=maybe(draft, 0.6, subset(draft, dialers)),
        )
    for _ in range(chance.randint(0, 3)):
        draw_limit(draft, names, dialers)
    return chance.choice([0.0, 0.0, 0.0, 0.4]), 1


KINDS: dict[str, Callable[[Draft], Asked]] = {
    "plain": _plain,
    "two_sites_halves": _two_sites_halves,
    "two_failures": _two_failures,
    "carriers": _carriers,
    "too_much": _too_much,
    "pools": _pools,
}
