"""A week in which nobody moves a line.

One agent line handles h(N) = 54 N / (1 + 0.75 N) calls an hour of N dial lines (derived in
one_agent.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Outage, Problem
from planner.report.studies.week_as_is import as_is_rows, as_is_sentence, value_as_is
from planner.studies.week.as_is import TimeAsIs, week_as_is
from planner.studies.week.spans import week_spell
from tests.support import one_agent
from tests.support.one_agent import handled

MONDAY = date(2026, 3, 2)
NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("UTC")


def campaign(name: str, schedule: str) -> Campaign:
    return one_agent.campaign(name, schedule=schedule, start=date(2026, 1, 1))


def item(name: str, dialer: str, dial: int) -> LineAssignment:
    return LineAssignment(campaign_id=name, dialer_id=dialer, dial_lines=dial, agent_lines=1)


def followed(**tables: Any) -> tuple[TimeAsIs, ...]:
    problem = Problem(
        dialers=(Dialer(dialer_id="D", ports=8), Dialer(dialer_id="E", ports=20)),
        campaigns=(campaign("A", "Mon-Tue 09:00-11:00"), campaign("B", "Mon-Tue 10:00-12:00")),
        assignments=(item("A", "D", 3), item("B", "E", 7)),
        **tables,
    )
    return week_as_is(problem, week_spell(MONDAY, LONDON))


def test_lines_bring_what_they_do_while_their_campaign_runs() -> None:
    times = followed()
    assert [(t.hours, t.running, t.ports_used) for t in times if t.running][:3] == [
        (1, ("A",), 4),
        (1, ("A", "B"), 12),
        (1, ("B",), 8),
    ]
    values = [t.value_per_hour for t in times if t.running]
    assert values[:3] == pytest.approx([handled(3), handled(3) + handled(7), handled(7)])
    # Two days of two hours of each.
    assert value_as_is(times) == pytest.approx(4 * (handled(3) + handled(7)))
    assert sum(t.hours for t in times) == 7 * 24


def test_a_dialer_that_is_out_brings_nothing_and_has_no_ports() -> None:
    out = Outage(
        dialer_id="E",
        start=datetime(2026, 3, 2, 10, tzinfo=UTC),
        end=datetime(2026, 3, 2, 11, tzinfo=UTC),
    )
    at_ten = next(t for t in followed(outages=(out,)) if t.running == ("A", "B"))
    assert at_ten.value_per_hour == pytest.approx(handled(3))
    assert (at_ten.ports_used, at_ten.ports, at_ten.dialers_out) == (4, 8, ("E",))


def test_the_week_is_told_in_a_sentence_and_by_hours() -> None:
    times = followed()
    # 4 x (49.846 + 60.48) = 441.3; (2 x 4 + 2 x 12 + 2 x 8) / 6 of 28 ports.
    assert as_is_sentence(times) == (
        "If the lines stay as they are all week, they bring a value of 441.3 in the 6 h in which "
        "a campaign runs, and use 8 of 28 ports (29 %) on average then."
    )
    assert as_is_rows(times, NEW_YORK)[0] == (
        "Mon, Tue", "04:00-05:00", "A", "4 of 28", "49.8"
    )  # fmt: skip
    assert as_is_sentence(()).startswith("No campaign runs in this week")
