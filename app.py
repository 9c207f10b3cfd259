"""The browser app: navigation only. `planner app` starts it."""

import streamlit as st

from planner.ui.admission import admitted
from planner.ui.desk import desk
from planner.ui.figures import trust_charts
from planner.ui.pace import drawing
from planner.ui.pages import PAGES
from planner.ui.session import begin_run
from planner.ui.style import apply_style

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
        begin_run(desk())
        chosen.run()
