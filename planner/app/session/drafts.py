"""Work in progress: kept while one works, offered again after a crash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from weakref import WeakValueDictionary

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from planner.app.editing.edited_lines import PairKey
from planner.app.session.persistence import from_store, is_done
from planner.app.session.user import person
from planner.app.session.workspace import OpenPlan, Workspace
from planner.app.store import DraftEntry
from planner.contracts.result import LineChange
from planner.evaluation.differences import line_differences

#: Every session of this server that may be editing a draft, by its id.
_workspaces: WeakValueDictionary[str, Workspace] = WeakValueDictionary()
#: In the session state: which pairs drafts change.
_CHANGED = "drafts-changed"
_ELSEWHERE = "That work is being edited in another window: go on there, or close that window first."


def register(workspace: Workspace) -> None:
    """Let other sessions see what this one edits."""
    context = get_script_run_ctx()
    workspace.browser_session = context.session_id if context is not None else ""
    _workspaces[workspace.session_id] = workspace


def is_connected(browser_session: str) -> bool:
    """Whether a browser shows the session: one that was closed or crashed leaves its draft."""
    return runtime.exists() and runtime.get_instance().is_active_session(browser_session) is True


def _is_edited_elsewhere(workspace: Workspace, draft_id: str) -> bool:
    return any(
        other is not workspace
        and other.draft_id == draft_id
        and other.draft_lines is not None
        and is_connected(other.browser_session)
        for other in list(_workspaces.values())
    )


def keep_draft(workspace: Workspace) -> None:
    """Save the lines as a draft if they changed since; forget it once there is nothing to keep.

    What could not be written is tried again in every run of the page, until it is.
    """
    if workspace.edited is None:
        return
    if not workspace.is_changed:
        forget_draft(workspace)
        return
    if workspace.draft_lines == workspace.edited.lines:
        return
    kept, edited, plan = workspace.edited.lines, workspace.edited, workspace.open_plan
    rows = len(line_differences(workspace.clean_lines, kept))
    if is_done(
        lambda found: found.save_draft(
            workspace.draft_id,
            person(),
            workspace.source,
            edited,
            rows_changed=rows,
            plan_id=plan.plan_id if plan else None,
            based_on=plan.version if plan else None,
        )
    ):
        workspace.draft_lines = kept


def forget_draft(workspace: Workspace) -> None:
    """Drop this session's draft: its lines are saved, or as they were opened."""
    if workspace.draft_lines is not None and is_done(
        lambda found: found.drop_draft(workspace.draft_id, person())
    ):
        workspace.draft_lines = None


def look_for_drafts(workspace: Workspace) -> None:
    """Find work that was not saved in earlier sessions; what others edit now is theirs."""
    found = from_store(lambda found: found.drafts(person()))
    if found is None:
        return
    workspace.looked_for_drafts = True
    workspace.offers = tuple(
        draft
        for draft in found
        if draft.draft_id != workspace.draft_id
        and not _is_edited_elsewhere(workspace, draft.draft_id)
    )


def by_fleet(offers: Iterable[DraftEntry]) -> tuple[tuple[DraftEntry, ...], ...]:
    """Unsaved work, that on one fleet together: the newest first."""
    fleets: dict[tuple[str, str | None], list[DraftEntry]] = {}
    for draft in offers:
        fleets.setdefault((draft.source, draft.plan_id), []).append(draft)
    return tuple(tuple(drafts) for drafts in fleets.values())


def what_changed(draft: DraftEntry) -> tuple[PairKey, ...]:
    """The pairs whose lines a draft changes; none where that cannot be told.

    They are looked up once for each state of the draft.
    """
    known: dict[tuple[str, datetime], tuple[PairKey, ...]]
    known = st.session_state.setdefault(_CHANGED, {})
    state = draft.draft_id, draft.saved_at
    if state not in known:
        known[state] = tuple((c.campaign_id, c.dialer_id) for c in _changes(draft))
    return known[state]


def _changes(draft: DraftEntry) -> tuple[LineChange, ...]:
    saved = from_store(lambda found: found.read_draft(draft.draft_id, person()))
    if saved is None:
        return ()
    clean = saved.edited.baseline.assignments
    if draft.plan_id is not None and draft.based_on is not None:
        plan_id, version = draft.plan_id, draft.based_on
        base = from_store(lambda found: found.read(plan_id, version))
        clean = base.edited.lines if base is not None else clean
    return line_differences(clean, saved.edited.lines)


def continue_draft(workspace: Workspace, draft: DraftEntry) -> None:
    """Open a draft; from now on this session keeps it."""
    if _is_edited_elsewhere(workspace, draft.draft_id):
        workspace.said = _ELSEWHERE
        look_for_drafts(workspace)
        return
    saved = from_store(lambda found: found.read_draft(draft.draft_id, person()))
    if saved is None:
        look_for_drafts(workspace)
        return
    open_plan, clean = None, saved.edited.baseline.assignments
    if draft.plan_id is not None and draft.based_on is not None:
        plan_id, version = draft.plan_id, draft.based_on
        base = from_store(lambda found: found.read(plan_id, version))
        if base is not None:
            open_plan, clean = OpenPlan(plan_id, base.name, version), base.edited.lines
    workspace.open_lines(saved.edited, saved.name, open_plan)
    workspace.clean_lines = clean
    keep_draft(workspace)
    # The old one goes once the new one is there.
    if workspace.draft_lines is not None or not workspace.is_changed:
        discard_draft(workspace, draft)


def discard_draft(workspace: Workspace, draft: DraftEntry) -> None:
    """Forget a draft of an earlier session."""
    if _is_edited_elsewhere(workspace, draft.draft_id):
        workspace.said = _ELSEWHERE
    elif not is_done(lambda found: found.drop_draft(draft.draft_id, person())):
        return
    workspace.offers = tuple(
        offer for offer in workspace.offers if offer.draft_id != draft.draft_id
    )
