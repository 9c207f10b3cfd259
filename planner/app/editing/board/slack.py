"""What is left over, and what is full, in words: told while no limit is broken."""

from __future__ import annotations

from collections.abc import Sequence

from planner.app.editing.assessment import Assessment
from planner.app.editing.board.pools import PoolSeats

_MOST_NAMED = 6


def slack_sentences(view: Assessment) -> tuple[str, ...]:
    """Dialers without a free port, and agent lines on shift that no dialer has."""
    problem = view.edited.baseline
    running = {d.dialer_id for d in problem.dialers if d.in_service}
    use = [d for d in view.evaluation.dialers if d.dialer_id in running]
    full = [d.dialer_id for d in use if d.ports_free <= 0]
    free = sum(max(d.ports_free, 0) for d in use)
    pools = PoolSeats(view) if problem.pools else None
    # The agents of a pool are on shift once, not for each campaign that it serves.
    pooled = {
        c.campaign_id
        for c in problem.campaigns
        for row in (pools.rows if pools else ())
        if row.serves(c.campaign_id)
    }
    own = [c for c in view.evaluation.campaigns if c.campaign_id not in pooled]
    idle = [c for c in own if c.unused_agent_lines]
    lines = [f"{c.campaign_id} {c.unused_agent_lines:,}" for c in idle]
    ports = (
        f"No free port on {_named(full)}; {free:,} free on the others."
        if full and free
        else "No port is free on any dialer."
        if full
        else f"Free ports: {free:,}."
    )
    agents = (
        f"Agent lines on shift without a dialer: {_named(lines)}."
        if lines
        else "Every agent line on shift has a dialer."
    )
    return (ports, *([agents] if own else []), *(pools.sentences() if pools else ()))


def _named(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
