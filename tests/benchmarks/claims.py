"""Whether what a plan says about itself holds: ``python -m tests.benchmarks.claims``.

Plans fleets of every family, and tries each claim by planning again from nothing, with another
seed and a closer gap: the bound, what one more is worth, what limits cost, what would help, repairs
of what cannot be had, the order of moves, and the reason of each line. A figure comes as a range;
it is true where the range that the other plans leave lies inside, false where the two do not meet,
and not decided by the gap in between. The other plans are as close as so many seconds of the
processor make them: with a range wider than what is told they decide nothing. Ends with exit code
1 where a claim is false.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest import mock

import planner
from planner.contracts.answers import Worth
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions, PlanResult
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.evaluation.worth import resources
from planner.evaluation.worth.limits import without_limits
from planner.optimize.one_more import OneMore, one_more
from planner.optimize.search import compile_search, optimize
from planner.pipeline import explained
from planner.studies.changes import changed_problem
from tests.benchmarks import told_error
from tests.benchmarks.fleets import FAMILIES, SINGLE_LIMITS, Family, fleet
from tests.benchmarks.reporting import Row, table

KINDS = ("bound", "one more", "cost of a limit", "helps", "repair", "order of moves", "why")
TRUE, FALSE, OPEN = "true", "false", "not decided by the gap"
#: The others plan this many times as closely, for so long [processor s]: the plan itself once more,
#: with which all are compared, and each plan with a change.
CLOSER, BASE_SECONDS, SECONDS = 1e-4, 20.0, 8.0
#: The plan whose claims are tried may take so long [s].
PLAN_SECONDS = 10.0
#: Claims of one kind that are tried on a fleet, drawn.
MOST = 3
ROUNDING = 1e-9


class Ends(NamedTuple):
    """The best plan is worth no less and no more [value per hour]."""

    low: float
    high: float


def main() -> None:
    """Try claims of fleets until all are tried or the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--fleets", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=540.0, help="no fleet is begun after that")
    parser.add_argument("--first", type=int, default=0, help="number of the first fleet")
    parser.add_argument("--told-error", action="store_true", help="only whether that holds")
    arguments = parser.parse_args()
    compile_search()
    if arguments.told_error:
        sys.exit(not told_error.report(arguments.first, arguments.fleets, arguments.seconds))
    end = time.monotonic() + arguments.seconds
    counts: dict[tuple[str, str], int] = {}
    families = (*FAMILIES, *SINGLE_LIMITS)
    done = 0
    for number in range(arguments.first, arguments.first + arguments.fleets):
        if time.monotonic() > end:
            break
        family, seed = families[number % len(families)], number // len(families)
        for kind, verdict, words in claims(fleet(4, 6, family, seed), family, seed):
            counts[kind, verdict] = counts.get((kind, verdict), 0) + 1
            if verdict != TRUE:
                print(f"{verdict}: {family.name}, seed {seed}: {kind}: {words}", flush=True)
        done += 1
    rows: list[Row] = [
        {"claim": kind, "tried": sum(counts.get((kind, v), 0) for v in (TRUE, FALSE, OPEN))}
        | {verdict: counts.get((kind, verdict), 0) for verdict in (TRUE, FALSE, OPEN)}
        for kind in KINDS
    ]
    print(f"{done} fleets of 4 dialers and 6 campaigns\n\n{table(rows)}")
    sys.exit(any(row[FALSE] for row in rows))


def claims(problem: Problem, family: Family, seed: int) -> Iterator[tuple[str, str, str]]:
    """Kind, verdict and words of every claim that is tried."""
    draw = random.Random(f"{family.name} {seed}")
    options = PlanOptions(
        redundancy=family.redundancy,
        failures=family.failures,
        time_limit=PLAN_SECONDS,
        figures="formulas",
    )
    result, more = _told(problem, options)
    if result.plan is None:
        yield from _repairs(problem, options, result)
        return
    assert result.value is not None
    assert result.bound_per_hour is not None
    value, bound = result.value.value_per_hour, result.bound_per_hour
    found = _best(problem, options, seconds=BASE_SECONDS)
    slack = ROUNDING * (1 + abs(bound))
    holds = found is not None and found.low <= bound + slack and found.high >= value - slack
    yield "bound", TRUE if holds else FALSE, f"{value} to {bound}, {found}"
    assert found is not None
    base = Ends(max(value, found.low), min(bound, found.high))
    yield from _worths(problem, options, more, base, draw)
    yield from _helps(problem, options, result, base, draw)
    yield from _whys(problem, options, result, draw)
    yield from _moves(problem, options, result, draw)
    yield from _repairs(*_too_much(problem, options, draw))


def _told(problem: Problem, options: PlanOptions) -> tuple[PlanResult, OneMore]:
    """A plan with all that is told of it, and what it is told from."""
    told: list[OneMore] = []

    def kept(*given: Any) -> OneMore:
        told.append(one_more(*given))
        return told[-1]

    with mock.patch.object(explained, "one_more", kept):
        result = planner.plan(problem, options)
    return result, told[-1] if told else OneMore()


def _best(
    problem: Problem, options: PlanOptions, at_least: Ends | None = None, seconds: float = SECONDS
) -> Ends | None:
    """By a search of its own; None where there is no plan.

    ``at_least``: of a problem all of whose plans this one has, too.
    """
    closer = options.model_copy(
        update={"gap": options.gap * CLOSER, "seed": options.seed + 1, "time_limit": 600.0}
    )
    end = time.process_time() + seconds
    found = optimize(problem, closer, stop=lambda: time.process_time() > end)
    if found.value is None or found.bound is None:
        return None
    low = found.value if at_least is None else max(found.value, at_least.low)
    return Ends(low, max(found.bound, low))


def _verdict(told: Worth, base: Ends, after: Ends | None, loosens: bool) -> str:
    """Whether a range holds against what other plans leave possible.

    Where a change only ``loosens``, every plan stays one, so that nothing can be lost.
    """
    if after is None:
        return FALSE
    low, high = after.low - base.high, after.high - base.low
    if loosens:
        low = max(low, 0.0)
    slack = 10 * ROUNDING * (1 + abs(base.high))
    if high < told.low - slack or low > told.high + slack:
        return FALSE
    return TRUE if low >= told.low - slack and high <= told.high + slack else OPEN


def _worths(
    problem: Problem, options: PlanOptions, told: OneMore, base: Ends, draw: random.Random
) -> Iterator[tuple[str, str, str]]:
    """What one more is worth and what limits cost, as ranges; that a named limit costs."""
    tried = told.tried
    more = [
        *resources.more_agent_lines(problem),
        *resources.more_ports(problem),
        *resources.more_channels(problem),
        *resources.more_calls_per_second(problem),
    ]
    for kind, changes in (
        ("one more", more),
        ("cost of a limit", list(without_limits(problem, keep_current=False))),
    ):
        known = [change for change in changes if change.name in tried]
        for change in draw.sample(known, min(MOST, len(known))):
            after = _best(change.problem, options, base if change.loosens else None)
            worth = tried[change.name]
            verdict = _verdict(worth, base, after, change.loosens)
            yield kind, verdict, f"{change.expressions}: {worth}, {base} to {after}"


def _helps(
    problem: Problem, options: PlanOptions, result: PlanResult, base: Ends, draw: random.Random
) -> Iterator[tuple[str, str, str]]:
    for item in draw.sample(result.helps, min(MOST, len(result.helps))):
        loosens = len(item.set) == 1  # who gives an agent away has less
        changed = changed_problem(problem, item.set)
        after = _best(changed, options, base if loosens else None)
        worth = Worth(item.gain, item.gain_low, item.gain_high)
        yield "helps", _verdict(worth, base, after, loosens), f"{item}, {base} to {after}"


def _whys(
    problem: Problem, options: PlanOptions, result: PlanResult, draw: random.Random
) -> Iterator[tuple[str, str, str]]:
    """One more dial line, in truth: what it brings, and which limits it breaks."""
    assert result.plan is not None
    lines = result.plan.assignments
    before = _value(problem, options, lines)
    broken = {(b.rule, b.campaign_id, b.dialer_id) for b in _breaches(problem, options, lines)}
    roomier = _with_a_port_more(problem)  # elsewhere a line over the ports would not run
    for reason in draw.sample(result.why, min(MOST, len(result.why))):
        key = reason.campaign_id, reason.dialer_id
        more = tuple(
            item.model_copy(update={"dial_lines": item.dial_lines + 1})
            if (item.campaign_id, item.dialer_id) == key
            else item
            for item in lines
        )
        gain = _value(roomier, options, more) - before
        rules = {
            b.rule
            for b in _breaches(problem, options, more)
            if (b.rule, b.campaign_id, b.dialer_id) not in broken
        }
        right = abs(gain - reason.one_more_dial_line) <= 1e-7 * (1 + abs(before))
        right = right and bool(rules) == bool(reason.dial_line_limits)
        yield "why", TRUE if right else FALSE, f"{reason}: {gain}, {rules}"


def _with_a_port_more(problem: Problem) -> Problem:
    """The fleet with a port more on each dialer, and a channel more in each trunk group."""
    dialers = (d.model_copy(update={"ports": d.ports + 1}) for d in problem.dialers)
    groups = (g.model_copy(update={"channels": g.channels + 1}) for g in problem.trunk_groups)
    return problem.model_copy(update={"dialers": tuple(dialers), "trunk_groups": tuple(groups)})


def _value(problem: Problem, options: PlanOptions, lines: tuple[LineAssignment, ...]) -> float:
    plan = LinePlan(assignments=lines)
    found = evaluate(problem, plan, options.redundancy, failures=options.failures)
    return found.value.value_per_hour


def _breaches(problem: Problem, options: PlanOptions, lines: tuple[LineAssignment, ...]) -> list:  # type: ignore[type-arg]
    return list(check(problem, LinePlan(assignments=lines), failures=options.failures))


def _moves(
    problem: Problem, options: PlanOptions, result: PlanResult, draw: random.Random
) -> Iterator[tuple[str, str, str]]:
    """The way from these lines to those of a fleet in which one campaign is worth more."""
    assert result.plan is not None
    campaign = draw.choice(problem.campaigns)
    locks = {(a.campaign_id, a.dialer_id) for a in problem.assignments if a.locked}
    lines = tuple(
        a.model_copy(update={"locked": (a.campaign_id, a.dialer_id) in locks, "pools": ()})
        for a in result.plan.assignments
    )
    changed = changed_problem(
        problem.model_copy(update={"assignments": lines}),
        [f"campaign.{campaign.campaign_id}.value*=2"],
    )
    then = planner.plan(changed, options, explained=False)
    state = {(a.campaign_id, a.dialer_id): a for a in lines}
    for move in then.moves:
        state[move.campaign_id, move.dialer_id] = LineAssignment(
            campaign_id=move.campaign_id,
            dialer_id=move.dialer_id,
            dial_lines=move.dial_lines_to,
            agent_lines=move.agent_lines_to,
        )
        used = tuple(a for a in state.values() if a.dial_lines)
        value = _value(changed, options, used)
        right = abs(value - move.value_after) <= 1e-7 * (1 + abs(value))
        hard = {"ports", "channels", "agent_lines"}
        right = right and not any(b.rule in hard for b in _breaches(changed, options, used))
        yield "order of moves", TRUE if right else FALSE, f"{move}: {value}"


def _too_much(
    problem: Problem, options: PlanOptions, draw: random.Random
) -> tuple[Problem, PlanOptions, PlanResult]:
    """The fleet, of which more is asked than it has."""
    name = draw.choice(problem.campaigns).campaign_id
    asked = draw.choice(["survivable_share=0.9", "min_dialers=5", "min_transfers_per_hour=100000"])
    changed = changed_problem(problem, [f"campaign.{name}.{asked}"])
    return changed, options, planner.plan(changed, options, explained=False)


def _repairs(
    problem: Problem, options: PlanOptions, result: PlanResult
) -> Iterator[tuple[str, str, str]]:
    """Each change that is said to help alone, where one thing is wrong."""
    if len(result.conflicts) != 1:
        return
    (conflict,) = result.conflicts
    for member in conflict.members:
        kind = member.table.removesuffix(".csv").removesuffix("s")
        if member.change_to is None or kind not in ("campaign", "dialer", "trunk_group"):
            continue
        value = member.change_to
        cell = str(value).lower() if isinstance(value, bool) else value
        text = f"{kind}.{'.'.join(member.key.values())}.{member.column}={cell}"
        after = optimize(changed_problem(problem, [text]), options)
        verdict = OPEN if after.plan is None and not after.infeasible else TRUE
        yield "repair", FALSE if after.infeasible else verdict, text


if __name__ == "__main__":
    main()
