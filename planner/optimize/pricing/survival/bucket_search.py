"""Searches the buckets of a campaign that must survive for its best split; compiled."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, lean
from planner.optimize.model.copies import copy_split
from planner.optimize.model.fleet import Fleet
from planner.optimize.model.repair import secure_survival, share_missing
from planner.optimize.pricing.prices import NEVER, Limits, Prices
from planner.optimize.pricing.split_program import split_worth
from planner.optimize.pricing.survival.buckets import (
    BucketPieces,
    Buckets,
    best_in_bucket,
    best_in_piece,
    block_cap,
    calls_of,
    pair_cap,
    tighten_piece,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: A bucket is split in two up to so often at a time, until its ends are so close.
MOST_SPLITS, NARROW = 160, 0.999999
#: So often is looked at buckets and pieces for one split, where one is known: most take a few
#: hundred, a hundredth some thousands, and a few would take half a minute.
MOST_EVALUATIONS = 20_000
#: It is no use to go on where so many splits leave more than this share of what was unproven.
SPLITS_AT_A_TIME, STALLED = 16, 0.95
#: Pieces of a bucket looked at for a likely split: those that were best last.
LIKELY_PIECES = 6
#: What comes next for a bucket or a piece of one.
_BUCKET, _SEEN, _TIGHTENED, _SPLIT = 0.0, 1.0, 2.0, 3.0


class Case(NamedTuple):
    """One campaign at some prices."""

    limits: Limits
    prices: Prices
    fleet: Fleet
    campaign: int
    buckets: Buckets
    pieces: BucketPieces
    most_used: int  # pieces are told apart by the dialers used up to so many


class Found(NamedTuple):
    """Bound of the split found, NEVER if there is none; its bucket; what it took."""

    bound: float
    place: int
    mended: int
    bucket_evaluations: int


@compiled
def quick_split(case: Case, dial: Ints, agent: Ints) -> float:
    """A bound on all splits, and one of them."""
    if len(case.buckets.low) == 0:
        return NEVER
    return best_in_bucket(case.limits, case.prices, case.buckets, 0, dial, agent)


@compiled
def likely_split(
    case: Case, known_dial: Ints, known_agent: Ints, place: int, dial: Ints, agent: Ints
) -> Found:
    """A good split and its worth: of the best bucket around ``place``, where it was last."""
    quick = quick_split(case, dial, agent)
    if quick <= NEVER:
        return Found(NEVER, place, 0, 1)
    last = len(case.buckets.low) - 1
    if place < 0:
        place, calls = 0, calls_of(case.limits, dial, agent)
        while place < last and case.buckets.low[place] >= calls:
            place += 1
    known = best_known(case, known_dial, known_agent)[0]
    near_dial, near_agent = np.empty_like(dial), np.empty_like(agent)
    best, evaluations = _near(case, place, NEVER, known, near_dial, near_agent)
    evaluations += 1
    best_dial, best_agent = near_dial.copy(), near_agent.copy()
    for step in (-1, 1):
        while 0 <= place + step <= last:
            found, more = _near(case, place + step, best, known, near_dial, near_agent)
            evaluations += more
            if found <= best:
                break
            best, place = found, place + step
            copy_split(near_dial, near_agent, best_dial, best_agent)
    if best <= NEVER:
        copy_split(dial, agent, best_dial, best_agent)
    if not secure_survival(case.fleet, case.campaign, best_dial, best_agent):
        return Found(quick, place, 0, evaluations)
    copy_split(best_dial, best_agent, dial, agent)
    return Found(own_worth(case, dial, agent), place, 1, evaluations)


@compiled
def _near(
    case: Case, place: int, enough: float, known: float, dial: Ints, agent: Ints
) -> tuple[float, int]:
    """Best split of a bucket's likely pieces, tightened down to ``enough``; evaluations."""
    limits, prices, buckets, pieces = case.limits, case.prices, case.buckets, case.pieces
    mine = _of_bucket(pieces, place)
    mine = mine[np.argsort(-pieces.last[mine], kind="mergesort")][:LIKELY_PIECES]
    best, evaluations = NEVER, 0
    copy_split(limits.n_low, limits.a_low, dial, agent)
    here_dial, here_agent = dial.copy(), agent.copy()
    for p in mine:
        price, above = pieces.price[p], max(enough, best)
        bound = best_in_piece(limits, prices, buckets, pieces, p, price, here_dial, here_agent)
        bound, more = tighten_piece(
            limits, prices, buckets, pieces, p, bound, here_dial, here_agent, above, known
        )
        evaluations += 1 + more
        if bound > best:
            best = bound
            copy_split(here_dial, here_agent, dial, agent)
    return best, evaluations


class _Proof(NamedTuple):
    """What a proof works on."""

    dial: Ints  # [piece, dialer] the split that attains the piece's bound about
    agent: Ints
    bound: Floats  # [piece]
    best_dial: Ints  # [dialer] of the best split known
    best_agent: Ints
    mended: Ints  # [split, dial or agent lines, dialer] splits cut until they survive
    worth: Floats  # see _KNOWN and _UNPROVEN
    counts: Ints  # see _EVALUATIONS to _ORDER


_KNOWN, _UNPROVEN = 0, 1
_EVALUATIONS, _SPLITS, _MENDED, _ORDER = 0, 1, 2, 3
#: By bound, highest first, equals in the order they came: (-bound, order, stage, bucket, piece).
_Queue = list[tuple[float, float, float, float, float]]


@compiled
def proven_split(
    case: Case, known_dial: Ints, known_agent: Ints, slack: float, least: float,
    dial: Ints, agent: Ints, mended: Ints,
) -> Found:  # fmt: skip
    """Best split and a bound on all, within ``slack`` of a split's worth where it is quick.

    Buckets not looked at yet have the bound of the one before, since a smaller cap gives no
    more. Pieces of buckets are looked at, then tightened, then split as far as it matters. No
    split is worth less than ``least``. The pieces must have room for as many as are split, and
    ``mended``, [split, dial or agent lines, dialer], for those that were cut until they survive.
    """
    w = _begin_proof(case, known_dial, known_agent, mended)
    counts = w.counts
    queue = [(-np.inf, 0.0, _BUCKET, 0.0, 0.0)]
    while len(queue) > 0 and queue[0][0] < -NEVER and len(case.buckets.low) > 0:
        entry = heapq.heappop(queue)
        bound, stage, place, p = -entry[0], entry[2], int(entry[3]), int(entry[4])
        if counts[_EVALUATIONS] > MOST_EVALUATIONS and w.worth[_KNOWN] > NEVER:
            copy_split(w.best_dial, w.best_agent, dial, agent)
            return Found(max(bound, w.worth[_KNOWN]), place, counts[_MENDED], counts[_EVALUATIONS])
        if stage == _BUCKET:
            _open_bucket(case, w, queue, bound, place, dial, agent)
        elif stage == _SEEN:
            _look(case, w, queue, bound, place, p)
        elif stage == _TIGHTENED:
            _tighten(case, w, queue, bound, place, p, least)
        elif _ends(case, w, bound, p, slack, dial, agent):
            return Found(bound, place, counts[_MENDED], counts[_EVALUATIONS])
        else:
            other = _split_piece(case.pieces, case.buckets, p, case.most_used)
            _push(w, queue, bound, _SEEN, place, p)
            _push(w, queue, bound, _SEEN, place, other)
    return Found(NEVER, -1, counts[_MENDED], counts[_EVALUATIONS])


@compiled
def _begin_proof(case: Case, known_dial: Ints, known_agent: Ints, mended: Ints) -> _Proof:
    known, which = best_known(case, known_dial, known_agent)
    pieces, dialers = len(case.pieces.low), len(case.limits.room)
    best_dial, best_agent = np.zeros(dialers, np.int64), np.zeros(dialers, np.int64)
    if which >= 0:
        copy_split(known_dial[which], known_agent[which], best_dial, best_agent)
    return _Proof(
        np.zeros((pieces, dialers), np.int64),
        np.zeros((pieces, dialers), np.int64),
        np.zeros(pieces),
        best_dial,
        best_agent,
        mended,
        np.array([known, np.inf]),
        np.zeros(4, np.int64),
    )


@compiled
def _push(w: _Proof, queue: _Queue, bound: float, stage: float, place: int, piece: int) -> None:
    w.counts[_ORDER] += 1
    heapq.heappush(queue, (-bound, float(w.counts[_ORDER]), stage, float(place), float(piece)))


@compiled
def _open_bucket(
    case: Case, w: _Proof, queue: _Queue, bound: float, place: int, dial: Ints, agent: Ints
) -> None:
    """Have the pieces of a bucket looked at, and the one after it."""
    found = best_in_bucket(case.limits, case.prices, case.buckets, place, dial, agent)
    w.counts[_EVALUATIONS] += 1
    for piece in _of_bucket(case.pieces, place):
        _push(w, queue, min(bound, found), _SEEN, place, piece)
    if place + 1 < len(case.buckets.low):
        _push(w, queue, min(bound, found), _BUCKET, place + 1, 0)


@compiled
def _look(case: Case, w: _Proof, queue: _Queue, bound: float, place: int, p: int) -> None:
    """Bound a piece at its own price of the floor."""
    pieces, price = case.pieces, case.pieces.price[p]
    w.bound[p] = best_in_piece(
        case.limits, case.prices, case.buckets, pieces, p, price, w.dial[p], w.agent[p]
    )
    w.counts[_EVALUATIONS] += 1
    if w.bound[p] > NEVER:
        _push(w, queue, min(bound, w.bound[p]), _TIGHTENED, place, p)
    else:  # whatever the prices
        pieces.alive[p] = False


@compiled
def _tighten(
    case: Case, w: _Proof, queue: _Queue, bound: float, place: int, p: int, least: float
) -> None:
    """Bound a piece more closely while it is the best."""
    enough = -queue[0][0] if len(queue) > 0 else NEVER
    w.bound[p], evaluations = tighten_piece(
        case.limits, case.prices, case.buckets, case.pieces, p, w.bound[p], w.dial[p], w.agent[p],
        enough, w.worth[_KNOWN],
    )  # fmt: skip
    w.counts[_EVALUATIONS] += evaluations
    bound = min(bound, w.bound[p])
    if bound < least:  # no split is worth so little: there is none
        case.pieces.alive[p] = False
    else:  # one that is not the best any more is tightened further when it is again
        _push(w, queue, bound, _SPLIT if bound >= enough else _TIGHTENED, place, p)


@compiled
def _ends(
    case: Case, w: _Proof, bound: float, p: int, slack: float, dial: Ints, agent: Ints
) -> bool:
    """Whether a piece is not to be split any more; then ``dial`` and ``agent`` are the split found.

    Its split is mended first: lines are cut until it survives each failure.
    """
    copy_split(w.dial[p], w.agent[p], dial, agent)
    if case.buckets.most_missing > 0 and used_enough(case.limits, dial):  # as it is
        missing = share_missing(case.fleet, case.campaign, dial, agent)
        survives = missing <= case.buckets.most_missing
    else:
        survives = secure_survival(case.fleet, case.campaign, dial, agent)
    if survives:
        kept = w.mended[w.counts[_MENDED]]
        copy_split(dial, agent, kept[0], kept[1])
        w.counts[_MENDED] += 1
        worth = own_worth(case, dial, agent)
        if worth > w.worth[_KNOWN]:
            w.worth[_KNOWN] = worth
            copy_split(dial, agent, w.best_dial, w.best_agent)
    close = bound <= w.worth[_KNOWN] + slack
    ends = close or w.counts[_SPLITS] == MOST_SPLITS
    if w.counts[_SPLITS] % SPLITS_AT_A_TIME == 0:
        left = bound - w.worth[_KNOWN]
        ends = ends or left > STALLED * w.worth[_UNPROVEN]
        w.worth[_UNPROVEN] = left
    w.counts[_SPLITS] += 1
    if close:
        copy_split(w.best_dial, w.best_agent, dial, agent)
    elif not survives:
        copy_split(w.dial[p], w.agent[p], dial, agent)
    return bool(ends or case.pieces.low[p] >= NARROW * case.pieces.high[p])


@compiled
def _of_bucket(pieces: BucketPieces, place: int) -> Ints:
    """The pieces of a bucket in which there may be splits."""
    filled = pieces.filled[0]
    return np.flatnonzero(pieces.alive[:filled] & (pieces.bucket[:filled] == place))


@lean
def _split_piece(pieces: BucketPieces, buckets: Buckets, p: int, most_used: int) -> int:
    """Split a piece of a bucket in two for good: itself and a new one, whose number is returned.

    First by what is missing of the share that must survive, then by what one block carries where
    any two may fail, by the dialers used, since floor prices of their own tell splits on few
    dialers from those on more, then in the middle of the calls, or of what one block carries.
    """
    other = int(pieces.filled[0])
    pieces.filled[0] += 1
    pieces.bucket[other] = pieces.bucket[p]
    pieces.alive[other] = True
    pieces.low[other] = pieces.low[p]
    pieces.high[other] = pieces.high[p]
    pieces.cap[other] = pieces.cap[p]
    pieces.above[other] = pieces.above[p]
    pieces.used[other] = pieces.used[p]
    pieces.exactly[other] = pieces.exactly[p]
    pieces.price[other] = pieces.price[p]
    pieces.last[other] = pieces.last[p]
    pieces.fewest[other] = pieces.fewest[p]
    pieces.most[other] = pieces.most[p]
    if pieces.fewest[p] < pieces.most[p]:
        missing = (pieces.fewest[p] + pieces.most[p]) // 2
        pieces.most[p] = missing
        pieces.fewest[other] = missing + 1
        pieces.cap[p] = block_cap(min(buckets.keep + missing / 100.0, 1.0), pieces.high[p])
        return other
    both = pair_cap(buckets, pieces, p)
    first = max(pieces.above[p], both / 2)
    wide = buckets.any_two and pieces.cap[p] > first
    if wide and pieces.above[p] == 0.0:
        pieces.cap[p] = both / 2
        pieces.above[other] = both / 2
    elif not pieces.exactly[p] and pieces.used[p] < most_used:
        pieces.exactly[p] = True
        pieces.used[other] += 1
    elif wide and (pieces.cap[p] - first) * pieces.high[p] > (
        (pieces.high[p] - pieces.low[p]) * both
    ):
        middle = (first + pieces.cap[p]) / 2
        pieces.cap[p] = middle
        pieces.above[other] = middle
    else:
        middle = max(np.sqrt(pieces.low[p] * pieces.high[p]), pieces.high[p] / 2)
        pieces.high[other] = middle
        pieces.low[p] = middle
        pieces.cap[other] = min(pieces.cap[p], pair_cap(buckets, pieces, other))
        pieces.alive[other] = pieces.above[other] < pieces.cap[other]
    return other


@lean
def used_enough(limits: Limits, dial: Ints) -> bool:
    """Whether as many dialers are used as must be at the least."""
    used = 0
    for lines in dial:
        used += lines > 0
    return used >= limits.least_used


@lean
def own_worth(case: Case, dial: Ints, agent: Ints) -> float:
    """What a split is worth at the prices, less what it falls short."""
    worth = split_worth(case.limits, case.prices, dial, agent)
    used = 0
    for lines in dial:
        used += lines > 0
    worth -= case.prices.missing * max(case.limits.asked - used, 0)
    missing = share_missing(case.fleet, case.campaign, dial, agent)
    return float(worth - case.prices.surviving * missing)


@lean
def best_known(case: Case, dials: Ints, agents: Ints) -> tuple[float, int]:
    """What the best of some splits is worth, and which it is; NEVER and -1 where there is none."""
    best, which = NEVER, -1
    for k in range(len(dials)):
        worth = own_worth(case, dials[k], agents[k])
        if worth > best:
            best, which = worth, k
    return best, which
