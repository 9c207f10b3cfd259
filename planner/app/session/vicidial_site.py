"""The VICIdial system that the open fleet was read from, where it was."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from planner.app.session.sources import FOLDER_VARIABLE
from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.vicidial.settings import SETTINGS_FILE, Settings, read_settings_file


def site_settings(problem: Problem) -> Settings | None:
    """Settings of the folder that the app was started with, if they are of this fleet."""
    folder = os.environ.get(FOLDER_VARIABLE)
    path = Path(folder or "", SETTINGS_FILE)
    if not folder or not path.is_file():
        return None
    settings = _read(Path(folder), path.stat().st_mtime_ns)
    if settings is None:
        return None
    servers = set(settings.dialer_ids.values())
    known = all(c.campaign_id in settings.campaign_by_id for c in problem.campaigns)
    return settings if known and all(d.dialer_id in servers for d in problem.dialers) else None


@lru_cache(maxsize=2)
def _read(folder: Path, _written: int) -> Settings | None:
    """The settings; None where somebody damaged the file, which ``write`` tells."""
    try:
        return read_settings_file(folder)
    except InputError:
        return None
