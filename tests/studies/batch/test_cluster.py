"""Batches on a Dask cluster: a scheduler and its workers as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import pytest

from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.studies.batch.input.items import Context, Item, Source
from planner.studies.batch.results.rows import Ending
from planner.studies.batch.run import BatchOptions, run_batch
from planner.studies.batch.workers.work import versions
from planner.tables.folder import folder_content
from tests.support.batches import folders, results, tables
from tests.support.program import PLANNER, free_port


def started(*arguments: str, folder: Path) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    return subprocess.Popen(command, cwd=folder, **quiet)  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler on loopback, and the processes: scheduler, worker."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = ("dask_scheduler", "--host", address, "--no-dashboard", "--no-show")
    worker = ("dask_worker", address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
    processes = [started(*command, folder=tmp_path) for command in (scheduler, worker)]
    yield address, processes
    for process in processes:
        process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def test_a_cluster_gives_the_same_bytes_and_a_lost_scheduler_or_worker_loses_nothing(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, (scheduler, *_) = cluster
    source = tables(tmp_path / "in", [f"p{n}" for n in range(120)])  # five chunks
    out, first = tmp_path / "out", tmp_path / "out" / "chunks" / "00000000.json"
    run_batch(source, tmp_path / "here")

    command = command_of(source, out, "--cluster", address)
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(1200):
        if first.exists() or running.poll() is not None:
            break
        time.sleep(0.05)
    scheduler.kill()
    _, said = running.communicate(timeout=100)
    assert running.returncode == 4, said
    assert b"Stopped: the scheduler is lost" in said
    assert b"Traceback" not in said

    killed = killed_worker(command_of(source, out, "--resume", "--workers", "2"), out / "chunks")
    assert killed
    assert results(out) == results(tmp_path / "here")


def command_of(source: Path, out: Path, *arguments: str) -> list[str]:
    return [*PLANNER, "batch", str(source), "--out", str(out), *arguments]


def killed_worker(command: list[str], chunks: Path) -> bool:
    """Run a batch to its end; one of its workers is killed once they have brought a chunk."""
    before = len(list(chunks.glob("*.json")))
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while running.poll() is None and len(list(chunks.glob("*.json"))) == before:
        time.sleep(0.02)
    workers = workers_of(running.pid)
    if workers:
        os.kill(workers[0], signal.SIGKILL)
    _, said = running.communicate(timeout=100)
    assert running.returncode == 0, said
    return bool(workers)


def workers_of(parent: int) -> list[int]:
    """Processes that a run has started and that still plan."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parts = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                spawned = b"spawn_main" in (entry / "cmdline").read_bytes()
            except OSError:
                continue  # ended meanwhile
            if int(parts[1]) == parent and spawned:
                found.append(int(entry.name))
    return sorted(found)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Of one worker on this machine, for tests that leave it as it is."""
    from planner.studies.batch.workers.cluster import local_client

    with local_client(1, tmp_path_factory.mktemp("work")) as (found, _):
        yield found


def test_a_scheduler_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.studies.batch.workers.cluster._PATIENCE", 1)
    options = BatchOptions(cluster=f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(InputError, match="a Dask scheduler that answers"):
        run_batch(folders(tmp_path / "in", ["a"]), tmp_path / "out", options)
    assert not (tmp_path / "out").exists()


def test_a_problem_that_kills_its_workers_is_found_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.studies.batch.workers.cluster import local_client, plan_on

    class Poison:  # defined here, so that it travels whole
        def digest(self) -> str:
            return ""

        def problem(self, _context: Context) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

    from planner.studies.batch.input.items import Files

    good = Files(folder_content(folders(tmp_path / "in", ["a"]) / "a"))
    sources: list[Source] = [good, good, Poison(), good]  # type: ignore[list-item]
    items = [Item(number, f"p{number}", source) for number, source in enumerate(sources)]
    context = Context(PlanOptions(), versions=versions())
    # On a busy machine a worker takes long to come back; to put another in its place kills it.
    monkeypatch.setattr("planner.studies.batch.workers.cluster._TOO_LONG", 60.0)
    # One death is enough to be found; three by default.
    few_deaths = dask.config.set({"distributed.scheduler.allowed-failures": 0})
    with few_deaths, local_client(1, tmp_path) as (client, replace):
        found = list(plan_on(client, items, context, lambda: False, replace))
    endings = {planned.number: planned.ending for planned in found}
    assert endings == {
        0: Ending.OPTIMAL,
        1: Ending.OPTIMAL,
        2: Ending.FAILED,
        3: Ending.OPTIMAL,
    }


def test_workers_tell_that_they_compile(tmp_path: Path, client: Any) -> None:
    from planner.studies.batch.input.items import Files
    from planner.studies.batch.workers.cluster import plan_on

    good = Files(folder_content(folders(tmp_path / "in", ["a"]) / "a"))

    told = tmp_path / "told"

    class FirstRun:  # defined here, so that it travels whole
        def digest(self) -> str:
            return ""

        def problem(self, context: Context) -> Problem:
            import numba

            assert numba.njit(lambda number: number + 1)(1) == 2
            for _ in range(600):  # told while the task runs, not after it
                if told.exists():
                    break
                time.sleep(0.05)
            return good.problem(context)

    def planned(source: Source) -> list[Ending]:
        items, context = [Item(0, "a", source)], Context(PlanOptions(), versions=versions())
        found = plan_on(client, items, context, lambda: False, on_compiling=told.touch)
        return [each.ending for each in found]

    assert planned(good) == [Ending.OPTIMAL]
    told.unlink(missing_ok=True)  # this run may have compiled the planner itself
    assert planned(good) == [Ending.OPTIMAL]
    assert not told.exists()
    assert planned(FirstRun()) == [Ending.OPTIMAL]  # type: ignore[arg-type]
    assert told.exists()


def test_workers_of_other_versions_are_refused(tmp_path: Path, client: Any) -> None:
    from planner.studies.batch.input.items import Files
    from planner.studies.batch.workers.cluster import plan_on

    good = Files(folder_content(folders(tmp_path / "in", ["a"]) / "a"))
    context = Context(PlanOptions(), versions=versions() | {"ortools": "8.0"})
    with pytest.raises(InputError, match=r"not ortools .* instead of 8\.0"):
        list(plan_on(client, [Item(0, "a", good)], context, lambda: False))


def test_workers_that_dask_has_given_up_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.studies.batch.input.items import Files
    from planner.studies.batch.workers import cluster as cluster_module

    monkeypatch.setattr(cluster_module, "_TOO_LONG", 1.0)
    monkeypatch.setattr(cluster_module, "_COUNTED_EVERY", 0.2)
    good = Files(folder_content(folders(tmp_path / "in", ["a"]) / "a"))
    context = Context(PlanOptions(), versions=versions())
    with cluster_module.local_client(1, tmp_path) as (client, replace):
        client.retire_workers(list(client.nthreads()), close_workers=True)
        found = list(
            cluster_module.plan_on(client, [Item(0, "a", good)], context, lambda: False, replace)
        )
    assert [planned.ending for planned in found] == [Ending.OPTIMAL]


def test_workers_are_started_again_where_one_dies_as_it_starts() -> None:
    from planner.studies.batch.workers.cluster import STARTS, ClusterLost, again_where_one_dies

    tries = []

    def dies(times: int) -> str:
        tries.append(times)
        if len(tries) <= times:
            raise RuntimeError("Nanny failed to start.")
        return "cluster"

    assert again_where_one_dies(lambda: dies(STARTS - 1)) == "cluster"
    assert len(tries) == STARTS
    tries.clear()
    with pytest.raises(ClusterLost, match=r"do not start on this machine \(Nanny failed"):
        again_where_one_dies(lambda: dies(STARTS))
    assert len(tries) == STARTS
