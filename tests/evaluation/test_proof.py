"""Proofs of drawn fleets hold, and what was tampered with does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import planner
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.proof.check import check_proof
from planner.evaluation.proof.record import Proof
from planner.evaluation.running.cannot_run import runnable_only
from planner.optimize.pricing import split_list
from planner.optimize.search import optimize
from tests.support.draw import draw, write_folder

KINDS = ("plain", "two_sites_halves", "two_failures", "carriers", "pools")


def proven(kind: str, seed: int, folder: Path) -> tuple[Problem, Proof]:
    drawn = draw(kind, seed)
    problem, _ = runnable_only(planner.read_folder(write_folder(drawn.tables, folder)))
    options = PlanOptions(redundancy=drawn.redundancy, failures=drawn.failures, gap=0)
    found = optimize(problem, options)
    assert found.proof is not None
    return problem, found.proof


def with_a_plan(folder: Path) -> tuple[Problem, Proof]:
    """The first drawn fleet that has a plan, worth more than nothing."""
    for seed in range(20):
        problem, proof = proven("plain", seed, folder / str(seed))
        if proof.bound:
            return problem, proof
    raise AssertionError("no drawn fleet has a plan")


@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_of_a_search_is_what_its_proof_proves(kind: str, tmp_path: Path) -> None:
    for seed in range(8):
        problem, proof = proven(kind, seed, tmp_path / f"{kind}{seed}")
        # As a file it is the same.
        read_back = Proof.from_document(proof.as_document())
        assert check_proof(problem, read_back).holds(read_back), seed


def test_a_lower_bound_than_is_proven_does_not_hold(tmp_path: Path) -> None:
    problem, proof = with_a_plan(tmp_path)
    assert proof.bound
    lower = replace(proof, bound=proof.bound - 1.0)
    assert not check_proof(problem, lower).holds(lower)


def test_a_proof_without_one_of_its_boxes_does_not_hold(tmp_path: Path) -> None:
    for seed in range(40):
        problem, proof = proven("two_sites_halves", seed, tmp_path / str(seed))
        if len(proof.nodes) > 1:
            break
    split = next(node for node in proof.nodes if node.children)
    split.children = [split.children[0], split.children[0]]
    assert not check_proof(problem, proof).holds(proof)


def test_a_box_that_holds_a_plan_is_not_empty(tmp_path: Path) -> None:
    problem, proof = with_a_plan(tmp_path)
    for node in proof.nodes:
        if node.duals is not None:
            node.empty = True
    nothing = replace(proof, bound=None)
    assert not check_proof(problem, nothing).holds(nothing)


def test_prices_below_nothing_prove_nothing(tmp_path: Path) -> None:
    problem, proof = with_a_plan(tmp_path)
    for node in proof.nodes:
        if node.duals is not None:
            node.duals["rows"] = dict.fromkeys(node.duals["rows"], -1.0)
            node.duals["rows"][f"ports of {problem.dialers[0].dialer_id}"] = -1.0
    verdict = check_proof(problem, proof)
    assert verdict.fault is not None
    assert not verdict.holds(proof)


def test_a_bound_of_nothing_is_shown_where_one_failure_takes_all(tmp_path: Path) -> None:
    # One agent line is on one dialer, and only what survives its failure counts: nothing.
    folder = write_folder(
        {
            "dialers": [
                {"dialer_id": "D1", "ports": "8", "failure_domain": "S2"},
                {"dialer_id": "D2", "ports": "9", "failure_domain": "S1"},
            ],
            "campaigns": [
                {
                    "campaign_id": "C2",
                    "attempt_seconds": "10.57",
                    "answer_rate": "0.118",
                    "value": "5",
                    "transfer_rate": "0.771",
                    "talk_seconds": "66.9",
                    "agent_lines": "1",
                    "max_abandon_rate": "0.2",
                    "min_dialers": "2",
                    "survivable_share": "0.67",
                }
            ],
        },
        tmp_path,
    )
    options = PlanOptions(redundancy=1.0, gap=0, relax=True)
    result = planner.plan(planner.read_folder(folder), options, explained=False)
    assert result.proof is not None
    assert (result.status.value, result.bound_per_hour) == ("relaxed", 0)
    assert result.proof.checked is True


def test_bounds_hold_where_the_search_lists_no_splits_and_the_check_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What must be reached is a row of the master then; the check has no use for its price."""
    monkeypatch.setattr(split_list, "MOST_KEPT", -1)
    priced = 0
    for seed in range(12):
        problem, proof = proven("pools", seed, tmp_path / str(seed))
        priced += any(node.duals.get("needs") for node in proof.nodes if node.duals)
        assert check_proof(problem, proof).holds(proof), seed
    assert priced > 0
