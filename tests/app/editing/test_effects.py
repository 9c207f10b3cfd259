"""What a plan does to each campaign before it is taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from planner.app.editing.assessment import assess
from planner.app.editing.edited_lines import apply_edits, open_lines
from planner.app.editing.effects import Effect, effects, list_end, loss_sentences
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem

#: A Monday, noon.
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def broadcast(name: str = "News", **more: object) -> Campaign:
    """100 attempts an hour of each line; half of them are answered."""
    values = {"kind": "broadcast", "attempt_seconds": 36.0, "answer_rate": 0.5} | more
    return Campaign(campaign_id=name, **values)


def compared(*campaigns: Campaign, lines: dict[str, int]) -> tuple[Effect, ...]:
    """Ten lines each at first, then those given."""
    assignments = tuple(
        LineAssignment(campaign_id=c.campaign_id, dialer_id="D1", dial_lines=10, agent_lines=0)
        for c in campaigns
    )
    edited = open_lines(
        Problem(
            dialers=(Dialer(dialer_id="D1", ports=100),),
            campaigns=campaigns,
            assignments=assignments,
        )
    )
    then, _ = apply_edits(
        edited, {(name, "D1"): {"dial_lines": str(count)} for name, count in lines.items()}
    )
    return effects(assess(edited, AT), assess(then, AT))


def test_the_campaign_that_loses_most_of_its_calls_comes_first() -> None:
    found = compared(
        broadcast("Kept"),
        broadcast("Least", value=1000.0),
        broadcast("Most"),
        lines={"Least": 9, "Most": 2},
    )
    assert [(e.campaign_id, e.now, e.then) for e in found] == [
        ("Most", pytest.approx(500), pytest.approx(100)),
        ("Least", pytest.approx(500), pytest.approx(450)),
        ("Kept", pytest.approx(500), pytest.approx(500)),
    ]


def test_losses_over_a_tenth_are_told_and_no_others() -> None:
    found = compared(
        broadcast("A"), broadcast("B"), broadcast("C"), lines={"A": 2, "B": 9, "C": 20}
    )
    assert loss_sentences(found) == [
        "A loses 80 % of its messages: 100.0 instead of 500.0 an hour."
    ]


def test_a_list_ends_after_the_hours_in_which_its_campaign_runs() -> None:
    # 10 lines: 1,000 attempts an hour; 6,000 last six hours of Monday 12-17 and Tuesday from 9 on.
    campaign = broadcast(
        records=3000, attempts_per_record=2, schedule="Mon-Fri 09:00-17:00", start="2026-01-01"
    )
    (effect,) = compared(campaign, lines={"News": 5})
    assert effect.has_list
    assert effect.ends_now == datetime(2026, 1, 6, 10, tzinfo=UTC)
    # Half the lines: twelve hours, of Monday five and of Tuesday seven.
    assert effect.ends_then == datetime(2026, 1, 6, 16, tzinfo=UTC)


def test_an_endless_list_and_one_that_is_not_done_have_no_end() -> None:
    assert list_end(broadcast(), 1000.0, AT) is None
    assert list_end(broadcast(records=10**9), 1000.0, AT) is None
    assert list_end(broadcast(records=10), 0.0, AT) is None
    (effect,) = compared(broadcast(), lines={})
    assert not effect.has_list
