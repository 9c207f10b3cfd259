"""Which of the limits that lines break are requirements that were given up."""

from __future__ import annotations

from collections.abc import Iterable

from planner.contracts.answers import GivenUp
from planner.evaluation.limits.check import Breach

#: The rule whose breach tells of a requirement, where it has another name.
_RULES = {
    "runs": "min_dialers",
    "min_dial_lines": "limit_minimums",
    "min_agent_lines": "limit_minimums",
}


def is_given_up(breach: Breach, given_up: Iterable[GivenUp]) -> bool:
    """Whether a limit is broken because a requirement was given up."""
    return any(
        breach.campaign_id == item.campaign_id
        and breach.rule == _RULES.get(item.requirement, item.requirement)
        for item in given_up
    )
