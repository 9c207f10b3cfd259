from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from planner.contracts.problem import Dialer, LineAssignment, Outage, Problem
from planner.contracts.result import Status
from planner.pipeline.pipeline import project
from planner.projection.hours.outages import OutOfService, out_of_service, overlap_notes
from planner.tables.folder import read_folder
from tests.support.builders import solar

CASES = Path(__file__).parents[1] / "data/cases/projection"
DAY = datetime(2026, 1, 5, tzinfo=UTC)


def at(hour: int) -> datetime:
    return DAY.replace(hour=hour)


def problem(*hours: tuple[int, int], **dialer: object) -> Problem:
    calendar = {"start": "2026-01-01", "schedule": "Mon-Fri 09:00-17:00"}
    lines = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 95, "agent_lines": 5}
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=100, **dialer),),
        campaigns=(solar(**calendar),),
        assignments=(LineAssignment(**lines),),
        outages=tuple(Outage(dialer_id="D1", start=at(a), end=at(b)) for a, b in hours),
    )


def out(given: Problem, hour: int) -> OutOfService | None:
    return out_of_service(given, given.dialers[0], at(hour), at(0))


def test_outages_that_overlap_or_follow_at_once_are_one() -> None:
    given = problem((14, 16), (10, 13), (12, 14), (20, 21))
    assert out(given, 9) is None
    assert out(given, 10) == out(given, 15) == OutOfService(at(10), at(16))
    assert out(given, 16) is None
    assert out(given, 20) == OutOfService(at(20), at(21))


def test_a_dialer_not_in_service_is_out_from_the_start_without_an_end() -> None:
    assert out(problem(in_service=False), 12) == OutOfService(at(0), None)


def test_only_outages_that_overlap_are_told() -> None:
    assert overlap_notes(problem((10, 12), (12, 13))) == []
    assert overlap_notes(problem((10, 13), (12, 14), (20, 21))) == [
        "Outages of D1 overlap and are read as one time without it: "
        "2026-01-05 10:00 to 2026-01-05 14:00, 2026-01-05 20:00 to 2026-01-05 21:00 (UTC)."
    ]


def test_the_note_stands_beside_the_projection() -> None:
    found = project(problem((10, 13), (12, 14)), at=at(11), hours=4, engine="markov")
    assert any("overlap" in note for note in found.notes)
    seen = {step.start.hour: set(step.probabilities) for step in found.timeline}
    assert seen[11] == seen[12] == seen[13] == {Status.BY_DIALER}
    assert Status.BY_DIALER not in seen[14]


def test_a_completed_list_stays_completed_through_an_outage() -> None:
    # 3000 attempts on 190 lines are done within some 7 min of dialing; D1 is out two hours later.
    given = read_folder(CASES / "completed_then_outage")
    start = datetime(2026, 11, 30, 12, tzinfo=UTC)
    found = project(given, at=start, hours=4, replications=40)
    late = [step for step in found.timeline if step.start.hour >= 13]
    assert {step.dialer_id for step in late} == {"D1", "D2"}
    assert all(step.probabilities == {Status.COMPLETED: 1.0} for step in late)
