"""The best plan of a tiny fleet, and the nearest one where not everything can be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from . import shortfall
from .combine import Choices, best_choice, undominated
from .fleet import Fleet
from .shared import shared_rows
from .splits import Question, Splits, every_split

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """Value per hour, lines [campaign][dialer] = (dial, agent), and sums given up, not 0."""

    value: float
    lines: list[list[tuple[int, int]]]
    given_up: dict[str, int]


@dataclass(frozen=True)
class Answer:
    """`status` is that of the question as asked: optimal or infeasible.

    `plan` is None where infeasible. `nearest` is the same plan where optimal, and None where
    what is never given up cannot be had either (or it was not asked for).
    """

    status: str
    plan: Plan | None
    nearest: Plan | None


def solve(
    fleet: Fleet,
    redundancy: float = 0.0,
    failures: int = 1,
    share_tolerance: float = shortfall.SHARE_TOLERANCE,
    attempts_needed: Mapping[str, float] | None = None,
    relax: bool = True,
    today: date | None = None,
) -> Answer:
    """Best plan by enumeration.

    Parameters
    ----------
    fleet : a tiny one
    redundancy : w in [0, 1] of `(1 - w) F + w W`
    failures : how many failures at once, 1 or 2
    share_tolerance : what a survivable share may be missed by, 1 excepted [-]
    attempts_needed : attempts an hour that `finish_by` asks of a campaign, inf where no hours
        are left
    relax : whether the nearest plan is wanted where the question has no answer
    today : campaigns whose stop date is before it cannot run; None takes no notice of dates
    """
    rows = shared_rows(fleet)
    capacity = np.array([row.capacity for row in rows])
    question = Question(fleet.failures(failures), share_tolerance, dict(attempts_needed or {}))
    splits = [
        every_split(fleet, c, rows, question, fleet.can_run(campaign, today))
        for c, campaign in enumerate(fleet.campaigns)
    ]
    if any(len(one.lines) == 0 for one in splits):
        return Answer("infeasible", None, None)
    complete = [one.only(~one.missing.any(axis=1)) for one in splits]
    plan = _best(complete, capacity, redundancy, {})
    if plan is not None:
        return Answer("optimal", plan, plan)
    return Answer(
        "infeasible", None, _nearest(fleet, splits, capacity, redundancy) if relax else None
    )


def _nearest(fleet: Fleet, splits: list[Splits], capacity: Array, redundancy: float) -> Plan | None:
    """Each sum as small as possible, one after the other, then the objective.

    A sum that has been made small is from then on a shared row like ports, with the reached
    sum as its capacity.
    """
    given_up: dict[str, int] = {}
    for k, key in enumerate(shortfall.keys(fleet)):
        if not any(one.missing[:, k].any() for one in splits):
            continue  # nobody can miss it
        least = _least_sum(splits, capacity, k)
        if least is None:
            return None
        capacity = np.append(capacity, float(least))
        splits = [
            Splits(
                one.lines,
                np.hstack([one.use, one.missing[:, k : k + 1].astype(float)]),
                one.value,
                one.missing,
            ).only(one.missing[:, k] <= least)
            for one in splits
        ]
        if least:
            given_up[shortfall.text(key)] = least
    return _best(splits, capacity, redundancy, given_up)


def _least_sum(splits: list[Splits], capacity: Array, k: int) -> int | None:
    """Least sum of the shortfalls of key `k` over the campaigns."""
    campaigns = []
    for one in splits:
        use, missing = one.use, one.missing[:, k : k + 1].astype(float)
        kept = undominated(np.hstack([missing, use]))
        campaigns.append(Choices(use[kept], -missing[kept]))
    found = best_choice(campaigns, capacity, 0.0)
    return None if found is None else round(-found[0])


def _best(
    splits: list[Splits], capacity: Array, redundancy: float, given_up: dict[str, int]
) -> Plan | None:
    """The plan of the best objective within the capacities, if any."""
    if any(len(one.lines) == 0 for one in splits) or not _fits(splits, capacity):
        return None
    found = best_choice([Choices(one.use, one.value) for one in splits], capacity, redundancy)
    if found is None:
        return None
    value, picks = found
    lines = [
        [(int(dial), int(agent)) for dial, agent in one.lines[pick]]
        for one, pick in zip(splits, picks, strict=True)
    ]
    return Plan(value, lines, given_up)


def _fits(splits: list[Splits], capacity: Array) -> bool:
    """Whether any choice fits at all: the least use of rows alone says it fast."""
    least = []
    for one in splits:
        kept = undominated(one.use)
        least.append(Choices(one.use[kept], np.zeros((len(kept), 1))))
    return best_choice(least, capacity, 0.0) is not None
