"""Who may do what: the rights of docs/vicidial.md suffice, and passwords stay where they belong."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from planner.cli.main import main
from planner.contracts.faults import InputError
from planner.vicidial.reading.address import PASSWORD_VARIABLE, address_of
from tests.vicidial.builder import Site, two_servers
from tests.vicidial.writing import LOG, PLAN, lines

PAGE = Path(__file__).parents[2] / "docs" / "vicidial.md"
PASSWORD = "correct horse"


def rights() -> list[str]:
    """The statements of the page, for a user on this machine."""
    found = re.search(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return [
        line.replace("'%'", "'localhost'").replace("a password of your own", PASSWORD)
        for line in found[1].splitlines()
    ]


@pytest.fixture
def user(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a user with the rights of the page."""
    for statement in rights():
        site.run(statement)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    yield site.server.dsn(site.name, "planner")
    site.run("DROP USER 'planner'@'localhost'")


def test_the_rights_of_the_page_suffice(site: Site, user: str, tmp_path: Path) -> None:
    two_servers(site)
    folder = tmp_path / "site"
    day = ["--from", "2030-03-04", "--to", "2030-03-04"]

    assert main(["vicidial", "read", user, "--out", str(folder)]) == 0
    assert main(["vicidial", "calls", user, *day, "--out", str(tmp_path / "calls.csv")]) == 0
    live = ["--out", str(tmp_path / "live.csv"), "--cycles", "1"]
    assert main(["vicidial", "follow", user, *live]) == 0
    rows = [f"{c},{d},{dial},{agent}" for (c, d), (dial, agent) in PLAN.items()]
    (folder / "assignments.csv").write_text(
        "\n".join(["campaign_id,dialer_id,dial_lines,agent_lines", *rows])
    )
    before = site.dump(LOG)
    assert main(["vicidial", "write", user, str(folder)]) == 0
    assert site.dump(LOG) == before
    assert main(["vicidial", "write", user, str(folder), "--apply"]) == 0
    assert lines(site) == PLAN
    assert main(["vicidial", "write", user, str(folder), "--undo"]) == 0
    assert site.dump(LOG) == before


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT first_name FROM vicidial_list",
        "SELECT phone_number FROM vicidial_log",
        "SELECT phone_number FROM vicidial_remote_agent_log",
        "UPDATE vicidial_campaigns SET active = 'N'",
        "UPDATE servers SET max_vicidial_trunks = 1",
        "INSERT INTO vicidial_hopper SET lead_id = 1, list_id = 1",
        "DELETE FROM vicidial_remote_agents",
    ],
)
def test_they_allow_neither_leads_nor_other_settings(site: Site, user: str, statement: str) -> None:
    connection = site.server.connect(site.name, "planner", PASSWORD)
    with connection.cursor() as cursor, pytest.raises(pymysql.MySQLError, match="denied"):
        cursor.execute(statement)
    connection.close()


def test_without_the_right_to_write_nothing_is_begun(
    site: Site, user: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    assert main(["vicidial", "read", user, "--out", str(tmp_path)]) == 0
    (tmp_path / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nC1,D1,50,5\n"
    )
    site.run(f"REVOKE INSERT ON {LOG} FROM 'planner'@'localhost'")
    before = site.dump()
    capsys.readouterr()

    assert main(["vicidial", "write", user, str(tmp_path), "--apply"]) == 2

    assert "denied" in capsys.readouterr().err
    assert site.dump() == before


def test_without_the_right_to_read_the_log_it_is_undone_all_the_same(
    site: Site, user: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site)
    site.run(f"REVOKE ALL ON {LOG} FROM 'planner'@'localhost'")
    site.run(f"GRANT INSERT ON {LOG} TO 'planner'@'localhost'")
    before = site.dump(LOG)
    assert main(["vicidial", "read", user, "--out", str(tmp_path)]) == 0
    (tmp_path / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nC1,D1,50,5\n"
    )
    assert main(["vicidial", "write", user, str(tmp_path), "--apply"]) == 0
    capsys.readouterr()

    assert main(["vicidial", "write", user, str(tmp_path), "--undo"]) == 0

    assert "whether a later plan was written is not known" in capsys.readouterr().err
    assert site.dump(LOG) == before


def test_another_user_may_take_back_what_was_written(
    site: Site, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_servers(site)
    before = site.dump(LOG)
    assert main(["vicidial", "read", user, "--out", str(tmp_path)]) == 0
    (tmp_path / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nC1,D1,50,5\n"
    )
    assert main(["vicidial", "write", user, str(tmp_path), "--apply"]) == 0
    assert site.dump(LOG) != before
    monkeypatch.delenv(PASSWORD_VARIABLE)

    assert main(["vicidial", "write", site.dsn, str(tmp_path), "--undo"]) == 0  # root

    assert site.dump(LOG) == before


def test_reading_cannot_write_even_as_root(site: Site) -> None:
    from planner.vicidial.reading.database import Database

    database = Database(address_of(site.dsn))
    with pytest.raises(InputError, match="READ ONLY"):
        database.execute("INSERT INTO vicidial_hopper SET lead_id = 1, list_id = 1")
    database.close()


def test_a_wrong_password_is_told_without_it(
    site: Site,
    user: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong horse")

    assert main(["vicidial", "read", user, "--out", str(tmp_path / "no")]) == 2

    told = capsys.readouterr()
    assert "denied" in told.err
    assert "horse" not in told.out + told.err


def test_a_password_in_the_address_is_refused_and_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["vicidial", "read", "mysql://me:secret@db/asterisk", "--out", str(tmp_path / "n")])

    told = capsys.readouterr().err
    assert code == 2
    assert PASSWORD_VARIABLE in told
    assert "secret" not in told


def test_addresses() -> None:
    found = address_of("mysql://me@db1:3307/vici", environment={PASSWORD_VARIABLE: "x"})
    assert (found.host, found.port, found.database, found.user) == ("db1", 3307, "vici", "me")
    assert found.password == "x"
    assert "x" not in repr(found).replace("vici", "")
    bare = address_of("mysql://me@db1", environment={})
    assert (bare.port, bare.database) == (3306, "asterisk")
    local = address_of("mysql://me@/asterisk?unix_socket=/run/s", environment={})
    assert local.socket == "/run/s"


def test_the_systems_own_configuration_is_an_address(tmp_path: Path) -> None:
    file = tmp_path / "astguiclient.conf"
    file.write_text(
        "# comment\nVARDB_server => 10.0.0.9\nVARDB_database => asterisk\nVARDB_user => cron\n"
        "VARDB_pass => 1234\nVARDB_port => 3306\n"
    )

    found = address_of(str(file), environment={})

    assert (found.host, found.user, found.password) == ("10.0.0.9", "cron", "1234")


def test_a_password_file_goes_before_all(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\nmore\n")

    found = address_of("mysql://me@db1", file, {PASSWORD_VARIABLE: "x"})

    assert found.password == "from the file"


@pytest.mark.parametrize(
    "dsn",
    [
        "postgres://me@db1/x",
        "mysql://db1/asterisk",
        "mysql://me@db1:port/x",
        "nofile",
        "mysql://me@db1/x?ssl=1",
    ],
)
def test_what_is_no_address_is_told(dsn: str) -> None:
    with pytest.raises(InputError, match=r"mysql://USER@HOST:3306/asterisk"):
        address_of(dsn, environment={})


def test_without_the_driver_a_sentence_tells_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['pymysql'] = None\n"
        "from planner.cli.main import main\n"
        "sys.exit(main(['vicidial', 'read', 'mysql://me@db1', '--out', sys.argv[1]]))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True, text=True
    )

    assert ended.returncode == 2
    assert "pip install 'planner[vicidial]'" in ended.stderr
    assert "Traceback" not in ended.stderr
