"""Which of two statuses is shown, at one moment and after a change: tables written from the model.

The rules are those of section 5 of the model, in their order: Unscheduled, Stopped By Admin,
Stopped By Dialer (only where the campaign was running there when the outage began, or its window
opened since), Stopped, Completed, Scheduled, all agent lines busy, running.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planner.contracts.problem import Dialer, LineAssignment, Outage, Problem
from planner.contracts.result import Status
from planner.pipeline.pipeline import project
from planner.projection.status import status_now
from tests.support.builders import solar

#: A Monday inside the schedule, and one hour after it.
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
EVENING = NOON.replace(hour=18)
SHORT = {
    "U": Status.UNSCHEDULED,
    "A": Status.BY_ADMIN,
    "D": Status.BY_DIALER,
    "X": Status.STOPPED,
    "C": Status.COMPLETED,
    "S": Status.SCHEDULED,
    "B": Status.ALL_BUSY,
    "R": Status.RUNNING,
}

#: What makes each status hold; an outage from 11:00 on began while the campaign was running.
CAUSES: dict[str, dict[str, Any]] = {
    "U": {"campaign": {"stop": "2026-01-04"}},
    "A": {"line": {"status": "stopped_by_admin"}},
    "D": {"outage": 11},
    "X": {"campaign": {"status": "stopped"}},
    "C": {"campaign": {"records": 0}},
    "S": {"moment": EVENING},
    "B": {"line": {"busy_agent_lines": 5}},
    "R": {},
}

#: Row: one cause; column: another that holds as well; entry: what is shown.
#: The dialer stops only what runs: X and C stay what they were in its outage. In the evening (S) an
#: outage that began at 11 still goes on: it stays until the outage ends.
BOTH = """
      U A D X C S B R
    U U U U U U U U U
    A U A A A A A A A
    D U A D X C D D D
    X U A X X X X X X
    C U A C X C C C C
    S U A D X C S S S
    B U A D X C S B B
    R U A D X C S B R
"""

#: Row: what holds before; column: a change; entry: what is shown afterwards.
#: O: the dialer goes out; W: the window closes; E: the stop date ends; O+W: out, then closed;
#: W+O: closed, then out; O-: an outage begins and is over.
AFTER = """
      O W E O+W W+O O-
    U U U U U   U   U
    A A A U A   A   A
    D D D U D   D   R
    X X X U X   X   X
    C C C U C   C   C
    S S S U S   S   S
    B D S U D   S   *
    R D S U D   S   *
"""


def table(text: str) -> list[tuple[str, str, str]]:
    head, *rows = [line.split() for line in text.strip().splitlines()]
    return [(row[0], name, cell) for row in rows for name, cell in zip(head, row[1:], strict=True)]


def world(
    campaign: dict[str, Any], line: dict[str, Any], spells: list[tuple[datetime, datetime]]
) -> Problem:
    calendar = {"start": "2026-01-01", "schedule": "Mon-Fri 09:00-17:00"}
    lines = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 95, "agent_lines": 5}
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=100),),
        campaigns=(solar(**(calendar | campaign)),),
        assignments=(LineAssignment(**(lines | line)),),
        outages=tuple(Outage(dialer_id="D1", start=a, end=b) for a, b in spells),
    )


@pytest.mark.parametrize(("first", "second", "shown"), table(BOTH))
def test_of_two_causes_the_one_in_the_table_is_shown(first: str, second: str, shown: str) -> None:
    causes = [CAUSES[first], CAUSES[second]]
    campaign: dict[str, Any] = {}
    line: dict[str, Any] = {}
    for cause in causes:
        campaign |= cause.get("campaign", {})
        line |= cause.get("line", {})
    hours = [cause["outage"] for cause in causes if "outage" in cause]
    spells = [(NOON.replace(hour=hour), NOON.replace(hour=22)) for hour in hours[:1]]
    moment = max(cause.get("moment", NOON) for cause in causes)
    given = world(campaign, line, spells)
    view = status_now(given, given.campaigns[0], given.dialers[0], given.assignments[0], moment)
    assert view.status is SHORT[shown]


#: When the changes come: the window closes at 13:00, an outage begins at 12:30 or at 13:30.
CHANGES: dict[str, dict[str, Any]] = {
    "O": {"outage": (12.5, 16)},
    "W": {"close": True},
    "E": {"stop": True},
    "O+W": {"outage": (12.5, 16), "close": True},
    "W+O": {"outage": (13.5, 16), "close": True},
    "O-": {"outage": (12.5, 13.5)},
}


@pytest.mark.parametrize(("before", "change", "shown"), table(AFTER))
def test_what_a_change_makes_of_a_status_is_in_the_table(
    before: str, change: str, shown: str
) -> None:
    made = CHANGES[change]
    campaign = dict(CAUSES[before].get("campaign", {}))
    line = dict(CAUSES[before].get("line", {}))
    spells = [made["outage"]] if "outage" in made else []
    if before == "D":
        # Out since 11:00; where the change is the end of that outage, it ends as in O-.
        spells = [(11, 13.5 if change == "O-" else 16)]
    campaign |= {"schedule": "Mon-Fri 09:00-17:00"}
    if made.get("close"):
        campaign |= {"schedule": "Mon-Fri 09:00-13:00"}
    if before == "S":
        campaign |= {"schedule": "Mon-Fri 07:00-09:00"}
    at = NOON
    if made.get("stop") and before != "U":
        # Its last day ends with the horizon's second hour, at midnight; it dials round the clock.
        at = NOON.replace(hour=22)
        campaign |= {"stop": "2026-01-05", "schedule": "Mon-Fri 00:00-24:00"}
        if before == "S":
            campaign |= {"schedule": "Mon-Fri 07:00-09:00"}
        spells = [(hour + 10, 30) for hour, _ in spells]
    day = NOON.replace(hour=0)
    given = world(
        campaign, line, [(day + timedelta(hours=a), day + timedelta(hours=b)) for a, b in spells]
    )
    found = project(given, at=at, hours=3, engine="markov").timeline
    first, last = found[0].probabilities, found[-1].probabilities
    dialing = {Status.RUNNING, Status.ALL_BUSY}
    assert first.keys() <= ({SHORT[before]} if before not in "BR" else dialing)
    expected = dialing if shown in ("*", "R") else {SHORT[shown]}
    assert last.keys() <= expected


def test_the_window_that_opens_in_an_outage_begins_with_the_dialer_down() -> None:
    given = world({}, {}, [(NOON.replace(hour=8), NOON.replace(hour=11))])
    found = project(given, at=NOON.replace(hour=7), hours=5, engine="markov").timeline
    seen = {
        step.start.hour: max(step.probabilities, key=lambda s: step.probabilities[s])
        for step in found
        if step.start.minute == 0
    }
    assert [seen[hour] for hour in (7, 8, 9, 10)] == [
        Status.SCHEDULED,
        Status.SCHEDULED,
        Status.BY_DIALER,
        Status.BY_DIALER,
    ]
    assert seen[11] in (Status.RUNNING, Status.ALL_BUSY)


def test_a_dialer_out_of_service_is_out_over_the_whole_horizon() -> None:
    given = world({}, {}, [])
    given = given.model_copy(
        update={"dialers": (Dialer(dialer_id="D1", ports=100, in_service=False),)}
    )
    evening = project(given, at=EVENING, hours=16, engine="markov").timeline
    # From 18:00 to 09:00 nothing would run; then the window opens and cannot.
    assert [set(step.probabilities) for step in evening] == [
        {Status.SCHEDULED if step.start < EVENING + timedelta(hours=15) else Status.BY_DIALER}
        for step in evening
    ]
    noon = project(given, at=NOON, hours=8, engine="markov").timeline
    # It was to run when the horizon began; the outage does not end when the window closes.
    assert all(set(step.probabilities) == {Status.BY_DIALER} for step in noon)


def test_a_list_that_ends_during_an_outage_leaves_the_dialer_stopped_by_it() -> None:
    """Constant calls: 100 attempts of 60 s on 10 lines are done elsewhere 5 min into the outage."""
    lines = {"campaign_id": "B", "dial_lines": 10, "agent_lines": 0}
    given = Problem(
        dialers=(Dialer(dialer_id="D1", ports=10), Dialer(dialer_id="D2", ports=10)),
        campaigns=(
            solar(
                campaign_id="B",
                kind="broadcast",
                attempt_seconds=60.0,
                attempt_cv=0.0,
                records=150,
                start="2026-01-01",
                schedule="Mon-Sun 00:00-24:00",
            ),
        ),
        assignments=tuple(LineAssignment(dialer_id=d, **lines) for d in ("D1", "D2")),
        outages=(
            Outage(
                dialer_id="D1",
                start=NOON + timedelta(minutes=5),
                end=NOON + timedelta(minutes=45),
            ),
        ),
    )
    found = project(given, at=NOON, hours=1, replications=3).timeline
    on = {
        dialer: {s.start.minute: s.probabilities for s in found if s.dialer_id == dialer}
        for dialer in ("D1", "D2")
    }
    # 20 lines for 5 min take 100 attempts, D2 alone the last 50 in 5 min more: done at 12:10.
    assert on["D2"][15] == {Status.COMPLETED: 1.0}
    assert on["D1"][15] == on["D1"][30] == {Status.BY_DIALER: 1.0}
    assert on["D1"][45] == {Status.COMPLETED: 1.0}
