"""What the splits of one campaign are paid and charged, and the limits they keep."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = -1e300  # value of what cannot be; far below any real value, and finite


class Prices(NamedTuple):
    """What one campaign's split is paid and charged.

    By dialer: ``call`` value of a handled call, ``dial`` and ``agent`` price of a line, ``attempt``
    price of an attempt per hour. ``abandoned``, ``answered``: price and credit per hour of the
    abandonment limit; ``missing``: price of a dialer missing; ``surviving``: of a per cent of
    calls that does not survive; ``nothing``: what having no lines costs; ``move``: of each line
    added against the current ones.
    """

    call: Floats
    dial: Floats
    agent: Floats
    attempt: Floats
    abandoned: float
    answered: float
    missing: float
    surviving: float
    nothing: float
    move: float


class Limits(NamedTuple):
    """One campaign's table and ranges, arrays by dialer."""

    table: Floats  # [4, agent lines, dial lines]
    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    room: Ints  # most ports on each dialer
    agent_cost: Ints  # ports that one agent line takes
    block: Ints  # of the dialers: what is lost with one failure, see Model.block
    order: Ints  # of the dialers in programmes: those with the same costs one after the other
    agents: int  # agent lines to split
    uncounted: bool  # whether any number of them may be used, since rows of pools charge them
    min_used: int  # dialers used that are told apart: so many, or more unless ``exactly``
    least_used: int  # dialers that a split with lines uses at the least
    asked: int  # dialers asked for
    may_be_empty: bool
    exactly: bool  # so many dialers and no more
    min_agents: int
    concave: bool  # each dial line adds fewer handled calls than the one before
    now_n: Ints  # current dial lines
    now_a: Ints  # current agent lines
    most_calls: float  # most handled calls on one dialer


class Split(NamedTuple):
    """Lines per dialer and an upper bound on the value of any split at the prices asked."""

    bound: float
    dial_lines: Ints
    agent_lines: Ints


@compiled
def paid_more(prices: Prices, more: float) -> Prices:
    """The prices with so much more paid for each call."""
    return Prices(
        prices.call + more,
        prices.dial,
        prices.agent,
        prices.attempt,
        prices.abandoned,
        prices.answered,
        prices.missing,
        prices.surviving,
        prices.nothing,
        prices.move,
    )
