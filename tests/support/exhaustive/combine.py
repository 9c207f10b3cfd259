"""The best choice of one split per campaign within shared capacities, exactly.

Weak duality: for any prices >= 0 of the shared rows, a choice that keeps the capacities has

    value <= prices . capacity + sum over campaigns of (value - prices . use) of its split
          =  bound - sum over campaigns of loss,   loss = campaign's largest reduced value - own.

So a choice worth at least `bound - reach` consists of splits whose losses add up to at most
`reach`. All such choices are listed. If the best of them is worth `bound - reach` or more, no
other choice can be better; otherwise `reach` grows, at last to all splits. Prices may be poor
without harm: they only decide how much has to be listed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .shared import ABSOLUTE, allowed

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = Any  # numbers of rows or a mask of them

PRICE_STEPS = 200
PAIRS_AT_ONCE = 400_000
MOST_TO_COMPARE = 3_000  # of those kept, the first few drop nearly all that can be dropped
FLOAT_NOISE = 1e-10  # of the scale of the values, so that a rounding error drops nothing


@dataclass(frozen=True)
class Choices:
    """Splits of one campaign: use [split, row]; value [split, 0: all, then per failure]."""

    use: Array
    value: Array

    def only(self, rows: Rows) -> "Choices":
        """A selection of the splits."""
        return Choices(self.use[rows], self.value[rows])


def objective(value: Array, redundancy: float) -> Array:
    """`(1 - w) F + w min_g W_g` of rows of summed values."""
    if redundancy == 0 or value.shape[1] == 1:
        return value[:, 0]
    result: Array = (1 - redundancy) * value[:, 0] + redundancy * value[:, 1:].min(axis=1)
    return result


def best_choice(
    campaigns: list[Choices], capacity: Array, redundancy: float
) -> tuple[float, list[int]] | None:
    """Best objective and the split of each campaign, or None where no choice fits."""
    if any(len(one.use) == 0 for one in campaigns):
        return None
    ceiling = allowed(capacity)
    if redundancy == 0:  # what is left after failures does not count then
        campaigns = [Choices(one.use, one.value[:, :1]) for one in campaigns]
    campaigns, ceiling = _binding_rows(campaigns, ceiling)
    origin = [_cheapest_of_equal_use(one) for one in campaigns]
    campaigns = [one.only(rows) for one, rows in zip(campaigns, origin, strict=True)]
    bound, losses = _bound(campaigns, ceiling, redundancy)
    scale = max(1.0, abs(bound), *(float(np.abs(one.value).max()) for one in campaigns))
    everything = sum(float(loss.max()) for loss in losses)
    reach = 0.001 * scale
    while True:
        rows = [np.flatnonzero(loss <= reach + FLOAT_NOISE * scale) for loss in losses]
        found = _list_choices(
            [one.only(some) for one, some in zip(campaigns, rows, strict=True)],
            [loss[some] for loss, some in zip(losses, rows, strict=True)],
            ceiling,
            redundancy,
            reach + FLOAT_NOISE * scale,
        )
        if (found is not None and found[0] >= bound - reach) or reach >= everything:
            break
        # a choice as good as the one found is within bound - found: no need to look farther
        reach = 4 * reach if found is None else min(4 * reach, bound - found[0])
    if found is None:
        return None
    picks = [int(origin[c][rows[c][pick]]) for c, pick in enumerate(found[1])]
    return found[0], picks


def _binding_rows(campaigns: list[Choices], ceiling: Array) -> tuple[list[Choices], Array]:
    """Drop splits that exceed a capacity alone, then rows that no choice can exceed."""
    kept = [one.only((one.use <= ceiling).all(axis=1)) for one in campaigns]
    if any(len(one.use) == 0 for one in kept):
        raise ValueError("splits over a capacity must be taken out before")
    most = np.stack([one.use.max(axis=0) for one in kept])
    rows = most.sum(axis=0) > ceiling
    return [Choices(one.use[:, rows], one.value) for one in kept], ceiling[rows]


def _cheapest_of_equal_use(one: Choices) -> Ints:
    """Of splits with the same use only the most valuable one can be needed.

    With several values per split (redundancy) only exact repetitions are dropped.
    """
    order = np.lexsort(np.hstack([-one.value[:, ::-1], one.use]).T)
    columns = one.use if one.value.shape[1] == 1 else np.hstack([one.use, one.value])
    ordered = columns[order]
    first = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))
    return np.asarray(order[first])


def undominated(costs: Array) -> Ints:
    """Rows without most of those that another row undercuts or equals in every column.

    A dominated split uses no less, misses no less and brings no more than another: put the
    other one in its place, and any plan still fits and is as good. A row is dropped only for
    one that is kept, so keeping some dominated rows (to save time) does no harm.
    """
    order = np.lexsort(costs.T[::-1])  # whoever dominates a row comes before it
    kept = np.zeros((0, costs.shape[1]))
    names: list[Ints] = []
    block = 256
    for start in range(0, len(order), block):
        some = order[start : start + block]
        some = some[~_any_below(kept[:MOST_TO_COMPARE], costs[some])]
        inside = costs[some]
        below = (inside[:, None, :] <= inside[None, :, :]).all(axis=2)
        some = some[~np.triu(below, 1).any(axis=0)]
        kept = np.vstack([kept, costs[some]])
        names.append(some)
    return np.concatenate(names) if names else np.zeros(0, dtype=np.int64)


def _any_below(kept: Array, rows: Array) -> NDArray[np.bool_]:
    """For each row, whether some kept row is <= in every column."""
    above = np.zeros((len(kept), len(rows)), dtype=bool)
    for column in range(kept.shape[1]):
        np.logical_or(above, kept[:, column, None] > rows[None, :, column], out=above)
    return np.asarray(~above.all(axis=0))


def _bound(
    campaigns: list[Choices], ceiling: Array, redundancy: float
) -> tuple[float, list[Array]]:
    """A bound on the objective and each split's loss, at prices found by subgradient steps.

    `min_g W_g <= sum_g mix_g W_g` for weights that add up to 1, so with failures in the
    objective the weights are a second kind of multiplier; any are right.
    """
    capacity = np.maximum(ceiling, ABSOLUTE)
    use = [one.use / capacity for one in campaigns]  # prices are of a whole capacity then
    failures = campaigns[0].value.shape[1] - 1
    weight = redundancy if failures else 0.0
    prices, mix = np.zeros(len(capacity)), np.full(failures, 1.0 / max(failures, 1))
    best: tuple[float, list[Array]] | None = None
    best_at, slack, stale = (prices, mix), 0.0, 0
    for _ in range(PRICE_STEPS):
        weights = np.concatenate([[1.0 - weight], weight * mix])
        reduced = [one.value @ weights - u @ prices for one, u in zip(campaigns, use, strict=True)]
        picks = [int(r.argmax()) for r in reduced]
        tops = [r[pick] for r, pick in zip(reduced, picks, strict=True)]
        bound = float(prices.sum() + sum(tops))
        if best is None or bound < best[0]:
            losses = [top - r for r, top in zip(reduced, tops, strict=True)]
            slack = slack or 0.2 * max(abs(bound), 1e-9)
            best, best_at, stale = (bound, losses), (prices, mix), 0
        else:
            stale += 1
        if stale >= 6:
            slack, stale = slack / 2, 0
            prices, mix = best_at
            continue
        left = 1.0 - sum(u[pick] for u, pick in zip(use, picks, strict=True))
        after = [one.value[pick, 1:] for one, pick in zip(campaigns, picks, strict=True)]
        lost = weight * np.sum(after, axis=0)
        lost = (lost - lost.mean()) / max(abs(best[0]), 1e-9) if failures else np.zeros(0)
        length = float(left @ left + lost @ lost)
        if length == 0:
            break
        step = (bound - best[0] + slack) / length
        prices = np.maximum(prices - step * left, 0.0)
        mix = _onto_simplex(mix - step / max(abs(best[0]), 1e-9) * lost)
    assert best is not None
    return best


def _onto_simplex(point: Array) -> Array:
    """The nearest weights >= 0 that add up to 1."""
    if len(point) == 0:
        return point
    high = np.sort(point)[::-1]
    excess = (np.cumsum(high) - 1.0) / np.arange(1, len(point) + 1)
    shift = excess[np.flatnonzero(high > excess)[-1]]
    weights = np.maximum(point - shift, 0.0)
    return np.asarray(weights / weights.sum())


def _list_choices(
    campaigns: list[Choices],
    losses: list[Array],
    ceiling: Array,
    redundancy: float,
    reach: float,
) -> tuple[float, list[int]] | None:
    """Best of all choices whose losses add up to at most `reach`.

    Campaign after campaign every partial choice is kept that may still fit (the others need
    at least their smallest use of each row), but for dominated ones.
    """
    small = [_undominated_choices(one) for one in campaigns]
    order = sorted(range(len(campaigns)), key=lambda c: len(small[c]))
    least = [campaigns[c].only(small[c]).use.min(axis=0) for c in order]
    partial = Choices(np.zeros((1, len(ceiling))), np.zeros((1, campaigns[0].value.shape[1])))
    lost, picks = np.zeros(1), np.zeros((1, 0), dtype=np.int64)
    for depth, c in enumerate(order):
        room = ceiling - sum(least[depth + 1 :], start=np.zeros(len(ceiling)))
        rows = small[c][np.argsort(losses[c][small[c]], kind="stable")]
        last = depth == len(order) - 1
        partial, lost, picks = _extend(
            partial,
            lost,
            picks,
            campaigns[c].only(rows),
            losses[c][rows],
            rows,
            room,
            reach,
            redundancy if last else None,
        )
        if len(lost) == 0:
            return None
        if not last:
            kept = _undominated_choices(partial)
            partial, lost, picks = partial.only(kept), lost[kept], picks[kept]
    value = objective(partial.value, redundancy)
    top = int(value.argmax())
    by_campaign = dict(zip(order, picks[top].tolist(), strict=True))
    return float(value[top]), [by_campaign[c] for c in range(len(campaigns))]


def _undominated_choices(one: Choices) -> Ints:
    kept = _cheapest_of_equal_use(one)
    return kept[undominated(np.hstack([-one.value, one.use])[kept])]


def _extend(
    partial: Choices,
    lost: Array,
    picks: Ints,
    splits: Choices,
    losses: Array,
    names: Ints,
    room: Array,
    reach: float,
    best_only: float | None,
) -> tuple[Choices, Array, Ints]:
    """Every partial choice with every split of one more campaign, within room and reach.

    The splits come by rising loss, so those within reach of a partial choice are the first
    few. With `best_only` (a redundancy) only the best choice of each chunk is kept.
    """
    counts = np.searchsorted(losses, reach - lost, side="right")
    found: list[tuple[Array, Array, Array, Ints]] = []
    start = 0
    while start < len(lost):
        ends = np.cumsum(counts[start:])
        stop = start + max(1, int(np.searchsorted(ends, PAIRS_AT_ONCE, side="right")))
        here = counts[start:stop]
        left = np.repeat(np.arange(start, stop), here)
        right = np.arange(len(left)) - np.repeat(np.cumsum(here) - here, here)
        use = partial.use[left] + splits.use[right]
        fits = (use <= room).all(axis=1)
        left, right, use = left[fits], right[fits], use[fits]
        value = partial.value[left] + splits.value[right]
        if best_only is not None and len(left):
            top = np.array([objective(value, best_only).argmax()])
            left, right, use, value = left[top], right[top], use[top], value[top]
        both = np.hstack([picks[left], names[right][:, None]])
        found.append((use, value, lost[left] + losses[right], both))
        start = stop
    return (
        Choices(np.vstack([f[0] for f in found]), np.vstack([f[1] for f in found])),
        np.concatenate([f[2] for f in found]),
        np.vstack([f[3] for f in found]),
    )
