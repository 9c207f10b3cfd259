"""Problems, lines and projections as tables: what is written reads back the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import AssignmentFigures, Engine, Status
from planner.tables.folder import read_folder, read_uploads
from planner.tables.folder_writing import (
    PROJECTION_COLUMNS,
    write_assignments,
    write_folder,
    write_projection,
)
from tests.support.builders import solar

DATA = Path(__file__).parents[2] / "data"
DIALERS = b"dialer_id,ports\nD1,100\n"
CAMPAIGNS = (
    b"campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds\n"
    b"Solar,10,25,0.1,0.1,180\n"
)


def fleet(assignments: str = "campaign_id,dialer_id,dial_lines,agent_lines\n") -> Problem:
    """One campaign on one dialer, with these lines."""
    lines = assignments.encode()
    return read_uploads(
        {"dialers.csv": DIALERS, "campaigns.csv": CAMPAIGNS, "assignments.csv": lines}
    )


@pytest.mark.parametrize("name", ["quickstart", "regional"])
def test_the_examples_round_trip(name: str, tmp_path: Path) -> None:
    problem = read_folder(DATA / name)
    write_folder(problem, tmp_path)
    assert read_folder(tmp_path) == problem


def test_writing_over_a_folder_leaves_no_old_rows(tmp_path: Path) -> None:
    full, bare = read_folder(DATA / "regional"), fleet()
    write_folder(full, tmp_path)
    write_folder(bare, tmp_path)
    assert read_folder(tmp_path) == bare


def test_assignments_are_written_as_a_table_of_a_folder(tmp_path: Path) -> None:
    lines = (
        LineAssignment(
            campaign_id="Solar", dialer_id="D1", dial_lines=95, agent_lines=5, locked=True,
            busy_agent_lines=2, status="stopped",
        ),
    )  # fmt: skip
    write_assignments(tmp_path / "assignments.csv", lines)
    table = (tmp_path / "assignments.csv").read_text()
    assert fleet(table).assignments == lines


def test_the_projection_has_the_columns_of_its_contract(tmp_path: Path) -> None:
    first = AssignmentFigures(
        campaign_id="=Solar", dialer_id="D1", dial_lines=95, agent_lines=5,
        status=Status.ALL_BUSY, reason="Busy.", advice="Wait.", engine=Engine.SIMULATE,
        all_busy_share=0.1 + 0.2, low={"all_busy_share": 0.25}, high={"all_busy_share": 0.35},
    )  # fmt: skip
    second = first.model_copy(update={"engine": Engine.MARKOV, "low": {}, "high": {}})
    path = tmp_path / "projection.csv"
    write_projection(path, (first, second))
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert ",".join(header) == (
        "campaign_id,dialer_id,dial_lines,agent_lines,status,reason,engine,all_busy_share,"
        "agent_occupancy,transfers_per_hour,abandons_per_hour,abandon_rate,transfer_loss,"
        "attempts_per_hour,live_answers_per_hour,pauses_per_hour,mean_pause_seconds,"
        "seconds_to_all_busy_mean,seconds_to_all_busy_p50,seconds_to_all_busy_p90,"
        "p_all_busy_5min,p_all_busy_15min,p_all_busy_60min,advice,"
        "all_busy_share_low,all_busy_share_high"
    )
    assert tuple(header[: len(PROJECTION_COLUMNS)]) == PROJECTION_COLUMNS
    assert rows[0][:8] == [
        "'=Solar", "D1", "95", "5", "Stopped Due to All Agent Lines Busy", "Busy.", "simulate",
        "0.30000000000000004",
    ]  # fmt: skip
    assert rows[0][-2:] == ["0.25", "0.35"]
    assert rows[1][-2:] == ["", ""]
    assert rows[1][8] == ""


def test_an_id_that_looks_like_a_formula_survives(tmp_path: Path) -> None:
    problem = fleet().model_copy(update={"campaigns": (solar(campaign_id="=1+1"),)})
    write_folder(problem, tmp_path)
    assert "\n'=1+1," in (tmp_path / "campaigns.csv").read_text()
    assert read_folder(tmp_path) == problem
