"""One MariaDB for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vicidial.builder import Site, site_of
from tests.vicidial.mariadb import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def _site(server: Server) -> Iterator[Site]:
    with site_of(server, archives=True) as made:
        yield made


@pytest.fixture
def site(_site: Site) -> Site:
    """A database with all tables, all empty."""
    full = (
        "SELECT table_name AS name FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND table_rows > 0"
    )
    for row in _site.rows(full):
        _site.run(f"TRUNCATE TABLE `{row['name']}`")
    return _site
