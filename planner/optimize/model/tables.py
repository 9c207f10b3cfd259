"""Throughput tables of campaigns: calls an hour by agent and dial lines on one dialer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.contracts.problem import Campaign, Problem
from planner.evaluation.rates import rates_table
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.model.box import Box

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Steps of a table are differences of rounded rates [relative to one call per hour].
CONCAVE_ROUNDING = 1e-10

# Rows of a campaign's throughput table.
HANDLED, ABANDONED, ANSWERED, ATTEMPTS = range(4)


def throughput_tables(problem: Problem, box: Box) -> tuple[Floats, Ints, tuple[Floats, ...]]:
    """Throughput tables in one array; campaigns with equal figures share theirs."""
    shapes = [
        (int(box.a_high[c].max(initial=0)) + 1, int(box.n_high[c].max(initial=0)) + 1)
        for c in range(len(problem.campaigns))
    ]
    place_of: dict[tuple[object, ...], int] = {}
    base = np.zeros(len(shapes), dtype=np.int64)
    end = 0
    for c, campaign in enumerate(problem.campaigns):
        key = (campaign.rate_figures, *shapes[c])
        if key not in place_of:
            place_of[key] = end
            end += 4 * shapes[c][0] * shapes[c][1]
        base[c] = place_of[key]
    flat = np.empty(end)
    tables: list[Floats] = []
    filled: set[int] = set()
    for c, campaign in enumerate(problem.campaigns):
        start, (rows, width) = int(base[c]), shapes[c]
        table = flat[start : start + 4 * rows * width].reshape(4, rows, width)
        if start not in filled:
            filled.add(start)
            _fill_table(table, campaign)
        tables.append(table)
    return flat, base, tuple(tables)


def useful_dial_lines(problem: Problem, box: Box, tables: Sequence[Floats]) -> Ints:
    """Most dial lines ``[campaign, dialer]`` with which an abandonment limit can still be held.

    What a dialer abandons over its campaign's limit must be made up for by the others, each of
    which is below the limit by no more than the best entry of the table.
    """
    n_high = box.n_high.copy()
    for c, table in enumerate(tables):
        limit = abandon_limit(problem.campaigns[c])
        if np.isinf(limit) or table.shape[1] < 2:
            continue
        over = table[ABANDONED, 1:] - limit * table[ANSWERED, 1:]  # from one agent line on
        others = int((box.n_high[c] > 0).sum()) - 1
        made_up = others * max(float(-over.min()), 0.0) + SEARCH_ROUNDING * (
            1.0 + table[ANSWERED].max()
        )
        useful = np.flatnonzero((over <= made_up).any(axis=0))
        most = max(int(useful[-1]) if len(useful) else 0, table.shape[1])
        n_high[c] = np.maximum(np.minimum(n_high[c], most), np.minimum(box.n_low[c], n_high[c]))
    return n_high


def is_concave(handled: Floats) -> bool:
    """Whether the steps along each row fall, from as many dial as agent lines on."""
    steps = np.diff(handled, axis=1)
    falls = np.diff(steps, axis=1) <= CONCAVE_ROUNDING * (1.0 + steps[:, :-1])
    agents, lines = np.indices(falls.shape)
    return bool(np.all(falls | (lines < agents)))


def _fill_table(table: Floats, campaign: Campaign) -> None:
    """Fill a table; entries with fewer dial than agent lines are never used."""
    found = rates_table(campaign, table.shape[2] - 1, table.shape[1] - 1)
    for place, rate in enumerate(found):
        table[place] = rate
    if campaign.is_live_transfer:
        table[:, 0, :] = 0.0


def abandon_limit(campaign: Campaign) -> float:
    """Most abandoned calls per live answer; infinite where there is no limit."""
    limited = campaign.max_abandon_rate is not None and campaign.is_live_transfer
    return float(campaign.max_abandon_rate or 0.0) if limited else np.inf
