"""Laws of expressions on random tiny problems."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.studies.changes import AGENT_FIELDS, changed_problem
from planner.studies.expressions import TARGETS, number
from planner.tables.cells import SHARED_CELLS, columns, fields_of_type
from tests.support.builders import tiny_problem

PROBLEMS = st.integers(0, 200).map(tiny_problem)
NUMERIC = [
    (kind, field)
    for kind, target in TARGETS.items()
    for json_type in ("integer", "number")
    for field in fields_of_type(target.contract, json_type)
    if field not in SHARED_CELLS  # no columns of their own
]


@given(PROBLEMS, st.sampled_from(NUMERIC), st.sampled_from(["*=1", "/=1", "+=0", "-=0.0"]))
def test_neutral_arithmetic_changes_nothing(problem, numeric, operation) -> None:
    kind, field = numeric
    key = ".".join("*" for _ in TARGETS[kind].keys)
    expression = f"{kind}.{key}.{field}{operation}"
    rows = getattr(problem, TARGETS[kind].table)
    if kind == "campaign" and field in AGENT_FIELDS:
        rows = [row for row in rows if row.is_live_transfer]
    if all(getattr(row, field) is None for row in rows):  # nothing to compute with
        with pytest.raises(InputError, match="at least one"):
            changed_problem(problem, [expression])
    else:
        assert changed_problem(problem, [expression]) == problem


@given(PROBLEMS, st.data())
def test_setting_a_cell_to_what_it_holds_changes_nothing(problem, data) -> None:
    kind = data.draw(st.sampled_from(["dialer", "campaign", "trunk_group"]))
    target = TARGETS[kind]
    row = data.draw(st.sampled_from(getattr(problem, target.table)))
    field = data.draw(st.sampled_from(list(columns(target.contract).values())))
    value = getattr(row, field)
    if field in target.keys or isinstance(value, tuple):
        return
    text = "" if value is None else str(value)
    expression = f"{kind}.{getattr(row, target.keys[0])}.{field}={text}"
    assert changed_problem(problem, [expression]) == problem


@given(PROBLEMS, st.integers(-50, 50), st.integers(0, 50))
def test_what_is_added_can_be_taken_away(problem, more, start) -> None:
    texts = [f"dialer.*.ports={start + 50}", f"dialer.*.ports+={more}", f"dialer.*.ports-={more}"]
    assert {d.ports for d in changed_problem(problem, texts).dialers} == {start + 50}


@given(st.integers(-(10**30), 10**30), st.integers(0, 30))
def test_numbers_are_read_exactly(digits, places) -> None:
    assert number(f"{digits}e-{places}") == Fraction(digits, 10**places)


@given(PROBLEMS, st.text(max_size=40))
def test_no_text_is_worse_than_a_fault(problem, text) -> None:
    for expression in (text, f"campaign.C0.{text}", f"campaign.C0.value={text}"):
        with suppress(InputError):
            assert isinstance(changed_problem(problem, [expression]), Problem)
