"""Plans the problems of a batch on Dask workers, of this machine or of a cluster."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from planner.compiling.compilation import COMPILATION
from planner.contracts.faults import Fault, InputError
from planner.studies.batch.input.items import Context, Item
from planner.studies.batch.results.rows import Planned, failed_rows
from planner.studies.batch.workers.work import (
    OtherVersions,
    plan_items,
    version_differences,
    versions,
)
from planner.system import uninterrupted

#: Work of one task that hides what sending it costs [s], and the most problems of one.
TASK_SECONDS, MOST_PER_TASK = 0.5, 25
#: Tasks in flight per worker: one runs, the others wait there so that it never idles.
PER_WORKER = 3
#: How long a scheduler may take to answer, or to have a first worker [s].
_PATIENCE = 30
#: How often workers of this machine are started, where one dies as it does.
STARTS = 3
_POLL = 0.2
#: Dask watches itself many times a second, in every process: a twelfth of a core for nobody here.
_UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    # Its pages tell whoever asks what runs: no pages, and no server for them.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
#: How often workers are counted, and how long there may be fewer than wanted [s].
_COUNTED_EVERY, _TOO_LONG = 2.0, 30.0
_log = logging.getLogger(__name__)


class ClusterLost(RuntimeError):
    """The scheduler is gone, or its workers cannot do the work; what is committed is kept."""


@dataclass(frozen=True)
class _Task:
    items: tuple[Item, ...]
    future: Any
    alone: bool


@contextmanager
def local_client(workers: int, work: Path) -> Iterator[tuple[Any, Callable[[], None]]]:
    """Workers on this machine, reached on loopback by us alone; they end with this process.

    Whoever reaches a scheduler can run code as we do, and on loopback that is every account of the
    machine: so each side shows a certificate that was made for this run and is kept in memory.

    Yields the client, and what replaces workers that are lost for good.

    Raises
    ------
    ClusterLost
        If workers do not start.
    """
    _quiet()
    import dask
    from distributed import Client, LocalCluster
    from distributed.security import Security

    security = Security.temporary()  # type: ignore[no-untyped-call]

    def started() -> Any:
        with uninterrupted():
            return LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                security=security,
                local_directory=str(work),
            )

    with (
        dask.config.set(_UNWATCHED),  # workers take it over as they start
        again_where_one_dies(started) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        from planner.studies.batch.workers.no_pages import NoPages

        cluster.scheduler.http_server.stop()
        client.register_plugin(NoPages())
        yield client, lambda: _replace_lost(cluster, client, workers)


def again_where_one_dies(start: Callable[[], Any]) -> Any:
    """Start workers once more where one dies as it starts: Dask then gives up all of them."""
    for _ in range(STARTS - 1):
        try:
            return start()
        except RuntimeError:
            _log.warning("a worker died as it started: starting all of them again")
    try:
        return start()
    except RuntimeError as error:
        raise ClusterLost(f"workers do not start on this machine ({error})") from error


def _replace_lost(cluster: Any, client: Any, workers: int) -> None:
    """Start workers in place of those that are gone: Dask gives up one that dies as it starts."""
    known = client.scheduler_info(n_workers=-1)["workers"].values()
    alive = {worker["name"] for worker in known}
    lost = [name for name in cluster.worker_spec if name not in alive]
    _log.warning("%d workers are lost: starting others", len(lost))
    for name in lost:
        del cluster.worker_spec[name]
    cluster.scale(workers)


def _quiet() -> None:
    """Keep Dask's own messages back: what matters in them is told in our words."""
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "critical")  # for the workers
    import distributed

    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == distributed.__name__:
            logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def remote_client(address: str) -> Iterator[tuple[Any, Callable[[], None]]]:
    """The workers of a scheduler that runs already; certificates come from Dask's own settings.

    Yields the client, and what happens where there have been no workers for long: it gives up.

    Raises
    ------
    InputError
        If it does not answer, or has no workers.
    """
    _quiet()
    from distributed import Client

    def unreachable(wanted: str, error: Exception) -> InputError:
        said = str(error).strip().split("\n", 1)[0]
        return InputError([Fault("--cluster", None, None, address, f"{wanted} ({said})")])

    try:
        client = Client(address, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        wanted = "the address of a Dask scheduler that answers, such as tls://10.0.0.1:8786"
        raise unreachable(wanted, error) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise unreachable("a scheduler with at least one worker", error) from error
        _require_same_versions(client, address)

        def give_up() -> None:
            raise ClusterLost("the cluster has no workers any more")

        yield client, give_up


def _require_same_versions(client: Any, address: str) -> None:
    """Refuse workers with other versions before anything is planned."""
    mine = versions()

    def theirs() -> dict[str, str]:
        # A function within a function travels whole: workers may lack the planner.
        try:
            from planner.studies.batch.workers.work import versions as found
        except ImportError as error:
            return {"planner": f"missing ({error})"}
        return found()

    faults = []
    for worker, found in sorted(client.run(theirs).items()):
        differing = version_differences(found, mine)
        if differing:
            faults.append(Fault("--cluster", None, None, worker, f"our versions, not {differing}"))
    if faults:
        raise InputError(faults)
    _log.info("cluster %s: %d workers of the same versions", address, len(client.nthreads()))


def plan_on(
    client: Any,
    items: Iterable[Item],
    context: Context,
    stop: Callable[[], bool],
    on_too_few: Callable[[], None] = lambda: None,
    wanted: int = 1,
    on_compiling: Callable[[], None] = lambda: None,
) -> Iterator[Planned]:
    """Yield the results as they come; ends early once ``stop`` says True.

    ``on_too_few`` is called where there have been fewer than the ``wanted`` workers for long,
    ``on_compiling`` once workers make machine code, which they do on their first run.
    Few tasks are in flight at a time, and items are read only as tasks go out. A task whose worker
    dies runs again elsewhere. After some deaths Dask gives up the task and all that waited for the
    same worker: their problems are tried again at the end, each alone, and one that still ends
    its workers is reported and left out.

    Raises
    ------
    ClusterLost
        If the scheduler is gone.
    InputError
        If a worker has other versions.
    """
    flight = _Flight(client, context, on_too_few, wanted, on_compiling)
    source = iter(items)
    suspects: deque[Item] = deque()
    while not stop():
        while flight.has_room() and (batch := tuple(islice(source, flight.batch_size()))):
            flight.send(batch)
        if flight.is_empty():
            if not suspects:
                return
            # Nobody else's worker dies then.
            flight.send([suspects.popleft()], alone=True)
        task = flight.landed()
        if task is None:
            continue
        results, again = flight.results(task)
        suspects.extend(again)
        yield from results
    flight.cancel()


class _Flight:
    """The tasks that are out."""

    def __init__(
        self,
        client: Any,
        context: Context,
        on_too_few: Callable[[], None],
        wanted: int,
        on_compiling: Callable[[], None],
    ) -> None:
        self._client, self._context = client, context
        self._on_too_few, self._wanted = on_too_few, wanted
        self._on_compiling, self._compiling = on_compiling, threading.Event()
        # Other clients of the same scheduler must not hear of ours.
        self._topic = f"planner-compiling-{client.id}"
        client.subscribe_topic(self._topic, lambda _: self._compiling.set())
        self._landed: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        self._out: set[str] = set()
        self._futures: dict[str, Any] = {}
        self._seconds_each: float | None = None
        self._workers, self._counted, self._enough = 1, 0.0, time.monotonic()

    def has_room(self) -> bool:
        if time.monotonic() - self._counted > _COUNTED_EVERY:
            self._count_workers()
        return len(self._out) < PER_WORKER * self._workers

    def _count_workers(self) -> None:
        now = self._counted = time.monotonic()
        try:
            found = sum(self._client.nthreads().values())
        except (OSError, TimeoutError):
            return  # told once a task comes back
        self._workers = max(found, 1)
        if found >= self._wanted:
            self._enough = now
        elif now - self._enough > _TOO_LONG:
            self._enough = now
            self._on_too_few()

    def batch_size(self) -> int:
        if self._seconds_each is None:
            return 1
        return max(1, min(MOST_PER_TASK, int(TASK_SECONDS / max(self._seconds_each, 1e-6))))

    def is_empty(self) -> bool:
        return not self._out

    def send(self, batch: Sequence[Item], *, alone: bool = False) -> None:
        future = self._client.submit(_timed, tuple(batch), self._context, self._topic, pure=False)
        task = _Task(tuple(batch), future, alone=alone)
        self._out.add(future.key)
        self._futures[future.key] = future
        future.add_done_callback(lambda _: self._landed.put(task))

    def landed(self) -> _Task | None:
        """A task that is over, None where none is yet."""
        if self._compiling.is_set():
            self._compiling.clear()
            self._on_compiling()
        try:
            task = self._landed.get(timeout=_POLL)
        except queue.Empty:
            if self._client.status != "running":
                raise ClusterLost(f"the scheduler is lost ({self._client.status})") from None
            return None
        self._out.discard(task.future.key)
        self._futures.pop(task.future.key, None)
        return task

    def results(self, task: _Task) -> tuple[list[Planned], tuple[Item, ...]]:
        """Its results, and the items that must be tried one by one."""
        from distributed import KilledWorker

        while True:
            if task.future.status == "error":
                return self._without_result(task, task.future.exception())
            # "lost": the worker that held it died; the scheduler has it made again.
            if task.future.status not in ("finished", "pending", "lost"):
                raise ClusterLost(f"the scheduler is lost (a task is {task.future.status})")
            try:
                seconds, planned = task.future.result(timeout=_TOO_LONG)
                break
            except TimeoutError as error:
                # The worker that held it died: it is made again, if there are workers to make it.
                if self._client.status != "running":
                    raise ClusterLost("the scheduler is lost") from error
                self._count_workers()
            except KilledWorker as error:
                return self._without_result(task, error)
            except (OSError, CancelledError) as error:
                raise ClusterLost(f"the scheduler is lost ({type(error).__name__})") from error
        each = seconds / len(task.items)
        known = self._seconds_each
        self._seconds_each = each if known is None else 0.8 * known + 0.2 * each
        return planned, ()

    def cancel(self) -> None:
        for future in self._futures.values():
            future.cancel()

    def _without_result(
        self, task: _Task, error: BaseException
    ) -> tuple[list[Planned], tuple[Item, ...]]:
        from distributed import KilledWorker

        if isinstance(error, OtherVersions):
            wanted = f"workers with our versions, not {error}"
            raise InputError([Fault("--cluster", None, None, None, wanted)])
        if not isinstance(error, KilledWorker):
            raise ClusterLost(f"a worker cannot plan ({type(error).__name__}: {error})")
        if not task.alone:
            _log.warning("workers died: %d problems are tried again, each alone", len(task.items))
            return [], task.items
        _log.warning("problem %s ended its workers and is left out", task.items[0].plan_id)
        return [self._given_up(task.items[0])], ()

    def _given_up(self, item: Item) -> Planned:
        words = "a fault in the planner: planning it ended the worker process each time"
        return failed_rows(item.number, item.plan_id, words, item.changes)


def _timed(items: Sequence[Item], context: Context, topic: str) -> tuple[float, list[Planned]]:
    from distributed import get_worker

    worker, said = get_worker(), False

    def tell(begins: bool) -> None:
        nonlocal said
        if begins and not said:
            said = True
            worker.log_event(topic, None)

    start = time.perf_counter()
    with COMPILATION.told(tell):
        planned = plan_items(items, context)
    return time.perf_counter() - start, planned
