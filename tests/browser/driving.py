"""Drives the page as a person would. A grid is a canvas; its accessibility table has cells."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

_OVERLAY = "[data-testid=portal] .gdg-clip-region"
_TRIES = 10
_KEY = 150  # milliseconds
_ROW = 35  # pixels; the header is as high


def wait_idle(page: Page) -> None:
    """Wait until the server has answered everything that was done so far."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def press(page: Page, name: str) -> None:
    """Click a button once the page has settled: while it is drawn, the old one is there too."""
    wait_idle(page)
    button = page.get_by_role("button", name=name)
    expect(button).to_have_count(1)
    button.click()


def grid(page: Page, name: str) -> Locator:
    """The grid of this accessible name, once its cells are there."""
    found = page.get_by_role("region", name=name)
    expect(found.locator("canvas table[role=grid] td").first).to_be_attached()
    return found


def rows(page: Page) -> Locator:
    """The list of rows of the plan page, which is one click away from the board."""
    choice = page.get_by_role("radio", name="List of rows")
    expect(choice).to_be_visible()
    if choice.get_attribute("aria-checked") != "true":
        wait_idle(page)
        choice.click()
    return grid(page, "Line assignments")


def column(found: Locator, header: str) -> int:
    """Position of the column with this header."""
    exactly = re.compile(rf"^\s*{re.escape(header)}\s*$")
    head = found.locator("canvas th[role=columnheader]", has_text=exactly)
    return int(head.get_attribute("aria-colindex") or 0) - 1


def cell(found: Locator, row: int, header: str) -> Locator:
    """One cell of the grid."""
    return found.get_by_test_id(f"glide-cell-{column(found, header)}-{row}")


def select(page: Page, found: Locator, row: int, header: str) -> None:
    """Make a cell the selected one."""
    # The first focus on a grid lands on its first cell, so ask until ours is the selected one.
    wanted = cell(found, row, header)
    for _ in range(_TRIES):
        wanted.evaluate("element => element.focus()")
        try:
            expect(wanted).to_have_attribute("aria-selected", "true", timeout=600)
        except AssertionError:
            continue
        return
    raise AssertionError(f"row {row}, {header} cannot be selected")


def type_into(page: Page, found: Locator, row: int, header: str, text: str) -> None:
    """Open a cell, replace its text and confirm."""
    select(page, found, row, header)
    page.keyboard.press("Enter")
    box = page.locator(f"{_OVERLAY} input, {_OVERLAY} textarea").first
    expect(box).to_be_visible()
    box.fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(_OVERLAY)).to_have_count(0)
    # Enter moves the selection down, a moment later; whoever selects before that is moved as well.
    below = cell(found, row + 1, header)
    if below.count():
        expect(below).to_have_attribute("aria-selected", "true")
    wait_idle(page)


def type_over(page: Page, text: str) -> None:
    """Type over the selected cell as fast as people type.

    The first key opens it, which takes longer on a busy machine: the next would begin anew.
    """
    page.keyboard.type(text[0], delay=_KEY)
    box = page.locator(f"{_OVERLAY} input, {_OVERLAY} textarea").first
    expect(box).to_have_value(text[0])
    page.keyboard.type(text[1:], delay=_KEY)
    page.wait_for_timeout(_KEY)
    page.keyboard.press("Enter")


def tick(found: Locator, row: int) -> None:
    """Tick a row in the column before the first, which has no cells to name."""
    place = found.locator(".dvn-scroller").first
    place.click(position={"x": 16, "y": _ROW * (row + 1) + _ROW // 2})


def headline(page: Page, label: str) -> Locator:
    """The headline figure with this label."""
    return page.get_by_test_id("stMetric").filter(has_text=label).first
