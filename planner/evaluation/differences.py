"""What differs between two states of the lines, also of different fleets."""

from __future__ import annotations

from collections.abc import Iterable

from planner.contracts.problem import LineAssignment
from planner.contracts.result import LineChange


def line_differences(
    before: Iterable[LineAssignment], after: Iterable[LineAssignment]
) -> tuple[LineChange, ...]:
    """Every campaign and dialer whose lines differ, in the order of first appearance."""
    was = {(a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in before}
    now = {(a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in after}
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
