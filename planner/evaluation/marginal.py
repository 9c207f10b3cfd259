"""What one more line would bring, and which limits it would break: all by the planning tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import PlanArrays, lost_dialers
from planner.evaluation.net_value import net_value
from planner.evaluation.rates import SECONDS_PER_HOUR, rates
from planner.evaluation.tolerances import LIMIT_ROUNDING


class Step(NamedTuple):
    """Other lines for a campaign on a dialer, with all others as they are.

    ``gain`` is in value per hour of the plan's aim; ``limits`` are the rules of the checker that
    the step would break, those of the campaign first.
    """

    dial_lines: int
    agent_lines: int
    gain: float
    limits: tuple[str, ...]


class OneMore:
    """A plan's lines and what is left of every limit, to try steps from."""

    def __init__(
        self,
        problem: Problem,
        line_plan: LinePlan,
        options: PlanOptions,
    ) -> None:
        self.problem = problem
        self.arrays = PlanArrays(problem, line_plan)
        self._weight = options.redundancy
        self._spared = ~lost_dialers(problem, options.failures)  # [case, dialer]
        self._locked = {
            (a.campaign_id, a.dialer_id)
            for a in problem.assignments
            if a.locked or (options.keep_current and (a.dial_lines or a.agent_lines))
        }
        self._ports_used = self.arrays.ports.sum(axis=0)
        self._attempts = self.arrays.rates.attempts.sum(axis=0)
        groups = {t.trunk_group: t for t in problem.trunk_groups}
        self._group_of = [groups.get(d.trunk_group or "") for d in problem.dialers]
        self._members = {
            name: np.array([d.trunk_group == name for d in problem.dialers]) for name in groups
        }
        # [case, campaign] handled calls that are left in each case of failures
        self._left = self.arrays.surviving(options.failures).T
        net = self.arrays.net_values()
        self._known: dict[tuple[int, int, int], tuple[float, ...]] = {}
        self._totals = {
            "dial_lines": self.arrays.dial_lines.sum(axis=1).tolist(),
            "agent_lines": self.arrays.agent_lines.sum(axis=1).tolist(),
            "handled": self.arrays.rates.handled.sum(axis=1).tolist(),
            "abandoned": self.arrays.rates.abandoned.sum(axis=1).tolist(),
            "answered": self.arrays.rates.live_answered.sum(axis=1).tolist(),
        }
        self.in_use = self.arrays.in_use
        self.value = float(net.sum())
        self._value_left = self._spared @ net.sum(axis=0)  # [case]

    def more_dial_lines(self, c: int, d: int) -> Step:
        """One more dial line where a campaign has lines."""
        return self.step(c, d, int(self.arrays.dial_lines[c, d]) + 1, self._agents(c, d))

    def more_agent_lines(self, c: int, d: int) -> Step | None:
        """One more agent line where a campaign has lines; None for a broadcast."""
        if not self.problem.campaigns[c].is_live_transfer:
            return None
        return self.step(c, d, int(self.arrays.dial_lines[c, d]), self._agents(c, d) + 1)

    def start(self, c: int, d: int) -> Step:
        """The least lines with which a campaign runs where it has none."""
        campaign = self.problem.campaigns[c]
        agents = campaign.min_agent_lines if campaign.is_live_transfer else 0
        return self.step(c, d, max(agents, 1), agents)

    def free_ports(self, d: int) -> int:
        """Ports of a dialer that no line uses."""
        return self.problem.dialers[d].ports - int(self._ports_used[d])

    def step(self, c: int, d: int, dial_lines: int, agent_lines: int) -> Step:
        """Other lines for one campaign on one dialer."""
        handled, abandoned, answered, attempts = self._rates(
            c, dial_lines, min(agent_lines, dial_lines)
        )
        before = self.arrays.rates
        change = _Change(
            dial_lines=dial_lines - int(self.arrays.dial_lines[c, d]),
            agent_lines=agent_lines - self._agents(c, d),
            handled=handled - float(before.handled[c, d]),
            abandoned=abandoned - float(before.abandoned[c, d]),
            answered=answered - float(before.live_answered[c, d]),
            attempts=attempts - float(before.attempts[c, d]),
        )
        limits = [*self._place_limits(c, d, dial_lines, agent_lines)]
        limits += [*self._campaign_limits(c, d, change), *self._fleet_limits(d, change)]
        return Step(dial_lines, agent_lines, self._gain(c, d, change), tuple(limits))

    def speed_after(self, c: int, d: int, step: Step) -> float:
        """Calls per second on a dialer with a campaign's lines there changed by a step."""
        attempts = self._rates(c, step.dial_lines, min(step.agent_lines, step.dial_lines))[3]
        before = float(self.arrays.rates.attempts[c, d])
        return float(self._attempts[d] + attempts - before) / SECONDS_PER_HOUR

    def _rates(self, c: int, dial_lines: int, agent_lines: int) -> tuple[float, ...]:
        """Handled, abandoned, live-answered and attempted calls an hour, looked up once."""
        key = c, dial_lines, agent_lines
        if key not in self._known:
            campaign = self.problem.campaigns[c]
            found = rates(campaign, [dial_lines], [agent_lines])
            columns = (found.handled, found.abandoned, found.live_answered, found.attempts)
            self._known[key] = tuple(float(column[0]) for column in columns)
        return self._known[key]

    def _agents(self, c: int, d: int) -> int:
        return int(self.arrays.agent_lines[c, d])

    def _gain(self, c: int, d: int, change: _Change) -> float:
        """(1 - w) of what the campaign gains, w of what is gained in the worst failure."""
        campaign, dialer = self.problem.campaigns[c], self.problem.dialers[d]
        gained = net_value(campaign, dialer, change.handled, change.attempts)
        if not self._weight or not len(self._left):
            return (1 - self._weight) * gained
        more = self._value_left + gained * self._spared[:, d]
        worst = float(more.min() - self._value_left.min())
        return (1 - self._weight) * gained + self._weight * worst

    def _place_limits(self, c: int, d: int, dial_lines: int, agent_lines: int) -> Iterator[str]:
        campaign, dialer = self.problem.campaigns[c], self.problem.dialers[d]
        if not dialer.in_service:
            yield "in_service"
        elif not self.problem.may_use(campaign, dialer):
            yield "allowed_dialers"
        if dial_lines < agent_lines:
            yield "dial_lines"
        if (campaign.campaign_id, dialer.dialer_id) in self._locked:
            yield "locked"

    def _campaign_limits(self, c: int, d: int, change: _Change) -> Iterator[str]:
        campaign, totals = self.problem.campaigns[c], self._totals
        agents = totals["agent_lines"][c] + change.agent_lines
        if campaign.is_live_transfer and agents > campaign.agent_lines:
            yield "agent_lines"
        most = campaign.max_dial_lines
        if most is not None and totals["dial_lines"][c] + change.dial_lines > most:
            yield "max_dial_lines"
        abandoned = totals["abandoned"][c] + change.abandoned
        answered = totals["answered"][c] + change.answered
        rate = campaign.max_abandon_rate
        if rate is not None and abandoned > rate * answered + LIMIT_ROUNDING * (1.0 + answered):
            yield "max_abandon_rate"
        if campaign.least_surviving_share > 0:
            handled = totals["handled"][c] + change.handled
            least = (self._left[:, c] + change.handled * self._spared[:, d]).min(initial=np.inf)
            if least < campaign.least_surviving_share * handled - LIMIT_ROUNDING * (1.0 + handled):
                yield "survivable_share"

    def _fleet_limits(self, d: int, change: _Change) -> Iterator[str]:
        dialer, group = self.problem.dialers[d], self._group_of[d]
        taken = change.dial_lines + change.agent_lines * dialer.agent_lines_use_ports
        if self._ports_used[d] + taken > dialer.ports:
            yield "ports"
        if dialer.cps is not None and self._is_too_fast(
            self._attempts[d] + change.attempts, dialer.cps
        ):
            yield "cps"
        if group is not None:
            members = self._members[group.trunk_group]
            if self._ports_used[members].sum() + taken > group.channels:
                yield "channels"
            speed = self._attempts[members].sum() + change.attempts
            if group.cps is not None and self._is_too_fast(speed, group.cps):
                yield "trunk_cps"

    @staticmethod
    def _is_too_fast(attempts: float, cps: float) -> bool:
        return bool(attempts / SECONDS_PER_HOUR > cps * (1 + LIMIT_ROUNDING))


class _Change(NamedTuple):
    """By how much a step changes lines, and rates per hour."""

    dial_lines: int
    agent_lines: int
    handled: float
    abandoned: float
    answered: float
    attempts: float


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
