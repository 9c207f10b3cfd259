"""The store as the pages use it: one for all sessions, asked without keeping others waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from planner.app.store import Store, StoreUnavailable, UnreadableRow, store_url
from planner.app.throttle import waiting

#: In the session state: why the store could not be used, and what in it could not be read.
_FAULT, _ROW_FAULT = "store-fault", "store-row-fault"
#: It did not answer in this run of the page: each further question would wait as long.
_DOWN = "store-down"
Found = TypeVar("Found")


class _Keeper:
    """The store, once it could be opened; until then it is tried whenever it is asked for."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._store: Store | None = None

    def store(self) -> Store:
        if self._store is None:
            self._store = Store(self._address)
        return self._store


@st.cache_resource(show_spinner=False)
def _keeper(address: str) -> _Keeper:
    return _Keeper(address)


def store() -> Store:
    """The store of this server; raises StoreUnavailable."""
    return _keeper(store_url()).store()


def from_store(ask: Callable[[Store], Found]) -> Found | None:
    """What the store answers; None if it cannot be used or read, which the page then says."""
    if st.session_state.get(_DOWN):
        return None
    try:
        with waiting():
            return ask(store())
    except StoreUnavailable as error:
        st.session_state[_FAULT], st.session_state[_DOWN] = str(error), True
    except UnreadableRow as error:
        st.session_state[_ROW_FAULT] = str(error)
    return None


def is_done(ask: Callable[[Store], object]) -> bool:
    """Whether the store did it."""
    return from_store(lambda found: (ask(found), True)) is not None


def begin_asking() -> None:
    """Ask the store again, whatever it answered before."""
    st.session_state.pop(_DOWN, None)


def end_asking() -> None:
    """Forget what the store answered in this run."""
    for name in (_DOWN, _FAULT, _ROW_FAULT):
        st.session_state.pop(name, None)


def has_store_fault() -> bool:
    """Whether there is something that :func:`show_store_fault` would say."""
    return _FAULT in st.session_state or _ROW_FAULT in st.session_state


def show_store_fault() -> None:
    """Say that plans and drafts cannot be kept, or one not read, where that is so."""
    fault = st.session_state.pop(_FAULT, None)
    if fault:
        st.warning(
            "Plans and drafts cannot be saved at the moment; download your plan before you close "
            f"the page. The reason: `{fault.replace('`', ' ')}`",
            icon=":material/cloud_off:",
        )
    damaged = st.session_state.pop(_ROW_FAULT, None)
    if damaged:
        st.warning(f"`{damaged.replace('`', ' ')}`", icon=":material/broken_image:")
