"""A SQLite file that is replaced, locked, damaged or open to others while the planner runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.app.editing.edited_lines import EditedLines, open_lines
from planner.app.editing.worlds.levers import Levers
from planner.app.store import Store, StoreUnavailable, UnreadableRow
from planner.app.store import scenarios as scenarios_module
from planner.app.store import store as store_module
from planner.app.store.schema import MAX_NOTE
from planner.tables.folder import read_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plans.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lines() -> EditedLines:
    return open_lines(read_folder(ROOT / "data" / "quickstart"))


def in_file(file: Path) -> list[str]:
    """Names of the plans in a file, read by another program."""
    connection = sqlite3.connect(file)
    try:
        return sorted(name for (name,) in connection.execute("SELECT name FROM plans"))
    finally:
        connection.close()


def test_nothing_is_saved_into_a_file_that_was_deleted(
    store: Store, file: Path, lines: EditedLines
) -> None:
    store.create("Monday", lines, "Ann")
    file.unlink()
    with pytest.raises(StoreUnavailable, match="not there any more: put the file back"):
        store.create("Tuesday", lines, "Ann")
    with pytest.raises(StoreUnavailable, match="not there any more"):
        store.save_draft("d1", "ann", "quickstart", lines, rows_changed=1)
    assert not file.exists(), "an empty file in its place would look like the plans of before"


@pytest.mark.parametrize("in_place", [False, True])
def test_what_is_saved_after_a_restore_is_in_the_restored_file(
    store: Store, file: Path, lines: EditedLines, in_place: bool
) -> None:
    store.create("Monday", lines, "Ann")
    backup = shutil.copy(file, file.with_name("backup.db"))
    store.create("Tuesday", lines, "Ann")
    assert not file.with_name("plans.db-wal").exists(), "would be replayed onto the backup"
    if in_place:
        shutil.copyfile(backup, file)
    else:
        os.replace(backup, file)
    assert [plan.name for plan in store.plans()] == ["Monday"]
    store.create("Wednesday", lines, "Ann")
    assert in_file(file) == ["Monday", "Wednesday"]


def test_a_file_replaced_during_a_save_is_told(
    store: Store, file: Path, lines: EditedLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create("Monday", lines, "Ann")
    backup = shutil.copy(file, file.with_name("backup.db"))
    lines_text = store_module.lines_text

    def slowly(scenario: EditedLines) -> str:
        os.replace(backup, file)
        return lines_text(scenario)

    monkeypatch.setattr(store_module, "lines_text", slowly)
    with pytest.raises(StoreUnavailable):
        store.create("Tuesday", lines, "Ann")
    assert in_file(file) == ["Monday"]


def test_a_log_left_by_an_earlier_version_is_taken_in(file: Path, lines: EditedLines) -> None:
    Store(f"sqlite:///{file}").create("Monday", lines, "Ann")
    connection = sqlite3.connect(file)  # as earlier versions wrote, and then were killed
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("UPDATE plans SET name = 'Friday'")
    connection.commit()
    for name in ("plans.db", "plans.db-wal"):
        shutil.copy(file.with_name(name), file.with_name(f"kept-{name}"))
    connection.close()
    kept = file.with_name("kept-plans.db")
    store = Store(f"sqlite:///{kept}")
    assert [plan.name for plan in store.plans()] == ["Friday"]
    assert not file.with_name("kept-plans.db-wal").exists()


def test_a_locked_file_is_waited_for_shortly(store: Store, file: Path, lines: EditedLines) -> None:
    other = sqlite3.connect(file)
    other.execute("BEGIN EXCLUSIVE")
    start = time.monotonic()
    with pytest.raises(StoreUnavailable, match="another program holds it"):
        store.save_draft("d1", "ann", "quickstart", lines, rows_changed=1)
    assert time.monotonic() - start < 2
    other.rollback()
    store.save_draft("d1", "ann", "quickstart", lines, rows_changed=1)
    assert len(store.drafts("ann")) == 1


def test_a_newer_planner_that_made_the_tables_meanwhile_is_noticed_before_a_write(
    store: Store, file: Path, lines: EditedLines
) -> None:
    store.create("Monday", lines, "Ann")
    other = sqlite3.connect(file)
    other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.commit()
    with pytest.raises(StoreUnavailable, match="newer version of the planner"):
        store.create("Tuesday", lines, "Ann")
    assert in_file(file) == ["Monday"]


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(
    store: Store, file: Path, lines: EditedLines
) -> None:
    store.create("Monday", lines, "Ann", "a note")
    other = sqlite3.connect(file)
    for table in ("versions", "drafts", "scenarios"):
        other.execute(f"ALTER TABLE {table} DROP COLUMN serial")
    other.execute("ALTER TABLE plans DROP COLUMN deleted_at")
    other.execute("UPDATE alembic_version SET version_num = '0002'")
    other.commit()
    store.create("Tuesday", lines, "Ann")
    assert [plan.name for plan in store.plans()] == ["Tuesday", "Monday"]


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    fresh, old = tmp_path / "fresh.db", tmp_path / "old.db"
    old.touch(mode=0o644)
    for path in (fresh, old):
        Store(f"sqlite:///{path}").close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_clock_that_goes_back_does_not_change_the_order(
    store: Store, lines: EditedLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(range(1000, 0, -1))

    def earlier_each_time() -> str:
        start = datetime(2026, 10, 25, tzinfo=UTC)
        return (start + timedelta(minutes=next(moments))).isoformat()

    for module in (store_module, scenarios_module):
        monkeypatch.setattr(module, "now", earlier_each_time)
    first = store.create("Monday", lines, "Ann")
    second = store.create("Tuesday", lines, "Ann")
    assert [plan.name for plan in store.plans()] == ["Tuesday", "Monday"]
    store.save(first.plan_id, 1, lines, "Ann")
    assert [plan.plan_id for plan in store.plans()] == [first.plan_id, second.plan_id]
    made = store.scenarios.create("Down", Levers(), "Ann")
    store.scenarios.save(made.scenario_id, 1, "Down", Levers(agents=-1), "Ann")
    assert [entry.version for entry in store.scenarios.versions()] == [2, 1]
    for draft in ("d1", "d2", "d1"):
        store.save_draft(draft, "ann", "quickstart", lines, rows_changed=1)
    assert [draft.draft_id for draft in store.drafts("ann")] == ["d1", "d2"]


def test_notes_have_a_length_also_those_kept_before_they_had(
    store: Store, file: Path, lines: EditedLines
) -> None:
    made = store.create("Monday", lines, "Ann", "x" * 1_000_000)
    assert len(store.plans()[0].note) == MAX_NOTE
    other = sqlite3.connect(file)
    other.execute("UPDATE versions SET note = ?", ("y" * 1_000_000,))
    other.commit()
    assert store.plans()[0].note == "y" * MAX_NOTE
    assert store.history(made.plan_id)[0].note == "y" * MAX_NOTE


def test_a_damaged_row_is_one_broken_row(store: Store, file: Path, lines: EditedLines) -> None:
    made = store.create("Monday", lines, "Ann")
    store.create("Tuesday", lines, "Ann")
    other = sqlite3.connect(file)
    other.execute(
        "UPDATE versions SET lines = '{\"lin', saved_at = 'soon' WHERE plan_id = ?",
        (made.plan_id,),
    )
    other.commit()
    assert [plan.name for plan in store.plans()] == ["Tuesday", "Monday"]
    with pytest.raises(UnreadableRow, match="version 1 of Monday cannot be read"):
        store.read(made.plan_id, 1)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:sec@ret@127.0.0.1:1/plans",
        "postgresql://ann:secr@et@127.0.0.1:1/plans?sslmode=require",
        "mysql://ann:secret@127.0.0.1:1/plans",
        "sqlite://",
    ],
)
def test_no_part_of_a_password_is_shown(address: str) -> None:
    with pytest.raises(StoreUnavailable) as fault:
        Store(address)
    for part in ("sec", "ret", "ann"):
        assert part not in str(fault.value)
    assert "PLANNER_DB" in str(fault.value)
