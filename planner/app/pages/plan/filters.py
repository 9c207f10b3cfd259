"""What the board shows, what of a large plan is in view, and edits of all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Collection

import streamlit as st

from planner.app.editing.board.parts import Measure
from planner.app.editing.edited_lines import EditedLines, PairKey
from planner.app.editing.quick_edits import clear, even_out, match_agents
from planner.app.session.workspace import Workspace

QuickEdit = Callable[[EditedLines, Collection[PairKey]], EditedLines]

_LIST = "List of rows"
#: Fewer rows than this are seen at a glance.
_FILTER_FROM = 12
#: More rows than this are drawn in parts.
_MOST_SHOWN = 300


def choose_view(
    workspace: Workspace, edited: EditedLines
) -> tuple[Measure | None, tuple[PairKey, ...]]:
    """What the cells of the board show, None for the list of rows; and the pairs in view.

    They are those of the picked campaigns and dialers; nothing picked means all of them.
    """
    view, campaigns, dialers, part, edits = st.columns(
        [11, 4, 4, 4, 3], vertical_alignment="center", gap="xsmall"
    )
    with view:
        chosen = _chosen_measure()
    pairs = edited.pairs
    if len(pairs) >= _FILTER_FROM:
        with campaigns:
            in_campaigns = _picked(edited, 0, "campaigns")
        with dialers:
            on_dialers = _picked(edited, 1, "dialers")
        pairs = tuple(key for key in pairs if key[0] in in_campaigns and key[1] in on_dialers)
    with edits:
        _show_quick_edits(workspace, pairs, len(edited.pairs))
    with part:
        if chosen is None:
            pairs = _part(pairs)
        elif chosen.column is not None:
            st.caption("Type or paste; L locks")
    return chosen, pairs


def _chosen_measure() -> Measure | None:
    picked = st.segmented_control(
        "Show",
        [*Measure, _LIST],
        default=Measure.DIAL_LINES,
        required=True,
        key="measure",
        label_visibility="collapsed",
        persist_state="session",  # also after a look at another page
    )
    return None if picked in (None, _LIST) else Measure(picked)


def _part(rows: tuple[PairKey, ...]) -> tuple[PairKey, ...]:
    """As many rows as a page draws at once; a field to choose which, where there are more."""
    if len(rows) <= _MOST_SHOWN:
        return rows
    starts = range(0, len(rows), _MOST_SHOWN)
    start = st.selectbox(
        "Rows in view",
        starts,
        key="rows-in-view",
        format_func=lambda s: _part_words(rows, s),
        label_visibility="collapsed",
    )
    return rows[start : start + _MOST_SHOWN]


def _part_words(rows: tuple[PairKey, ...], start: int) -> str:
    end = min(start + _MOST_SHOWN, len(rows))
    return f"Rows {start + 1:,}-{end:,} of {len(rows):,}, from {rows[start][0]} on"


def _show_quick_edits(workspace: Workspace, rows: tuple[PairKey, ...], total: int) -> None:
    with st.popover("Quick edits", icon=":material/bolt:", width="stretch"):
        where = "all rows" if len(rows) == total else f"the {len(rows):,} rows picked"
        st.caption(f"Of {where}; locked rows stay as they are.")
        for name, edit, words in (
            ("Even out", even_out, "Spread each campaign's lines evenly over its dialers"),
            ("Match current agents", match_agents, "Make agent lines those on shift"),
            ("Clear", clear, "Take all lines away"),
        ):
            st.button(
                name,
                key=f"quick-{edit.__name__}",
                width="stretch",
                help=words,
                on_click=_change,
                args=(workspace, edit, rows),
            )


def _change(workspace: Workspace, edit: QuickEdit, rows: tuple[PairKey, ...]) -> None:
    workspace.change(lambda edited: edit(edited, rows))


def _picked(edited: EditedLines, place: int, name: str) -> set[str]:
    options = list(dict.fromkeys(key[place] for key in edited.pairs))
    picked = st.multiselect(
        f"Show {name}",
        options,
        key=f"show-{name}",
        placeholder=f"All {len(options)} {name}",
        label_visibility="collapsed",
    )
    return set(picked or options)
