"""Columns: whole splits of one campaign, and the search for the best one at given prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model import (
    ABANDONED,
    ANSWERED,
    ATTEMPTS,
    HANDLED,
    Box,
    Model,
)
from planner.optimize.pricing import (
    BUCKET_RATIO,
    BUCKETS,
    NEVER,
    SHARES_OF_WORTH,
    Prices,
    Split,
    _capped_split,
    _plain_split,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Relative rounding allowed when a column is tested against its campaign's own limits.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Column:
    """One split of one campaign, with what it earns and uses."""

    campaign: int
    dial_lines: Ints
    agent_lines: Ints
    handled: float
    by_domain: Floats  # handled calls per hour by failure domain
    lines: Floats  # [dialer] ports
    attempts: Floats  # [dialer] per hour
    abandoned: float
    answered: float
    holds_own_limits: bool

    @property
    def key(self) -> tuple[int, bytes, bytes]:
        """What tells two columns apart."""
        return self.campaign, self.dial_lines.tobytes(), self.agent_lines.tobytes()


def make_column(model: Model, campaign: int, dial_lines: Ints, agent_lines: Ints) -> Column:
    """Column of a split, its figures read from the table."""
    entries = model.tables[campaign][:, agent_lines, dial_lines]
    by_domain = np.bincount(model.domain, entries[HANDLED], model.domains)
    handled = float(entries[HANDLED].sum())
    abandoned, answered = float(entries[ABANDONED].sum()), float(entries[ANSWERED].sum())
    lines = (dial_lines + model.agent_cost * agent_lines).astype(np.float64)
    most = (1 - model.survivable[campaign]) * handled
    holds = (
        int(agent_lines.sum()) <= model.agents[campaign]
        and int(dial_lines.sum()) <= model.max_dial_lines[campaign]
        and int((dial_lines > 0).sum()) >= model.min_dialers[campaign]
        and (
            model.survivable[campaign] == 0
            or bool(np.all(by_domain <= most + ROUNDING * (1 + handled)))
        )
        and (
            np.isinf(model.abandon_limit[campaign])
            or abandoned <= model.abandon_limit[campaign] * answered + ROUNDING * (1 + answered)
        )
    )
    return Column(
        campaign=campaign,
        dial_lines=dial_lines.copy(),
        agent_lines=agent_lines.copy(),
        handled=handled,
        by_domain=by_domain,
        lines=lines,
        attempts=entries[ATTEMPTS].copy(),
        abandoned=abandoned,
        answered=answered,
        holds_own_limits=bool(holds),
    )


def line_room(model: Model) -> Ints:
    """Most lines on each dialer: its ports, or its trunk group's channels where fewer."""
    room = np.full(model.dialers, np.iinfo(np.int64).max)
    for capacity in model.capacities:
        if capacity.counts_lines:
            room[capacity.members] = np.minimum(room[capacity.members], int(capacity.limit))
    return room


class Pricer:
    """Finds the best split of one campaign inside a box at any prices."""

    def __init__(self, model: Model, campaign: int, box: Box) -> None:
        self._model = model
        self._campaign = campaign
        self._ranges = (
            box.n_low[campaign],
            box.n_high[campaign],
            box.a_low[campaign],
            box.a_high[campaign],
        )
        self._room = line_room(model)
        self._caps = self._live_caps() if model.survivable[campaign] > 0 else None

    def best(self, prices: Prices) -> Split | None:
        """Best split and a proven upper bound on its value; None when no split exists."""
        if self._caps is None:
            return self._plain(prices)
        best: Split | None = None
        for cap in self._caps:
            split = self._capped(prices, cap)
            if split is not None and (best is None or split.bound > best.bound):
                best = split
        return best

    def _live_caps(self) -> list[float]:
        """Caps per failure domain of the buckets of F that some split may reach.

        Bucket k holds F in (t_{k+1}, t_k]; it is empty when even without prices no split under
        its cap reaches t_{k+1}.
        """
        calls_only = Prices(
            np.ones(self._model.dialers), *(np.zeros(self._model.dialers),) * 2, 0.0, 0.0, 0.0
        )
        top = self._plain(calls_only)
        if top is None:
            return []
        share = 1 - float(self._model.survivable[self._campaign])
        caps = []
        high = top.bound
        for k in range(BUCKETS):
            low = high * BUCKET_RATIO if k < BUCKETS - 1 else 0.0
            cap = share * high * (1 + ROUNDING) + ROUNDING
            split = self._capped(calls_only, cap)
            if split is not None and split.bound >= low * (1 - ROUNDING):
                caps.append(min(cap, share * split.bound * (1 + ROUNDING) + ROUNDING))
            high = low
        return caps

    def _plain(self, prices: Prices) -> Split | None:
        dial, agent = self._empty()
        model, c = self._model, self._campaign
        bound = _plain_split(
            model.tables[c], *prices, *self._ranges, self._room, model.agent_cost,
            model.agents[c], model.min_dialers[c], model.min_agent_lines[c], np.inf, dial, agent,
        )  # fmt: skip
        return None if bound <= NEVER else Split(bound, dial, agent)

    def _capped(self, prices: Prices, cap: float) -> Split | None:
        dial, agent = self._empty()
        model, c = self._model, self._campaign
        bound = _capped_split(
            model.tables[c], *prices, *self._ranges, self._room, model.agent_cost,
            model.agents[c], model.min_dialers[c], model.min_agent_lines[c], model.domain, cap,
            SHARES_OF_WORTH, dial, agent,
        )  # fmt: skip
        return None if bound <= NEVER else Split(bound, dial, agent)

    def _empty(self) -> tuple[Ints, Ints]:
        dialers = self._model.dialers
        return np.zeros(dialers, np.int64), np.zeros(dialers, np.int64)
