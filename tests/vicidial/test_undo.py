"""The way back from a plan that was written: kept, taken once, and never over others' changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.vicidial.reading.address import address_of
from planner.vicidial.reading.database import Database
from planner.vicidial.writing.apply import require_alone
from tests.vicidial.builder import Site, two_servers
from tests.vicidial.writing import LOG, lines, prepared, write


def test_a_plan_that_is_there_already_leaves_the_way_back(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    before = site.dump(LOG)
    assert write(site, folder, "--apply") == 0
    there = site.dump()
    assert write(site, folder, "--apply") == 0  # at once
    prepared(site, tmp_path)  # or read again, and the same plan
    capsys.readouterr()

    assert write(site, folder, "--apply") == 0

    assert "nothing was written" in capsys.readouterr().out
    assert site.dump() == there
    assert write(site, folder, "--undo") == 0
    assert site.dump(LOG) == before


SET_AS_PLANNED = (
    "UPDATE vicidial_server_trunks SET dedicated_trunks = 40 "
    "WHERE campaign_id = 'C1' AND server_ip = '10.0.0.1'"
)


def test_what_was_undone_is_not_undone_again(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    assert write(site, folder, "--apply") == 0
    assert write(site, folder, "--undo") == 0
    assert site.run(SET_AS_PLANNED) == 1  # somebody's own wish
    there = site.dump()

    assert write(site, folder, "--undo") == 4

    assert site.dump() == there


def test_what_somebody_else_changed_is_told_and_left(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    before = lines(site)
    assert write(site, folder, "--apply") == 0
    assert site.run(SET_AS_PLANNED.replace("= 40", "= 12")) == 1
    capsys.readouterr()

    assert write(site, folder, "--undo") == 4

    assert "12 MAXIMUM_LIMIT" in capsys.readouterr().out
    assert lines(site) == before | {("C1", "D1"): (12, before["C1", "D1"][1])}


def test_without_a_way_back_nothing_is_written(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    (folder / "vicidial-undo.json").mkdir()
    before = site.dump()
    capsys.readouterr()

    assert write(site, folder, "--apply") == 2

    assert "expected a file that can be written" in capsys.readouterr().err
    assert site.dump() == before


def test_a_part_of_an_undoing_is_refused(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    assert write(site, folder, "--apply") == 0
    there = site.dump()
    assert write(site, folder, "--undo", "--first", "1") == 2
    assert "--first is '1': expected no --undo beside it" in capsys.readouterr().err
    assert site.dump() == there


#: What a second plan, made in another folder, wants.
OTHER = {("C1", "D1"): (30, 2), ("C1", "D2"): (60, 5), ("C2", "D1"): (60, 5), ("C2", "D2"): (20, 2)}


def test_an_older_plan_is_not_undone_below_a_later_one(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    first = prepared(site, tmp_path / "first")
    before = site.dump(LOG)
    assert write(site, first, "--apply") == 0
    between = site.dump(LOG)
    second = prepared(site, tmp_path / "second", OTHER)
    assert write(site, second, "--apply") == 0
    there = site.dump()
    capsys.readouterr()

    assert write(site, first, "--undo") == 2

    assert f"that in {second} was written after it: undo it first" in capsys.readouterr().err
    assert site.dump() == there
    assert write(site, second, "--undo") == 0
    assert site.dump(LOG) == between
    assert write(site, first, "--undo") == 0
    assert site.dump(LOG) == before


def test_a_later_plan_that_is_undone_in_part_no_longer_stands(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    first = prepared(site, tmp_path / "first")
    before = lines(site)
    assert write(site, first, "--apply") == 0
    second = prepared(site, tmp_path / "second", OTHER)
    assert write(site, second, "--apply") == 0
    assert site.run(SET_AS_PLANNED.replace("= 40", "= 12")) == 1  # and somebody's own wish
    assert write(site, second, "--undo") == 4

    assert write(site, first, "--undo") == 4

    assert lines(site) == before | {("C1", "D1"): (12, before["C1", "D1"][1])}


def test_a_plan_written_twice_from_one_folder_is_undone_once(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    assert write(site, folder, "--apply") == 0
    between = site.dump(LOG)
    prepared(site, tmp_path, OTHER)
    assert write(site, folder, "--apply") == 0
    assert write(site, folder, "--undo") == 0
    assert site.dump(LOG) == between


@pytest.mark.parametrize("what", ["--apply", "--undo"])
def test_two_do_not_write_at_once(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    if what == "--undo":
        assert write(site, folder, "--apply") == 0
    there = site.dump()
    other = Database(address_of(site.dsn), writes=True)
    require_alone(other)

    assert write(site, folder, what) == 2

    assert "another planner does at this moment" in capsys.readouterr().err
    assert site.dump() == there
    other.close()  # as when its process ends, or is killed
    assert write(site, folder, what) == 0
