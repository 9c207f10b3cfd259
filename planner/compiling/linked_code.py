"""Code that is only ever a part of other machine code: made once, optimised where it is used.

Numba makes machine code of each function that a kernel calls, with a door for Python to each, and
optimises every function again in each that calls it. Where functions call functions ten deep that
is most of the waiting. What kernels call among each other is kept here as it was lowered; it is
linked into what Python calls, and optimised there with all around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import codegen
from numba.core.compiler_lock import global_compiler_lock


class LinkedLibrary(codegen.JITCodeLibrary):
    """Code that others link; no machine code is made of it by itself."""

    def _optimize_final_module(self) -> None:
        """Nothing: who links it optimises it."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002
        """None that could be called."""
        return 0

    def serialize_using_object_code(self) -> tuple[str, str, bytes]:
        """For keeping on disk."""
        return self.serialize_using_bitcode()  # type: ignore[no-untyped-call, no-any-return]


@contextmanager
def only_linked(generator: Any) -> Iterator[None]:
    """Have a code generator make code for linking alone."""
    with global_compiler_lock:
        if generator._library_class is LinkedLibrary:
            yield
            return
        usual = generator._library_class
        generator._library_class = LinkedLibrary
        generator.set_env = _no_environment
        try:
            yield
        finally:
            generator._library_class = usual
            del generator.set_env


def tell_environments(result: Any) -> None:
    """Tell machine code where the constants are of all that was linked into it."""
    for environment in result._find_referenced_environments():
        result.library.codegen.set_env(environment.env_name, environment)


def _no_environment(name: str, environment: Any) -> None:
    """Code for linking has no address yet to write one to; :func:`tell_environments` does."""
