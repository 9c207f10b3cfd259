"""A manager's day in a real browser: paste, save, conflict, reload, what-if, trade-off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from planner.report.words import duration
from tests.browser.conftest import free_port, serving
from tests.browser.driving import (
    cell,
    grid,
    headline,
    press,
    rows,
    select,
    tick,
    type_into,
    wait_idle,
)

RUN_MS = 90_000


@pytest.fixture
def quickstart(page: Page) -> Locator:
    """The grid of the quickstart example."""
    page.get_by_role("button", name="Open quickstart").click()
    found = rows(page)
    wait_idle(page)
    return found


def expect_lines(page: Page, *wanted: tuple[int, int]) -> None:
    for row, (dial, agents) in enumerate(wanted):
        expect(cell(rows(page), row, "Dial lines")).to_have_text(str(dial))
        expect(cell(rows(page), row, "Agent lines")).to_have_text(str(agents))


def save_as(page: Page, name: str) -> None:
    page.get_by_test_id("stPopover").get_by_role("button", name=re.compile("Save$")).click()
    field = page.get_by_label("Name", exact=True)
    field.fill(name)
    field.press("Tab")
    wait_idle(page)
    page.get_by_role("button", name="Save as a new plan").click()
    expect(page.get_by_role("heading", name=f"Line plan: {name}")).to_be_visible()
    wait_idle(page)


def save_version(page: Page, number: int) -> None:
    wait_idle(page)
    page.get_by_test_id("stPopover").get_by_role("button", name=re.compile("Save$")).click()
    expect(page.get_by_role("button", name=f"Save as version {number}")).to_be_visible()
    press(page, f"Save as version {number}")


def test_a_block_is_pasted_undone_and_redone(
    page: Page, quickstart: Locator, context: BrowserContext, app_url: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app_url)
    page.evaluate("navigator.clipboard.writeText('60\\t4\\n50\\t3')")
    select(page, quickstart, 0, "Dial lines")
    page.keyboard.press("Control+v")
    expect(headline(page, "Ports used")).to_contain_text("117 of 200")
    expect_lines(page, (60, 4), (50, 3))
    press(page, "Undo")
    expect(headline(page, "Ports used")).to_contain_text("200 of 200")
    expect_lines(page, (95, 5), (95, 5))
    press(page, "Redo")
    expect(headline(page, "Ports used")).to_contain_text("117 of 200")


def test_two_windows_that_save_one_plan_are_told(
    page: Page, quickstart: Locator, context: BrowserContext
) -> None:
    type_into(page, quickstart, 0, "Dial lines", "70")
    expect(headline(page, "Ports used")).to_contain_text("175 of 200")
    save_as(page, "Two windows")
    page.get_by_role("link", name="Plans").click()
    table = grid(page, "Saved plans")
    expect(table).to_contain_text("Two windows")
    page.get_by_role("link", name="Plan", exact=True).click()
    found = rows(page)
    wait_idle(page)

    other = context.new_page()
    other.goto(page.url)
    other.get_by_role("link", name="Plans").click()
    theirs = grid(other, "Saved plans")
    wait_idle(other)
    tick(theirs, 0)
    expect(other.get_by_role("heading", name="Two windows")).to_be_visible()
    wait_idle(other)
    other.get_by_role("button", name="Open this version").click()
    found_there = rows(other)
    wait_idle(other)
    expect(cell(found_there, 0, "Dial lines")).to_have_text("70")
    type_into(other, found_there, 1, "Dial lines", "80")
    # An edit reaches the server a moment later; what is then drawn anew closes what was opened.
    expect(headline(other, "Ports used")).to_contain_text("160 of 200")
    wait_idle(other)
    save_version(other, 2)
    expect(other.get_by_text("Saved as version 2 of Two windows")).to_be_visible()
    other.close()

    type_into(page, found, 0, "Dial lines", "60")
    expect(headline(page, "Ports used")).to_contain_text("165 of 200")
    wait_idle(page)
    top = found.bounding_box()
    save_version(page, 2)
    expect(page.get_by_text(re.compile("saved version 2 of Two windows"))).to_be_visible()
    assert found.bounding_box() == top  # asked in front of the page, which does not move
    expect_lines(page, (60, 5), (95, 5))
    page.get_by_role("button", name="Save mine as a copy").click()
    expect(page.get_by_text(re.compile("saved version 2 of Two windows"))).to_have_count(0)
    expect(page.get_by_role("heading", name="Two windows (copy)")).to_be_visible()


def test_work_survives_a_reload(page: Page, quickstart: Locator) -> None:
    type_into(page, quickstart, 0, "Dial lines", "73")
    type_into(page, quickstart, 1, "Agent lines", "4")
    expect(headline(page, "Ports used")).to_contain_text("177 of 200")
    page.reload()
    expect(page.get_by_text("Unsaved work:")).to_be_visible()
    page.get_by_role("button", name="Continue").first.click()
    wait_idle(page)
    expect_lines(page, (73, 5), (95, 4))
    # What was typed before the reload can still be taken back, step by step.
    for left in ((73, 5), (95, 5)):
        press(page, "Undo")
        expect_lines(page, left, (95, 5))
    press(page, "Redo")
    expect_lines(page, (73, 5), (95, 5))


def test_work_survives_a_restart_of_the_server(context: BrowserContext, tmp_path: Path) -> None:
    port = free_port()
    page = context.new_page()
    with serving(tmp_path, port) as (url, server):
        page.goto(url)
        page.get_by_role("button", name="Open quickstart").click()
        type_into(page, rows(page), 0, "Dial lines", "73")
        type_into(page, rows(page), 0, "Agent lines", "4")
        expect(headline(page, "Ports used")).to_contain_text("177 of 200")
        server.kill()
        server.wait()
    with serving(tmp_path, port) as (url, _):
        page.goto(url)
        page.get_by_role("button", name="Continue").click()
        expect_lines(page, (73, 4), (95, 5))
        press(page, "Undo")
        expect_lines(page, (73, 5), (95, 5))
        press(page, "Undo")
        expect_lines(page, (95, 5), (95, 5))
        page.close()


def test_typed_busy_lines_shorten_the_time_until_all_are_busy(
    page: Page, quickstart: Locator
) -> None:
    page.get_by_role("link", name="Status").click()
    table = grid(page, "Status of every campaign and dialer")
    wait_idle(page)
    # From no call and from three busy lines: mean first passages of the birth-death chain with
    # rates (95 - k) / 2500 s up and k / 180 s down, by their recursion.
    expect(cell(table, 0, "Until all busy")).to_have_text(duration(passage(0)))
    page.get_by_text("Busy agent lines right now").click()
    type_into(page, grid(page, "Busy agent lines"), 0, "Busy now", "3")
    expect(cell(table, 0, "Until all busy")).to_have_text(duration(passage(3)))
    expect(cell(table, 1, "Until all busy")).to_have_text(duration(passage(0)))
    type_into(page, grid(page, "Busy agent lines"), 1, "Busy now", "6")
    expect(page.get_by_text("“6” cannot be busy")).to_be_visible()


def passage(busy: int) -> float:
    """Mean seconds until 5 agent lines are busy, of 95 dial lines with so many busy now."""
    steps: list[float] = []
    for k in range(5):
        up, down = (95 - k) / 2500, k / 180
        steps.append((1 + down * (steps[-1] if steps else 0.0)) / up)
    return sum(steps[busy:])


def test_a_scenario_and_a_plan_of_the_trade_off(page: Page, quickstart: Locator) -> None:
    page.get_by_role("link", name="What if").click()
    page.get_by_label("Dialers down").click()
    page.get_by_role("option", name="D1").click()
    page.keyboard.press("Escape")
    table = grid(page, "Before and after")
    wait_idle(page)
    expect(cell(table, 0, "If nobody reacts")).to_have_text("79.3")

    page.get_by_role("link", name="Trade-off").click()
    page.get_by_role("button", name="Find the plans").click()
    point = page.locator("[data-testid=stVegaLiteChart] path[aria-roledescription]").first
    expect(point).to_be_visible(timeout=RUN_MS)
    grid(page, "Plans to choose from")
    wait_idle(page)
    expect(page.get_by_role("button", name="Take this plan")).to_have_count(0)
    point.click()
    expect(page.get_by_role("button", name="Take this plan")).to_be_visible()
    wait_idle(page)
    page.get_by_role("button", name="Take this plan").click()
    expect(page.get_by_text("These lines keep every limit.")).to_be_visible()
    rows(page)
