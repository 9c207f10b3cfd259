"""One more dialer like another one, as an expression."""

from __future__ import annotations

import pytest

import planner
from planner.contracts.faults import InputError
from planner.contracts.problem import Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.studies.changes import changed_problem
from tests.support.builders import solar
from tests.support.reference import best_value_by_enumeration


def fleet() -> Problem:
    dialers = (Dialer(dialer_id="D.1", ports=7, cps=3.0), Dialer(dialer_id="E", ports=5))
    return Problem(dialers=dialers, campaigns=(solar(agent_lines=2, allowed_dialers=("D.1",)),))


def test_it_is_like_the_other_one_and_may_be_used_where_that_may_be() -> None:
    found = changed_problem(fleet(), ["dialer.New one.like=D.1"])
    assert [d.dialer_id for d in found.dialers] == ["D.1", "E", "New one"]
    assert (found.dialers[2].ports, found.dialers[2].cps) == (7, 3.0)
    assert found.campaigns[0].allowed_dialers == ("D.1", "New one")
    assert found.dialers[2].domain == "New one"  # it fails by itself, as the other does


def test_other_expressions_may_be_about_it_in_any_order() -> None:
    one = changed_problem(fleet(), ["dialer.N.like=E", "dialer.N.ports=9"])
    other = changed_problem(fleet(), ["dialer.N.ports=9", "dialer.N.like=E"])
    assert one == other
    assert one.dialers[2].ports == 9
    assert one.dialers[1].ports == 5


@pytest.mark.parametrize(
    ("text", "value", "wanted"),
    [
        ("dialer.E.like=D.1", "E", "an id that no dialer has yet, such as dialer.NEW.like=D1"),
        ("dialer.*.like=D.1", "*", "an id that no dialer has yet, such as dialer.NEW.like=D1"),
        ("dialer.N.like=D1", "D1", "an id of dialers.csv (D.1, E)"),
        ("dialer.N.like=", "", "an id of dialers.csv (D.1, E)"),
    ],
)
def test_what_cannot_be_is_told_with_what_was_expected(text: str, value: str, wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        changed_problem(fleet(), [text])
    (fault,) = caught.value.faults
    assert (fault.value, fault.expected) == (value, wanted)


def test_what_one_more_dialer_brings_is_the_difference_of_two_best_plans() -> None:
    dialers = (Dialer(dialer_id="D", ports=4), Dialer(dialer_id="E", ports=3))
    problem = Problem(dialers=dialers, campaigns=(solar(agent_lines=3),))
    found = planner.plan(problem, PlanOptions(gap=0))
    before = best_value_by_enumeration(problem, 0.0)
    assert before is not None
    tried = {item.set: item for item in found.helps}
    for like in ("D", "E"):
        item = tried[f"dialer.NEW.like={like}",]
        after = best_value_by_enumeration(changed_problem(problem, item.set), 0.0)
        assert after is not None
        slack = 1e-9 * (1 + after)
        assert item.gain_low - slack <= after - before <= item.gain_high + slack
        assert item.gain > 0
