"""``make audit``: it never says that all is well of packages that nobody looked at."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]

AUDIT = Path(__file__).resolve().parents[1] / ".ci" / "audit.py"
VULNERABLE = {
    "name": "jinja2",
    "version": "2.4.1",
    "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"]}],
}
SOUND = {"name": "numpy", "version": "2.4", "vulns": []}
UNKNOWN = {"name": "numpy", "skip_reason": "Dependency not found on PyPI"}


def outcome(tmp_path: Path, of_the_known: object, of_the_lock: object) -> int:
    """Exit code where pip-audit answers so for a package with advisories, and for the lock."""
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==2.4 --hash=sha256:1\n")
    answers = {"jinja2": of_the_known, "numpy": of_the_lock}
    for name, packages in answers.items():
        text = packages if isinstance(packages, str) else json.dumps({"dependencies": packages})
        (tmp_path / name).write_text(text)
    stand_in = tmp_path / "pip-audit"
    stand_in.write_text(
        f'#!/bin/sh\ngrep -q jinja2 "$4" && cat {tmp_path}/jinja2 || cat {tmp_path}/numpy\n'
    )
    stand_in.chmod(0o755)
    code: Any = runpy.run_path(str(AUDIT))["main"](str(stand_in), lock)
    return int(code)


def test_a_lock_without_advisories_passes(tmp_path: Path) -> None:
    assert outcome(tmp_path, [VULNERABLE], [SOUND]) == 0


def test_an_advisory_is_told_with_the_version_that_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(tmp_path, [VULNERABLE], [VULNERABLE, SOUND]) == 1
    assert "jinja2 2.4.1: PYSEC-2014-8, mended in 2.7.2" in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["", [UNKNOWN], [SOUND]])
def test_a_service_that_does_not_answer_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: object
) -> None:
    assert outcome(tmp_path, answer, [SOUND]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Nothing was audited")
    assert said.err.count("\n") == 1


def test_a_package_that_was_not_audited_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(tmp_path, [VULNERABLE], [UNKNOWN]) == 2
    assert "numpy: not audited" in capsys.readouterr().out


def test_every_tool_is_pinned_with_its_hashes() -> None:
    makefile = (ROOT / "Makefile").read_text()
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    known = ("--require-hashes", "--no-deps", "atheris")  # atheris: tried by hand, never in CI
    assert all(any(word in line for word in known) for line in installs)
    lock = (ROOT / ".ci" / "tools.lock").read_text()
    for tool in (ROOT / ".ci" / "tools.in").read_text().split():
        assert f"\n{tool}==" in f"\n{lock}"
    pins = [line for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    assert len(pins) > 10
    assert lock.count("--hash=sha256:") >= len(pins)
