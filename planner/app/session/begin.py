"""What happens in every run of any page, before it is drawn."""

from __future__ import annotations

from planner.app.session.links import linked_plan, linked_scenarios
from planner.app.session.persistence import keep_draft, look_for_drafts, open_version
from planner.app.session.sources import open_named_folder
from planner.app.session.workspace import Workspace


def begin_run(workspace: Workspace) -> None:
    """Open what the link or the server names, take in edits, keep them as a draft."""
    if not workspace.greeted:
        look_for_drafts(workspace)
        workspace.wanted_scenarios = linked_scenarios()
        saved = linked_plan()
        if saved:
            open_version(workspace, saved)
            workspace.greeted = True
    open_named_folder(workspace)
    workspace.absorb_edits()
    keep_draft(workspace)
