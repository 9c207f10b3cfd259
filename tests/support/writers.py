"""Processes that save on one plan at once; the store must lose nothing that it acknowledged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tests.support.program import QUICKSTART, ROOT

#: Saves on one plan until told to stop, and prints every version that the store acknowledged.
WRITER = """
import sys
from planner.app.editing.edited_lines import open_lines
from planner.app.store import SaveConflict, Store
from planner.tables.folder import read_folder

address, folder, plan_id, name, saves = sys.argv[1:]
store, edited = Store(address), open_lines(read_folder(folder))
conflicts = 0
for number in range(int(saves)):
    based_on = store.history(plan_id)[0].version
    while True:
        try:
            entry = store.save(plan_id, based_on, edited, name, str(number))
        except SaveConflict as conflict:
            conflicts += 1
            based_on = conflict.newest.version
        else:
            print(entry.version, number, flush=True)
            break
print("conflicts", conflicts, flush=True)
"""


def writers(address: str, plan_id: str, saves: Sequence[int]) -> list[subprocess.Popen[str]]:
    """One process for each number of saves."""
    command = [sys.executable, "-c", WRITER, address, QUICKSTART, plan_id]
    return [
        subprocess.Popen(
            [*command, f"w{number}", str(count)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for number, count in enumerate(saves)
    ]
