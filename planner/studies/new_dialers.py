"""One more dialer like another one: ``dialer.NEW.like=D1``."""

from __future__ import annotations

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.evaluation.worth.changed import NewDialer
from planner.studies.expressions import LIKE, read_expression


def with_new_dialers(
    problem: Problem, texts: list[str], faults: list[Fault]
) -> tuple[Problem, list[str]]:
    """The problem with the dialers that expressions add, and the other expressions.

    They come before all others, which may then be about a new dialer, too.

    Parameters
    ----------
    problem : stays as it is
    texts : expressions
    faults : those of expressions that add a dialer are put here
    """
    rest = []
    for text in texts:
        if LIKE.fullmatch(text.strip()) is None:
            rest.append(text)
            continue
        try:
            read = read_expression(text, problem)
            problem = NewDialer(read.value, read.key[0]).apply(problem)
        except InputError as error:
            faults += error.faults
    return problem, rest
