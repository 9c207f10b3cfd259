"""Proofs as files: written beside a plan, and checked against what the plan claims."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from planner.cli.exit_codes import BAD_INPUT, DONE
from planner.cli.files.output_folder import writing_file
from planner.contracts.faults import Fault, InputError
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanStatus
from planner.evaluation.proof.record import Proof
from planner.report.documents import to_json
from planner.tables.folder import read_folder
from planner.tables.writing import write_text

#: Claims are compared with this relative rounding.
ROUNDING = 1e-6


def write_proofs(path: Path, proofs: Sequence[Proof]) -> None:
    """Write what the bounds of a plan rest on; an empty list where that cannot be written down."""
    document = {"proofs": [proof.as_document() for proof in proofs]}
    with writing_file(path, "--proof"):
        write_text(path, json.dumps(document, separators=(",", ":")) + "\n")


def check_claims(folder: Path, proof: Path | None, plan: Path | None, as_json: bool) -> int:
    """Say whether a proof proves what a plan claims.

    Raises
    ------
    InputError
        If a file is missing, or is none of a plan or a proof.
    """
    if proof is None or plan is None:
        missing = "--proof" if proof is None else "--plan"
        wanted = f"{missing} beside it: a proof is checked against the plan that claims it"
        raise InputError([Fault("check", None, None, None, wanted)])
    claims = _read(plan)
    found = _verdict(folder, _proofs(proof), plan, claims)
    if as_json:
        print(to_json(found), end="")
    else:
        print(found["words"])
    return DONE if found["holds"] else BAD_INPUT


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError([Fault(str(path), None, None, None, f"a JSON file ({why})")]) from error
    if not isinstance(document, dict):
        raise InputError([Fault(str(path), None, None, None, "a JSON document")])
    return document


def _proofs(path: Path) -> list[Proof]:
    try:
        return [Proof.from_document(item) for item in _read(path)["proofs"]]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError([Fault(str(path), None, None, None, f"a proof ({error})")]) from error


def _planned_problem(problem: Problem, claims: dict[str, Any]) -> Problem:
    """What was planned: who could run at the moment of the plan, and what was needed from then."""
    from planner.evaluation.running.cannot_run import runnable_only
    from planner.projection.figures.abandon_days import with_abandon_days
    from planner.projection.hours.finish import with_attempts_needed
    from planner.studies.week.spans import at_moment

    at = datetime.fromisoformat(claims["at"]) if claims.get("at") else None
    if at is not None and "idle" in claims:  # a plan of --interval
        problem, _ = at_moment(problem, at)
    if at is not None:
        problem = with_attempts_needed(problem, at)
    share = claims.get("options", {}).get("abandon_days")
    return with_abandon_days(runnable_only(problem, at)[0], share)


def _verdict(
    folder: Path, proofs: Sequence[Proof], plan: Path, claims: dict[str, Any]
) -> dict[str, Any]:
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.limits.check import REQUIREMENT_RULES, check
    from planner.evaluation.proof.check import check_proof

    problem = _planned_problem(read_folder(folder), claims)
    if not problem.campaigns and not claims.get("bound_per_hour") and not claims.get("assignments"):
        return {"holds": True, "words": "Checked: no campaign can run, and 0 an hour is the most."}
    if not proofs:
        return {"holds": False, "words": "There is no proof in the file: nothing is proven."}
    verdicts = [check_proof(problem, item) for item in proofs]
    for number, (verdict, item) in enumerate(zip(verdicts, proofs, strict=True), start=1):
        if not verdict.holds(item):
            fault = verdict.fault or f"it proves {verdict.bound}, and claims {item.bound}"
            return {"holds": False, "words": f"Proof {number} does not hold: {fault}."}
    last = verdicts[-1]
    if claims.get("status") == PlanStatus.INFEASIBLE:
        holds = last.bound is None
        words = "no plan meets all requirements" if holds else "there may be a plan"
        return {"holds": holds, "words": f"Checked: {words}."}
    lines = _lines(plan, claims)
    options = claims.get("options", {})
    failures = int(options.get("failures", 1))
    relaxed = claims.get("status") == PlanStatus.RELAXED
    broken = [
        breach.message
        for breach in check(problem, lines, failures=failures)
        if not (relaxed and breach.rule in REQUIREMENT_RULES)
    ]
    if broken:
        return {"holds": False, "words": "The plan breaks limits: " + " ".join(broken)}
    redundancy, move_cost = float(options.get("redundancy", 0)), float(options.get("move_cost", 0))
    value = evaluate(
        problem, lines, redundancy, failures=failures, move_cost=move_cost
    ).value.value_per_hour
    bound = max(last.bound if last.bound is not None else value, value)
    told = claims.get("value_per_hour"), claims.get("bound_per_hour")
    near = ROUNDING * (1 + abs(value))
    holds = abs((told[0] or 0.0) - value) <= near and (told[1] or 0.0) >= bound - near
    words = (
        f"Checked: the plan holds its limits and is worth {value:,.4f} an hour; no plan is "
        f"worth more than {bound:,.4f}."
        if holds
        else f"The plan claims {told[0]} of at most {told[1]}; checked: {value} of at most {bound}."
    )
    return {"holds": holds, "value_per_hour": value, "bound_per_hour": bound, "words": words}


def _lines(plan: Path, claims: dict[str, Any]) -> LinePlan:
    try:
        rows = [
            LineAssignment(**{name: row[name] for name in
                              ("campaign_id", "dialer_id", "dial_lines", "agent_lines")})
            for row in claims["assignments"]
        ]  # fmt: skip
    except (KeyError, TypeError, InputError) as error:
        raise InputError([Fault(str(plan), None, None, None, "a plan.json")]) from error
    return LinePlan(assignments=tuple(rows))
