"""A planner's first minute and daily moves on the plan page, in a real browser."""

from __future__ import annotations

import csv
import re
from math import comb
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from planner.tables.folder import read_folder
from planner.tables.templates import workbook
from tests.browser.conftest import ROOT
from tests.browser.driving import cell, grid, headline, press, rows, tick, type_into, wait_idle

#: Longer than any run takes, also on a busy machine.
RUN_MS = 90_000


def handled_per_hour(lines: int, agents: int) -> tuple[float, float]:
    """All-busy share [%] and transfers per hour of the quickstart campaign, by Engset's sums.

    Attempts of 25 s mean, one in a hundred asks for an agent, talks of 180 s mean.
    """
    beta = 0.01 / 25 * 180
    weights = [comb(lines, k) * beta**k for k in range(agents + 1)]
    busy = sum(k * w for k, w in enumerate(weights)) / sum(weights)
    return 100 * weights[-1] / sum(weights), busy * 3600 / 180


@pytest.fixture
def quickstart(page: Page) -> Locator:
    """The grid of the quickstart example."""
    page.get_by_role("button", name="Open quickstart").click()
    found = rows(page)
    wait_idle(page)
    return found


def number(value: float) -> str:
    """A number as the grid hands it to its accessibility table: one digit, no needless zero."""
    return f"{value:.1f}".removesuffix(".0")


def expect_row(found: Locator, row: int, lines: int, agents: int) -> None:
    """The row shows these lines and their figures."""
    busy, transfers = handled_per_hour(lines, agents)
    expect(cell(found, row, "Dial lines")).to_have_text(str(lines))
    expect(cell(found, row, "Agent lines")).to_have_text(str(agents))
    expect(cell(found, row, "Time paused %")).to_have_text(f"{busy:.2g}")
    expect(cell(found, row, "Transfers an hour")).to_have_text(number(transfers))


def downloaded(page: Page, tmp_path: Path) -> list[tuple[str, str, str, str]]:
    """The rows of assignments.csv as it is offered for download now."""
    wait_idle(page)  # while the page is drawn anew the button may be there twice
    expect(page.get_by_role("button", name="Download plan")).to_have_count(1)
    with page.expect_download() as offered:
        page.get_by_role("button", name="Download plan").click()
    assert offered.value.suggested_filename == "assignments.csv"
    offered.value.save_as(tmp_path / "assignments.csv")
    with (tmp_path / "assignments.csv").open(encoding="utf-8", newline="") as file:
        names = ("campaign_id", "dialer_id", "dial_lines", "agent_lines")
        return [tuple(row[name] for name in names) for row in csv.DictReader(file)]


def limits(page: Page) -> Locator:
    """Where broken limits and bad cells are told."""
    return page.locator(".st-key-limits")


def proposal(page: Page) -> Locator:
    """What an Optimise found, in detail."""
    return page.get_by_role("heading", name="Proposed plan")


def upload(page: Page, folder: Path, tables: dict[str, str]) -> None:
    """Give the page these tables as CSV files."""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    files = [folder / f"{name}.csv" for name in tables]
    page.locator("input[type=file]").first.set_input_files(files)


def test_editing_changes_figures_and_can_be_undone(
    page: Page, quickstart: Locator, tmp_path: Path
) -> None:
    # The published check values of 95 + 5 lines: share 0.399945, 79.260393 transfers an hour.
    expect(cell(quickstart, 0, "Time paused %")).to_have_text("40")
    expect(cell(quickstart, 0, "Transfers an hour")).to_have_text("79.3")
    expect(headline(page, "Transfers an hour")).to_contain_text("158.5")

    type_into(page, quickstart, 0, "Dial lines", "60")
    expect_row(quickstart, 0, 60, 5)
    type_into(page, quickstart, 1, "Agent lines", "3")
    expect_row(quickstart, 1, 95, 3)
    total = handled_per_hour(60, 5)[1] + handled_per_hour(95, 3)[1]
    expect(headline(page, "Transfers an hour")).to_contain_text(f"{total:.1f}")
    expect(headline(page, "Transfers an hour")).to_contain_text(f"{total - 158.520786:.1f}")
    expect(headline(page, "Ports used")).to_contain_text("163 of 200")

    press(page, "Undo")
    wait_idle(page)
    expect_row(rows(page), 1, 95, 5)
    expect_row(rows(page), 0, 60, 5)
    press(page, "Redo")
    wait_idle(page)
    expect_row(rows(page), 1, 95, 3)
    assert downloaded(page, tmp_path) == [("Solar", "D1", "60", "5"), ("Solar", "D2", "95", "3")]


def test_a_bad_edit_is_told_and_the_last_good_lines_count(
    page: Page, quickstart: Locator, tmp_path: Path
) -> None:
    type_into(page, quickstart, 0, "Dial lines", "many")
    expect(cell(quickstart, 0, "Check")).to_have_text("⚠ edit")
    expect(limits(page)).to_contain_text("“many” is no whole number from 0 to 100,000")
    expect(cell(quickstart, 0, "Transfers an hour")).to_have_text("79.3")
    assert downloaded(page, tmp_path)[0] == ("Solar", "D1", "95", "5")

    press(page, "Undo")
    wait_idle(page)
    expect_row(rows(page), 0, 95, 5)
    expect(cell(rows(page), 0, "Check")).to_have_text("✓")


def test_a_broken_limit_is_told_in_words(page: Page, quickstart: Locator) -> None:
    type_into(page, quickstart, 0, "Dial lines", "120")
    expect(limits(page)).to_contain_text("D1: 125 ports used, 100 exist.")
    type_into(page, quickstart, 0, "Dial lines", "4")
    expect(cell(quickstart, 0, "Check")).to_have_text("⚠ limit")
    expect(limits(page)).to_contain_text("Solar on D1: 4 dial lines, fewer than its 5")


def test_from_opening_the_page_to_a_downloaded_plan(
    page: Page, quickstart: Locator, tmp_path: Path
) -> None:
    # The example is as good as it can be, so spoil it first, in ten edits.
    for number in range(5):
        type_into(page, quickstart, 0, "Dial lines", str(50 + number))
        type_into(page, quickstart, 1, "Dial lines", str(60 + number))
    press(page, "Optimise")
    expect(proposal(page)).to_be_visible(timeout=RUN_MS)
    wait_idle(page)
    tick(grid(page, "Changes of the proposed plan"), 0)
    press(page, "Take 1 row")
    expect(page.get_by_text("1 row changes")).to_be_visible()
    expect(cell(rows(page), 0, "Dial lines")).not_to_have_text("54")
    expect(cell(rows(page), 1, "Dial lines")).to_have_text("64")
    wait_idle(page)
    page.get_by_role("button", name="Take all").click()
    expect(proposal(page)).to_have_count(0)
    plan = [(int(dial), int(agents)) for _, _, dial, agents in downloaded(page, tmp_path)]
    # More dial lines never carry less, so the best plan fills the 100 ports of each dialer it uses.
    best = max(
        handled_per_hour(100 - first, first)[1] + handled_per_hour(100 - second, second)[1]
        for first in range(11)
        for second in range(11 - first)
    )
    found = sum(handled_per_hour(dial, agents)[1] for dial, agents in plan)
    assert found == pytest.approx(best, rel=0.001)
    expect(headline(page, "Transfers an hour")).to_contain_text(f"{found:.1f}")
    for row, lines in enumerate(plan):
        expect_row(rows(page), row, *lines)


def test_a_run_shows_how_far_it_is_and_stops_with_the_best_plan(page: Page) -> None:
    # The plan is there after a second or two; what would help most is looked for long after that.
    page.get_by_role("button", name="Open regional").click()
    page.get_by_role("button", name="Optimise").click()
    expect(page.get_by_text("Best plan so far")).to_be_visible(timeout=RUN_MS)
    page.get_by_role("button", name="Stop and keep best").click()
    expect(proposal(page)).to_be_visible(timeout=RUN_MS)
    expect(page.get_by_text(re.compile("(Stopped|Done) after"))).to_be_visible()
    page.get_by_role("button", name="Take all").click()
    expect(page.get_by_text("These lines keep every limit.")).to_be_visible()


#: Notes the place of the grid in the page, and the window's height, at every picture drawn.
WATCH = """() => {
    window.places = new Set();
    const look = () => {
        const box = document.querySelector('[data-testid=stDataFrame]')?.getBoundingClientRect();
        const main = document.querySelector('[data-testid=stMain]');
        if (box && box.height) window.places.add(Math.round(box.top + main.scrollTop));
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.mark.parametrize("width", [1280, 1920])
def test_the_grid_stays_where_it_is_while_a_plan_is_made_and_taken(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    page.get_by_role("button", name="Open regional").click()
    found = rows(page)
    wait_idle(page)
    top = round((found.bounding_box() or {})["y"])
    page.evaluate(WATCH)
    page.get_by_role("button", name="Optimise").click()
    expect(page.get_by_text("Best plan so far")).to_be_visible(timeout=RUN_MS)
    expect(page.get_by_role("button", name="Stop and keep best")).to_be_in_viewport()
    page.get_by_role("button", name="Stop and keep best").click()
    expect(proposal(page)).to_be_visible(timeout=RUN_MS)
    wait_idle(page)
    for choice in ("take", "take-rows", "discard"):  # none is cut off by the strip
        expect(page.locator(f".st-key-{choice} button").first).to_be_in_viewport(ratio=1)
    press(page, "Take all")
    expect(proposal(page)).to_have_count(0)
    wait_idle(page)
    # Every place that was ever drawn, a picture at a time.
    assert page.evaluate("[...window.places]") == [top]


HOSTILE = "<b id='planted'>x</b> **bold** :red[y] $z$ :smile:"


def test_ids_are_text_wherever_they_stand(page: Page, tmp_path: Path) -> None:
    dialers = f'dialer_id,ports\n"{HOSTILE}",10\n'
    campaigns = (
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds\n"
        f'"{HOSTILE}",5,25,0.1,0.1,180\n'
    )
    lines = f'campaign_id,dialer_id,dial_lines,agent_lines\n"{HOSTILE}","{HOSTILE}",20,5\n'
    upload(page, tmp_path, {"dialers": dialers, "campaigns": campaigns, "assignments": lines})
    found = rows(page)
    wait_idle(page)
    expect(cell(found, 0, "Campaign")).to_have_text(HOSTILE)
    shown = page.get_by_text(re.compile(r"25 ports used, 10 exist\."))
    expect(shown).to_be_visible()
    assert (shown.text_content() or "").replace("\u2060", "").startswith(f"{HOSTILE}: 25 ports")
    expect(page.locator("#planted")).to_have_count(0)


def test_every_fault_of_an_upload_is_listed_with_its_place(page: Page, tmp_path: Path) -> None:
    dialers = "dialer_id,ports\nD1,many\nD1,5\n"
    upload(page, tmp_path, {"dialers": dialers})
    expect(page.get_by_text("cannot be opened: 3 things are wrong")).to_be_visible()
    faults = grid(page, "What is wrong with the files")
    expect(cell(faults, 0, "Line")).to_have_text("2")
    expect(cell(faults, 0, "Column")).to_have_text("ports")


def test_every_fault_of_a_workbook_is_listed_with_its_sheet_and_row(
    page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "fleet.xlsx"
    file.write_bytes(workbook(read_folder(ROOT / "data" / "quickstart")))
    book = openpyxl.load_workbook(file)
    book["dialers"]["B3"] = "many"
    book["campaigns"]["A2"] = "=cmd|' /C calc'!A0"
    book.save(file)
    page.locator("input[type=file]").first.set_input_files([file])
    faults = grid(page, "What is wrong with the files")
    expect(cell(faults, 0, "File")).to_have_text("fleet.xlsx, sheet dialers")
    expect(cell(faults, 0, "Line")).to_have_text("3")
    expect(cell(faults, 0, "Value")).to_have_text("many")
    expect(cell(faults, 1, "Expected")).to_contain_text("nothing is stored with this formula")
    expect(page.get_by_text("What was open stays as it was")).to_have_count(0)


@pytest.mark.parametrize(
    ("example", "width", "height", "scheme"),
    [("quickstart", 1280, 1000, "light"), ("regional", 1920, 1400, "dark")],
)
def test_nothing_is_wider_than_the_window(
    page: Page,
    example: str,
    width: int,
    height: int,
    scheme: Literal["light", "dark"],
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("button", name=f"Open {example}").click()
    rows(page)
    wait_idle(page)
    # The grid scrolls in itself.
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_why_a_file_is_refused_is_said_once_in_our_words(page: Page) -> None:
    large = {"name": "dialers.csv", "mimeType": "text/csv", "buffer": b"x" * 21_000_000}
    alien = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"x"}
    page.locator("input[type=file]").first.set_input_files(files=[large, alien])  # type: ignore[list-item]
    reasons = page.get_by_test_id("stFileChip").get_by_role("alert")
    expect(reasons).to_have_count(2)
    for reason in reasons.all():
        assert "Not read: only .csv and .xlsx files of at most 20 MB are." in reason.aria_snapshot()
        own, ours = reason.evaluate(
            "e => [getComputedStyle(e).fontSize, getComputedStyle(e, '::after').fontSize]"
        )
        assert (own, ours) == ("0px", "16px"), "the browser's own words are not seen, ours are"
        box = reason.bounding_box()
        assert box is not None
        assert box["width"] > 100


def test_the_figures_of_a_large_fleet_are_not_cut_off(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    dialers = "dialer_id,ports\nD1,30000\nD2,30000\n"
    campaigns = (
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,value\n"
        "Solar,20,25,0.1,0.1,180,90000\n"
    )
    lines = "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,24000,10\nSolar,D2,24000,10\n"
    upload(page, tmp_path, {"dialers": dialers, "campaigns": campaigns, "assignments": lines})
    expect(headline(page, "Ports used")).to_contain_text("48,020 of 60,000")
    cut = page.locator("[data-testid=stMetricValue], [data-testid=stMetricValue] *").evaluate_all(
        """found => found.filter(e => e.scrollWidth > e.clientWidth + 1
             && getComputedStyle(e).overflowX !== 'visible').map(e => e.textContent)"""
    )
    assert cut == []
