"""More lines than a dialer has ports: what runs is the same wherever the lines are shown.

Two dialers with 90 ports and 95 + 5 lines each run 85 + 5: agent lines keep their ports. With
nu = 1/25, q = 0.01, mu = 1/180 of MODEL.md 3 the all-busy share is Engset's with beta = 0.072.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import comb
from pathlib import Path

import numpy as np
import pytest

from planner.app.editing.assessment import assess
from planner.app.editing.edit_check import EditCheck, limit_of
from planner.app.editing.edited_lines import apply_edits, open_lines
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.contracts.result import AssignmentFigures, Status
from planner.evaluation.arrays import PlanArrays, evaluate
from planner.evaluation.limits.check import check
from planner.evaluation.moves.ordered import ordered_moves
from planner.evaluation.running.within_ports import port_notes
from planner.pipeline.pipeline import project
from planner.projection.hours.calendar import Spell
from planner.projection.planned import table_figures
from planner.studies.through_hours import through_hours, total
from planner.studies.week.as_is import week_as_is
from planner.studies.whatif import whatif
from planner.tables.folder import read_folder
from tests.support.builders import solar

QUICKSTART = Path(__file__).parents[2] / "data" / "quickstart"
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def engset(lines: int, agents: int, beta: float) -> tuple[float, float]:
    """All-busy share, and mean busy agent lines, from the weights of the states themselves."""
    weights = [comb(lines, k) * beta**k for k in range(agents + 1)]
    whole = sum(weights)
    return weights[-1] / whole, sum(k * w for k, w in enumerate(weights)) / whole


PAUSED, BUSY = engset(85, 5, 0.072)
#: Both dialers, an hour.
TRANSFERS = 2 * 3600 * BUSY / 180


def over() -> Problem:
    problem = read_folder(QUICKSTART)
    dialers = tuple(d.model_copy(update={"ports": 90}) for d in problem.dialers)
    return problem.model_copy(update={"dialers": dialers})


def item(campaign: str, dialer: str, dial: int, agents: int) -> LineAssignment:
    return LineAssignment(
        campaign_id=campaign, dialer_id=dialer, dial_lines=dial, agent_lines=agents
    )


def transfers(rows: tuple[AssignmentFigures, ...]) -> float:
    return sum(row.transfers_per_hour or 0.0 for row in rows)


def test_the_same_lines_have_the_same_figures_on_all_screens() -> None:
    problem = over()
    board = assess(open_lines(problem), AT)
    compared = whatif(problem, {"x": ["campaign.*.value*=1"]}, tornado=True)
    week = week_as_is(problem, Spell(AT, AT + timedelta(hours=24)))
    moves = ordered_moves(problem, problem.assignments, LinePlan(assignments=()))
    values = {
        "tile of the value": board.headline.value_per_hour,
        "tile of the transfers": board.headline.transfers_per_hour,
        "rows of the board": transfers(tuple(board.figures.values())),
        "projection": transfers(project(problem, at=AT, hours=1).assignments),
        "rows of a plan": transfers(table_figures(problem)),
        "what if": compared.base.kept.value_per_hour,
        "a changed world": compared.worlds[0].kept.transfers_per_hour,
        "what the result hangs on": compared.tornado and compared.tornado.base_aim,
        "hours ahead": total(through_hours(problem, AT, 1.0)),
        "week": week[0].value_per_hour,
        "moves": moves.value_before,
    }
    assert values == {name: pytest.approx(TRANSFERS, rel=1e-9) for name in values}
    assert board.headline.paused_share == pytest.approx(PAUSED, rel=1e-9)
    # The board shows the lines as they are set, and that they break two limits.
    assert [row.dial_lines for row in board.figures.values()] == [95, 95]
    assert [b.rule for b in board.breaches] == ["ports", "ports"]


def test_what_was_cut_is_said_on_all_screens() -> None:
    problem = over()
    said = (
        "More lines are set than ports let run: D1 has 90 for 100 (taken as 85 + 5 of Solar); "
        "D2 has 90 for 100 (taken as 85 + 5 of Solar)."
    )
    assert port_notes(problem)[0] == said
    assert said in assess(open_lines(problem), AT).notes
    assert any(note.startswith(said) for note in project(problem, at=AT, hours=1).notes)
    compared = whatif(problem, {"x": []})
    assert said in compared.notes
    assert compared.base.kept.lost[0].reason == "D1 has only 90 ports"
    # As many limits are broken as on the board.
    board = [breach.message for breach in assess(open_lines(problem), AT).breaches]
    assert list(compared.base.kept.breaches) == board
    assert port_notes(read_folder(QUICKSTART)) == ()


def test_a_dialer_of_many_campaigns_names_the_first() -> None:
    names = [f"C{n}" for n in range(7)]
    problem = Problem(
        dialers=(Dialer(dialer_id="D", ports=35),),
        campaigns=tuple(
            Campaign(campaign_id=n, kind="broadcast", attempt_seconds=30, answer_rate=0.5)
            for n in names
        ),
        assignments=tuple(item(name, "D", 10, 0) for name in names),
    )
    assert port_notes(problem) == (
        "More lines are set than ports let run: D has 35 for 70 (taken as 5 of C0, 5 of C1, "
        "5 of C2, 5 of C3, 5 of C4 and the other 2 in the same proportion).",
    )


def two_campaigns(**second: object) -> Problem:
    """95 + 5 lines of each of two campaigns on one dialer of 100 ports."""
    return Problem(
        dialers=(Dialer(dialer_id="D", ports=100),),
        campaigns=(
            solar(schedule="Mon-Sun 00:00-24:00", start="2026-01-01"),
            solar(campaign_id="Wind", start="2026-01-01", **second),
        ),
        assignments=(item("Solar", "D", 95, 5), item("Wind", "D", 95, 5)),
    )


def test_an_edit_that_takes_ports_changes_the_figures_of_the_others() -> None:
    problem = two_campaigns(schedule="Mon-Sun 00:00-24:00")
    first = open_lines(problem.model_copy(update={"assignments": problem.assignments[:1]}))
    alone = assess(first, AT)
    edited, _ = apply_edits(first, {("Wind", "D"): {"dial_lines": 95, "agent_lines": 5}})
    after = assess(edited, AT, alone)
    # 190 dial lines into 90 ports: 45 each.
    paused = engset(45, 5, 0.072)[0]
    for key in (("Solar", "D"), ("Wind", "D")):
        assert after.figures[key].all_busy_share == pytest.approx(paused, rel=1e-9)
    assert alone.figures["Solar", "D"].all_busy_share == pytest.approx(0.399945, abs=1e-6)
    # As if looked at for the first time, also in the arrays that edits are tried with.
    assert after.figures == assess(edited, AT).figures
    arrays = PlanArrays(problem, first.line_plan)
    arrays.rates  # noqa: B018 - known before the change
    changed = arrays.changed({(1, 0): (95, 5)})
    fresh = PlanArrays(problem, edited.line_plan)
    assert np.array_equal(changed.rates.handled, fresh.rates.handled)
    assert np.array_equal(changed.changed({(1, 0): (0, 0)}).rates.handled, arrays.rates.handled)


def test_a_limit_that_others_break_by_an_edit_is_found() -> None:
    # Solar must reach 70 transfers an hour: it does with all its lines, not with half of them.
    problem = two_campaigns(schedule="Mon-Sun 00:00-24:00")
    asking = problem.campaigns[0].model_copy(update={"min_transfers_per_hour": 70.0})
    problem = problem.model_copy(
        update={
            "campaigns": (asking, problem.campaigns[1]),
            "assignments": problem.assignments[:1],
        }
    )
    first = open_lines(problem)
    found = EditCheck(first).broken_after({("Wind", "D"): (95, 5)})
    edited, _ = apply_edits(first, {("Wind", "D"): {"dial_lines": 95, "agent_lines": 5}})
    assert found == {limit_of(b) for b in check(edited.problem, edited.line_plan)}
    assert "min_transfers_per_hour" in {limit.rule for limit in found}


def test_the_board_counts_all_lines_whatever_the_time() -> None:
    problem = two_campaigns(schedule="Mon-Sun 14:00-24:00")
    board = assess(open_lines(problem), AT)
    each = 3600 * engset(45, 5, 0.072)[1] / 180
    for row in board.figures.values():
        assert row.transfers_per_hour == pytest.approx(each, rel=1e-9)
    assert board.headline.value_per_hour == pytest.approx(2 * each, rel=1e-9)


def test_campaigns_that_never_dial_at_once_leave_each_other_their_ports() -> None:
    problem = two_campaigns(schedule="Mon-Sun 14:00-24:00")
    found = project(problem, at=AT, hours=4)
    solar_now, wind = found.assignments
    assert solar_now.all_busy_share == pytest.approx(0.399945, abs=1e-6)  # alone until 14:00
    # Wind dials beside Solar when it dials: 45 + 5 lines.
    assert wind.all_busy_share == pytest.approx(engset(45, 5, 0.072)[0], rel=1e-9)
    by_hour = {
        (step.campaign_id, (step.start - AT) / timedelta(hours=1)): step.probabilities.get(
            Status.ALL_BUSY, 0.0
        )
        for step in found.timeline
    }
    # Long after the start, and long after 14:00: the long-run shares of MODEL.md 3.
    assert by_hour["Solar", 1.75] == pytest.approx(0.399945, abs=0.03)
    for name in ("Solar", "Wind"):
        assert by_hour[name, 3.75] == pytest.approx(engset(45, 5, 0.072)[0], abs=0.03)


def test_lines_that_cannot_dial_take_no_port_and_agent_lines_without_ports_none() -> None:
    problem = two_campaigns(schedule="Mon-Sun 00:00-24:00")
    typed = item("Wind", "D", 60, 0)  # half typed: no agent lines yet
    plan = LinePlan(assignments=(problem.assignments[0], typed))
    assert PlanArrays(problem, plan).running[0][0, 0] == 95
    free = problem.dialers[0].model_copy(update={"agent_lines_use_ports": False, "ports": 95})
    spared = problem.model_copy(update={"dialers": (free,)})
    alone = LinePlan(assignments=problem.assignments[:1])
    assert PlanArrays(spared, alone).running[0][0, 0] == 95


def test_what_if_and_the_projection_share_channels_alike() -> None:
    """A simulation lets lines share channels call by call, as MODEL.md 5 has it."""
    problem = two_campaigns(schedule="Mon-Sun 00:00-24:00")
    dialer = problem.dialers[0].model_copy(update={"ports": 200, "trunk_group": "T"})
    problem = problem.model_copy(
        update={
            "dialers": (dialer,),
            "trunk_groups": (TrunkGroup(trunk_group="T", channels=150),),
        }
    )
    projected = project(problem, at=AT, hours=1).assignments
    kept = whatif(problem, {"x": []}).base.kept
    assert transfers(kept.figures) == pytest.approx(transfers(projected), rel=1e-9)
    # By formula each has so many lines as fit, in proportion: 70 + 5.
    by_formula = project(problem, at=AT, hours=1, engine="markov").assignments
    cut = 2 * 3600 * engset(70, 5, 0.072)[1] / 180
    assert transfers(by_formula) == pytest.approx(cut, rel=1e-9)
    plan = LinePlan(assignments=problem.assignments)
    value = evaluate(problem, plan, 0.0).value.throughput_value_per_hour
    assert value == pytest.approx(cut, rel=1e-9)
