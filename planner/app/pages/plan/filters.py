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
#: What can be picked, in the order of a pair; and whether only pairs with lines are shown.
_FILTERS, _USED = ("campaigns", "dialers"), "only-used"
_ABOUT_EDITING = (
    "Click a cell and type how many lines, or paste a block from a spreadsheet. The key L locks "
    "the cells that are picked, or unlocks them: *Optimise* and repairs leave locked lines alone. "
    "Ctrl with an arrow key goes to the next cell with lines."
)
_ABOUT_USED = (
    "Leaves out campaigns and dialers without lines. Of the campaigns that are picked, only the "
    "dialers they run on are shown; of the dialers that are picked, only their campaigns."
)
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
    view, filters, part, edits = st.columns(
        [22, 12, 11, 6], vertical_alignment="center", gap="xsmall"
    )
    with view:
        chosen = _chosen_measure()
    pairs = edited.pairs
    if len(pairs) >= _FILTER_FROM:
        with filters:
            pairs = _filtered(edited, is_board=chosen is not None)
    with edits:
        _show_quick_edits(workspace, pairs, len(edited.pairs))
    with part:
        if chosen is None:
            pairs = _part(pairs)
        elif chosen.column is not None:
            st.caption("Click a cell to type; press L to lock it", help=_ABOUT_EDITING)
    return chosen, pairs


def _filtered(edited: EditedLines, *, is_board: bool) -> tuple[PairKey, ...]:
    """Those that the fields ask for; how many that are stands on what opens the fields."""
    campaigns, dialers = (
        set(st.session_state.get(f"show-{name}") or [key[place] for key in edited.pairs])
        for place, name in enumerate(_FILTERS)
    )
    pairs = tuple(key for key in edited.pairs if key[0] in campaigns and key[1] in dialers)
    if st.session_state.get(_USED):
        pairs = _used(edited, pairs, is_board=is_board)
    words = ", ".join(_of_all(edited, pairs, place) for place in range(len(_FILTERS)))
    with st.popover(words, icon=":material/filter_list:", width="stretch", key="filters"):
        for place, name in enumerate(_FILTERS):
            _pick(edited, place, name)
        st.toggle("Only those with lines", key=_USED, help=_ABOUT_USED, persist_state="session")
    return pairs


def _of_all(edited: EditedLines, pairs: tuple[PairKey, ...], place: int) -> str:
    """``10 campaigns``, or ``3 of 10 campaigns`` where others are left out."""
    seen, known = len({key[place] for key in pairs}), len({key[place] for key in edited.pairs})
    return (
        f"{known:,} {_FILTERS[place]}"
        if seen == known
        else f"{seen:,} of {known:,} {_FILTERS[place]}"
    )


def _used(
    edited: EditedLines, pairs: tuple[PairKey, ...], *, is_board: bool
) -> tuple[PairKey, ...]:
    """Those with lines, now or as opened; of the board all of their campaigns and dialers."""
    lines = (*edited.lines, *edited.baseline.assignments)
    counted = {(item.campaign_id, item.dialer_id) for item in lines if item.dial_lines}
    found = [key for key in pairs if key in counted]
    if not found:
        return pairs
    if not is_board:
        return tuple(found)
    campaigns, dialers = {c for c, _ in found}, {d for _, d in found}
    return tuple(key for key in pairs if key[0] in campaigns and key[1] in dialers)


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


def _pick(edited: EditedLines, place: int, name: str) -> None:
    options = list(dict.fromkeys(key[place] for key in edited.pairs))
    st.multiselect(
        f"Show {name}",
        options,
        key=f"show-{name}",
        placeholder=f"All {len(options)} {name}",
    )
