"""Every way to split one campaign over the dialers, with what it uses, brings and misses."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import shortfall
from .figures import Figures, figures, net_value
from .fleet import Campaign, Dialer, Fleet
from .shared import SharedRow, allowed

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = Any  # numbers of rows or a mask of them

MOST_SPLITS = 6_000_000  # beyond this it is no tiny problem


@dataclass(frozen=True)
class Question:
    """What is asked of a fleet besides its tables."""

    failures: list[frozenset[str]]
    share_tolerance: float
    attempts_needed: dict[str, float]  # attempts an hour that `finish_by` needs, by campaign


@dataclass(frozen=True)
class Splits:
    """Splits of one campaign, one row each."""

    lines: Ints  # [split, dialer, (dial, agent)]
    use: Array  # [split, shared row]
    value: Array  # [split, 0: with all dialers, then after each failure] per hour, net
    missing: Ints  # [split, key]

    def only(self, rows: Rows) -> "Splits":
        """A selection of the splits."""
        return Splits(self.lines[rows], self.use[rows], self.value[rows], self.missing[rows])


def every_split(
    fleet: Fleet,
    index: int,
    rows: list[SharedRow],
    question: Question,
    runs: bool,
) -> Splits:
    """All splits of campaign `index` that keep what is never given up and is its own.

    Never given up are also requirements of priority 0. A campaign that cannot run has one
    split, no lines at all, and misses nothing.
    """
    campaign = fleet.campaigns[index]
    keys = shortfall.keys(fleet)
    if not runs:
        dialers = len(fleet.dialers)
        return Splits(
            np.zeros((1, dialers, 2), dtype=np.int64),
            np.zeros((1, len(rows))),
            np.zeros((1, 1 + len(question.failures))),
            np.zeros((1, len(keys)), dtype=np.int64),
        )
    cells = [_cells(fleet, campaign, dialer) for dialer in fleet.dialers]
    calls = [[figures(campaign, dial, agent) for dial, agent in here] for here in cells]
    choice = _combine(campaign, index, rows, cells, calls)
    choice = choice[_abandons_little(campaign, choice, calls)]
    splits = Splits(
        lines=np.stack(
            [np.array(c, dtype=np.int64).reshape(-1, 2)[choice[:, d]] for d, c in enumerate(cells)],
            axis=1,
        ),
        use=_total(choice, [_use(index, d, rows, cells[d], calls[d]) for d in range(len(cells))]),
        value=_values(fleet, campaign, question, choice, calls),
        missing=np.zeros((len(choice), len(keys)), dtype=np.int64),
    )
    for name, numbers in _missing(fleet, campaign, question, splits.lines, choice, calls).items():
        splits.missing[:, keys.index((campaign.priority, name))] = numbers
    if campaign.priority == 0:
        return splits.only(~splits.missing.any(axis=1))
    return splits


def _cells(fleet: Fleet, campaign: Campaign, dialer: Dialer) -> list[tuple[int, int]]:
    """Dial and agent lines that a campaign may have on one dialer.

    A lock leaves only its own lines, and none where these are not allowed.
    """
    locked = fleet.locks.get((campaign.name, dialer.name))
    if not dialer.in_service:
        return [(0, 0)]  # a lock on a dialer out of service is void
    cells = [(0, 0)]
    permitted = campaign.allowed_dialers is None or dialer.name in campaign.allowed_dialers
    if permitted:
        most = dialer.ports
        if campaign.max_dial_lines is not None:
            most = min(most, campaign.max_dial_lines)
        for dial in range(1, most + 1):
            cells += [(dial, agent) for agent in _agents(fleet, campaign, dialer, dial)]
    return cells if locked is None else [cell for cell in cells if cell == locked]


def _agents(fleet: Fleet, campaign: Campaign, dialer: Dialer, dial: int) -> range:
    """Agent lines that go with `dial` dial lines; 0 only, for a broadcast."""
    if campaign.broadcast:
        return range(1)
    most = dial
    if campaign.agent_lines is not None:
        most = min(most, campaign.agent_lines)
    if dialer.agent_lines_use_ports:
        most = min(most, dialer.ports - dial)
    if fleet.served_by_pools(campaign) and not fleet.pools_for(campaign, dialer):
        most = 0
    return range(max(campaign.min_agent_lines, 1), most + 1)


def _use(
    index: int,
    d: int,
    rows: list[SharedRow],
    cells: list[tuple[int, int]],
    calls: list[Figures],
) -> Array:
    """Use of each shared row by each cell of dialer `d`."""
    return np.array(
        [
            [
                row.per_dial_line[index, d] * dial
                + row.per_agent_line[index, d] * agent
                + row.per_attempt[index, d] * figure.attempts
                for row in rows
            ]
            for (dial, agent), figure in zip(cells, calls, strict=True)
        ]
    ).reshape(len(cells), len(rows))


def _combine(
    campaign: Campaign,
    index: int,
    rows: list[SharedRow],
    cells: list[list[tuple[int, int]]],
    calls: list[list[Figures]],
) -> Ints:
    """Choice of a cell per dialer, as [split, dialer], within every limit on sums of lines.

    All uses are >= 0, so a partial choice over a limit stays over it: it is dropped at once.
    """
    no_cap = float("inf")
    caps = [row.capacity for row in rows]
    caps.append(no_cap if campaign.max_dial_lines is None else campaign.max_dial_lines)
    caps.append(no_cap if campaign.agent_lines is None else campaign.agent_lines)
    ceilings = np.array([allowed(cap) if cap < no_cap else cap for cap in caps])
    choice, used = np.zeros((1, 0), dtype=np.int64), np.zeros((1, len(caps)))
    for d, here in enumerate(cells):
        own = np.array(here, dtype=float).reshape(-1, 2)
        extra = np.hstack([_use(index, d, rows, here, calls[d]), own])
        kept: list[tuple[Ints, Array]] = []
        for cell in range(len(here)):
            more = used + extra[cell]
            fits = (more <= ceilings).all(axis=1)
            column = np.full((int(fits.sum()), 1), cell, dtype=np.int64)
            kept.append((np.hstack([choice[fits], column]), more[fits]))
        if not kept:
            return np.zeros((0, len(cells)), dtype=np.int64)
        choice = np.vstack([part[0] for part in kept])
        used = np.vstack([part[1] for part in kept])
        if len(choice) > MOST_SPLITS:
            raise ValueError(f"campaign {campaign.name}: too many splits to list")
    return choice


def _total(choice: Ints, per_cell: list[Array]) -> Array:
    """Sum over the dialers of a quantity given per dialer and cell."""
    return sum(
        (quantity[choice[:, d]] for d, quantity in enumerate(per_cell)),
        start=np.zeros((len(choice), *per_cell[0].shape[1:])),
    )


def _sum_of(choice: Ints, calls: list[list[Figures]], name: str) -> Array:
    return _total(choice, [np.array([getattr(f, name) for f in here]) for here in calls])


def _abandons_little(
    campaign: Campaign, choice: Ints, calls: list[list[Figures]]
) -> NDArray[np.bool_]:
    """Whether each split keeps `max_abandon_rate`, over all dialers of the campaign."""
    if campaign.max_abandon_rate is None:
        return np.ones(len(choice), dtype=bool)
    limits = campaign.max_abandon_rate * _sum_of(choice, calls, "live_answers")
    return np.asarray(_sum_of(choice, calls, "abandoned") <= allowed(limits))


def _values(
    fleet: Fleet,
    campaign: Campaign,
    question: Question,
    choice: Ints,
    calls: list[list[Figures]],
) -> Array:
    """Net value per hour with all dialers, then what is left of it after each failure."""
    columns = []
    for lost in [frozenset[str](), *question.failures]:
        per_cell = [
            np.array(
                [
                    0.0
                    if dialer.name in lost
                    else net_value(
                        campaign, dialer.cost_per_attempt, dialer.cost_per_talk_minute, figure
                    )
                    for figure in calls[d]
                ]
            )
            for d, dialer in enumerate(fleet.dialers)
        ]
        columns.append(_total(choice, per_cell))
    return np.stack(columns, axis=1)


def _missing(
    fleet: Fleet,
    campaign: Campaign,
    question: Question,
    lines: Ints,
    choice: Ints,
    calls: list[list[Figures]],
) -> dict[str, Ints]:
    """Shortfall of each split by requirement."""
    in_use = (lines[:, :, 0] > 0).sum(axis=1)
    handled = _sum_of(choice, calls, "handled")
    attempts = _sum_of(choice, calls, "attempts")
    least = handled.copy()
    for lost in question.failures:
        per_cell = [
            np.array([0.0 if dialer.name in lost else f.handled for f in calls[d]])
            for d, dialer in enumerate(fleet.dialers)
        ]
        least = np.minimum(least, _total(choice, per_cell))
    limits = np.zeros(len(choice), dtype=np.int64)
    for limit in fleet.limits:
        if limit.campaign == campaign.name:
            there = [d for d, dialer in enumerate(fleet.dialers) if dialer.name in limit.dialers]
            dial, agent = lines[:, there, 0].sum(axis=1), lines[:, there, 1].sum(axis=1)
            limits += np.maximum(limit.min_dial_lines - dial, 0)
            limits += np.maximum(limit.min_agent_lines - agent, 0)
    needed = shortfall.needed_share(campaign.survivable_share, question.share_tolerance)
    asked_attempts = question.attempts_needed.get(campaign.name, 0.0)
    return {
        "runs": ((in_use == 0) & (campaign.min_dialers >= 1)).astype(np.int64),
        "min_transfers_per_hour": shortfall.per_cents_missing(
            campaign.min_transfers_per_hour, handled
        ),
        "finish_by": shortfall.per_cents_missing(asked_attempts, attempts),
        "limits": limits,
        "min_dialers": np.maximum(campaign.min_dialers - in_use, 0),
        "survivable_share": shortfall.share_missing(needed, least, handled),
    }
