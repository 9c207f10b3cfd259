"""Machine code is kept by its sources, and a damaged or full folder costs time only."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.compiling import kept_code

PACKAGE = Path(kept_code.__file__).parents[1]
#: Compiles one function, or loads it, and tells how often something was compiled and its result.
SCRIPT = """
import logging
logging.basicConfig(format="%(message)s")
from numba.core import event
made = []
class Listener(event.Listener):
    def on_start(self, event): made.append(1)
    def on_end(self, event): pass
import numpy as np
from planner.optimize.pricing import split_program
event.register("numba:compile", Listener())
print(split_program.argmax_of(np.array([1.0, 3.0, 2.0])), len(made))
"""
ADDED = '''

@lean
def argmax_of(values: Floats) -> int:
    """The place of the largest value."""
    return argmax(values)
'''

#: Calls one function from Python and from another kernel, and has the inner one raise.
LINKED_SCRIPT = """
from numba.core import event
made = []
class Listener(event.Listener):
    def on_start(self, event): made.append(event.data["dispatcher"].py_func.__name__)
    def on_end(self, event): pass
from planner.optimize.pricing import split_program
event.register("numba:compile", Listener())
told = [split_program.twice(4), split_program.half(4)]
for function in (split_program.twice, split_program.half):
    try:
        function(3)
    except ValueError as fault:
        told.append(str(fault))
told.append(made.count("half"))
print(*told)
"""
LINKED = '''

@compiled
def half(number: int) -> int:
    """Half of an even number."""
    if number % 2:
        raise ValueError("odd")
    return number // 2


@compiled
def twice(number: int) -> int:
    """What a number of halves and quarters is."""
    return half(number) + half(half(number))
'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package with one more small compiled function, which calls another."""
    shutil.copytree(PACKAGE, tmp_path / "planner", ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / "planner" / "optimize" / "pricing" / "split_program.py"
    source.write_text(source.read_text() + ADDED)
    return tmp_path


def run(copy: Path, folder: Path, script: str = SCRIPT) -> tuple[str, str]:
    """What a script prints on the copy, and what it tells."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip(), done.stderr


def changed(copy: Path, file: str) -> None:
    path = copy / "planner" / file
    path.write_text(path.read_text() + "\n#: One line more.\nONE_MORE = 1\n")


def test_a_copy_finds_the_code_of_equal_sources_and_only_of_these(
    copy: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    first, _ = run(copy, kept)
    assert first.startswith("1 ")
    assert first != "1 0"
    assert run(copy, kept)[0] == "1 0"
    # Another copy elsewhere, with other times of its files.
    other = tmp_path / "elsewhere"
    shutil.copytree(copy / "planner", other / "planner", copy_function=shutil.copyfile)
    assert run(other, kept)[0] == "1 0"
    # What the function does not import may change; what it imports may not.
    changed(other, "optimize/search.py")
    assert run(other, kept)[0] == "1 0"
    changed(other, "optimize/pricing/prices.py")
    assert run(other, kept)[0] == first


def test_kernels_are_called_from_python_and_linked_into_others(copy: Path, tmp_path: Path) -> None:
    source = copy / "planner" / "optimize" / "pricing" / "split_program.py"
    source.write_text(source.read_text().replace(ADDED, LINKED))
    kept = tmp_path / "kept"
    # Once for what links it, once with a door for Python; then both come from disk.
    assert run(copy, kept, LINKED_SCRIPT)[0] == "3 2 odd odd 2"
    assert run(copy, kept, LINKED_SCRIPT)[0] == "3 2 odd odd 0"


def test_damaged_code_is_told_in_a_sentence_and_made_again(copy: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    first, _ = run(copy, kept)
    for file in kept.rglob("*.nb?"):
        file.write_bytes(file.read_bytes()[:-20])
    again, told = run(copy, kept)
    assert again == first
    assert told.count("\n") == 1
    assert "is damaged" in told
    assert str(kept) in told
    assert run(copy, kept) == ("1 0", "")


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(copy: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("a file where a folder should be")
    first, told = run(copy, kept)
    assert first.startswith("1 ")
    assert told.count("\n") == 1
    assert "cannot be kept" in told
    assert "NUMBA_CACHE_DIR" in told


def test_code_that_nobody_uses_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kept_code, "FOLDER", tmp_path)
    old, new = tmp_path / "traffic.a-0123", tmp_path / "traffic.a-4567"
    for folder in (old, new):
        folder.mkdir()
        (folder / "f.nbc").write_bytes(b"code")
    now = new.stat().st_mtime
    os.utime(old, (now, now - kept_code.KEPT_SECONDS - 1))
    with caplog.at_level(logging.WARNING):
        kept_code.remove_unused(now)
    assert not old.exists()
    assert new.exists()
    assert not caplog.records


def test_without_a_home_that_can_be_written_code_is_kept_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(kept_code.sys, "platform", "linux")
    assert kept_code.kept_folder() == PACKAGE / "__pycache__" / "compiled"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kept_code.kept_folder() == tmp_path / "line-planner" / "compiled"
