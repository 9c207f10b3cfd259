"""Parts of the optimiser on their own: the columns in a box, the cores, constructed plans."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.contracts.result import PlanOptions
from planner.optimize.cores import one_core, side_by_side
from planner.optimize.heuristics.construction import constructed
from planner.optimize.heuristics.restricted_master_heuristic import choose_columns
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.box import Box
from planner.optimize.model.column_arrays import ColumnArrays
from planner.optimize.model.columns import make_column
from planner.optimize.model.model import build_model
from planner.optimize.model.usage import Usage


def fleet(dialers: int = 2, campaigns: int = 2, ports: int = 30) -> Problem:
    return Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=ports) for d in range(dialers)),
        campaigns=tuple(
            Campaign(
                campaign_id=f"C{c}",
                agent_lines=2,
                attempt_seconds=20.0,
                answer_rate=0.5,
                transfer_rate=0.5,
                talk_seconds=60.0,
            )
            for c in range(campaigns)
        ),
    )


def test_the_arrays_find_the_columns_inside_a_box() -> None:
    model = build_model(fleet(3, 4), PlanOptions())
    draw = np.random.default_rng(0)
    index, columns, here = ColumnArrays(model), [], []
    for _ in range(200):  # more than it has places to begin with
        dial, agent = draw.integers(0, 9, 3), draw.integers(0, 2, 3)
        columns.append(make_column(model, int(draw.integers(4)), dial, agent))
        here.append(float(draw.uniform(0, 9)))
        index.add(columns[-1], here[-1])
    low = draw.integers(0, 2, (4, 3))
    box = Box(low, low + 6, np.zeros_like(low), draw.integers(0, 2, (4, 3)))
    expected = [box.contains(k.campaign, k.dial_lines, k.agent_lines) for k in columns]
    assert 0 < sum(expected) < len(expected)
    assert index.inside(box).tolist() == expected
    earns_little = [inside and earns <= 6 for inside, earns in zip(expected, here, strict=True)]
    assert 0 < sum(earns_little) < sum(expected)
    assert index.inside(replace(box, dialer_high=6.0)).tolist() == earns_little


def threads_used() -> set[int]:
    """Threads in which two things are done."""
    used: set[int] = set()
    with side_by_side(2) as each:
        each(lambda _: used.add(threading.get_ident()), range(2))
    return used


def test_one_core_is_used_for_a_while_only() -> None:
    here = threading.get_ident()
    with one_core():
        assert threads_used() == {here}
    assert here not in threads_used()


def test_the_integer_master_gives_its_columns_in_the_order_of_the_campaigns() -> None:
    model = build_model(fleet(), PlanOptions())
    column = [
        make_column(model, c, np.array([10, 10]), np.array([1, 1])) for c in range(model.campaigns)
    ]
    chosen = choose_columns(model, column[::-1], {}, seed=0, seconds=10.0)
    assert chosen is not None
    assert [k.campaign for k in chosen] == [0, 1]


def test_a_construction_leaves_out_columns_that_do_not_fit_together() -> None:
    """The relaxation may hold almost the whole of each where the wholes need a port more."""
    model = build_model(fleet(dialers=1, ports=111), PlanOptions())
    nearly = 0.991
    mix = [
        (make_column(model, 0, np.array([60]), np.array([1])), nearly),
        (make_column(model, 1, np.array([50]), np.array([1])), nearly),
    ]
    used = sum(float(column.lines.sum()) for column, _ in mix)
    assert nearly * used <= 111 < used  # ports
    master = RestrictedMaster(model)
    found, complete = constructed(master, master.even_duals(0.0), mix)
    assert complete
    assert sum(float(column.lines.sum()) for column in found) <= 111


def test_a_plan_that_cannot_be_completed_holds_the_locked_lines_all_the_same() -> None:
    # 60 % of the first campaign cannot survive on two dialers, so that it finds no place.
    problem = fleet(2, 2, ports=30)
    first = problem.campaigns[0].model_copy(update={"survivable_share": 0.6, "min_dialers": 2})
    locked = LineAssignment(
        campaign_id="C0", dialer_id="D1", dial_lines=5, agent_lines=1, locked=True
    )
    changed = {"campaigns": (first, problem.campaigns[1]), "assignments": (locked,)}
    model = build_model(problem.model_copy(update=changed), PlanOptions())
    master = RestrictedMaster(model)
    begun, complete = constructed(master, master.even_duals(0.0))
    assert not complete
    assert begun[0].dial_lines.tolist() == [0, 5]
    assert begun[0].agent_lines.tolist() == [0, 1]


def test_a_campaign_finds_its_place_beside_a_dialer_whose_carrier_is_full() -> None:
    # The first campaign needs 2 dial lines and 2 agent lines at the least, all that the carrier
    # of the large dialer has. The second is better off there by itself, but only D1 is left.
    problem = fleet(1, 2, ports=60)
    campaigns = tuple(
        campaign.model_copy(update={"min_agent_lines": 2, "value": 2.0 - c})
        for c, campaign in enumerate(problem.campaigns)
    )
    dialers = (
        Dialer(dialer_id="D0", ports=60, trunk_group="T"),
        Dialer(dialer_id="D1", ports=4),
    )
    full = Problem(
        dialers=dialers,
        campaigns=campaigns,
        trunk_groups=(TrunkGroup(trunk_group="T", channels=4),),
    )
    model = build_model(full, PlanOptions())
    master = RestrictedMaster(model)
    found, complete = constructed(master, master.even_duals(0.0))
    assert complete
    assert sum(k.agent_lines for k in found).tolist() == [2, 2]
    assert Usage(model, found).fits()
    assert all(k.holds_own_limits for k in found)
