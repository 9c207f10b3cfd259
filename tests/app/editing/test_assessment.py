"""What lines amount to. The 95 + 5 lines are the published check case of Engset's formulas."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planner.app.editing.assessment import Assessment, assess, status_shares
from planner.app.editing.edited_lines import apply_edits, open_lines
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import Status
from tests.support.builders import solar

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALWAYS: dict[str, Any] = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
# Share of time all busy, transfers and abandoned calls per hour of 95 + 5 lines, and its attempts.
SHARE, TRANSFERS, ABANDONED, ATTEMPTS = 0.399945, 79.260393, 21.242975, 10050.336778


def line(dialer_id: str, dial: int, agents: int, campaign_id: str = "Solar") -> LineAssignment:
    return LineAssignment(
        campaign_id=campaign_id, dialer_id=dialer_id, dial_lines=dial, agent_lines=agents
    )


def look(
    *lines: LineAssignment,
    campaigns: tuple[Campaign, ...] = (solar(**ALWAYS),),
    ports: tuple[int, int] = (100, 100),
    at: datetime = NOW,
) -> Assessment:
    dialers = tuple(Dialer(dialer_id=f"D{n}", ports=p) for n, p in enumerate(ports, start=1))
    problem = Problem(dialers=dialers, campaigns=campaigns, assignments=lines)
    return assess(open_lines(problem), at)


def test_headline_of_the_quickstart_lines() -> None:
    head = look(line("D1", 95, 5), line("D2", 95, 5)).headline
    assert head.transfers_per_hour == pytest.approx(2 * TRANSFERS, abs=1e-5)
    assert head.messages_per_hour is None
    assert head.surviving_value_per_hour == pytest.approx(TRANSFERS, abs=1e-5)
    assert head.worst_failure_domain in ("D1", "D2")
    # One attempt in ten is answered.
    assert head.abandon_rate == pytest.approx(ABANDONED / (0.1 * ATTEMPTS), rel=1e-6)
    assert head.paused_share == pytest.approx(SHARE, abs=1e-6)
    assert (head.ports_used, head.ports) == (200, 200)


def test_time_paused_counts_every_dial_line_alike() -> None:
    # Ten lines with ten agent lines never pause: 95 of 105 lines stand still for the share.
    fifteen = (solar(agent_lines=15, **ALWAYS),)
    head = look(line("D1", 95, 5), line("D2", 10, 10), campaigns=fifteen).headline
    assert head.paused_share == pytest.approx(95 * SHARE / 105, abs=1e-6)


def test_headline_without_lines() -> None:
    head = look().headline
    assert (head.transfers_per_hour, head.ports_used) == (0, 0)
    assert head.abandon_rate is None
    assert head.paused_share is None


def test_broadcasts_count_messages_and_neither_pauses_nor_abandons() -> None:
    radio = Campaign(
        campaign_id="Radio", kind="broadcast", attempt_seconds=36, answer_rate=0.5, **ALWAYS
    )
    view = look(line("D1", 10, 0, "Radio"), campaigns=(radio,))
    # 10 lines x 100 attempts an hour x one half answered.
    assert view.headline.messages_per_hour == pytest.approx(500)
    assert view.headline.transfers_per_hour is None
    assert view.headline.abandon_rate is None
    assert view.headline.paused_share is None


def test_a_row_has_its_status_and_figures_also_without_lines() -> None:
    view = look(line("D1", 95, 5))
    used, unused = view.pairs["Solar", "D1"], view.pairs["Solar", "D2"]
    assert used.status is Status.RUNNING
    assert used.figures is not None
    assert used.figures.all_busy_share == pytest.approx(SHARE, abs=1e-6)
    assert unused.status is Status.UNSCHEDULED
    assert unused.figures is None
    assert unused.assignment == line("D2", 0, 0)


def test_breaches_stand_at_the_rows_that_they_concern() -> None:
    few = solar(campaign_id="Few", agent_lines=4, **ALWAYS)
    view = look(
        line("D1", 95, 5),
        line("D2", 95, 5),
        line("D1", 20, 5, "Few"),
        campaigns=(solar(**ALWAYS), few),
    )
    said = {key: " ".join(row.breaches) for key, row in view.pairs.items()}
    # D1 has 125 lines on 100 ports: said at both campaigns there.
    assert "125 ports" in said["Solar", "D1"]
    assert "125 ports" in said["Few", "D1"]
    # Few assigns 5 agent lines of 4: said where it has lines only.
    assert "5 agent lines" in said["Few", "D1"]
    assert said["Few", "D2"] == ""
    assert said["Solar", "D2"] == ""
    assert len(view.breaches) == 2


def test_status_shares_alternate_while_running_and_weigh_by_dial_lines() -> None:
    night = solar(campaign_id="Night", start="2026-01-01", schedule="Mon-Sun 20:00-24:00")
    view = look(
        line("D1", 95, 5),
        line("D1", 5, 5, "Night"),
        campaigns=(solar(**ALWAYS), night),
        ports=(110, 100),
    )
    (dialer, shares), *rest = status_shares(view).items()
    assert (dialer, rest) == ("D1", [])
    assert shares == pytest.approx(
        {
            Status.RUNNING: 0.95 * (1 - SHARE),
            Status.ALL_BUSY: 0.95 * SHARE,
            Status.SCHEDULED: 0.05,
        },
        abs=1e-6,
    )


def test_transfers_by_dialer_are_in_the_order_of_the_dialers() -> None:
    view = look(line("D2", 95, 5))
    assert list(view.transfers_by_dialer().items()) == [
        ("D1", 0),
        ("D2", pytest.approx(TRANSFERS, abs=1e-5)),
    ]


def test_a_look_after_another_is_the_same_as_one_by_itself() -> None:
    lines = (line("D1", 95, 5), line("D2", 40, 3))
    edited = look(*lines).edited
    first = assess(edited, NOW)
    changed, _ = apply_edits(edited, {("Solar", "D2"): {"dial_lines": "60"}})
    after, alone = assess(changed, NOW, first), assess(changed, NOW)
    assert after.figures == alone.figures
    assert after.headline == alone.headline
    assert after.figures["Solar", "D1"] is first.figures["Solar", "D1"], "it was not made anew"
    assert after.figures["Solar", "D2"] != first.figures["Solar", "D2"]
    # Another moment, or lines that are gone, take nothing from the earlier look.
    later = assess(changed, NOW + timedelta(minutes=1), first)
    assert later.figures["Solar", "D1"] is not first.figures["Solar", "D1"]
    cleared, _ = apply_edits(changed, {("Solar", "D1"): {"dial_lines": "0", "agent_lines": "0"}})
    assert set(assess(cleared, NOW, after).figures) == {("Solar", "D2")}


def test_agents_moved_by_an_edit_are_counted_on_the_other_dialer() -> None:
    # 10 agents on 8 + 5 lines: 6 and 4 of them, as 80/13 and 50/13 are rounded by largest rest.
    before = look(line("D1", 95, 5), line("D2", 95, 5))
    edited, _ = apply_edits(before.edited, {("Solar", "D1"): {"agent_lines": 8}})
    after = assess(edited, NOW, before)
    assert [row.agents for row in after.figures.values()] == [6, 4]
    assert after.figures == assess(edited, NOW).figures
