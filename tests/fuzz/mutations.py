"""Planning folders made wrong in one to three ways: what people and programs really send."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (ROOT / "data" / "quickstart", ROOT / "data" / "regional")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NUMBERS = _words(
    """-1 0 00 007 1.0 1e3 1e308 1e999 -0 +5 .5 5. 0x10 1_000 1,000 1.000,5
    \N{ARABIC-INDIC DIGIT ONE} \N{VULGAR FRACTION ONE HALF} \N{SUPERSCRIPT TWO} \N{INFINITY} inf
    nan NaN -inf 1e-400 99999999999999999999 100000 100001 true None null NA 5% $5 '5 =5 5e 1e+
    --5 5-"""
)
DATES = _words(
    """2026-02-30 2026-13-01 0000-01-01 9999-12-31 1969-12-31 2200-01-01 26-1-1 2026/01/01
    01.02.2026 2026-01-01T24:00 2026-01-01T00:00+99:00 2026-W01-1 20260101 1e9 now"""
)
TEXTS = (
    "\0",
    "a\0b",
    "x" * 300,
    "y" * 200_000,
    "\ufeff",
    "\u202eabc",
    "\ud7ff",
    "a\nb",
    "a\rb",
    '"',
    '""',
    "'",
    ";",
    "|",
    "||",
    "=1+1",
    "@x",
    "../../etc/passwd",
    "%s%n",
    "{}",
    "${x}",
    "<script>",
    "Mon-Fri 25:00-26:00",
    "Mon-Xyz 09:00-17:00",
    "Mon-Sun 00:00-24:00",
    "Sun-Mon 23:00-01:00",
    "America/Nowhere",
    "../UTC",
    "/etc/localtime",
    " ",
    "",
    "💥",
)

Cells = list[list[str]]


def _table(file: Path) -> Cells:
    return [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]


def _save(file: Path, cells: Cells) -> None:
    text = "\n".join(",".join(row) for row in cells) + "\n"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))


def _cell(draw: random.Random, file: Path, values: tuple[str, ...]) -> None:
    cells = _table(file)
    row = draw.choice(cells)
    row[draw.randrange(len(row))] = draw.choice(values)
    _save(file, cells)


def number(draw: random.Random, file: Path) -> None:
    _cell(draw, file, NUMBERS)


def date(draw: random.Random, file: Path) -> None:
    _cell(draw, file, DATES)


def text(draw: random.Random, file: Path) -> None:
    _cell(draw, file, TEXTS)


def ragged(draw: random.Random, file: Path) -> None:
    cells = _table(file)
    row = draw.choice(cells)
    if draw.random() < 0.5:
        row.extend(["9"] * draw.choice([1, 2, 500]))
    else:
        del row[draw.randrange(len(row)) :]
    _save(file, cells)


def repeated(draw: random.Random, file: Path) -> None:
    cells = _table(file)
    cells.insert(draw.randrange(len(cells) + 1), list(draw.choice(cells)))
    _save(file, cells)


def many_rows(draw: random.Random, file: Path) -> None:
    cells = _table(file)
    _save(file, cells + [list(draw.choice(cells)) for _ in range(2000)])


def dangling(draw: random.Random, file: Path) -> None:
    cells = _table(file)
    del cells[draw.randrange(len(cells))]
    _save(file, cells or [[""]])


def shuffled_header(draw: random.Random, file: Path) -> None:
    cells = _table(file)
    draw.shuffle(cells[0])
    _save(file, cells)


def separator(draw: random.Random, file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace(
        ",", draw.choice(["; ", ";", "\t", "|", " ", ""])
    )
    file.write_text(draw.choice(["", "sep=;\n", "sep=\n", 'sep=","\n']) + text, encoding="utf-8")


def encoding(draw: random.Random, file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    name = draw.choice(["utf-16", "utf-16-le", "utf-32", "utf-7", "utf-8-sig", "cp037"])
    file.write_bytes(content.encode(name, "replace"))


def noise(draw: random.Random, file: Path) -> None:
    content = bytearray(file.read_bytes() or b"x")
    for _ in range(draw.choice([1, 5, 50])):
        place = draw.randrange(len(content))
        match draw.randrange(3):
            case 0:
                content[place] = draw.randrange(256)
            case 1:
                content[place:place] = bytes([draw.choice(b'",;\n\r\0\t')])
            case _:
                del content[place : place + draw.randrange(20)]
        content = content or bytearray(b"x")
    file.write_bytes(content)


def emptied(_draw: random.Random, file: Path) -> None:
    file.write_bytes(b"")


def removed(_draw: random.Random, file: Path) -> None:
    file.unlink()


def renamed(draw: random.Random, file: Path) -> None:
    names = [file.name.upper(), f" {file.name}", file.name[1:], file.name + ".csv", "x.csv"]
    file.rename(file.with_name(draw.choice(names)))


def linked(draw: random.Random, file: Path) -> None:
    """A link to nothing, to itself, to a folder, or to a device that never ends."""
    file.unlink()
    ends = [file.parent / "gone", file, file.parent, Path("/dev/null"), Path("/dev/zero")]
    file.symlink_to(draw.choice(ends))


def folder_instead(_draw: random.Random, file: Path) -> None:
    file.unlink()
    file.mkdir()


def absurd(draw: random.Random, file: Path) -> None:
    """A whole column at one of its ends."""
    cells = _table(file)
    place = draw.randrange(len(cells[0]))
    value = draw.choice(["0", "1", "100000", "1e-9", "1e9", "1000000000"])
    for row in cells[1:]:
        if place < len(row):
            row[place] = value
    _save(file, cells)


MUTATIONS: tuple[Callable[[random.Random, Path], None], ...] = (
    number,
    date,
    text,
    ragged,
    repeated,
    many_rows,
    dangling,
    shuffled_header,
    separator,
    encoding,
    noise,
    emptied,
    removed,
    renamed,
    linked,
    folder_instead,
    absurd,
)


def mutated(seed: int, folder: Path) -> list[str]:
    """Make a wrong planning folder and return how it was made wrong."""
    draw = random.Random(seed)
    shutil.copytree(draw.choice(SEEDS), folder)
    return mutate(draw, folder)


def mutate(draw: random.Random, folder: Path) -> list[str]:
    """Make the tables of a folder wrong in one to three ways; tells how."""
    made = []
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        files = sorted(f for f in folder.iterdir() if f.suffix == ".csv" and not f.is_symlink())
        files = [file for file in files if file.is_file()]
        if not files:
            break
        mutation, file = draw.choice(MUTATIONS), draw.choice(files)
        try:
            mutation(draw, file)
        except (UnicodeError, IndexError, ValueError):
            continue  # an earlier one has left no table to change
        made.append(f"{mutation.__name__} of {file.name}")
    return made
