"""The browser app: navigation only. `planner app` starts it."""

from pathlib import Path

import streamlit as st

import planner.app
from planner.app.pages.index import PAGES
from planner.app.session.admission import admitted, show_sign_out
from planner.app.session.begin import begin_run, end_run
from planner.app.session.workspace import workspace
from planner.app.throttle import drawing
from planner.app.widgets.charts import trust_charts
from planner.app.widgets.opening import ask_about_changes
from planner.app.widgets.style import apply_style

#: Of ours, so that no visitor's browser asks a foreign server for it.
_ICON = Path(planner.app.__file__).with_name("icon.svg")

trust_charts()
st.set_page_config(page_title="Line planner", page_icon=_ICON, layout="wide")
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
    notices = st.container()
    with drawing():
        try:
            begin_run(workspace())
            chosen.run()
            ask_about_changes(workspace())
            show_sign_out()
        finally:
            end_run(workspace(), notices)
