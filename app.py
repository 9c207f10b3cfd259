"""The browser app: navigation only. Start it with `planner app` or `streamlit run app.py`."""

import streamlit as st

from planner.ui import (
    data_page,
    plan_page,
    plans_page,
    status_page,
    tradeoff_page,
    whatif_page,
)
from planner.ui.desk import desk
from planner.ui.session import begin_run

st.set_page_config(page_title="Line planner", page_icon=":material/call_split:", layout="wide")
# A grid wants the width that the default margins take.
st.html("<style>.stMainBlockContainer { padding: 3.5rem 2.5rem 4rem; }</style>")
pages = {
    "Plan": st.Page(plan_page.show, title="Plan", icon=":material/table_chart:", url_path="plan"),
    "Status": st.Page(
        status_page.show, title="Status", icon=":material/monitor_heart:", url_path="status"
    ),
    "What if": st.Page(
        whatif_page.show, title="What if", icon=":material/alt_route:", url_path="what-if"
    ),
    "Trade-off": st.Page(
        tradeoff_page.show, title="Trade-off", icon=":material/scatter_plot:", url_path="trade-off"
    ),
    "Data": st.Page(data_page.show, title="Data", icon=":material/database:", url_path="data"),
    "Plans": st.Page(
        plans_page.show, title="Plans", icon=":material/inventory_2:", url_path="plans"
    ),
}
st.session_state["pages"] = pages
page = st.navigation(list(pages.values()), position="top")
begin_run(desk())
page.run()
