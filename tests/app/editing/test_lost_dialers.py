"""A dialer is lost when it stopped every campaign that it tells of."""

from __future__ import annotations

from planner.app.editing.live.live import LiveState
from planner.app.editing.live.lost_dialers import lost_dialers
from planner.contracts.problem import AssignmentStop, Dialer, Problem
from tests.support.builders import solar

RUNS = LiveState(2, AssignmentStop.NONE)
GONE = LiveState(None, AssignmentStop.BY_DIALER)


def test_a_dialer_that_stopped_all_of_its_campaigns_is_lost() -> None:
    problem = Problem(
        dialers=tuple(Dialer(dialer_id=f"D{n}", ports=10) for n in (1, 2, 3)),
        campaigns=(solar(), solar(campaign_id="Tax")),
    )
    live = {
        ("Solar", "D1"): GONE,
        ("Tax", "D1"): RUNS,
        ("Solar", "D2"): GONE,
        ("Tax", "D2"): GONE,
    }
    assert lost_dialers(problem, live) == ("D2",)  # nothing is known of D3


def test_a_dialer_that_is_out_by_the_files_is_no_news() -> None:
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=10, in_service=False),), campaigns=(solar(),)
    )
    assert lost_dialers(problem, {("Solar", "D1"): GONE}) == ()
