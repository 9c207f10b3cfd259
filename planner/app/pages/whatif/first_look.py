"""What-if before anything is changed: what each dialer would cost, and examples to begin with."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.app.editing.worlds.levers import Levers
from planner.app.editing.worlds.world_cache import WorldCache
from planner.app.pages.whatif.levers import put
from planner.app.session.text import plain
from planner.app.session.workspace import Setting, Workspace
from planner.contracts.comparison import World
from planner.report.plans.losses import campaign_lines, change
from planner.report.words import amount, value_rate, value_title

#: Dialers whose failure is worked out unasked, those with most lines first; campaigns named.
_MOST_DIALERS, _MOST_NAMED = 12, 3
_ROW = 35  # pixels; the title is as high
_FEWER_AGENTS, _FEWER_ANSWERS = -10, -20


def show_first_look(here: Workspace, known: WorldCache) -> None:
    """Examples as buttons, and what is lost with each dialer if nobody reacts."""
    base, losses = _losses(known)
    st.markdown("Nothing is changed yet. Set the controls on the left, or begin with an example:")
    with st.container(horizontal=True):
        examples = {}
        if losses:
            worst = losses[0].name
            examples[f"{plain(worst)} goes down"] = Levers(down=(worst,))
        examples[f"{-_FEWER_AGENTS} % fewer agents"] = Levers(agents=_FEWER_AGENTS)
        examples[f"{-_FEWER_ANSWERS} % fewer answers"] = Levers(answers=_FEWER_ANSWERS)
        for number, (words, levers) in enumerate(examples.items()):
            st.button(
                words,
                key=f"whatif-example-{number}",
                icon=":material/play_arrow:",
                on_click=_try,
                args=(here, levers),
            )
    if not losses:
        return
    st.subheader("If one dialer goes down and nobody reacts")
    rows = [_row(base, world) for world in losses]
    right = {
        name: st.column_config.TextColumn(name, alignment="right")
        for name in (_left(base), "Lost an hour", "Change")
    }
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config=right,
        height=_ROW * (len(rows) + 1) + 3,  # seen whole
        alt="If one dialer goes down",
    )
    rest = sum(d.in_service for d in known.problem.dialers) - len(losses)
    more = f" Shown are those with most lines; {rest} more can be picked." if rest > 0 else ""
    st.caption(
        f"Now {value_rate(base.kept.value_per_hour, base.kept.counted_calls)} "
        f"while all campaigns run, quick figures by formula.{more}"
    )


def _losses(known: WorldCache) -> tuple[World, list[World]]:
    """Things as they are, and the worlds without one dialer, the largest loss first."""
    lines = {dialer.dialer_id: 0 for dialer in known.problem.dialers if dialer.in_service}
    for item in known.problem.assignments:
        if item.dialer_id in lines:
            lines[item.dialer_id] += item.dial_lines + item.agent_lines
    most = sorted(lines, key=lambda name: -lines[name])[:_MOST_DIALERS]
    # By numbers: a dialer may be called what no scenario may.
    found = known.comparison({str(n): Levers(down=(name,)) for n, name in enumerate(most)})
    worlds = [
        world.model_copy(update={"name": name})
        for name, world in zip(most, found.worlds, strict=True)
    ]
    return found.base, sorted(worlds, key=lambda world: world.kept.value_per_hour)


def _left(base: World) -> str:
    return f"{value_title(base.kept.counted_calls)} left"


def _row(base: World, world: World) -> dict[str, str]:
    before, left = base.kept.value_per_hour, world.kept.value_per_hour
    losing = [line for line in campaign_lines(base, world) if line.loss > 0]
    named = ", ".join(f"{line.name} {amount(line.loss)}" for line in losing[:_MOST_NAMED])
    rest = len(losing) - _MOST_NAMED
    return {
        "Dialer": world.name,
        _left(base): amount(left),
        "Lost an hour": amount(max(before - left, 0.0)),
        "Change": change(before, left),
        "Campaigns that lose most": named + (f" and {rest} more" if rest > 0 else ""),
    }


def _try(here: Workspace, levers: Levers) -> None:
    setting: Setting = here.worlds[1]
    setting.levers = levers
    put(1, setting)
