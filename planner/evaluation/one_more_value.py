"""What one more port, agent line or call per second brings at the least, from the plan as it is.

Each figure is the gain of a real plan: that of the plan found with one line more or changed, which
breaks no limit but the one that is raised. So the best plan with one more gains at least as much,
counted from this plan's value. A price of the relaxation would be no such proof.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.evaluation.marginal import OneMore, Step

#: Lines tried one after the other within one more call per second.
MOST_LINES = 200


def port_value(tried: OneMore, d: int) -> float | None:
    """Least gain of one more port on a dialer [value per hour]; None out of service."""
    if not tried.problem.dialers[d].in_service:
        return None
    steps = (step for c in range(len(tried.problem.campaigns)) for step in _steps_here(tried, c, d))
    return _best(steps, {"ports"})


def agent_line_value(tried: OneMore, c: int) -> float | None:
    """Least gain of one more agent line on shift [value per hour]; None for a broadcast.

    It may take a free port, the port of a dial line, or start on another dialer.
    """
    if not tried.problem.campaigns[c].is_live_transfer:
        return None
    return _best(
        (step for d in range(len(tried.problem.dialers)) for step in _agent_steps(tried, c, d)),
        {"agent_lines"},
    )


def call_per_second_value(tried: OneMore, d: int) -> float | None:
    """Least gain of one more call per second on a dialer [value per hour]; None without a limit."""
    dialer = tried.problem.dialers[d]
    if dialer.cps is None or not dialer.in_service:
        return None
    best = 0.0
    for c in range(len(tried.problem.campaigns)):
        if not tried.in_use[c, d]:
            continue
        n, a = int(tried.arrays.dial_lines[c, d]), int(tried.arrays.agent_lines[c, d])
        for more in range(1, MOST_LINES + 1):
            step = tried.step(c, d, n + more, a)
            if step.limits and set(step.limits) != {"cps"}:
                break
            if tried.speed_after(c, d, step) > dialer.cps + 1:
                break
            best = max(best, step.gain)
    return best


def _steps_here(tried: OneMore, c: int, d: int) -> Iterator[Step]:
    """Changes of one campaign on one dialer that take one port more."""
    if not tried.in_use[c, d]:
        return
    yield tried.more_dial_lines(c, d)
    agents = tried.more_agent_lines(c, d)
    if agents is not None:
        yield agents


def _agent_steps(tried: OneMore, c: int, d: int) -> Iterator[Step]:
    """Changes of one campaign on one dialer that take one agent line more."""
    campaign = tried.problem.campaigns[c]
    n, a = int(tried.arrays.dial_lines[c, d]), int(tried.arrays.agent_lines[c, d])
    if tried.in_use[c, d]:
        yield tried.step(c, d, n, a + 1)
        yield tried.step(c, d, n - 1, a + 1)
    elif campaign.min_agent_lines == 1:
        yield tried.start(c, d)


def _best(steps: Iterator[Step], raised: set[str]) -> float:
    """Largest gain of the steps that break no limit but the raised one; 0 where none gains."""
    return max([0.0, *(step.gain for step in steps if set(step.limits) <= raised)])
