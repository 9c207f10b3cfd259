"""`planner check --proof --plan`: a plan of a moment is checked as it was planned."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli.main import main

AT = "2026-03-02T15:30Z"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Solar is to make 100 attempts an hour for ten hours; Late is not open before 20:00."""
    place = tmp_path / "fleet"
    place.mkdir()
    (place / "dialers.csv").write_text("dialer_id,ports\nD1,8\n")
    (place / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,start,"
        "schedule,records,finish_by\n"
        "Solar,1,20,0.5,0.6,50,2026-01-01,Mon-Fri 09:00-17:00,950,2026-03-03\n"
        "Late,1,20,0.5,0.6,50,2026-01-01,Mon-Fri 20:00-21:00,,\n"
    )
    return place


@pytest.mark.parametrize("how", [[], ["--interval", "now"]], ids=["no moment", "now"])
def test_a_list_to_be_done_in_time_is_checked_from_the_moment_of_the_plan(
    fleet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: list[str]
) -> None:
    out, proof = tmp_path / "out", tmp_path / "proof.json"
    given = ["--at", AT, "--gap", "0", "--out", str(out), "--proof", str(proof)]
    assert main(["plan", str(fleet), *how, *given]) == 0
    capsys.readouterr()
    checked = ["check", str(fleet), "--proof", str(proof), "--plan", str(out / "plan.json")]
    assert main(checked) == 0
    assert capsys.readouterr().out.startswith("Checked: the plan holds its limits")


@pytest.mark.parametrize("option", ["--proof", "--handout"])
def test_a_folder_in_place_of_a_file_is_told_before_anything_is_planned(
    fleet: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.html").mkdir()
    assert main(["plan", str(fleet), option, "page.html", "--out", "out"]) == 2
    told = f"1 fault in the input:\n  {option} is 'page.html': expected a file, not a folder\n"
    assert capsys.readouterr().err == told
    assert not Path("out").exists()


def test_nothing_is_the_most_where_nobody_can_run(
    fleet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, proof = tmp_path / "out", tmp_path / "proof.json"
    sunday = ["--at", "2026-03-01T12:00Z", "--interval", "now"]
    assert main(["plan", str(fleet), *sunday, "--out", str(out), "--proof", str(proof)]) == 0
    capsys.readouterr()
    assert main(["check", str(fleet), "--proof", str(proof), "--plan", str(out / "plan.json")]) == 0
    assert "no campaign can run" in capsys.readouterr().out
