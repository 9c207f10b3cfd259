"""The browser app: navigation only. `planner app` starts it."""

import streamlit as st

from planner.ui import (
    data_page,
    plan_page,
    plans_page,
    status_page,
    tradeoff_page,
    whatif_page,
)
from planner.ui.admission import admitted
from planner.ui.desk import desk
from planner.ui.figures import trust_charts
from planner.ui.pace import drawing
from planner.ui.session import begin_run
from planner.ui.style import apply_style

_PAGES = (
    (plan_page, "Plan", "table_chart", "plan"),
    (status_page, "Status", "monitor_heart", "status"),
    (whatif_page, "What if", "alt_route", "what-if"),
    (tradeoff_page, "Trade-off", "scatter_plot", "trade-off"),
    (data_page, "Data", "database", "data"),
    (plans_page, "Plans", "inventory_2", "plans"),
)

trust_charts()
st.set_page_config(page_title="Line planner", page_icon=":material/call_split:", layout="wide")
apply_style()
if admitted():
    pages = {
        title: st.Page(page.show, title=title, icon=f":material/{icon}:", url_path=path)
        for page, title, icon, path in _PAGES
    }
    st.session_state["pages"] = pages
    chosen = st.navigation(list(pages.values()), position="top")
    with drawing():
        begin_run(desk())
        chosen.run()
