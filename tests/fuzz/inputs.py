"""What each command is handed by the fuzzing: files made wrong, and options to go with them."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from planner.studies.expressions import TARGETS
from planner.tables.cells import columns
from tests.fuzz.books import mutated_book
from tests.fuzz.mutations import DATES, NUMBERS, SEEDS, TEXTS, mutate, mutated

#: Of each search [s]: what is written is checked all the same, and more folders are tried.
_TIME_LIMIT = ("--time-limit", "1")
#: One in so many inputs is a workbook.
_BOOKS = 10
_MOMENTS = ("2030-03-04T09:00+01:00", "2030-03-31T00:30Z", "2030-12-31T23:59-05:00", *DATES)
_VALUES = (*NUMBERS, *DATES, *(text for text in TEXTS if "\0" not in text and "\ud7ff" not in text))
_KEYS = {
    "campaign": ("Solar", "Medicare"),
    "dialer": ("D1", "ATL-1"),
    "assignment": ("Solar.D1", "Medicare.ATL-1", "*.D1"),
    "trunk_group": ("East",),
}
_SWEEPS = ("1..3", "1..1", "3..1", "0.1..0.3", "1..9999999", "-1..1", "a..b", "1...2", "..")


class Run(NamedTuple):
    """A command line, and how its input was made wrong."""

    arguments: tuple[str, ...]
    made: str


def run_of(command: str, seed: int, work: Path, out: Path) -> Run:
    """Make the input of a seed in ``work`` for one of :data:`COMMANDS`, results to go to ``out``.

    Where options are made wrong as well, every other folder is sound: what is wrong with a
    folder is told before they come to bear.
    """
    return COMMANDS[command](seed, work, out)


def _input(seed: int, work: Path) -> tuple[Path, str]:
    """A planning folder or workbook made wrong, and how."""
    folder = work / "in"
    if seed % _BOOKS < _BOOKS - 1:
        return folder, ", ".join(mutated(seed, folder))
    folder = folder.with_suffix(".xlsx")
    folder.write_bytes(mutated_book(seed))
    return folder, "a workbook"


def _input_beside_options(seed: int, work: Path, draw: random.Random) -> tuple[Path, str]:
    """As :func:`_input`, or a sound folder."""
    if draw.random() < 0.5:
        return _input(seed, work)
    return shutil.copytree(draw.choice(SEEDS), work / "in"), "sound"


def _plan(seed: int, work: Path, out: Path) -> Run:
    source, made = _input(seed, work)
    return Run(("plan", str(source), "--out", str(out), *_TIME_LIMIT), made)


def _check(seed: int, work: Path, _out: Path) -> Run:
    source, made = _input(seed, work)
    return Run(("check", str(source)), made)


def _project(seed: int, work: Path, out: Path) -> Run:
    draw = random.Random(f"project {seed}")
    source, made = _input_beside_options(seed, work, draw)
    moment = draw.choice(_MOMENTS[:3] if draw.random() < 0.8 else _MOMENTS)
    hours = draw.choice(("1", "8", "24") if draw.random() < 0.8 else NUMBERS)
    options = [f"--at={moment}", f"--hours={hours}", "--replications=20"]
    return Run(("project", str(source), "--out", str(out), *options), f"{made}; {options}")


def _whatif(seed: int, work: Path, out: Path) -> Run:
    draw = random.Random(f"whatif {seed}")
    source, made = _input_beside_options(seed, work, draw)
    options = [f"--set={_expression(draw)}" for _ in range(draw.choice((1, 1, 2, 3)))]
    options += draw.choice(([], [], ["--replan"], ["--tornado"], ["--name=x", "--set=x"]))
    arguments = ("whatif", str(source), "--out", str(out), *_TIME_LIMIT, *options)
    return Run(arguments, f"{made}; {options}")


def _frontier(seed: int, work: Path, out: Path) -> Run:
    source, made = _input(seed, work)
    few = ("--points", "2", "--levels", "1")
    return Run(("frontier", str(source), "--out", str(out), *_TIME_LIMIT, *few), made)


def _batch(seed: int, work: Path, out: Path) -> Run:
    """Folders of which one is wrong, long tables made wrong, or scenarios of a folder."""
    draw, source = random.Random(f"batch {seed}"), work / "in"
    options: list[str] = []
    match seed % 3:
        case 0:
            shutil.copytree(SEEDS[0], source / "sound")
            made = mutated(seed, source / "wrong")
        case 1:
            _write_long_tables(source)
            made = mutate(draw, source)
        case _:
            shutil.copytree(SEEDS[0], source)
            table = work / "tables" / "scenarios.csv"
            _write_scenarios(draw, table)
            made = mutate(draw, draw.choice((table.parent, table.parent, source)))
            options = ["--scenarios", str(table)]
    options += draw.choice(([], ["--format", "parquet"]))
    arguments = ("batch", str(source), "--out", str(out), *_TIME_LIMIT, *options)
    return Run(arguments, f"{', '.join(made)}; {options}")


def _write_long_tables(folder: Path) -> None:
    """The first example twice, each row with its ``plan_id``."""
    folder.mkdir(parents=True)
    for file in SEEDS[0].glob("*.csv"):
        header, *rows = file.read_text(encoding="utf-8").splitlines()
        lines = [f"plan_id,{header}", *(f"{name},{row}" for name in "ab" for row in rows)]
        (folder / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_scenarios(draw: random.Random, file: Path) -> None:
    file.parent.mkdir()
    rows = [(f"s{n}", _expression(draw), _expression(draw)) for n in range(draw.randrange(4))]
    lines = ["plan_id,set,set_2", *(",".join(row) for row in rows)]
    content = "\n".join(lines) + "\n"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))


def _expression(draw: random.Random) -> str:
    """A change of the examples that may be sound, or wrong in any of its parts."""

    def part(sound: Sequence[str], wrong: Sequence[str]) -> str:
        return draw.choice(sound if draw.random() < 0.9 else wrong)

    kind = part([*TARGETS, "campaign", "dialer"], ("nothing", "", "campaign.", "*"))
    target = TARGETS.get(kind)
    column = part(
        sorted({*columns(target.contract)} - {*target.keys}) if target is not None else ["ports"],
        ("nothing", "", "plan_id", "ports "),
    )
    every = "*.*" if kind == "assignment" else "*"
    key = part([*_KEYS.get(kind, ()), every, every, every], ("Nobody", "", "a.b.c", "*.*", "D1"))
    operator = part(("=", "=", "+=", "-=", "*=", "/="), ("==", "", "=-", "^="))
    value = part(("0", "1", "2", "0.5", "1.5", "60", "true", "false"), (*_VALUES, *_SWEEPS))
    return f"{kind}.{key}.{column}{operator}{value}"


COMMANDS: dict[str, Callable[[int, Path, Path], Run]] = {
    "plan": _plan,
    "check": _check,
    "project": _project,
    "whatif": _whatif,
    "frontier": _frontier,
    "batch": _batch,
}
