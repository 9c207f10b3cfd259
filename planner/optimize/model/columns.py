"""Columns: whole splits of one campaign, with what they earn and use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.tolerances import LIMIT_ROUNDING
from planner.optimize.model.model import Model
from planner.optimize.model.requirements import SURVIVES
from planner.optimize.model.tables import ABANDONED, ANSWERED, ATTEMPTS, HANDLED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """One split of one campaign, with what it earns and uses."""

    campaign: int
    dial_lines: Ints
    agent_lines: Ints
    handled: float
    calls: Floats  # [dialer] handled calls per hour
    lost: Floats  # [failure] handled calls per hour that go down with it
    lines: Floats  # [dialer] ports
    attempts: Floats  # [dialer] per hour
    abandoned: float
    answered: float
    added: int  # lines more than the campaign has now, over the dialers that get more
    worth: Floats  # [dialer] net value per hour
    short: Ints  # [kind] by how much it falls short of each kind of requirement
    used: Floats  # [capacity]
    mixable: bool  # holds the limits that pricing does not relax: survival, or abandonment
    holds_own_limits: bool  # and falls short by no more than may be

    @property
    def key(self) -> tuple[int, bytes, bytes]:
        """What tells two columns apart."""
        return self.campaign, self.dial_lines.tobytes(), self.agent_lines.tobytes()


def make_column(model: Model, campaign: int, dial_lines: Ints, agent_lines: Ints) -> Column:
    """Column of a split, its figures read from the table."""
    entries = np.ascontiguousarray(model.tables[campaign][:, agent_lines, dial_lines])
    handled, abandoned, answered, _ = entries.sum(axis=1).tolist()
    dialed, agents = int(dial_lines.sum()), int(agent_lines.sum())
    calls, attempts = entries[HANDLED], entries[ATTEMPTS]
    short = model.requirements.shortfalls(
        campaign,
        dial_lines[None],
        agent_lines[None],
        calls[None],
        attempts[None],
    )[0]
    most = model.aim.most[campaign]
    survives = bool(short[SURVIVES] <= most[SURVIVES])
    limit = model.abandon_limit.item(campaign)
    abandons_little = limit == np.inf or (
        abandoned <= limit * answered + LIMIT_ROUNDING * (1 + answered)
    )
    holds = (
        agents <= model.agents.item(campaign)
        and dialed <= model.max_dial_lines.item(campaign)
        and bool(np.all(short <= most))
        and abandons_little
    )
    per_dial, per_agent, per_attempt = model.row_coefficients(campaign)
    used = per_dial @ dial_lines + per_agent @ agent_lines + per_attempt @ attempts
    return Column(
        campaign=campaign,
        dial_lines=dial_lines.copy(),
        agent_lines=agent_lines.copy(),
        handled=handled,
        calls=entries[HANDLED],
        lost=model.lost @ entries[HANDLED],
        lines=(dial_lines + model.agent_cost * agent_lines).astype(np.float64),
        attempts=entries[ATTEMPTS],
        abandoned=abandoned,
        answered=answered,
        added=_added_lines(model, campaign, dial_lines, agent_lines),
        worth=model.worth(campaign, calls, attempts),
        short=short,
        used=used,
        mixable=survives and (abandons_little or bool(model.survivable[campaign] > 0)),
        holds_own_limits=bool(holds),
    )


class SplitFigures(NamedTuple):
    """Figures of many splits of one campaign, arrays by split."""

    calls: Floats  # [split, dialer] handled calls per hour
    attempts: Floats  # [split, dialer] per hour
    short: Ints  # [split, kind] by how much each falls short of each kind of requirement
    holds: Bools  # abandons and falls short by no more than may be


def read_splits(model: Model, campaign: int, dial_lines: Ints, agent_lines: Ints) -> SplitFigures:
    """Splits ``[split, dialer]`` in the ranges of the table, their figures read from it."""
    table = model.tables[campaign]
    calls = table[HANDLED][agent_lines, dial_lines]
    attempts = table[ATTEMPTS][agent_lines, dial_lines]
    short = model.requirements.shortfalls(campaign, dial_lines, agent_lines, calls, attempts)
    holds = np.all(short <= model.aim.most[campaign], axis=1)
    limit = float(model.abandon_limit[campaign])
    if np.isfinite(limit):
        answered = table[ANSWERED][agent_lines, dial_lines].sum(axis=1)
        abandoned = table[ABANDONED][agent_lines, dial_lines].sum(axis=1)
        holds &= abandoned <= limit * answered + LIMIT_ROUNDING * (1 + answered)
    return SplitFigures(calls, attempts, short, holds)


def _added_lines(model: Model, campaign: int, dial_lines: Ints, agent_lines: Ints) -> int:
    """Lines that dialers get in addition to the campaign's current ones there.

    None for a campaign without current lines, which is set up anew.
    """
    if not model.problem.assignments:
        return 0
    more_dial = np.maximum(dial_lines - model.now_dial_lines[campaign], 0)
    more_agent = np.maximum(agent_lines - model.now_agent_lines[campaign], 0)
    return int(more_dial.sum() + more_agent.sum())


def line_room(model: Model) -> Ints:
    """Most lines on each dialer: its ports, or its trunk group's channels where fewer."""
    room = np.full(model.dialers, np.iinfo(np.int64).max)
    for capacity in model.capacities:
        if capacity.counts_lines and not capacity.limits_lines:
            room[capacity.members] = np.minimum(room[capacity.members], int(capacity.limit))
    return room


def least_columns(model: Model) -> list[Column]:
    """The least each campaign may have: its locks and lower ranges, to be refilled."""
    return [
        make_column(model, c, model.box.n_low[c], model.box.a_low[c])
        for c in range(model.campaigns)
    ]


def rounded_columns(model: Model, mix: Iterable[tuple[Column, float]]) -> list[Column]:
    """The heaviest column of each campaign in a mix of the relaxation, else its least lines."""
    heaviest = {k.campaign: (0.0, k) for k in least_columns(model)}
    for column, share in mix:
        if share > heaviest[column.campaign][0]:
            heaviest[column.campaign] = share, column
    return [heaviest[c][1] for c in range(model.campaigns)]
