"""What happens in every run of any page, before it is drawn."""

from __future__ import annotations

from planner.app.session.links import linked_plan, linked_scenarios
from planner.app.session.persistence import keep_draft, look_for_drafts, open_version
from planner.app.session.sources import open_named_folder
from planner.app.session.workspace import Desk


def begin_run(desk: Desk) -> None:
    """Open what the link or the server names, take in edits, keep them as a draft."""
    if not desk.greeted:
        look_for_drafts(desk)
        desk.wanted_scenarios = linked_scenarios()
        saved = linked_plan()
        if saved:
            open_version(desk, saved)
            desk.greeted = True
    open_named_folder(desk)
    desk.absorb_edits()
    keep_draft(desk)
