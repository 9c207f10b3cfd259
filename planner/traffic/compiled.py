"""Marks the inner loops that numba compiles; compiled code is kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first call, keep the machine code on disk, run without the interpreter lock."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))
