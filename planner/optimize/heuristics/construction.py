"""Construction of a plan: campaigns one after the other, each priced within what is left.

The duals say which lines pay, so that those who come first leave to the others what earns more
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.contracts.limits import MAX_LINES
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.columns import Column, least_columns, make_column
from planner.optimize.model.duals import Duals
from planner.optimize.model.model import Model
from planner.optimize.model.repair import hold_abandonment, secure_survival
from planner.optimize.model.tables import HANDLED
from planner.optimize.model.usage import Usage
from planner.optimize.pricing.all_campaigns import FleetPrices, own_prices
from planner.optimize.pricing.pricer import PricingEffort
from planner.optimize.pricing.prices import Prices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: A column with at least this share of its campaign in the relaxation is taken as it is.
WHOLE = 0.99
#: Where campaigns find no place, all is tried again with lines so many times as dear; even prices
#: are never enough.
DEARER = (1.0, 1.3, 1.7)
#: So often a campaign is priced, each time with half the lines where it exceeds a limit.
TRIES = 8
#: Cutting lines for survival may break an abandonment limit again: so often both are looked at.
CUTS = 3
#: An abandoned call costs so many handled ones where a campaign that must survive breaks its limit.
ABANDONED_PRICE = 4.0


def constructed(
    master: RestrictedMaster, duals: Duals, mix: Sequence[tuple[Column, float]] = ()
) -> tuple[list[Column], bool]:
    """A plan as one column per campaign, and whether every campaign found a place.

    Columns that a relaxation's ``mix`` takes whole come first, then campaigns that are hard to
    place, then the most valuable. One without a place has the least lines it may have.
    """
    model = master.model
    whole = _whole(model, mix)
    found: dict[int, Column] = {}
    for dearer in DEARER if mix else DEARER[1:]:
        dear = replace(duals, capacity=dearer * duals.capacity)
        found = _filled(master, dear, whole, quickly=not mix)
        if len(found) == model.campaigns:
            break
    return [found.get(k.campaign, k) for k in least_columns(model)], len(found) == model.campaigns


def _filled(
    master: RestrictedMaster, duals: Duals, whole: Iterable[Column], quickly: bool
) -> dict[int, Column]:
    """Columns by campaign, beside ``whole`` ones, of all that find a place.

    What must survive is first looked for on one dialer of each failure domain where it is to go
    ``quickly``, else on all.
    """
    model = master.model
    found = {column.campaign: column for column in whole}
    least = {k.campaign: k for k in least_columns(model) if k.campaign not in found}
    usage = Usage(model, [*found.values(), *least.values()])  # room is kept for locked lines
    prices = master.lagrangian.fleet_prices(duals)
    hard = (~model.box.n_low.any(axis=1), model.survivable == 0)
    for c in np.lexsort((-model.value, *hard[::-1])).tolist():
        if c in least:
            usage.add(least[c], -1.0)
            column = _placed(master, usage, prices, c, quickly)
            if column is None:
                usage.add(least[c])
            else:
                found[c] = column
    return found


def _whole(model: Model, mix: Iterable[tuple[Column, float]]) -> list[Column]:
    """Columns that have almost all of their campaign, as many as the fleet has room for.

    Parts of almost one may fit where the whole columns do not.
    """
    least = least_columns(model)
    usage, found = Usage(model, least), []
    for column, share in mix:
        if share > WHOLE and column.holds_own_limits:
            usage.add(least[column.campaign], -1.0)
            usage.add(column)
            if usage.fits():
                found.append(column)
            else:
                usage.add(column, -1.0)
                usage.add(least[column.campaign])
    return found


def _placed(
    master: RestrictedMaster, usage: Usage, prices: FleetPrices, c: int, quickly: bool
) -> Column | None:
    """A good column of a campaign beside those counted in ``usage``; it is counted there too."""
    model = master.model
    own, left = own_prices(prices, c), _lines_left(model, usage)
    ways = [(left, own)]
    if model.survivable[c] > 0:
        narrow = _largest_of_each_domain(model, left)
        ways.insert(0 if quickly else 1, (narrow, own))
        if c in master.abandon_rows:
            dear, limit = ABANDONED_PRICE * model.value[c], model.abandon_limit[c]
            ways.append((narrow, own._replace(abandoned=dear, answered=dear * limit)))
    for room, charged in ways:
        column = _best_in(master, usage, charged, prices.short[c], c, room)
        if column is not None:
            return column
    return None


def _best_in(
    master: RestrictedMaster, usage: Usage, prices: Prices, short: Floats, c: int, room: Ints
) -> Column | None:
    """The best column in so much room, with fewer lines where that breaks a limit of the fleet."""
    model, lagrangian = master.model, master.lagrangian
    for _ in range(TRIES):
        pricer = lagrangian.pricer(c, model.box).within(room)
        split = pricer.best(prices, short, PricingEffort.HEURISTIC)
        if split is None:
            return None
        column = _mended(master, c, split.dial_lines, split.agent_lines)
        if column is None:
            return None
        usage.add(column)
        over = usage.over()
        if not over.any():
            return column
        usage.add(column, -1.0)
        half = (column.dial_lines + column.agent_lines) // 2
        room = np.where(model.members[over].any(axis=0), half, room)
    return None


def _mended(master: RestrictedMaster, c: int, dial_lines: Ints, agent_lines: Ints) -> Column | None:
    """The column of a split that is cut until it holds its campaign's limits; None: it cannot.

    Where cutting dial lines is not enough, all its dialers get as few lines as any has.
    """
    model, fleet = master.model, master.lagrangian.fleet
    used = dial_lines > 0
    fewest = (
        np.where(used, lines[used].min(initial=MAX_LINES), 0) for lines in (dial_lines, agent_lines)
    )
    for lines in ((dial_lines, agent_lines), fewest):
        dial, agent = (array.copy() for array in lines)
        _hold_dial_lines(model, c, dial, agent)
        for _ in range(CUTS):
            if not hold_abandonment(fleet, c, dial, agent):
                break
            if not secure_survival(fleet, c, dial, agent):
                break
            column = make_column(model, c, dial, agent)
            if column.holds_own_limits and model.box.contains(c, dial, agent):
                return column
    return None


def _hold_dial_lines(model: Model, c: int, dial: Ints, agent: Ints) -> None:
    """Cut the dial lines that earn least until the campaign has no more than it may."""
    calls = model.tables[c][HANDLED]
    least = np.maximum(np.maximum(agent, 1), model.box.n_low[c])
    while dial.sum() > model.max_dial_lines[c] and np.any(dial > least):
        earned = calls[agent, dial] - calls[agent, np.maximum(dial - 1, 0)]
        dial[int(np.argmin(np.where(dial > least, earned, np.inf)))] -= 1


def _lines_left(model: Model, usage: Usage) -> Ints:
    """Lines that each dialer still has room for: ports, and channels that it shares."""
    left = np.where(model.counts_lines, np.floor(model.limits - usage.capacity + 0.5), np.inf)
    rows = np.where(model.members > 0, left[:, None], np.inf)
    found: Ints = np.maximum(rows.min(axis=0), 0.0).astype(np.int64)
    return found


def _largest_of_each_domain(model: Model, room: Ints) -> Ints:
    """The room of one dialer in each failure domain, where most is left.

    On these what a domain may carry is told exactly, where several dialers of one only bound it.
    """
    found = np.zeros_like(room)
    for g in range(model.domains):
        d = int(np.argmax(np.where(model.domain == g, room, -1)))
        found[d] = room[d]
    return found
