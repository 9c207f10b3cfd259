"""What lies beside the code: the script of the app, its settings, the example folders."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
#: Filled when a wheel is built, see ``setup.py``; a clone has these files at its top.
_IN_THE_WHEEL = _PACKAGE / "files"


def is_installed() -> bool:
    """Whether this is an installed package, not a clone."""
    return _IN_THE_WHEEL.is_dir()


def shipped() -> Path:
    """The folder with ``app.py``, ``.streamlit/config.toml`` and ``data``."""
    return _IN_THE_WHEEL if is_installed() else _PACKAGE.parent


def settings_root() -> Path:
    """Whose ``.streamlit/secrets.toml`` counts beside the user's own: of the clone, or here."""
    return Path.cwd() if is_installed() else _PACKAGE.parent


#: The extra that brings a library, by the name under which it is imported.
EXTRAS = {
    "alembic": "app",
    "altair": "report",
    "cryptography": "batch",
    "dask": "batch",
    "distributed": "batch",
    "psycopg": "postgres",
    "pyarrow": "batch",
    "pymysql": "vicidial",
    "scipy": "calibrate",
    "sqlalchemy": "app",
    "streamlit": "app",
    "uvicorn": "app",
    "vl_convert": "report",
}


def require(library: str) -> None:
    """Raise :class:`ModuleNotFoundError` where a library is not installed, without loading it."""
    if importlib.util.find_spec(library) is None:
        raise ModuleNotFoundError(f"No module named {library!r}", name=library)


def extra_that_lacks(error: ModuleNotFoundError) -> str | None:
    """Which extra of the package brings what could not be imported; None if none does."""
    return EXTRAS.get((error.name or "").partition(".")[0])
