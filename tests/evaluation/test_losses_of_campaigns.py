"""Campaigns that lose more than a tenth of their calls are named wherever a plan is told.

One agent line handles h(N) calls an hour of N dial lines: h(3) = 49.846, h(5) = 56.842,
h(7) = 60.48 (tests/support/one_agent.py).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.running.losses import losses
from planner.pipeline.pipeline import plan
from planner.tables.folder_writing import write_folder
from tests.support import one_agent
from tests.support.one_agent import handled, item, lines


def fleet(*campaigns: tuple[str, float], ports: int = 8, **lines_now: int) -> Problem:
    return one_agent.problem(
        one_agent.dialer(ports=ports),
        campaigns=[one_agent.campaign(name, value=value) for name, value in campaigns],
        assignments=tuple(item("D", dial, 1, name) for name, dial in lines_now.items()),
    )


def test_only_what_falls_by_more_than_a_tenth_is_named_the_most_first() -> None:
    problem = fleet(("A", 1.0), ("B", 1.0), ("C", 1.0), ports=24, A=7, B=7, C=7)
    # h(6) / h(7) = 0.974, h(3) / h(7) = 0.824, and C gets nothing at all.
    found = losses(problem, lines(("A", "D", 6, 1), ("B", "D", 3, 1)))
    assert [(loss.campaign_id, loss.calls) for loss in found] == [
        ("C", "transfers"),
        ("B", "transfers"),
    ]
    assert [loss.share for loss in found] == pytest.approx([1.0, 1 - handled(3) / handled(7)])
    assert found[1].before_per_hour == pytest.approx(handled(7))
    assert found[1].after_per_hour == pytest.approx(handled(3))


def test_without_current_lines_nothing_is_lost() -> None:
    assert losses(fleet(("A", 1.0)), lines(("A", "D", 1, 1))) == ()


def test_text_document_and_hand_out_name_the_campaign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Both have 3 + 1 of 8 ports. Calls of Dear are worth ten of Cheap's: it gets 5 dial lines.
    problem = fleet(("Dear", 10.0), ("Cheap", 1.0), Dear=3, Cheap=3)
    write_folder(problem, tmp_path / "fleet")
    found = plan(problem, PlanOptions(gap=0.0))
    assert [loss.campaign_id for loss in found.losses] == ["Cheap"]
    page = tmp_path / "set.html"
    assert main(["plan", str(tmp_path / "fleet"), "--handout", str(page)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert main(["plan", str(tmp_path / "fleet"), "--json"]) == 0
    (document,) = json.loads(capsys.readouterr().out)["losses"]
    assert document["campaign_id"] == "Cheap"
    sentence = f"Cheap loses {100 * (1 - handled(1) / handled(3)):.0f} % of its transfers: 30.9 "
    assert f"{sentence}instead of 49.8 an hour." in told
    assert sentence in page.read_text(encoding="utf-8")
