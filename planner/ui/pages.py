"""The pages of the app: what shows each, its title, icon and address."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from planner.ui import (
    data_page,
    plan_page,
    plans_page,
    status_page,
    tradeoff_page,
    whatif_page,
)


class Page(NamedTuple):
    """A page of the navigation; the first is the one without a path."""

    show: Callable[[], None]
    title: str
    icon: str
    path: str


PAGES = (
    Page(plan_page.show, "Plan", "table_chart", "plan"),
    Page(status_page.show, "Status", "monitor_heart", "status"),
    Page(whatif_page.show, "What if", "alt_route", "what-if"),
    Page(tradeoff_page.show, "Trade-off", "scatter_plot", "trade-off"),
    Page(data_page.show, "Data", "database", "data"),
    Page(plans_page.show, "Plans", "inventory_2", "plans"),
)
