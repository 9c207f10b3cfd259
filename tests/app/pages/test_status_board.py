"""The board of dialers as HTML: every row on its dialer's card, text of users as text."""

from __future__ import annotations

import re
from datetime import timedelta

from planner.app.pages.status_board import board, status_chips, together
from planner.contracts.problem import Dialer, Problem
from planner.contracts.projected import CampaignJoint, Projection
from planner.contracts.result import Engine, Status
from planner.report.projections.next_events import NextEvent
from tests.support.builders import solar
from tests.support.results import MONDAY_NINE, figures, two_dialers


def words(html: str) -> str:
    """What a reader sees."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL).split())


def test_each_dialer_has_a_card_with_what_happens_next_first() -> None:
    rows = (figures(), figures(campaign_id="Roof", dial_lines=20, agent_lines=0))
    events = (
        NextEvent("All 5 agent lines busy", "in about 3.2 min", MONDAY_NINE + timedelta(hours=1)),
        NextEvent("Its window closes", "09:30", MONDAY_NINE + timedelta(minutes=30)),
    )
    told = words(board(two_dialers(), ["D1", "D2"], rows, events))
    assert told == (
        "D1 120 of 100 ports too many "
        "Roof 20 dial lines Running and Dialing Its window closes 09:30 "
        "Solar 95 dial + 5 agent lines Running and Dialing All 5 agent lines busy in about 3.2 min "
        "D2 0 of 100 ports No lines."
    )


def test_a_long_card_tells_those_that_wait_for_the_same_thing_together() -> None:
    names = [f"C{number}" for number in range(12)]
    rows = [figures(campaign_id=name, dial_lines=1, agent_lines=1) for name in names]
    soon = MONDAY_NINE + timedelta(minutes=30)
    events = [NextEvent("Its window closes", "09:30", soon) for _ in names[:10]]
    events += [NextEvent("Its window closes", "10:00", soon + timedelta(minutes=30))]
    events += [NextEvent("Starts", "10:00", soon + timedelta(minutes=30))]
    told = words(board(two_dialers(), ["D1"], rows, events))
    assert told == (
        "D1 24 of 100 ports "
        "10 campaigns: C0, C1, C2, C3, C4, C5, C6, C7 and 2 more 10 dial + 10 agent lines "
        "Running and Dialing Its window closes 09:30 "
        "C10 1 dial + 1 agent line Running and Dialing Its window closes 10:00 "
        "C11 1 dial + 1 agent line Running and Dialing Starts 10:00"
    )


def test_those_that_wait_for_somebody_are_told_together_on_every_card() -> None:
    """Three that nobody has scheduled are one line; two, or those that will start, are not."""
    names = ["A", "B", "C"]
    rows = [
        figures(campaign_id=n, dial_lines=1, agent_lines=0, status=Status.UNSCHEDULED)
        for n in names
    ]
    nobody = [NextEvent("Set a start or a stop date.", "", None) for _ in names]
    assert words(board(two_dialers(), ["D1"], rows, nobody)) == (
        "D1 3 of 100 ports 3 campaigns: A, B, C 3 dial lines Unscheduled "
        "Set a start or a stop date."
    )
    assert words(board(two_dialers(), ["D1"], rows[:2], nobody[:2])) == (
        "D1 2 of 100 ports A 1 dial line Unscheduled Set a start or a stop date. "
        "B 1 dial line Unscheduled Set a start or a stop date."
    )
    soon = [NextEvent("Starts", "10:00", MONDAY_NINE + timedelta(hours=1)) for _ in names]
    later = [row.model_copy(update={"status": Status.SCHEDULED}) for row in rows]
    assert words(board(two_dialers(), ["D1"], later, soon)).count("Starts") == 3


def test_a_dialer_out_of_service_says_so_on_its_card() -> None:
    fleet = Problem(
        dialers=(Dialer(dialer_id="D1", ports=100, in_service=False, failure_domain="Dallas"),),
        campaigns=(solar(),),
    )
    assert words(board(fleet, ["D1"], (), ())) == (
        "D1 Dallas · 0 of 100 ports · out of service No lines."
    )


def test_ids_are_text() -> None:
    name = "<b onclick=x>&'\""
    fleet = Problem(dialers=(Dialer(dialer_id=name, ports=9),), campaigns=(solar(),))
    row = figures(campaign_id=name, dialer_id=name)
    html = board(fleet, [name], [row], [NextEvent(name, name)])
    assert "<b onclick" not in html
    assert 'aria-label="Dialer &lt;b onclick=x&gt;&amp;&#x27;&quot;"' in html


def test_the_fleet_is_counted_by_status() -> None:
    rows = [figures(status=status) for status in (Status.RUNNING, Status.SCHEDULED) * 2]
    assert words(status_chips([*rows, figures()])) == "2 Scheduled 3 Running and Dialing"


def test_dialers_of_a_campaign_together_add_up_to_the_whole_bar() -> None:
    joint = CampaignJoint(
        campaign_id="Solar",
        dialers=2,
        none_paused=0.36,
        some_paused=0.48,
        all_paused=0.16,
        paused_distribution=(0.36, 0.48, 0.16),
        engine=Engine.MARKOV,
    )
    given = Projection(at=MONDAY_NINE, hours=8, assignments=(), campaigns_joint=(joint,))
    html = together(given)
    widths = [float(found) for found in re.findall(r"width:([0-9.]+)%", html)]
    assert widths == [36.0, 48.0, 16.0]
    assert 'aria-label="Solar: none paused 36 %, some 48 %, all 16 %"' in html
    alone = joint.model_copy(update={"dialers": 1})
    assert together(given.model_copy(update={"campaigns_joint": (alone,)})) == ""
