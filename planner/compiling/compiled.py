"""Marks the inner loops that numba compiles; compiled code is kept between runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import event, types

from planner.compiling.compilation import COMPILATION
from planner.compiling.kept_code import KeptCode, KeptLinkedCode
from planner.compiling.linked_code import only_linked, tell_environments

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first call, keep the machine code on disk, run without the interpreter lock."""
    return cast("Callable[P, R]", _kept(function, _nrt=True))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """As :func:`compiled`, and copied into its callers: for what runs at every event.

    Above all for what is handed a record of many arrays: a call copies all of it.
    """
    return cast("Callable[P, R]", _kept(function, inline="always"))


def lean(function: Callable[P, R]) -> Callable[P, R]:
    """As :func:`compiled`, for functions that make no arrays: none of their uses is counted.

    Counting who uses an array, at every call that is handed one, took most of the time of searches
    that make millions of small steps.
    """
    return cast("Callable[P, R]", _kept(function, _nrt=False))


def _kept(function: Callable[..., Any], **options: Any) -> Any:
    """Two ways in: one for Python, and one for other kernels, which link its code into theirs."""
    made = _numba(function, KeptCode, options)
    make = made._compiler.compile

    def made_whole(args: Any, return_type: Any) -> Any:
        result = make(args, return_type)
        tell_environments(result)
        return result

    made._compiler.compile = made_whole
    linked = _linked(function, options)
    made.get_call_template, made.get_overload = linked.get_call_template, linked.get_overload
    return made


def _linked(function: Callable[..., Any], options: Mapping[str, Any]) -> Any:
    no_doors = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    linked = _numba(function, KeptLinkedCode, {**options, **no_doors})
    template, make = linked.get_call_template, linked.compile
    plain: Callable[[Any], Any] = types.unliteral

    def of_any_value(args: Sequence[Any], kws: Mapping[str, Any]) -> Any:
        """For a constant the code that any value has: else it is compiled for it once more."""
        kinds = {name: plain(kind) for name, kind in kws.items()}
        return template([plain(kind) for kind in args], kinds)

    def made_for_linking(signature: Any) -> Any:
        with only_linked(linked.targetctx.codegen()):
            return make(signature)

    linked.get_call_template, linked.compile = of_any_value, made_for_linking
    return linked


def _numba(function: Callable[..., Any], kept: type[KeptCode], options: Mapping[str, Any]) -> Any:
    made: Any = numba.njit(nogil=True, error_model="numpy", **options)(function)
    made._cache = kept(function)
    return made


class _Listener(event.Listener):
    """Hears of each function that is compiled, and of none that is loaded from disk."""

    def on_start(self, event: Any) -> None:  # noqa: ARG002
        COMPILATION.note(True)

    def on_end(self, event: Any) -> None:  # noqa: ARG002
        COMPILATION.note(False)


event.register("numba:compile", _Listener())  # type: ignore[no-untyped-call]
