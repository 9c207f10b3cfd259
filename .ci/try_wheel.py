"""Tries the installed wheel in an empty folder: ``try_wheel.py PROGRAM plain|full``.

Run from a folder that holds nothing. Ends with an error where something is not as promised.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

#: What the plain environment may weigh [bytes]; it has no pip, which is another 15 MB.
MOST_BYTES = 535e6
PORT, START_SECONDS = 8765, 120.0


def main() -> None:
    """Plan the example, and see that what is missing is named, or that the app starts."""
    program, kind = Path(sys.argv[1]).resolve(), sys.argv[2]
    run(program, "examples", "examples")
    run(program, "check", "examples/quickstart")
    run(program, "plan", "examples/quickstart", "--out", "plan")
    plan = json.loads(Path("plan/plan.json").read_text(encoding="utf-8"))
    assert plan["status"] == "optimal", plan["status"]
    if kind == "plain":
        weight = sum(f.lstat().st_size for f in program.parents[1].rglob("*") if f.is_file())
        print(f"the plain environment weighs {weight / 1e6:.0f} MB")
        assert weight < MOST_BYTES
        for command, extra in (("app", "app"), ("batch", "batch"), ("calibrate", "")):
            many = ["examples", "--out", "all", "--workers", "2"]
            words = {"batch": many, "calibrate": ["examples/calls"]}
            said = run(program, command, *words.get(command, []), code=2)
            assert f"planner[{extra}" in said, said
    else:
        serves(program)


def run(program: Path, *arguments: str, code: int = 0) -> str:
    """Run a command, which must end with the code; what it says on standard error."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stderr


def serves(program: Path) -> None:
    """The app starts, with its settings: it lets nobody frame it, and answers."""
    with subprocess.Popen([program, "app", "--port", str(PORT)]) as server:
        try:
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=5) as page:
                        assert page.status == 200
                        return
                except (urllib.error.URLError, OSError):
                    assert server.poll() is None, "the app ended at its start"
                    assert time.monotonic() < deadline, "the app does not answer"
                    time.sleep(0.2)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
