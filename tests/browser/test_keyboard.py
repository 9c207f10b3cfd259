"""Everything can be done without a mouse, and one always sees where one is."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.driving import cell, grid, headline, rows, type_over, wait_idle

#: More stops than a page has.
MOST_STOPS = 120
#: What has the focus: its name, and whether the page shows that it has it.
STOP = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    if (element === document.body) return null;
    const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    return {
        kind: element.tagName,
        name: (element.getAttribute('aria-label') || element.innerText || '').trim(),
        shown: shown,
    };
}"""
#: Pages, and the grid that is there once one is drawn.
PAGES = {
    "Plan": None,
    "Status": "Status of every",
    "What if": "If one dialer",
    "Trade-off": None,
    "Data": "Dialers",
    "Plans": None,
}


def stops(page: Page) -> list[dict[str, object]]:
    """What Tab comes by, from the top of the page to its end."""
    page.evaluate("document.activeElement.blur(); window.getSelection().empty()")
    page.get_by_text("Skip to main content").focus()
    found = []
    for _ in range(MOST_STOPS):
        stop = page.evaluate(STOP)
        if stop is None:
            return found
        found.append(stop)
        page.keyboard.press("Tab")
    raise AssertionError("Tab never comes to the end of the page")


def to_page(page: Page, name: str) -> None:
    link = page.get_by_role("link", name=name, exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(link).to_have_attribute("aria-current", "page")  # once the server has begun
    wait_idle(page)


def test_tab_comes_by_every_button_and_shows_where_it_is(page: Page) -> None:
    page.get_by_role("button", name="Open quickstart").focus()
    page.keyboard.press("Enter")
    rows(page)
    for name, table in PAGES.items():
        to_page(page, name)
        if table is not None:
            grid(page, table)
        wait_idle(page)
        assert missed_or_hidden(page) == [], name


def missed_or_hidden(page: Page) -> list[object]:
    """Buttons that Tab does not come by, what does not show that it has the focus, and anchors."""
    found = stops(page)
    kinds = ("A", "BUTTON", "SUMMARY")
    faults = [stop["name"] for stop in found if stop["kind"] in kinds and not stop["shown"]]
    names = " ".join(str(stop["name"]) for stop in found)
    # The arrow of a list of choices is no stop of its own, its field is.
    main = page.get_by_test_id("stMain")
    for button in main.locator("button:enabled:visible:not([tabindex='-1'])").all():
        label = (button.get_attribute("aria-label") or button.inner_text()).strip()
        if label not in names:
            faults.append(label)
    return faults + [stop for stop in found if stop["name"] == "Link to heading"]


def test_a_plan_is_edited_undone_and_saved_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Open quickstart").focus()
    page.keyboard.press("Enter")
    found = rows(page)
    wait_idle(page)
    found.locator("canvas").first.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(cell(found, 0, "Dial lines")).to_have_attribute("aria-selected", "true")
    type_over(page, "60")
    expect(headline(page, "Ports used")).to_contain_text("165 of 200")
    wait_idle(page)
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Space")
    expect(headline(page, "Ports used")).to_contain_text("200 of 200")
    wait_idle(page)

    # A popover opens, takes the focus, and gives it back when it is closed.
    edits = page.get_by_role("button", name="Quick edits")
    edits.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Clear")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate(STOP)["name"] == "Clear":
            break
    page.keyboard.press("Enter")
    expect(headline(page, "Ports used")).to_contain_text("0 of 200")
    wait_idle(page)
    page.keyboard.press("Control+z")
    expect(headline(page, "Ports used")).to_contain_text("200 of 200")


def test_a_dialer_goes_down_and_a_slider_moves_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Open quickstart").focus()
    page.keyboard.press("Enter")
    rows(page)
    to_page(page, "What if")
    grid(page, "If one dialer goes down")
    wait_idle(page)
    page.get_by_label("Dialers down").focus()
    page.keyboard.type("D1", delay=150)
    expect(page.get_by_role("option", name="D1")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    table = grid(page, "Before and after")
    expect(cell(table, 0, "If nobody reacts")).to_have_text("79.3")
    wait_idle(page)
    page.get_by_role("slider", name="Answer rate").focus()
    page.keyboard.press("ArrowRight")
    expect(cell(table, 0, "If nobody reacts")).not_to_have_text("79.3")


def test_a_saved_plan_is_picked_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Open quickstart").focus()
    page.keyboard.press("Enter")
    rows(page)
    wait_idle(page)
    page.get_by_role("button", name=re.compile("Save")).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("By keyboard")
    page.get_by_role("button", name="Save as a new plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Line plan: By keyboard")).to_be_visible()
    wait_idle(page)
    to_page(page, "Plans")
    plans = grid(page, "Saved plans")
    wait_idle(page)
    plans.locator("canvas").first.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("button", name="Open this version")).to_be_visible()


def test_a_plan_of_the_trade_off_is_taken_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Open quickstart").focus()
    page.keyboard.press("Enter")
    rows(page)
    to_page(page, "Trade-off")
    page.get_by_role("button", name="Find the plans").focus()
    page.keyboard.press("Enter")
    table = page.get_by_role("region", name="Plans to choose from")
    expect(table).to_be_visible(timeout=90_000)
    plans = grid(page, "Plans to choose from")
    expect(page.get_by_text("By keyboard: Tab into the table")).to_be_visible()
    wait_idle(page)
    page.get_by_role("button", name="Find the plans").focus()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if plans.evaluate("table => table.contains(document.activeElement)"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    take = page.get_by_role("button", name="Take this plan")
    expect(take).to_be_visible()
    wait_idle(page)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if "Take this plan" in page.evaluate(STOP)["name"]:
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("These lines keep every limit.")).to_be_visible()
    rows(page)
