"""``planner calibrate``: from a log to the folder's figures, on the example that comes along."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import planner
from planner.cli.main import main
from planner.tables.folder import read_folder

DATA = Path(__file__).parents[2] / "data"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["calibrate", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_example_gives_back_what_it_was_made_from(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, text, told = run(
        capsys, str(DATA / "calls"), "--folder", str(DATA / "quickstart"), "--out", str(out)
    )
    assert code == 0
    assert "launched" in told  # the mapping, before anything else
    assert "425,428 attempts of 1 campaign" in text
    rows = {row["figure"]: row for row in csv.DictReader((out / "calibration.csv").open())}
    truth = {
        "answer_rate": 0.10,
        "transfer_rate": 0.10,
        "attempt_seconds": 25.0,
        "talk_seconds": 180.0,
        "talk_cv": 1.0,
        "answer_rate_day_cv": 0.15,
        "transfer_rate_day_cv": 0.0,
        "talk_day_cv": 0.0,
    }
    for figure, true in truth.items():
        assert float(rows[figure]["low"]) <= true <= float(rows[figure]["high"]), figure
    campaign = read_folder(out).campaigns[0]
    assert campaign.answer_rate == pytest.approx(0.1, rel=0.1)
    assert campaign.schedule == read_folder(DATA / "quickstart").campaigns[0].schedule
    mapping = (out / "mapping.csv").read_text().splitlines()
    assert mapping[:3] == ["field,column,format", "like,attempts,", "campaign_id,campaign_id,"]


def test_json_is_one_document_and_the_mapping_can_be_given_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    rows = "".join(
        f"{1793610000 + 30 * n},{1793610020 + 30 * n},{int(n % 10 == 0)}\n" for n in range(300)
    )
    log.write_text("Start,End,Human\n" + rows)
    mapping = tmp_path / "map.csv"
    mapping.write_text("launched,Start\nended,End\nhuman,Human\ncampaign_id,=Solar\n")
    code, text, _ = run(capsys, str(log), "--map", str(mapping), "--json")
    assert code == 0
    document = json.loads(text)
    figures = {figure["figure"]: figure for figure in document["figures"]}
    assert figures["answer_rate"]["value"] == pytest.approx(0.1)
    assert figures["attempt_seconds"]["value"] is None
    assert "include talk" in figures["attempt_seconds"]["note"]
    assert document["logs"][0]["mapping"]["campaign_id"] == "=Solar"
    assert document["first_day"] == "2026-11-02"


def test_faults_of_logs_are_told_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("when,who\n1,2\n")
    code, _, told = run(capsys, str(log), str(tmp_path / "absent.csv"))
    assert code == 2
    assert "absent.csv" in told
    code, _, told = run(capsys, str(log))
    assert code == 2
    assert "--map" in told
    code, _, told = run(capsys, str(log), str(log))
    assert code == 2
    assert "count twice" in told


def test_python_has_the_same() -> None:
    found = planner.calibrate(DATA / "calls")
    assert isinstance(found, planner.Calibration)
    assert found.estimates.campaign_ids == ("Solar",)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Solar", "what the logs tell is there"),
        ("Wind", "no campaign of the folder is in the logs"),
    ],
)
def test_why_nothing_changes_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, why: str
) -> None:
    log = tmp_path / "log.csv"
    # One in ten is answered by a human, as the folder has it.
    rows = "".join(f"{name},{1793610000 + 60 * n},{int(n % 10 == 0)}\n" for n in range(500))
    log.write_text("campaign_id,launched,human\n" + rows)
    code, text, _ = run(capsys, str(log), "--folder", str(DATA / "quickstart"))
    assert code == 0
    assert f"Nothing changes: {why}" in " ".join(text.split())
