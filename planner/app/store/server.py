"""A PostgreSQL server as the store uses it: one that does not answer holds nobody for long."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

#: To get a connection, and to hear that a kept one is alive [s].
_CONNECT_SECONDS, _PING_SECONDS = 3, 2.0
#: For all of one transaction; the server gives up a little earlier, with words of its own [s].
_TRANSACTION_SECONDS, _STATEMENT_SECONDS = 10.0, 8
_WATCH = "planner-watch"


def server_engine(url: URL) -> Engine:
    """An engine that cuts a connection whose server is silent: a stopped one says nothing ever."""
    engine = create_engine(
        url,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
        pool_timeout=_TRANSACTION_SECONDS,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "checkout", _begin_watch)
    event.listen(engine, "checkin", _end_watch)
    event.listen(engine, "invalidate", _end_watch)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    connection.execute(f"SET statement_timeout = {1000 * _STATEMENT_SECONDS}")
    connection.commit()


def _begin_watch(connection: Any, record: Any, _: Any) -> None:
    ping = _timer(connection, _PING_SECONDS)
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error  # the pool tries with a new connection
    finally:
        ping.cancel()
    record.info[_WATCH] = _timer(connection, _TRANSACTION_SECONDS)


def _end_watch(_connection: Any, record: Any, *_: Any) -> None:
    watch = record.info.pop(_WATCH, None)
    if watch is not None:
        watch.cancel()


def _timer(connection: Any, seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, _cut, (connection,))
    timer.daemon = True
    timer.start()
    return timer


def _cut(connection: Any) -> None:
    """End the wait of whoever uses the connection: it meets a closed socket."""
    with contextlib.suppress(Exception), socket.socket(fileno=connection.fileno()) as line:
        try:
            line.shutdown(socket.SHUT_RDWR)
        finally:
            line.detach()  # the driver closes it
