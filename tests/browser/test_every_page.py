"""Every page fits the window and has no serious fault by axe-core, light and dark."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.driving import cell, grid, rows, wait_idle

#: Page, and the grid or heading that is there once it is drawn.
PAGES = {
    "Status": "Status of every campaign and dialer",
    "What if": "If one dialer goes down",
    "Week": None,
    "Trade-off": None,
    "Hand-out": None,
    "Data": "Dialers",
    "Plans": None,
}

#: Ends once every movement that has an end is over.
DRAWN = """() => Promise.all(document.getAnimations()
    .filter(each => each.effect.getComputedTiming().iterations !== Infinity)
    .map(each => each.finished.catch(() => null))).then(() => null)"""


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 1000, "light"), (1920, 1200, "dark")]
)
def test_nothing_is_wider_than_the_window_nor_unreadable_or_without_a_name(
    page: Page, width: int, height: int, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("button", name="Open regional").click()
    wait_idle(page)
    faults = serious_faults(page, "Plan")
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
        faults += serious_faults(page, name)
    assert faults == []


def serious_faults(page: Page, name: str) -> list[str]:
    """What axe-core calls serious or worse: contrast, names of controls, what keyboards reach."""
    page.evaluate(DRAWN)  # what is still fading in has no contrast yet
    found = Axe().run(page).response["violations"]
    return [
        f"{name}: {fault['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
