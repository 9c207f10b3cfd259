"""What-if answers with the nearest plan: what is given up, who keeps it, and what comes back."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from planner.contracts.answers import NeededSearch
from planner.contracts.comparison import Comparison, Replanned
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import PlanStatus
from planner.report.html.whatif import comparison_page
from planner.report.studies.whatif import comparison_text, first_move_sentences, part_of_loss
from planner.report.studies.whatif_files import comparison_document, write_comparison_files
from planner.studies.whatif import whatif
from tests.support.builders import solar
from tests.support.reference import hourly_rates
from tests.support.results import two_dialers

D1_DOWN = ["dialer.D1.in_service=false"]


def lines(dialer_id: str, dial: int, agents: int, name: str = "Solar") -> LineAssignment:
    return LineAssignment(
        campaign_id=name, dialer_id=dialer_id, dial_lines=dial, agent_lines=agents
    )


def down(**changes: Any) -> tuple[Comparison, Replanned]:
    fields: dict[str, Any] = {"assignments": (lines("D1", 95, 5), lines("D2", 95, 5))}
    compared = whatif(two_dialers(**(fields | changes)), {"down": D1_DOWN}, replan=True)
    found = compared.worlds[0].replanned
    assert found is not None
    assert found.outcome is not None
    return compared, found


def words(compared: Comparison) -> str:
    return " ".join(comparison_text(compared).split())


def best_of(ports: int, agents_on_shift: int = 10) -> float:
    """The most that Solar earns with so many ports of one dialer, of all splits of them."""
    return max(
        hourly_rates(solar(), ports - agents, agents)[0]
        for agents in range(1, min(agents_on_shift, ports // 2) + 1)
    )


def test_a_requirement_of_two_dialers_is_given_up_where_one_is_left() -> None:
    compared, found = down(campaigns=(solar(min_dialers=2),))
    (item,) = found.given_up
    assert (item.requirement, item.asked, item.got) == ("min_dialers", 2.0, 1.0)
    assert found.status is PlanStatus.RELAXED
    assert found.outcome is not None
    assert found.outcome.value_per_hour == pytest.approx(best_of(100), rel=1e-3)
    assert found.outcome.breaches == ()  # what is given up is told once
    said = words(compared)
    assert "Solar (priority 1): should run on 2 dialers, runs on 1." in said
    assert said.index("Given up") < said.index("Moves, in this order")
    assert "No plan meets all requirements" not in said


def test_who_keeps_the_lines_is_named() -> None:
    # 2 ports on each dialer that is left hold one dial and one agent line: Solar, which is to run
    # on two dialers, takes both, and Tax has no port.
    problem = Problem(
        dialers=tuple(Dialer(dialer_id=f"D{n}", ports=2) for n in (1, 2, 3)),
        campaigns=(solar(min_dialers=2), solar(campaign_id="Tax", priority=2)),
        assignments=(lines("D1", 1, 1, "Tax"), lines("D2", 1, 1), lines("D3", 1, 1)),
    )
    compared = whatif(problem, {"down": D1_DOWN}, replan=True)
    told = "Tax (priority 2) goes without lines so that Solar (priority 1) can have its two dialers"
    assert told in words(compared)
    assert told in comparison_page(compared)


def test_a_share_that_throttles_what_is_left_is_told_with_the_plan_without_it() -> None:
    # With 60 and 6 ports left, 40 % survive the loss of D2 only if D2 earns at most 0.605 / 0.395
    # of what 6 ports bring: without the share 60 ports earn far more.
    problem = Problem(
        dialers=(
            Dialer(dialer_id="D1", ports=60),
            Dialer(dialer_id="D2", ports=60),
            Dialer(dialer_id="D3", ports=6),
        ),
        campaigns=(solar(survivable_share=0.4),),
        assignments=(lines("D1", 50, 5), lines("D2", 50, 5)),
    )
    compared = whatif(problem, {"down": D1_DOWN}, replan=True)
    found = compared.worlds[0].replanned
    assert found is not None
    assert found.outcome is not None
    assert found.given_up == ()
    most_survivable = best_of(6) / 0.395
    assert found.outcome.value_per_hour <= most_survivable * (1 + 1e-6)
    (beside,) = found.unasked
    assert beside.requirement == "survivable_share"
    assert beside.value_per_hour >= best_of(60) * (1 - 0.01)
    assert "A share of the calls survives any failure (Solar): without that" in words(compared)
    assert found.outcome is not None
    (large,) = [a for a in beside.lines if a.dialer_id == "D2"]
    (throttled,) = [a for a in found.outcome.lines if a.dialer_id == "D2"]
    assert large.dial_lines > throttled.dial_lines  # it need carry no more than what is left may
    differ = (
        f"Solar on D2 {large.dial_lines} + {large.agent_lines} instead of "
        f"{throttled.dial_lines} + {throttled.agent_lines}"
    )
    assert differ in words(compared)


def test_moves_tell_the_share_of_the_loss_that_they_bring_back() -> None:
    compared, found = down()
    # Two dialers of 95 + 5 lines earn 158.520786, one 79.260393; 90 + 10 lines on the one left
    # earn the best of 100 ports.
    back = (best_of(100) - 79.260393) / (158.520786 - 79.260393)
    document = comparison_document(compared)["worlds"][0]["replanned"]
    assert document["value_before_failure"] == pytest.approx(158.520786, abs=1e-5)
    (move,) = document["moves"]
    assert move["brought_back"] == pytest.approx(back, abs=1e-3)
    assert f"Brings back {100 * back:.0f} % of the loss" in words(compared)
    assert found.given_up == ()


def test_more_than_the_loss_has_no_share() -> None:
    assert part_of_loss(0.47) == "47 % of the loss"
    assert part_of_loss(1.0) == "100 % of the loss"
    assert part_of_loss(3.81) == "more than the loss"


def test_tables_tell_what_is_given_up(tmp_path: Path) -> None:
    compared, _ = down(campaigns=(solar(min_dialers=2),))
    write_comparison_files(tmp_path, compared)
    with (tmp_path / "given_up.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["world"], row["campaign_id"], row["requirement"]) == (
        "down",
        "Solar",
        "min_dialers",
    )
    assert (row["asked"], row["got"]) == ("2.0", "1.0")


def test_a_campaign_without_agents_takes_nothing_from_the_others() -> None:
    nobody = solar(campaign_id="Tax", agent_lines=0, min_dialers=2)
    _, found = down(campaigns=(solar(), nobody))
    assert [item.campaign_id for item in found.left_out] == ["Tax"]
    assert found.given_up == ()


def test_after_a_loss_what_brings_back_most_comes_first() -> None:
    # Broadcasts: a line brings 120 * 0.5 = 60 messages an hour. A lost 20 lines worth 60 * 10 each
    # and B 30 worth 60; both have room on dialers of their own: 12,000 and 1,800 of the 13,800.
    figures: dict[str, Any] = {"kind": "broadcast", "attempt_seconds": 30, "answer_rate": 0.5}
    problem = Problem(
        dialers=(
            Dialer(dialer_id="D1", ports=50),
            Dialer(dialer_id="D2", ports=30),
            Dialer(dialer_id="D3", ports=20),
        ),
        campaigns=(
            Campaign(campaign_id="B", allowed_dialers=("D1", "D2"), **figures),
            Campaign(campaign_id="A", value=10.0, allowed_dialers=("D1", "D3"), **figures),
        ),
        assignments=(lines("D1", 30, 0, "B"), lines("D1", 20, 0, "A")),
    )
    compared = whatif(problem, {"down": D1_DOWN}, replan=True)
    moves = comparison_document(compared)["worlds"][0]["replanned"]["moves"]
    assert [move["campaign_id"] for move in moves] == ["A", "B"]
    parts = [move["brought_back"] for move in moves]
    assert parts == pytest.approx([12_000 / 13_800, 1_800 / 13_800])


def test_once_the_dialer_is_back_the_moves_lead_to_the_lines_as_they_were() -> None:
    compared, found = down()
    assert found.outcome is not None
    now = {(a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in found.outcome.lines}
    for move in found.moves_back:
        place = move.campaign_id, move.dialer_id
        assert now.get(place, (0, 0)) == (move.dial_lines_from, move.agent_lines_from)
        now[place] = move.dial_lines_to, move.agent_lines_to
    assert now == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}
    # Two of 95 + 5 lines: README, 158.520786 an hour.
    assert found.moves_back[-1].value_after == pytest.approx(158.520786)
    title = "Once what is lost is back: to the lines as they were"
    assert title in words(compared)
    assert title in comparison_page(compared)
    (world,) = comparison_document(compared)["worlds"]
    assert len(world["replanned"]["moves_back"]) == len(found.moves_back)


def test_nothing_comes_back_where_no_dialer_was_lost() -> None:
    problem = two_dialers(assignments=(lines("D1", 95, 5), lines("D2", 95, 5)))
    fewer = whatif(problem, {"fewer": ["campaign.Solar.agent_lines-=2"]}, replan=True).worlds[0]
    assert fewer.replanned is not None
    assert fewer.replanned.moves_back == ()


def test_a_first_answer_has_the_moves_and_words_of_the_whole_one() -> None:
    problem = two_dialers(
        campaigns=(solar(min_dialers=2),),
        assignments=(lines("D1", 95, 5), lines("D2", 95, 5)),
    )
    whole = whatif(problem, {"down": D1_DOWN}, replan=True).worlds[0].replanned
    first = (
        whatif(problem, {"down": D1_DOWN}, replan=True, engine="markov", first=True)
        .worlds[0]
        .replanned
    )
    assert whole is not None
    assert first is not None
    assert first.moves == whole.moves
    assert first_move_sentences(first) == first_move_sentences(whole) != []
    assert first.given_up == whole.given_up != ()
    # What the moves do not wait for.
    assert first.unasked == first.moves_back == first.needed == ()
    assert first.needed_search is NeededSearch.NOT_SOUGHT
    assert whole.needed_search is NeededSearch.FOUND
    assert [way.set for way in whole.needed] == [("dialer.D1.in_service=true",)]
