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
    for (table,) in _tables(_site):
        _site.run(f"TRUNCATE TABLE `{table}`")
    return _site


def _tables(site: Site) -> list[tuple[str]]:
    with site.connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        return list(cursor.fetchall())
