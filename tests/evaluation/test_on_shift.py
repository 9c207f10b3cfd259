"""Agent lines beyond the people on shift have no agent: one figure wherever the lines are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from math import comb

import pytest

from planner.app.editing.assessment import assess
from planner.app.editing.edited_lines import open_lines
from planner.app.pages.status_board import board
from planner.contracts.fleet.agents import PoolRow
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import PlanFigures, PlanOptions
from planner.evaluation.arrays import PlanArrays, evaluate
from planner.evaluation.limits.check import check
from planner.evaluation.moves.ordered import ordered_moves
from planner.evaluation.running.runnable import runnable_lines
from planner.pipeline.pipeline import plan, project
from planner.projection.hours.calendar import Spell
from planner.projection.planned import table_figures
from planner.report.plans.plan import plan_text
from planner.report.projections.next_events import next_event
from planner.report.projections.projection import next_sentence
from planner.studies.week.as_is import week_as_is
from planner.studies.whatif import whatif
from planner.tables.folder import read_folder
from tests.support.builders import solar

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
ALWAYS = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
QUICK = PlanOptions(time_limit=5.0, figures=PlanFigures.FORMULAS)


def handled(dial: int, agents: int) -> float:
    """Engset: calls an hour of lines with attempts of 25 s, 1 % requests and talks of 180 s."""
    beta = (1 / 25) * 0.01 * 180
    weights = [comb(dial, k) * beta**k for k in range(agents + 1)]
    busy = sum(k * w for k, w in enumerate(weights)) / sum(weights)
    return 3600 / 180 * busy


def line(dialer_id: str, dial: int, agents: int) -> LineAssignment:
    return LineAssignment(
        campaign_id="Solar", dialer_id=dialer_id, dial_lines=dial, agent_lines=agents
    )


def of_its_own() -> Problem:
    """Ten agent lines on two dialers, six agents on shift: three on each."""
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=100), Dialer(dialer_id="D2", ports=100)),
        campaigns=(solar(agent_lines=6, **ALWAYS),),
        assignments=(line("D1", 95, 5), line("D2", 95, 5)),
    )


def of_a_pool() -> Problem:
    pools = (PoolRow(pool="Dallas", agent_lines=6),)
    campaigns = (solar(agent_lines=None, **ALWAYS),)
    return of_its_own().model_copy(update={"pools": pools, "campaigns": campaigns})


def one_out() -> Problem:
    """Six agents sit at the five lines of the dialer that is there."""
    out = Dialer(dialer_id="D2", ports=100, in_service=False)
    return of_its_own().model_copy(update={"dialers": (of_its_own().dialers[0], out)})


@pytest.mark.parametrize(
    ("fleet", "worth"),
    [
        (of_its_own, 2 * handled(95, 3)),
        (of_a_pool, 2 * handled(95, 3)),
        (one_out, handled(95, 5)),
    ],
)
def test_the_same_lines_are_worth_the_same_wherever_they_are_shown(
    fleet: Callable[[], Problem], worth: float
) -> None:
    given = fleet()
    lines = LinePlan(assignments=given.assignments)
    same = whatif(given, {"same": ["campaign.*.value*=1"]}, engine="markov").base.kept
    page = assess(open_lines(given), AT)
    rows = project(given, at=AT, hours=1, engine="markov").assignments
    week = week_as_is(given, Spell(AT, AT + timedelta(hours=1)))
    result = plan(given, QUICK, at=AT)
    told = {
        "tables": evaluate(given, lines, 0.0).value.value_per_hour,
        "what if": same.value_per_hour,
        "tiles": page.headline.value_per_hour,
        "tile of transfers": page.headline.transfers_per_hour,
        "cells": sum(f.transfers_per_hour or 0.0 for f in page.figures.values()),
        "status": sum(row.transfers_per_hour or 0.0 for row in rows),
        "rows of a plan": sum(row.transfers_per_hour or 0.0 for row in table_figures(given)),
        "week": week[0].value_per_hour,
        "moves": result.value_before_moves,
    }
    assert told == {name: pytest.approx(worth, rel=1e-9) for name in told}
    assert f"transfers an hour instead of {worth:.1f}" in " ".join(plan_text(result, given).split())


def test_a_sentence_says_that_lines_have_no_agent() -> None:
    given = of_its_own()
    said = "Solar: agents are on shift for 6 of 10 agent lines; taken as 3 on D1, 3 on D2."
    assert said in whatif(given, {"same": []}, engine="markov").notes
    assert said in assess(open_lines(given), AT).notes
    assert said in project(given, at=AT, hours=1, engine="markov").notes
    assert said in " ".join(plan_text(plan(given, QUICK, at=AT), given).split())
    assert "Solar: 10 agent lines assigned, 6 on shift." in [
        breach.message for breach in check(given, LinePlan(assignments=given.assignments))
    ]


def test_what_is_expected_is_told_of_the_agents_that_are_there() -> None:
    given = of_its_own()
    rows = project(given, at=AT, hours=1, engine="markov").assignments
    assert [(row.agent_lines, row.agents) for row in rows] == [(5, 3), (5, 3)]
    assert next_event(rows[0], given, AT).what == "All 3 agents busy"
    assert next_sentence(rows[0]).startswith("D1 / Solar: all 3 agents busy in about ")
    card = board(given, ["D1"], rows, [next_event(row, given, AT) for row in rows])
    assert "95 dial + 5 agent lines, 3 with an agent" in card
    # Of who has nobody: dialing waits, and for no agent's call.
    nobody = given.model_copy(update={"campaigns": (solar(agent_lines=0, **ALWAYS),)})
    (row, _) = project(nobody, at=AT, hours=1, engine="markov").assignments
    assert row.agents == 0
    assert "0 agents" not in next_sentence(row)


def test_what_pools_have_no_agents_for_is_told_with_its_reason() -> None:
    pools = (
        PoolRow(pool="Dallas", agent_lines=9, dialers=("D1",)),
        PoolRow(pool="Chicago", agent_lines=1, dialers=("D2",)),
    )
    (lost,) = runnable_lines(of_a_pool().model_copy(update={"pools": pools})).lost
    assert (lost.dialer_id, lost.dial_lines, lost.agent_lines) == ("D2", 0, 4)
    assert lost.reason == "its pools have too few agents on shift"


def seated(lines: dict[str, tuple[int, int]], agents: int) -> dict[str, tuple[int, int]]:
    """Agents split over lines in proportion by largest remainder, the first on ties."""
    total = sum(a for _, a in lines.values())
    if total <= agents:
        return lines
    shares = {d: divmod(a * agents, total) for d, (_, a) in lines.items()}
    left = agents - sum(whole for whole, _ in shares.values())
    up = sorted(shares, key=lambda d: (-shares[d][1], d))[:left]
    return {d: (lines[d][0], shares[d][0] + (d in up)) for d in lines}


def test_on_the_way_agents_sit_where_there_are_lines() -> None:
    given = of_its_own()
    wanted = LinePlan(assignments=(line("D1", 94, 6),))
    found = ordered_moves(given, given.assignments, wanted)
    state = {"D1": (95, 5), "D2": (95, 5)}
    values = [found.value_before]
    expected = [2 * handled(95, 3)]
    for move in found.moves:
        state[move.dialer_id] = move.dial_lines_to, move.agent_lines_to
        values.append(move.value_after)
        expected.append(sum(handled(*there) for there in seated(state, 6).values() if there[1]))
    assert values == pytest.approx(expected)
    assert values[-1] == pytest.approx(handled(94, 6))


@pytest.mark.parametrize("fleet", [of_its_own, of_a_pool])
def test_the_way_back_ends_at_what_the_lines_were_worth(fleet: Callable[[], Problem]) -> None:
    given = fleet()
    down = {"D2 down": ["dialer.D2.in_service=false"]}
    (world,) = whatif(given, down, QUICK, replan=True).worlds
    again = world.replanned
    assert again is not None
    assert again.value_before_failure == pytest.approx(2 * handled(95, 3))
    assert again.value_before_moves == pytest.approx(handled(95, 5))
    assert again.moves_back[-1].value_after == pytest.approx(2 * handled(95, 3))


@pytest.mark.parametrize("hour", [14, 23])
def test_the_example_has_one_value_in_hours_with_fewer_agents(hour: int) -> None:
    """In these hours (UTC) 3 to 16 of its 146 agent lines have no agent, or somebody is closed."""
    at = datetime.combine(date(2026, 11, 30), datetime.min.time(), UTC) + timedelta(hours=hour)
    given = read_folder("data/regional")
    down = {"ATL-1 down": ["dialer.ATL-1.in_service=false"]}
    found = whatif(given, down, QUICK, replan=True, engine="markov", at=at, first=True)
    again = found.worlds[0].replanned
    assert again is not None
    assert again.value_before_failure == pytest.approx(found.base.kept.value_per_hour, rel=1e-9)
    unmoved = found.worlds[0].kept.value_per_hour
    assert again.value_before_moves == pytest.approx(unmoved, rel=1e-9)
    after = again.outcome
    assert after is not None
    assert again.moves[-1].value_after == pytest.approx(after.value_per_hour, rel=1e-9)


@pytest.mark.parametrize("fleet", [of_its_own, of_a_pool, one_out])
def test_lines_that_are_changed_have_the_rates_of_lines_set_afresh(
    fleet: Callable[[], Problem],
) -> None:
    given = fleet()
    arrays = PlanArrays(given, LinePlan(assignments=given.assignments))
    assert arrays.rates.handled.shape == (1, 2)
    for lines in ((80, 5), (80, 2), (80, 0), (95, 9)):
        arrays = arrays.changed({(0, 0): lines})
        fresh = PlanArrays(given, LinePlan(assignments=(line("D1", *lines), line("D2", 95, 5))))
        assert arrays.rates.handled.tolist() == fresh.rates.handled.tolist()
