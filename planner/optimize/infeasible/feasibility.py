"""Whether there is any plan at all, by counting first and by the search where that cannot tell."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.contracts.table_size import table_entries
from planner.evaluation.limits.check import check
from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.evaluation.tolerances import LIMIT_ROUNDING
from planner.optimize.infeasible.least_lines import Blocks
from planner.optimize.infeasible.placement_model import place_blocks
from planner.optimize.search import optimize

#: Work limits of all trials together, which decide before the clock does: problems looked at, work
#: of the counting models in the solver's units, cells (campaign and dialer) searched.
MOST_TRIALS, MOST_WORK, MOST_SEARCHED = 3000, 6.0, 4000
#: A search counts as one of so many cells at the least.
LEAST_CELLS = 50
#: A search is given up when it has asked so often whether to stop, and not begun on more cells.
MOST_STEPS, MOST_CELLS = 1000, 400
#: Nothing is counted with larger tables: without a limit on ports an absurd lock has such.
MOST_ENTRIES = 4_000_000


class FeasibilityTests:
    """Tells problems without a plan, as long as work, clock and caller allow.

    Parameters
    ----------
    options : failures at once, seed
    end : moment of the monotonic clock after which nothing is decided any more [s]
    stop : polled; once it says True nothing is decided any more

    Attributes
    ----------
    ended : whether a problem was not looked at any more, for want of time or work
    """

    def __init__(
        self,
        options: PlanOptions,
        end: float,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._options = options.model_copy(
            update={"gap": 1.0, "redundancy": 0.0, "move_cost": 0.0, "keep_current": False}
        )
        self._blocks = Blocks()
        self._end, self._stop = end, stop
        self._trials, self._work, self._cells_searched = 0, 0.0, 0
        self.ended = False

    def is_infeasible(self, problem: Problem) -> bool | None:
        """Whether a problem has no plan; None where that could not be told within the limits.

        All limits of a problem keep lines away. So a plan of least blocks (``min_agent_lines``
        agent lines and as many dial lines) on chosen dialers is looked for first: where one
        passes the checker, there is a plan; where not even blocks can be placed, with what every
        plan must have, there is none. Only in between does the search decide.

        Parameters
        ----------
        problem : whose assignments are all locks, on dialers in service
        """
        if not problem.campaigns:
            return False
        self._trials += 1
        if self._is_over():
            self.ended = True
            return None
        if has_impossible_lock(problem) or self._is_short(problem):
            return True
        if self._holds(problem, self._first_fit(problem)):
            return False
        return self._counted(problem)

    def _counted(self, problem: Problem) -> bool | None:
        """What placing blocks tells, and where it does not the search."""
        if table_entries(problem) > MOST_ENTRIES:
            return None
        failures = self._options.failures
        relaxed = place_blocks(problem, self._blocks, cautious=False, failures=failures)
        self._work += relaxed.work
        if relaxed.impossible:
            return True
        placed = place_blocks(problem, self._blocks, cautious=True, failures=failures)
        self._work += placed.work
        if self._holds(problem, placed.plan):
            return False
        verdict = self._locked_first(problem) if len(problem.campaigns) > 1 else None
        return self._searched(problem)[0] if verdict is None else verdict

    def _locked_first(self, problem: Problem) -> bool | None:
        """Search the campaigns with locks one by one, then place blocks of the others beside them.

        One that has no plan alone has none with others. What blocks cannot tell is mostly about
        locks, which are larger.
        """
        lines = list(problem.assignments)
        for campaign in problem.campaigns:
            mine = [a for a in problem.assignments if a.campaign_id == campaign.campaign_id]
            if not any(a.dial_lines for a in mine):
                continue
            if self._is_over():
                return None
            alone = {"campaigns": (campaign,), "assignments": tuple(mine)}
            verdict, plan = self._searched(problem.model_copy(update=alone))
            if verdict is not False or plan is None:
                return verdict
            known = {a.dialer_id for a in mine}
            lines += [a for a in plan.assignments if a.dialer_id not in known]
        settled = problem.model_copy(update={"assignments": tuple(lines)})
        plan = self._first_fit(settled, frozenset(a.campaign_id for a in lines if a.dial_lines))
        return False if self._holds(problem, plan) else None

    def _is_over(self) -> bool:
        spent = self._trials > MOST_TRIALS or self._work > MOST_WORK
        return spent or time.monotonic() > self._end or self._stop()

    def _holds(self, problem: Problem, plan: LinePlan | None) -> bool:
        if plan is None:
            return False
        return not check(problem, plan, self._options.failures)

    def _searched(self, problem: Problem) -> tuple[bool | None, LinePlan | None]:
        """What the search finds in a bounded number of steps: the verdict, and a plan."""
        cells = len(problem.campaigns) * len(problem.dialers)
        if self._cells_searched >= MOST_SEARCHED or cells > MOST_CELLS:
            return None, None
        self._cells_searched += max(cells, LEAST_CELLS)
        steps = 0

        def stop() -> bool:
            nonlocal steps
            steps += 1
            return steps > MOST_STEPS or self._is_over()

        outcome = optimize(problem, self._options, stop=stop)
        if outcome.infeasible:
            return True, None
        return (None if outcome.plan is None else False), outcome.plan

    def _is_short(self, problem: Problem) -> bool:
        """Whether some campaign's blocks do not fit even alone, or all of them not together."""
        ports, attempts = 0, 0.0
        for campaign in problem.campaigns:
            block = self._blocks.block(campaign, problem)
            locks = [a for a in problem.assignments if a.campaign_id == campaign.campaign_id]
            used = [a for a in locks if a.dial_lines]
            must_run = campaign.min_dialers >= 1 or bool(used)
            more = max(self._least_dialers(campaign) - len(used), 0) if must_run else 0
            agents = more * block.agent_lines + sum(a.agent_lines for a in used)
            lines = more * block.dial_lines + sum(a.dial_lines for a in used)
            if campaign.is_live_transfer and agents > campaign.agent_lines:
                return True
            if campaign.max_dial_lines is not None and lines > campaign.max_dial_lines:
                return True
            taken = {a.dialer_id for a in locks}
            may = [d for d in problem.dialers if problem.may_use(campaign, d)]
            fitting = [
                d
                for d in may
                if d.dialer_id not in taken
                and d.ports >= block.dial_lines + block.agent_lines * d.agent_lines_use_ports
            ]
            if more > len(fitting):
                return True
            ports += lines + agents * all(d.agent_lines_use_ports for d in may)
            attempts += more * block.least_attempts
        working = [d for d in problem.dialers if d.in_service]
        speed = sum(math.inf if d.cps is None else d.cps for d in working) * SECONDS_PER_HOUR
        return ports > sum(d.ports for d in working) or attempts > speed * (1 + LIMIT_ROUNDING)

    def _least_dialers(self, campaign: Campaign) -> int:
        """Dialers of a campaign that runs: those asked for, or domains to survive failures."""
        live = campaign.is_live_transfer
        answered = campaign.transfer_probability if live else campaign.answer_rate
        return campaign.min_dialers if answered == 0 else self._wanted(campaign)

    def _first_fit(
        self, problem: Problem, settled: frozenset[str] = frozenset()
    ) -> LinePlan | None:
        """A plan of blocks, campaign by campaign on the dialers with most ports; None if one fails.

        Campaigns that may use few dialers come first; those ``settled`` get nothing more.
        """
        free = {d.dialer_id: d.ports if d.in_service else 0 for d in problem.dialers}
        domain = {d.dialer_id: d.domain for d in problem.dialers}
        counts = {d.dialer_id: int(d.agent_lines_use_ports) for d in problem.dialers}
        lines = [a for a in problem.assignments if a.dial_lines]
        for item in lines:
            free[item.dialer_id] -= item.dial_lines + item.agent_lines * counts[item.dialer_id]
        locked = {(a.campaign_id, a.dialer_id) for a in problem.assignments}
        may = {
            c.campaign_id: [
                d.dialer_id
                for d in problem.dialers
                if problem.may_use(c, d) and (c.campaign_id, d.dialer_id) not in locked
            ]
            for c in problem.campaigns
        }
        open_ones = [c for c in problem.campaigns if c.campaign_id not in settled]
        for campaign in sorted(open_ones, key=lambda c: len(may[c.campaign_id])):
            block = self._blocks.block(campaign, problem)
            mine = [a.dialer_id for a in lines if a.campaign_id == campaign.campaign_id]
            times = dict.fromkeys(domain.values(), 0)
            for dialer_id in mine:
                times[domain[dialer_id]] += 1
            left = list(may[campaign.campaign_id])
            for _ in range(self._wanted(campaign) - len(mine)):
                fits = [
                    d for d in left if free[d] >= block.dial_lines + block.agent_lines * counts[d]
                ]
                if not fits:
                    return None
                chosen = min(fits, key=lambda d: (times[domain[d]], -free[d]))
                left.remove(chosen)
                times[domain[chosen]] += 1
                free[chosen] -= block.dial_lines + block.agent_lines * counts[chosen]
                lines.append(
                    LineAssignment(
                        campaign_id=campaign.campaign_id,
                        dialer_id=chosen,
                        dial_lines=block.dial_lines,
                        agent_lines=block.agent_lines,
                    )
                )
        return LinePlan(assignments=tuple(lines))

    def _wanted(self, campaign: Campaign) -> int:
        """Dialers that a campaign needs: those asked for, or enough to survive the failures."""
        share = campaign.least_surviving_share
        if share <= 0 or share >= 1:
            return campaign.min_dialers
        apart = math.ceil(self._options.failures / (1 - share) - 1e-6)
        return max(campaign.min_dialers, apart)


def has_impossible_lock(problem: Problem) -> bool:
    """Whether a lock breaks a limit all by itself, whatever else the plan does."""
    campaigns = {c.campaign_id: c for c in problem.campaigns}
    for item in problem.assignments:
        if not (item.dial_lines or item.agent_lines):
            continue
        campaign = campaigns[item.campaign_id]
        dialer: Dialer = problem.dialers[problem.dialer_index[item.dialer_id]]
        least = campaign.min_agent_lines if campaign.is_live_transfer else 0
        fits = least <= item.agent_lines <= item.dial_lines
        if not campaign.is_live_transfer:
            fits = item.agent_lines == 0
        if not fits or not problem.may_use(campaign, dialer):
            return True
    return False
