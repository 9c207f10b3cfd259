"""What differs between operating systems, with Windows faked; Linux is what all tests run on."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from multiprocessing import connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planner import system

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.sys, "platform", "win32")


def test_a_file_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as file, (tmp_path / "lock").open("w") as other:
        assert system.hold(file)
        assert not system.hold(other)


@pytest.mark.usefixtures("windows")
def test_on_windows_a_file_is_held_in_its_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken: set[int] = set()

    def locking(place: int, how: int, count: int) -> None:
        assert (how, count) == (2, 1)
        if taken:
            raise PermissionError(13, "Permission denied")  # as msvcrt does
        taken.add(place)

    fake: Any = SimpleNamespace(LK_NBLCK=2, locking=locking)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    with (tmp_path / "lock").open("w") as file:
        assert system.hold(file)
        assert not system.hold(file)
        assert taken == {file.fileno()}


@pytest.mark.usefixtures("windows")
def test_on_windows_a_pipe_is_handed_down_as_a_handle(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = []
    monkeypatch.setattr(
        os, "set_handle_inheritable", lambda *given: shared.append(given), raising=False
    )
    monkeypatch.setattr(subprocess, "STARTUPINFO", lambda **given: given, raising=False)
    monkeypatch.setattr(connection, "PipeConnection", lambda pipe: ("end", pipe), raising=False)
    given = system.handed_down(7)
    assert given == {"startupinfo": {"lpAttributeList": {"handle_list": [7]}}}
    assert shared == [(7, True)]
    assert system.pipe_end(7) == ("end", 7)


def test_elsewhere_a_pipe_is_handed_down_as_a_descriptor() -> None:
    here, there = connection.Pipe()
    with here, there:
        assert system.handed_down(there.fileno()) == {"pass_fds": [there.fileno()]}
        end = system.pipe_end(os.dup(there.fileno()))
        end.send("word")
        assert here.recv() == "word"
        end.close()


@pytest.mark.usefixtures("windows")
def test_on_windows_another_program_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "execve", None)
    with pytest.raises(SystemExit) as ended:
        system.become([sys.executable, "-c", "raise SystemExit(5)"], os.environ)
    assert ended.value.code == 5


@pytest.mark.usefixtures("windows")
def test_on_windows_a_port_in_use_is_not_taken_twice() -> None:
    asked = []
    trial: Any = SimpleNamespace(setsockopt=lambda *given: asked.append(given))
    system.claim_port(trial)
    assert asked == [(socket.SOL_SOCKET, -5, 1)]  # SO_EXCLUSIVEADDRUSE of winsock2.h, ~4


def test_what_a_system_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module, name in ((os, "nice"), (os, "geteuid"), (signal, "pthread_sigmask")):
        monkeypatch.delattr(module, name)
    system.step_back(10)
    assert not system.is_ours(tmp_path)
    with system.uninterrupted():
        pass
    monkeypatch.setattr(system.sys, "platform", "win32")
    monkeypatch.setattr(os, "open", None)
    system.flush_folder(tmp_path)


def test_nothing_else_in_the_code_is_of_one_system_alone() -> None:
    only = re.compile(
        r"\bfcntl\b|\bmsvcrt\b|pass_fds|os\.nice|os\.exec|os\.fork|os\.geteuid|os\.getuid"
        r"|pthread_sigmask|SO_REUSEADDR|os\.killpg|start_new_session|preexec_fn|SIGKILL|SIGHUP"
    )
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "planner").rglob("*.py")
        if only.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["planner/system.py"]
