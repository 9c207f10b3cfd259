"""The model as flat arrays that compiled code works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import inlined, lean
from planner.optimize.model.model import ABANDONED, ANSWERED, HANDLED, Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: A sum of floating-point rates exceeds a limit only beyond this share of it.
ROUNDING = 1e-10
NONE = -1


class Fleet(NamedTuple):
    """A model for compiled code; ``[campaign, dialer]`` as everywhere.

    The entry for figure k of campaign c with a agent and n dial lines is
    ``flat[base[c] + (k * rows[c] + a) * width[c] + n]``.
    """

    flat: Floats
    base: Ints  # [campaign]
    rows: Ints  # [campaign] agent counts of its table
    width: Ints  # [campaign] dial-line counts of its table
    most_lines: Ints  # [campaign, agents] most dial lines that hold the abandonment limit
    frozen: NDArray[np.bool_]  # [campaign] whose lines depend on each other, to hold its limits
    room: Ints  # [dialer] ports
    agent_cost: Ints  # [dialer]
    domain: Ints  # [dialer]
    domain_order: Ints  # the dialers, domain by domain
    lost: NDArray[np.bool_]  # [failure, dialer]
    parts: NDArray[np.bool_]  # [part, dialer] what is lost together
    pairs: bool  # whether any two parts may be lost at once
    parts_of: Ints  # [dialer, k] parts it belongs to, NONE where fewer
    capacities_of: Ints  # [dialer, k] limits beside its ports, NONE where fewer
    counts_lines: NDArray[np.bool_]  # [capacity]
    limit: Floats  # [capacity]
    value: Floats
    agents: Ints
    max_lines: Ints
    min_used: Ints
    min_agents: Ints
    survivable: Floats
    abandon_limit: Floats  # [campaign] inf where there is none
    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    weight: float
    now_n: Ints  # current dial lines
    now_a: Ints  # current agent lines
    move_cost: float  # per line added against the current ones


def fleet_arrays(model: Model) -> Fleet:
    """The model for compiled code; shares its tables."""
    ports = [k for k in model.capacities if k.is_ports]
    others = [k for k in model.capacities if not k.is_ports]
    room = np.zeros(model.dialers, dtype=np.int64)
    for capacity in ports:
        room[capacity.members] = int(capacity.limit)
    of_dialer = [[k for k, cap in enumerate(others) if cap.members[d]] for d in range(len(room))]
    most_lines = _most_lines(model)
    return Fleet(
        flat=model.flat,
        base=model.base,
        rows=np.array([t.shape[1] for t in model.tables], dtype=np.int64),
        width=np.array([t.shape[2] for t in model.tables], dtype=np.int64),
        most_lines=most_lines,
        frozen=(model.survivable > 0) | _locked_over(model, most_lines),
        room=room,
        agent_cost=model.agent_cost,
        domain=model.domain,
        domain_order=np.argsort(model.domain, kind="stable").astype(np.int64),
        lost=model.lost,
        parts=model.parts,
        pairs=model.pairs,
        parts_of=_padded([np.flatnonzero(row) for row in model.parts.T]),
        capacities_of=_padded(of_dialer),
        counts_lines=np.array([k.counts_lines for k in others], dtype=np.bool_),
        limit=np.array([k.limit for k in others], dtype=np.float64),
        value=model.value,
        agents=model.agents,
        max_lines=model.max_dial_lines,
        min_used=model.min_dialers,
        min_agents=model.min_agent_lines,
        survivable=model.survivable,
        abandon_limit=model.abandon_limit,
        n_low=model.box.n_low,
        n_high=model.box.n_high,
        a_low=model.box.a_low,
        a_high=model.box.a_high,
        weight=float(model.weight),
        now_n=model.now_dial_lines,
        now_a=model.now_agent_lines,
        move_cost=float(model.move_cost),
    )


def _padded(lists: Sequence[Sequence[int] | Ints]) -> Ints:
    """Lists of numbers as the rows of one array, NONE where they end."""
    most = max((len(mine) for mine in lists), default=0)
    rows = np.full((len(lists), max(most, 1)), NONE, dtype=np.int64)
    for row, mine in zip(rows, lists, strict=True):
        row[: len(mine)] = mine
    return rows


def _most_lines(model: Model) -> Ints:
    """Most dial lines by agent lines up to which every entry holds the abandonment limit."""
    rows = max((t.shape[1] for t in model.tables), default=1)
    found = np.full((model.campaigns, rows), -1, dtype=np.int64)
    for c, table in enumerate(model.tables):
        count, width = table.shape[1:]
        found[c, :count] = width - 1
        if np.isinf(model.abandon_limit[c]):
            continue
        over = table[ABANDONED] - model.abandon_limit[c] * table[ANSWERED]
        broken = over > ROUNDING * (1.0 + table[ANSWERED])
        for a in range(count):
            where = np.flatnonzero(broken[a, a:])
            if len(where):
                found[c, a] = a + where[0] - 1 if where[0] else -1
    return found


def _locked_over(model: Model, most_lines: Ints) -> NDArray[np.bool_]:
    """Campaigns with locked lines that break the abandonment limit by themselves."""
    campaigns = np.arange(model.campaigns)[:, None]
    locked = most_lines[campaigns, np.minimum(model.box.a_low, most_lines.shape[1] - 1)]
    over: NDArray[np.bool_] = (model.box.n_low > locked).any(axis=1)
    return over & np.isfinite(model.abandon_limit)


@inlined
def entry(f: Fleet, figure: int, c: int, a: int, n: int) -> float:
    """One entry of a campaign's table."""
    value: float = f.flat[f.base[c] + (figure * f.rows[c] + a) * f.width[c] + n]
    return value


@lean
def objective(f: Fleet, value: Floats) -> float:
    """(1 - w) * value + w * value surviving, from the value on each dialer."""
    total = value.sum()
    most, second = 0.0, 0.0
    if f.weight > 0:
        for k in range(len(f.parts)):
            lost = 0.0
            for d in range(len(value)):
                if f.parts[k, d]:
                    lost += value[d]
            second = max(second, min(lost, most))
            most = max(most, lost)
    return float(total - f.weight * (most + second if f.pairs else most))


@lean
def _mirror(f: Fleet, c: int, keep: float, dial: Ints, agent: Ints) -> None:
    """Where only equal shares of the dialers used will do, give all the lines of the least."""
    count, least, fewest = 0, -1, np.inf
    for d in range(len(dial)):
        if dial[d] > 0:
            count += 1
            calls = entry(f, HANDLED, c, agent[d], dial[d])
            if calls < fewest:
                least, fewest = d, calls
    if abs(keep * count - 1.0) > ROUNDING:
        return
    a = min(agent[least], f.agents[c] // count)
    n = min(dial[least], f.max_lines[c] // count, f.most_lines[c, a])
    if a < f.min_agents[c] or n < max(a, 1):
        return
    for d in range(len(dial)):
        if dial[d] > 0 and not (
            f.n_low[c, d] <= n <= f.n_high[c, d] and f.a_low[c, d] <= a <= f.a_high[c, d]
        ):
            return
    for d in range(len(dial)):
        if dial[d] > 0:
            dial[d] = n
            agent[d] = a


@lean
def secure_survival(f: Fleet, c: int, dial: Ints, agent: Ints) -> bool:
    """Cut lines where too much would be lost at once; whether enough survives."""
    keep = 1.0 - f.survivable[c]
    _mirror(f, c, keep, dial, agent)
    for _ in range(100_000):
        total = 0.0
        for d in range(len(dial)):
            if dial[d] > 0:
                total += entry(f, HANDLED, c, agent[d], dial[d])
        worst, most = -1, keep * total + ROUNDING * (1.0 + total)
        for g in range(len(f.lost)):
            lost = 0.0
            for d in range(len(dial)):
                if dial[d] > 0 and f.lost[g, d]:
                    lost += entry(f, HANDLED, c, agent[d], dial[d])
            if lost > most:
                worst, most = g, lost
        if worst < 0:
            return True
        cut, least = -1, np.inf
        for d in range(len(dial)):
            a, n = agent[d], dial[d]
            if f.lost[worst, d] and n > max(a, 1, f.n_low[c, d]):
                gain = entry(f, HANDLED, c, a, n) - entry(f, HANDLED, c, a, n - 1)
                if gain < least:
                    cut, least = d, gain
        if cut < 0:
            return False
        dial[cut] -= 1
    return False


@lean
def hold_abandonment(f: Fleet, c: int, dial: Ints, agent: Ints) -> bool:
    """Cut dial lines until the campaign as a whole holds its abandonment limit; whether it does."""
    limit = f.abandon_limit[c]
    if limit == np.inf:
        return True
    while True:
        over, answered = 0.0, 0.0
        for d in range(len(dial)):
            if dial[d] > 0:
                over += _over_limit(f, c, agent[d], dial[d])
                answered += entry(f, ANSWERED, c, agent[d], dial[d])
        if over <= ROUNDING * (1.0 + answered):
            return True
        cut, least = -1, np.inf
        for d in range(len(dial)):
            a, n = agent[d], dial[d]
            if n > max(a, 1, f.n_low[c, d]):
                relief = _over_limit(f, c, a, n) - _over_limit(f, c, a, n - 1)
                cost = entry(f, HANDLED, c, a, n) - entry(f, HANDLED, c, a, n - 1)
                if relief > 0 and cost / relief < least:
                    cut, least = d, cost / relief
        if cut < 0:
            return False
        dial[cut] -= 1


@inlined
def _over_limit(f: Fleet, c: int, a: int, n: int) -> float:
    """Abandoned calls over the limit's share of those answered, below 0 where fewer."""
    over: float = entry(f, ABANDONED, c, a, n) - f.abandon_limit[c] * entry(f, ANSWERED, c, a, n)
    return over
