"""What changes from outside in a run, and what is counted at the edges of bins, compiled."""

from __future__ import annotations

from typing import Any

from planner.compiling.compiled import lean
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import push
from planner.traffic.simulation.pair_events import account, account_joint
from planner.traffic.simulation.run_state import ATTEMPT_SECONDS, RunState, Stretch


@lean
def change_figures(state: RunState, rng: Any, stretch: Stretch, s: int, now: float) -> None:
    """Rates and talk times of all campaigns are those of change ``s`` from now on.

    Talks under way outlast a change of the talk time: memoryless ones get their ends before it.
    """
    for p in range(state.pairs.size):
        pair = state.pairs[p]
        mean = state.campaigns[pair.campaign].talk_seconds
        if stretch.talk_seconds[s, pair.campaign] != mean:
            while pair.timed_talks < pair.talking:
                end = now + mean * rng.standard_exponential()
                push(state.talk_ends, pair.heap, pair.timed_talks, end)
                pair.timed_talks += 1
    for c in range(state.campaigns.size):
        campaign = state.campaigns[c]
        campaign.talk_seconds = stretch.talk_seconds[s, c]
        campaign.answer_rate = stretch.answer_rate[s, c]
        campaign.request_rate = stretch.answer_rate[s, c] * stretch.transfer_rate[s, c]


@lean
def end_pair_bin(pair: Any, edge: float, totals: Floats) -> None:
    """Add what was counted of a pair to the totals of its bin; attempts under way go on."""
    account(pair, edge)
    under_way = pair.attempts * edge
    pair.totals[ATTEMPT_SECONDS] += under_way
    for column in range(totals.size):
        totals[column] += pair.totals[column]
        pair.totals[column] = 0.0
    pair.totals[ATTEMPT_SECONDS] = -under_way


@lean
def end_joint_bin(campaigns: Any, joint: Floats, edge: float, totals: Floats) -> None:
    """Add what was counted of the dialers of each campaign together to the totals of the bin."""
    for c in range(campaigns.size):
        account_joint(campaigns[c], joint, edge)
    for number in range(totals.size):
        totals[number] += joint[number]
        joint[number] = 0.0
