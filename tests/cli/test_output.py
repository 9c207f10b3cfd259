"""Output that cannot be written is no fault of the planner's, and ends nothing early."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.program import PLANNER, ROOT

QUICKSTART = str(ROOT / "data" / "quickstart")


@pytest.mark.parametrize(
    "arguments", [["check", QUICKSTART], ["check", QUICKSTART, "--json"], ["--help"]]
)
def test_a_full_disk_is_told_as_that(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PLANNER, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == (
        "The results could not be written to standard output: No space left on device.\n"
    )


def test_more_than_a_buffer_on_a_full_disk_is_told_as_well(tmp_path: Path) -> None:
    dialers = "".join(f"D{n},10,{n}\n" for n in range(400))
    (tmp_path / "dialers.csv").write_text("dialer_id,ports,stranger\n" + dialers)
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id\n" + "".join(f"C{n}\n" for n in range(400))
    )
    with Path("/dev/full").open("w") as full:
        command = [*PLANNER, "check", str(tmp_path), "--json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "fault in the planner" not in done.stderr
    assert "could not be written" in done.stderr


@pytest.mark.parametrize("arguments", [["check", QUICKSTART], ["--help"]])
def test_a_reader_that_has_gone_is_no_fault(arguments: list[str]) -> None:
    with subprocess.Popen(
        [*PLANNER, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
        assert running.wait() == 0
    assert said == ""


def test_progress_that_nobody_reads_does_not_end_the_run() -> None:
    from io import StringIO

    from planner.cli.console import ProgressLine

    class Gone(StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    with ProgressLine(Gone()) as progress:
        progress.show(0.5, "half", 10.0)
