"""Cuts lines until a split survives a failure, or holds its abandonment limit."""

from __future__ import annotations

import numpy as np

from planner.compiling.compiled import inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.model.fleet import Fleet, Ints, entry
from planner.optimize.model.tables import ABANDONED, ANSWERED, HANDLED


@lean
def secure_survival(f: Fleet, c: int, dial: Ints, agent: Ints) -> bool:
    """Cut lines where too much would be lost at once; whether enough survives."""
    keep = 1.0 - f.survivable[c]
    for _ in range(100_000):
        total = 0.0
        for d in range(len(dial)):
            if dial[d] > 0:
                total += entry(f, HANDLED, c, agent[d], dial[d])
        worst, most = -1, keep * total + SEARCH_ROUNDING * (1.0 + total)
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
def share_missing(f: Fleet, c: int, dial: Ints, agent: Ints) -> int:
    """Per cents missing of the share that must survive, in the worst failure, rounded up."""
    total, worst = 0.0, 0.0
    for d in range(len(dial)):
        if dial[d] > 0:
            total += entry(f, HANDLED, c, agent[d], dial[d])
    if total <= 0.0:
        return 0
    for g in range(len(f.lost)):
        lost = 0.0
        for d in range(len(dial)):
            if dial[d] > 0 and f.lost[g, d]:
                lost += entry(f, HANDLED, c, agent[d], dial[d])
        worst = max(worst, lost)
    missing = np.ceil(100.0 * (f.survivable[c] - (1.0 - worst / total)) - 1e-6)
    return int(max(missing, 0.0))


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
        if over <= SEARCH_ROUNDING * (1.0 + answered):
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
