"""Everything about the lines that wants attention, in words, with a step that repairs it."""

from __future__ import annotations

import streamlit as st

from planner.fixes import find_fix
from planner.outlook import Outlook
from planner.scenario import Scenario
from planner.ui.desk import Desk
from planner.ui.text import plain
from planner.verify import Breach

#: Looking for a step takes a few dozen checks of all limits: for so many breaches, and fleets of
#: so many rows, nobody notices.
_MOST_FIXES, _MOST_ROWS = 5, 400


def show_messages(desk: Desk, view: Outlook) -> None:
    """Bad cells, what the figures leave out, and broken limits; one line also when none is."""
    for message in desk.messages:
        name = f"{message.campaign_id} on {message.dialer_id}"
        st.error(f"{plain(name)}: {plain(message.message)}", icon=":material/edit_off:")
    for note in view.notes:
        st.caption(plain(note))
    if not view.breaches:
        st.success("These lines keep every limit.", icon=":material/check:")
        return
    count = "One limit is" if len(view.breaches) == 1 else f"{len(view.breaches)} limits are"
    told = "\n".join(f"- {plain(breach.message)}" for breach in view.breaches)
    st.warning(f"{count} broken:\n\n{told}", icon=":material/warning:")
    if desk.scenario is not None:
        _show_fixes(desk, desk.scenario, view)


def _show_fixes(desk: Desk, scenario: Scenario, view: Outlook) -> None:
    """A button for every limit that one step repairs."""
    if len(scenario.rows) > _MOST_ROWS:
        return
    with st.container(horizontal=True):
        for number, breach in enumerate(view.breaches[:_MOST_FIXES]):
            fix = find_fix(scenario, breach, view.breaches)
            if fix is not None:
                place = breach.message.split(":")[0]
                st.button(
                    f"Fix {plain(place)}: {fix.words}",
                    key=f"fix-{number}",
                    icon=":material/build:",
                    help=plain(breach.message),
                    on_click=_take,
                    args=(desk, breach),
                )


def _take(desk: Desk, breach: Breach) -> None:
    """Repair the lines as they are by now: an edit may have come with the click."""

    def repaired(scenario: Scenario) -> Scenario:
        fix = find_fix(scenario, breach)
        return scenario if fix is None else fix.scenario

    desk.change(repaired)
