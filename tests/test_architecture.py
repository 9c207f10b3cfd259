"""What keeps the code easy to read: short functions, few arguments, files and folders of one size.

What is above a limit stands here with its size, which it may lose and not gain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "planner"

MOST_LINES, MOST_ARGUMENTS, MOST_FILE_LINES, MOST_MODULES = 60, 8, 400, 14

#: Each a list of like things, which are found faster in one place; but for the first, whose steps
#: each need what those before it found.
LONG = {
    "pipeline/pipeline.py plan": 68,
    "app/editing/assessment_charts.py statuses_by_dialer": 61,
    "app/pages/plan/grid.py _columns": 63,
}
#: Public names, whose options are keywords that stay as they are; and figures of the field that
#: belong to one pair or chain.
PUBLIC = {
    "pipeline/pipeline.py plan": 11,
    "studies/whatif.py whatif": 11,
    "traffic/exact/hold.py all_busy_transient": 10,
    "traffic/exact/passage_in_spans.py passage_in_spans": 10,
}
#: Kernels in which a record of many arrays would be taken apart at each of millions of calls, and
#: what hands their arguments on.
KERNELS = {
    "calibration/emulation/kernel.py end_attempt": 9,
    "calibration/emulation/kernel.py run_day": 10,
    "optimize/heuristics/agent_moves.py _carry": 9,
    "optimize/heuristics/annealing.py _run": 10,
    "optimize/heuristics/annealing.py _steps": 10,
    "optimize/pricing/survival/buckets.py tighten_piece": 10,
    "optimize/pricing/survival/capped_program.py _block_profile": 9,
    "traffic/simulation/flow/fluid_kernel.py run": 9,
}
#: The problem, what is asked for, and what is known already: still to be made records.
SEARCHES = {
    "evaluation/proof/listed.py largest_listed": 9,
    "optimize/heuristics/parallel_annealing.py cool_down": 10,
    "optimize/master/column_generation.py generate_columns": 9,
    "optimize/one_more.py one_more": 10,
    "optimize/search.py _optimize": 9,
}
MANY = PUBLIC | KERNELS | SEARCHES
FOLDERS = {"optimize": 17, "studies": 15}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with its file and name."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{file.relative_to(PACKAGE).as_posix()} {node.name}", node


def lines_of(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    first = function.body[0]
    return lines - ((first.end_lineno or 0) - first.lineno + 1)


def arguments_of(function: ast.FunctionDef) -> int:
    """Arguments that callers give."""
    given = function.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def test_functions_are_short() -> None:
    sizes = {name: lines_of(function) for name, function in functions()}
    assert len(sizes) > 1000
    assert {n: k for n, k in sizes.items() if k > LONG.get(n, MOST_LINES)} == {}


def test_functions_take_few_arguments() -> None:
    sizes = {name: arguments_of(function) for name, function in functions()}
    assert {n: k for n, k in sizes.items() if k > MANY.get(n, MOST_ARGUMENTS)} == {}


def test_files_are_short() -> None:
    sizes = {
        file.relative_to(PACKAGE).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in PACKAGE.rglob("*.py")
    }
    assert {name: k for name, k in sizes.items() if k > MOST_FILE_LINES} == {}


def test_rooms_hold_few_modules() -> None:
    sizes = {
        folder.relative_to(PACKAGE).as_posix(): len(
            [file for file in folder.glob("*.py") if file.name != "__init__.py"]
        )
        for folder in {file.parent for file in PACKAGE.rglob("*.py")}
    }
    assert {n: k for n, k in sizes.items() if k > FOLDERS.get(n, MOST_MODULES)} == {}
