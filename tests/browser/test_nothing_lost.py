"""What somebody does with saved plans and a week in a browser: nothing is lost, nothing surprises.

With a server of its own, so that its list of plans holds those of the test alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import free_port, serving
from tests.browser.driving import grid, headline, press, rows, tick, type_into, wait_idle

HEADER = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds"
PLAN_MS = 120_000


@pytest.fixture
def alone(context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A dialer of 8 ports; A runs on Mondays from 9 to 11, B from 10 to 12, each with one agent."""
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    (fleet / "dialers.csv").write_text("dialer_id,ports\nD,8\n")
    (fleet / "campaigns.csv").write_text(
        f"{HEADER},start,schedule\n"
        "A,1,25,0.1,0.5,60,2026-01-01,Mon 09:00-11:00\n"
        "B,1,25,0.1,0.5,60,2026-01-01,Mon 10:00-12:00\n"
    )
    with serving(tmp_path, free_port(), PLANNER_FOLDER=str(fleet)) as (url, _):
        page = context.new_page()
        page.goto(url)
        # The first page of a server loads its libraries, on a fresh machine it compiles as well.
        title = page.get_by_role("heading", name="Line plan: fleet")
        expect(title).to_be_visible(timeout=PLAN_MS)
        yield page
        page.close()


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    wait_idle(page)


def test_a_week_is_planned_handed_out_and_followed_by_another(alone: Page) -> None:
    go(alone, "Week")
    expect(grid(alone, "Times of the week")).to_contain_text("09:00-10:00")
    slider = alone.get_by_role("slider", name="Fewer moves may cost")
    slider.focus()
    alone.keyboard.press("Home")
    expect(alone.get_by_text("Lines move wherever that gains anything")).to_be_visible()
    press(alone, "Plan the week")
    changes = alone.get_by_role("region", name="Lines that change")
    expect(changes).to_be_visible(timeout=PLAN_MS)
    # Alone each has 7 + 1 lines, together 3 + 1 each on the 8 ports.
    expect(alone.get_by_text("5 rows at 3 times.")).to_be_visible()
    found = grid(alone, "Lines that change")
    expect(found).to_contain_text("7 → 3")

    go(alone, "Hand-out")
    alone.get_by_label("Of what").click()
    alone.get_by_role("option", name="The week, hour by hour").click()
    expect(
        alone.get_by_role("heading", name=re.compile("^D: set these lines at Mon"))
    ).to_have_count(3)

    go(alone, "Week")
    expect(alone.get_by_text("5 rows at 3 times.")).to_be_visible()
    slider.focus()
    alone.keyboard.press("End")
    expect(alone.get_by_text("as they were when this was planned")).to_be_visible()
    press(alone, "Plan the week")
    expect(alone.get_by_role("region", name="Weeks planned so far")).to_be_visible(timeout=PLAN_MS)


def test_a_saved_plan_is_there_after_a_reload_and_can_be_renamed_deleted_and_brought_back(
    alone: Page,
) -> None:
    lines = rows(alone)
    type_into(alone, lines, 0, "Dial lines", "4")
    type_into(alone, lines, 0, "Agent lines", "1")
    expect(headline(alone, "Ports used")).to_contain_text("5 of 8")
    saving = alone.get_by_test_id("stPopover").get_by_role("button", name=re.compile("Save$"))
    saving.click()
    alone.get_by_label("Name", exact=True).fill("Monday")
    alone.get_by_label("Name", exact=True).press("Tab")
    press(alone, "Save as a new plan")
    expect(alone.get_by_role("heading", name="Line plan: Monday")).to_be_visible()
    expect(alone.get_by_role("button", name="Save as a new plan")).to_have_count(0)  # it is closed

    wait_idle(alone)
    alone.reload()
    expect(alone.get_by_role("heading", name="Line plan: Monday")).to_be_visible()
    expect(headline(alone, "Ports used")).to_contain_text("5 of 8")
    expect(alone.get_by_text("Unsaved work")).to_have_count(0)

    go(alone, "Plans")
    listed = grid(alone, "Saved plans")
    tick(listed, 0)
    expect(alone.get_by_role("heading", name="Monday", exact=True)).to_be_visible()
    wait_idle(alone)
    alone.get_by_test_id("stPopover").get_by_role("button", name=re.compile("Rename$")).click()
    alone.get_by_label("New name").fill("Tuesday")
    alone.get_by_label("New name").press("Tab")
    wait_idle(alone)
    alone.get_by_test_id("stPopoverBody").get_by_role("button", name=re.compile("Rename$")).click()
    expect(grid(alone, "Saved plans")).to_contain_text("Tuesday")

    wait_idle(alone)
    press(alone, "Delete")
    expect(alone.get_by_text("No plan is saved yet")).to_be_visible()
    alone.get_by_text(re.compile("kept for 30 days")).click()
    alone.get_by_role("button", name="Bring back").click()
    expect(grid(alone, "Saved plans")).to_contain_text("Tuesday")


def test_whoever_opens_another_fleet_with_unsaved_changes_is_asked(alone: Page) -> None:
    lines = rows(alone)
    type_into(alone, lines, 0, "Dial lines", "4")
    type_into(alone, lines, 0, "Agent lines", "1")
    expect(headline(alone, "Ports used")).to_contain_text("5 of 8")
    wait_idle(alone)
    alone.get_by_test_id("stPopover").get_by_role(
        "button", name=re.compile("Open another$")
    ).click()
    alone.get_by_role("button", name="Open quickstart").click()
    asked = alone.get_by_role("dialog")
    expect(asked).to_contain_text("Unsaved changes")
    asked.get_by_role("button", name="Stay here").click()
    expect(asked).to_have_count(0)
    expect(headline(alone, "Ports used")).to_contain_text("5 of 8")
