"""The browser app: navigation only. `planner app` starts it."""

import streamlit as st

from planner.app.pages.index import PAGES
from planner.app.session.admission import admitted
from planner.app.session.begin import begin_run
from planner.app.session.workspace import workspace
from planner.app.throttle import drawing
from planner.app.widgets.charts import trust_charts
from planner.app.widgets.style import apply_style

trust_charts()
st.set_page_config(page_title="Line planner", page_icon=":material/call_split:", layout="wide")
apply_style()
if admitted():
    pages = {
        page.title: st.Page(
            page.show, title=page.title, icon=f":material/{page.icon}:", url_path=page.path
        )
        for page in PAGES
    }
    st.session_state["pages"] = pages
    chosen = st.navigation(list(pages.values()), position="top")
    with drawing():
        begin_run(workspace())
        chosen.run()
