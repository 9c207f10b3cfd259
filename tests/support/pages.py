"""Drives the app without a browser: opens its pages, types into its grid."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.support.program import ROOT

#: The examples that are planning folders.
FOLDERS = sorted(path.parent.name for path in (ROOT / "data").glob("*/dialers.csv"))
LIST = "List of rows"
PAGES = ("plan", "status", "what-if", "week", "trade-off", "hand-out", "data", "plans")


def new_session() -> AppTest:
    """A browser session that has just opened the app."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def go_to(app: AppTest, page: str) -> AppTest:
    """Open a page by its address, as a click in the navigation does."""
    known = app._registered_pages.items()
    # The first page is the one without a path.
    wanted = "" if page == PAGES[0] else page
    app._page_hash = next(
        hash_ for hash_, info in known if (info.get("url_pathname") or "") == wanted
    )
    return app.run()


def edit(app: AppTest, rows: dict[int, dict[str, Any]]) -> AppTest:
    """Leave these cells in the list of rows as typed, and run the page."""
    if app.session_state["measure"] != LIST:
        app.session_state["measure"] = LIST
        app.run()
    key = app.session_state["workspace"].grid_key
    app.session_state[key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
    return app.run()


def lines(app: AppTest) -> dict[tuple[str, str], tuple[int, int]]:
    return app.session_state["workspace"].edited.line_plan.lines()


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def side_by_side(app: AppTest) -> dict[str, dict[str, str]]:
    """The scenarios of the what-if page by name, column by column; of several."""
    rows = app.dataframe[0].value
    return {row["Scenario"]: dict(row) for _, row in rows.iterrows()}


def losses(app: AppTest) -> dict[str, dict[str, str]]:
    """Before and after in the scenario that is looked at, by total or campaign."""
    frame = next(d.value for d in app.dataframe if "Total or campaign" in d.value)
    return {row["Total or campaign"]: dict(row) for _, row in frame.iterrows()}


def optimise(app: AppTest) -> AppTest:
    """Press Optimise, wait until it is done, and run the page."""
    app.button(key="optimise").click().run()
    app.session_state["workspace"].job.wait(300)
    return app.run()


def finished(app: AppTest, study: str) -> AppTest:
    """Wait until a study is over, and run the page."""
    app.session_state["workspace"].studies[study].job.wait(300)
    return app.run()


def text(app: AppTest) -> str:
    """All that the page tells in paragraphs and captions."""
    told = [item.value for item in app.markdown] + [item.value for item in app.caption]
    return " ".join(told).replace("\\", "")
