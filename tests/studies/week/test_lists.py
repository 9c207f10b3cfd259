"""Lists to be done in time in a week: the attempts of all its hours together count.

One agent line and N dial lines are all busy for x / (1 + x) of the time, x = 0.75 N (one_agent.py).
A pause begins with N - 1 attempts in progress, of which (1/50) / (1/50 + 1/20) = 2/7 are left on
average. So they make a(N) = 180 (N + 0.75 N (N - 1) 2/7) / (1 + 0.75 N) attempts an hour: 237.4 for
3, 295.7 for 4, 351.9 for 5, 460.8 for 7.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanStatus
from planner.report.studies.week import week_document, week_text
from planner.studies.week.lists import asked_by_time
from tests.studies.week.test_week import campaign, lines_by_hour, one_dialer, planned
from tests.support.one_agent import handled

MONDAY = date(2026, 3, 2)


def attempts(lines: int) -> float:
    return 180 * (lines + 0.75 * lines * (lines - 1) * 2 / 7) / (1 + 0.75 * lines)


def fleet(records: int, more: str = "") -> Problem:
    """A alone for an hour, then A and B, each to run on a dialer of eight ports."""
    a = campaign("A", f"Mon 09:00-11:00{more}", records=records, finish_by=MONDAY, min_dialers=1)
    b = campaign("B", f"Mon 10:00-12:00{more}", min_dialers=1)
    return one_dialer(a, b)


def test_an_hour_that_brings_more_may_do_more() -> None:
    # 690 attempts in two hours: 345 in each would take 5 lines from 10 on, but 7 and 3 are enough.
    found = planned(fleet(690))
    assert lines_by_hour(found)["Mon 10"] == {"A": (3, 1), "B": (3, 1)}
    (told,) = found.lists
    assert told.attempts_needed == pytest.approx(690)
    assert told.attempts == pytest.approx(attempts(7) + attempts(3))
    left = (690 - attempts(7)) / attempts(3)
    assert told.done is not None
    assert (told.done - datetime(2026, 3, 2, 10, tzinfo=UTC)).total_seconds() / 3600 == (
        pytest.approx(left)
    )
    assert found.status is PlanStatus.OPTIMAL
    assert "the plans make 698 (all its hours together count)" in " ".join(week_text(found).split())


def test_hours_that_make_less_come_up_as_far_as_needed() -> None:
    # 720 less the 460.8 of seven lines: 259.2 from 10 on, for which four lines are needed.
    found = planned(fleet(720))
    assert lines_by_hour(found)["Mon 10"] == {"A": (4, 1), "B": (2, 1)}
    (told,) = found.lists
    assert told.attempts == pytest.approx(attempts(7) + attempts(4))
    # The bound is that of the hour if nothing were asked: three lines each.
    row = week_document(found)["intervals"][2]
    assert row["bound_per_hour"] == pytest.approx(2 * handled(3))
    assert row["gap"] == pytest.approx(1 - (handled(4) + handled(2)) / (2 * handled(3)))


def test_what_all_hours_cannot_make_is_asked_of_each() -> None:
    # At most five lines beside B: 460.8 and 351.9 attempts are less than 900.
    assert planned(fleet(900)).status is PlanStatus.INFEASIBLE
    found = planned(fleet(900), PlanOptions(gap=0.0, relax=True))
    assert found.status is PlanStatus.RELAXED
    assert lines_by_hour(found)["Mon 10"]["A"] == (5, 1)
    assert found.lists[0].attempts == pytest.approx(attempts(7) + attempts(5))
    assert found.lists[0].done is None


def test_an_hour_without_a_plan_does_not_spoil_the_others() -> None:
    # C wants two dialers of the one: its hour has no plan. Those of A need no more than without it.
    c = campaign("C", "Mon 13:00-14:00", min_dialers=2, agent_lines=2)
    found = planned(one_dialer(*fleet(690).campaigns, c))
    assert found.totals().hours_without_plan == 1.0
    assert lines_by_hour(found)["Mon 10"] == {"A": (3, 1), "B": (3, 1)}
    assert found.lists[0].attempts == pytest.approx(attempts(7) + attempts(3))


def test_hours_after_the_day_are_asked_for_nothing() -> None:
    # Without Tuesday's hours 720 are needed on Monday; then both have three lines again.
    found = planned(fleet(720, "; Tue 09:00-12:00"))
    lines = lines_by_hour(found)
    assert lines["Mon 10"] == {"A": (4, 1), "B": (2, 1)}
    assert lines["Tue 09"] == {"A": (3, 1), "B": (3, 1)}


def test_hours_after_the_day_are_free_where_the_list_cannot_be_done() -> None:
    found = planned(fleet(900, "; Tue 09:00-12:00"), PlanOptions(gap=0.0, relax=True))
    lines = lines_by_hour(found)
    assert lines["Mon 10"]["A"] == (5, 1)
    assert lines["Tue 09"] == {"A": (3, 1), "B": (3, 1)}


def test_kept_lines_make_what_lists_need() -> None:
    found = planned(fleet(720), PlanOptions(gap=0.0, move_cost=2.0))
    assert found.lists[0].attempts >= 720 * (1 - 1e-9)


def test_a_list_that_has_longer_than_the_week_needs_its_share_of_hours() -> None:
    # Two of four hours lie in the week.
    a = campaign("A", "Mon 09:00-11:00", records=700, finish_by=date(2026, 3, 9))
    (told,) = planned(one_dialer(a)).lists
    assert told.attempts_needed == pytest.approx(350)


@pytest.mark.parametrize(
    ("needed", "asked"),
    [
        (10.0, [1.0, 1.5, 1.5]),  # 1 + 4 * 1.5 + 2 * 1.5
        (30.0, [1.0, 4.0, 6.5]),  # 1 + 16 + 2 * 6.5
        (37.0, [1.0, 4.0, 10.0]),  # all that is made
        (38.0, [2.0, 4.0, 10.0]),  # the hour of 1 comes up to 2
        (41.0, [3.0, 4.5, 10.0]),  # it has come up to 3, those of 4 to 4.5
        (47.0, [3.0, 5.0, 12.0]),  # 3 + 20 + 2 * 12
        (57.0, None),
    ],
)
def test_what_each_time_is_asked_for(needed: float, asked: list[float] | None) -> None:
    # Made: an hour of 1, four of 4, two of 10: 37 attempts; at most 3, 5 and 15.
    found = asked_by_time([1.0, 4.0, 2.0], [1.0, 4.0, 10.0], [3.0, 5.0, 15.0], needed)
    assert found == (None if asked is None else pytest.approx(asked))
