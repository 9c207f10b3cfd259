"""The web server of the app: ``python -m planner.app.server``, as ``planner app`` starts it.

Streamlit's own start opens its socket in a way that leaves Nagle's algorithm on (its protocol is
not told, so asyncio does not switch it off): each of a hundred small answers then waits for the
browser to acknowledge the one before. uvicorn's own sockets do not.

Whatever else can be set is taken from our ``.streamlit/config.toml``.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import logging
import os
import signal
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from streamlit import net_util, runtime
from streamlit.web.bootstrap import load_config_options

from planner.app.guard.browsers import BROWSERS
from planner.app.guard.gate import App, Gate
from planner.app.guard.headers import headers_of
from planner.app.guard.log import hide_session_ids
from planner.app.guard.uploads import UploadLimits
from planner.app.page_files import PageFiles
from planner.app.throttle import settle
from planner.shipped import shipped

#: Open pages get so long to close their connections when the server ends [s].
_GRACE_SECONDS = 2
_MEGABYTE = 1_000_000
#: How often files of sessions that are over are looked for [s].
_SWEEP_SECONDS = 30.0
#: What draws the board of the plan page, and how it looks.
_BOARD = "/_stcore/bidi-components/planner.board"
_BOARD_SCRIPTS = tuple(f"{_BOARD}/{name}.js" for name in ("board", "elements"))
_BOARD_STYLES = (f"{_BOARD}/board.css",)
#: What the app's script loads itself, and with what Streamlit reads the icon of the page.
_LOADED_BY_A_PAGE = ("planner.app.widgets.opening", "planner.app.widgets.style", "PIL.Image")
_log = logging.getLogger(__name__)


def main() -> None:
    """Serve the app until a signal ends it."""
    parser = argparse.ArgumentParser(description="Serve the planner to browsers.")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    arguments = parser.parse_args()
    address, port = arguments.address, arguments.port
    # The pages ask at which address they are served before they let anybody in.
    load_config_options(_settings() | {"server.address": address, "server.port": port})
    hide_session_ids()
    # Streamlit would ask a server elsewhere for it, to compare it with where a request comes from.
    net_util.get_external_ip = lambda: None
    BROWSERS.guard(port)
    threading.Thread(target=_warm_up, daemon=True).start()
    threading.Thread(target=_sweep, daemon=True).start()
    # uvicorn raises the signal again once it has closed everything: an end like any other, in
    # which the processes of runs are ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"The planner is open at http://{_named(address)}:{port} (Ctrl-C ends it).", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(
            guarded(st.App(shipped() / "app.py")),
            host=address,
            port=port,
            ws="websockets-sansio",
            ws_max_size=st.get_option("server.maxMessageSize") * _MEGABYTE,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            log_level="warning",
            access_log=False,
        )


def _settings() -> dict[str, Any]:
    """Ours, by Streamlit's names, wherever the app is started from."""
    with (shipped() / ".streamlit" / "config.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def _flat(section: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in section.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value


def guarded(app: App) -> Gate:
    """The app behind its gate."""
    folder = Path(st.__file__).with_name("static")
    page = folder / "index.html"
    largest = st.get_option("server.maxUploadSize") * _MEGABYTE
    files = PageFiles(app, folder, _BOARD_SCRIPTS, _BOARD_STYLES)
    return Gate(files, BROWSERS, UploadLimits(_uploaded, largest), headers_of(page.read_bytes()))


def _uploaded() -> dict[str, int]:
    """Bytes of the files that sessions have uploaded."""
    if not runtime.exists():
        return {}
    stored: Any = runtime.get_instance().uploaded_file_mgr
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(stored.file_storage.items())
    }


def _sweep() -> None:
    """Free what sessions uploaded that are over: they are forgotten late, with the next one."""
    while True:
        time.sleep(_SWEEP_SECONDS)
        with contextlib.suppress(Exception):
            free_uploads()


def free_uploads() -> None:
    """Free the files of sessions that no browser can come back to."""
    server: Any = runtime.get_instance()
    known = {info.session.id for info in server._session_mgr.list_sessions()}
    for session in set(_uploaded()) - known:
        server.uploaded_file_mgr.remove_session_files(session)


def _named(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _warm_up() -> None:
    """Do once what the first page would wait for: modules, machine code, the database.

    A fault here is for the page to tell.
    """
    try:
        from planner.app.editing.assessment import assess
        from planner.app.editing.edited_lines import open_lines
        from planner.app.pages.index import PAGES  # noqa: F401
        from planner.app.session.sources import FOLDER_VARIABLE, example_folder
        from planner.tables.folder import read_folder

        for name in _LOADED_BY_A_PAGE:
            importlib.import_module(name)
        folder = os.environ.get(FOLDER_VARIABLE) or example_folder("quickstart")
        assess(open_lines(read_folder(folder)), datetime.now(UTC))
        inspect.stack()  # Streamlit looks once who calls it: Python then reads where modules lie
        settle()
    except Exception:
        _log.info("nothing was made ready", exc_info=True)


if __name__ == "__main__":
    main()
