from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Outage, Problem
from planner.contracts.result import Status
from planner.projection.status import StatusView, status_now
from tests.support.builders import solar

#: A Monday inside the schedule.
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
EVENING = NOON.replace(hour=20)


@dataclass(frozen=True)
class Case:
    """A running campaign, and what is changed about it."""

    campaign: dict[str, Any] = field(default_factory=dict)
    dialer: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, Any] | None = field(default_factory=dict)
    outages: tuple[Outage, ...] = ()
    moment: datetime = NOON
    busy_agent_lines: int | None = None
    records_left: int | None = None

    def view(self) -> StatusView:
        calendar = {"start": date(2026, 1, 1), "schedule": "Mon-Fri 09:00-17:00"}
        campaign: Campaign = solar(**(calendar | self.campaign))
        dialer = Dialer(**({"dialer_id": "D1", "ports": 100} | self.dialer))
        keys = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 95, "agent_lines": 5}
        item = None if self.lines is None else LineAssignment(**(keys | self.lines))
        problem = Problem(
            dialers=(dialer,),
            campaigns=(campaign,),
            assignments=() if item is None else (item,),
            outages=self.outages,
        )
        return status_now(
            problem,
            campaign,
            dialer,
            item,
            self.moment,
            busy_agent_lines=self.busy_agent_lines,
            records_left=self.records_left,
        )


def outage(start: int, end: int) -> tuple[Outage, ...]:
    return (Outage(dialer_id="D1", start=NOON.replace(hour=start), end=NOON.replace(hour=end)),)


CASES: dict[Status, list[Case]] = {
    Status.UNSCHEDULED: [
        Case(campaign={"start": None}),
        Case(campaign={"schedule": None}),
        Case(campaign={"stop": date(2026, 1, 4)}),
        Case(lines=None),
        Case(lines={"dial_lines": 0, "agent_lines": 0}),
        Case(lines={"agent_lines": 0}),
        Case(lines={"dial_lines": 4}),
        Case(campaign={"kind": "broadcast"}, lines={"dial_lines": 0, "agent_lines": 0}),
    ],
    Status.BY_ADMIN: [
        Case(campaign={"status": "stopped_by_admin"}),
        Case(lines={"status": "stopped_by_admin"}),
    ],
    Status.BY_DIALER: [
        Case(dialer={"in_service": False}),
        Case(lines={"status": "stopped_by_dialer"}),
        Case(outages=outage(10, 13)),
        Case(outages=outage(12, 13)),  # from its first moment
        Case(outages=outage(8, 13)),  # began before the window, and reached into it
        Case(outages=outage(16, 21), moment=EVENING),  # stays until the outage ends
    ],
    Status.STOPPED: [
        Case(campaign={"status": "stopped"}),
        Case(lines={"status": "stopped"}),
        Case(lines={"status": "stopped"}, dialer={"in_service": False}),
        Case(campaign={"status": "stopped"}, outages=outage(10, 13)),
    ],
    Status.COMPLETED: [
        Case(campaign={"records": 0}),
        Case(campaign={"records": 0}, dialer={"in_service": False}),
        Case(campaign={"records": 0}, outages=outage(10, 13)),
        Case(campaign={"records": 900}, records_left=0),
        Case(records_left=0),
    ],
    Status.SCHEDULED: [
        Case(moment=EVENING),
        Case(moment=EVENING, dialer={"in_service": False}),
        Case(campaign={"start": date(2026, 1, 6)}),
        Case(campaign={"start": date(2026, 1, 6)}, outages=outage(10, 13)),
        Case(moment=EVENING, outages=outage(18, 21)),  # nothing was running that it could stop
        Case(campaign={"stop": date(2026, 1, 5)}, moment=EVENING),
    ],
    Status.ALL_BUSY: [
        Case(busy_agent_lines=5),
        Case(lines={"busy_agent_lines": 5}),
    ],
    Status.RUNNING: [
        Case(),
        Case(busy_agent_lines=4),
        Case(lines={"busy_agent_lines": 5}, busy_agent_lines=4),  # what is told now counts
        Case(campaign={"stop": date(2026, 1, 5)}),
        Case(campaign={"start": None, "stop": date(2026, 1, 5)}),
        Case(campaign={"records": 0}, records_left=3),
        Case(outages=outage(10, 12)),  # over at its last moment
        Case(outages=outage(13, 14)),
        Case(lines={"dial_lines": 5}),
        Case(campaign={"kind": "broadcast"}, lines={"agent_lines": 0}),
        Case(campaign={"kind": "broadcast"}, busy_agent_lines=5),  # has no agents to wait for
    ],
}


@pytest.mark.parametrize(
    ("status", "case"), [(status, case) for status, cases in CASES.items() for case in cases]
)
def test_the_status_says_why_and_what_to_do(status: Status, case: Case) -> None:
    view = case.view()
    assert view.status is status
    assert view.reason.endswith(".")
    assert bool(view.advice) == (status is not Status.RUNNING)


def test_every_status_has_its_cases() -> None:
    assert sorted(CASES) == sorted(Status)


def test_an_outage_of_another_dialer_stops_nothing() -> None:
    campaign = solar(start=date(2026, 1, 1), schedule="Mon-Fri 09:00-17:00")
    dialers = (Dialer(dialer_id="D1", ports=100), Dialer(dialer_id="D2", ports=100))
    lines = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=95, agent_lines=5)
    elsewhere = Outage(dialer_id="D2", start=NOON.replace(hour=10), end=NOON.replace(hour=13))
    problem = Problem(
        dialers=dialers, campaigns=(campaign,), assignments=(lines,), outages=(elsewhere,)
    )
    assert status_now(problem, campaign, dialers[0], lines, NOON).status is Status.RUNNING


def test_times_are_told_on_the_clock_of_the_campaign() -> None:
    # New York is five hours behind UTC in winter: 20:00 UTC is 15:00 there.
    case = Case(campaign={"timezone": "America/New_York", "schedule": "Mon-Fri 16:00-17:00"})
    view = replace(case, moment=EVENING).view()
    assert view.status is Status.SCHEDULED
    assert "Mon 2026-01-05 16:00 (America/New_York)" in view.reason


def test_hours_that_the_stop_date_cuts_off_are_told() -> None:
    view = Case(campaign={"stop": date(2026, 1, 5)}, moment=EVENING).view()
    assert "2026-01-05" in view.reason
    assert "later stop date" in view.advice
