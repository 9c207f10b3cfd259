"""Numbers so large that planning tables would exhaust memory are told with their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.contracts.faults import InputError
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.pipeline.pipeline import plan, project, simulate
from planner.tables.folder import read_folder

FIGURES: dict[str, Any] = {
    "attempt_seconds": 20.0,
    "answer_rate": 0.5,
    "transfer_rate": 0.5,
    "talk_seconds": 60.0,
}


def folder(path: Path, ports: int, agents: list[int]) -> Path:
    (path / "dialers.csv").write_text(f"dialer_id,ports\nD,{ports}\n")
    head = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds\n"
    lines = (f"C{place},{count},2{place},0.5,0.5,60\n" for place, count in enumerate(agents))
    (path / "campaigns.csv").write_text(head + "".join(lines))
    return path


def test_an_absurd_number_of_agent_lines_is_told_with_its_row(tmp_path: Path) -> None:
    # 100,000 ports hold 50,000 agent lines with a dial line each: 100,001 x 50,001 entries.
    with pytest.raises(InputError) as caught:
        read_folder(folder(tmp_path, 100_000, [3, 100_000]))
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.column) == ("campaigns.csv", 3, "agent_lines")
    assert "5,000,150,001 entries" in fault.expected


def test_many_campaigns_that_are_too_large_together_are_told(tmp_path: Path) -> None:
    # 100,001 x 41 entries each: each is sound alone, six exceed 20 millions.
    assert len(read_folder(folder(tmp_path, 100_000, [40] * 4)).campaigns) == 4
    with pytest.raises(InputError, match=r"24,600,246, of at most 20,000,000"):
        read_folder(folder(tmp_path, 100_000, [40] * 6))


def test_campaigns_of_equal_figures_share_a_table() -> None:
    from planner.contracts.table_size import extent_faults

    campaigns = tuple(Campaign(campaign_id=f"C{c}", agent_lines=40, **FIGURES) for c in range(50))
    given = Problem(dialers=(Dialer(dialer_id="D", ports=100_000),), campaigns=campaigns)
    assert list(extent_faults(given)) == []


def test_agent_lines_that_no_dialer_can_hold_need_no_table(tmp_path: Path) -> None:
    assert read_folder(folder(tmp_path, 200, [100_000])).campaigns[0].agent_lines == 100_000


def test_from_python_the_campaign_is_named() -> None:
    campaign = Campaign(campaign_id="C", agent_lines=100_000, **FIGURES)
    given = Problem(dialers=(Dialer(dialer_id="D", ports=100_000),), campaigns=(campaign,))
    with pytest.raises(InputError, match="Campaign C"):
        plan(given)


def test_lines_that_take_too_long_to_project_are_told() -> None:
    campaign = Campaign(campaign_id="C", agent_lines=100_000, **FIGURES)
    lines = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=100_000, agent_lines=100_000)
    given = Problem(
        dialers=(Dialer(dialer_id="D", ports=200),), campaigns=(campaign,), assignments=(lines,)
    )
    with pytest.raises(InputError, match="C on D"):
        project(given)


def test_calls_that_last_too_long_to_be_simulated_are_told() -> None:
    # In one call of 1e9 seconds a dial line makes fifty million attempts.
    figures = FIGURES | {"talk_seconds": 1e9, "attempt_cv": 0.5}
    campaign = Campaign(campaign_id="C", agent_lines=5, **figures)
    lines = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=9, agent_lines=5)
    given = Problem(
        dialers=(Dialer(dialer_id="D", ports=20),), campaigns=(campaign,), assignments=(lines,)
    )
    with pytest.raises(InputError, match="campaigns, C, column talk_seconds"):
        simulate(given, hours=0.1)
