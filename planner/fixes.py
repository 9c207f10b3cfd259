"""One step that repairs a broken limit, where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from planner.problem import LineAssignment
from planner.quick_edits import even_out, with_lines
from planner.scenario import RowKey, Scenario
from planner.verify import Breach, check, factors

#: Dial lines are cut to so many parts of what they are, the most that holds the limit.
_PARTS = 256


class Fix(NamedTuple):
    """What the step does, in words, and the scenario after it."""

    words: str
    scenario: Scenario


def find_fix(
    scenario: Scenario, breach: Breach, known: Iterable[Breach] | None = None
) -> Fix | None:
    """Find a step after which this limit holds and no other is newly broken.

    Locked rows are never changed. None if no step that we know does it.

    Parameters
    ----------
    known : all limits that are broken now, where somebody has looked already
    """
    before = {_kind(other) for other in (_breaches(scenario) if known is None else known)}
    for words, changed in _steps(scenario, breach):
        after = {_kind(other) for other in _breaches(changed)}
        if _kind(breach) not in after and after <= before:
            return Fix(words, changed)
    return None


def _kind(breach: Breach) -> tuple[str, ...]:
    """What is broken where; sentences about trunk groups and domains begin with their name."""
    place = breach.message.split(":")[0] if breach.dialer_id is None else ""
    return breach.rule, breach.campaign_id or "", breach.dialer_id or "", place


def _breaches(scenario: Scenario) -> tuple[Breach, ...]:
    return check(scenario.problem, scenario.line_plan, factors(scenario.corrections))


def _steps(scenario: Scenario, breach: Breach) -> Iterator[tuple[str, Scenario]]:
    """Steps to try, the smallest first."""
    rows = _concerned(scenario, breach)
    match breach.rule:
        case "dial_lines":
            yield from _as_many_dial_lines(scenario, rows)
        case "in_service" | "allowed_dialers":
            keys = [key for key, _ in rows]
            yield "take its lines away", with_lines(scenario, dict.fromkeys(keys, (0, 0)))
        case "min_agent_lines":
            yield from _enough_agents(scenario, rows)
        case "agent_lines":
            yield "cut agent lines", _largest_cut(scenario, breach, rows, _cut_agents)
        case "survivable_share" | "min_dialers":
            keys = [key for key in scenario.rows if key[0] == breach.campaign_id]
            yield "spread its lines evenly", even_out(scenario, keys)
        case _:
            yield "cut dial lines", _largest_cut(scenario, breach, rows, _cut_dial)
            if breach.rule == "max_abandon_rate":
                keys = [key for key, _ in rows]
                yield "spread its lines evenly", even_out(scenario, keys)


_Rows = list[tuple[RowKey, LineAssignment]]


def _concerned(scenario: Scenario, breach: Breach) -> _Rows:
    """Rows with lines that count in the limit and may be changed."""
    group = breach.message.removeprefix("Trunk group ")
    members = {
        dialer.dialer_id
        for dialer in scenario.baseline.dialers
        if breach.rule not in ("channels", "trunk_cps")
        or (dialer.trunk_group is not None and group.startswith(f"{dialer.trunk_group}: "))
    }
    return [
        (key, item)
        for key, item in scenario.by_row().items()
        if breach.campaign_id in (None, key[0])
        and breach.dialer_id in (None, key[1])
        and key[1] in members
        and not item.locked
        and (item.dial_lines or item.agent_lines)
    ]


def _as_many_dial_lines(scenario: Scenario, rows: _Rows) -> Iterator[tuple[str, Scenario]]:
    more = {key: (max(item.agent_lines, 1), item.agent_lines) for key, item in rows}
    yield "as many dial lines as agent lines", with_lines(scenario, more)
    fewer = {key: (item.dial_lines, min(item.agent_lines, item.dial_lines)) for key, item in rows}
    yield "no more agent lines than dial lines", with_lines(scenario, fewer)


def _enough_agents(scenario: Scenario, rows: _Rows) -> Iterator[tuple[str, Scenario]]:
    problem = scenario.baseline
    for key, item in rows:
        least = problem.campaigns[problem.campaign_index[key[0]]].min_agent_lines
        yield f"{least} agent lines", with_lines(scenario, {key: (item.dial_lines, least)})
        yield "take its lines away", with_lines(scenario, {key: (0, 0)})


def _largest_cut(
    scenario: Scenario,
    breach: Breach,
    rows: _Rows,
    cut: Callable[[LineAssignment, int], tuple[int, int]],
) -> Scenario:
    """Cut the rows in proportion, no more than the limit asks for."""

    def cut_to(parts: int) -> Scenario:
        return with_lines(scenario, {key: cut(item, parts) for key, item in rows})

    low, high = 0, _PARTS  # the limit may hold at low, and does not at high
    while high - low > 1:
        middle = (low + high) // 2
        broken = {_kind(other) for other in _breaches(cut_to(middle))}
        low, high = (low, middle) if _kind(breach) in broken else (middle, high)
    return cut_to(low)


def _cut_dial(item: LineAssignment, parts: int) -> tuple[int, int]:
    dial = item.dial_lines * parts // _PARTS
    return max(dial, min(item.agent_lines, item.dial_lines)), item.agent_lines


def _cut_agents(item: LineAssignment, parts: int) -> tuple[int, int]:
    return item.dial_lines, item.agent_lines * parts // _PARTS
