"""Runs a notebook's code cells one after the other, as Jupyter would.

``python -m tests.support.notebook docs/python.ipynb`` writes what they print into it.
"""

from __future__ import annotations

import ast
import io
import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def outputs(notebook: dict[str, Any]) -> list[str]:
    """What each code cell prints, and the value of its last line, run from the top of the clone."""
    space: dict[str, Any] = {"__name__": "notebook"}
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        return [_printed("".join(cell["source"]), space) for cell in cells]
    finally:
        os.chdir(before)


def _printed(source: str, space: dict[str, Any]) -> str:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    told = io.StringIO()
    with redirect_stdout(told):
        exec(compile(tree, "cell", "exec"), space)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), space)
            if value is not None:
                print(repr(value))
    return told.getvalue()


def kept(notebook: dict[str, Any]) -> list[str]:
    """What the notebook says that its code cells print."""
    return [
        "".join("".join(output["text"]) for output in cell["outputs"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def main() -> None:
    path = Path(sys.argv[1])
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, (cell, text) in enumerate(zip(code, outputs(notebook), strict=True), start=1):
        lines = text.splitlines(keepends=True)
        cell["execution_count"] = number
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": lines}] * bool(text)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
