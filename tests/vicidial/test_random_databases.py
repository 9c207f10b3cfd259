"""Any database is read without a traceback, into a folder that can be used or says why not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.contracts.faults import InputError
from planner.tables.folder import read_folder
from planner.vicidial.emulation.emulation import system_of
from planner.vicidial.reading.address import address_of
from planner.vicidial.reading.database import Database
from planner.vicidial.reading.site import read_site
from planner.vicidial.settings import read_settings_file
from planner.vicidial.writing.changes import changes_to
from planner.vicidial.writing.targets import read_target
from tests.vicidial.builder import Site, site_of
from tests.vicidial.mariadb import Server
from tests.vicidial.random_sites import fill

#: Most are small; some are as large as a site may be.
SEEDS = range(12)


def check_one(site: Site, folder: Path, capsys: pytest.CaptureFixture[str] | None = None) -> None:
    """Read, use and follow a database; faults are sentences, never tracebacks."""
    code = main(["vicidial", "read", site.dsn, "--out", str(folder)])
    if code != 0:
        assert code == 2
        return
    settings = read_settings_file(folder)
    try:
        problem = read_folder(folder)
    except InputError as error:
        # No campaign that can be planned, or more lines than there can be.
        places = {fault.file for fault in error.faults}
        assert places <= {"campaigns.csv", "assignments.csv"}
        return
    system_of(settings, problem)
    changes_to(read_target(folder, None, None))
    # Once more, over what is there.
    assert main(["vicidial", "read", site.dsn, "--out", str(folder)]) == 0
    assert (
        main(["vicidial", "follow", site.dsn, "--out", str(folder / "live"), "--cycles", "1"]) == 0
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_any_database_is_read(site: Site, tmp_path: Path, seed: int) -> None:
    small = seed % 8
    fill(site, seed, 40 if not small else 4, 300 if not small else 9)

    check_one(site, tmp_path / "site")


def test_a_release_of_2019_is_read(server: Server, tmp_path: Path) -> None:
    with site_of(server, "old", oldest=True) as old:
        ip = old.add(
            "servers", server_id="D1", server_ip="10.0.0.1", active="Y", max_vicidial_trunks=60
        )
        old.add(
            "vicidial_campaigns",
            campaign_id="C1",
            active="Y",
            dial_method="RATIO",
            auto_dial_level="3",
            available_only_ratio_tally="Y",
        )
        old.remote("C1", "10.0.0.1", 1000, 4)
        assert ip is None

        assert main(["vicidial", "read", old.dsn, "--out", str(tmp_path)]) == 0

    problem = read_folder(tmp_path)
    assert (problem.campaigns[0].agent_lines, problem.dialers[0].ports) == (4, 60)


def test_words_that_no_release_of_ours_knows_are_borne(site: Site, tmp_path: Path) -> None:
    fill(site, 3, 3, 5)
    site.run("ALTER TABLE vicidial_campaigns MODIFY dial_method VARCHAR(40)")
    site.run("UPDATE vicidial_campaigns SET dial_method = 'ORACLE', active = 'Y'")
    try:
        check_one(site, tmp_path)
    finally:
        site.run("ALTER TABLE vicidial_campaigns MODIFY dial_method VARCHAR(60)")


def test_40_servers_and_300_campaigns_are_read_in_less_than_5_s(site: Site, tmp_path: Path) -> None:
    seed = next(s for s in range(100) if s % 8 == 0)
    fill(site, seed)
    database = Database(address_of(site.dsn))
    start = time.process_time()
    read_site(database, tmp_path)
    assert time.process_time() - start < 5
    database.close()
