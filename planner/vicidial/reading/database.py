"""A connection to a VICIdial database: columns by name, whatever release it is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from planner.contracts.faults import Fault, InputError
from planner.vicidial.reading.address import Address

if TYPE_CHECKING:
    from pymysql.connections import Connection

#: A column as the database holds it; dates and decimals included.
Value = Any
Row = dict[str, Value]
_CONNECT_SECONDS, _ANSWER_SECONDS = 10, 120
#: Codes of MariaDB: gone away, lost during query, cannot connect. Others are faults of the input:
#: missing rights, say.
_LOST = {2002, 2003, 2006, 2013, 2055, 0}
#: Rows taken from a streamed answer at a time.
_AT_A_TIME = 10_000


class DatabaseLost(ConnectionError):
    """The connection is gone; a new one may come about."""


class Database:
    """A connection; every statement is a transaction of its own.

    Parameters
    ----------
    address : where it is
    writes : may change rows; others are refused by the server
    """

    def __init__(self, address: Address, *, writes: bool = False) -> None:
        self.address = address
        self._driver = _driver()
        self._columns: dict[str, dict[str, str]] = {}
        try:
            self._connection: Connection[Any] = self._driver.connect(
                host=address.host,
                port=address.port,
                unix_socket=address.socket,
                user=address.user,
                password=address.password,
                database=address.database,
                charset="utf8mb4",
                autocommit=True,
                ssl_disabled=address.socket is not None,  # on this machine, and slow to set up
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_ANSWER_SECONDS,
                write_timeout=_ANSWER_SECONDS,
                # Dates that are none ('0000-00-00') come as text and are borne.
                init_command=(
                    "SET SESSION sql_mode = 'STRICT_ALL_TABLES'"
                    if writes
                    else "SET SESSION TRANSACTION READ ONLY"
                ),
            )
        except self._driver.MySQLError as error:
            raise self._told(error) from error

    def close(self) -> None:
        """End the connection, also one that is lost."""
        with suppress(self._driver.MySQLError):
            self._connection.close()

    def columns(self, table: str) -> dict[str, str]:
        """Columns of a table that the user may see, with their types; empty without the table."""
        if table not in self._columns:
            rows = self.query(
                "SELECT column_name AS name, column_type AS kind FROM information_schema.columns "
                "WHERE table_schema = DATABASE() AND table_name = %s",
                (table,),
            )
            self._columns[table] = {row["name"]: str(row["kind"]) for row in rows}
        return self._columns[table]

    def select(
        self,
        table: str,
        columns: Iterable[str],
        where: str = "",
        values: Sequence[Value] = (),
        *,
        computed: str = "",
    ) -> list[Row]:
        """Rows of a table with those of the columns that this release has; others are None.

        Parameters
        ----------
        table : where it is absent there are no rows
        columns : by name
        where : what follows the table, with %s for values
        computed : further expressions of the answer, each with its name
        """
        return list(self.stream(table, columns, where, values, computed=computed))

    def stream(
        self,
        table: str,
        columns: Iterable[str],
        where: str = "",
        values: Sequence[Value] = (),
        *,
        computed: str = "",
    ) -> Iterator[Row]:
        """As :meth:`select`, without holding all rows at once."""
        known, wanted = self.columns(table), tuple(columns)
        there = [column for column in wanted if column in known]
        absent = dict.fromkeys(column for column in wanted if column not in known)
        if not there:
            return
        shown = ", ".join([f"`{column}`" for column in there] + ([computed] if computed else []))
        for row in self._rows(f"SELECT {shown} FROM `{table}` {where}", values):
            # The database takes ids for equal that differ in blanks at their end.
            if isinstance(row.get("campaign_id"), str):
                row["campaign_id"] = row["campaign_id"].rstrip(" ")
            yield row | absent

    def query(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """All rows of an answer, by column name."""
        return list(self._rows(statement, values))

    def _rows(self, statement: str, values: Sequence[Value]) -> Iterator[Row]:
        from pymysql.cursors import SSDictCursor

        with self._failures(), self._connection.cursor(SSDictCursor) as cursor:
            cursor.execute(statement, tuple(values) or None)
            while rows := cursor.fetchmany(_AT_A_TIME):
                yield from rows

    def execute(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Change rows; how many were."""
        with self._failures(), self._connection.cursor() as cursor:
            return int(cursor.execute(statement, tuple(values) or None))

    @property
    def client(self) -> str:
        """From where the database sees us."""
        return str(self.query("SELECT USER() AS user")[0]["user"]).rpartition("@")[2]

    def literal(self, value: Value) -> str:
        """A value as it stands in a statement."""
        return str(self._connection.escape(value))

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except self._driver.MySQLError as error:
            raise self._told(error) from error
        except OSError as error:
            raise DatabaseLost(f"{self.address}: {error}") from error

    def _told(self, error: Exception) -> Exception:
        code, said = (*error.args, "", "")[:2]
        if code in _LOST or isinstance(error, self._driver.InterfaceError):
            return DatabaseLost(f"{self.address}: {said or error}")
        expected = f"a database that answers ({said or error})"
        return InputError([Fault("database", None, None, str(self.address), expected)])


def _driver() -> Any:
    """The driver, an extra that most sites do not need.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import pymysql
    except ImportError as error:
        wanted = "its driver PyMySQL: pip install 'planner[vicidial]'"
        raise InputError([Fault("vicidial", None, None, None, wanted)]) from error
    return pymysql


@contextmanager
def connected(address: Address, *, writes: bool = False) -> Iterator[Database]:
    """A connection for a while.

    Raises
    ------
    InputError
        If there is no such database or user, or the user may not do what is asked; and where the
        connection is lost, for those who do not wait for a new one.
    """
    database = None
    try:
        database = Database(address, writes=writes)
        yield database
    except DatabaseLost as error:
        fault = Fault("database", None, None, str(address), f"a database that answers ({error})")
        raise InputError([fault]) from error
    finally:
        if database is not None:
            database.close()
