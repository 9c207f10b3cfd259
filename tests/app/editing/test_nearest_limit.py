"""Which limit the lines come closest to is told, with the figure and the limit."""

from __future__ import annotations

from datetime import UTC, datetime

from planner.app.editing.assessment import Assessment, assess
from planner.app.editing.board.nearest_limit import nearest_sentence
from planner.app.editing.edited_lines import open_lines
from planner.contracts.problem import Dialer, LineAssignment, Problem
from tests.support.builders import solar

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
OF = "Closest to its limit, of abandon rates, calls a second and survival: "


def seen(cps: float | None = None, in_service: bool = True, **limits: float) -> Assessment:
    """95 dial and 5 agent lines on each of two dialers, the lines of the README."""
    dialers = tuple(
        Dialer(dialer_id=name, ports=100, cps=cps, in_service=name == "D1" or in_service)
        for name in ("D1", "D2")
    )
    lines = tuple(
        LineAssignment(campaign_id="Solar", dialer_id=name, dial_lines=95, agent_lines=5)
        for name in ("D1", "D2")
    )
    campaign = solar(agent_lines=10, **limits)
    return assess(
        open_lines(Problem(dialers=dialers, campaigns=(campaign,), assignments=lines)), AT
    )


def test_where_nothing_is_limited_that_is_told() -> None:
    assert nearest_sentence(seen()) == (
        "No limit is set on abandoned calls, on calls a second, or on what must survive a failure."
    )


def test_the_limit_of_which_most_is_taken_is_told() -> None:
    # 2.1137 % of live answers are abandoned (Engset, README), 70 % of what may be; of the calls
    # half survive the loss of a dialer, and 40 % must: 80 %; 2.8 of 5 calls a second are 56 %.
    rate, asked = {"max_abandon_rate": 0.03}, {"survivable_share": 0.4}
    assert nearest_sentence(seen(**rate)) == f"{OF}Solar, 2.1 % abandoned of at most 3 %."
    assert nearest_sentence(seen(cps=5.0, **rate, **asked)) == (
        f"{OF}Solar, 50 % survive where 40 % must."
    )
    assert nearest_sentence(seen(cps=5.0)) == f"{OF}D1, 2.8 of 5 calls a second."


def test_a_dialer_out_of_service_comes_to_no_limit() -> None:
    told = nearest_sentence(seen(cps=3.0, in_service=False))
    assert told == f"{OF}D1, 2.8 of 3 calls a second."
