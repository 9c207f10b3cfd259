"""Every page fits the window, at both sizes, light and dark."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import cell, grid, rows, wait_idle

#: Page, and the grid or heading that is there once it is drawn.
PAGES = {
    "Status": "Status of every campaign and dialer",
    "What if": "Before and after",
    "Week": None,
    "Trade-off": None,
    "Hand-out": None,
    "Data": "Dialers",
    "Plans": None,
}


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 1000, "light"), (1920, 1200, "dark")]
)
def test_nothing_is_wider_than_the_window(
    page: Page, width: int, height: int, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("button", name="Open regional").click()
    rows(page)
    for name, table in PAGES.items():
        page.get_by_role("link", name=name).click()
        wait_idle(page)
        if table is not None:
            grid(page, table)
        if name == "What if":
            page.get_by_label("Dialers down").click()
            page.get_by_role("option", name="ATL-1").click()
            page.keyboard.press("Escape")
            changed = cell(grid(page, "Before and after"), 0, "Change")
            expect(changed).to_have_text(re.compile(r"^-\d"))
            wait_idle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        expect(page.get_by_test_id("stException")).to_have_count(0)
