"""The pages of the app: what shows each, its title, icon and address."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from planner.app.pages import data, handout, status, tradeoff, week
from planner.app.pages.plan import page as plan_page
from planner.app.pages.plans import page as plans_page
from planner.app.pages.whatif import page as whatif_page


class Page(NamedTuple):
    """A page of the navigation; the first is the one without a path."""

    show: Callable[[], None]
    title: str
    icon: str
    path: str


PAGES = (
    Page(plan_page.show, "Plan", "table_chart", "plan"),
    Page(status.show, "Status", "monitor_heart", "status"),
    Page(whatif_page.show, "What if", "alt_route", "what-if"),
    Page(week.show, "Week", "calendar_view_week", "week"),
    Page(tradeoff.show, "Trade-off", "scatter_plot", "trade-off"),
    Page(handout.show, "Hand-out", "print", "hand-out"),
    Page(data.show, "Data", "database", "data"),
    Page(plans_page.show, "Plans", "inventory_2", "plans"),
)
