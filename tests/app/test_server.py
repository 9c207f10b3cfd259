"""What the server does before somebody comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.pages import ROOT

#: In a process of its own: here everything is loaded already.
_PROGRAM = """
import gc, json, sys
from planner.app import server
server._warm_up()
frozen = gc.get_freeze_count()
from tests.support.pages import new_session
before = set(sys.modules)
app = new_session().run()
assert not app.exception and app.title
print(json.dumps([frozen, sorted(m for m in set(sys.modules) - before if m.startswith("planner"))]))
"""


def test_the_first_visitor_finds_all_modules_loaded_and_the_garbage_looked_through(
    tmp_path: Path,
) -> None:
    environment = os.environ | {
        "PLANNER_FOLDER": str(ROOT / "data" / "quickstart"),
        "PLANNER_DB": f"sqlite:///{tmp_path}/plans.db",
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=environment,
    )
    frozen, loaded = json.loads(done.stdout.splitlines()[-1])
    assert frozen > 0
    assert loaded == []
