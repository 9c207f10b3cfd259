"""The browser app: navigation only. Start it with `planner app` or `streamlit run app.py`."""

import streamlit as st

from planner.ui import plan_page

st.set_page_config(page_title="Line planner", page_icon=":material/call_split:", layout="wide")
# A grid wants the width that the default margins take.
st.html("<style>.stMainBlockContainer { padding: 3.5rem 2.5rem 4rem; }</style>")
st.navigation(
    [st.Page(plan_page.show, title="Plan", icon=":material/table_chart:", url_path="plan")],
    position="top",
).run()
