"""Which agents VICIdial counts when it decides how many calls a campaign wants on a server."""

from __future__ import annotations

from typing import NamedTuple

from planner.vicidial.allocation import calls_wanted

#: Values of available_only_tally_threshold and dial_level_threshold.
DISABLED, WAITING = "DISABLED", "WAITING_AGENTS"
LOGGED_IN, NOT_PAUSED = "LOGGED-IN_AGENTS", "NON-PAUSED_AGENTS"
#: Value of dl_diff_target_method with which the target difference counts as agents.
CALLS_PLACED = "CALLS_PLACED"


class Tally(NamedTuple):
    """The settings of a campaign that say how many calls it wants."""

    level: float
    available_only: bool
    target: int = 0  # adaptive_dl_diff_target, 0 unless the method is CALLS_PLACED [agents]
    available_threshold: str = DISABLED
    available_threshold_agents: int = 0
    level_threshold: str = DISABLED
    level_threshold_agents: int = 0

    def counts_available_only(self, ready: int, in_call: int, paused: int = 0) -> bool:
        """Whether agents in a call are left out of the count."""
        return self.available_only or _below(
            self.available_threshold, self.available_threshold_agents, ready, in_call, paused
        )

    def wanted(self, ready: int, in_call: int, paused: int = 0) -> int:
        """Calls wanted with so many agents waiting, in a call and paused on the server."""
        only = self.counts_available_only(ready, in_call, paused)
        counted = max((ready if only else ready + in_call) + self.target, 0)
        low = _below(self.level_threshold, self.level_threshold_agents, ready, in_call, paused)
        return calls_wanted(1.0 if low else self.level, counted, in_call if only else 0)


def _below(kind: str, agents: int, ready: int, in_call: int, paused: int) -> bool:
    """Whether there are fewer agents of a kind than its threshold; never where it is unknown."""
    there = {WAITING: ready, NOT_PAUSED: ready + in_call, LOGGED_IN: ready + in_call + paused}
    return kind in there and there[kind] < agents
