"""A manager's tour of all pages, with the regional example; its pictures are those of the README.

``PLANNER_SCREENSHOTS=docs .venv/bin/pytest tests/browser/test_tour.py`` takes them anew; else they
are kept in ``build/screenshots``, to be looked at.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import free_port, serving
from tests.browser.driving import cell, grid, press, rows, tick, wait_idle

#: Whether somebody asked for the README's pictures, and the folder that they are kept in.
PICTURES = os.environ.get("PLANNER_SCREENSHOTS")
KEPT = Path(PICTURES or Path(__file__).resolve().parents[2] / "build" / "screenshots")
FIND_MS, SWEEP_MS = 240_000, 120_000
#: So many colours of a page are told apart in its picture; the file is a third of the size.
COLOURS = 96


@pytest.fixture
def picture(page: Page) -> Callable[[str], None]:
    """Keep a picture of the page."""
    KEPT.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        wait_idle(page)
        page.wait_for_timeout(2500 if PICTURES else 500)  # charts draw themselves late
        page.mouse.move(5, 500)
        page.evaluate("document.activeElement.blur()")
        found = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        found.quantize(COLOURS, dither=Image.Dither.NONE).save(
            KEPT / f"{name}-page.png", optimize=True
        )

    return take


@pytest.fixture
def app_url(tmp_path: Path) -> object:
    """A server of its own, so that its list of plans holds those of the tour alone."""
    with serving(tmp_path, free_port(), LOGNAME="ann") as (url, _):
        yield url


def popover(page: Page, name: str) -> None:
    page.get_by_test_id("stPopover").get_by_role("button", name=re.compile(f"{name}$")).click()


def find_plans(page: Page) -> None:
    page.get_by_label("How many plans").click()
    page.get_by_role("option", name="Usual").click()
    wait_idle(page)
    page.get_by_role("button", name="Find the plans").click()
    # The whole sweep of this fleet takes a quarter of an hour: the first weights make a picture.
    page.wait_for_timeout(SWEEP_MS)
    page.get_by_role("button", name="Stop and keep what is found").click()
    points = page.locator("[data-testid=stVegaLiteChart] path[aria-roledescription]")
    expect(points.first).to_be_visible(timeout=FIND_MS)
    grid(page, "Plans to choose from")
    wait_idle(page)
    points.nth(1).click()
    expect(page.get_by_role("button", name="Take this plan")).to_be_visible()


def test_a_tour_of_all_pages(page: Page, picture: Callable[[str], None]) -> None:
    page.get_by_role("button", name="Open regional").click()
    lines = rows(page)
    expect(page.get_by_text("3 limits are broken.")).to_be_visible()
    picture("plan")

    press(page, "Fix all")
    expect(page.get_by_text("These lines keep every limit.")).to_be_visible()
    expect(cell(lines, 0, "Check")).to_have_text("✓")
    popover(page, "Save")
    page.get_by_label("Name", exact=True).fill("Monday morning")
    page.get_by_label("Name", exact=True).press("Tab")
    wait_idle(page)
    page.get_by_role("button", name="Save as a new plan").click()
    expect(page.get_by_role("heading", name="Line plan: Monday morning")).to_be_visible()

    page.get_by_role("link", name="Status").click()
    grid(page, "Status of every campaign and dialer")
    expect(page.get_by_role("heading", name="The hours ahead")).to_be_visible()
    expect(page.get_by_role("region", name="Dialer ATL-1")).to_contain_text("Medicare")
    picture("status")

    page.get_by_role("link", name="What if").click()
    page.get_by_label("Dialers down").click()
    page.get_by_role("option", name="ATL-1").click()
    page.keyboard.press("Escape")
    worlds = grid(page, "Before and after")
    expect(cell(worlds, 0, "Change")).to_have_text(re.compile(r"^-\d"))
    wait_idle(page)
    page.get_by_label("Name", exact=True).fill("Atlanta loses a dialer")
    page.get_by_label("Name", exact=True).press("Tab")
    expect(page.get_by_text("Atlanta loses a dialer: ATL-1 is out of service.")).to_be_visible()
    picture("what-if")
    popover(page, "Save or open")
    page.get_by_role("button", name="Save as a new scenario").click()
    expect(page.get_by_text("Saved as version 1 of the scenario")).to_be_visible()

    page.get_by_role("link", name="Week", exact=True).click()
    expect(grid(page, "Times of the week")).to_contain_text("all campaigns")
    picture("week")

    page.get_by_role("link", name="Hand-out").click()
    set_these = page.get_by_role("heading", name=re.compile("^ATL-1: set these lines"))
    expect(set_these).to_be_visible()
    picture("hand-out")

    page.get_by_role("link", name="Trade-off").click()
    expect(page.get_by_role("button", name="Find the plans")).to_be_visible()
    if PICTURES:  # it takes a minute, and is tested with the small example
        find_plans(page)
        picture("trade-off")

    page.get_by_role("link", name="Data").click()
    expect(grid(page, "Dialers")).to_contain_text("ATL-1")
    picture("data")

    page.get_by_role("link", name="Plans").click()
    plans = grid(page, "Saved plans")
    wait_idle(page)
    tick(plans, 0)
    expect(page.get_by_role("heading", name="Monday morning")).to_be_visible()
    expect(grid(page, "Saved scenarios")).to_contain_text("Atlanta loses a dialer")
    picture("plans")
