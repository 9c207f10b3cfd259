"""The controls of a scenario; what they are set to outlasts a look at another page."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from planner.app.editing.worlds.levers import Levers
from planner.app.session.text import plain
from planner.app.session.workspace import Setting
from planner.contracts.faults import InputError
from planner.contracts.problem import Campaign, Problem

#: Of a new campaign: field, label, unit of one in the field, least, most, at first.
_NEW = (
    ("agent_lines", "Agent lines on shift", 1, 0.0, 100_000.0, 10.0),
    ("attempt_seconds", "Attempt, seconds", 1, 0.1, 3600.0, 25.0),
    ("answer_rate", "Answered, % of attempts", 100, 0.0, 100.0, 10.0),
    ("transfer_rate", "Ask for an agent, % of answers", 100, 0.0, 100.0, 10.0),
    ("talk_seconds", "Talk, seconds", 1, 0.1, 36_000.0, 180.0),
    ("value", "Value of a transfer", 1, 0.0, 1e6, 1.0),
)


def put(place: int, setting: Setting) -> None:
    """Set the controls; before they are drawn, or in a callback."""
    levers, state = setting.levers, st.session_state
    setting.start, setting.revision = levers, setting.revision + 1
    state[f"world-name-{place}"] = setting.name
    state[f"down-{place}"] = list(levers.down)
    state[f"from-{place}"] = levers.down_from
    state[f"of-{place}"] = list(levers.campaigns)
    for name in ("agents", "answers", "talk", "channels"):
        state[f"{name}-{place}"] = getattr(levers, name)
    state[f"more-{place}"] = "\n".join(levers.more)


def show_levers(
    problem: Problem, place: int, setting: Setting, columns: list[DeltaGenerator]
) -> Levers:
    """The controls of one scenario, in one or two columns."""

    def per_cent(label: str, name: str, low: int, words: str) -> int:
        return int(
            st.slider(label, low, 100, step=5, format="%+d %%", key=f"{name}-{place}", help=words)
        )

    with columns[0]:
        down = st.multiselect(
            "Dialers down",
            [d.dialer_id for d in problem.dialers if d.in_service],
            key=f"down-{place}",
            placeholder="None",
            select_all=False,  # first in the list: who presses Enter loses every dialer
        )
        since = None
        if down:
            since = st.time_input(
                "Down from",
                value=None,
                key=f"from-{place}",
                help="Today, in your time zone; blank is from now on. What that costs through the "
                "hours stands below the scenarios.",
            )
        agents = per_cent("Agents on shift", "agents", -100, "Agent lines that have an agent")
        channels = 0
        if problem.trunk_groups:
            channels = per_cent("Carrier channels", "channels", -100, "Of every trunk group")
    with columns[-1]:
        of = st.multiselect(
            "Agents, answers and talk of",
            [c.campaign_id for c in problem.campaigns],
            key=f"of-{place}",
            placeholder="All campaigns",
        )
        answers = per_cent("Answer rate", "answers", -90, "Live answers per attempt")
        talk = per_cent("Talk time", "talk", -50, "How long agents talk")
        new = _show_new(setting, f"{place}-{setting.revision}")
    more = st.text_area(
        "More changes, one a line",
        key=f"more-{place}",
        placeholder=f"campaign.{problem.campaigns[0].campaign_id}.value*=2",
        height=70,
        help="TABLE.ID.COLUMN, an operator (=, +=, -=, *=, /=) and a value, such as "
        "dialer.D1.ports=80 or trunk_group.T.cps=40",
    )
    return Levers(
        down=tuple(down),
        down_from=since if down else None,
        campaigns=tuple(of),
        agents=agents,
        answers=answers,
        talk=talk,
        channels=channels,
        new=new,
        more=tuple(line for line in more.splitlines() if line.strip()),
    )


def _show_new(setting: Setting, place: str) -> Campaign | None:
    """A campaign that is not there yet; none without a name."""
    start, named = setting.start.new, setting.levers.new
    label = f"New: {plain(named.campaign_id)}" if named else "New campaign"
    with st.popover(label, icon=":material/add_circle:", width="stretch"):
        name = st.text_input(
            "Name of the new campaign",
            start.campaign_id if start else "",
            key=f"new-name-{place}",
            placeholder="None",
            max_chars=200,
        ).strip()
        given = {}
        for column, words, unit, low, high, first in _NEW:
            known = getattr(start, column) if start else None
            value = st.number_input(
                words,
                low,
                high,
                first if known is None else round(unit * float(known), 6),
                step=1.0,
                format="%g",
                key=f"new-{column}-{place}",
            )
            given[column] = value / unit
        st.caption("It has no lines until moves are found, and may use every dialer.")
    if not name:
        return None
    try:
        return Campaign.model_validate({**given, "campaign_id": name})
    except (ValidationError, InputError):
        st.caption(
            ":material/edit_off: The new campaign is left out: its name or a figure of it cannot "
            "be used."
        )
        return None
