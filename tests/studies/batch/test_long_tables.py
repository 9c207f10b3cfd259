"""Long tables as the problems of a batch."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.studies.batch.input.items import Context
from planner.studies.batch.input.sources import Problems, open_problems
from planner.tables.folder import read_folder
from tests.support.batches import CAMPAIGNS, DIALERS, campaign, dialer, folders, tables, write


def read(source: Path, work: Path) -> tuple[list[tuple[str, Problem]], Problems]:
    work.mkdir()
    with open_problems(source, None, work) as problems:
        context = Context(PlanOptions(), frames=problems.frames)
        return [(i.plan_id, i.source.problem(context)) for i in problems.items()], problems


def test_long_tables_hold_the_same_problems_as_folders(tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    found, problems = read(tables(tmp_path / "long", names), tmp_path / "work")
    folder = folders(tmp_path / "folders", names)
    assert problems.count == 3
    assert found == [(name, read_folder(folder / name)) for name in names]


def test_rows_of_a_problem_may_stand_anywhere(tmp_path: Path) -> None:
    source = tmp_path / "long"
    two = [["x", "D1", 5], ["y", "D1", 6], ["x", "D2", 7]]
    write(source / "dialers.csv", ["plan_id", *DIALERS], two)
    backwards = [["y", *campaign(2)], ["x", *campaign(1)]]
    write(source / "campaigns.csv", ["plan_id", *CAMPAIGNS], backwards)
    found, _ = read(source, tmp_path / "work")
    problems = dict(found)
    assert [name for name, _ in found] == ["x", "y"]  # the order of dialers.csv
    assert [d.ports for d in problems["x"].dialers] == [5, 7]
    assert problems["y"].campaigns[0].agent_lines == 2


def test_faults_name_the_line_of_the_long_table(tmp_path: Path) -> None:
    source = tables(tmp_path / "long", ["a", "b"])
    rows = [["a", *dialer()], ["b", *dialer("many")], ["b", "D2", 5]]
    write(source / "dialers.csv", ["plan_id", *DIALERS], rows)
    work = tmp_path / "work"
    work.mkdir()
    with open_problems(source, None, work) as problems:
        context = Context(PlanOptions(), frames=problems.frames)
        good, bad = problems.items()
        good.source.problem(context)
        with pytest.raises(InputError) as caught:
            bad.source.problem(context)
    fault = caught.value.faults[0]
    assert (fault.file, fault.line, fault.column, fault.value) == (
        "dialers.csv",
        3,
        "ports",
        "many",
    )


def test_a_problem_without_rows_in_a_needed_table_is_bad_alone(tmp_path: Path) -> None:
    source = tables(tmp_path / "long", ["a", "b"])
    write(source / "campaigns.csv", ["plan_id", *CAMPAIGNS], [["a", *campaign()]])
    work = tmp_path / "work"
    work.mkdir()
    with open_problems(source, None, work) as problems:
        context = Context(PlanOptions(), frames=problems.frames)
        good, bad = problems.items()
        good.source.problem(context)
        with pytest.raises(InputError, match=r"campaigns\.csv: expected this table"):
            bad.source.problem(context)


def test_rows_that_name_no_problem_are_told_with_their_line(tmp_path: Path) -> None:
    source = tables(tmp_path / "long", ["a"])
    rows = [["a", *dialer()], ["", "D2", 5], [" ", "D3", 5]]
    write(source / "dialers.csv", ["plan_id", *DIALERS], rows)
    found, problems = read(source, tmp_path / "work")
    assert len(found) == 1
    assert [(fault.line, fault.column) for fault in problems.orphans] == [
        (3, "plan_id"),
        (4, "plan_id"),
    ]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [(DIALERS, "plan_id"), (["plan_id", "dialer_id", "port"], "perhaps ports")],
)
def test_wrong_columns_are_told_once_for_all_problems(
    tmp_path: Path, header: list[str], wanted: str
) -> None:
    source = tables(tmp_path / "long", ["a", "b"])
    write(source / "dialers.csv", header, [[1] * len(header), [2] * len(header)])
    with pytest.raises(InputError, match=wanted) as caught:
        read(source, tmp_path / "work")
    assert sum("perhaps" in fault.expected for fault in caught.value.faults) <= 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_common_spelling_is_read(tmp_path: Path, encoding: str) -> None:
    source = tables(tmp_path / "long", ["é", "b"])
    for file in source.iterdir():
        text = file.read_text(encoding="utf-8").replace(",", ";")
        file.write_text("sep=;\n" + text, encoding=encoding)
    found, _ = read(source, tmp_path / "work")
    assert [name for name, _ in found] == ["é", "b"]


def test_parquet_tables_hold_the_same_problems(tmp_path: Path) -> None:
    csv = tables(tmp_path / "csv", ["a", "b"])
    parquet = tmp_path / "parquet"
    parquet.mkdir()
    for file in csv.iterdir():
        pd.read_csv(file).to_parquet(parquet / f"{file.stem}.parquet")
    assert read(parquet, tmp_path / "w1")[0] == read(csv, tmp_path / "w2")[0]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"plan_id,dialer_id,ports\na,D1,5\0\n", "NUL"),
        (b'plan_id,dialer_id,ports\na,"D1,5\n', "CSV"),
        (b"plan_id,dialer_id,ports\n" + b"a" * 2_000_000, "characters"),
        (b"\xff\xfea", "text"),
        (b"", "header"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_and_nothing_is_planned(
    tmp_path: Path, content: bytes, wanted: str
) -> None:
    source = tables(tmp_path / "long", ["a"])
    (source / "dialers.csv").write_bytes(content)
    with pytest.raises(InputError, match=wanted):
        read(source, tmp_path / "work")


@pytest.mark.parametrize("content", [b"", b"PAR1 no more"])
def test_a_damaged_parquet_file_is_told(tmp_path: Path, content: bytes) -> None:
    source = tables(tmp_path / "long", ["a"])
    (source / "dialers.csv").unlink()
    (source / "dialers.parquet").write_bytes(content)
    with pytest.raises(InputError, match="Parquet"):
        read(source, tmp_path / "work")


def test_a_folder_with_nothing_to_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="a folder of planning folders"):
        read(tmp_path / "empty", tmp_path / "work")


def test_the_same_table_twice_is_refused(tmp_path: Path) -> None:
    source = tables(tmp_path / "long", ["a"])
    (source / "dialers.parquet").write_bytes(b"")
    with pytest.raises(InputError, match="only one table"):
        read(source, tmp_path / "work")
