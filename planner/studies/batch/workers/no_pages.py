"""Workers without web pages: Dask serves some on every worker, for everybody who asks."""

from __future__ import annotations

from typing import Any

from distributed import WorkerPlugin


class NoPages(WorkerPlugin):
    """Closes the port of a worker's pages, also of workers that are started later."""

    def setup(self, worker: Any) -> None:
        """Close it."""
        worker.http_server.stop()
