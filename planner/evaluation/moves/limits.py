"""The limits that hold while lines are moved, one function for each, as linear rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.contracts.problem import Problem
from planner.contracts.values.told import amount, amount_beside, share_beside, share_set
from planner.evaluation.moves.pools import least_rows, most_rows, pool_rows
from planner.evaluation.moves.rows import Floats, Ints, Ledger, Row
from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.evaluation.tolerances import LIMIT_ROUNDING

#: People type whole per cents: a share is met when it is met to the nearest (all means all).
SHARE_TOLERANCE = 0.005
#: A breach is told in parts of what is allowed; of an allowed share below this one, in parts of it.
LEAST_SHARE = 0.01
#: Of a campaign without lines nothing is asked: its wholes are 0, but for rounding.
LEAST_WHOLE = 1e-9


class SoftLimit(NamedTuple):
    """A limit that holds between two states of the lines where some order allows it.

    ``rows`` are (excess, what it is a part of): the limit is broken where an excess is above 0,
    by the larger of these parts. ``words`` tells a breach of that part, of that whole.
    """

    rows: tuple[tuple[Row, Row], ...]
    words: tuple[Callable[[float, float], str], ...]


@dataclass(frozen=True)
class Course:
    """All that may be asked of an order of steps, as rows ``[step, row]`` and their start.

    Attributes
    ----------
    hard, hard_start, allowed : ports, channels, agent and dial lines, and how many may be taken
    excess, whole : of limits that hold at the start and at the end; broken where an excess is
        above 0, by that part of the whole
    words : tell a breach of each
    running : dialers used by each campaign that runs before and after
    names : of these campaigns
    value : value an hour is the lowest of these rows
    waits_for : the step that each step comes after, -1 for none
    gains_first : whether the lowest value on the way counts for nothing
    """

    hard: Floats
    hard_start: Floats
    allowed: Floats
    excess: Floats
    excess_start: Floats
    whole: Floats
    whole_start: Floats
    words: tuple[Callable[[float, float], str], ...]
    running: Floats
    running_start: Floats
    names: tuple[str, ...]
    value: Floats
    value_start: Floats
    waits_for: Ints
    gains_first: bool = False

    @property
    def value_before(self) -> float:
        """Value per hour before the first step."""
        return float(self.value_start.min())


def course(
    ledger: Ledger,
    wholes: int,
    waits_for: Ints,
    redundancy: float,
    failures: int,
    gains_first: bool = False,
) -> Course:
    """The rows that steps change; the first ``wholes`` of the steps lead from start to end."""
    hard = [(row, limit) for row, limit in _hard_rows(ledger) if row.added.any()]
    kept = [limit for limit in _soft_limits(ledger, failures) if _holds(limit, wholes)]
    soft = _strongest(
        (excess, whole, words)
        for limit in kept
        for (excess, whole), words in zip(limit.rows, limit.words, strict=True)
    )
    running = _running(ledger, wholes)
    hard_start, hard_added = _stack([row for row, _ in hard], ledger)
    limits = np.array([limit for _, limit in hard], dtype=np.float64)
    hard_end = hard_start + hard_added[:wholes].sum(axis=0)
    excess_start, excess = _stack([row for row, _, _ in soft], ledger)
    whole_start, whole = _stack([row for _, row, _ in soft], ledger)
    running_start, running_added = _stack([row for _, row in running], ledger)
    value_start, value = _stack(_value_rows(ledger, redundancy, failures), ledger)
    return Course(
        hard=hard_added,
        hard_start=hard_start,
        allowed=np.maximum(limits, np.maximum(hard_start, hard_end)),
        excess=excess,
        excess_start=excess_start,
        whole=whole,
        whole_start=whole_start,
        words=tuple(words for _, _, words in soft),
        running=running_added,
        running_start=running_start,
        names=tuple(name for name, _ in running),
        value=value,
        value_start=value_start,
        waits_for=waits_for,
        gains_first=gains_first,
    )


def _stack(rows: Sequence[Row], ledger: Ledger) -> tuple[Floats, Floats]:
    added = np.array([row.added for row in rows]).reshape(len(rows), len(ledger.campaigns)).T
    return np.array([row.start for row in rows], dtype=np.float64), np.ascontiguousarray(added)


def _hard_rows(ledger: Ledger) -> Iterator[tuple[Row, float]]:
    """Ports, channels, agent lines on shift, lines allowed; with how many there are."""
    problem = ledger.problem
    for d in np.unique(ledger.dialers):
        yield ledger.of_dialers("ports", [int(d)]), problem.dialers[d].ports
    for group in problem.trunk_groups:
        yield ledger.of_dialers("ports", _members(problem, group.trunk_group)), group.channels
    for c in np.unique(ledger.campaigns):
        campaign = problem.campaigns[c]
        if campaign.is_live_transfer:
            yield ledger.of_campaign("agents", c), campaign.agent_lines
        if campaign.max_dial_lines is not None:
            yield ledger.of_campaign("dial", c), campaign.max_dial_lines
    yield from pool_rows(ledger)
    yield from most_rows(ledger)


def _members(problem: Problem, group: str) -> list[int]:
    return [d for d, dialer in enumerate(problem.dialers) if dialer.trunk_group == group]


def _soft_limits(ledger: Ledger, failures: int) -> Iterator[SoftLimit]:
    for d in np.unique(ledger.dialers):
        dialer = ledger.problem.dialers[d]
        if dialer.cps is not None:
            yield _calls_per_second(ledger, [int(d)], dialer.cps, dialer.dialer_id)
    for group in ledger.problem.trunk_groups:
        if group.cps is not None:
            members = _members(ledger.problem, group.trunk_group)
            name = f"Trunk group {group.trunk_group}"
            yield _calls_per_second(ledger, members, group.cps, name)
    for c in np.unique(ledger.campaigns):
        campaign = ledger.problem.campaigns[c]
        if campaign.max_abandon_rate is not None:
            yield _abandonment(ledger, int(c), campaign.max_abandon_rate)
        if campaign.survivable_share:
            yield _survival(ledger, int(c), campaign.survivable_share, failures)
        if campaign.min_dialers > 1:
            yield _fewest_dialers(ledger, int(c), campaign.min_dialers)
        if campaign.min_transfers_per_hour:
            yield _fewest_calls(ledger, int(c), campaign.min_transfers_per_hour)
    for name, lines, least in least_rows(ledger):
        yield _fewest_lines(name, lines, least)


def _calls_per_second(ledger: Ledger, dialers: list[int], limit: float, name: str) -> SoftLimit:
    """Calls launched per second <= limit; a breach is a part of the limit."""
    speed = ledger.of_dialers("attempts", dialers) * (1 / SECONDS_PER_HOUR)

    def words(part: float, _: float) -> str:
        speed = amount_beside(limit * (1 + part), limit)
        return f"{name} launches {speed} calls a second, limit {limit:g}"

    whole = Row(limit, np.zeros_like(speed.added))
    return SoftLimit(((speed.plus(-limit * (1 + LIMIT_ROUNDING)), whole),), (words,))


def _abandonment(ledger: Ledger, c: int, limit: float) -> SoftLimit:
    """Abandoned <= limit * live answered; a breach is a part of what may be abandoned."""
    name = ledger.problem.campaigns[c].campaign_id
    answered = ledger.of_campaign("answered", c)
    excess = ledger.of_campaign("abandoned", c) - answered * (limit + LIMIT_ROUNDING)
    allowed = max(limit, LEAST_SHARE)

    def words(part: float, _: float) -> str:
        rate = limit + part * allowed
        told = share_beside(rate, limit)
        return f"{name} abandons {told} of its live answers, limit {share_set(limit)}"

    return SoftLimit(((excess.plus(-LIMIT_ROUNDING), answered * allowed),), (words,))


def _survival(ledger: Ledger, c: int, share: float, failures: int) -> SoftLimit:
    """Handled on spared dialers >= (share - 0.005) * handled, for each case of failures."""
    name = ledger.problem.campaigns[c].campaign_id
    asked = share if share == 1 else max(share - SHARE_TOLERANCE, 0.0)
    handled = ledger.of_campaign("handled", c)
    rows, words = [], []
    for case, members in ledger.problem.failures(failures):
        spared = np.ones(len(ledger.problem.dialers), dtype=np.bool_)
        spared[list(members)] = False
        kept = ledger.of_campaign("handled", c, spared)
        excess = handled * (asked - LIMIT_ROUNDING) - kept
        rows.append((excess.plus(-LIMIT_ROUNDING), handled * share))

        def told(part: float, _: float, case: str = case) -> str:
            left = max(asked - part * share, 0.0)
            return (
                f"{share_beside(left, share)} of the calls of {name} survive the loss of {case}, "
                f"{share_set(share)} asked"
            )

        words.append(told)
    return SoftLimit(tuple(rows), tuple(words))


def _fewest_dialers(ledger: Ledger, c: int, least: int) -> SoftLimit:
    """Dialers used >= min_dialers while the campaign runs; a breach is a part of those used."""
    name = ledger.problem.campaigns[c].campaign_id
    used = ledger.of_campaign("used", c)

    def words(_: float, dialers: float) -> str:
        count = f"{dialers:.0f} dialer{'' if round(dialers) == 1 else 's'}"
        return f"{name} runs on {count}, at least {least} asked"

    return SoftLimit((((used * -1.0).plus(least), used),), (words,))


def _fewest_calls(ledger: Ledger, c: int, least: float) -> SoftLimit:
    """Handled an hour >= min_transfers_per_hour; a breach is a part of what is asked."""
    name = ledger.problem.campaigns[c].campaign_id
    handled = ledger.of_campaign("handled", c)

    def words(part: float, _: float) -> str:
        calls = amount_beside(least * (1 - part), least)
        return f"{name} handles {calls} calls an hour, at least {amount(least)} asked"

    excess = (handled * -1.0).plus(least * (1 - LIMIT_ROUNDING))
    return SoftLimit(((excess, Row(least, np.zeros_like(handled.added))),), (words,))


def _fewest_lines(name: str, lines: Row, least: int) -> SoftLimit:
    """Lines >= what a row of limits asks for; a breach is a part of what is asked."""

    def words(part: float, _: float) -> str:
        return name.format(round(least * (1 - part)))

    whole = Row(float(least), np.zeros_like(lines.added))
    return SoftLimit((((lines * -1.0).plus(least), whole),), (words,))


def _holds(limit: SoftLimit, wholes: int) -> bool:
    """Whether a limit holds at the start and at the end, and can change on the way."""
    ends = [
        excess.start + sums
        for excess, _ in limit.rows
        for sums in (0.0, float(excess.added[:wholes].sum()))
    ]
    return max(ends) <= 0 and any(excess.added.any() for excess, _ in limit.rows)


_Soft = tuple[Row, Row, Callable[[float, float], str]]


def _strongest(rows: Iterator[_Soft]) -> list[_Soft]:
    """Of rows that differ by a constant only, the one that is broken first."""
    found: dict[tuple[bytes, bytes, float], _Soft] = {}
    for row in rows:
        excess, whole, _ = row
        if not excess.added.any():
            continue
        key = excess.added.tobytes(), whole.added.tobytes(), whole.start
        if key not in found or found[key][0].start < excess.start:
            found[key] = row
    return list(found.values())


def _running(ledger: Ledger, wholes: int) -> list[tuple[str, Row]]:
    """Dialers used by each campaign that runs at the start and at the end."""
    rows = [
        (ledger.problem.campaigns[c].campaign_id, ledger.of_campaign("used", c))
        for c in np.unique(ledger.campaigns)
    ]
    return [
        (name, row)
        for name, row in rows
        if row.start > 0 and row.start + row.added[:wholes].sum() > 0.5 and row.added.any()
    ]


def _value_rows(ledger: Ledger, redundancy: float, failures: int) -> list[Row]:
    """(1 - w) * F + w * (what survives), for each case of failures that can be the worst."""
    earned = ledger.earned()
    if not redundancy:
        return [earned]
    found: dict[bytes, Row] = {}
    for _, members in ledger.problem.failures(failures):
        spared = np.ones(len(ledger.problem.dialers), dtype=np.bool_)
        spared[list(members)] = False
        row = earned * (1 - redundancy) + ledger.earned(spared) * redundancy
        key = row.added.tobytes()
        if key not in found or row.start < found[key].start:
            found[key] = row
    return list(found.values()) or [earned]
