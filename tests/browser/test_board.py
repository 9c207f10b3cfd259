"""The board of the plan page in a real browser: seen whole, typed into, pasted, read out."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.tables.folder_writing import write_folder
from tests.browser.conftest import free_port, serving
from tests.browser.driving import headline, press, wait_idle

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def board(page: Page) -> Locator:
    found = page.get_by_role("grid", name="Board of lines")
    expect(found.locator("td.cell").first).to_be_visible()
    wait_idle(page)
    return found


def cell(page: Page, campaign: str, dialer: str) -> Locator:
    return page.locator(f"td[data-campaign='{campaign}'][data-dialer='{dialer}']")


def end(page: Page, campaign: str, place: int) -> Locator:
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=campaign))
    return row.locator(".end").nth(place)


def type_into(page: Page, campaign: str, dialer: str, text: str) -> None:
    cell(page, campaign, dialer).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    wait_idle(page)


def show(page: Page, measure: str) -> None:
    page.get_by_role("radio", name=measure).click()
    wait_idle(page)


@pytest.fixture
def regional(page: Page) -> Page:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Open regional").click()
    board(page)
    later = page.get_by_role("button", name="Later")
    if later.count():  # what another test left unsaved is offered above the board
        later.click()
        expect(later).to_have_count(0)
        board(page)
    return page


@pytest.fixture
def quickstart(page: Page) -> Page:
    page.get_by_role("button", name="Open quickstart").click()
    board(page)
    return page


def test_ten_campaigns_on_six_dialers_are_seen_whole_and_no_word_is_cut(regional: Page) -> None:
    for scheme in SCHEMES:
        regional.emulate_media(color_scheme=scheme)
        seen_whole(regional)
        assert cut_words(regional) == [], scheme


def seen_whole(regional: Page) -> None:
    """Everything of the board is in view, and nothing can be scrolled."""
    found = board(regional)
    assert found.locator("tbody tr").count() == 10
    for place in (
        found.locator("thead th").first,
        found.locator("tfoot tr").last.locator("td").last,
    ):
        expect(place).to_be_in_viewport(ratio=0.9)
    expect(regional.get_by_text("3 limits are broken.")).to_be_in_viewport()
    for step in ("fix-0", "fix-1", "fix-2"):
        expect(regional.locator(f".st-key-{step}")).to_be_in_viewport()
    scroller = found.locator("xpath=..")
    assert scroller.evaluate(
        "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
    ) == [0, 0]
    assert regional.get_by_test_id("stMain").evaluate("e => e.scrollTop") == 0


def cut_words(regional: Page) -> list[str]:
    """Words of the board or the tiles that are wider than their place."""
    found: list[str] = regional.locator(
        ".lp-board :is(th, td), [data-testid=stMetric] p"
    ).evaluate_all(
        "found => found.filter(e => e.scrollWidth > e.clientWidth + 1 && "
        "getComputedStyle(e).overflowX !== 'visible').map(e => e.textContent)"
    )
    return found


def test_an_edit_changes_cells_ends_and_tiles(quickstart: Page) -> None:
    expect(cell(quickstart, "Solar", "D1")).to_have_text("95")
    expect(end(quickstart, "Solar", 2)).to_have_text("158.5")
    type_into(quickstart, "Solar", "D1", "60")
    expect(cell(quickstart, "Solar", "D1")).to_have_text("60")
    expect(headline(quickstart, "Ports used")).to_contain_text("165 of 200")
    expect(quickstart.locator("tfoot tr").first.locator("td").first).to_have_text("65 of 100")
    # The published check value of 95 + 5 lines, and less of it on the dialer that has fewer.
    calls = end(quickstart, "Solar", 2)
    expect(calls.locator("span")).not_to_have_text("158.5")
    expect(calls.locator(".change")).to_contain_text("−")
    show(quickstart, "Time paused")
    expect(cell(quickstart, "Solar", "D2")).to_have_text("40 %")
    show(quickstart, "Calls an hour")
    expect(cell(quickstart, "Solar", "D2")).to_have_text("79.3")
    show(quickstart, "Agent lines")
    expect(cell(quickstart, "Solar", "D2")).to_have_text("5")
    press(quickstart, "Undo")
    show(quickstart, "Dial lines")
    expect(cell(quickstart, "Solar", "D1")).to_have_text("95")


def test_a_block_is_pasted_copied_and_cleared_in_one_step_each(
    regional: Page, context: BrowserContext, app_url: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app_url)
    regional.evaluate("navigator.clipboard.writeText('11\\t12\\n13\\t14')")
    cell(regional, "Medicare", "DAL-1").click()
    regional.keyboard.press("Control+v")
    for campaign, values in {"Medicare": ("11", "12"), "Solar-East": ("13", "14")}.items():
        for dialer, value in zip(("DAL-1", "DAL-2"), values, strict=True):
            expect(cell(regional, campaign, dialer)).to_have_text(value)
    wait_idle(regional)
    regional.evaluate("navigator.clipboard.writeText('')")
    regional.keyboard.press("Control+c")
    assert regional.evaluate("navigator.clipboard.readText()") == "11\t12\n13\t14"
    regional.keyboard.press("Delete")
    expect(cell(regional, "Solar-East", "DAL-2")).not_to_have_text("14")
    wait_idle(regional)
    press(regional, "Undo")
    expect(cell(regional, "Solar-East", "DAL-2")).to_have_text("14")
    press(regional, "Undo")
    expect(cell(regional, "Medicare", "DAL-1")).to_have_text("40")
    expect(cell(regional, "Medicare", "DAL-2")).to_have_text("")


def test_a_bad_edit_is_told_and_the_last_good_lines_count(quickstart: Page) -> None:
    type_into(quickstart, "Solar", "D1", "many")
    expect(quickstart.get_by_text("“many” is no whole number from 0 to 100,000")).to_be_visible()
    expect(cell(quickstart, "Solar", "D1")).to_have_text("95")
    expect(cell(quickstart, "Solar", "D1")).to_have_attribute("aria-invalid", "true")
    type_into(quickstart, "Solar", "D1", "90")
    expect(cell(quickstart, "Solar", "D1")).not_to_have_attribute("aria-invalid", "true")


def test_a_limit_is_broken_and_mended_above_the_board_which_stays(quickstart: Page) -> None:
    top = board(quickstart).bounding_box()
    type_into(quickstart, "Solar", "D1", "120")
    expect(quickstart.get_by_text("D1: 125 ports used, 100 exist.")).to_be_visible()
    ports = quickstart.locator("tfoot tr").first.locator("td").first
    expect(ports).to_have_class("cell broken")
    expect(headline(quickstart, "Ports used")).to_contain_text("D1 125 of 100")
    press(quickstart, "Fix it: cut dial lines")
    expect(ports).to_have_text("100 of 100")
    expect(quickstart.get_by_text("These lines keep every limit.")).to_be_visible()
    assert board(quickstart).bounding_box() == top


#: Pixels between the last words of what wants attention and the controls of the board.
BELOW_WORDS = """found => {
    const words = [...found.querySelectorAll('p')].at(-1).getBoundingClientRect();
    return document.querySelector('.st-key-measure').getBoundingClientRect().top - words.bottom;
}"""


def test_there_is_no_gap_above_the_board_however_few_limits_are_broken(quickstart: Page) -> None:
    board(quickstart)
    attention = quickstart.locator(".st-key-limits")
    for lines, told in (("95", "These lines keep every limit."), ("120", "One limit is broken.")):
        type_into(quickstart, "Solar", "D1", lines)
        expect(attention).to_contain_text(told)
        assert attention.evaluate(BELOW_WORDS) < 40, told  # pixels: a line and a half
        assert attention.evaluate("found => found.scrollHeight - found.clientHeight") <= 1, told


#: Lines of what wants attention that lie over the one before, or are not seen without scrolling.
OVER_OR_HIDDEN = """found => {
    const lines = [...found.querySelectorAll('p')].filter(p => !p.closest('button'));
    const boxes = lines.map(p => p.getBoundingClientRect());
    const end = found.getBoundingClientRect().bottom + 1;
    const isOver = k => k > 0 && boxes[k].top < boxes[k - 1].bottom - 1;
    return lines.filter((_, k) => boxes[k].bottom > end || isOver(k)).map(p => p.textContent);
}"""


def test_what_wants_attention_is_read_line_by_line_also_with_notes(regional: Page) -> None:
    attention = regional.locator(".st-key-limits")
    # Three limits take the place, and notes are scrolled to.
    hidden = attention.evaluate(OVER_OR_HIDDEN)
    assert [text.split(" ")[0] for text in hidden] == ["By", "Figures"]
    press(regional, "Fix all")
    expect(attention).to_contain_text("Closest to its limit")
    expect(attention).to_contain_text("intervals.csv changes them")
    assert attention.evaluate(OVER_OR_HIDDEN) == []


def test_why_these_lines_is_asked_beside_the_figures(regional: Page) -> None:
    ask = regional.get_by_role("button", name="Why these lines?")
    expect(ask).to_be_in_viewport(ratio=1)
    ask.click()
    told = regional.get_by_role("dialog")
    expect(told).to_contain_text("one more dial line")
    expect(told).to_contain_text("Medicare: all 40 agent lines on shift are assigned")
    regional.keyboard.press("Escape")
    expect(told).to_have_count(0)


def test_a_dialer_that_a_campaign_may_not_use_is_closed_to_edits(regional: Page) -> None:
    closed = cell(regional, "Solar-Central", "ATL-1")
    expect(closed).to_have_attribute("aria-readonly", "true")
    closed.click()
    regional.keyboard.type("5")
    expect(closed.locator("input")).to_have_count(0)
    show(regional, "Calls an hour")
    shown = cell(regional, "Medicare", "ATL-1")
    expect(shown).to_have_attribute("aria-readonly", "true")  # once it shows what is not typed
    shown.click()
    regional.keyboard.press("Enter")
    expect(regional.locator(".lp-board input")).to_have_count(0)


def test_the_board_is_edited_by_keyboard_alone(regional: Page) -> None:
    stop = regional.locator(".lp-board td[tabindex='0']")
    expect(stop).to_have_count(1)
    stop.focus()
    for key in ("Control+Home", "ArrowRight", "ArrowRight", "ArrowDown"):
        regional.keyboard.press(key)
    expect(cell(regional, "Solar-East", "DAL-1")).to_be_focused()
    regional.keyboard.press("F2")
    field = regional.get_by_role("textbox", name="Solar-East on DAL-1")
    expect(field).to_have_value("40")
    regional.keyboard.press("Escape")
    expect(cell(regional, "Solar-East", "DAL-1")).to_be_focused()
    regional.keyboard.type("44")
    regional.keyboard.press("Tab")
    expect(cell(regional, "Solar-East", "DAL-2")).to_be_focused()
    expect(cell(regional, "Solar-East", "DAL-1")).to_have_text("44")
    regional.keyboard.press("Control+z")  # before the server may have answered
    expect(cell(regional, "Solar-East", "DAL-1")).to_have_text("40")
    regional.keyboard.press("Control+y")
    expect(cell(regional, "Solar-East", "DAL-1")).to_have_text("44")
    wait_idle(regional)
    regional.keyboard.press("Tab")
    assert not regional.evaluate(
        "document.querySelector('.lp-board').contains(document.activeElement)"
    )


def test_what_is_typed_quickly_all_arrives(quickstart: Page) -> None:
    for number in range(6):
        cell(quickstart, "Solar", "D1").click()
        quickstart.keyboard.type(str(50 + number))
        quickstart.keyboard.press("Enter")
        cell(quickstart, "Solar", "D2").click()
        quickstart.keyboard.type(str(60 + number))
        quickstart.keyboard.press("Enter")
    expect(headline(quickstart, "Ports used")).to_contain_text("130 of 200")
    wait_idle(quickstart)
    for lines in (("55", "64"), ("54", "64"), ("54", "63")):
        press(quickstart, "Undo")
        expect(cell(quickstart, "Solar", "D1")).to_have_text(lines[0])
        expect(cell(quickstart, "Solar", "D2")).to_have_text(lines[1])


def large(folder: Path) -> Path:
    draw = random.Random(0)
    fleet = Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=500) for d in range(50)),
        campaigns=tuple(
            Campaign(
                campaign_id=f"Campaign-{c}",
                agent_lines=draw.randint(5, 60),
                attempt_seconds=25.0,
                answer_rate=0.1,
                transfer_rate=0.1,
                talk_seconds=180.0,
            )
            for c in range(200)
        ),
        assignments=tuple(
            LineAssignment(
                campaign_id=f"Campaign-{c}",
                dialer_id=f"D{(7 * c + k) % 50}",
                dial_lines=20,
                agent_lines=1,
            )
            for c in range(200)
            for k in range(5)
        ),
    )
    write_folder(fleet, folder)
    return folder


#: Whether what one sees in the middle of an element is the element.
ON_TOP = """element => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


def test_of_a_large_fleet_heads_and_ends_stay_in_view(
    context: BrowserContext, tmp_path: Path
) -> None:
    folder = large(tmp_path / "fleet")
    with serving(tmp_path, free_port(), PLANNER_FOLDER=str(folder)) as (url, _):
        page = context.new_page()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(url)
        found = board(page)
        assert found.locator("td[data-campaign]").count() == 200 * 50
        far = cell(page, "Campaign-150", "D40")
        far.scroll_into_view_if_needed()
        far.click()
        page.keyboard.press("ArrowRight")
        expect(cell(page, "Campaign-150", "D41")).to_be_in_viewport(ratio=1)
        row = found.get_by_role("row").filter(
            has=page.get_by_role("rowheader", name="Campaign-150", exact=True)
        )
        for place in (
            row.locator(".head"),
            row.locator(".end").last,
            found.locator("thead th").first,
            found.locator("thead th").nth(42),
            found.locator("thead th").last,
            found.locator("tfoot tr").first.locator("th"),
            found.locator("tfoot tr").first.locator("td").nth(41),
            found.locator("tfoot tr").first.locator("td.end").first,
        ):
            expect(place).to_be_in_viewport(ratio=1)
            assert place.evaluate(ON_TOP), "something else lies over it"
        # What stays in view does not cover the cell that one is in.
        box = cell(page, "Campaign-150", "D41").bounding_box()
        assert box is not None
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        on_top = page.evaluate("([x, y]) => document.elementFromPoint(x, y).dataset.dialer", middle)
        assert on_top == "D41"
        page.keyboard.type("33")
        page.keyboard.press("Enter")
        expect(found.locator("tfoot tr").first.locator("td").nth(41)).to_contain_text("of 500")
        expect(cell(page, "Campaign-150", "D41")).to_have_text("33")
        # With Ctrl an arrow goes to the next cell with lines: 150 has some on D0 to D4.
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Control+ArrowLeft")
        expect(cell(page, "Campaign-150", "D4")).to_be_focused()
        # In a window that is made larger, rows that come into view have their heads and ends too.
        page.set_viewport_size({"width": 1280, "height": 1700})
        last = found.locator("tbody tr .head").filter(has_text="Campaign-178")
        expect(last).to_be_in_viewport(ratio=1)
        # Of one campaign only the dialers it runs on are left, if asked for.
        press(page, "200 campaigns, 50 dialers")
        page.get_by_role("combobox", name="Show campaigns").click()
        page.get_by_role("option", name="Campaign-7", exact=True).click()
        page.keyboard.press("Tab")  # Escape would close the panel, where the list is closed already
        page.get_by_text("Only those with lines").click()
        heads = found.locator("thead .cell")
        expect(heads).to_have_text(["D0", "D1", "D2", "D3", "D49"])
        expect(found.locator("tfoot tr").first.locator("td.end").first).to_contain_text(
            "on those shown"
        )
        page.close()


def test_the_letter_l_locks_what_is_selected_and_unlocks_it(regional: Page) -> None:
    locked = re.compile(r"\blocked\b")
    for dialer, key in (("ATL-1", "l"), ("DAL-1", "L")):
        cell(regional, "Medicare", dialer).click()
        regional.keyboard.press(key)
        wait_idle(regional)
        expect(cell(regional, "Medicare", dialer)).to_have_class(locked)
    # Both are locked, and what stands between them has no lines: they are unlocked together.
    cell(regional, "Medicare", "ATL-1").click()
    cell(regional, "Medicare", "DAL-1").click(modifiers=["Shift"])
    regional.keyboard.press("l")
    wait_idle(regional)
    for dialer in ("ATL-1", "DAL-1"):
        expect(cell(regional, "Medicare", dialer)).not_to_have_class(locked)
