"""Work in progress: kept while one works, offered again after a crash."""

from __future__ import annotations

from weakref import WeakValueDictionary

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from planner.app.session.persistence import from_store, is_done
from planner.app.session.user import person
from planner.app.session.workspace import Desk, OpenPlan
from planner.app.store import DraftEntry
from planner.evaluation.differences import line_differences

#: Every session of this server that may be editing a draft, by its id.
_desks: WeakValueDictionary[str, Desk] = WeakValueDictionary()
_ELSEWHERE = "That work is being edited in another window: go on there, or close that window first."


def register(desk: Desk) -> None:
    """Let other sessions see what this one edits."""
    context = get_script_run_ctx()
    desk.browser_session = context.session_id if context is not None else ""
    _desks[desk.session_id] = desk


def is_connected(browser_session: str) -> bool:
    """Whether a browser shows the session: one that was closed or crashed leaves its draft."""
    return runtime.exists() and runtime.get_instance().is_active_session(browser_session) is True


def _is_edited_elsewhere(desk: Desk, draft_id: str) -> bool:
    return any(
        other is not desk
        and other.draft_id == draft_id
        and other.draft_lines is not None
        and is_connected(other.browser_session)
        for other in list(_desks.values())
    )


def keep_draft(desk: Desk) -> None:
    """Save the lines as a draft if they changed since; forget it once there is nothing to keep.

    What could not be written is tried again in every run of the page, until it is.
    """
    if desk.scenario is None:
        return
    if not desk.is_changed:
        forget_draft(desk)
        return
    if desk.draft_lines == desk.scenario.lines:
        return
    kept, scenario, plan = desk.scenario.lines, desk.scenario, desk.open_plan
    rows = len(line_differences(desk.clean_lines, kept))
    if is_done(
        lambda found: found.save_draft(
            desk.draft_id,
            person(),
            desk.source,
            scenario,
            rows_changed=rows,
            plan_id=plan.plan_id if plan else None,
            based_on=plan.version if plan else None,
        )
    ):
        desk.draft_lines = kept


def forget_draft(desk: Desk) -> None:
    """Drop this session's draft: its lines are saved, or as they were opened."""
    if desk.draft_lines is not None and is_done(
        lambda found: found.drop_draft(desk.draft_id, person())
    ):
        desk.draft_lines = None


def look_for_drafts(desk: Desk) -> None:
    """Find work that was not saved in earlier sessions; what others edit now is theirs."""
    found = from_store(lambda found: found.drafts(person()))
    if found is None:
        return
    desk.looked_for_drafts = True
    desk.offers = tuple(
        draft
        for draft in found
        if draft.draft_id != desk.draft_id and not _is_edited_elsewhere(desk, draft.draft_id)
    )


def continue_draft(desk: Desk, draft: DraftEntry) -> None:
    """Open a draft; from now on this session keeps it."""
    if _is_edited_elsewhere(desk, draft.draft_id):
        desk.said = _ELSEWHERE
        look_for_drafts(desk)
        return
    saved = from_store(lambda found: found.read_draft(draft.draft_id, person()))
    if saved is None:
        look_for_drafts(desk)
        return
    open_plan, clean = None, saved.scenario.baseline.assignments
    if draft.plan_id is not None and draft.based_on is not None:
        plan_id, version = draft.plan_id, draft.based_on
        base = from_store(lambda found: found.read(plan_id, version))
        if base is not None:
            open_plan, clean = OpenPlan(plan_id, base.name, version), base.scenario.lines
    desk.open_scenario(saved.scenario, saved.name, open_plan)
    desk.clean_lines = clean
    keep_draft(desk)
    # The old one goes once the new one is there.
    if desk.draft_lines is not None or not desk.is_changed:
        discard_draft(desk, draft)


def discard_draft(desk: Desk, draft: DraftEntry) -> None:
    """Forget a draft of an earlier session."""
    if _is_edited_elsewhere(desk, draft.draft_id):
        desk.said = _ELSEWHERE
    elif not is_done(lambda found: found.drop_draft(draft.draft_id, person())):
        return
    desk.offers = tuple(offer for offer in desk.offers if offer.draft_id != draft.draft_id)
