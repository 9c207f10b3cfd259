"""Problems whose optima can be derived by hand: campaigns of a single agent line.

With one agent line the all-busy share is x / (1 + x) with x = N * beta. Here beta = (1/20) * 0.3 /
(1/50) = 0.75 and one busy agent line handles 3600/50 = 72 transfers an hour, so that N dial lines
handle 72 * 0.75 N / (1 + 0.75 N) an hour: 30.857 for 1, 43.2 for 2, 49.846 for 3, 54 for 4, 56.842
for 5, 58.909 for 6, 60.48 for 7, 61.714 for 8.
"""

from __future__ import annotations

from typing import Any

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem


def handled(lines: int) -> float:
    """Transfers an hour of one agent line and so many dial lines."""
    return 72 * 0.75 * lines / (1 + 0.75 * lines)


def campaign(campaign_id: str = "C", **changes: Any) -> Campaign:
    figures: dict[str, Any] = {
        "campaign_id": campaign_id,
        "agent_lines": 1,
        "attempt_seconds": 20.0,
        "answer_rate": 0.5,
        "transfer_rate": 0.6,
        "talk_seconds": 50.0,
    }
    return Campaign(**(figures | changes))


def dialer(dialer_id: str = "D", ports: int = 8, **changes: Any) -> Dialer:
    return Dialer(dialer_id=dialer_id, ports=ports, **changes)


def item(dialer_id: str, dial: int, agent: int, name: str = "C", **more: Any) -> LineAssignment:
    return LineAssignment(
        campaign_id=name, dialer_id=dialer_id, dial_lines=dial, agent_lines=agent, **more
    )


def problem(*dialers: Dialer, campaigns: Any = None, **tables: Any) -> Problem:
    """Campaign C on dialer D, unless others are given."""
    return Problem(
        dialers=dialers or (dialer(),),
        campaigns=(campaign(),) if campaigns is None else tuple(campaigns),
        **tables,
    )


def lines(*cells: tuple[str, str, int, int]) -> LinePlan:
    """A plan of (campaign, dialer, dial lines, agent lines)."""
    return LinePlan(assignments=tuple(item(d, n, a, c) for c, d, n, a in cells))
