"""Who works in this session."""

from __future__ import annotations

import getpass

import streamlit as st

from planner.app.guard.allowed import verified_address
from planner.app.signin import ONLY_NAME

SIGNED_IN = "signed-in"


def run_owner(session: str) -> str:
    """Who takes turns at long runs: whoever signed in by name, else each session for itself."""
    is_named = st.session_state.get(SIGNED_IN) not in (None, ONLY_NAME)
    return person() if is_named or getattr(st.user, "is_logged_in", False) else session


def person() -> str:
    """The name of whoever signed in, else of the account that the server runs under."""
    if st.session_state.get(SIGNED_IN):
        return str(st.session_state[SIGNED_IN])
    if getattr(st.user, "is_logged_in", False):
        # An address that nobody verified may be somebody else's.
        claims = st.user.to_dict()
        return str(verified_address(claims) or claims.get("sub") or "signed in")
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in containers
        return "this machine"
