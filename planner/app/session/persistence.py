"""The store as the pages use it: one for all sessions, drafts kept while one works."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from planner.app.session.user import person
from planner.app.session.workspace import OpenPlan, Workspace
from planner.app.store import DraftEntry, Store, StoreUnavailable, store_url
from planner.evaluation.differences import line_differences

#: A database that does not answer is asked again after so long [s].
_ASK_AGAIN = 30.0
Found = TypeVar("Found")


class _Keeper:
    """The store once it could be opened; between attempts why it could not."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._store: Store | None = None
        self._failed: tuple[float, StoreUnavailable] | None = None

    def store(self) -> Store:
        if self._failed is not None and time.monotonic() - self._failed[0] < _ASK_AGAIN:
            raise self._failed[1]
        if self._store is None:
            try:
                self._store = Store(self._address)
            except StoreUnavailable as error:
                self._failed = time.monotonic(), error
                raise
        return self._store


@st.cache_resource(show_spinner=False)
def _keeper(address: str) -> _Keeper:
    return _Keeper(address)


def store() -> Store:
    """The store of this server; raises StoreUnavailable."""
    return _keeper(store_url()).store()


def from_store(ask: Callable[[Store], Found]) -> Found | None:
    """What the store answers; None if it cannot be used, which the page then says."""
    try:
        return ask(store())
    except StoreUnavailable as error:
        st.session_state["store-fault"] = str(error)
        return None


def show_store_fault() -> None:
    """Say that plans and drafts cannot be kept, where that is so."""
    fault = st.session_state.pop("store-fault", None)
    if fault:
        st.warning(
            "Plans and drafts cannot be saved at the moment; download your plan before you close "
            f"the page. The reason: `{fault.replace('`', ' ')}`",
            icon=":material/cloud_off:",
        )


def keep_draft(workspace: Workspace) -> None:
    """Save the lines as a draft if they changed since; forget it once there is nothing to keep."""
    if workspace.edited is None or workspace.draft_lines == workspace.edited.lines:
        return
    if not workspace.is_changed and workspace.draft_lines is None:
        return
    kept, edited = workspace.edited.lines, workspace.edited
    if workspace.is_changed:
        rows = len(line_differences(workspace.clean_lines, kept))
        plan = workspace.open_plan
        from_store(
            lambda found: found.save_draft(
                workspace.draft_id,
                person(),
                workspace.source,
                edited,
                rows_changed=rows,
                plan_id=plan.plan_id if plan else None,
                based_on=plan.version if plan else None,
            )
        )
        workspace.draft_lines = kept
    else:
        forget_draft(workspace)


def forget_draft(workspace: Workspace) -> None:
    """Drop this session's draft: its lines are saved, or as they were opened."""
    if workspace.draft_lines is not None:
        from_store(lambda found: found.drop_draft(workspace.draft_id, person()))
    workspace.draft_lines = None


def look_for_drafts(workspace: Workspace) -> None:
    """Find work that was not saved in earlier sessions."""
    found = from_store(lambda found: found.drafts(person())) or ()
    workspace.offers = tuple(draft for draft in found if draft.draft_id != workspace.draft_id)


def continue_draft(workspace: Workspace, draft: DraftEntry) -> None:
    """Open a draft; from now on this session keeps it."""
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
    discard_draft(workspace, draft)


def discard_draft(workspace: Workspace, draft: DraftEntry) -> None:
    """Forget a draft of an earlier session."""
    from_store(lambda found: found.drop_draft(draft.draft_id, person()))
    workspace.offers = tuple(
        offer for offer in workspace.offers if offer.draft_id != draft.draft_id
    )


def open_version(workspace: Workspace, plan_id: str, version: int | None = None) -> None:
    """Open a saved plan, its newest version unless told which one."""
    history = from_store(lambda found: found.history(plan_id)) or ()
    if not history:
        workspace.refused = ""
        st.session_state["link-fault"] = "There is no saved plan at this link."
        return
    wanted = version or history[0].version
    saved = from_store(lambda found: found.read(plan_id, wanted))
    if saved is None:
        st.session_state["link-fault"] = "The plan of this link has no such version."
        return
    # Whatever version is open: saving it makes it the next one after the newest.
    workspace.open_lines(saved.edited, saved.name, OpenPlan(plan_id, saved.name, wanted))
    if wanted != history[0].version:
        workspace.said = (
            f"Version {wanted} of {saved.name} is open; the newest is {history[0].version}."
        )
