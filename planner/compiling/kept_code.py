"""Machine code of compiled functions, kept on disk by the sources that it was made from.

Numba notices a change of a function's own file, not of what it calls, and takes a file that was
only copied for a changed one. Here code is kept by a digest of the file and of all that it imports
among the compiled rooms, for all copies of the planner of one user: a second environment, a new
release or a fresh checkout compiles only what differs.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import caching

#: Folders of the package with compiled functions, and files with what is compiled into these.
COMPILED_FOLDERS = ("traffic", "optimize", "vicidial")
CONSTANTS = ("evaluation/tolerances.py", "compiling/compiled.py", "compiling/linked_code.py")
#: Code that nobody used for so long is removed [s]; its use is noted once in a day.
KEPT_SECONDS, NOTED_SECONDS = 60 * 86400.0, 86400.0

_PACKAGE = Path(__file__).parents[1]
_IMPORTED = re.compile(r"^\s*(?:from|import)\s+planner\.([\w.]+)", re.MULTILINE)

_log = logging.getLogger(__name__)


def kept_folder() -> Path:
    """Where machine code is kept: ``NUMBA_CACHE_DIR``, else the user's folder for such files."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = str(Path("~/Library/Caches").expanduser())
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    folder = Path(base or "~") / "line-planner" / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or one that cannot be written
        return _PACKAGE / "__pycache__" / "compiled"
    return folder if os.access(folder, os.W_OK) else _PACKAGE / "__pycache__" / "compiled"


def digest_of(source: Path) -> str:
    """Of a file of the package and of all that it imports among the compiled rooms."""
    digest = hashlib.sha256()
    for file in sorted(_reached(source.relative_to(_PACKAGE).as_posix()) | set(CONSTANTS)):
        digest.update(file.encode() + b"\0" + _content(file))
    return digest.hexdigest()[:16]


def _reached(file: str) -> set[str]:
    """Files of the compiled rooms that a file of theirs imports, directly or not, and itself."""
    found, left = {file}, [file]
    while left:
        for other in _imports(left.pop()) - found:
            found.add(other)
            left.append(other)
    return found


@cache
def _imports(file: str) -> frozenset[str]:
    names = _IMPORTED.findall(_content(file).decode("utf-8"))
    parts = {name.replace(".", "/") for name in names if name.split(".")[0] in COMPILED_FOLDERS}
    found = {f"{part}.py" for part in parts if (_PACKAGE / f"{part}.py").exists()}
    for part in parts - {name.removesuffix(".py") for name in found}:  # a folder: all its files
        found |= {p.relative_to(_PACKAGE).as_posix() for p in (_PACKAGE / part).glob("*.py")}
    return frozenset(found)


@cache
def _content(file: str) -> bytes:
    return (_PACKAGE / file).read_bytes()


class _Locator(caching._CacheLocator):
    """Says where the code of a function is kept."""

    def __init__(self, function: Callable[..., Any], source: str) -> None:
        self._py_file = source
        path = Path(source)
        self._name = ".".join(path.relative_to(_PACKAGE).with_suffix("").parts)
        self._digest = digest_of(path)
        self._line = function.__code__.co_firstlineno

    def get_cache_path(self) -> str:
        return str(FOLDER / f"{self._name}-{self._digest}")

    def get_source_stamp(self) -> str:
        return self._digest

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, function: Callable[..., Any], source: str) -> _Locator:
        return cls(function, source)


class _Files(caching.CompileResultCacheImpl):
    _locator_classes = [_Locator]  # noqa: RUF012


class _LinkedFiles(_Files):
    def get_filename_base(self, fullname: str, abiflags: str) -> str:
        return f"{super().get_filename_base(fullname, abiflags)}-linked"  # type: ignore[no-untyped-call]


class KeptCode(caching.FunctionCache):
    """Code of a function; what is damaged or cannot be kept costs time and nothing else."""

    _impl_class = _Files

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Compiled code for a signature; None where there is none that can be used."""
        try:
            found = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except OSError:  # it cannot be read: nor kept, which is told then
            return None
        except Exception as fault:  # whatever a damaged file makes of its reader
            _tell_once(
                f"Compiled code kept in {FOLDER} is damaged ({type(fault).__name__}) and is made "
                "again."
            )
            shutil.rmtree(self.cache_path, ignore_errors=True)
            return None
        if found is not None:
            _note_use(self.cache_path)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code, if there is room."""
        try:
            is_new = not Path(self.cache_path).exists()
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except OSError as fault:
            _tell_once(
                f"Compiled code cannot be kept in {FOLDER} ({fault.strerror or fault}): every "
                "start compiles again. Make room there, or set NUMBA_CACHE_DIR to another folder."
            )
            self.disable()  # type: ignore[no-untyped-call]
            return
        if is_new:
            remove_unused(time.time())


class KeptLinkedCode(KeptCode):
    """Code of a function as other kernels link it."""

    _impl_class = _LinkedFiles


def remove_unused(now: float) -> None:
    """Remove the code of sources that nobody used for long, and what earlier releases kept."""
    for folder in FOLDER.glob("*-*"):
        try:
            unused = now - folder.stat().st_mtime > KEPT_SECONDS
        except OSError:  # another process removed it
            continue
        if unused:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in (_PACKAGE / "__pycache__").glob("numba-*"):
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _note_use(path: str) -> None:
    try:
        if time.time() - Path(path).stat().st_mtime > NOTED_SECONDS:
            os.utime(path)
    except OSError:  # read-only, or gone: it stays as it is
        return


@cache
def _tell_once(words: str) -> None:
    _log.warning(words)


FOLDER = kept_folder()
# Also for those who ask numba where code lies.
numba.config.CACHE_DIR = str(FOLDER)  # type: ignore[attr-defined]
