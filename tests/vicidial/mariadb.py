"""A MariaDB of the tests' own, in a folder of its own, heard of by nobody but its socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pymysql

WANTED = "Debian's MariaDB: make mariadb, or have an administrator install mariadb-server"


class Server:
    """A running server; its user root may do everything and has no password."""

    def __init__(self) -> None:
        daemon = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
        install = shutil.which("mariadb-install-db")
        assert daemon is not None, WANTED
        assert install is not None, WANTED
        # The path of a socket may have 107 characters: not in pytest's folders.
        self._folder = Path(tempfile.mkdtemp(prefix="vici"))
        self.socket = str(self._folder / "s")
        data = self._folder / "data"
        user = []
        if os.geteuid() == 0:
            # The server does not run as root.
            account = pwd.getpwnam("mysql")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._folder.chmod(0o755)
            user = ["--user=mysql"]
        # A server that starts removes what others left in its folder for temporary tables.
        scratch = self._folder / "tmp"
        scratch.mkdir()
        scratch.chmod(0o777)
        common = ["--no-defaults", f"--datadir={data}", f"--tmpdir={scratch}", *user]
        quick = [
            "--auth-root-authentication-method=normal",
            "--skip-name-resolve",
            "--skip-test-db",
            "--innodb-log-file-size=4M",
        ]
        subprocess.run([install, *common, *quick], check=True, capture_output=True)
        self._process = subprocess.Popen(
            [
                daemon,
                *common,
                f"--socket={self.socket}",
                f"--pid-file={self._folder / 'pid'}",
                "--skip-networking",
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=8M",
                "--innodb-log-file-size=4M",
                "--innodb-flush-log-at-trx-commit=0",
                "--key-buffer-size=8M",
                "--performance-schema=0",
                "--default-time-zone=+00:00",
                "--lower-case-table-names=0",
                "--sql-mode=",  # as VICIdial needs it
            ],
            stdout=subprocess.DEVNULL,
            stderr=(self._folder / "log").open("w"),
        )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while True:
            try:
                self.connect().close()
                return
            except pymysql.MySQLError:
                assert time.monotonic() < end, (self._folder / "log").read_text()
                time.sleep(0.05)

    def connect(
        self, database: str | None = None, user: str = "root", password: str = ""
    ) -> pymysql.Connection[pymysql.cursors.Cursor]:
        """A connection that commits every statement."""
        return pymysql.connect(
            unix_socket=self.socket,
            user=user,
            password=password,
            database=database,
            autocommit=True,
            charset="utf8mb4",
        )

    def dsn(self, database: str, user: str = "root") -> str:
        """How the planner is told of a database of this server."""
        return f"mysql://{user}@/{database}?unix_socket={self.socket}"

    def stop(self) -> None:
        """End the server and forget all that it held."""
        self._process.kill()  # nothing in it is to be kept
        self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)
