"""What differs between two states of the lines, also of different fleets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import LineChange

Pair = tuple[str, str]


def line_differences(
    before: Iterable[LineAssignment], after: Iterable[LineAssignment]
) -> tuple[LineChange, ...]:
    """Every campaign and dialer whose lines differ, in the order of first appearance."""
    was, now = _lines(before), _lines(after)
    return tuple(
        LineChange(
            campaign_id=key[0],
            dialer_id=key[1],
            dial_lines_from=old[0],
            dial_lines_to=new[0],
            agent_lines_from=old[1],
            agent_lines_to=new[1],
        )
        for key in dict.fromkeys([*was, *now])
        for old, new in [(was.get(key, (0, 0)), now.get(key, (0, 0)))]
        if old != new
    )


def lines_moved(before: Sequence[LineAssignment], after: Sequence[LineAssignment]) -> int:
    """Dial and agent lines put elsewhere, added or taken away.

    A line taken from one dialer and given to another of the same campaign is one line moved.
    """
    changes: dict[tuple[str, str], list[int]] = {}
    was, now = _lines(before), _lines(after)
    for key in was.keys() | now.keys():
        for kind, (old, new) in zip(
            ("dial", "agent"),
            zip(was.get(key, (0, 0)), now.get(key, (0, 0)), strict=True),
            strict=True,
        ):
            sums = changes.setdefault((key[0], kind), [0, 0])
            sums[new > old] += abs(new - old)
    return sum(max(taken, added) for taken, added in changes.values())


def _lines(assignments: Iterable[LineAssignment]) -> Mapping[Pair, tuple[int, int]]:
    return {(a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in assignments}


def changes(problem: Problem, line_plan: LinePlan) -> tuple[LineChange, ...]:
    """What a plan changes against the current assignments, in the problem's order."""
    found = line_differences(problem.assignments, line_plan.assignments)
    campaigns, dialers = problem.campaign_index, problem.dialer_index
    return tuple(sorted(found, key=lambda c: (campaigns[c.campaign_id], dialers[c.dialer_id])))
