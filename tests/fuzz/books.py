"""Workbooks made wrong: damaged archives, deep and false XML, cells of every kind."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from typing import Any

import openpyxl

from tests.fuzz.mutations import DATES, NUMBERS, SEEDS, TEXTS

_VALUES: list[Any] = [*NUMBERS, *DATES, *(t for t in TEXTS if t.isprintable()), 1e300, -1, True]


def workbook(draw: random.Random) -> bytes:
    """A sound workbook of an example, some of its cells replaced."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    for file in sorted(draw.choice(SEEDS).glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        with file.open(newline="", encoding="utf-8") as lines:
            for row in csv.reader(lines):
                sheet.append(row)
        if draw.random() < 0.2:
            line, column = draw.randint(1, sheet.max_row), draw.randint(1, sheet.max_column)
            sheet.cell(line, column).value = draw.choice(_VALUES)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mutated_book(seed: int) -> bytes:
    """A workbook that is wrong in its cells, its XML, or its archive."""
    draw = random.Random(seed)
    content = workbook(draw)
    match draw.randrange(5):
        case 0:
            return content
        case 1:
            broken = bytearray(content)
            for _ in range(draw.choice([1, 20])):
                broken[draw.randrange(len(broken))] = draw.randrange(256)
            return bytes(broken)
        case 2:
            return content[: draw.randrange(len(content))]
        case _:
            return _with_other_parts(draw, content)


def _with_other_parts(draw: random.Random, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        target = draw.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == target:
                part = _other_xml(draw, part)
            if part or draw.random() < 0.5:
                new.writestr(name, part)
    return out.getvalue()


def _other_xml(draw: random.Random, part: bytes) -> bytes:
    deep = b"<a>" * 20_000 + b"</a>" * 20_000
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><x>&b;</x>'
    place = draw.randrange(len(part) or 1)
    cut = part[:place] + part[place + draw.randrange(30) :]
    return draw.choice([b"", b"<", deep, bomb, cut, part * 2, part.replace(b'r="', b'r="ZZZ')])
