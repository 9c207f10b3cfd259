"""Lets in whoever may use the app, and nobody where that cannot be told."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import streamlit as st

from planner.app.session.user import SIGNED_IN
from planner.app.signin import (
    ACCOUNTS_VARIABLE,
    HOW,
    ONLY_NAME,
    has_oidc,
    is_right,
    is_this_machine,
    read_accounts,
)

_ROOT = Path(__file__).resolve().parents[3]
#: One trial at a time in this process, and a pause after a wrong one, so that guessing is slow.
_one_trial = threading.Lock()
_PAUSE_SECONDS = 1.0


def admitted() -> bool:
    """Whether this session may go on; if not, the page says why or asks to sign in."""
    try:
        accounts = read_accounts(os.environ.get(ACCOUNTS_VARIABLE, ""))
    except ValueError as error:
        st.error(f"Nobody can sign in: {ACCOUNTS_VARIABLE}, {error}.", icon=":material/lock:")
        return False
    if st.session_state.get(SIGNED_IN) in accounts:
        return True
    if has_oidc(_ROOT):
        return _signed_in_by_provider(bool(accounts)) or _ask(accounts)
    if accounts:
        return _ask(accounts)
    if is_this_machine(st.get_option("server.address")):
        return True
    st.error(
        "This server can be reached from other machines, and no sign-in is configured: whoever "
        f"runs it has to {HOW}, or start it with --address 127.0.0.1.",
        icon=":material/lock:",
    )
    return False


def _signed_in_by_provider(or_password: bool) -> bool:
    if getattr(st.user, "is_logged_in", False):
        return True
    st.title("Line planner")
    st.button("Sign in", key="oidc", type="primary", icon=":material/login:", on_click=st.login)
    if or_password:
        st.caption("Or with a name and a password:")
    return False


def _ask(accounts: dict[str, str]) -> bool:
    if not accounts:
        return False
    if not has_oidc(_ROOT):
        st.title("Line planner")
    with st.form("sign-in", width=420):
        given = ""
        if list(accounts) != [ONLY_NAME]:
            given = st.text_input("Name", key="sign-in-name", autocomplete="username")
        password = st.text_input(
            "Password", type="password", key="sign-in-password", autocomplete="current-password"
        )
        asked = st.form_submit_button("Sign in", type="primary", icon=":material/login:")
    if not asked:
        return False
    name = given.strip() or ONLY_NAME
    with _one_trial:
        right = is_right(accounts, name, password)
        if not right:
            time.sleep(_PAUSE_SECONDS)
    if right:
        st.session_state[SIGNED_IN] = name
        st.rerun()
    st.error("Name and password do not belong together.", icon=":material/lock:")
    return False
