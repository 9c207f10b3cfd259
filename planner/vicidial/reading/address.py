"""Where a VICIdial database is, and who reads it; passwords never stand on a command line."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from planner.contracts.faults import Fault, InputError

#: Holds the password where no file does.
PASSWORD_VARIABLE = "PLANNER_VICIDIAL_PASSWORD"
EXPECTED = (
    "mysql://USER@HOST:3306/asterisk, mysql://USER@/asterisk?unix_socket=FILE, or the path of an "
    "astguiclient.conf"
)
_PORT, _DATABASE, _HOST = 3306, "asterisk", "localhost"
#: Lines of astguiclient.conf, such as ``VARDB_server => 10.0.0.5``.
_SETTING = re.compile(r"^\s*(VARDB_\w+)\s*=>\s*(.*?)\s*$")


class Address(NamedTuple):
    """What a connection needs."""

    host: str
    port: int
    socket: str | None
    user: str
    password: str
    database: str

    def __str__(self) -> str:
        """Without the password, for messages."""
        place = self.socket or f"{self.host}:{self.port}"
        return f"{self.user}@{place}/{self.database}"

    def __repr__(self) -> str:
        """Without the password as well: tracebacks may show it."""
        return f"Address({self})"


def address_of(
    dsn: str, password_file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Address:
    """Read where a database is.

    Parameters
    ----------
    dsn : ``mysql://USER@HOST:PORT/DATABASE``, or the path of VICIdial's own astguiclient.conf
    password_file : its first line is the password; None: that of the environment, else of the
        configuration file, else none

    Raises
    ------
    InputError
        If it cannot be understood, holds a password, or a file cannot be read.
    """
    found = _of_url(dsn) if "://" in dsn else _of_configuration(Path(dsn))
    if password_file is not None:
        lines = _text(password_file, "--password-file").splitlines()
        return found._replace(password=lines[0] if lines else "")
    return found._replace(password=environment.get(PASSWORD_VARIABLE, found.password))


def _of_url(dsn: str) -> Address:
    try:
        parts = urlsplit(dsn)
        port = parts.port or _PORT
    except ValueError:
        raise InputError([Fault("DSN", None, None, None, EXPECTED)]) from None
    if parts.password is not None:
        wanted = (
            f"no password in the address, where others can read it: put it into {PASSWORD_VARIABLE}"
            " or a file for --password-file"
        )
        raise InputError([Fault("DSN", None, None, None, wanted)])
    options = parse_qs(parts.query)
    if (
        parts.scheme not in {"mysql", "mariadb"}
        or not parts.username
        or set(options) - {"unix_socket"}
    ):
        raise InputError([Fault("DSN", None, None, dsn, EXPECTED)])
    return Address(
        host=parts.hostname or _HOST,
        port=port,
        socket=options.get("unix_socket", [None])[0],
        user=unquote(parts.username),
        password="",
        database=unquote(parts.path.strip("/")) or _DATABASE,
    )


def _of_configuration(path: Path) -> Address:
    matches = (_SETTING.match(line) for line in _text(path, "DSN").splitlines())
    settings = {match[1]: match[2] for match in matches if match}
    port = settings.get("VARDB_port", str(_PORT))
    if "VARDB_user" not in settings or not port.isdecimal():
        wanted = f"lines VARDB_server, VARDB_database, VARDB_user, VARDB_pass; or {EXPECTED}"
        raise InputError([Fault(str(path), None, None, None, wanted)])
    return Address(
        host=settings.get("VARDB_server", _HOST),
        port=int(port),
        socket=None,
        user=settings["VARDB_user"],
        password=settings.get("VARDB_pass", ""),
        database=settings.get("VARDB_database", _DATABASE),
    )


def _text(path: Path, place: str) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        expected = (
            f"a file that can be read ({why}); {EXPECTED}"
            if place == "DSN"
            else (f"a file that can be read ({why})")
        )
        raise InputError([Fault(place, None, None, str(path), expected)]) from error
